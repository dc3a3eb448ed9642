"""What changed from one accepted version of the register to the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from monitors.nouns import Account
from monitors.register.contacts import Contact, Manager
from monitors.register.groups import ChatGroup
from monitors.register.text import folded

ChangeKind = Literal[
    "added", "removed", "resolved", "renamed", "unit", "state", "verification", "leader", "managers",
    "group_added", "group_removed", "group_renamed", "group_unit",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one account or chat group; `before` and `after` are never people.

    `key` is the key now; `unit` is that of a group which left, of which no other record stays.
    """

    key: str
    kind: ChangeKind
    before: str | None = None
    after: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Version:
    """An accepted version of the register; `contacts` are by the key of the account or group."""

    accounts: tuple[Account, ...] = ()
    contacts: Mapping[str, Contact] = field(default_factory=dict)
    groups: tuple[ChatGroup, ...] = ()


def changes(before: Version, after: Version) -> list[Change]:
    """Give what changed, in the order of the new version, what was removed last."""
    old = {account.key: account for account in before.accounts}
    new = {account.key for account in after.accounts}
    resolved = successors(before.accounts, after.accounts)
    found: list[Change] = []
    for account in after.accounts:
        was = old.get(account.key) or old.get(resolved.get(account.key, ""))
        if was is None:
            found.append(Change(account.key, "added", None, account.name))
            continue
        found += _between(was, account)
        people = before.contacts.get(was.key), after.contacts.get(account.key)
        found += _people(account.key, *people)
    gone = [account for key, account in old.items() if key not in new and key not in resolved.values()]
    found += (Change(account.key, "removed", account.name) for account in gone)
    return [*found, *_of_groups(before.groups, after.groups)]


def successors(before: tuple[Account, ...], after: tuple[Account, ...]) -> dict[str, str]:
    """Give the accounts that got their handle, new key -> old key: same platform, name and unit."""
    had = {account.key for account in before}
    waiting = {_identity(account): account.key for account in before if account.handle is None}
    return {
        account.key: waiting[_identity(account)]
        for account in after
        if account.handle and account.key not in had and _identity(account) in waiting
    }


def _identity(account: Account) -> tuple[str, str, str]:
    return account.platform, folded(account.name), folded(account.unit)


def _between(was: Account, now: Account) -> Iterator[Change]:
    if was.key != now.key:
        yield Change(now.key, "resolved", was.key, now.key)
    if was.name != now.name:
        yield Change(now.key, "renamed", was.name, now.name)
    if folded(was.unit) != folded(now.unit):
        yield Change(now.key, "unit", was.unit, now.unit)
    if was.state != now.state:
        yield Change(now.key, "state", was.state, now.state)
    if (was.verified, was.verified_as) != (now.verified, now.verified_as):
        yield Change(now.key, "verification", _verification(was), _verification(now))


def _verification(account: Account) -> str:
    words = {True: "已认证", False: "未认证", None: "未填"}[account.verified]
    return f"{words}（{account.verified_as}）" if account.verified_as else words


def _of_groups(before: tuple[ChatGroup, ...], after: tuple[ChatGroup, ...]) -> Iterator[Change]:
    old = {group.key: group.subject for group in before}
    new = {group.key: group.subject for group in after}
    for key, now in new.items():
        was = old.get(key)
        if was is None:
            yield Change(key, "group_added", None, now.name)
            continue
        if was.name != now.name:
            yield Change(key, "group_renamed", was.name, now.name)
        if was.unit != now.unit:
            yield Change(key, "group_unit", was.unit, now.unit)
    for key, was in old.items():
        if key not in new:
            yield Change(key, "group_removed", was.name, unit=was.unit)


def _people(key: str, was: Contact | None, now: Contact | None) -> Iterator[Change]:
    was, now = was or Contact(), now or Contact()
    if (was.supervisor, was.leader) != (now.supervisor, now.leader):
        yield Change(key, "leader")
    if _names(was.managers) != _names(now.managers):
        yield Change(key, "managers")


def _names(managers: tuple[Manager, ...]) -> list[str]:
    return [folded(manager.name) for manager in managers]
