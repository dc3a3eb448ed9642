"""The register as read: accounts, contacts, chat groups, and everything that is wrong with the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from monitors.nouns import Account
from monitors.register.contacts import Contact
from monitors.register.duplicates import same_names
from monitors.register.gathering import Gathering, RefusedRow
from monitors.register.grid import Sheet, opened
from monitors.register.groups import ChatGroup
from monitors.register.handles import Patterns, ShortLink
from monitors.register.problems import Place, Problem
from monitors.register.rows import Asks
from monitors.register.vocabulary import Vocabulary, standard

ALL: Asks = frozenset({"leader", "manager", "own_staff"})


@dataclass(frozen=True)
class Reading:
    """What one register file holds.

    `contacts` are by the key of the account or group, `rows` says where each stands, `pending` keeps the
    links of unresolved accounts. `recognised` is false when no sheet has a heading that is a register's.
    """

    sha256: str
    accounts: tuple[Account, ...]
    contacts: Mapping[str, Contact]
    groups: tuple[ChatGroup, ...]
    problems: tuple[Problem, ...]
    refused_rows: tuple[RefusedRow, ...]
    rows: Mapping[str, Place]
    pending: Mapping[str, tuple[ShortLink, ...]]
    recognised: bool = True

    @property
    def refused(self) -> int:
        """How many rows were set aside."""
        return len(self.refused_rows)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Give the check's lines in the order of the sheets: an `ok` for each kept row, each problem, and
        the totals last; ready for JSON."""
        sheets = dict.fromkeys(place.sheet for place in self.rows.values())
        sheets |= dict.fromkeys(problem.place.sheet for problem in self.problems)
        order = {sheet: number for number, sheet in enumerate(sheets)}
        kept: list[Account | ChatGroup] = [*self.accounts, *self.groups]
        told = [(self.rows[one.key], _kept(one, self.rows[one.key])) for one in kept]
        told += [(problem.place, _line(problem)) for problem in self.problems]
        for _, line in sorted(told, key=lambda entry: (order[entry[0].sheet], entry[0].row)):
            yield line
        yield {"where": "register", "accounts": len(self.accounts), "refused": self.refused}


def _kept(one: Account | ChatGroup, place: Place) -> dict[str, Any]:
    created_on = one.created_on.isoformat() if one.created_on else None
    return {
        "level": "ok",
        "where": "register",
        "message": "",
        "reason": "kept",
        "sheet": place.sheet,
        "row": place.row,
        "column": None,
        "key": one.key,
        "name": one.name,
        "unit": one.unit,
        "created_on": created_on,
    }


def _line(problem: Problem) -> dict[str, Any]:
    return {
        "level": problem.level,
        "where": "register",
        "message": problem.message,
        "reason": problem.reason,
        "sheet": problem.place.sheet,
        "row": problem.place.row,
        "column": problem.column,
        "found": problem.found,
        "key": problem.key,
    }


def read(
    path: Path,
    patterns: Patterns,
    today: date,
    *,
    vocabulary: Vocabulary | None = None,
    asks: Asks = ALL,
) -> Reading:
    """Read a register file.

    `patterns`: the whole of a handle by platform id, absent where no platform file says it. `today` is the
    Shanghai day by which dates are future ones. `asks`: what the rules in use ask for beside the required
    cells. Raises `Refused` when the file is hostile, unreadable or no register file at all.
    """
    file = opened(path)
    found = Gathering(patterns, today, asks, vocabulary or standard())
    for sheet in file.sheets:
        found.sheet(sheet)
    if not found.recognised:
        found.problems.append(_no_heading(file.sheets))
    elif not found.kept and not found.refused:
        found.problems.append(_no_rows(file.sheets))
    doubles = found.doubles()
    kept = [row for number, row in enumerate(found.kept) if number not in doubles]
    refused = [
        *found.refused,
        *(RefusedRow(found.kept[number].place, found.kept[number].known) for number in doubles),
    ]
    return Reading(
        sha256=file.sha256,
        accounts=tuple(row.subject for row in kept if isinstance(row.subject, Account)),
        contacts={row.subject.key: row.contact for row in kept},
        groups=tuple(row.subject for row in kept if isinstance(row.subject, ChatGroup)),
        problems=(*found.problems, *doubles.values(), *same_names(kept)),
        refused_rows=tuple(sorted(refused, key=lambda row: row.place)),
        rows={row.subject.key: row.place for row in kept},
        pending={row.subject.key: row.pending for row in kept if row.pending},
        recognised=found.recognised,
    )


def _no_rows(sheets: Sequence[Sheet]) -> Problem:
    first = next(sheet for sheet in sheets if sheet.rows)
    message = "台账只有表头，下面一行账号也没有。请填好再用；没有账号要登记的单位不用交空表。"
    return Problem("error", "no_rows", Place(first.name, first.rows[0].number), message)


def _no_heading(sheets: Sequence[Sheet]) -> Problem:
    first = next(((sheet.name, sheet.rows[0].number) for sheet in sheets if sheet.rows), ("", 1))
    message = (
        "没有找到台账的表头。表头要有“平台”“账号名称”“创建单位”，以及“账号ID”或“主页链接”，"
        "写在同一行里，下面一行一个账号。"
    )
    return Problem("error", "no_heading", Place(*first), message)
