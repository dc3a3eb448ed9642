"""The database: one engine that writes, in turn with all other writers, and one that only reads."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import URL, Connection, Engine, event

_MIGRATIONS = Path(__file__).parent / "migrations"


class NewerLedger(Exception):
    """The database was written by a newer program, whose revision this one does not know."""


class WrongEncoding(Exception):
    """The database does not keep its text in UTF-8, but as the text says."""


class Claimed(Exception):
    """A process, perhaps on another machine, has what was claimed; the text says which."""


class Ledger:
    """The ledger behind one address, brought to the newest shape when opened."""

    def __init__(self, url: str | URL) -> None:
        self._writer = _engine(url, writes=True)
        self._reader = _engine(url, writes=False)
        migrate(self._writer)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: everything in it happens, or nothing."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view."""
        with self._reader.connect() as connection:
            yield connection

    @contextmanager
    def claimed(self, claim: str, wait: float) -> Iterator[None]:
        """Claim `night` or `sending` against other machines; raises `Claimed`. A file is of one machine anyway."""
        if self._reader.dialect.name == "sqlite":
            yield
            return
        from monitors import server  # noqa: PLC0415 (its driver is there only with a server)

        with server.claimed(self._reader, claim, wait):
            yield

    def claimant(self, claim: str) -> str | None:
        """Which process, perhaps of another machine, has claimed it; None when nobody has."""
        if self._reader.dialect.name == "sqlite":
            return None
        from monitors import server  # noqa: PLC0415

        return server.holder(self._reader, claim)

    def close(self) -> None:
        """Give the connections back."""
        self._writer.dispose()
        self._reader.dispose()


def _engine(url: str | URL, *, writes: bool) -> Engine:
    if sa.make_url(url).get_backend_name() != "sqlite":
        from monitors import server  # noqa: PLC0415

        return server.engine(url, writes=writes)
    # An error text must not carry the values of a row: they may be phones.
    engine = sa.create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _: Any) -> None:
        # The driver's own implicit BEGIN is deferred; ours is stated below.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000",
            # What is let go is no longer in the file either.
            "secure_delete=ON",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def migrate(engine: Engine) -> None:
    """Bring the database to the newest shape; on one that has it this is one look. Raises `NewerLedger`."""
    known = {path.name[:4] for path in (_MIGRATIONS / "versions").glob("[0-9]*.py")}
    with engine.begin() as connection:
        if (revision := _revision(connection)) == max(known):
            return
        if revision and revision not in known:
            raise NewerLedger(revision)
        from alembic import command  # noqa: PLC0415 (slow to load, and hardly ever needed)
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return revision
