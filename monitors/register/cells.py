"""The cells of one entry by field, and the problems found in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from monitors.register.columns import PEOPLE, Column
from monitors.register.dates import EARLIEST, Unclear, day
from monitors.register.entries import Entry, Table
from monitors.register.grid import Failed, Value, letters
from monitors.register.problems import Level, Place, Problem
from monitors.register.text import closed, hidden, scrubbed, ticked
from monitors.register.vocabulary import Vocabulary

# Cells of these fields are never shown in a message: the cell is named instead.
PERSONAL = PEOPLE | {"phone", "email", "qq", "manager_status"}

# Cells of these fields may list the options with one of them ticked.
_OPTIONS = frozenset({"platform", "type", "tier", "verified", "state", "manager_status"})

# Whole numbers as text: 1234567890.0 by one program, 1.23456789E+09 by another.
_SCIENTIFIC = re.compile(r"\d(?:\.(\d+))?[eE]\+?(\d{1,2})")
_WHOLE = re.compile(r"\d{5,16}\.0+|\d\.\d+[eE]\+?\d{1,2}")

# Above this a spreadsheet has kept fifteen digits and put zeros for the rest.
_EXACT = 10**15


@dataclass(frozen=True)
class Cell:
    """One filled cell: its column and its value, a formula that failed included."""

    column: Column
    value: Value

    @cached_property
    def text(self) -> str:
        """The value as the office would read it out; whole numbers without a point."""
        if isinstance(self.value, bool):
            return "是" if self.value else "否"
        if isinstance(self.value, float) and self.value.is_integer():
            return str(int(self.value))
        if isinstance(self.value, date):
            return self.value.isoformat()
        if isinstance(self.value, Failed):
            return ""
        text = closed(str(self.value))
        if self.column.field in _OPTIONS:
            text = ticked(text)
        return str(int(Decimal(text))) if _WHOLE.fullmatch(text) and not self.cut_off else text

    @property
    def lines(self) -> str:
        """The text with its lines kept apart, for cells that list people."""
        return self.value if isinstance(self.value, str) else self.text

    @property
    def cut_off(self) -> bool:
        """Whether a long number has lost its last digits to the spreadsheet."""
        if isinstance(self.value, str):
            match = _SCIENTIFIC.fullmatch(self.value.strip())
            return match is not None and len(match[1] or "") < int(match[2])
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return number and abs(float(str(self.value))) >= _EXACT and self.text.endswith("0")


@dataclass
class Cells:
    """One entry of a table, with what is wrong with it."""

    table: Table
    entry: Entry
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    _filled: dict[str, list[Cell]] = field(default_factory=dict)

    @property
    def place(self) -> Place:
        return Place(self.table.sheet.name, self.entry.row)

    def all(self, name: str) -> list[Cell]:
        """Give the filled cells of a field, from left to right; 无, / and — count as empty."""
        if name not in self._filled:
            self._filled[name] = self.within(name, self.entry.values)
        return self._filled[name]

    def within(self, name: str, values: Mapping[int, Value]) -> list[Cell]:
        """Give the filled cells of a field in one line of an entry that has several."""
        columns = self.table.head.by_field.get(name, ())
        cells = [
            Cell(column, values[column.index]) for column in columns if values.get(column.index) is not None
        ]
        return [c for c in cells if isinstance(c.value, Failed) or not self.vocabulary.blank(c.text)]

    def first(self, name: str) -> Cell | None:
        return next((cell for cell in self.all(name) if not isinstance(cell.value, Failed)), None)

    def text(self, name: str) -> str | None:
        """Give a field's text as it stands in the register."""
        cell = self.first(name)
        return cell.text or None if cell else None

    def free(self, name: str) -> str | None:
        """Give free text with phones and mail addresses taken out."""
        text = self.text(name)
        return scrubbed(text) or None if text else None

    def link(self, column: Column) -> str | None:
        """Give where the cell's hyperlink leads."""
        return self.table.sheet.links.get(column.cell(self.entry.row))

    def say(
        self, level: Level, reason: str, message: str, at: Cell | Column | str, *, drops: bool = True
    ) -> None:
        """Note a problem at a cell, a column, or the column of a field where there is one."""
        column: Column | None
        if isinstance(at, str):
            column = next((c for c in self.table.head.columns if c.field == at), None)
        else:
            column = at.column if isinstance(at, Cell) else at
        row, index = column.cell(self.entry.row) if column else (self.entry.row, 0)
        found = None
        if isinstance(at, Cell) and at.column.field not in PERSONAL:
            found = hidden(at.text)
        self.problems.append(
            Problem(
                level,
                reason,
                Place(self.table.sheet.name, row),
                message,
                letter=letters(index) if column else None,
                heading=column.heading if column else None,
                found=found,
                drops=drops,
            )
        )

    def failed(self) -> None:
        """Note the formulas that came out as an error."""
        for column in self.table.head.columns:
            value = self.entry.values.get(column.index)
            if isinstance(value, Failed) and column.field != "ignored":
                aside = column.field in PERSONAL or column.field in ("note", "scope", "purpose", "post")
                message = f"“{column.heading}”的公式出错（{hidden(value.text)}），请改成具体内容。"
                self.say("warning" if aside else "error", "formula_error", message, column)

    def day(self, name: str, today: date) -> date | None:
        """Give a field's day; unclear, impossible and future days are errors."""
        cell = self.first(name)
        if cell is None:
            return None
        title = cell.column.heading
        try:
            on = day(cell.value, epoch_1904=self.table.sheet.epoch_1904)
        except Unclear:
            message = f"“{title}”看不出是哪一天：“{hidden(cell.text)}”。请写成 2020-03-01 的样子。"
            self.say("error", "bad_date", message, cell)
            return None
        if on > today:
            message = f"“{title}”是将来的日期 {on.isoformat()}，请核对。"
            self.say("error", "future_date", message, cell)
            return None
        if on < EARLIEST:
            message = f"“{title}”是 {on.isoformat()}，早得不可能，请核对。"
            self.say("error", "bad_date", message, cell)
            return None
        return on
