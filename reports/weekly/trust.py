"""How far the week can be believed: per platform its nights, what its visits came to, what could be searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from reports.terms import Terms
from reports.weekly import frames
from reports.weekly.frames import NightSum
from reports.weekly.records import Records
from reports.weekly.roll import AccountLine

NightState = Literal["believed", "doubted", "none"]


@dataclass(frozen=True, slots=True)
class Night:
    """One platform on one day; `none` where no night was run."""

    day: date
    state: NightState
    doubt: str


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """One platform's week; `exact`, `bounded` and `dateless` are what its accounts' newest posts are known by.

    `search`: cannot be searched from outside; was not asked; asked in vain; answered in part; answered.
    """

    platform: str
    title: str
    nights: tuple[Night, ...]
    sums: NightSum
    search: Literal["never", "not_asked", "unanswered", "partly", "answered"]
    exact: int
    bounded: int
    dateless: int
    not_seen: tuple[AccountLine, ...]

    @property
    def doubted(self) -> int:
        """How many nights are not believed."""
        return sum(night.state == "doubted" for night in self.nights)

    @property
    def doubts(self) -> dict[str, list[date]]:
        """Why nights are not believed, and which they were."""
        reasons: dict[str, list[date]] = {}
        for night in self.nights:
            if night.state == "doubted":
                reasons.setdefault(night.doubt, []).append(night.day)
        return reasons


def platform_lines(
    records: Records, accounts: Sequence[AccountLine], terms: Terms
) -> tuple[PlatformLine, ...]:
    """One line per platform that had a night this week or has accounts that should have been looked at."""
    sums = frames.night_sums(records.nights, records.first)
    read = {line.platform for line in accounts if line.strip}
    nights: dict[str, dict[date, Night]] = {}
    for day, platform, believed, doubt, *_ in records.nights:
        if day >= records.first:
            night = Night(
                day, "believed" if believed else "doubted", "" if believed else doubt or "没有写明原因"
            )
            nights.setdefault(platform, {})[day] = night
    days = [records.first + timedelta(days=number) for number in range(7)]
    return tuple(
        _line(
            platform,
            [nights.get(platform, {}).get(day, Night(day, "none", "")) for day in days],
            sums.get(platform, NightSum(platform)),
            [line for line in accounts if line.platform == platform and line.strip],
            terms,
        )
        for platform in sorted(set(sums) | read, key=terms.rank)
    )


def _line(
    platform: str, nights: Sequence[Night], sums: NightSum, accounts: Sequence[AccountLine], terms: Terms
) -> PlatformLine:
    seen = [line for line in accounts if line.seen]
    bounds = [line.newest.bound if line.newest else None for line in seen]
    return PlatformLine(
        platform=platform,
        title=terms.title(platform),
        nights=tuple(nights),
        sums=sums,
        search=_search(sums, terms.searchable(platform)),
        exact=bounds.count("exact"),
        bounded=bounds.count("at_least"),
        dateless=bounds.count(None),
        not_seen=tuple(sorted((a for a in accounts if not a.seen), key=_longest)),
    )


def _longest(line: AccountLine) -> tuple[date, str, str]:
    return line.seen_on or date.min, line.unit, line.name


def _search(
    sums: NightSum, searchable: bool
) -> Literal["never", "not_asked", "unanswered", "partly", "answered"]:
    if sums.asked is None and not searchable:
        return "never"
    if not sums.asked:
        return "not_asked"
    if not sums.answered:
        return "unanswered"
    return "partly" if sums.answered < sums.asked else "answered"
