"""Who plays in a rehearsal: the invented school, its accounts, the strangers, and the canaries."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crawlers.platforms import platforms

Kind = Literal["post", "repost", "video", "text", "live"]
Meant = Literal["passes_off", "plays_on", "innocent"]


class _Stated(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spell(_Stated):
    """A stretch of posting: every `every` days about `at`; offsets are days from the anchor.

    With `to`, the slots are counted back from it, so that the last post falls on that very day; without,
    the spell goes on for ever and is counted from `from`, by default the day the account was created.
    """

    every: int = Field(gt=0)
    at: time = time(10, 0)
    first: int | None = Field(None, alias="from")
    last: int | None = Field(None, alias="to")
    kind: Kind = "post"


class Renamed(_Stated):
    """The account bears the name `to` from the day `on`."""

    on: int
    to: str


class Moved(_Stated):
    """A WeChat account that has gone over to the account `to` on the day `on`."""

    on: int
    to: str


class Member(_Stated):
    """One account and its life; every day in it is an offset in days from the anchor.

    `private`, `cancelled`, `suspended`, `restored`: from that day on. `unlisted`: posts from that day on
    count but are kept from visitors. `window`: visitors see half a year. `whole`: Douyin keeps nothing
    back. `rests`: no posts in the school's vacations. `deleted`: the filed article is gone from that day.
    `biz`, `album` and `article` (the letters of a short link or the number in a long one, of the newest
    article) are WeChat's, and are made from the handle where they are not given.
    """

    handle: str
    name: str
    unit: str | None = None
    tier: Literal["一级", "二级", "三级"] | None = None
    type: str | None = None
    filed_as: Literal["在用", "停用", "注销"] = "在用"
    alias: str | None = None
    meant: Meant | None = None
    verified_as: str | None = None
    followers: int = 0
    created: int = -900
    posts: tuple[Spell, ...] = ()
    pins: tuple[int, ...] = ()
    renamed: Renamed | None = None
    cancelled: int | None = None
    suspended: int | None = None
    restored: int | None = None
    moved: Moved | None = None
    says: str | None = None
    private: int | None = None
    unlisted: int | None = None
    window: bool = False
    whole: bool = False
    rests: bool = False
    in_album: bool = True
    oldest_first: bool = False
    deleted: int | None = None
    biz: str | None = None
    album: str | None = None
    article: str | None = None


class School(_Stated):
    """The invented school as its own `school.toml` states it; vacations are (month-day, month-day)."""

    name: str
    short_names: tuple[str, ...]
    english_names: tuple[str, ...]
    english_short: tuple[str, ...]
    former_names: tuple[str, ...]
    allowed_words: tuple[str, ...]
    vacations: tuple[tuple[str, str], ...]


class Scenario(_Stated):
    """The whole cast: registered accounts and strangers by platform."""

    school: School
    accounts: dict[str, tuple[Member, ...]]
    strangers: dict[str, tuple[Member, ...]]

    @model_validator(mode="after")
    def _handles_are_distinct(self) -> Self:
        for platform in self.accounts:
            handles = [member.handle for member in self.members(platform)]
            twice = {handle for handle in handles if handles.count(handle) > 1}
            if twice:
                raise ValueError(f"{platform}: {', '.join(sorted(twice))} stands twice")
        return self

    def members(self, platform: str) -> tuple[Member, ...]:
        """Give everybody on a platform, registered or not."""
        return self.accounts.get(platform, ()) + self.strangers.get(platform, ())

    def registered(self) -> Iterator[tuple[str, Member]]:
        """Iterate over (platform, account) of the register."""
        for platform, members in self.accounts.items():
            for member in members:
                yield platform, member


@cache
def scenario() -> Scenario:
    """Load the scenario that comes with the package."""
    room = files("crawlers.rehearsal") / "scenario"
    parts = [tomllib.loads((room / f"{name}.toml").read_text("utf-8")) for name in ("school", *_PLATFORMS)]
    return Scenario(
        school=School.model_validate(parts[0]["school"]),
        accounts={name: part["accounts"] for name, part in zip(_PLATFORMS, parts[1:], strict=True)},
        strangers={name: part["strangers"] for name, part in zip(_PLATFORMS, parts[1:], strict=True)},
    )


_PLATFORMS = ("weibo", "bilibili", "wechat", "douyin")


def canaries() -> dict[str, Member]:
    """Give the living canary of every platform file, named by the platform's canary word."""
    found = {}
    for name, platform in platforms().items():
        alive, word = platform.canaries.alive, platform.canaries.word
        known = _linked(alive) if "://" in alive else {"handle": alive}
        found[name] = Member.model_validate(
            {
                "name": word or "云上晨报",
                "verified_as": f"{word or '云上晨报'}官方账号",
                "followers": 151_230_000,
                "created": -4000,
                "posts": [{"every": 1, "at": "07:10"}, {"every": 1, "at": "18:40", "kind": "video"}],
                **known,
            }
        )
    return found


def _linked(link: str) -> dict[str, str]:
    """A WeChat canary is an album or an article link: give what the link says of its account."""
    parts = urlsplit(link)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    known = {"handle": "gh_c0ffee000001"}
    known |= {"biz": query["__biz"]} if "__biz" in query else {}
    known |= {"album": query["album_id"]} if "album_id" in query else {}
    article = query.get("mid") or parts.path.removeprefix("/s/")
    known |= {"article": article} if parts.path.startswith("/s") else {}
    return known


def day(anchor: date, offset: int) -> date:
    """Give the day that lies `offset` days from the anchor."""
    return date.fromordinal(anchor.toordinal() + offset)
