"""Reads what a week's report needs from the ledger: what was known at the week's end, and nothing later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import Connection

from monitors import tables
from monitors.activity import attested
from monitors.calendar import shanghai_day
from monitors.nouns import Case, Decision, Found, NameMatch, Newest, Profile, Step
from monitors.trail import NIGHT
from reports.lost import Untold, untold
from reports.weekly.filed import Filed, filed

_MATCH: TypeAdapter[NameMatch] = TypeAdapter(NameMatch)
_obs, _night, _verdict = tables.observation.c, tables.platform_night.c, tables.verdict.c
_week, _meeting, _run = tables.account_week.c, tables.meeting.c, tables.run.c

YEAR = 52
# So many weeks back an alert that reached nobody is told of.
_UNTOLD = 4

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one account at the end of the week: its newest post, and when it was last read."""

    newest: Newest | None
    seen_on: date | None


@dataclass(frozen=True, slots=True)
class Met:
    """One unregistered account that was met; `words` are the searches that first met it, `by` who else did."""

    key: str
    profile: Profile
    match: NameMatch
    first_day: date
    last_day: date
    link: str | None
    by: str | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happened:
    """One step that was taken in the week; `number` is its place in the trail of `case`."""

    case: str
    number: int
    step: Step


@dataclass(frozen=True)
class Records:
    """The ledger as the end of one week saw it; days are Shanghai days.

    Rows for the frames: `nights` (a year of `platform_night`), `visits` of the week, `weeks` (a year of
    `account_week`), `steps` (case, number, stage, on; all so far). `verdicts` are those in force that are
    not Clear, `cleared` the accounts whose activity some rule cleared. `through`: the newest night. `untold` are
    the alerts of the last four weeks that had reached nobody when the week ended.
    """

    first: date
    last: date
    through: date | None
    filed: Filed
    known: Mapping[str, Known]
    met: Mapping[str, Met]
    cases: Mapping[str, Case]
    happened: Sequence[Happened]
    decisions: Sequence[Decision]
    verdicts: Sequence[Any]
    cleared: frozenset[str]
    nights: Rows
    visits: Rows
    weeks: Rows
    steps: Rows
    untold: Sequence[Untold]


def records(connection: Connection, first: date, last: date, *, weeks: int = YEAR) -> Records:
    """Everything for the week from `first` to `last`, both included; later facts are left out.

    `weeks`: so many weeks back the accounts' own rows are read.
    """
    end, before = _end(connection, last), _end(connection, first - timedelta(days=1))
    cases, happened, steps = _cases(connection, first, end, before)
    return Records(
        first=first,
        last=last,
        through=connection.scalar(sa.select(sa.func.max(_night.day)).where(_night.day <= last)),
        filed=filed(connection, first, before.moment, end.moment),
        known=_known(connection, end),
        met=_met(connection, end),
        cases=cases,
        happened=happened,
        decisions=_decisions(connection, end),
        verdicts=connection.execute(_verdicts(last, _verdict.verdict != "Clear")).all(),
        cleared=frozenset(
            row.key
            for row in connection.execute(
                _verdicts(last, _verdict.verdict == "Clear", _verdict.kind == "activity")
            )
        ),
        nights=_nights(connection, first, last),
        visits=_visits(connection, first, last),
        weeks=_weeks(connection, first, weeks),
        steps=steps,
        untold=untold(connection, first - timedelta(weeks=_UNTOLD - 1), last, end.before),
    )


@dataclass(frozen=True, slots=True)
class _End:
    """The end of a week: its last day, and the moment at which the first later night began (None before it).

    What people wrote down after that moment belongs to the next week. `rehearsed`: the week's nights were made
    after it, so that the days on which people speak are no days of its calendar.
    """

    last: date
    moment: datetime | None
    rehearsed: bool

    def after(self, row: Any) -> bool:
        """Was the row, which a person wrote, written in time?"""
        spoken = self.rehearsed or row.on <= self.last
        return bool(spoken and (self.moment is None or row.at < self.moment))

    def before(self, at: datetime) -> bool:
        """Was it before the end that something was done?"""
        timely = self.rehearsed or shanghai_day(at) <= self.last
        return timely and (self.moment is None or at < self.moment)


def _end(connection: Connection, last: date) -> _End:
    nights = _run.kind == "night"
    moment = connection.scalar(sa.select(sa.func.min(_run.started_at)).where(nights, _run.day > last))
    made = connection.scalar(sa.select(sa.func.max(_run.started_at)).where(nights, _run.day <= last))
    return _End(last, moment, made is not None and shanghai_day(made) > last)


# ── cases ───────────────────────────────────────────────────────────────────────────────────────


def _cases(
    connection: Connection, first: date, end: _End, before: _End
) -> tuple[dict[str, Case], list[Happened], Rows]:
    step = tables.step.c
    trails: dict[str, list[Step]] = defaultdict(list)
    happened, rows = list[Happened](), list[tuple[Any, ...]]()
    for row in connection.execute(sa.select(tables.step).order_by(step.case, step.number)):
        if not end.after(row) if row.by != NIGHT else row.on > end.last:
            continue
        one = Step(row.stage, row.on, row.by, row.why, row.result, row.reverts, row.evidence)
        trails[row.case].append(one)
        rows.append((row.case, row.number, row.stage, min(row.on, end.last)))
        late = row.by != NIGHT and before.moment is not None and row.at >= before.moment
        if row.on >= first or late:
            happened.append(Happened(row.case, row.number, one))
    cases = {
        row.id: Case(row.key, row.policy, row.rule, row.kind, row.episode, tuple(trails[row.id]), row.id)
        for row in connection.execute(sa.select(tables.case).order_by(tables.case.c.id))
        if row.id in trails
    }
    return cases, happened, rows


