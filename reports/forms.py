"""Fills in the forms of the notices, for Word and for the browser; a school's own form of the same name wins.

What a school puts into its home are templates, and templates are code: they run in a sandbox that lets them
read what is to be filled in and change nothing.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

from docx.opc.exceptions import OpcError
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from reports.blanks import BLANKS
from reports.exhibits import Picture
from reports.pages import styled

# What a template that is no document, or asks for the impossible, is known to raise.
_UNUSABLE = (
    *(TemplateError, OpcError, BadZipFile, SyntaxError, ArithmeticError, LookupError),
    *(TypeError, ValueError, AttributeError, RecursionError),
)

# Millimetres that a picture may take on the page.
_WIDTH, _HEIGHT = 150, 190


class FormError(Exception):
    """A form of the school's own that cannot be filled in; the text names the file."""


def word(form: str, facts: Mapping[str, str], own: Path, picture: Picture | None) -> bytes:
    """The form as a Word document; raises `FormError`, and `OSError` of the disk."""
    path = _chosen(f"{form}.docx", own)
    with _blamed(path):
        document = DocxTemplate(path)
        context: dict[str, object] = {name: _literal(text) for name, text in facts.items()}
        context |= {"picture": _inline(document, picture), "caption": picture.caption if picture else ""}
        document.render(context, _sandbox(own), autoescape=True)
        content = io.BytesIO()
        document.save(content)
    return content.getvalue()


def web(form: str, facts: Mapping[str, str], own: Path, picture: Picture | None) -> str:
    """The form as one self-contained HTML page; raises `FormError`, and `OSError` of the disk."""
    name = f"{form}.html.j2"
    with _blamed(_chosen(name, own)):
        source = f"data:image/jpeg;base64,{base64.b64encode(picture.jpeg).decode()}" if picture else ""
        shown = {"picture": source, "caption": picture.caption if picture else ""}
        return _sandbox(own).get_template(name).render({**facts, **shown})


def _inline(document: DocxTemplate, picture: Picture | None) -> InlineImage | str:
    """The picture as wide as the table, unless it then were too high for the page."""
    if picture is None:
        return ""
    wide = picture.height * _WIDTH <= picture.width * _HEIGHT
    size = {"width": Mm(_WIDTH)} if wide else {"height": Mm(_HEIGHT)}
    return InlineImage(document, io.BytesIO(picture.jpeg), **size)


def _chosen(name: str, own: Path) -> Path:
    return own / name if (own / name).exists() else BLANKS / name


@contextmanager
def _blamed(path: Path) -> Iterator[None]:
    """Only a form of the school's own is to be blamed; an error of ours is not to be taken for one."""
    try:
        yield
    except _UNUSABLE as error:
        if path.parent == BLANKS:
            raise
        raise FormError(f"{path}: {type(error).__name__}: {error}") from error


def _literal(text: str) -> Markup:
    # docxtpl makes `{{` of `{_{` after filling in; behind a character reference it leaves them alone.
    return Markup(str(escape(text)).replace("_", "&#95;"))


def _sandbox(own: Path) -> ImmutableSandboxedEnvironment:
    sandbox = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(own), FileSystemLoader(BLANKS)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    sandbox.globals["styled"] = styled
    return sandbox
