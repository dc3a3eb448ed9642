"""Sends what is due: each attempt is written down before it is made, and marked with what became of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, assert_never

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.calendar import shanghai_day
from monitors.ledger import Ledger
from reports.channels import Answer, Channel, Delivered, Entry, InDoubt, Letter, Pace, Refused
from reports.lost import mourn
from reports.outbox import Shelf, entries, gather, take_up
from reports.pace import Clock, WallClock, keep_pace
from reports.people import BUILT_IN_CHANNEL, Person, reachable

_log = logging.getLogger(__name__)
_alert = tables.alert.c
_message = tables.message.c

RETRY_MINUTES = (1, 5, 30, 120)
DEAD_AFTER = 8


@dataclass(frozen=True, slots=True)
class Manner:
    """How a round of sending goes about it.

    `quiet`: only what is urgent goes out. `resting`: a vacation, in which what is not urgent is kept for the
    first morning after it, the maintainers' news excepted. `shelf`: where digests too large for a channel
    lie in full.
    """

    retry_minutes: Sequence[int] = RETRY_MINUTES
    dead_after: int = DEAD_AFTER
    quiet: bool = False
    resting: bool = False
    shelf: Shelf | None = None
    clock: Clock = field(default_factory=WallClock)

    def ripe(self, row: Any) -> bool:
        """May this alert go into a message now?"""
        return bool(row.urgent) or not (self.quiet or (self.resting and row.role != "maintainer"))


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round of sending came to, in messages; `waiting` ones will be tried again or are kept for later."""

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
    manner: Manner | None = None,
) -> Sent:
    """Group unsent alerts into messages and try once every message that is due at `now`.

    The caller holds the lock: an attempt found `started` was left by a dead process and is due at once.
    Messages that are given up are told to the maintainers, in the same round.
    """
    manner = manner or Manner()
    tried: list[int] = []
    errors: list[str] = []
    with ledger.writing() as connection:
        take_up(connection, now)
        mourn(connection, people, now)
        gather(connection, channels, people, now, ripe=manner.ripe, shelf=manner.shelf)
        due = _due(connection, now, manner.quiet)
    while due:
        errors += _round(ledger, channels, due, now, manner)
        tried += due
        with ledger.writing() as connection:
            due = []
            if mourn(connection, people, now):
                gather(connection, channels, people, now, ripe=manner.ripe, shelf=manner.shelf)
                due = [one for one in _due(connection, now, manner.quiet) if one not in tried]
    with ledger.reading() as connection:
        return _told(connection, tried, tuple(errors))


def _round(
    ledger: Ledger, channels: Mapping[str, Channel], due: Sequence[int], now: datetime, manner: Manner
) -> list[str]:
    """Try each message once; behind a channel that takes none now, the others wait with the first."""
    errors: list[str] = []
    shut: dict[str, datetime] = {}
    for number in due:
        with ledger.reading() as connection:
            name, pace = _road(connection, number, channels)
        if name in shut:
            with ledger.writing() as connection:
                later = sa.update(tables.message).where(_message.id == number)
                connection.execute(later.values(next_at=shut[name]))
            continue
        keep_pace(ledger, name, pace, manner.clock)
        with ledger.writing() as connection:
            channel, letter = _start(connection, number, channels, now, manner.clock)
        answer = channel.send(letter)
        with ledger.writing() as connection:
            next_at, error = _mark(connection, number, answer, now, manner)
        if error:
            errors.append(error)
        if isinstance(answer, Refused) and answer.everything:
            shut[name] = next_at
    return errors


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
    """Send one test message to every (channel, address) in use and to every channel that needs no address."""
    text = "说明：这是一条测试提醒，收到它就说明这条渠道可以使用。\n\n不需要做任何事。"
    test = Entry("XJ-TEST", shanghai_day(now), False, "测试提醒", text)
    everybody = reachable(people)
    places = dict.fromkeys((person.channel, person.address) for person in everybody)
    used = {person.channel for person in everybody}
    places |= dict.fromkeys((name, "") for name in channels if name not in used)
    return [
        (name, address, channels[name].send(Letter(0, address, (test,), False, now)))
        for name, address in places
        if name in channels
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


def _road(connection: Connection, number: int, channels: Mapping[str, Channel]) -> tuple[str, Pace | None]:
    name = connection.scalar(sa.select(_message.channel).where(_message.id == number)) or ""
    name = name if name in channels else BUILT_IN_CHANNEL
    return name, channels[name].pace


# ── one attempt ─────────────────────────────────────────────────────────────────────────────────


def _start(
    connection: Connection, number: int, channels: Mapping[str, Channel], now: datetime, clock: Clock
) -> tuple[Channel, Letter]:
    row = connection.execute(sa.select(tables.message).where(_message.id == number)).one()
    repeated = row.repeated or row.status == "in_doubt"
    connection.execute(
        sa.update(tables.message)
        .where(_message.id == number)
        .values(status="started", started_at=clock.now(), attempts=row.attempts + 1, repeated=repeated)
    )
    alerts = connection.execute(sa.select(tables.alert).where(_alert.message == number).order_by(_alert.id))
    letter = Letter(number, row.address, entries(alerts.all()), repeated, now, row.part, row.parts, row.rest)
    return channels.get(row.channel) or channels[BUILT_IN_CHANNEL], letter


def _mark(
    connection: Connection, number: int, answer: Answer, now: datetime, manner: Manner
) -> tuple[datetime, str | None]:
    """Write down what became of an attempt; gives when the next may be made, and what went wrong."""
    row = connection.execute(sa.select(tables.message).where(_message.id == number)).one()
    minutes = manner.retry_minutes[min(row.attempts, len(manner.retry_minutes)) - 1]
    later = now + timedelta(minutes=minutes)
    values: dict[str, Any]
    match answer:
        case Delivered():
            values = {"status": "sent", "sent_at": now, "error": None}
        case Refused(error=error, final=final, wait=wait):
            later = max(later, manner.clock.now() + timedelta(seconds=wait)) if wait else later
            dead = final or row.attempts >= manner.dead_after
            values = {"status": "dead" if dead else "waiting", "next_at": later, "error": error}
        case InDoubt(error=error):
            values = {"status": "in_doubt", "next_at": later, "error": error}
        case _:
            assert_never(answer)
    connection.execute(sa.update(tables.message).where(_message.id == number).values(**values))
    if not values["error"]:
        return later, None
    _log.warning("message %d over %s: %s (%s)", number, row.channel, values["status"], values["error"])
    return later, f"{row.channel}：{values['error']}"


def _told(connection: Connection, tried: Sequence[int], errors: tuple[str, ...]) -> Sent:
    open_ones = sa.select(_message.id, _message.status).where(_message.status != "sent")
    left = {number: status for number, status in connection.execute(open_ones)}  # noqa: C416
    statuses = list(left.values())
    kept = sa.select(sa.func.count(_alert.person.distinct())).where(_alert.message.is_(None))
    return Sent(
        sent=sum(number not in left for number in tried),
        waiting=statuses.count("waiting") + (connection.scalar(kept) or 0),
        in_doubt=statuses.count("in_doubt"),
        dead=statuses.count("dead"),
        errors=errors,
    )
