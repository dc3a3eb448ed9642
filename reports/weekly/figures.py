"""The week in figures: every number a sum over the ledger, ready to be written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from monitors.judge import Law
from monitors.nouns import Decision
from reports.lost import Untold
from reports.terms import Clause, Terms
from reports.weekly import casework, frames, remarks, roll, trust
from reports.weekly.casework import Bench, CaseLine, Event
from reports.weekly.filed import Filed
from reports.weekly.frames import Counts, Level
from reports.weekly.records import Records, records
from reports.weekly.remarks import Remark
from reports.weekly.roll import AccountLine
from reports.weekly.suspects import SuspectLine, suspect_lines
from reports.weekly.trust import PlatformLine
from reports.weekly.units import UnitLine, unit_lines


@dataclass(frozen=True, slots=True)
class Headline:
    """The figures that matter, of one week.

    `seen` of `watched` accounts that can be looked at; `active` of `known` seen in the last four weeks;
    `believed` of `nights`, counted per platform.
    """

    open: int
    suspected: int
    suspects: int
    active: int
    known: int
    seen: int
    watched: int
    believed: int
    nights: int
    remedied: int

    @property
    def active_share(self) -> int | None:
        """Accounts that posted in the last four weeks, per cent of those seen; None where none was seen."""
        return round(100 * self.active / self.known) if self.known else None

    def since(self, before: Headline) -> Mapping[str, int | None]:
        """Each figure's change since an earlier headline; of the share, in points."""
        own, other = self.active_share, before.active_share
        changes: dict[str, int | None] = {
            field.name: getattr(self, field.name) - getattr(before, field.name) for field in fields(self)
        }
        changes["active_share"] = None if own is None or other is None else own - other
        return changes


@dataclass(frozen=True, slots=True)
class Year:
    """Fifty-two weeks up to this one, oldest first; a share is None where nothing is known."""

    levels: tuple[Level, ...]
    active: tuple[float | None, ...]
    believed: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word that was given in the week, and whom it is about."""

    decision: Decision
    name: str
    title: str
    unit: str


@dataclass(frozen=True, slots=True)
class Week:
    """One ISO week as the report tells it; `through` is its newest night, None where it had none.

    `now` and `before` are the headline of this week and of the one before (None where there was no night);
    `untold` are the alerts that had reached nobody when it ended, but for those that a vacation holds back.
    """

    label: str
    first: date
    last: date
    through: date | None
    now: Headline
    before: Headline | None
    counts: Counts
    filed: Filed
    platforms: tuple[PlatformLine, ...]
    accounts: tuple[AccountLine, ...]
    units: tuple[UnitLine, ...]
    cases: tuple[CaseLine, ...]
    events: tuple[Event, ...]
    said: tuple[Said, ...]
    suspects: tuple[SuspectLine, ...]
    losses: tuple[Remark, ...]
    filings: tuple[Remark, ...]
    year: Year
    clauses: tuple[Clause, ...]
    untold: tuple[Untold, ...]

    @property
    def changes(self) -> Mapping[str, int | None]:
        """Each headline figure's change since last week; empty where there was no last week."""
        return self.now.since(self.before) if self.before else {}

    @property
    def open(self) -> tuple[CaseLine, ...]:
        """Open cases of an established breach of a registered account, most pressing first."""
        return tuple(sorted((case for case in self.cases if case.open), key=lambda case: case.urgency))

    @property
    def unhoused(self) -> int:
        """Open cases of accounts that are no longer in the register, and so in no unit."""
        return len(self.open) - sum(unit.open for unit in self.units)

    @property
    def suspected(self) -> tuple[CaseLine, ...]:
        """Suspicions about registered accounts, which a person has to look at."""
        return tuple(case for case in self.cases if case.stage == "suspected" and case.kind != "sighting")

    @property
    def unheard(self) -> tuple[SuspectLine, ...]:
        """Suspects on which no person has given a clear word."""
        return tuple(suspect for suspect in self.suspects if not suspect.settled)

    @property
    def unread(self) -> tuple[AccountLine, ...]:
        """Accounts that should have been seen in the week and were not."""
        return tuple(line for platform in self.platforms for line in platform.not_seen)

    @property
    def doubted(self) -> tuple[PlatformLine, ...]:
        """Platforms of which some night is not believed."""
        return tuple(line for line in self.platforms if line.doubted)

    @property
    def blind(self) -> bool:
        """Was nothing at all believed, though there were nights?"""
        return self.now.nights > 0 and self.now.believed == 0

    @property
    def numbers(self) -> Mapping[Clause, int]:
        """The number under which each clause stands in the list of rules."""
        return {clause: number for number, clause in enumerate(self.clauses, 1)}

    def of_unit(self, unit: str) -> Week:
        """The same week with nothing in it but one unit's own matters."""
        own = [line for line in self.units if line.unit == unit]
        return replace(
            self,
            accounts=tuple(account for line in own for account in line.accounts),
            units=tuple(own),
            cases=tuple(case for case in self.cases if case.unit == unit),
            events=tuple(event for event in self.events if event.case.unit == unit),
            said=(),
            untold=(),
            suspects=tuple(suspect for suspect in self.suspects if suspect.unit == unit),
            losses=tuple(remark for remark in self.losses if remark.unit == unit),
            filings=tuple(remark for remark in self.filings if remark.unit == unit),
        )


