"""Strict looking into a response: JSON by path, and the exact path that was missing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from crawlers.visits import Page

UNREADABLE = "\ufffd"
"""What stands in a text for bytes that are no letter."""


class Missing(Exception):
    """The path that a reader needs and the answer does not have; caught once, in `crawlers.reading`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


def text(page: Page) -> str:
    """Decode a body: UTF-8 (BOM dropped), else GB18030, never an error.

    A few broken bytes, such as half a letter at the end of a text that a platform cut, make no other encoding of it.
    """
    try:
        return page.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        said = page.body.decode("utf-8-sig", errors="replace")
        whole = sum(1 for letter in said if letter > "\x7f" and letter != UNREADABLE)
        return said if whole > said.count(UNREADABLE) else page.body.decode("gb18030", errors="replace")


# Half a letter (a lone surrogate) cannot be written down again; whole pairs stay as they are.
_HALVES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def _whole(found: re.Match[str]) -> str:
    return found[0] if len(found[0]) == 12 else "\\ufffd"


def decoded(page: Page, renamed: Callable[[str], str] | None = None) -> Json:
    """Give the body as JSON; raise `Missing("JSON")` when it is none (HTML, cut off, too deep).

    `renamed` gives every key another name.
    """
    hook = (lambda pairs: {renamed(key): value for key, value in pairs}) if renamed else None
    try:
        return Json(json.loads(_HALVES.sub(_whole, text(page)), object_pairs_hook=hook))
    except (ValueError, RecursionError):
        raise Missing("JSON") from None


def answer(page: Page) -> Json | None:
    """Give the body as a JSON object, None when it is none."""
    try:
        return decoded(page).object()
    except Missing:
        return None


_LONGEST_ID = 20  # digits of a 64-bit number


def is_id(raw: str) -> bool:
    """Tell an account's number from whatever else may stand in its place."""
    return raw.isascii() and raw.isdigit() and raw.strip("0") != "" and len(raw) <= _LONGEST_ID


class Json:
    """A JSON value that knows its path; every access states the type it expects."""

    def __init__(self, value: Any, path: str = "") -> None:
        self.value = value
        self.path = path

    def __getitem__(self, key: str) -> Json:
        """Give the member, or raise `Missing` with its full path."""
        path = f"{self.path}.{key}" if self.path else key
        if not isinstance(self.value, dict) or key not in self.value:
            raise Missing(path)
        return Json(self.value[key], path)

    def at(self, path: str) -> Json:
        """Walk a dotted path."""
        node = self
        for key in path.split("."):
            node = node[key]
        return node

    def get(self, path: str) -> Any:
        """Give the raw value at a dotted path, None when any part is absent."""
        node = self.value
        for key in path.split("."):
            if not isinstance(node, dict):
                return None
            node = node.get(key)
        return node

    def text(self) -> str:
        """Give a non-empty string, or raise `Missing`."""
        if not isinstance(self.value, str) or not self.value:
            raise Missing(self.path)
        return self.value

    def id(self) -> str:
        """Give an id, which platforms send as number or string, as a string."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | str) or self.value == "":
            raise Missing(self.path)
        return str(self.value)

    def integer(self) -> int:
        """Give a whole number, sent as number or as a string of digits."""
        if isinstance(self.value, bool):
            raise Missing(self.path)
        if isinstance(self.value, int):
            return self.value
        if isinstance(self.value, str) and self.value.isascii() and self.value.lstrip("-").isdigit():
            return int(self.value[:20])
        raise Missing(self.path)

    def object(self) -> Json:
        """Give itself when it is an object, or raise `Missing`."""
        if not isinstance(self.value, dict):
            raise Missing(self.path)
        return self

    def items(self) -> Iterator[Json]:
        """Iterate over a list's members; anything but a list raises `Missing`."""
        if not isinstance(self.value, list):
            raise Missing(self.path)
        return (Json(member, f"{self.path}[{n}]") for n, member in enumerate(self.value))

    def members(self) -> list[Json]:
        """Give a list's members, also where an object (`{"0": …}`) or null is sent in its place."""
        if self.value is None:
            return []
        if isinstance(self.value, dict):
            return [Json(member, f"{self.path}.{key}") for key, member in self.value.items()]
        return list(self.items())
