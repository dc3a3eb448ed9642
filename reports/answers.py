"""Answers to alerts by their number: whose case and account a number is about, and that it was taken up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.nouns import FindingKind

_NUMBER = re.compile(r"XJ-\d{4}-\d{6,}")
_alert, _case = tables.alert.c, tables.case.c


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about: a case, the account it is on, and of what kind it is."""

    case: str
    key: str
    kind: FindingKind


def is_number(text: str) -> bool:
    """Does this look like an alert's number?"""
    return bool(_NUMBER.fullmatch(text))


def subject(connection: Connection, number: str) -> Subject | None:
    """What the alert `number` is about; None for an unknown number and for an incident, which is no case."""
    about = connection.scalar(sa.select(_alert.about).where(_alert.number == number))
    kind, _, rest = (about or "").partition(":")
    if kind not in ("step", "remind"):
        return None
    wanted = sa.select(_case.id, _case.key, _case.kind).where(_case.id == rest.split(":")[0])
    found = connection.execute(wanted).first()
    return Subject(found.id, found.key, found.kind) if found else None


def take_up(connection: Connection, number: str, by: str, at: datetime) -> bool:
    """Record that somebody has taken an alert up; false for a number that there is not."""
    mine = sa.update(tables.alert).where(_alert.number == number)
    return connection.execute(mine.values(acked_by=by, acked_at=at)).rowcount > 0
