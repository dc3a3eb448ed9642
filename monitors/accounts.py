"""The accepted register in the ledger: its accounts, its versions and what changed between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.nouns import Account
from monitors.tables import account, contact, register_version


def accepted(connection: Connection) -> dict[str, Account]:
    """Give the accounts of the last accepted version by key."""
    rows = connection.execute(sa.select(account.c.key, account.c.record).where(account.c.filed)).all()
    return {row.key: row.record for row in rows}


def latest(connection: Connection) -> Any:
    """Give the newest version's row, None before the first."""
    return connection.execute(
        sa.select(register_version).order_by(register_version.c.id.desc()).limit(1)
    ).first()


def accept(
    connection: Connection,
    accounts: Iterable[Account],
    contacts: Mapping[str, Any],
    *,
    sha256: str,
    day: date,
    by: str,
    refused: int,
    changes: Sequence[Any],
) -> int:
    """Make these the accepted accounts, as one version; gives the version's number.

    What left the register keeps its row and history, unfiled; its contacts are dropped.
    """
    accounts = list(accounts)
    version = connection.scalar(
        register_version.insert()
        .values(
            sha256=sha256,
            day=day,
            at=datetime.now(UTC),
            by=by,
            accounts=len(accounts),
            refused=refused,
            changes=[asdict(change) for change in changes],
        )
        .returning(register_version.c.id)
    )
    assert version is not None
    connection.execute(account.update().values(filed=False))
    known = set(connection.execute(sa.select(account.c.key)).scalars())
    for one in accounts:
        values = {
            "platform": one.platform,
            "handle": one.handle,
            "name": one.name,
            "unit": one.unit,
            "tier": one.tier,
            "state": one.state,
            "record": one,
            "version": version,
            "filed": True,
        }
        if one.key in known:
            connection.execute(account.update().where(account.c.key == one.key).values(**values))
        else:
            connection.execute(account.insert().values(key=one.key, **values))
    connection.execute(contact.delete())
    if contacts:
        connection.execute(
            contact.insert(), [{"key": key, "record": value} for key, value in contacts.items()]
        )
    return int(version)
