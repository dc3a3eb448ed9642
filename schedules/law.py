"""Puts together what a night is judged by: rules, calendar, platforms, names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from crawlers.platforms import platforms
from monitors import holidays, rules
from monitors.calendar import Calendar
from monitors.hearing import Filing
from monitors.judge import Law
from monitors.names import Matcher, Protected, of_school
from monitors.nouns import Account
from schedules.config import Config


def law(
    config: Config, home: Path, accounts: Mapping[str, Account], filing: Callable[[Account], Filing]
) -> Law:
    """The law of this home; raises `RuleError` or `CalendarError` where a file of it cannot be used."""
    return Law(
        rules=rules.load(config.policy.use, home),
        calendar=calendar(config, home),
        facts={name: platform.facts for name, platform in platforms().items()},
        matcher=matcher(config, accounts),
        assume_done=config.assume_done,
        absent_canary={name: bool(canary_absent(config, name)) for name in platforms()},
        filing=filing,
    )


def calendar(config: Config, home: Path) -> Calendar:
    """Working days with the home's `calendar.toml`, pausing in the vacations."""
    return holidays.loaded(home / "calendar.toml", config.policy.vacations)


def canary_absent(config: Config, platform: str) -> str | None:
    """The account that cannot exist: from the settings, else the platform's own."""
    return config.platform(platform).canary_absent or platforms()[platform].canaries.absent


def protected(config: Config, accounts: Mapping[str, Account]) -> tuple[Protected, ...]:
    """The names that are watched over: the school's, those of the units, and those of cancelled accounts."""
    school = config.school
    own = of_school(
        school.name,
        [school.name],
        former=school.former_names,
        short=school.short_names,
        english=school.english_names,
        initials=school.english_short,
        units=sorted({account.unit for account in accounts.values()}),
    )
    known = {one.text for one in own}
    return *own, *(Protected(school.name, name, "former") for name in _freed(accounts) if name not in known)


def _freed(accounts: Mapping[str, Account]) -> list[str]:
    """The names of cancelled accounts that no account of the school bears now: anyone can take them."""
    cancelled = {account.name.strip() for account in accounts.values() if account.state == "注销"}
    return sorted(cancelled - {a.name.strip() for a in accounts.values() if a.state != "注销"})


def matcher(config: Config, accounts: Mapping[str, Account]) -> Matcher:
    """The matcher that never flags what the register has or the school allows."""
    return Matcher(
        protected(config, accounts),
        allowed=config.school.allowed_words,
        registered=[account.name for account in accounts.values() if account.state != "注销"],
    )


def words(config: Config, accounts: Mapping[str, Account]) -> list[str]:
    """The words to search for, likeliest first."""
    return [one.text for one in protected(config, accounts) if one.role != "unit"]
