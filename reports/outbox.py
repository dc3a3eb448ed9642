"""The outbox: unsent alerts gathered into messages, one for each place where somebody reads them."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from reports.channels import Channel, Entry
from reports.people import BUILT_IN_CHANNEL, BUILT_IN_PEOPLE, Person, reachable

_log = logging.getLogger(__name__)
_alert = tables.alert.c
_message = tables.message.c


def take_up(connection: Connection, now: datetime) -> None:
    """What a dead process left under way may have arrived: it goes out once more, and says so."""
    left = sa.update(tables.message).where(_message.status == "started")
    connection.execute(left.values(status="waiting", repeated=True, next_at=now))


def gather(
    connection: Connection, channels: Mapping[str, Channel], people: Sequence[Person], now: datetime
) -> None:
    """Put every unsent alert into a message, urgent ones apart; the people decide where it goes."""
    everybody = reachable(people)
    _release(connection, {(person.channel, person.address) for person in everybody})
    loose = connection.execute(sa.select(tables.alert).where(_alert.message.is_(None)).order_by(_alert.id))
    placed = [(_place(row, everybody, channels), row) for row in loose]
    placed.sort(key=lambda pair: pair[0])
    for (name, address, urgent), group in groupby(placed, key=lambda pair: pair[0]):
        rows = [row for _, row in group]
        while rows:
            fits = max(1, channels[name].holds([entry(row) for row in rows]))
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


def entry(row: Any) -> Entry:
    """An alert's row as a channel takes it."""
    return Entry(row.number, row.day, row.urgent, row.title, row.text)
