"""The week in figures: every number a sum over the ledger, ready to be written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from monitors.calendar import shanghai_day
from monitors.nouns import PlatformFacts
from monitors.rules import Rule
from reports.casework import CaseLine, Point, case_lines, trend
from reports.nights import PlatformLine, platform_lines
from reports.records import newest_night, records
from reports.rolls import (
    AccountLine,
    Bucket,
    Remark,
    UnitLine,
    account_lines,
    bucket_counts,
    filings,
    losses,
    unit_lines,
)
from reports.suspects import SuspectLine, suspect_lines
from reports.terms import Terms


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week as the report tells it; `through` is the last day that it can know of."""

    label: str
    first: date
    last: date
    through: date
    platforms: tuple[PlatformLine, ...]
    accounts: tuple[AccountLine, ...]
    units: tuple[UnitLine, ...]
    counts: Mapping[Bucket, int]
    cases: tuple[CaseLine, ...]
    trend: tuple[Point, ...]
    suspects: tuple[SuspectLine, ...]
    losses: tuple[Remark, ...]
    filings: tuple[Remark, ...]

    @property
    def open(self) -> tuple[CaseLine, ...]:
        """Open cases of an established breach, gravest stage first."""
        return tuple(case for case in self.cases if case.stage not in ("suspected", "closed"))

    @property
    def suspected(self) -> tuple[CaseLine, ...]:
        """Suspicions about registered accounts, which a person has to look at."""
        return tuple(case for case in self.cases if case.stage == "suspected" and case.kind != "sighting")

    @property
    def closed(self) -> tuple[CaseLine, ...]:
        """Cases that were closed in the week."""
        return tuple(case for case in self.cases if case.stage == "closed")

    @property
    def new(self) -> tuple[CaseLine, ...]:
        """Established breaches that were no case when the week began."""
        return tuple(case for case in self.open if case.change == "new")

    @property
    def escalated(self) -> tuple[CaseLine, ...]:
        """Cases that went a stage further in the week."""
        return tuple(case for case in self.open if case.change == "escalated")

    @property
    def not_seen(self) -> tuple[AccountLine, ...]:
        """Accounts that should have been seen in the week and were not."""
        return tuple(line for line in self.accounts if line.bucket == "unseen")

    @property
    def unheard(self) -> tuple[SuspectLine, ...]:
        """Suspects on which no person has given a clear word."""
        return tuple(suspect for suspect in self.suspects if suspect.word != "imitation")

    @property
    def to_do(self) -> tuple[tuple[str, int, str], ...]:
        """What waits for a person: the task, how many, and the section that lists them."""
        stages = [case.stage for case in self.open]
        tasks = (
            ("发出整改通知，并登记单位收到的日期", stages.count("notice_issued"), "open"),
            ("决定是否公开通报，并登记发出的日期", stages.count("circular"), "open"),
            ("决定是否关停", stages.count("closure_recommended"), "open"),
            ("用手机核实台账里的账号", len(self.suspected), "confirm"),
            ("判断名称涉及校名的账号", len(self.unheard), "suspects"),
            ("核对备案事项", len(self.filings), "filings"),
        )
        return tuple(task for task in tasks if task[1])

    def suspects_reading(self, reading: str | None) -> tuple[SuspectLine, ...]:
        """The suspects of one reading."""
        return tuple(suspect for suspect in self.suspects if suspect.reading == reading)


def figures(
    connection: Connection,
    label: str,
    facts: Mapping[str, PlatformFacts],
    rules: Iterable[Rule],
    made_at: datetime,
) -> Week:
    """Gather the ISO week `label` (2026-W47) as far as it has gone at `made_at`."""
    first, last = days(label)
    known = max(shanghai_day(made_at), newest_night(connection) or first)
    through = max(first, min(last, known))
    terms = Terms(facts, rules)
    held = records(connection, first, through)
    cases = case_lines(held, first, terms)
    accounts = account_lines(held, cases, terms)
    return Week(
        label=label,
        first=first,
        last=last,
        through=through,
        platforms=platform_lines(held.nights, first, terms),
        accounts=accounts,
        units=unit_lines(accounts),
        counts=bucket_counts(accounts),
        cases=cases,
        trend=trend(held, through),
        suspects=suspect_lines(held, first, through, terms),
        losses=losses(held, terms),
        filings=filings(held, terms),
    )


def days(label: str) -> tuple[date, date]:
    """Monday and Sunday of an ISO week; `ValueError` for what is none."""
    year, week = label.split("-W")
    first = date.fromisocalendar(int(year), int(week), 1)
    return first, first + timedelta(days=6)
