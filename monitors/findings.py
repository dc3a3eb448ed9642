"""Verdicts in the ledger: a row holds from one night until another verdict of the same rule replaces it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.nouns import Verdict
from monitors.tables import verdict as table

_row = table.c
_AT_ONCE = 2000  # verdicts; of 5,000 accounts there are 70,000 a night


def _substance(one: Any) -> tuple[Any, ...]:
    # What a Clear verdict saw changes with each post and is not kept; the observations have it.
    if one.verdict == "Clear":
        return ("Clear",)
    # What the profile of a sighting shows is in the words only, and changes seldom.
    return (one.verdict, one.since, one.newest, one.why if one.kind == "sighting" else "")


def record(connection: Connection, verdicts: Iterable[Verdict], day: date) -> None:
    """Make these the verdicts of `day`; what stays the same stays one row."""
    standing = _open(connection)
    given = iter(verdicts)
    while some := list(islice(given, _AT_ONCE)):
        ended, begun = [], []
        held = _held(connection, {one.key for one in some})
        for one in some:
            before = held.pop((one.key, one.policy, one.rule), None)
            if before is not None:
                from_day = standing.pop(before.id)
                if _substance(before) == _substance(one):
                    continue
                ended.append((before.id, from_day))
            begun.append(_begun(one, day))
        _end(connection, ended, day)
        if begun:
            connection.execute(table.insert(), begun)
    _end(connection, standing.items(), day)


def _open(connection: Connection) -> dict[int, date]:
    """Give each row that still holds, with its first day."""
    rows = connection.execute(sa.select(_row.id, _row.from_day).where(_row.to_day.is_(None)))
    return {row.id: row.from_day for row in rows}


def _held(connection: Connection, keys: Collection[str]) -> dict[tuple[str, str, str], Any]:
    rows = connection.execute(sa.select(table).where(_row.to_day.is_(None), _row.key.in_(keys)))
    return {(row.key, row.policy, row.rule): row for row in rows}


def _begun(one: Verdict, day: date) -> dict[str, Any]:
    clear = one.verdict == "Clear"
    return {
        "key": one.key,
        "policy": one.policy,
        "rule": one.rule,
        "kind": one.kind,
        "verdict": one.verdict,
        "since": one.since,
        "newest": None if clear else one.newest,
        "why": "" if clear else one.why,
        "from_day": day,
    }


def _end(connection: Connection, ended: Iterable[tuple[int, date]], day: date) -> None:
    again: list[dict[str, int]] = []
    past: list[dict[str, int]] = []
    for number, from_day in ended:
        (again if from_day >= day else past).append({"which": number})
    if again:  # The same night judged anew: its first word was never relied on alone.
        connection.execute(table.delete().where(_row.id == sa.bindparam("which")), again)
    if past:
        connection.execute(table.update().where(_row.id == sa.bindparam("which")).values(to_day=day), past)


def held_on(connection: Connection, day: date) -> list[Any]:
    """Give the rows that held on `day`: what that night concluded."""
    later = sa.or_(_row.to_day.is_(None), _row.to_day > day)
    return list(connection.execute(sa.select(table).where(_row.from_day <= day, later).order_by(_row.id)))
