"""Chat groups: counted with their unit and purpose; their creators are contacts like any other."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from monitors.nouns import Account
from monitors.register.cells import Cells
from monitors.register.contacts import Contact
from monitors.register.people import contact
from monitors.register.rows import Known, name_of, platform_of_row, unit_of
from monitors.register.text import hidden, narrow

LISTED_FROM = 10
"""Members from which a group must be listed."""


@dataclass(frozen=True, slots=True)
class ChatGroup:
    """One chat group of the register; `number` is its 群号 where it has one.

    Groups of one name in several units are told apart by their unit.
    """

    platform: str
    name: str
    unit: str
    number: str | None = None
    members: int | None = None
    purpose: str | None = None
    confirmed_on: date | None = None
    created_on: date | None = None
    note: str | None = None
    shared_name: bool = False

    @property
    def key(self) -> str:
        if self.number:
            return f"{self.platform}:{self.number}"
        return f"{self.platform}:name={self._told_apart}"

    @property
    def _told_apart(self) -> str:
        return self.name + (f"（{self.unit}）" if self.shared_name else "")

    @property
    def subject(self) -> Account:
        """The group as the rules and the findings name their subjects; its key is the group's."""
        name = self.name if self.number else self._told_apart
        return Account(self.platform, self.number, name, self.unit)


def grouped(cells: Cells, today: date) -> tuple[Known, tuple[ChatGroup, Contact] | None]:
    """Read one row of the sheet of chat groups; what is wrong is noted in `cells`."""
    cells.failed()
    word, name, unit = platform_of_row(cells), name_of(cells), unit_of(cells)
    number = _number(cells)
    members = _members(cells)
    confirmed_on, created_on = cells.day("confirmed_on", today), cells.day("created_on", today)
    known = Known(word.platform if word else None, number, name, unit)
    if word is None or name is None or unit is None:
        return known, None
    group = ChatGroup(
        platform=word.platform,
        name=name,
        unit=unit,
        number=number,
        members=members,
        purpose=cells.free("purpose") or cells.free("scope"),
        confirmed_on=confirmed_on,
        created_on=created_on,
        note=cells.free("note"),
    )
    return known, (group, contact(cells, frozenset()))


def _number(cells: Cells) -> str | None:
    cell = cells.first("id")
    if cell is None:
        return None
    match = re.fullmatch(r"\D*?(\d{5,20})\D*", narrow(cell.text))
    if match and not cell.cut_off:
        return match[1]
    message = f"“{cell.column.heading}”里的“{hidden(cell.text)}”不是群号，请填数字，没有就空着。"
    cells.say("error", "bad_handle", message, cell)
    return None


def _members(cells: Cells) -> int | None:
    cell = cells.first("members")
    if cell is None:
        return None
    match = re.search(r"\d[\d,]*", narrow(cell.text))
    if match:
        return int(match[0].replace(",", ""))
    message = f"“{cell.column.heading}”里的“{hidden(cell.text)}”看不出有多少人，请填数字。"
    cells.say("warning", "bad_count", message, cell)
    return None


def told_apart(groups: list[ChatGroup]) -> list[ChatGroup]:
    """Mark the groups whose name another unit uses on the same platform."""
    units: dict[tuple[str, str], set[str]] = {}
    for group in groups:
        units.setdefault((group.platform, group.name), set()).add(group.unit)
    return [replace(group, shared_name=len(units[group.platform, group.name]) > 1) for group in groups]
