"""Whether a new reading of the register may take the place of the accepted version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from monitors.nouns import Account
from monitors.register.changes import Change, Version, changes, successors
from monitors.register.groups import ChatGroup
from monitors.register.reading import Reading
from monitors.register.rows import Known
from monitors.register.text import folded

# More than one in five gone or refused is not taken without a person's word.
_ONE_IN = 5


@dataclass(frozen=True)
class Applied:
    """The version that counts from now on; `kept_back`: keys whose row is bad, so the last version stays."""

    version: Version
    kept_back: tuple[str, ...]
    gone: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class NeedsAccept:
    """The file is not applied until somebody accepts it; `gone` are keys that it no longer holds."""

    reason: Literal["no_heading", "a_fifth"]
    gone: tuple[str, ...]
    refused: int
    of: int
    message: str


def applied(reading: Reading, accepted: Version | None, *, accept: bool = False) -> Applied | NeedsAccept:
    """Give the version that the reading leads to, or say that a person has to accept it first.

    `accepted` is None while no version has been accepted yet. With `accept` a person has said yes. A bad row
    is set aside and its account keeps the last accepted version.
    """
    before = accepted or Version()
    back = _kept_back(reading, before)
    present = {account.key for account in reading.accounts}
    resolved = set(successors(before.accounts, reading.accounts).values())
    gone = tuple(
        account.key
        for account in before.accounts
        if account.key not in present | resolved | {account.key for account in back}
    )
    if not accept and (asked := _asked(reading, before, accepted is not None, gone, len(back))):
        return asked
    version = _version(reading, before, back)
    return Applied(version, tuple(account.key for account in back), gone, tuple(changes(before, version)))


def _asked(
    reading: Reading, before: Version, ever: bool, gone: tuple[str, ...], kept_back: int
) -> NeedsAccept | None:
    known = len(reading.rows) + reading.refused + len(gone)
    lost = len(gone) + reading.refused
    if not reading.recognised:
        return NeedsAccept(
            "no_heading",
            gone,
            reading.refused,
            known,
            "台账里没有认出表头，没有采用。",
        )
    too_many = lost * _ONE_IN > known or (
        ever and (len(gone) + kept_back) * _ONE_IN > len(before.accounts) > 0
    )
    if not too_many:
        return None
    message = (
        f"这份台账里有 {reading.refused} 行不能用，比上次少了 {len(gone)} 个账号，"
        "合计超过五分之一，没有采用。"
    )
    return NeedsAccept("a_fifth", gone, reading.refused, known, message)


def _version(reading: Reading, before: Version, back: tuple[Account, ...]) -> Version:
    keys = {account.key for account in back}
    groups = _groups_kept_back(reading, before)
    keys |= {group.key for group in groups}
    contacts = {key: contact for key, contact in before.contacts.items() if key in keys}
    return Version(
        accounts=(*reading.accounts, *back),
        contacts={**contacts, **reading.contacts},
        groups=(*reading.groups, *groups),
    )


def _kept_back(reading: Reading, before: Version) -> tuple[Account, ...]:
    """Give the accepted accounts that a refused row speaks of, each once."""
    present = {account.key for account in reading.accounts}
    resolved = set(successors(before.accounts, reading.accounts).values())
    left = {a.key: a for a in before.accounts if a.key not in present and a.key not in resolved}
    found: list[Account] = []
    for row in reading.refused_rows:
        account = _spoken_of(row.known, left.values())
        if account and row.known.key not in {kept.key for kept in found}:
            found.append(left.pop(account.key))
    return tuple(found)


def _spoken_of(known: Known, accounts: Iterable[Account]) -> Account | None:
    """Give the account that a bad row means: by its handle, else by what else it says, if only one fits."""
    accounts = list(accounts)
    by_key = [a for a in accounts if a.key == known.key]
    if by_key:
        return by_key[0]
    name, unit = folded(known.name or ""), folded(known.unit or "")

    def fits(account: Account) -> tuple[bool, bool, bool]:
        return (
            known.platform in (None, account.platform),
            bool(name) and folded(account.name) == name,
            bool(unit) and folded(account.unit) == unit,
        )

    for wanted in ((True, True, True), (True, True, False), (True, False, True)):
        fitting = [
            account
            for account in accounts
            if all(has or not needs for has, needs in zip(fits(account), wanted, strict=True))
            and (wanted[1] or (known.platform and not known.handle))
        ]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _groups_kept_back(reading: Reading, before: Version) -> tuple[ChatGroup, ...]:
    present = {group.key for group in reading.groups}
    refused = {(row.known.platform, row.known.name, row.known.unit) for row in reading.refused_rows}
    return tuple(
        group
        for group in before.groups
        if group.key not in present and (group.platform, group.name, group.unit) in refused
    )
