"""Our own robots.txt gate: one question per host, closed while the answer is unknown.

Scrapy 2.19 lets the third and later requests through while robots.txt is under way, and allows
everything after a 5xx; its middleware is therefore off and nothing but this gate decides.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from protego import Protego

from crawlers.origins import origin
from crawlers.visits import Page

_CACHE_SECONDS = 24 * 3600.0
_RATE = 429

# What a robots.txt is made of; a text without any of it is something else.
_RULE = re.compile(
    r"^[ \t]*(?:#|(?:user-?agent|dis?allow|allow|sitemap|crawl-?delay|host)[ \t]*:)", re.I | re.M
)

REFUSED = "robots"
"""The error of a page that was not asked because robots.txt refuses it."""

Rules = Protego | str | None


@dataclass
class Robots:
    """`fetch` gets an address (redirects followed, no gate); `agent` is the product token to match."""

    fetch: Callable[[str], Awaitable[Page]]
    agent: str
    _rules: dict[str, tuple[float, Rules]] = field(default_factory=dict)
    _locks: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))

    async def refusal(self, url: str) -> str | None:
        """Give the error of a page that may not be asked, None when it may; unknown rules refuse.

        It is `REFUSED`, or why the host did not answer at all.
        """
        rules = await self._of(origin(url))
        if isinstance(rules, Protego):
            return None if rules.can_fetch(url, self.agent) else REFUSED
        return rules

    async def _of(self, host: str) -> Rules:
        async with self._locks[host]:
            since, rules = self._rules.get(host, (0.0, REFUSED))
            if host not in self._rules or time.monotonic() - since > _CACHE_SECONDS:
                rules = read(await self.fetch(f"{host}/robots.txt"))
                self._rules[host] = (time.monotonic(), rules)
            return rules


def read(page: Page) -> Rules:
    """Give the rules that an answer states, None where it states that there are none, else why it is closed.

    A 4xx says that there is no robots.txt (RFC 9309, 2.3.1.3), a refusal for speed does not. A web page
    or a JSON answer in its place (a wall, a login) is no statement, so it does not open the gate.
    """
    if 400 <= page.status < 500 and page.status != _RATE:
        return None
    if page.status == 0:
        return page.error or "没有回答"
    text = page.body.decode("utf-8", errors="replace").lstrip("\ufeff \t\r\n")
    if page.status != 200 or (text.strip() and not _RULE.search(text)):
        return REFUSED
    return Protego.parse(text)
