"""What a later version brings: said honestly, with exit code 1, instead of doing half of it."""

from __future__ import annotations

import re
from typing import NoReturn

from schedules.console import fail


def say(what: str) -> NoReturn:
    """End the command with the plain word that it is not there yet."""
    fail(f"xunjian {what} 还没有实现，会在以后的版本里提供；什么都没有改动。")


def handle_in(link: str, pattern: re.Pattern[str]) -> str | None:
    """The one handle that a profile link names; None where there is none."""
    parts = [part for part in re.split(r"[/?&=#]", link) if pattern.fullmatch(part)]
    return parts[0] if len(set(parts)) == 1 else None
