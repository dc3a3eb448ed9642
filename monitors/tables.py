"""The ledger's tables, declared once; observations, steps and decisions are appended and never changed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import Column, ForeignKey, Index, MetaData, Table, UniqueConstraint
from sqlalchemy.engine import Dialect

from monitors.nouns import Account, Newest, Note, Profile
from monitors.register.contacts import Contact
from monitors.register.groups import ChatGroup

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Record(sa.types.TypeDecorator[Any]):
    """One of our nouns, kept as its JSON."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, noun: Any) -> None:
        super().__init__()
        self.noun = noun
        self._adapter: TypeAdapter[Any] = TypeAdapter(noun)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else self._adapter.dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else self._adapter.validate_json(value)


class Words(sa.types.TypeDecorator[str]):
    """Text of any length; a NUL, which no server can keep, stands as U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "\ufffd") if value else value


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware datetime, UTC inside."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        # A server gives it in its session's zone, SQLite without any.
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


# ── the register ────────────────────────────────────────────────────────────────────────────────

register_version = Table(
    "register_version",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("sha256", Words, nullable=False),
    Column("day", sa.Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", Words, nullable=False),
    Column("accounts", sa.Integer, nullable=False),
    Column("refused", sa.Integer, nullable=False),
    Column("changes", sa.JSON, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("key", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("handle", Words),
    Column("name", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("tier", Words),
    Column("state", Words, nullable=False),
    Column("record", Record(Account), nullable=False),
    Column("version", ForeignKey(register_version.c.id), nullable=False),
    # An account that left the register stays for its history, but is no longer visited.
    Column("filed", sa.Boolean, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("key", Words, primary_key=True),
    Column("record", Record(Contact), nullable=False),
)

chat_group = Table(
    "chat_group",
    metadata,
    Column("key", Words, primary_key=True),
    Column("record", Record(ChatGroup), nullable=False),
)

# ── what was seen ───────────────────────────────────────────────────────────────────────────────

observation = Table(
    "observation",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("day", sa.Date, nullable=False),
    Column("platform", Words, nullable=False),
    # The note's line in its file: with day and platform the identity of the visit.
    Column("line", sa.Integer, nullable=False),
    Column("key", Words, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("witness", Words, nullable=False),
    Column("note", Record(Note), nullable=False),
    UniqueConstraint("day", "platform", "line"),
    Index("ix_observation_key_day", "key", "day"),
)
# What searches showed goes one day, out of millions of rows that stay.
_SEARCHES = observation.c.outcome == sa.literal_column("'Sightings'")
Index("ix_observation_searches", observation.c.day, sqlite_where=_SEARCHES, postgresql_where=_SEARCHES)

platform_night = Table(
    "platform_night",
    metadata,
    Column("day", sa.Date, primary_key=True),
    Column("platform", Words, primary_key=True),
    Column("believed", sa.Boolean, nullable=False),
    Column("doubt", Words),
    # Searches: how many words were asked and answered; null when the platform cannot be searched.
    Column("asked", sa.Integer),
    Column("answered", sa.Integer),
    Column("planned", sa.Integer, nullable=False),
    Column("found", sa.Integer, nullable=False),
    Column("gone", sa.Integer, nullable=False),
    Column("blocked", sa.Integer, nullable=False),
    Column("other", sa.Integer, nullable=False),
    Column("unseen", sa.Integer, nullable=False),
    Column("requests", sa.Integer, nullable=False),
    Column("ended", Words, nullable=False),
)

standing = Table(
    "standing",
    metadata,
    Column("key", Words, primary_key=True),
    Column("day", sa.Date, nullable=False),
    # State after `day`, and before it: judging the same day again starts from `prior`.
    Column("record", Words, nullable=False),
    Column("prior", Words),
)

# What the nights of one week learnt of an account, as far as a report tells it; a later week gets its own row.
account_week = Table(
    "account_week",
    metadata,
    Column("key", Words, primary_key=True),
    Column("monday", sa.Date, primary_key=True),
    # The last of these nights with a believed statement, and the newest evidence of life known after it.
    Column("seen_on", sa.Date, nullable=False),
    Column("newest", Record(Newest)),
    # The Mondays of the weeks in which these nights saw a post.
    Column("posted", sa.JSON, nullable=False),
    # Whole answers prove that nothing was posted after this day; null where posts may be hidden.
    Column("quiet_since", sa.Date),
    Index("ix_account_week_monday", "monday"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("key", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("handle", Words),
    Column("name", Words, nullable=False),
    Column("first_day", sa.Date, nullable=False),
    Column("last_day", sa.Date, nullable=False),
    Column("profile", Record(Profile), nullable=False),
    Column("match", sa.JSON, nullable=False),
    Column("score", sa.Float, nullable=False),
    Column("link", Words),
    Column("by", Words),
)

# Each day on which a sighting was met, as it showed itself then; `sighting` has only the last.
meeting = Table(
    "meeting",
    metadata,
    Column("key", Words, primary_key=True),
    Column("day", sa.Date, primary_key=True),
    Column("profile", Record(Profile), nullable=False),
    Column("match", sa.JSON, nullable=False),
)

# What stays of a sighting whose term is over and that a case or a person's word is about: met again under the same
# name it is what it was, so that nobody is asked a second time. Of the name only its digest is kept.
forgotten = Table(
    "forgotten",
    metadata,
    Column("key", Words, primary_key=True),
    Column("platform", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("first_day", sa.Date, nullable=False),
    Column("last_day", sa.Date, nullable=False),
)

query = Table(
    "query",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("word", Words, primary_key=True),
    Column("asked_on", sa.Date),
    Column("asks", sa.Integer, nullable=False),
    Column("hits", sa.Integer, nullable=False),
)

query_hit = Table(
    "query_hit",
    metadata,
    Column("platform", Words, primary_key=True),
    Column("word", Words, primary_key=True),
    Column("key", ForeignKey(sighting.c.key), primary_key=True),
    Column("first_day", sa.Date, nullable=False),
)

# ── what was judged ─────────────────────────────────────────────────────────────────────────────

verdict = Table(
    "verdict",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("key", Words, nullable=False),
    Column("policy", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("since", sa.Date),
    Column("newest", Record(Newest)),
    Column("why", Words, nullable=False),
    # Holds from `from_day` until another verdict of the same rule replaces it on `to_day` (exclusive).
    Column("from_day", sa.Date, nullable=False),
    Column("to_day", sa.Date),
    Index("ix_verdict_key_to_day", "key", "to_day"),
)

case = Table(
    "case",
    metadata,
    Column("id", Words, primary_key=True),
    Column("key", Words, nullable=False),
    Column("policy", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("episode", sa.Integer, nullable=False),
    Column("stage", Words, nullable=False),
    Column("opened_on", sa.Date),
    Column("stage_on", sa.Date, nullable=False),
    Column("deadline", sa.Date),
    Column("provisional", sa.Boolean, nullable=False),
    Column("closed_on", sa.Date),
    Column("result", Words),
    UniqueConstraint("key", "policy", "rule", "episode"),
    Index("ix_case_closed_on", "closed_on"),
)

step = Table(
    "step",
    metadata,
    Column("case", ForeignKey(case.c.id), primary_key=True),
    Column("number", sa.Integer, primary_key=True),
    Column("stage", Words, nullable=False),
    Column("on", sa.Date, nullable=False),
    Column("by", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("result", Words),
    Column("reverts", sa.Boolean, nullable=False),
    Column("evidence", Words),
    Column("at", Instant, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("key", Words, nullable=False, index=True),
    Column("name", Words),
    Column("word", Words, nullable=False),
    Column("by", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("until", sa.Date),
    Column("on", sa.Date, nullable=False),
    Column("at", Instant, nullable=False),
)

attestation = Table(
    "attestation",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("key", Words, nullable=False, index=True),
    Column("last_post", sa.Date, nullable=False),
    Column("by", Words, nullable=False),
    Column("link", Words),
    Column("on", sa.Date, nullable=False),
    Column("at", Instant, nullable=False),
)

# ── what was told ───────────────────────────────────────────────────────────────────────────────

message = Table(
    "message",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("channel", Words, nullable=False),
    Column("address", Words, nullable=False),
    # waiting, started, sent, in_doubt, dead
    Column("status", Words, nullable=False, index=True),
    Column("urgent", sa.Boolean, nullable=False),
    Column("attempts", sa.Integer, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("sent_at", Instant),
    Column("repeated", sa.Boolean, nullable=False),
    Column("error", Words),
    # Which part of how many of one digest this is.
    Column("part", sa.Integer, nullable=False, server_default="1"),
    Column("parts", sa.Integer, nullable=False, server_default="1"),
    # Where the full text lies, when the message holds one line an alert.
    Column("rest", Words, nullable=False, server_default=""),
    # A dead message that the maintainers have been told of.
    Column("mourned", sa.Boolean, nullable=False, server_default=sa.false()),
)

alert = Table(
    "alert",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("number", Words, nullable=False, unique=True),
    # What it tells: a step of a case, or a maintainer's incident such as `doubt:weibo:2026-11-20`.
    Column("about", Words, nullable=False),
    Column("person", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("day", sa.Date, nullable=False),
    Column("urgent", sa.Boolean, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("message", ForeignKey(message.c.id)),
    Column("acked_by", Words),
    Column("acked_at", Instant),
    UniqueConstraint("about", "person"),
)

run = Table(
    "run",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("day", sa.Date, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("exit", sa.Integer),
    Column("summary", sa.JSON),
    Column("error", Words),
    Index("ix_run_kind_day", "kind", "day"),
)

# What a night let go because its term was over: how many of what, and the terms in days.
purge = Table(
    "purge",
    metadata,
    Column("id", sa.Integer, primary_key=True),
    Column("day", sa.Date, nullable=False),
    Column("at", Instant, nullable=False),
    Column("gone", sa.JSON, nullable=False),
    Column("terms", sa.JSON, nullable=False),
)
