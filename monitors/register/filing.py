"""What the filing rules measure on the register itself: plain facts, which rules turn into verdicts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import TypeAlias

from monitors.nouns import Account
from monitors.register.contacts import Contact
from monitors.register.dates import coarse_end
from monitors.register.groups import LISTED_FROM, ChatGroup
from monitors.register.text import folded
from monitors.register.vocabulary import Vocabulary, standard

WorkDays: TypeAlias = Callable[[date, int], date]
"""The day that lies so many working days after a day."""


def filed_late(account: Account, workdays: WorkDays, within: int = 5) -> date | None:
    """Give the last day on which the account should have been filed, where it was filed later than that.

    None where either date is not filed. A creation known to the month or the year counts from its end.
    """
    if account.created_on is None or account.filed_on is None:
        return None
    due = workdays(coarse_end(account.created_on), within)
    return due if account.filed_on > due else None


def review_due(account: Account, filed: date, years: int = 1) -> date:
    """Give the day after which a yearly review is overdue, counted from the last review or filing.

    `filed` stands in where the register gives neither: the day on which the account was first accepted.
    """
    last = account.reviewed_on or account.filed_on or filed
    last = coarse_end(last) if last in (account.reviewed_on, account.filed_on) else last
    try:
        return last.replace(year=last.year + years)
    except ValueError:
        return date(last.year + years, 2, 28)


def review_overdue(account: Account, filed: date, today: date) -> bool:
    """Tell whether the account in use has had no review for more than a year."""
    return account.state == "在用" and today > review_due(account, filed)


def without_leader(accounts: Iterable[Account], contacts: Mapping[str, Contact]) -> list[str]:
    """Give the keys of accounts not cancelled for which no responsible leader is named."""
    return [a.key for a in _living(accounts) if not contacts.get(a.key, Contact()).led]


def without_manager(accounts: Iterable[Account], contacts: Mapping[str, Contact]) -> list[str]:
    """Give the keys of accounts not cancelled for which nobody is named as manager."""
    return [a.key for a in _living(accounts) if not contacts.get(a.key, Contact()).managers]


def outsourced(
    accounts: Iterable[Account], contacts: Mapping[str, Contact], vocabulary: Vocabulary | None = None
) -> list[str]:
    """Give the keys of accounts that the register itself says are run by somebody outside the school."""
    words = vocabulary or standard()

    def says(contact: Contact) -> bool:
        named = any(words.holds("outsourced", manager.name) for manager in contact.managers)
        return named or words.outsourced(contact.managers_status or "")

    return [a.key for a in _living(accounts) if says(contacts.get(a.key, Contact()))]


def of_one_manager(
    accounts: Iterable[Account], contacts: Mapping[str, Contact], more_than: int
) -> list[tuple[str, ...]]:
    """Give the sets of accounts that one person manages where they are more than so many.

    A person is a name within a unit, or a mobile number anywhere; neither is given out.
    """
    held: dict[tuple[str, str], list[str]] = {}
    for account in _living(accounts):
        people = {
            ("phone", manager.phone) if manager.phone else (folded(account.unit), folded(manager.name))
            for manager in contacts.get(account.key, Contact()).managers
        }
        for person in people:
            held.setdefault(person, []).append(account.key)
    return sorted({tuple(keys) for keys in held.values() if len(keys) > more_than})


def on_one_platform(accounts: Iterable[Account]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Give the keys of accounts in use by (unit, platform) where a unit has more than one on a platform."""
    held: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        if account.state == "在用" and account.platform != "other":
            held.setdefault((folded(account.unit), account.platform), []).append(account)
    return {
        (several[0].unit, several[0].platform): tuple(account.key for account in several)
        for several in held.values()
        if len(several) > 1
    }


def verification_not_shown(account: Account, shown: bool | None) -> bool:
    """Tell whether the account is filed as verified and its page says that it is not."""
    return account.verified is True and shown is False


def groups_to_list(groups: Iterable[ChatGroup], members: int = LISTED_FROM) -> list[ChatGroup]:
    """Give the groups large enough that they must be listed; an unknown size is not counted."""
    return [group for group in groups if group.members is not None and group.members >= members]


def groups_unconfirmed(groups: Iterable[ChatGroup], listed: date, today: date, days: int = 183) -> list[str]:
    """Give the keys of groups that nobody has confirmed for a term.

    `listed` is the day on which the version that holds them was first accepted; it stands in where the
    sheet gives no day.
    """
    return [
        group.key
        for group in groups
        if (group.members is None or group.members >= LISTED_FROM)
        and today - _confirmed(group, listed) > timedelta(days=days)
    ]


def _confirmed(group: ChatGroup, listed: date) -> date:
    return coarse_end(group.confirmed_on) if group.confirmed_on else listed


def _living(accounts: Iterable[Account]) -> list[Account]:
    return [account for account in accounts if account.state != "注销"]
