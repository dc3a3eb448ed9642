"""The same account in two rows: in one unit the later row is refused, in two units all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitors.nouns import Account
from monitors.register.contacts import Contact
from monitors.register.groups import ChatGroup
from monitors.register.handles import ShortLink
from monitors.register.problems import Place, Problem
from monitors.register.rows import Known
from monitors.register.text import folded

# A `__biz` comes from article links, which may be another account's.
_BIZ = re.compile(r"[A-Za-z0-9+/]{8,}={1,2}")


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that can be used: where it stands and whom it is about."""

    place: Place
    known: Known
    subject: Account | ChatGroup
    contact: Contact
    pending: tuple[ShortLink, ...] = ()

    @property
    def ids(self) -> set[str]:
        """Every name under which the account may stand in another row, too."""
        subject = self.subject
        aliases = subject.aliases if isinstance(subject, Account) else ()
        return {subject.key.casefold() if subject.platform == "wechat" else subject.key} | {
            f"{subject.platform}:{alias}".casefold()
            if subject.platform == "wechat"
            else f"{subject.platform}:{alias}"
            for alias in aliases
            if not _BIZ.fullmatch(alias)
        }


def clashes(rows: Sequence[Kept]) -> dict[int, Problem]:
    """Give the accounts to be refused by their number among `rows`, each problem naming the other row."""
    by_id: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for name in row.ids:
            by_id.setdefault(name, []).append(number)
    refused: dict[int, Problem] = {}
    for rivals in by_id.values():
        units = {number: folded(rows[number].subject.unit) for number in rivals}
        several = len(set(units.values())) > 1
        for number in rivals if several else rivals[1:]:
            if several:
                other = next(rival for rival in rivals if units[rival] != units[number])
                refused[number] = _in_two_units(rows[number], rows[other])
            else:
                refused.setdefault(number, _twice(rows[number], rows[rivals[0]]))
    return refused


def _twice(row: Kept, first: Kept) -> Problem:
    message = f"同一个账号已经写在{first.place}。请只留一行；这一行先不用。"
    if isinstance(row.subject, Account) and row.subject.handle is None:
        message = (
            f"同一平台上的同名账号已经写在{first.place}。是同一个就只留一行，不是就填上账号ID或主页链接。"
        )
    return Problem("error", "duplicate", row.place, message, key=row.subject.key)


def _in_two_units(row: Kept, other: Kept) -> Problem:
    message = (
        f"同一个账号在{other.place}又写在“{other.subject.unit}”名下。"
        "请核对归哪个单位，只留一行；在此之前两行都不用。"
    )
    return Problem("error", "two_units", row.place, message, key=row.subject.key)


def same_names(rows: Sequence[Kept]) -> Iterator[Problem]:
    """Warn of a row without an id whose name another row of the platform has, with an id."""
    named: dict[tuple[str, str], Kept] = {}
    for row in rows:
        if isinstance(row.subject, Account) and row.subject.handle:
            named.setdefault((row.subject.platform, folded(row.subject.name)), row)
    for row in rows:
        if isinstance(row.subject, Account) and row.subject.handle is None:
            other = named.get((row.subject.platform, folded(row.subject.name)))
            if other:
                message = f"{other.place}有同一平台的同名账号。如果是同一个，请只留一行。"
                yield Problem("warning", "same_name", row.place, message, key=row.subject.key)
