"""Renders templates: everything escaped, nothing undefined, unseen characters marked, files swapped whole."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.wording import day_words, newest_words, pieces

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def _marked(text: str) -> Markup:
    """Escaped, with marks for unseen characters, and with days that do not break at their hyphens."""
    parts = (
        f'<span class="mark">{escape(piece)}</span>' if mark else _DAY.sub(_whole, escape(piece))
        for piece, mark in pieces(text)
    )
    return Markup("".join(parts))


def _whole(day: re.Match[str]) -> str:
    return f'<span class="day">{day[0]}</span>'


def _web_link(url: str | None) -> str | None:
    """Only addresses of the web become links; `javascript:` and its like are no addresses."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def styled(name: str) -> dict[str, Markup]:
    """A style sheet to stand inline, and the policy that allows it and nothing else."""
    css = (_TEMPLATES / name).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return {"css": Markup(css), "policy": Markup(policy)}


_TEMPLATES = Path(__file__).parent / "templates"
_ENVIRONMENT = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.filters.update(visible=_marked, web_link=_web_link, day=day_words, newest=newest_words)
_ENVIRONMENT.globals["styled"] = styled


def page(template: str, **facts: Any) -> str:
    """Render one template of `reports/templates`."""
    return _ENVIRONMENT.get_template(template).render(**facts)


def put(path: Path, content: str | bytes) -> Path:
    """Write a file whole or not at all: beside it first, then in its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return path
