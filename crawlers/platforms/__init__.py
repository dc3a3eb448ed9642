"""What a platform is: one file of data and pure functions; the files in this folder are found, not listed."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Literal

from crawlers.visits import Page, Target
from monitors.nouns import (
    Ambiguous,
    Blocked,
    Count,
    Found,
    Gone,
    PlatformFacts,
    PostKind,
    Profile,
)

# ── asking ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Watch:
    """A request that a page makes by itself and that the visit wants to keep.

    It is recognised by the end of its path and by `query` (name -> value; a value of None: any), and kept
    under its original address `url`. A visit goes on until every `needed` watch has been answered, the
    page has come to rest, or its time is up.
    """

    url: str
    query: Mapping[str, str | None] = field(default_factory=dict)
    needed: bool = True


@dataclass(frozen=True)
class Http:
    """One plain GET."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Browse:
    """One page in a real browser; the rendered page and all watched answers become pages of the visit.

    `scrolls`: how often to scroll to the end to make the page fetch more.
    """

    url: str
    watch: tuple[Watch, ...]
    scrolls: int = 0


Ask = Http | Browse

# ── reading ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Asked:
    """What a page is read for: the account or the keyword asked for, and when it was fetched (aware)."""

    handle: str | None
    name: str | None
    keyword: str | None
    fetched_at: datetime


@dataclass(frozen=True)
class Posts:
    """A list of posts on one page: the newest instant in it, and whether nothing newer can be missing (`whole`).

    `kinds` is (kind, newest, told) where entries tell their kind: told, when no newer one of that kind can
    stand further down. `total` is the list's own counter where it has one, `ends_after` how many entries a
    list has that says it ends here. An empty list has no `newest`.
    """

    newest: datetime | None
    whole: bool
    total: int | None = None
    pinned_only: bool = False
    witness: Literal["page", "feed", "album", "article"] = "page"
    ends_after: int | None = None
    kinds: tuple[tuple[PostKind, datetime, bool], ...] = ()


@dataclass(frozen=True)
class Shown:
    """What one page shows of the account that was asked for; what it does not show is None."""

    by: str
    name: str | None = None
    verified: bool | None = None
    verified_as: str | None = None
    followers: Count | None = None
    posts_total: int | None = None
    hidden: bool = False
    posts: Posts | None = None
    says_empty: bool = False


@dataclass(frozen=True)
class Results:
    """One page of search results; `more` is None where it cannot be known."""

    profiles: tuple[Profile, ...]
    more: bool | None


class Nothing:
    """The page is known and says nothing about an account or a search (a cookie, a key, a shell)."""


NOTHING = Nothing()

Read = Callable[[Page, Asked], Shown | Gone | Ambiguous | Results | Nothing]


@dataclass(frozen=True)
class Endpoint:
    """A known address of the platform and the pure function that reads its page.

    `address` matches the page's original address by `re.search`; where the address names an account, a
    group `handle` holds it, and a page of another account than the asked one is not read. `read` gives what
    is shown, Gone only where the same payload states it in the platform's own field, and raises `Missing`
    where the positive proof is not there. It is asked only for answers with a 2xx status.
    """

    name: str
    address: re.Pattern[str]
    read: Read


@dataclass(frozen=True)
class Canaries:
    """A living account, one that does not exist, and a word that must hit; None where none is provable."""

    alive: str
    absent: str | None
    word: str | None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose work a page is, as the page itself states it; `handle` is the account's stable id."""

    handle: str | None
    alias: str | None
    name: str | None


@dataclass(frozen=True)
class Platform:
    """One platform: data and pure functions, nothing that fetches.

    `hosts`: the hosts a visit may touch, `*.` for subdomains. `handle`: the whole of a handle.
    `wall`, `gravestone`, `several`: the platform's own words and codes, asked in this order by
    `crawlers.reading`; `merge` gives Found from everything that was shown, together with whether some other
    page of the visit was walled, or Ambiguous where that does not add up to showing the account.
    `account_ask` and `search_ask` give the next request from the pages so far, None when the visit is
    complete. `pace`: seconds between two requests. `owner` tells whose work a page is, where accounts have
    no page and are known by their works.
    """

    facts: PlatformFacts
    hosts: tuple[str, ...]
    handle: re.Pattern[str]
    pace: float
    canaries: Canaries
    endpoints: tuple[Endpoint, ...]
    wall: Callable[[Page], Blocked | None]
    gravestone: Callable[[Page], Gone | None]
    several: Callable[[Page], Ambiguous | None]
    merge: Callable[[Sequence[Shown], Asked, bool], Found | Ambiguous]
    account_ask: Callable[[Target, Sequence[Page]], Ask | None]
    search_ask: Callable[[str, Sequence[Page], int], Ask | None]
    owner: Callable[[Page], Owner | None] | None = None

    @property
    def name(self) -> str:
        return self.facts.name


@cache
def platforms() -> Mapping[str, Platform]:
    """Give every platform file of this folder by its name."""
    found = {}
    for module in pkgutil.iter_modules(__path__):
        platform: Platform = importlib.import_module(f"{__name__}.{module.name}").PLATFORM
        found[platform.name] = platform
    return found
