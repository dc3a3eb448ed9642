"""What a week knew: rows by which the report of a past week can be made again, filled from the old notes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SHANGHAI = ZoneInfo("Asia/Shanghai")


def upgrade() -> None:
    weeks = op.create_table(
        "account_week",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("monday", sa.Date(), nullable=False),
        sa.Column("seen_on", sa.Date(), nullable=False),
        sa.Column("newest", sa.Text(), nullable=True),
        sa.Column("posted", sa.JSON(), nullable=False),
        sa.Column("quiet_since", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("key", "monday", name=op.f("pk_account_week")),
    )
    op.create_index(op.f("ix_account_week_monday"), "account_week", ["monday"])
    meetings = op.create_table(
        "meeting",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("match", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", "day", name=op.f("pk_meeting")),
    )
    connection = op.get_bind()
    if rows := list(_weeks(connection)):
        op.bulk_insert(weeks, rows)
    if rows := list(_meetings(connection)):
        op.bulk_insert(meetings, rows)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weeks(connection: sa.Connection) -> Any:
    """The last believed statement of each account and week; the newest post ever shown grows with them."""
    seen = sa.table(
        "observation", *map(sa.column, ("id", "day", "platform", "key", "outcome", "note", "witness"))
    )
    seen.c.day.type = sa.Date()
    night = sa.table("platform_night", *map(sa.column, ("day", "platform", "believed")))
    trusted = sa.and_(night.c.day == seen.c.day, night.c.platform == seen.c.platform)
    rows = connection.execute(
        sa.select(seen.c.key, seen.c.day, seen.c.note)
        .join_from(seen, night, trusted)
        .where(sa.or_(night.c.believed, seen.c.witness == "feed"))
        .where(seen.c.outcome.in_(("Found", "Gone")))
        .order_by(seen.c.key, seen.c.day, seen.c.id)
    )
    row: dict[str, Any] | None = None
    for key, day, note in rows:
        told = json.loads(note)
        if told["purpose"] not in ("account", "feed", "sighting"):
            continue
        monday = _monday(day)
        if row is not None and (row["key"], row["monday"]) != (key, monday):
            yield row
            row = {**row, "posted": []} if row["key"] == key else None
        if row is None:
            row = {"key": key, "newest": None, "posted": [], "quiet_since": None}
        newest = told["outcome"].get("newest")
        row = {**row, "monday": monday, "seen_on": day}
        if newest:
            row["posted"] = sorted({*row["posted"], _monday(_day_of(newest)).isoformat()})
            if row["newest"] is None or _at(newest) > _at(json.loads(row["newest"])):
                row["newest"] = json.dumps(newest)
    if row is not None:
        yield row


def _at(newest: dict[str, Any]) -> datetime:
    at = datetime.fromisoformat(newest["at"])
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _day_of(newest: dict[str, Any]) -> date:
    return _at(newest).astimezone(_SHANGHAI).date()


def _meetings(connection: sa.Connection) -> Any:
    met = sa.table("sighting", *map(sa.column, ("key", "first_day", "last_day", "profile", "match")))
    met.c.first_day.type = met.c.last_day.type = sa.Date()
    met.c.match.type = sa.JSON()
    for row in connection.execute(sa.select(met)):
        for day in sorted({row.first_day, row.last_day}):
            yield {"key": row.key, "day": day, "profile": row.profile, "match": row.match}


def downgrade() -> None:
    op.drop_table("meeting")
    op.drop_index(op.f("ix_account_week_monday"), table_name="account_week")
    op.drop_table("account_week")
