"""How each platform's addresses and ids look, as data: `links.toml`, the one place that knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal
from urllib.parse import quote

from monitors.nouns import WitnessLink
from monitors.register.addresses import Address
from monitors.register.text import folded


class LinkForm:
    """How one platform's addresses and ids look, from `links.toml`."""

    def __init__(self, name: str, record: Mapping[str, object]) -> None:
        def patterns(key: str) -> tuple[re.Pattern[str], ...]:
            found = record.get(key, [])
            assert isinstance(found, list)
            return tuple(re.compile(pattern, re.ASCII) for pattern in found)

        def pattern(key: str) -> re.Pattern[str] | None:
            return re.compile(str(record[key]), re.ASCII) if key in record else None

        def words(key: str) -> tuple[str, ...]:
            found = record.get(key, [])
            assert isinstance(found, list)
            return tuple(map(str, found))

        self.name = name
        self.title = str(record["title"])
        self.page = bool(record["page"])
        self.strict = bool(record.get("strict", False))
        self.hint = str(record["hint"])
        longest = record.get("longest", 60)
        assert isinstance(longest, int)
        self.longest = longest
        self.link = str(record["link"]) if "link" in record else None
        self.hosts = words("hosts")
        self.labels = frozenset(map(folded, words("labels")))
        self.account, self.alias, self.short = patterns("account"), patterns("alias"), patterns("short")
        self.album, self.post = patterns("album"), patterns("post")
        self.bare, self.bare_alias = pattern("bare"), pattern("bare_alias")
        self.stable, self.only_alias = pattern("stable"), pattern("only_alias")

    def address(self, handle: str) -> str | None:
        """Give the address of an account's page, None where there is none or the handle is no id."""
        numeric = self.name != "toutiao" or not handle.isdigit()
        return self.link.format(quote(handle, safe="/=-_.~")) if self.link and numeric else None

    def owns(self, address: Address) -> bool:
        """Tell whether the address is on one of the platform's hosts."""
        host = address.host
        return any(
            host == own or host.endswith("." + own) or ("/" in own and address.plain.startswith(own))
            for own in self.hosts
        )


@cache
def forms() -> Mapping[str, LinkForm]:
    """Give the link forms of every platform id."""
    text = files(__package__).joinpath("links.toml").read_text(encoding="utf-8")
    return {name: LinkForm(name, record) for name, record in tomllib.loads(text).items()}


def platform_of(address: Address) -> str | None:
    """Give the platform on whose hosts the address lies."""
    return next((name for name, form in forms().items() if form.owns(address)), None)


def witness(address: Address) -> WitnessLink:
    """Give what a link of 信息源 witnesses: an album, one article or work, or else a feed."""
    kind: Literal["feed", "album", "article"] = "feed"
    for form in forms().values():
        if any(pattern.match(address.plain) for pattern in form.album):
            kind = "album"
        elif any(pattern.match(address.plain) for pattern in form.post):
            kind = "article"
    return WitnessLink(kind, address.url)