def _decisions(connection: Connection, end: _End) -> list[Decision]:
    wanted = sa.select(tables.decision).order_by(tables.decision.c.id)
    return [
        Decision(row.key, row.word, row.on, row.by, row.why, row.until)
        for row in connection.execute(wanted)
        if end.after(row)
    ]


def _verdicts(last: date, *where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (_verdict.key, _verdict.policy, _verdict.rule, _verdict.kind, _verdict.verdict)
    return (
        sa.select(*columns, _verdict.since, _verdict.why)
        .where(_verdict.from_day <= last, sa.or_(_verdict.to_day.is_(None), _verdict.to_day > last), *where)
        .order_by(_verdict.id)
    )


# ── accounts ────────────────────────────────────────────────────────────────────────────────────


def _known(connection: Connection, end: _End) -> dict[str, Known]:
    newest = (
        sa.select(_week.key, sa.func.max(_week.monday).label("monday"))
        .where(_week.monday <= end.last)
        .group_by(_week.key)
        .subquery()
    )
    own = sa.and_(_week.key == newest.c.key, _week.monday == newest.c.monday)
    rows = connection.execute(
        sa.select(_week.key, _week.newest, _week.seen_on).join_from(tables.account_week, newest, own)
    )
    known = {row.key: Known(row.newest, row.seen_on) for row in rows}
    said = tables.attestation
    for row in connection.execute(sa.select(said).order_by(said.c.id)):
        if end.after(row):
            held = known.get(row.key, Known(None, None))
            known[row.key] = Known(_later(held.newest, row), held.seen_on)
    return known


def _later(newest: Newest | None, word: Any) -> Newest:
    outcome = attested(word.key, word.last_post, word.on).outcome
    assert isinstance(outcome, Found) and outcome.newest
    return newest if newest and newest.at >= outcome.newest.at else outcome.newest


def _met(connection: Connection, end: _End) -> dict[str, Met]:
    """The accounts met so far, each as the last meeting of the week showed it."""
    met: dict[str, Met] = {}
    last, sighting = end.last, tables.sighting.c
    in_time = sighting.first_day <= last
    if end.rehearsed and end.moment is None:
        in_time = sa.or_(in_time, sighting.by.is_not(None))
    rows = connection.execute(sa.select(tables.sighting).where(in_time))
    words = _words(connection, last)
    for row in rows:
        match = _MATCH.validate_python(row.match)
        until = min(row.last_day, last)
        told = words.get(row.key, ())
        first = min(row.first_day, last)
        met[row.key] = Met(row.key, row.profile, match, first, until, row.link, row.by, told)
    hand = connection.execute(sa.select(sighting.key, sighting.link, sighting.by)).all()
    origin = {row.key: (row.link, row.by) for row in hand}
    days: dict[str, date] = {}
    meetings = sa.select(tables.meeting).where(_meeting.day <= last).order_by(_meeting.key, _meeting.day)
    for row in connection.execute(meetings):
        before = met.get(row.key) if row.key in days else None
        same = before is not None and before.profile.name == row.profile.name
        days[row.key] = days[row.key] if same else row.day
        match = _MATCH.validate_python(row.match)
        link, by = origin.get(row.key, (None, None))
        told = words.get(row.key, ())
        met[row.key] = Met(row.key, row.profile, match, days[row.key], row.day, link, by, told)
    return met


def _words(connection: Connection, last: date) -> dict[str, tuple[str, ...]]:
    """The searches that met each sighting on the first day on which any did."""
    hit = tables.query_hit.c
    words: dict[str, tuple[date, tuple[str, ...]]] = {}
    wanted = sa.select(hit.key, hit.word, hit.first_day).where(hit.first_day <= last)
    for row in connection.execute(wanted.order_by(hit.first_day, hit.word)):
        day, told = words.setdefault(row.key, (row.first_day, ()))
        if row.first_day == day:
            words[row.key] = (day, (*told, row.word))
    return {key: told for key, (_, told) in words.items()}


# ── rows for the frames ─────────────────────────────────────────────────────────────────────────


def _nights(connection: Connection, first: date, last: date) -> Rows:
    start = first - timedelta(weeks=YEAR - 1)
    columns = (
        *(_night.day, _night.platform, _night.believed, _night.doubt, _night.asked, _night.answered),
        *(_night.planned, _night.found, _night.gone, _night.blocked, _night.other, _night.unseen),
        _night.requests,
    )
    wanted = sa.select(*columns).where(_night.day.between(start, last))
    return connection.execute(wanted.order_by(_night.platform, _night.day)).all()


def _visits(connection: Connection, first: date, last: date) -> Rows:
    """The visits of the week; only believed ones carry a statement, but a wall is told of anyway."""
    night = sa.and_(_night.day == _obs.day, _night.platform == _obs.platform)
    wanted = (
        sa.select(_obs.key, _obs.outcome, _obs.witness, _night.believed)
        .join_from(tables.observation, tables.platform_night, night)
        .where(_obs.day.between(first, last), _obs.outcome != "Sightings")
        .order_by(_obs.day, _obs.id)
    )
    return connection.execute(wanted).all()


def _weeks(connection: Connection, first: date, count: int) -> Rows:
    start = first - timedelta(weeks=count - 1)
    # As stored: a year of a large register is many rows, and the frames read plain text quickest.
    raw = [sa.cast(column, sa.Text) for column in (_week.monday, _week.posted, _week.quiet_since)]
    return connection.execute(sa.select(_week.key, *raw).where(_week.monday.between(start, first))).all()


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """In pieces, since a statement takes a limited number of values."""
    for start in range(0, len(keys), 500):
        yield keys[start : start + 500]
