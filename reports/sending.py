"""Sends what is due: each attempt is written down before it is made, and marked with what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.ledger import Ledger
from reports.channels import Answer, Channel, Delivered, Entry, InDoubt, Letter, Refused
from reports.outbox import entry, gather, take_up
from reports.people import BUILT_IN_CHANNEL, Person, reachable

_log = logging.getLogger(__name__)
_alert = tables.alert.c
_message = tables.message.c

RETRY_MINUTES = (1, 5, 30, 120)
DEAD_AFTER = 8


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of sending came to, in messages; `waiting` ones will be tried again."""

    sent: int = 0
    waiting: int = 0
    in_doubt: int = 0
    dead: int = 0
    errors: tuple[str, ...] = ()


def send(
    ledger: Ledger,
    channels: Mapping[str, Channel],
    people: Sequence[Person],
    now: datetime,
    *,
    retry_minutes: Sequence[int] = RETRY_MINUTES,
    dead_after: int = DEAD_AFTER,
    quiet: bool = False,
) -> Sent:
    """Group unsent alerts into messages and try once every message that is due at `now`.

    The caller holds the lock: an attempt found `started` was left by a dead process and is due at once.
    In `quiet` hours only urgent messages go out.
    """
    with ledger.writing() as connection:
        take_up(connection, now)
        gather(connection, channels, people, now)
        due = _due(connection, now, quiet)
    errors = []
    for number in due:
        with ledger.writing() as connection:
            channel, letter = _start(connection, number, channels, now)
        answer = channel.send(letter)
        with ledger.writing() as connection:
            error = _mark(connection, number, answer, now, retry_minutes=retry_minutes, dead_after=dead_after)
        if error:
            errors.append(error)
    with ledger.reading() as connection:
        return _told(connection, due, tuple(errors))


def backlog(connection: Connection) -> dict[str, int]:
    """Alerts not surely told, as `status` shows them: waiting, in_doubt, dead."""
    loose = sa.select(sa.func.count()).where(_alert.message.is_(None))
    by_status = (
        sa.select(_message.status, sa.func.count(_alert.id))
        .join_from(tables.message, tables.alert, _alert.message == _message.id)
        .group_by(_message.status)
    )
    counts: dict[str, int] = {status: count for status, count in connection.execute(by_status)}  # noqa: C416
    waiting = (connection.scalar(loose) or 0) + counts.get("waiting", 0) + counts.get("started", 0)
    return {"waiting": waiting, "in_doubt": counts.get("in_doubt", 0), "dead": counts.get("dead", 0)}


def trial(
    channels: Mapping[str, Channel], people: Sequence[Person], now: datetime
) -> list[tuple[str, str, Answer]]:
    """Send one test message to every (channel, address) in use; returns what each answered."""
    text = "这是一条测试提醒，说明这条渠道可以使用。不需要做任何事。"
    test = Entry("XJ-TEST", now.date(), False, "测试提醒", text)
    places = dict.fromkeys((person.channel, person.address) for person in reachable(people))
    return [
        (name, address, channels[name].send(Letter(0, address, (test,), False, now)))
        for name, address in places
    ]


def _due(connection: Connection, now: datetime, quiet: bool) -> list[int]:
    open_ones = sa.or_(
        _message.status == "waiting",
        # A doubt is sent once more and then left to people.
        sa.and_(_message.status == "in_doubt", _message.repeated.is_(False)),
    )
    due = sa.select(_message.id).where(open_ones, _message.next_at <= now)
    if quiet:
        due = due.where(_message.urgent)
    return list(connection.scalars(due.order_by(_message.urgent.desc(), _message.id)))


# ── one attempt ─────────────────────────────────────────────────────────────────────────────────


def _start(
    connection: Connection, number: int, channels: Mapping[str, Channel], now: datetime
) -> tuple[Channel, Letter]:
    row = connection.execute(sa.select(tables.message).where(_message.id == number)).one()
    repeated = row.repeated or row.status == "in_doubt"
    connection.execute(
        sa.update(tables.message)
        .where(_message.id == number)
        .values(status="started", started_at=now, attempts=row.attempts + 1, repeated=repeated)
    )
    alerts = connection.execute(sa.select(tables.alert).where(_alert.message == number).order_by(_alert.id))
    letter = Letter(number, row.address, tuple(entry(alert) for alert in alerts), repeated, now)
    return channels.get(row.channel) or channels[BUILT_IN_CHANNEL], letter


def _mark(
    connection: Connection,
    number: int,
    answer: Answer,
    now: datetime,
    *,
    retry_minutes: Sequence[int],
    dead_after: int,
) -> str | None:
    row = connection.execute(sa.select(tables.message).where(_message.id == number)).one()
    later = now + timedelta(minutes=retry_minutes[min(row.attempts, len(retry_minutes)) - 1])
    values: dict[str, Any]
    match answer:
        case Delivered():
            values = {"status": "sent", "sent_at": now, "error": None}
        case Refused(error=error, final=final):
            dead = final or row.attempts >= dead_after
            values = {"status": "dead" if dead else "waiting", "next_at": later, "error": error}
        case InDoubt(error=error):
            values = {"status": "in_doubt", "next_at": later, "error": error}
        case _:
            assert_never(answer)
    connection.execute(sa.update(tables.message).where(_message.id == number).values(**values))
    if values["error"]:
        _log.warning("message %d over %s: %s (%s)", number, row.channel, values["status"], values["error"])
        return f"{row.channel}：{values['error']}"
    return None


def _told(connection: Connection, tried: Sequence[int], errors: tuple[str, ...]) -> Sent:
    open_ones = sa.select(_message.id, _message.status).where(_message.status != "sent")
    left = {number: status for number, status in connection.execute(open_ones)}  # noqa: C416
    statuses = list(left.values())
    return Sent(
        sent=sum(number not in left for number in tried),
        waiting=statuses.count("waiting"),
        in_doubt=statuses.count("in_doubt"),
        dead=statuses.count("dead"),
        errors=errors,
    )