def figures(connection: Connection, label: str, law: Law) -> Week:
    """Gather the ISO week `label` (2026-W47) from what the ledger knew of it at its end; `ValueError` for none."""
    first, last = days(label)
    bench = _bench(law)
    week = timedelta(weeks=1)
    # The headline looks no further back than the accounts that were active lately.
    before = records(connection, first - week, last - week, weeks=roll.ACTIVE)
    held = records(connection, first, last)
    earlier = _Reading(before, bench).headline if before.through else None
    return _Reading(held, bench).week(label, earlier)


def _bench(law: Law) -> Bench:
    rules = {(rule.policy, rule.rule): rule for rule in law.rules}
    return Bench(Terms(law.facts, law.rules), rules, law.calendar, law.assume_done)


class _Reading:
    """One week's records, read once for all its sections."""

    def __init__(self, held: Records, bench: Bench) -> None:
        self.held, self.bench = held, bench
        self.cases = casework.case_lines(held, bench)
        lines = self.cases.values()
        self.accounts, self.grid = roll.account_lines(held, lines, bench.terms, bench.calendar)
        self.counts, self.units = unit_lines(self.accounts, lines, held)
        self.platforms = trust.platform_lines(held, self.accounts, bench.terms)
        self.suspects = suspect_lines(held, self.cases, bench.terms)
        self.events = casework.events(held, self.cases)

    @property
    def headline(self) -> Headline:
        """The figures that are compared from week to week."""
        watched = [line for line in self.accounts if line.strip]
        nights = [night.state for line in self.platforms for night in line.nights if night.state != "none"]
        return Headline(
            open=sum(case.open for case in self.cases.values()),
            suspected=sum(c.stage == "suspected" and c.kind != "sighting" for c in self.cases.values()),
            suspects=sum(not suspect.settled for suspect in self.suspects),
            active=sum(line.active for line in watched),
            known=sum(line.seen_lately for line in watched),
            seen=len(watched) - sum(len(line.not_seen) for line in self.platforms),
            watched=len(watched),
            believed=nights.count("believed"),
            nights=len(nights),
            remedied=sum(event.result in ("remedied", "cancelled") for event in self.events),
        )

    def week(self, label: str, before: Headline | None) -> Week:
        held, terms = self.held, self.bench.terms
        through = held.through if held.through and held.through >= held.first else None
        losses, filings = remarks.losses(held, terms), remarks.filings(held, terms)
        return Week(
            label=label,
            first=held.first,
            last=held.last,
            through=through,
            now=self.headline,
            before=before,
            counts=self.counts,
            filed=held.filed,
            platforms=self.platforms,
            accounts=self.accounts,
            units=self.units,
            cases=tuple(self.cases.values()),
            events=self.events,
            said=self._said(),
            suspects=self.suspects,
            losses=losses,
            filings=filings,
            year=self._year(),
            clauses=_all_clauses(terms, (*self.cases.values(), *losses, *filings)),
            untold=self._untold(),
        )

    def _year(self) -> Year:
        held = self.held
        told = [case.id for case in held.cases.values() if case.kind not in ("unseen", "sighting")]
        levels = frames.levels(held.steps, told, held.last)
        believed = frames.believed_shares(held.nights, held.first)
        shares = zip(frames.active_shares(self.grid), believed, strict=True)
        # What later nights learnt of weeks before the patrol is not the share of anything.
        active = [None if nights is None else share for share, nights in shares]
        return Year(tuple(levels), tuple(active), tuple(believed))

    def _untold(self) -> tuple[Untold, ...]:
        resting = self.bench.calendar.paused(self.held.last)
        return tuple(one for one in self.held.untold if not (resting and one.kept))

    def _said(self) -> tuple[Said, ...]:
        keys = {case.id: case.key for case in self.held.cases.values()}
        told = []
        for word in self.held.decisions:
            if word.on >= self.held.first:
                name, unit, platform, _ = casework.who(keys.get(word.key, word.key), self.held)
                told.append(Said(word, name, self.bench.terms.title(platform), unit))
        return tuple(told)


def _all_clauses(terms: Terms, lines: Sequence[Any]) -> tuple[Clause, ...]:
    """The rules in use, then those that are no longer in use but still cited."""
    cited = [clause for line in lines for clause in line.clauses]
    return tuple(dict.fromkeys([*terms.clauses, *cited]))


def days(label: str) -> tuple[date, date]:
    """Monday and Sunday of an ISO week; `ValueError` for what is none."""
    try:
        year, week = label.split("-W")
        first = date.fromisocalendar(int(year), int(week), 1)
    except ValueError:
        raise ValueError(f"没有“{label}”这一周；应写成 2026-W47 这样") from None
    return first, first + timedelta(days=6)
