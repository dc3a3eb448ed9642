"""Puts together what a night is judged by: rules, calendar, platforms, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from crawlers.platforms import platforms
from monitors import holidays, rules
from monitors.calendar import Calendar
from monitors.hearing import Filing
from monitors.judge import Law
from monitors.names import Matcher, Protected, of_school
from monitors.nouns import Account
from monitors.searchwords import SearchWord, ranked
from schedules.config import Config


def law(
    config: Config,
    home: Path,
    accounts: Mapping[str, Account],
    filing: Callable[[Account], Filing],
    left: Collection[str] = (),
) -> Law:
    """The law of this home; raises `RuleError` or `CalendarError` where a file of it cannot be used.

    `left` are the names of accounts that left the register.
    """
    return Law(
        rules=rules.load(config.policy.use, home),
        calendar=calendar(config, home),
        facts={name: platform.facts for name, platform in platforms().items()},
        matcher=matcher(config, accounts, left),
        assume_done=config.assume_done,
        absent_canary={name: bool(canary_absent(config, name)) for name in platforms()},
        filing=filing,
        school=config.school.name,
        live=frozenset(name for name in platforms() if not config.staged(name)),
    )


def calendar(config: Config, home: Path) -> Calendar:
    """Working days with the home's `calendar.toml`, pausing in the vacations."""
    return holidays.loaded(home / "calendar.toml", config.policy.vacations)


def canary_absent(config: Config, platform: str) -> str | None:
    """The account that cannot exist: from the settings, else the platform's own."""
    return config.platform(platform).canary_absent or platforms()[platform].canaries.absent


def protected(
    config: Config, accounts: Mapping[str, Account], left: Collection[str] = ()
) -> tuple[Protected, ...]:
    """The names that are watched over: the school's, those of the units, and those of closed accounts."""
    free = freed(config, accounts, left)
    return *_own(config, accounts), *(Protected(config.school.name, name, "former") for name in free)


def _own(config: Config, accounts: Mapping[str, Account]) -> tuple[Protected, ...]:
    school = config.school
    return of_school(
        school.name,
        [school.name],
        former=school.former_names,
        short=school.short_names,
        english=school.english_names,
        initials=school.english_short,
        units=sorted({account.unit for account in accounts.values()}),
        nicknames=school.nicknames,
    )


def freed(config: Config, accounts: Mapping[str, Account], left: Collection[str] = ()) -> list[str]:
    """The names of accounts that were cancelled or left the register, and that no account of it bears now.

    Anyone can take them. Those that are names of the school or of its units are watched as such.
    """
    closed = {account.name.strip() for account in accounts.values() if account.state == "注销"}
    borne = {account.name.strip() for account in accounts.values() if account.state != "注销"}
    own = {one.text for one in _own(config, accounts)}
    return sorted({*closed, *(name.strip() for name in left)} - borne - own - {""})


def matcher(config: Config, accounts: Mapping[str, Account], left: Collection[str] = ()) -> Matcher:
    """The matcher that never flags what the register has or the school allows."""
    return _matcher(
        tuple(protected(config, accounts, left)),
        tuple(config.school.other_schools),
        tuple(config.school.allowed_words),
        tuple(account.name for account in accounts.values() if account.state != "注销"),
    )


@lru_cache(maxsize=1)
def _matcher(
    protected: tuple[Protected, ...],
    competitors: tuple[str, ...],
    allowed: tuple[str, ...],
    registered: tuple[str, ...],
) -> Matcher:
    """A matcher takes half a second to make, and a command may need it several times."""
    return Matcher(protected, competitors=competitors, allowed=allowed, registered=registered)


def words(
    config: Config,
    accounts: Mapping[str, Account],
    matcher: Matcher,
    day: date,
    left: Collection[str] = (),
) -> tuple[SearchWord, ...]:
    """The words to search for in the year of `day`, the worthiest first; `matcher` is this home's."""
    units = Counter(account.unit for account in accounts.values())
    return ranked(
        _own(config, accounts),
        matcher.matches,
        day.year,
        freed=freed(config, accounts, left),
        units=sorted(units, key=lambda unit: (-units[unit], unit)),
    )
