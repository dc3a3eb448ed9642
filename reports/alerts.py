"""Turns steps of cases and incidents into alerts, each for one person, with a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.nouns import Stage
from monitors.rules import Severity
from reports.alert_words import words
from reports.people import Person, reachable
from reports.told import Doubt, Told

__all__ = ["Doubt", "Told", "queue"]

_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_FROM_NOTICE: frozenset[Stage] = frozenset(
    {"notice_issued", "notice_received", "circular", "closure_recommended"}
)
_FOR_OFFICES: frozenset[Stage] = frozenset({"circular", "closure_recommended"})


def queue(connection: Connection, steps: Sequence[Told | Doubt], people: Sequence[Person], day: date) -> int:
    """Insert an alert for each step and each person whom it concerns; returns how many are new.

    Works in the caller's transaction, so that a step and its alerts stand or fall together. A step that a
    person has already an alert for is left alone.
    """
    everybody = reachable(people)
    known = _known(connection, [step.about for step in steps])
    next_number = _last_number(connection, day.year) + 1
    rows: list[dict[str, Any]] = []
    for step in steps:
        for person in everybody:
            if (step.about, person.name) in known or not _concerns(connection, step, person):
                continue
            known.add((step.about, person.name))
            title, text = words(step, person.role)
            rows.append(
                {
                    "number": f"XJ-{day.year}-{next_number + len(rows):06d}",
                    "about": step.about,
                    "person": person.name,
                    "role": person.role,
                    "day": day,
                    "urgent": isinstance(step, Told) and step.urgent,
                    "title": title,
                    "text": text,
                }
            )
    if rows:
        connection.execute(sa.insert(tables.alert), rows)
    return len(rows)


def _known(connection: Connection, abouts: Sequence[str]) -> set[tuple[str, str]]:
    alert = tables.alert.c
    known: set[tuple[str, str]] = set()
    # In pieces, since a statement takes a limited number of values.
    for start in range(0, len(abouts), 500):
        wanted = sa.select(alert.about, alert.person).where(alert.about.in_(abouts[start : start + 500]))
        known.update((about, person) for about, person in connection.execute(wanted))
    return known


def _last_number(connection: Connection, year: int) -> int:
    number = tables.alert.c.number
    last = connection.scalar(sa.select(sa.func.max(number)).where(number.like(f"XJ-{year}-%")))
    return int(last.rsplit("-", 1)[1]) if last else 0


# ── who is concerned ────────────────────────────────────────────────────────────────────────────


def _concerns(connection: Connection, step: Told | Doubt, person: Person) -> bool:
    if person.platforms and step.platform not in person.platforms:
        return False
    if isinstance(step, Doubt) or step.kind == "unseen":
        return person.role == "maintainer"
    if person.urgent_only and not step.urgent:
        return False
    if _SEVERITIES.index(step.severity) < _SEVERITIES.index(person.severity):
        return False
    return _role_concerned(connection, step, person)


def _role_concerned(connection: Connection, step: Told, person: Person) -> bool:
    match person.role:
        case "officer":
            return not person.units or not step.unit or step.unit in person.units
        case "maintainer":
            return False
        case "unit_head":
            if step.unit not in person.units:
                return False
            stages = _FROM_NOTICE
        case "office":
            if person.units and step.unit not in person.units:
                return False
            stages = _FOR_OFFICES
    if step.stage == "closed":
        return _was_told(connection, step.case, person)
    return step.stage in stages


def _was_told(connection: Connection, case: str, person: Person) -> bool:
    """Only those who heard of a case are told that it is closed."""
    alert = tables.alert.c
    told = sa.select(alert.id).where(
        alert.about.startswith(f"step:{case}:", autoescape=True), alert.person == person.name
    )
    return connection.execute(told.limit(1)).first() is not None
