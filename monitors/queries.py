"""Which words are searched for tonight: each within its term, those that hit before those that never do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.tables import query


def planned(
    connection: Connection, platform: str, words: Sequence[str], day: date, *, every_days: int, room: int
) -> list[str]:
    """Give at most `room` words that are due on `day`, best first; `words` come ranked.

    A word is due when it was last asked `every_days` or more days ago. Never asked words come first in
    their rank, then those longest unasked, and among equals those that have hit more often.
    """
    rows = connection.execute(sa.select(query).where(query.c.platform == platform)).all()
    known = {row.word: row for row in rows}
    due = []
    for rank, word in enumerate(dict.fromkeys(words)):
        row = known.get(word)
        asked = row.asked_on if row else None
        if row is None or asked is None:
            due.append(((0, 0, rank), word))
        elif asked <= day - timedelta(days=every_days):
            due.append(((1, asked.toordinal(), rank - 5 * row.hits), word))
    return [word for _, word in sorted(due)[:room]]


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
