"""Turns steps of cases and incidents into alerts, each for one person, with a number of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, assert_never, get_args

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.nouns import Stage
from monitors.rules import Severity
from reports.alert_words import words
from reports.people import Person, reachable
from reports.told import Doubt, Missed, Need, News, Restored, Told, Undelivered

__all__ = ["Doubt", "Missed", "Need", "News", "Restored", "Told", "Undelivered", "add", "queue"]

_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_FROM_NOTICE: frozenset[Stage] = frozenset(
    {"notice_issued", "notice_received", "circular", "closure_recommended"}
)
_FOR_OFFICES: frozenset[Stage] = frozenset({"circular", "closure_recommended"})


def queue(connection: Connection, steps: Sequence[News], people: Sequence[Person], day: date) -> int:
    """Insert an alert for each step and each person whom it concerns; returns how many are new.

    Works in the caller's transaction, so that a step and its alerts stand or fall together. Of several
    steps that one case takes at once, the last is told. A step that a person has already an alert for is
    left alone.
    """
    everybody = reachable(people)
    steps = list(_last_of_each(steps))
    known = _known(connection, [step.about for step in steps])
    rows: list[dict[str, Any]] = []
    for step in steps:
        for person in everybody:
            if (step.about, person.name) in known or not _concerns(connection, step, person):
                continue
            known.add((step.about, person.name))
            title, text = words(step, person.role)
            urgent = isinstance(step, Told) and step.urgent
            rows.append(_row(step.about, person.name, person.role, title, text, urgent=urgent))
    return add(connection, rows, day)


def _row(about: str, person: str, role: str, title: str, text: str, *, urgent: bool) -> dict[str, Any]:
    return {
        "about": about, "person": person, "role": role, "title": title, "text": text, "urgent": urgent,
    }  # fmt: skip


def add(connection: Connection, rows: Sequence[Mapping[str, Any]], day: date) -> int:
    """Insert alerts under the next numbers of the year; `{number}` in what to do becomes the alert's own."""
    first = _last_number(connection, day.year) + 1
    numbered = []
    for place, row in enumerate(rows, first):
        number = f"XJ-{day.year}-{place:06d}"
        facts, gap, closing = row["text"].partition("\n\n")
        text = facts + gap + closing.replace("{number}", number)
        numbered.append({**row, "number": number, "text": text, "day": day})
    if numbered:
        connection.execute(sa.insert(tables.alert), numbered)
    return len(numbered)


def _last_of_each(steps: Iterable[News]) -> Iterable[News]:
    last: dict[str, News] = {}
    for step in steps:
        subject = step.case if isinstance(step, Told) else step.about
        last[subject] = step
    return last.values()


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


def _concerns(connection: Connection, step: News, person: Person) -> bool:
    match step:
        case Told():
            return _told_concerns(connection, step, person)
        case Restored():
            return _heard(connection, person, tables.alert.c.about == step.outage)
        case Doubt():
            return person.role == "maintainer" and _of_platform(step.platform, person)
        case Missed() | Undelivered():
            return person.role == "maintainer"
        case Need():
            return person.role in step.roles
        case _:
            assert_never(step)


def _of_platform(platform: str, person: Person) -> bool:
    return not person.platforms or platform in person.platforms


def _told_concerns(connection: Connection, step: Told, person: Person) -> bool:
    if step.by_person and person.role == "officer":
        return False
    if step.stage == "closed" or step.reverted:
        heard = tables.alert.c.about.startswith(f"step:{step.case}:", autoescape=True)
        # Whoever heard of a case hears its end; an officer hears every end in his area.
        has_heard = _heard(connection, person, heard)
        if has_heard or person.role != "officer":
            return has_heard
    if step.kind == "unseen":
        return person.role == "maintainer" and _of_platform(step.platform, person)
    return _asked_for(step, person) and _role_concerned(step, person)


def _asked_for(step: Told, person: Person) -> bool:
    """Is it of the platforms and of the gravity that the person wants to hear of?"""
    grave = _SEVERITIES.index(step.severity) >= _SEVERITIES.index(person.severity)
    return _of_platform(step.platform, person) and grave and (step.urgent or not person.urgent_only)


def _role_concerned(step: Told, person: Person) -> bool:
    match person.role:
        case "officer":
            return not person.units or not step.unit or step.unit in person.units
        case "maintainer":
            return False
        case "unit_head":
            return step.unit in person.units and step.stage in _FROM_NOTICE
        case "office":
            return (not person.units or step.unit in person.units) and step.stage in _FOR_OFFICES
        case _:
            assert_never(person.role)


def _heard(connection: Connection, person: Person, about: sa.ColumnElement[bool]) -> bool:
    told = sa.select(tables.alert.c.id).where(about, tables.alert.c.person == person.name)
    return connection.execute(told.limit(1)).first() is not None
