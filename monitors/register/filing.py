"""What the register as a whole says of the filing of one account or chat group, for the rules to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from monitors.hearing import Filing, GroupFiling
from monitors.nouns import Account
from monitors.register.changes import Version
from monitors.register.contacts import Contact
from monitors.register.dates import coarse_end
from monitors.register.groups import ChatGroup
from monitors.register.text import folded
from monitors.register.vocabulary import Vocabulary, standard


def filing(version: Version, added: Mapping[str, date]) -> Callable[[Account], Filing]:
    """Give what the register says of one account; a column that nobody filled in anywhere says nothing.

    `added`: the day on which a later version than the first brought an account in, by key.
    """
    filed, contacts = version.accounts, version.contacts
    people = [contacts.get(account.key, Contact()) for account in filed]
    led = any(contact.led for contact in people)
    managed = any(contact.managers for contact in people)
    said = managed or any(contact.managers_status for contact in people)
    held = _held(filed, contacts)
    together = _together(filed)
    reviewed = any(account.reviewed_on for account in filed)
    words = standard()

    def of(account: Account) -> Filing:
        key, contact = account.key, contacts.get(account.key, Contact())
        return Filing(
            has_leader=contact.led if led else None,
            has_manager=bool(contact.managers) if managed else None,
            held=held.get(key, 0) if managed else None,
            siblings=tuple(one.name for one in together.get(_seat(account), ()) if one.key != key),
            outsourced=_outsourced(contact, words) if said else None,
            keeps_reviews=reviewed,
            listed_on=added.get(key),
        )

    return of


def of_groups(
    groups: Iterable[ChatGroup], contacts: Mapping[str, Contact], listed: date
) -> list[tuple[Account, Filing]]:
    """Give each chat group as a subject of the rules, and what the register says of it.

    `listed` is the day on which the newest version was accepted: it stands in where no other day is known.
    """
    groups = list(groups)
    created = any(contacts.get(group.key, Contact()).creator for group in groups)
    purposes, confirmed = any(group.purpose for group in groups), any(group.confirmed_on for group in groups)
    given = []
    for group in groups:
        missing = (
            ("创建人", created and not contacts.get(group.key, Contact()).creator),
            ("用途", purposes and not group.purpose),
            ("最近确认", confirmed and not group.confirmed_on),
        )
        last = group.confirmed_on or group.created_on
        of = GroupFiling(
            members=group.members,
            missing=tuple(title for title, lacks in missing if lacks),
            confirmed_on=group.confirmed_on,
            since=coarse_end(last) if last else listed,
        )
        given.append((group.subject, Filing(group=of)))
    return given


def _outsourced(contact: Contact, words: Vocabulary) -> bool:
    named = any(words.holds("outsourced", manager.name) for manager in contact.managers)
    return named or words.outsourced(contact.managers_status or "")


def _held(accounts: Iterable[Account], contacts: Mapping[str, Contact]) -> dict[str, int]:
    """Give the largest number of accounts that one of an account's managers runs.

    A person is a mobile number anywhere, or a name within a unit; neither is given out.
    """
    hands: dict[tuple[str, str], set[str]] = {}
    for account in accounts:
        if account.state == "注销":
            continue
        for manager in contacts.get(account.key, Contact()).managers:
            person = (
                ("phone", manager.phone) if manager.phone else (folded(account.unit), folded(manager.name))
            )
            hands.setdefault(person, set()).add(account.key)
    held: dict[str, int] = {}
    for keys in hands.values():
        held |= {key: max(held.get(key, 0), len(keys)) for key in keys}
    return held


_Seat = tuple[str, str, str | None]


def _seat(account: Account) -> _Seat:
    # A student body is filed under the unit that guides it, and is no second account of that unit.
    return folded(account.unit), account.platform, account.tier


def _together(accounts: Iterable[Account]) -> dict[_Seat, list[Account]]:
    """Give the accounts in use by unit, platform and tier; `other` is no one platform."""
    seats: dict[_Seat, list[Account]] = {}
    for account in accounts:
        if account.state == "在用" and account.platform != "other":
            seats.setdefault(_seat(account), []).append(account)
    return seats
