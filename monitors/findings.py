"""Verdicts in the ledger: a row holds from one night until another verdict of the same rule replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.nouns import Verdict
from monitors.tables import verdict as table

_row = table.c


def _substance(one: Any) -> tuple[Any, ...]:
    # What a Clear verdict saw changes with each post and is not kept; the observations have it.
    if one.verdict == "Clear":
        return ("Clear",)
    # What the profile of a sighting shows is in the words only, and changes seldom.
    return (one.verdict, one.since, one.newest, one.why if one.kind == "sighting" else "")


def record(connection: Connection, verdicts: Iterable[Verdict], day: date) -> None:
    """Make these the verdicts of `day`; what stays the same stays one row."""
    standing = {
        (r.key, r.policy, r.rule): r
        for r in connection.execute(sa.select(table).where(_row.to_day.is_(None)))
    }
    ended, begun = [], []
    for one in verdicts:
        held = standing.pop((one.key, one.policy, one.rule), None)
        if held is not None:
            if _substance(held) == _substance(one):
                continue
            ended.append(held)
        clear = one.verdict == "Clear"
        begun.append(
            {
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
        )
    ended += standing.values()
    again = [held.id for held in ended if held.from_day >= day]
    past = [held.id for held in ended if held.from_day < day]
    if again:  # The same night judged anew: its first word was never relied on alone.
        connection.execute(
            table.delete().where(_row.id == sa.bindparam("which")), [{"which": i} for i in again]
        )
    if past:
        closing = table.update().where(_row.id == sa.bindparam("which")).values(to_day=day)
        connection.execute(closing, [{"which": i} for i in past])
    if begun:
        connection.execute(table.insert(), begun)


def held_on(connection: Connection, day: date) -> list[Any]:
    """Give the rows that held on `day`: what that night concluded."""
    later = sa.or_(_row.to_day.is_(None), _row.to_day > day)
    return list(connection.execute(sa.select(table).where(_row.from_day <= day, later).order_by(_row.id)))
