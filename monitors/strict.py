"""One table of a rule file, read strictly: every refusal says in Chinese where it is and what to do."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NoReturn

from monitors.calendar import Limit


class RuleError(Exception):
    """A rule that does not load; the message is Chinese and names file, rule and key."""


class StrictTable:
    """The entries of one table; `where` names file and rule. Every method raises `RuleError`."""

    def __init__(self, where: str, entries: Any) -> None:
        self.where = where
        self.entries: dict[str, Any] = (
            entries if isinstance(entries, dict) else self.refuse("rule", "应当是表")
        )

    def refuse(self, key: str, why: str) -> NoReturn:
        raise RuleError(f"{self.where} 的 {key}：{why}。")

    def missing(self, key: str) -> NoReturn:
        self.refuse(key, "没有写，必须写明")

    def only(self, known: Sequence[str]) -> None:
        for key in self.entries:
            if key not in known:
                self.refuse(key, f"不认识这个键{nearest(key, known)}")

    def text(self, key: str, *, optional: bool = False) -> str:
        value = self.entries.get(key)
        if value is None and optional:
            return ""
        if value is None or value == "":
            self.missing(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, "应当是文字")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.entries.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.refuse(key, '应当是文字的列表，例如 ["…"]')
        return tuple(value)

    def day(self, key: str) -> date | None:
        value = self.entries.get(key)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            self.refuse(key, f"“{value}”应当是日期，例如 2026-11-20")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        value = self.entries.get(key, default)
        if not isinstance(value, bool):
            self.refuse(key, f"“{value}”应当是 true 或 false")
        return value

    def choice(self, key: str, known: Sequence[str], default: Any = ...) -> Any:
        value = self.entries.get(key, default)
        if value is ...:
            self.missing(key)
        if value not in known and value is not default:
            self.refuse(key, f"不认识“{value}”{nearest(str(value), known)}")
        return value

    def limit(self, key: str, *, inclusive: bool = False) -> Limit | None:
        value = self.entries.get(key)
        if value is None:
            return None
        try:
            return Limit.parsed(str(value), inclusive=inclusive)
        except ValueError:
            self.refuse(
                key, f'“{value}”读不懂，请写成 "2 months"、"2 weeks"、"14 days"、"5 working days" 之类'
            )


def nearest(word: str, known: Sequence[str]) -> str:
    """The nearest known word as the end of a message, or nothing."""
    near = difflib.get_close_matches(word, known, 1, 0.5)
    return f"，是不是“{near[0]}”" if near else ""
