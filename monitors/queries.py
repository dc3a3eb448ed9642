"""Which words are searched for tonight: each within its term, those that hit before those that never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.searchwords import SearchWord
from monitors.tables import query, query_hit

# How much more the waiting of the protected names themselves counts than that of other words.
_NAME = 6.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a platform answered for a word, how often it met a suspect, and when it last did answer."""

    on: date | None
    asks: int = 0
    hits: int = 0

    @property
    def promise(self) -> float:
        """Give what may be expected of the word, 0.5 to 1.5, from how it did so far."""
        return 0.5 + (self.hits + 1) / (self.asks + 2)


_NEVER = Asked(None)


def planned(
    connection: Connection,
    platform: str,
    words: Sequence[SearchWord],
    day: date,
    *,
    every_days: int,
    room: int,
) -> list[str]:
    """Give the words to ask on `day`, best first; with those answered on `day` already at most `room`.

    A word is due when it was last answered `every_days` or more days ago; where room is left, one that has
    hit is due after half that time. What has waited longest for what it promises comes first, so that where
    the room is too small those that never hit wait longest; one never asked has waited as long as any.
    """
    known = asked_so_far(connection, platform)
    listed = {one.word for one in words}
    today = sum(one.on == day for word, one in known.items() if word in listed)
    rounds = 1 + max((one.asks for one in known.values()), default=0)
    due, early = [], []
    for rank, one in enumerate(words):
        so_far = known.get(one.word, _NEVER)
        waited = rounds * every_days if so_far.on is None else (day - so_far.on).days
        worth = so_far.promise * (_NAME if one.origin == "name" else 1.0)
        order = (-waited * worth, rank)
        if waited >= every_days:
            due.append((order, one.word))
        elif so_far.hits and waited >= ceil(every_days / 2):
            early.append((order, one.word))
    return [word for _, word in [*sorted(due), *sorted(early)]][: max(0, room - today)]


def by_hand(connection: Connection, words: Sequence[SearchWord], day: date, *, room: int) -> list[SearchWord]:
    """Give the words that people search for by hand in the week of `day`; the same all week long.

    Half of the room is for the names, for what the nights' searches met suspects with, and for the worthiest
    words; the others take turns by the number of the week, each as soon as the other half allows.
    """
    hits = _hits(connection)
    names = [one for one in words if one.origin == "name"]
    rest = [one for one in words if one.origin != "name"]
    risen = sorted((one for one in rest if hits.get(one.word)), key=lambda one: -hits[one.word])
    always = [*names, *risen, *rest][: room // 2]
    start = (day.toordinal() - 1) // 7 * (room - room // 2) % max(1, len(rest))
    return list(dict.fromkeys((*always, *rest[start:], *rest[:start])))[:room]


def asked(connection: Connection, platform: str, word: str, day: date, *, hit: bool) -> None:
    """Remember that the word was answered on `day`, and whether it met a suspect."""
    where = (query.c.platform == platform) & (query.c.word == word)
    row = connection.execute(sa.select(query).where(where)).first()
    if row is None:
        connection.execute(
            query.insert().values(platform=platform, word=word, asked_on=day, asks=1, hits=int(hit))
        )
    elif row.asked_on is None or row.asked_on < day:
        connection.execute(
            query.update().where(where).values(asked_on=day, asks=row.asks + 1, hits=row.hits + int(hit))
        )


def asked_so_far(connection: Connection, platform: str) -> dict[str, Asked]:
    """Give what is remembered of each word on a platform."""
    rows = connection.execute(sa.select(query).where(query.c.platform == platform))
    return {row.word: Asked(row.asked_on, row.asks, row.hits) for row in rows}


def met_by(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Give, for the key of a sighting, the words that met it, the first first."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(query_hit).order_by(query_hit.c.first_day, query_hit.c.word)):
        found.setdefault(row.key, []).append(row.word)
    return {key: tuple(words) for key, words in found.items()}


def _hits(connection: Connection) -> dict[str, int]:
    rows = connection.execute(sa.select(query.c.word, sa.func.sum(query.c.hits)).group_by(query.c.word))
    return {word: int(hits) for word, hits in rows}
