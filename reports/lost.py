"""Messages that reached nobody: listed for the report, told to the maintainers once, and sent again by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.calendar import shanghai_day
from reports.alerts import Undelivered, queue
from reports.people import Person

_alert, _message = tables.alert.c, tables.message.c


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An alert that did not reach its person: given up, or sent twice without an answer (`in_doubt`)."""

    number: str
    day: date
    person: str
    title: str
    channel: str
    error: str
    in_doubt: bool


@dataclass(frozen=True, slots=True)
class Untold:
    """An alert that had not surely reached its person by a certain moment.

    `doubtful`: it went out twice without an answer and may have arrived. `kept`: a vacation may hold it back.
    """

    number: str
    day: date
    person: str
    title: str
    doubtful: bool
    kept: bool


def untold(
    connection: Connection, first: date, last: date, in_time: Callable[[datetime], bool]
) -> list[Untold]:
    """The alerts of these days that no sending `in_time` delivered, oldest first.

    Whether a message went out and when is never rewritten, so that the answer about a moment gone by stays
    the same, whatever was given up or sent again since.
    """
    columns = (_alert.number, _alert.day, _alert.person, _alert.role, _alert.urgent, _alert.title)
    sending = (_message.status, _message.repeated, _message.started_at, _message.sent_at)
    wanted = (
        sa.select(*columns, *sending)
        .join_from(tables.alert, tables.message, _alert.message == _message.id, isouter=True)
        .where(_alert.day.between(first, last))
        .order_by(_alert.day, _alert.number)
    )
    return [
        Untold(
            row.number, row.day, row.person, row.title,
            doubtful=row.status == "in_doubt" and row.repeated and in_time(row.started_at),
            kept=not row.urgent and row.role != "maintainer",
        )
        for row in connection.execute(wanted)
        if row.sent_at is None or not in_time(row.sent_at)
    ]  # fmt: skip


def dead_letters(connection: Connection) -> list[DeadLetter]:
    """The alerts that surely or possibly reached nobody and that no further attempt is made for, by number."""
    lost = sa.or_(
        _message.status == "dead", sa.and_(_message.status == "in_doubt", _message.repeated.is_(True))
    )
    wanted = (
        sa.select(tables.alert, _message.channel, _message.error, _message.status)
        .join_from(tables.alert, tables.message, _alert.message == _message.id)
        .where(lost)
        .order_by(_alert.number)
    )
    return [
        DeadLetter(
            row.number, row.day, row.person, row.title, row.channel, row.error or "", row.status == "in_doubt"
        )
        for row in connection.execute(wanted)
    ]


def revive(connection: Connection, now: datetime) -> int:
    """Make dead letters due again, as after a setting was put right; returns how many messages."""
    given_up = sa.update(tables.message).where(_message.status == "dead")
    done = connection.execute(given_up.values(status="waiting", attempts=0, next_at=now, mourned=False))
    return done.rowcount


def mourn(connection: Connection, people: Sequence[Person], now: datetime) -> int:
    """Tell the maintainers of messages that died, once; returns how many alerts that makes.

    Of news that itself tells of dead messages nothing more is told: `status` and the report show it.
    """
    wanted = (
        sa.select(_message.id, _message.channel, _message.error, _alert.number, _alert.about)
        .join_from(tables.message, tables.alert, _alert.message == _message.id)
        .where(_message.status == "dead", _message.mourned.is_(False))
        .order_by(_message.channel, _message.id, _alert.number)
    )
    rows = connection.execute(wanted).all()
    lost: dict[str, list[Any]] = {}
    for row in rows:
        if not row.about.startswith("dead:"):
            lost.setdefault(row.channel, []).append(row)
    news = [
        Undelivered(channel, its[-1].id, its[-1].error or "", tuple(row.number for row in its))
        for channel, its in lost.items()
    ]
    ids = {row.id for row in rows}
    for number in ids:
        connection.execute(sa.update(tables.message).where(_message.id == number).values(mourned=True))
    return queue(connection, news, people, shanghai_day(now))
