"""The units side by side: their accounts by bucket, how many are active, and how their cases end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from reports.weekly import frames
from reports.weekly.casework import CaseLine
from reports.weekly.frames import Counts
from reports.weekly.records import YEAR, Records
from reports.weekly.roll import AccountLine


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit: its accounts by bucket, how many of those seen lately posted, and how its cases end.

    `remedied` of `asked`: the notices of the year after which the unit put things right before a circular.
    """

    number: int
    unit: str
    counts: Counts
    accounts: tuple[AccountLine, ...]
    open: int
    seen: int
    active: int
    asked: int
    remedied: int

    @property
    def total(self) -> int:
        """All accounts of the unit."""
        return len(self.accounts)


def unit_lines(
    accounts: Iterable[AccountLine], cases: Iterable[CaseLine], records: Records
) -> tuple[Counts, tuple[UnitLine, ...]]:
    """The sums over all accounts, and the units in the order of their pinyin; a unit's counts add up."""
    held: dict[str, list[AccountLine]] = {}
    for line in accounts:
        held.setdefault(line.unit, []).append(line)
    everyone = [line for lines in held.values() for line in lines]
    total, counts = frames.tallies([(line.unit, line.bucket, line.platform) for line in everyone])
    filed = records.filed.accounts
    opened = Counter(case.unit for case in cases if case.open and case.key in filed)
    asked, remedied = _answers(records)
    lines = (
        UnitLine(
            number=number,
            unit=unit,
            counts=counts[unit],
            accounts=tuple(held[unit]),
            open=opened[unit],
            seen=sum(line.seen_lately for line in held[unit]),
            active=sum(line.active for line in held[unit]),
            asked=asked.get(unit, 0),
            remedied=remedied.get(unit, 0),
        )
        for number, unit in enumerate(sorted(held, key=pinyin), 1)
    )
    return total, tuple(lines)


def _answers(records: Records) -> tuple[dict[str, int], dict[str, int]]:
    """By unit: the year's notices whose term has ended one way or the other, and those remedied within it."""
    asked: dict[str, int] = {}
    remedied: dict[str, int] = {}
    for case in records.cases.values():
        account = records.filed.accounts.get(case.key)
        stages = {step.stage: step for step in case.trail if not step.reverts}
        notice, end = stages.get("notice_issued"), stages.get("circular") or stages.get("closed")
        if account is None or notice is None or end is None:
            continue
        late = "circular" in stages
        if end.on <= records.last - timedelta(weeks=YEAR) or not (late or end.result == "remedied"):
            continue
        asked[account.unit] = asked.get(account.unit, 0) + 1
        remedied[account.unit] = remedied.get(account.unit, 0) + (not late)
    return asked, remedied


def pinyin(text: str) -> bytes:
    """A key by which Chinese names stand in the order of their pinyin, as far as GB 18030 has them so."""
    return text.encode("gb18030", "replace")
