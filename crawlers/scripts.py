"""What the inline scripts of a page state: `var x = "…"` and the members of `window.x = {…}`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice

# Hostile pages must cost no more than their length: no alternative below can be tried again from within.
_SCRIPT = re.compile(r"<script\b[^<>]*+>(.*?)(?:</script|\Z)", re.DOTALL | re.IGNORECASE)
_STRING = r"""'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+\""""
_LITERAL = re.compile(rf"{_STRING}|\d++")
_OR = re.compile(r"\s*\)?\s*\|\|\s*")
_TOKEN = re.compile(
    rf"(?P<key>{_STRING}|(?<![\w$])[A-Za-z_$][\w$]*+)\s*+:(?!:)"
    rf"|(?P<value>{_STRING}|(?<![\w$])\d++)|(?P<open>[{{\[])|(?P<close>[}}\]])"
)
_MOST_OBJECTS, _MOST_TOKENS = 4, 50_000
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}


def inline(page_text: str) -> str:
    """Give all inline scripts of an HTML page, one after another; an article's own text is none of them."""
    return "\n".join(_SCRIPT.findall(page_text))


def assigned(script: str, name: str) -> str | None:
    """Give the first non-empty literal assigned to `name`, also in `"" || "…"` or through a decoding call."""
    for start in re.finditer(rf"(?<![\w$.])(?:window\.)?{name}\s*=\s*(?:[A-Za-z]\w*\s*\(\s*)?", script):
        at: int | None = start.end()
        while at is not None and (literal := _LITERAL.match(script, at)):
            if value := unquoted(literal[0]):
                return value
            alternative = _OR.match(script, literal.end())
            at = alternative.end() if alternative else None
    return None


def members(script: str, name: str) -> Iterator[tuple[int, str, str]]:
    """Give depth (1 is the top), key and non-empty literal value of every object assigned to `name`."""
    objects = re.finditer(rf"(?<![\w$.])(?:window\.)?{name}\s*=\s*(?=\{{)", script)
    for start in islice(objects, _MOST_OBJECTS):
        depth, key = 0, None
        for token in islice(_TOKEN.finditer(script, start.end()), _MOST_TOKENS):
            if token["key"]:
                key = unquoted(token["key"])
            elif token["open"]:
                depth, key = depth + 1, None
            elif token["close"]:
                depth, key = depth - 1, None
                if depth == 0:
                    break
            elif key and (value := unquoted(token["value"])):
                yield depth, key, value
                key = None


def unquoted(literal: str) -> str:
    """Give the text of a literal, its escapes and entities resolved."""
    if literal[:1] not in ("'", '"'):
        return literal
    text = _ESCAPE.sub(_unescaped, literal[1:-1])
    # Letters beyond the first plane come as two halves; half a letter alone is none.
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return html.unescape(text).strip()


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    return chr(int(code, 16)) if code else _CONTROL.get(found[3], found[3])
