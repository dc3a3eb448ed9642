"""Work orders for tonight: canaries first, then the accounts longest unseen, then the words to search for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from crawlers.order import Errand, Order
from crawlers.platforms import Platform, platforms
from monitors import queries
from monitors.memory import last_seen
from monitors.notes import NoteFile, broken_off, met_defect
from monitors.nouns import Account, Note
from monitors.proxy import Proxy
from monitors.searchwords import SearchWord
from monitors.sightings import Met
from monitors.tables import case, platform_night
from schedules.config import Config

# The end of a platform's night, and what one visit may take at most beyond its pauses (seconds).
_SLOWEST_VISIT, _LONGEST_NIGHT = 60.0, 5 * 3600.0


@dataclass(frozen=True)
class Evening:
    """What the orders of all platforms share tonight; `clock` is None for the real clock."""

    day: date
    notes: Path
    clock: datetime | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    browser: str | None = None
    words: Sequence[SearchWord] = ()
    proxy: Proxy | None = None


@dataclass(frozen=True)
class Plan:
    """One platform's order, with the keys of the accounts to be visited and the words; None: not searchable."""

    order: Order
    accounts: frozenset[str]
    words: int | None


def plan(
    connection: Connection,
    config: Config,
    platform: Platform,
    accounts: Iterable[Account],
    *,
    sightings: Mapping[str, Met],
    evening: Evening,
) -> Plan:
    """Make the order for one platform; what tonight's notes already hold is left out."""
    day = evening.day
    done = _done(NoteFile.of(evening.notes, day.isoformat(), platform.name).read())
    mine = [a for a in accounts if a.platform == platform.name and a.handle and a.state != "停用"]
    visits = [_errand(a) for a in _longest_unseen(connection, mine)]
    feeds = [_feed(a) for a in mine if any(w.kind == "feed" for w in a.witnesses)]
    searches: list[Errand] | None = None
    if searched(config, platform):
        due = queries.planned(
            connection,
            platform.name,
            evening.words,
            day,
            every_days=config.search.every_days,
            room=config.words_a_night(platform.name),
        )
        searches = [Errand("search", word) for word in due]
    looks = _looks(connection, sightings.values(), platform.name, day) if searches is not None else []
    wanted = [e for e in (*visits, *feeds, *looks, *(searches or ())) if (e.purpose, e.subject) not in done]
    errands = (*canaries(config, platform, searching=bool(searches)), *wanted) if wanted else ()
    order = ordered(config, platform, evening, errands)
    order = replace(order, kept_for_searches=_kept(order, len(searches or ())))
    return Plan(order, frozenset(a.key for a in mine), None if searches is None else len(searches))


def ordered(config: Config, platform: Platform, evening: Evening, errands: tuple[Errand, ...]) -> Order:
    """Make the order for these errands, at the pace and under the robots decision of the settings."""
    robots = config.platform(platform.name).robots
    staged = config.staged(platform.name)
    pace = 0.0 if staged and config.crawl.pace_seconds is None else config.crawl.pace_seconds
    pace = platform.pace if pace is None else pace
    jitter = config.crawl.jitter if pace else 0.0
    return Order(
        platform=platform.name,
        day=evening.day.isoformat(),
        notes=evening.notes,
        errands=errands,
        clock=evening.clock,
        origins=evening.origins,
        pace=pace,
        jitter=jitter,
        budget=config.crawl.nightly_budget,
        seconds=min(_LONGEST_NIGHT, 120 + len(errands) * (3 * (pace + jitter) + _SLOWEST_VISIT)),
        user_agent=config.crawl.user_agent,
        robots=None if staged and robots is None else robots,
        browser=evening.browser,
        proxy=None if staged else evening.proxy,
    )


def _kept(order: Order, searches: int) -> int:
    """What the accounts leave to the searches: at most a third of the night, or a large register takes it all."""
    return min(order.budget // 3, (searches + 1) * order.search_pages) if searches else 0


def looked_at(config: Config, name: str) -> bool:
    """Tell whether a platform may be visited at all: it is on, and the robots decision is taken."""
    settings = config.platform(name)
    return settings.enabled and (settings.robots is not None or config.staged(name))


def searched(config: Config, platform: Platform) -> bool:
    """Tell whether the platform can and may be searched."""
    may = config.staged(platform.name) or config.platform(platform.name).robots == "visit-and-search"
    return platform.facts.searchable and may


def by_hand(connection: Connection, config: Config, day: date) -> list[str]:
    """Give the platforms on which people have to search: ours may not, or has had no answer for a week."""
    night = platform_night.c
    lately = (night.day > day - timedelta(days=7)) & (night.asked > 0)
    rows = connection.execute(sa.select(night.platform, night.answered).where(lately)).all()
    asked, answered = {row.platform for row in rows}, {row.platform for row in rows if row.answered}
    return [
        name
        for name, platform in platforms().items()
        if config.platform(name).enabled and (not searched(config, platform) or name in asked - answered)
    ]


def _done(notes: Iterable[Note]) -> set[tuple[str, str]]:
    """What need not be visited again tonight; a visit that broke off, or met a defect of ours, is still missing."""
    made = (note for note in notes if not broken_off(note) and not met_defect(note))
    return {(note.purpose, note.subject) for note in made}


def canaries(config: Config, platform: Platform, *, searching: bool) -> list[Errand]:
    """Give the visits by which a platform is believed or not, for the settings of this home."""
    settings, built_in = config.platform(platform.name), platform.canaries
    absent = settings.canary_absent or built_in.absent
    word = settings.canary_word or built_in.word
    errands = [Errand("canary_alive", settings.canary_alive or built_in.alive)]
    errands += [Errand("canary_absent", absent)] if absent else []
    errands += [Errand("canary_word", word)] if word and searching else []
    return errands


def _errand(account: Account) -> Errand:
    pages = tuple(w for w in account.witnesses if w.kind != "feed")
    return Errand("account", account.handle or "", account.name, account.aliases, pages)


def _feed(account: Account) -> Errand:
    feeds = tuple(w for w in account.witnesses if w.kind == "feed")
    return Errand("feed", account.handle or "", account.name, account.aliases, feeds)


def _longest_unseen(connection: Connection, accounts: Sequence[Account]) -> list[Account]:
    last = last_seen(connection)
    return sorted(accounts, key=lambda account: last.get(account.key, date.min))


def _looks(connection: Connection, sightings: Iterable[Met], platform: str, day: date) -> list[Errand]:
    """One look at each sighting of earlier nights whose case is open: it may have been renamed, or be gone."""
    still = sa.select(case.c.key).where(case.c.closed_on.is_(None), case.c.kind == "sighting")
    keys = set(connection.execute(still).scalars())
    return [
        Errand("sighting", met.profile.handle, met.profile.name)
        for met in sightings
        if met.platform == platform and met.profile.handle and met.key in keys and met.first_day < day
    ]
