"""A spreadsheet of sightings or decisions as people keep it: read row by row, taken in whole or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitors.register import grid
from monitors.register.dates import Unclear, day
from monitors.register.grid import Row, Sheet, Value

# The words that officers use for a column; the first is the one to tell them.
Headings = Mapping[str, tuple[str, ...]]

_SNIFFED = 30


class BadSheet(Exception):
    """The file as a whole cannot be used; the text says why, in Chinese."""


@dataclass(frozen=True)
class Entry:
    """One row that is not empty: where it stands, and its cells by field."""

    place: str
    cells: Mapping[str, Value]

    def text(self, field: str) -> str:
        """Give a cell's text without the spaces around it, empty where there is none."""
        value = self.cells.get(field)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return "" if value is None else str(value).strip()

    def day(self, field: str) -> date | None:
        """Give a cell's day, None where it is empty; raises `ValueError` for what is no day."""
        if not self.text(field):
            return None
        try:
            return day(self.cells[field])
        except Unclear:
            raise ValueError(f"日期“{self.text(field)}”看不懂，请写成 2026-11-20 这样") from None


def entries(path: Path, headings: Headings, required: Sequence[str]) -> list[Entry]:
    """Read every sheet that has the required columns; raise `BadSheet` when none has, or no row follows.

    Raises `Refused` for a file that is no spreadsheet or not safe to open.
    """
    found: list[Entry] = []
    known = False
    for sheet in grid.opened(path).sheets:
        for place, row in enumerate(sheet.rows[:_SNIFFED]):
            columns = _columns(row, headings)
            if set(required) <= columns.keys():
                known = True
                found += _below(sheet, place, columns)
                break
    if not known:
        wanted = "、".join(headings[field][0] for field in required)
        raise BadSheet(f"{path.name} 里找不到表头：需要有 {wanted} 这几列，写在同一行。")
    if not found:
        raise BadSheet(f"{path.name} 的表头下面没有内容。")
    return found


def _columns(row: Row, headings: Headings) -> dict[str, int]:
    """Find each field's column; where two columns could be meant, the more usual word counts."""
    written: dict[str, int] = {}
    for index, value in enumerate(row.values):
        written.setdefault(_heading(value), index)
    return {
        field: next(written[word] for word in words if word in written)
        for field, words in headings.items()
        if any(word in written for word in words)
    }


def _heading(value: Value) -> str:
    text = unicodedata.normalize("NFKC", str(value)) if isinstance(value, str) else ""
    return "".join(text.split()).strip("*:").lower()


def _below(sheet: Sheet, place: int, columns: Mapping[str, int]) -> list[Entry]:
    return [
        Entry(
            f"工作表“{sheet.name}”第 {row.number} 行",
            {field: row.at(index) for field, index in columns.items()},
        )
        for row in sheet.rows[place + 1 :]
        if any(row.at(index) not in (None, "") for index in columns.values())
    ]
