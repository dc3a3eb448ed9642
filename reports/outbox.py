"""The outbox: unsent alerts gathered into messages, one digest for each place where somebody reads them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from reports.channels import Channel, Entry, Letter
from reports.letters import html
from reports.pages import put
from reports.people import BUILT_IN_CHANNEL, BUILT_IN_PEOPLE, Person, reachable

_log = logging.getLogger(__name__)
_alert = tables.alert.c
_message = tables.message.c

# Colleagues at one place who share an entry; each further one costs a line of it.
_SHARE = 8


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a digest too large for its channel lies in full: a folder, and its web address if it is served."""

    folder: Path
    url: str = ""

    def keep(self, letter: Letter) -> str:
        """Write the whole digest; gives its address, or the words for where it lies. Raises `OSError`."""
        name = f"{letter.entries[0].number}-{letter.entries[-1].number}.html"
        path = put(self.folder / name, html(letter))
        if self.url:
            path.chmod(0o644)  # For the web server, which is another user.
        return f"{self.url.rstrip('/')}/{name}" if self.url else f"服务器上的 {path}（可请维护人转发）"


def take_up(connection: Connection, now: datetime) -> None:
    """What a dead process left under way may have arrived: it goes out once more, and says so."""
    left = sa.update(tables.message).where(_message.status == "started")
    connection.execute(left.values(status="waiting", repeated=True, next_at=now))


def gather(
    connection: Connection,
    channels: Mapping[str, Channel],
    people: Sequence[Person],
    now: datetime,
    *,
    ripe: Callable[[Any], bool] = lambda row: True,
    shelf: Shelf | None = None,
) -> None:
    """Put every unsent alert that is `ripe` into a message, urgent ones apart; the people decide where it goes."""
    everybody = reachable(people)
    _release(connection, {(person.channel, person.address) for person in everybody})
    loose = connection.execute(sa.select(tables.alert).where(_alert.message.is_(None)).order_by(_alert.id))
    dead = _dead_places(connection)
    placed = [(_place(row, everybody, channels, dead), row) for row in loose if ripe(row)]
    placed.sort(key=lambda pair: pair[0])
    for (name, address, urgent), group in groupby(placed, key=lambda pair: pair[0]):
        digest = list(shared(row for _, row in group))
        rest, batches = _cut(channels[name], digest, now, shelf)
        for part, batch in enumerate(batches, 1):
            values = {"part": part, "parts": len(batches), "rest": rest}
            where = {"channel": name, "address": address, "urgent": urgent}
            message = _new_message(connection, where | values, now)
            _assign(connection, [row.id for _, rows in batch for row in rows], message)


def shared(rows: Iterator[Any] | Sequence[Any]) -> Iterator[tuple[Entry, list[Any]]]:
    """Entries with their rows: what several colleagues at one place are told alike is one entry."""
    alike: dict[tuple[object, ...], list[Any]] = {}
    seen: dict[tuple[object, ...], int] = {}
    for row in rows:
        words = (row.about, row.title, row.text.replace(row.number, ""))
        count = seen[words] = seen.get(words, 0) + 1
        alike.setdefault((*words, (count - 1) // _SHARE), []).append(row)
    for its in alike.values():
        first, others = its[0], tuple(row.number for row in its[1:])
        yield Entry(first.number, first.day, first.urgent, first.title, first.text, others), its


_Batch = Sequence[tuple[Entry, list[Any]]]


def _cut(
    channel: Channel, digest: _Batch, now: datetime, shelf: Shelf | None
) -> tuple[str, Sequence[_Batch]]:
    """Where the full text lies ("" for in the messages themselves), and what each message holds."""
    batches = _batches(channel, digest, "")
    if len(batches) <= channel.most or shelf is None:
        return "", batches
    whole = Letter(0, "", tuple(entry for entry, _ in digest), False, now)
    try:
        rest = shelf.keep(whole)
    except OSError as error:
        _log.warning("a digest of %d alerts is sent in full: %s", len(digest), error.strerror)
        return "", batches
    return rest, _batches(channel, digest, rest)


def _batches(channel: Channel, digest: _Batch, rest: str) -> list[_Batch]:
    batches = []
    while digest:
        fits = max(1, channel.holds([entry for entry, _ in digest], rest))
        batches.append(digest[:fits])
        digest = digest[fits:]
    return batches


def _new_message(connection: Connection, values: Mapping[str, Any], now: datetime) -> int:
    fresh = {"status": "waiting", "attempts": 0, "next_at": now, "repeated": False, "mourned": False}
    made = sa.insert(tables.message).values({**fresh, **values})
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


def _dead_places(connection: Connection) -> set[tuple[str, str]]:
    dead = sa.select(_message.channel, _message.address).where(_message.status == "dead").distinct()
    return {(row.channel, row.address) for row in connection.execute(dead)}


def _place(
    row: Any, people: Sequence[Person], channels: Mapping[str, Channel], dead: set[tuple[str, str]]
) -> tuple[str, str, bool]:
    """Where an alert goes now: to its person, else to the first of the same role, else into the folder."""
    named = [person for person in people if person.name == row.person]
    same_role = [person for person in people if person.role == row.role]
    person = (named or same_role or list(BUILT_IN_PEOPLE))[0]
    if person.channel not in channels:
        _log.warning(
            "channel %s of %s is not configured; its alerts go to the folder", person.channel, row.role
        )
        return BUILT_IN_CHANNEL, "", row.urgent
    if row.about.startswith("dead:") and (person.channel, person.address) in dead:
        # At the very place that lost messages nobody would hear of it.
        return BUILT_IN_CHANNEL, "", row.urgent
    return person.channel, person.address, row.urgent


def entries(rows: Sequence[Any]) -> tuple[Entry, ...]:
    """The alerts of one message as a channel takes them."""
    return tuple(entry for entry, _ in shared(rows))
