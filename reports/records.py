"""Reads what a week's report needs from the ledger: rows to pandas frames, nouns to plain mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import Connection, Select

from monitors import tables
from monitors.nouns import Account, Found, NameMatch, Newest, Profile
from monitors.standing import Standing

_STANDING: TypeAdapter[Standing] = TypeAdapter(Standing)
_MATCH: TypeAdapter[NameMatch] = TypeAdapter(NameMatch)
_obs = tables.observation.c
_night = tables.platform_night.c
_verdict = tables.verdict.c


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one account at the end of the week: its newest post, and when it was last read."""

    newest: Newest | None
    seen_on: date | None


@dataclass(frozen=True, slots=True)
class Met:
    """One unregistered account that was met, and what its name has to do with a protected one."""

    key: str
    profile: Profile
    match: NameMatch
    first_day: date
    last_day: date
    link: str | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Records:
    """The ledger as the end of one week saw it; frames have one row a fact, days are Shanghai days.

    `nights`: day, platform, believed, doubt, asked, answered, planned, found, gone, blocked, other, unseen.
    `visits` (of the week): key, day, outcome, witness, believed. `verdicts` (in force): key, policy, rule, kind,
    verdict, since, why. `steps` (all so far): case, number, stage, on, result. `cases`: id, key, policy,
    rule, kind, stage, stage_on, deadline, provisional. `decisions` (latest first): key, word, until.
    """

    accounts: Mapping[str, Account]
    known: Mapping[str, Known]
    met: Mapping[str, Met]
    nights: pd.DataFrame
    visits: pd.DataFrame
    verdicts: pd.DataFrame
    steps: pd.DataFrame
    cases: pd.DataFrame
    decisions: pd.DataFrame


def records(connection: Connection, first: date, last: date) -> Records:
    """Everything for the week from `first` to `last`, both included; later facts are left out."""
    accounts = _accounts(connection)
    return Records(
        accounts=accounts,
        known=_known(connection, accounts, last),
        met=_met(connection, last),
        nights=_frame(connection, _nights(first, last)),
        visits=_frame(connection, _visits(first, last)),
        verdicts=_frame(connection, _verdicts(last)),
        steps=_frame(connection, _steps(last)),
        cases=_frame(connection, _cases()),
        decisions=_frame(connection, _decisions(last)),
    )


def newest_night(connection: Connection) -> date | None:
    """The newest day for which the ledger holds a night."""
    newest: date | None = connection.scalar(sa.select(sa.func.max(_night.day)))
    return newest


def _frame(connection: Connection, select: Select[Any]) -> pd.DataFrame:
    result = connection.execute(select)
    # As objects: a None stays None and a day a day.
    return pd.DataFrame([tuple(row) for row in result], columns=list(result.keys()), dtype=object)


def _nights(first: date, last: date) -> Select[Any]:
    return (
        sa.select(tables.platform_night)
        .where(_night.day.between(first, last))
        .order_by(_night.platform, _night.day)
    )


def _visits(first: date, last: date) -> Select[Any]:
    night = sa.and_(_night.day == _obs.day, _night.platform == _obs.platform)
    return (
        sa.select(_obs.key, _obs.day, _obs.outcome, _obs.witness, _night.believed)
        .join_from(tables.observation, tables.platform_night, night)
        .where(_obs.day.between(first, last))
        .order_by(_obs.id)
    )


def _verdicts(last: date) -> Select[Any]:
    return sa.select(
        _verdict.key,
        _verdict.policy,
        _verdict.rule,
        _verdict.kind,
        _verdict.verdict,
        _verdict.since,
        _verdict.why,
    ).where(_verdict.from_day <= last, sa.or_(_verdict.to_day.is_(None), _verdict.to_day > last))


def _steps(last: date) -> Select[Any]:
    step = tables.step.c
    return (
        sa.select(step.case, step.number, step.stage, step.on, step.result)
        .where(step.on <= last)
        .order_by(step.case, step.number)
    )


def _cases() -> Select[Any]:
    case = tables.case.c
    return sa.select(
        case.id,
        case.key,
        case.policy,
        case.rule,
        case.kind,
        case.stage,
        case.stage_on,
        case.deadline,
        case.provisional,
    )


def _decisions(last: date) -> Select[Any]:
    decision = tables.decision.c
    return (
        sa.select(decision.key, decision.word, decision.until)
        .where(decision.on <= last)
        .order_by(decision.id.desc())
    )


def _accounts(connection: Connection) -> dict[str, Account]:
    account = tables.account.c
    filed = sa.select(account.key, account.record).where(account.filed)
    rows = connection.execute(filed.order_by(account.unit, account.platform, account.name))
    return {key: record for key, record in rows}  # noqa: C416 - rows are no pairs to the type checker


def _met(connection: Connection, last: date) -> dict[str, Met]:
    rows = connection.execute(sa.select(tables.sighting).where(tables.sighting.c.first_day <= last))
    return {
        row.key: Met(
            row.key,
            row.profile,
            _MATCH.validate_python(row.match),
            row.first_day,
            min(row.last_day, last),
            row.link,
            row.by is not None,
        )
        for row in rows
    }


def _known(connection: Connection, accounts: Mapping[str, Account], last: date) -> dict[str, Known]:
    """From the standings; for a week gone by, whose standings have moved on, from what its visits showed."""
    known: dict[str, Known] = {}
    late: list[str] = []
    for row in connection.execute(sa.select(tables.standing)):
        if row.key not in accounts:
            continue
        if row.day > last:
            late.append(row.key)
            continue
        standing = _STANDING.validate_json(row.record)
        known[row.key] = Known(standing.newest, standing.seen_on)
    known.update(_known_then(connection, late, last))
    return known


def _known_then(connection: Connection, keys: Sequence[str], last: date) -> dict[str, Known]:
    night = sa.and_(_night.day == _obs.day, _night.platform == _obs.platform)
    known: dict[str, Known] = {}
    for key in keys:
        shown = (
            sa.select(_obs.day, _obs.note)
            .join_from(tables.observation, tables.platform_night, night)
            .where(_obs.key == key, _obs.day.between(last - timedelta(days=400), last))
            .where(_night.believed, _obs.outcome.in_(("Found", "Gone")))
            .order_by(_obs.day.desc(), _obs.id.desc())
            .limit(7)
        )
        rows = connection.execute(shown).all()
        newest = [
            outcome.newest
            for _, note in rows
            if isinstance(outcome := note.outcome, Found) and outcome.newest
        ]
        known[key] = Known(max(newest, key=lambda post: post.at, default=None), rows[0][0] if rows else None)
    return known


def rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The frame's rows, each with its columns as attributes."""
    return iter(frame.itertuples(index=False))
