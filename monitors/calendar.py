"""Shanghai days as the rules count them: calendar months, weeks and days, working days, and pauses."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal, get_args

import chinese_calendar

from monitors.nouns import SHANGHAI

Unit = Literal["months", "weeks", "days", "working days", "whole weeks"]
Pause = tuple[date, date]

DAY = timedelta(days=1)
_WORDS: Mapping[Unit, str] = {
    "months": "个月",
    "weeks": "周",
    "days": "天",
    "working days": "个工作日",
    "whole weeks": "个整周",
}
_BUILT_IN_FROM = min(chinese_calendar.constants.holidays).year
BUILT_IN_TO = max(chinese_calendar.constants.holidays).year


@dataclass(frozen=True, slots=True)
class Limit:
    """A time that a rule gives; `inclusive` is "N or more", otherwise it is "more than N".

    A whole week is Monday to Sunday: "1 whole week or more" is broken by a week without anything in it.
    """

    count: int
    unit: Unit
    inclusive: bool = False

    @classmethod
    def parsed(cls, text: str, *, inclusive: bool) -> Limit:
        """Read "2 months", "1 week", "5 working days"; anything else raises `ValueError`."""
        match = re.fullmatch(r"([1-9]\d{0,3}) ([a-z ]+)", text)
        if match:
            wanted = match[2] if match[2].endswith("s") else match[2] + "s"
            for unit in get_args(Unit):
                if unit == wanted:
                    return cls(int(match[1]), unit, inclusive)
        raise ValueError(text)

    def __str__(self) -> str:
        return f"{self.count} {_WORDS[self.unit]}"


def shanghai_day(at: datetime) -> date:
    """The Shanghai day of an aware instant."""
    if at.tzinfo is None:
        raise ValueError("naive datetime")
    return at.astimezone(SHANGHAI).date()


def add_months(day: date, count: int) -> date:
    """The same day `count` calendar months later; the end of a shorter month clamps it."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - day.weekday() * DAY


@dataclass(frozen=True)
class Calendar:
    """Working days and pauses.

    `holidays` and `workdays` are typed in and outrank the built-in data of the same day; `years` are the
    years for which they were typed in. `pauses` (both ends included) are days on which no clock runs.
    """

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    pauses: tuple[Pause, ...] = ()
    _merged: tuple[Pause, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_merged", tuple(_merged(self.pauses)))

    def pausing(self, pauses: Iterable[Pause]) -> Calendar:
        """The same calendar with further pauses."""
        more = tuple(pauses)
        return replace(self, pauses=self.pauses + more) if more else self

    # ── working days ────────────────────────────────────────────────────────────────────────────

    @property
    def covered_until(self) -> date:
        """The last day up to which holidays and make-up days are known without a gap."""
        year = BUILT_IN_TO
        while year + 1 in self.years:
            year += 1
        return date(year, 12, 31)

    def provisional(self, day: date) -> bool:
        """True where a count of working days reaching `day` is a guess."""
        return day > self.covered_until

    def working(self, day: date) -> bool:
        """True on a Chinese working day; without data, on Monday to Friday."""
        if day in self.holidays or day in self.workdays:
            return day in self.workdays
        if not _BUILT_IN_FROM <= day.year <= BUILT_IN_TO:
            return day.weekday() < 5
        return bool(chinese_calendar.is_workday(day))

    def warning(self, day: date) -> str | None:
        """From November on: what must be typed in before the year turns; later: that it is missing."""
        until = self.covered_until
        wanted = day.year + 1 if day.month >= 11 else day.year
        if until.year >= wanted:
            return None
        return (
            f"节假日数据只到 {until.isoformat()}；请按国务院办公厅的通知把 {until.year + 1} 年的放假和调休"
            f"填进 calendar.toml。填好之前，跨过这一天的工作日期限只作暂定，不会据此升级。"
        )

    # ── clocks ──────────────────────────────────────────────────────────────────────────────────

    def paused(self, day: date) -> bool:
        """True on a day on which no clock runs."""
        return any(first <= day <= last for first, last in self._merged)

    def pauses_between(self, start: date, end: date) -> tuple[Pause, ...]:
        """The pauses that touch the days after `start` up to `end`."""
        return tuple(p for p in self._merged if p[0] <= end and p[1] > start)

    def broken_from(self, last: date, limit: Limit) -> date:
        """The first day on which the limit is broken, counted from `last`; pauses push it back."""
        if limit.unit == "whole weeks":
            return self._after_whole_weeks(last, limit)
        due = self._due(last, limit)
        return due if limit.inclusive else self._running(due + DAY)

    def broken(self, last: date, limit: Limit, day: date) -> bool:
        """Is the limit, counted from `last`, broken on `day`?"""
        return self.broken_from(last, limit) <= day

    def guessed(self, last: date, limit: Limit) -> bool:
        """True where `broken_from` counts working days for which there are no data."""
        return limit.unit == "working days" and self.provisional(self.broken_from(last, limit))

    def _due(self, start: date, limit: Limit) -> date:
        if limit.unit == "working days":
            return self._working_days_after(start, limit.count)
        if limit.unit == "months":
            due = add_months(start, limit.count)
        else:
            due = start + limit.count * (7 if limit.unit == "weeks" else 1) * DAY
        for first, last in self._merged:
            if last > start and first <= due:
                due += last - max(first, start + DAY) + DAY
        return due

    def _working_days_after(self, start: date, count: int) -> date:
        day = start
        while count:
            day += DAY
            count -= self.working(day) and not self.paused(day)
        return day

    def _after_whole_weeks(self, last: date, limit: Limit) -> date:
        # A week that a pause touches is not asked for.
        week, missed = monday(last), 0
        while missed < limit.count + (not limit.inclusive):
            week += 7 * DAY
            missed += not self.pauses_between(week - DAY, week + 6 * DAY)
        return self._running(week + 7 * DAY)

    def _running(self, day: date) -> date:
        for first, last in self._merged:
            if first <= day <= last:
                day = last + DAY
        return day


def _merged(pauses: Iterable[Pause]) -> Iterator[Pause]:
    held: Pause | None = None
    for first, last in sorted(pauses):
        if held and first <= held[1] + DAY:
            held = (held[0], max(held[1], last))
            continue
        if held:
            yield held
        held = (first, last)
    if held:
        yield held
