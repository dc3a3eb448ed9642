"""What each week's nights learnt of each account: one small row a week, so that no report reads old notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.calendar import monday, shanghai_day
from monitors.nouns import Found, Observation
from monitors.standing import Standing
from monitors.tables import account_week

_row = account_week.c


def write(
    connection: Connection, day: date, folded: Mapping[str, tuple[Standing, Sequence[Observation]]]
) -> None:
    """Add tonight to the week's rows: the standings after it, and the observations they were folded from.

    Writing the same night again changes nothing; an account of which nothing is known gets no row.
    """
    this = monday(day)
    known = {
        row.key: row.posted
        for row in connection.execute(sa.select(_row.key, _row.posted).where(_row.monday == this))
    }
    fresh: list[dict[str, Any]] = []
    old: list[dict[str, Any]] = []
    for key, (after, seen) in folded.items():
        if after.seen_on is None or not any(_stated(one) for one in seen):
            continue
        posted = set(known.get(key, ())) | _posted(after, seen)
        values = {
            "seen_on": after.seen_on,
            "newest": after.newest,
            "posted": sorted(posted),
            "quiet_since": _quiet_since(after, day),
        }
        (old if key in known else fresh).append({"which": key, **values})
    if fresh:
        rows = [{"key": row.pop("which"), "monday": this, **row} for row in fresh]
        connection.execute(account_week.insert(), rows)
    if old:
        mine = (_row.key == sa.bindparam("which")) & (_row.monday == this)
        connection.execute(account_week.update().where(mine), old)


def _stated(one: Observation) -> bool:
    return one.believed and one.outcome.outcome in ("Found", "Gone")


def _posted(after: Standing, seen: Sequence[Observation]) -> set[str]:
    shown = [o.outcome.newest for o in seen if o.believed and isinstance(o.outcome, Found)]
    return {monday(shanghai_day(one.at)).isoformat() for one in (*shown, after.newest) if one}


def _quiet_since(after: Standing, day: date) -> date | None:
    """The day after which tonight's whole answers show no post; only what could convict counts as one."""
    whole = [
        one.agreed
        for one in after.testimonies
        if one.by != "hand" and one.agreed and one.agreed.last == day and one.agreed.confirmed
    ]
    if not whole or after.unexplained or after.hidden_since or after.absence:
        return None
    newest = shanghai_day(after.newest.at) if after.newest else None
    return max([newest or date.min, *(agreed.shown or date.min for agreed in whole)])
