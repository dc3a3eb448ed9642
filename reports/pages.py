"""Renders templates: everything escaped, nothing undefined, unseen characters marked, files swapped whole."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from monitors.calendar import shanghai_day
from monitors.nouns import Newest
from reports.wording import count_words, day_words, newest_words, pieces, visible

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# A phone, written with or without gaps; a mail address; a long run of letters and figures such as a token.
_PRIVATE = re.compile(
    r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w/])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{24,}"
)


def _marked(text: str) -> Markup:
    """Escaped, with marks for unseen characters, and with days that do not break at their hyphens."""
    parts = (
        f'<span class="mark">{escape(piece)}</span>' if mark else _DAY.sub(_whole, escape(piece))
        for piece, mark in pieces(text)
    )
    return Markup("".join(parts))


def _whole(day: re.Match[str]) -> str:
    return f'<span class="day">{day[0]}</span>'


def _newest(newest: Newest | None) -> Markup:
    return _marked(newest_words(newest))


def discreet(text: str) -> str:
    """What people wrote by hand, without the phones, addresses and tokens that may stand in it."""
    return _PRIVATE.sub("〔略去〕", text)


def _unnumbered(text: str) -> Markup:
    return _marked(discreet(text))


def _web_link(url: str | None) -> str | None:
    """Only addresses of the web become links; `javascript:` and its like are no addresses."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def styled(name: str, head: str = "") -> dict[str, Markup]:
    """A style sheet to stand inline, and the policy that allows it, pictures in the page, and nothing else.

    `head` is the running head of the printed pages, for a style sheet that has a place for it.
    """
    css = _sheet(name).replace("RUNNING-HEAD", _css_string(head))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return {"css": Markup(css), "policy": Markup(policy)}


@cache
def _sheet(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _css_string(text: str) -> str:
    """A text as nothing but escapes, so that no letter of it can end the string or the style sheet."""
    return "".join(f"\\{ord(letter):06x}" for letter in visible(text))


_TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(
    visible=_marked,
    web_link=_web_link,
    day=day_words,
    newest=_newest,
    shanghai=shanghai_day,
    count=count_words,
    told=_unnumbered,
)
_ENVIRONMENT.globals["styled"] = styled


def page(template: str, **facts: Any) -> str:
    """Render one template of `reports/templates`."""
    return _ENVIRONMENT.get_template(template).render(**facts)


def put(path: Path, content: str | bytes) -> Path:
    """Write a file whole or not at all: beside it first, then in its place."""
    return put_all({path: content})[0]


def put_all(files: Mapping[Path, str | bytes]) -> list[Path]:
    """Write files all or none: each beside its place first, and only when all are there each in its place."""
    beside = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in files}
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with beside[path].open("wb") as file:
                file.write(content.encode() if isinstance(content, str) else content)
                file.flush()
                os.fsync(file.fileno())
        for path in files:
            beside[path].replace(path)
    finally:
        for part in beside.values():
            part.unlink(missing_ok=True)
    return list(files)
