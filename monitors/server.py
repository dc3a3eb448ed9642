"""A ledger in PostgreSQL: writers take turns as in a file, readers see one moment, a server that restarts is waited for."""

from __future__ import annotations

import logging
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import OperationalError

from monitors.ledger import Claimed, WrongEncoding

log = logging.getLogger(__name__)

# How long a server may be away: an upgrade of its package stops it for so long.
PATIENCE_SECONDS = 60.0
_AGAIN_SECONDS = 0.5
_BUSY_SECONDS = 10.0
# Advisory locks of a database are told apart by two numbers: whose they are, and what is claimed.
_OURS = 0x78756E6A
_WRITING = 0
CLAIMS = {"night": 1, "sending": 2}
_LOCKED = "SELECT set_config('lock_timeout', '{:.0f}', {}), {}({}, {})"
_HOLDER = sa.text(
    "SELECT activity.application_name, activity.backend_start FROM pg_locks AS held "
    "JOIN pg_stat_activity AS activity ON activity.pid = held.pid "
    "WHERE held.locktype = 'advisory' AND held.granted AND held.classid = :ours AND held.objid = :claim "
    "AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def engine(url: str | URL, *, writes: bool) -> Engine:
    """The engine that writes, one transaction at a time, or the one that reads."""
    made = sa.create_engine(
        url,
        hide_parameters=True,
        # A connection that lay idle through a night may be gone: the server has been started anew, or a firewall forgot it.
        pool_pre_ping=True,
        isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
        connect_args={
            "connect_timeout": 10,
            "client_encoding": "UTF8",
            "application_name": f"{platform.node()[:40]} {os.getpid()}",
        },
    )
    event.listen(made, "do_connect", _connected)
    event.listen(made, "handle_error", _without_values)
    if writes:
        event.listen(made, "begin", _in_turn)
    return made


def _connected(dialect: Any, _: Any, positional: list[Any], named: dict[str, Any]) -> Any:
    """Connect; a server that does not answer, or is still starting, is asked again for a while."""
    ends = time.monotonic() + PATIENCE_SECONDS
    before = None
    while True:
        try:
            return _fit(dialect.connect(*positional, **named))
        except psycopg.OperationalError:
            state = _state(named)
            # One that answers and still refuses has its reasons; it may only just have come up, though.
            settled = state == before and state in (Ping.OK, Ping.NO_ATTEMPT)
            if settled or time.monotonic() >= ends:
                raise
            if before is None and state != Ping.OK:
                log.warning("the database server does not answer; waiting %.0f s for it", PATIENCE_SECONDS)
            before = state
        time.sleep(_AGAIN_SECONDS)


def _state(named: dict[str, Any]) -> Ping:
    # What SQLAlchemy hands to the driver beside the words of an address is no word of an address.
    told = {key: value for key, value in named.items() if isinstance(value, str | int)}
    return Ping(PGconn.ping(make_conninfo("", **told).encode()))


def _fit(connection: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        connection.close()
        raise WrongEncoding(encoding)
    return connection


def _without_values(context: ExceptionContext) -> None:
    """A server quotes the row that it refuses, which may hold a phone: only the first line of what it says stays."""
    error, told = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and told and (said := error.diag.message_primary):
        where = f" ({error.diag.table_name})" if error.diag.table_name else ""
        error.args = (said + where,)
        told.args = (f"({type(error).__module__}.{type(error).__name__}) {said}{where}",)


def _in_turn(connection: Connection) -> None:
    """Begin as SQLite does IMMEDIATE: what is read within is not changed by another writer before the end."""
    words = _LOCKED.format(_BUSY_SECONDS * 1000, "true", "pg_advisory_xact_lock", _OURS, _WRITING)
    connection.exec_driver_sql(words)


@contextmanager
def claimed(engine: Engine, claim: str, wait: float) -> Iterator[None]:
    """Claim a name for the block, on a connection whose death gives it back; raise `Claimed` after `wait` seconds."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # Not to be used again by others: closed, it gives the claim back.
        connection.detach()
        # A machine that has vanished keeps no claim longer than some minutes.
        for name, value in (("idle", 60), ("interval", 20), ("count", 6)):
            connection.exec_driver_sql(f"SET tcp_keepalives_{name} = {value}")
        try:
            words = _LOCKED.format(wait * 1000, "false", "pg_advisory_lock", _OURS, CLAIMS[claim])
            connection.exec_driver_sql(words)
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            raise Claimed(holder(engine, claim) or "不明进程") from error
        yield


def holder(engine: Engine, claim: str) -> str | None:
    """Give the machine and the process that have a claim, and since when it is there; None when nobody has it."""
    with engine.connect() as connection:
        row = connection.execute(_HOLDER, {"ours": _OURS, "claim": CLAIMS[claim]}).first()
    return f"{row[0]}，{row[1]:%Y-%m-%d %H:%M:%S} 起" if row else None
