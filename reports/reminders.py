"""Reminders: what was told and not answered is told again after so many working days, and each time said so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.calendar import Calendar, Limit
from monitors.nouns import Stage
from monitors.trail import NIGHT
from reports.alerts import add
from reports.people import Person, reachable

_alert = tables.alert.c
_case, _step = tables.case.c, tables.step.c
# The stages at which somebody has to act; at the others a term runs or nothing is to be done.
_TO_ACT: tuple[Stage, ...] = ("suspected", "notice_issued", "circular", "closure_recommended")
# What the first telling said at length and a reminder leaves to it.
_TOLD_ONCE = frozenset({"名称", "要求", "证据", "文书"})


def remind(
    connection: Connection, people: Sequence[Person], day: date, after: int, calendar: Calendar
) -> int:
    """Queue reminders of the unanswered alerts that are `after` working days old; returns how many.

    An alert is answered when somebody of the same role acknowledged it, when somebody decided on or
    attested its account since, or when its case went on. Works in the caller's transaction.
    """
    limit = Limit(after, "working days", inclusive=True)
    names = {person.name for person in reachable(people)}
    waiting = list(_waiting(connection))
    told = _told(connection, waiting)
    rows = []
    for case in waiting:
        its_alerts = told[case.id, case.number]
        answered = {row.role for row in its_alerts if row.acked_at is not None}
        by_person: dict[str, list[Any]] = defaultdict(list)
        for row in its_alerts:
            by_person[row.person].append(row)
        for person, its in by_person.items():
            first, last = its[0], its[-1]
            if person not in names or first.role in answered:
                continue
            due = calendar.broken_from(last.day, limit) <= day
            if due and not _spoken(connection, case, first.day):
                rows.append(_reminder(case, first, len(its)))
    return add(connection, rows, day)


def _waiting(connection: Connection) -> Iterator[Any]:
    """Open cases whose last step the night took and that wait for somebody's act, with the step's number."""
    last = sa.select(_step.case, sa.func.max(_step.number).label("number")).group_by(_step.case).subquery()
    wanted = (
        sa.select(_case.id, _case.key, _step.number)
        .join_from(tables.case, last, last.c.case == _case.id)
        .join(tables.step, sa.and_(_step.case == _case.id, _step.number == last.c.number))
        # With a deadline the term is running: nothing is to be done before its end.
        .where(_case.closed_on.is_(None), _case.deadline.is_(None), _case.stage.in_(_TO_ACT))
        .where(_step.by == NIGHT)
        .order_by(_case.id)
    )
    yield from connection.execute(wanted).all()


def _told(connection: Connection, waiting: Sequence[Any]) -> Mapping[tuple[str, int], list[Any]]:
    """The alerts that told of each waiting step, and the reminders of it, in the order they were made."""
    told: dict[tuple[str, int], list[Any]] = defaultdict(list)
    abouts = [f"step:{case.id}:{case.number}" for case in waiting]
    # In pieces, since a statement takes a limited number of values.
    for start in range(0, len(abouts), 500):
        wanted = sa.select(tables.alert).where(_alert.about.in_(abouts[start : start + 500]))
        for row in connection.execute(wanted.order_by(_alert.id)):
            told[_step_of(row.about)].append(row)
    if told:
        first = min(its[0].day for its in told.values())
        again = sa.select(tables.alert).where(_alert.about.startswith("remind:"), _alert.day >= first)
        for row in connection.execute(again.order_by(_alert.id)):
            if _step_of(row.about) in told:
                told[_step_of(row.about)].append(row)
    return told


def _step_of(about: str) -> tuple[str, int]:
    _, case, number, *_ = about.split(":")
    return case, int(number)


def _spoken(connection: Connection, case: Any, since: date) -> bool:
    """Has a person said something about the case or its account since that day?"""
    decision, attestation = tables.decision.c, tables.attestation.c
    decided = sa.select(decision.id).where(decision.key.in_((case.id, case.key)), decision.on >= since)
    attested = sa.select(attestation.id).where(attestation.key == case.key, attestation.on >= since)
    return any(connection.execute(wanted.limit(1)).first() for wanted in (decided, attested))


def _reminder(case: Any, first: Any, times: int) -> dict[str, Any]:
    facts, _, closing = first.text.partition("\n\n")
    kept = [line for line in facts.split("\n") if line.partition("：")[0] not in _TOLD_ONCE]
    said = f"提醒：这是第 {times} 次提醒。{first.day} 已经告知（编号 {first.number}，详情见那一条），还没有登记处理结果。"
    return {
        "about": f"remind:{case.id}:{case.number}:{times}",
        "person": first.person,
        "role": first.role,
        "title": f"再次提醒：{first.title}",
        "text": "\n".join([said, *kept, "", closing.replace(first.number, "{number}")]),
        "urgent": False,
    }
