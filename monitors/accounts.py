"""The accepted register in the ledger: its accounts, its people apart, its versions and what changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.hearing import Filing
from monitors.nouns import Account
from monitors.register.acceptance import Applied
from monitors.register.changes import Version
from monitors.register.filing import of_groups
from monitors.tables import account, chat_group, contact, register_version


def accepted(connection: Connection) -> dict[str, Account]:
    """Give the accounts of the last accepted version by key."""
    rows = connection.execute(sa.select(account.c.key, account.c.record).where(account.c.filed)).all()
    return {row.key: row.record for row in rows}


def left(connection: Connection) -> list[str]:
    """Give the names of accounts that once were in the register and no longer are."""
    gone = sa.select(account.c.name).where(sa.not_(account.c.filed))
    return sorted(set(connection.execute(gone).scalars()))


def version(connection: Connection) -> Version | None:
    """Give the last accepted version whole, people included; None before the first."""
    if latest(connection) is None:
        return None
    people = connection.execute(sa.select(contact)).all()
    groups = connection.execute(sa.select(chat_group)).all()
    return Version(
        accounts=tuple(accepted(connection).values()),
        contacts={row.key: row.record for row in people},
        groups=tuple(row.record for row in groups),
    )


def groups(connection: Connection) -> list[tuple[Account, Filing]]:
    """Give each chat group of the accepted version as a subject of the rules, and what is filed of it."""
    held, newest = version(connection), latest(connection)
    return of_groups(held.groups, held.contacts, newest.day) if held else []


def added(connection: Connection) -> dict[str, date]:
    """Give the day on which a later version than the first brought an account in, by key."""
    versions = connection.execute(sa.select(register_version).order_by(register_version.c.id)).all()
    return {
        change["key"]: row.day for row in versions[1:] for change in row.changes if change["kind"] == "added"
    }


def latest(connection: Connection) -> Any:
    """Give the newest version's row, None before the first."""
    return connection.execute(
        sa.select(register_version).order_by(register_version.c.id.desc()).limit(1)
    ).first()


def accept(
    connection: Connection, applied: Applied, *, sha256: str, day: date, by: str, refused: int
) -> None:
    """Make this the accepted version, with what changed.

    What left the register keeps its row and history, unfiled; its people are forgotten.
    """
    after = applied.version
    number = connection.scalar(
        register_version.insert()
        .values(
            sha256=sha256,
            day=day,
            at=datetime.now(UTC),
            by=by,
            accounts=len(after.accounts),
            refused=refused,
            changes=[asdict(change) for change in applied.changes],
        )
        .returning(register_version.c.id)
    )
    connection.execute(account.update().values(filed=False))
    known = set(connection.execute(sa.select(account.c.key)).scalars())
    for one in after.accounts:
        values = {
            "platform": one.platform,
            "handle": one.handle,
            "name": one.name,
            "unit": one.unit,
            "tier": one.tier,
            "state": one.state,
            "record": one,
            "version": number,
            "filed": True,
        }
        if one.key in known:
            connection.execute(account.update().where(account.c.key == one.key).values(**values))
        else:
            connection.execute(account.insert().values(key=one.key, **values))
    connection.execute(contact.delete())
    connection.execute(chat_group.delete())
    if after.contacts:
        people = [{"key": key, "record": record} for key, record in after.contacts.items()]
        connection.execute(contact.insert(), people)
    if after.groups:
        groups = {group.key: {"key": group.key, "record": group} for group in after.groups}
        connection.execute(chat_group.insert(), list(groups.values()))
