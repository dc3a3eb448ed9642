"""Sends what is due: each attempt is written down before it is made, and marked with what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.ledger import Ledger
from reports.channels import Answer, Channel, Delivered, Entry, InDoubt, Letter, Refused
from reports.people import BUILT_IN_CHANNEL, BUILT_IN_PEOPLE, Person, reachable

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
        _take_up(connection, now)
        _gather(connection, channels, people, now)
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
    entry = Entry("XJ-TEST", now.date(), False, "测试提醒", text)
    places = dict.fromkeys((person.channel, person.address) for person in reachable(people))
    return [
        (name, address, channels[name].send(Letter(0, address, (entry,), False, now)))
        for name, address in places
    ]


# ── before sending ──────────────────────────────────────────────────────────────────────────────


def _take_up(connection: Connection, now: datetime) -> None:
    """What a dead process left under way may have arrived: it goes out once more, and says so."""
    left = sa.update(tables.message).where(_message.status == "started")
    connection.execute(left.values(status="waiting", repeated=True, next_at=now))


def _gather(
    connection: Connection, channels: Mapping[str, Channel], people: Sequence[Person], now: datetime
) -> None:
    everybody = reachable(people)
    _release(connection, {(person.channel, person.address) for person in everybody})
    loose = connection.execute(sa.select(tables.alert).where(_alert.message.is_(None)).order_by(_alert.id))
    placed = [(_place(row, everybody, channels), row) for row in loose]
    placed.sort(key=lambda entry: entry[0])
    for (name, address, urgent), group in groupby(placed, key=lambda entry: entry[0]):
        rows = [row for _, row in group]
        while rows:
            fits = max(1, channels[name].holds([_entry(row) for row in rows]))
            batch, rows = rows[:fits], rows[fits:]
            message = _new_message(connection, name, address, urgent, now)
            _assign(connection, [row.id for row in batch], message)


def _new_message(connection: Connection, channel: str, address: str, urgent: bool, now: datetime) -> int:
    made = sa.insert(tables.message).values(
        channel=channel,
        address=address,
        status="waiting",
        urgent=urgent,
        attempts=0,
        next_at=now,
        repeated=False,
    )
    number: int = connection.execute(made.returning(_message.id)).scalar_one()
    return number


def _assign(connection: Connection, ids: Sequence[int], message: int) -> None:
    for start in range(0, len(ids), 500):
        chosen = sa.update(tables.alert).where(_alert.id.in_(ids[start : start + 500]))
        connection.execute(chosen.values(message=message))


def _release(connection: Connection, places: set[tuple[str, str]]) -> None:
    """Messages to an address that nobody has any more are taken apart, to reach whoever is there now."""
    stuck = sa.select(_message.id, _message.channel, _message.address).where(
        _message.status.in_(("waiting", "dead")), _message.repeated.is_(False)
    )
    for number, channel, address in connection.execute(stuck).all():
        if (channel, address) not in places and channel != BUILT_IN_CHANNEL:
            connection.execute(sa.update(tables.alert).where(_alert.message == number).values(message=None))
            connection.execute(sa.delete(tables.message).where(_message.id == number))


def _place(row: Any, people: Sequence[Person], channels: Mapping[str, Channel]) -> tuple[str, str, bool]:
    """Where an alert goes now: to its person, else to the first of the same role, else into the folder."""
    named = [person for person in people if person.name == row.person]
    same_role = [person for person in people if person.role == row.role]
    person = (named or same_role or list(BUILT_IN_PEOPLE))[0]
    if person.channel not in channels:
        _log.warning(
            "channel %s of %s is not configured; its alerts go to the folder", person.channel, row.role
        )
        return BUILT_IN_CHANNEL, "", row.urgent
    return person.channel, person.address, row.urgent


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
    letter = Letter(number, row.address, tuple(_entry(alert) for alert in alerts), repeated, now)
    return channels.get(row.channel) or channels[BUILT_IN_CHANNEL], letter


def _entry(row: Any) -> Entry:
    return Entry(row.number, row.day, row.urgent, row.title, row.text)


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
