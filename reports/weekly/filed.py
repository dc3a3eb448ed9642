"""The register as it stood at the end of a week: today's rows, with every later change taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.accounts import groups
from monitors.nouns import Account
from monitors.tables import account, register_version


@dataclass(frozen=True, slots=True)
class Edition:
    """One accepted version of the register: its day, how many accounts it has and how many rows it refused."""

    day: date
    accounts: int
    refused: int


@dataclass(frozen=True, slots=True)
class Filed:
    """The register at a week's end; `former` are accounts that had left it, `edited` counts the week's changes.

    `groups` are its chat groups, as subjects of the rules.
    """

    accounts: Mapping[str, Account]
    groups: Mapping[str, Account]
    former: Mapping[str, Account]
    edition: Edition | None
    edited: Mapping[str, int]


def filed(connection: Connection, first: date, begun: datetime | None, closed: datetime | None) -> Filed:
    """Give the register as the week's last night knew it.

    `begun` and `closed` are the moments at which the first night of the week, and of the weeks after it, began.
    """
    held, gone = _today(connection)
    chats = {group.key: group for group, _ in groups(connection)}
    edition, edited = None, dict[str, int]()
    for row in connection.execute(sa.select(register_version).order_by(register_version.c.id.desc())):
        if closed is not None and row.at >= closed:
            for change in reversed(row.changes):
                _taken_back(held, gone, change)
                _group_taken_back(chats, change)
            continue
        edition = edition or Edition(row.day, row.accounts, row.refused)
        if row.at < begun if begun else row.day < first:
            break
        for change in row.changes:
            edited[change["kind"]] = edited.get(change["kind"], 0) + 1
    ordered = sorted(held.values(), key=lambda one: (one.unit, one.platform, one.name, one.key))
    return Filed({one.key: one for one in ordered}, chats, gone, edition, edited)


def _today(connection: Connection) -> tuple[dict[str, Account], dict[str, Account]]:
    held: dict[str, Account] = {}
    gone: dict[str, Account] = {}
    for row in connection.execute(sa.select(account.c.key, account.c.record, account.c.filed)):
        (held if row.filed else gone)[row.key] = row.record
    return held, gone


def _taken_back(held: dict[str, Account], gone: dict[str, Account], change: Mapping[str, Any]) -> None:
    key, before = change["key"], change["before"]
    one = held.get(key)
    match change["kind"]:
        case "added":
            held.pop(key, None)
        case "removed" if key in gone:
            held[key] = gone.pop(key)
        case "resolved" if before in gone:
            held.pop(key, None)
            held[before] = gone.pop(before)
        case "renamed" if one:
            held[key] = replace(one, name=before)
        case "unit" if one:
            held[key] = replace(one, unit=before)
        case "state" if one:
            held[key] = replace(one, state=before)
        case _:  # people and verification are not told of
            pass


def _group_taken_back(chats: dict[str, Account], change: Mapping[str, Any]) -> None:
    key, before = change["key"], change["before"]
    one = chats.get(key)
    match change["kind"]:
        case "group_added":
            chats.pop(key, None)
        case "group_removed":
            platform, _, number = key.partition(":")
            handle = None if number.startswith("name=") else number
            chats[key] = Account(platform, handle, before, change["unit"] or "")
        case "group_renamed" if one:
            chats[key] = replace(one, name=before)
        case "group_unit" if one:
            chats[key] = replace(one, unit=before)
        case _:
            pass
