"""Cases in the ledger: the trail is appended to, and the case's row always is the replay of its trail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.calendar import Calendar
from monitors.nouns import Case, Decision, FindingKind, Step
from monitors.rules import Rule
from monitors.trail import Records, deadline, replayed

_case, _step, _decision = tables.case.c, tables.step.c, tables.decision.c

Identity = tuple[str, str, str]


def newest(connection: Connection) -> dict[Identity, Case]:
    """Give the newest case of each (key, policy, rule), open or closed, with its trail."""
    return {(c.key, c.policy, c.rule): c for c in cases(connection)}


def cases(connection: Connection, *where: sa.ColumnElement[bool]) -> list[Case]:
    """Give the cases that fit, in the order of their episodes."""
    rows = connection.execute(sa.select(tables.case).where(*where).order_by(_case.episode, _case.id)).all()
    trails: dict[str, list[Step]] = defaultdict(list)
    wanted = sa.select(tables.step).order_by(_step.case, _step.number)
    if where:
        wanted = wanted.where(_step.case.in_([row.id for row in rows]))
    for row in connection.execute(wanted):
        trails[row.case].append(
            Step(row.stage, row.on, row.by, row.why, row.result, row.reverts, row.evidence)
        )
    return [
        Case(row.key, row.policy, row.rule, row.kind, row.episode, tuple(trails[row.id]), row.id)
        for row in rows
    ]


def append(
    connection: Connection,
    before: Case | None,
    identity: Identity,
    kind: FindingKind,
    steps: Sequence[Step],
    *,
    rule: Rule | None,
    records: Records,
    calendar: Calendar,
) -> Case:
    """Append steps; a first `suspected` after a closed case, or without one, begins a new episode.

    `rule` is None for a case whose rule is no longer in use: it then has no deadline.
    """
    assert steps
    begins = before is None or (replayed(before.trail).stage == "closed" and not steps[0].reverts)
    if begins:
        case = _new(connection, identity, kind, before.episode + 1 if before else 1, steps[0].on)
    else:
        assert before is not None
        case = before
    trail = (*case.trail, *steps)
    now = datetime.now(UTC)
    rows = [
        {
            "case": case.id,
            "number": number,
            "stage": step.stage,
            "on": step.on,
            "by": step.by,
            "why": step.why,
            "result": step.result,
            "reverts": step.reverts,
            "evidence": step.evidence,
            "at": now,
        }
        for number, step in enumerate(steps, len(case.trail) + 1)
    ]
    state = replayed(trail)
    due = deadline(state, rule, records, calendar) if rule else None
    values = {
        "stage": state.stage,
        "opened_on": state.opened_on,
        "stage_on": state.stage_on,
        "deadline": due.day if due else None,
        "provisional": bool(due and due.provisional),
        "closed_on": state.closed_on,
        "result": state.result,
    }
    connection.execute(tables.case.update().where(_case.id == case.id).values(**values))
    connection.execute(tables.step.insert(), rows)
    return Case(case.key, case.policy, case.rule, case.kind, case.episode, trail, case.id)


def _new(connection: Connection, identity: Identity, kind: FindingKind, episode: int, on: date) -> Case:
    last = connection.scalar(sa.select(sa.func.max(_case.id)).where(_case.id.like(f"C{on.year}-%")))
    number = int(last.rsplit("-", 1)[1]) + 1 if last else 1
    key, policy, rule = identity
    case = Case(key, policy, rule, kind, episode, (), f"C{on.year}-{number:06d}")
    connection.execute(
        tables.case.insert().values(
            id=case.id,
            key=key,
            policy=policy,
            rule=rule,
            kind=kind,
            episode=episode,
            stage="suspected",
            stage_on=on,
            provisional=False,
        )
    )
    return case


def decisions(connection: Connection) -> dict[str, Decision]:
    """Give the newest word on each key or case id."""
    rows: Iterable[sa.Row[tuple[object, ...]]] = connection.execute(
        sa.select(tables.decision).order_by(_decision.id)
    )
    return {row.key: Decision(row.key, row.word, row.on, row.by, row.why, row.until) for row in rows}
