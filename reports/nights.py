"""What is believed: per platform the week's nights, what the visits came to, and what was searched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pandas as pd

from reports.records import rows
from reports.terms import Terms

NightState = Literal["believed", "doubted", "none"]
_SUMS = ("planned", "found", "gone", "blocked", "other", "unseen")


@dataclass(frozen=True, slots=True)
class Night:
    """One platform on one day; `none` where no night was run."""

    day: date
    state: NightState
    doubt: str


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """One platform's week. `asked` is None where nothing was searched, which is not the same as 0 hits."""

    platform: str
    title: str
    nights: tuple[Night, ...]
    believed: int
    doubted: int
    asked: int | None
    answered: int
    planned: int
    found: int
    gone: int
    blocked: int
    other: int
    unseen: int

    @property
    def doubts(self) -> dict[str, list[date]]:
        """Why nights are not believed, and which they were."""
        reasons: dict[str, list[date]] = {}
        for night in self.nights:
            if night.state == "doubted":
                reasons.setdefault(night.doubt, []).append(night.day)
        return reasons

    @property
    def searched(self) -> str:
        """What became of the searches, in words; never a 0 for what was not searched."""
        if self.asked is None:
            return "未能搜索"
        if self.asked == 0:
            return "本周没有安排搜索"
        if self.answered == 0:
            return f"问了 {self.asked} 个词，都没有得到答复：未能搜索"
        if self.answered < self.asked:
            return (
                f"问了 {self.asked} 个词，{self.answered} 个有答复，{self.asked - self.answered} 个未能搜索"
            )
        return f"问了 {self.asked} 个词，都有答复"


def platform_lines(nights: pd.DataFrame, first: date, terms: Terms) -> tuple[PlatformLine, ...]:
    """One line per platform that had a night this week."""
    days = [first + timedelta(days=number) for number in range(7)]
    lines = []
    for platform, group in sorted(nights.groupby("platform"), key=lambda pair: terms.rank(str(pair[0]))):
        by_day = {row.day: _night(row.day, row.believed, row.doubt) for row in rows(group)}
        sums = group[list(_SUMS)].astype("int64").sum()
        asked = group["asked"].dropna()
        answered = group["answered"].dropna()
        lines.append(
            PlatformLine(
                platform=str(platform),
                title=terms.title(str(platform)),
                nights=tuple(by_day.get(day, Night(day, "none", "")) for day in days),
                believed=sum(night.state == "believed" for night in by_day.values()),
                doubted=sum(night.state == "doubted" for night in by_day.values()),
                asked=int(asked.sum()) if len(asked) else None,
                answered=int(answered.sum()),
                **{name: int(sums[name]) for name in _SUMS},
            )
        )
    return tuple(lines)


def _night(day: date, believed: bool, doubt: str | None) -> Night:
    return Night(day, "believed", "") if believed else Night(day, "doubted", doubt or "没有写明原因")
