"""The answers that a page fetched by itself, recognised by the end of their path and by their query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from playwright.async_api import Error, Request, Response

from crawlers.origins import Origins
from crawlers.platforms import Watch
from crawlers.visits import Page

MAX_BYTES = 5 * 1024 * 1024
TOO_LARGE = f"超过 {MAX_BYTES // 1024 // 1024} MB"


@dataclass
class _Seen:
    """A watched request; `page` is None while its answer is on the way."""

    watch: Watch
    page: Page | None = None


@dataclass
class Answers:
    """What came for the watches of one page, in the order it was asked for."""

    watches: Sequence[Watch]
    origins: Origins
    _seen: dict[Request, _Seen] = field(default_factory=dict)
    _asked: dict[str, Page] = field(default_factory=dict)

    def pages(self) -> list[Page]:
        """Give every answer that is complete, a failed one as a page without status."""
        return [seen.page for seen in self._seen.values() if seen.page]

    def asked(self, request: Request) -> None:
        """Note a watched request that is under way."""
        watch = self._watch(request)
        if watch and request.method != "OPTIONS":
            self._asked[watch.url] = Page(_kept(watch, request), 0, error="超时")

    def unfinished(self) -> list[Page]:
        """Give each needed answer that was asked for and never came, as a page without status."""
        have = {seen.watch.url for seen in self._seen.values() if seen.page}
        needed = [watch.url for watch in self.watches if watch.needed and watch.url not in have]
        return [self._asked[url] for url in needed if url in self._asked]

    @property
    def complete(self) -> bool:
        """Say whether each needed watch has its answer; never where nothing is needed."""
        needed = [watch for watch in self.watches if watch.needed]
        have = [seen.watch for seen in self._seen.values() if seen.page]
        return bool(needed) and all(watch in have for watch in needed)

    def failed(self, request: Request) -> None:
        """Note a watched request that got no answer at all."""
        if request not in self._seen and (watch := self._watch(request)):
            why = (request.failure or "").removeprefix("net::") or "没有回答"
            self._seen[request] = _Seen(watch, Page(_kept(watch, request), 0, error=why))

    async def take(self, response: Response) -> None:
        """Keep the whole answer if it is a watched one."""
        request = response.request
        watch = self._watch(request)
        if watch is None or request.method == "OPTIONS":
            return
        seen = self._seen[request] = _Seen(watch)
        url = _kept(watch, request)
        try:
            body = await response.body()
            headers = await response.all_headers()
        except Error:
            seen.page = Page(url, 0, error="回答不完整")
            return
        moved = self.origins.original(response.url) if request.redirected_from else None
        too_large = len(body) > MAX_BYTES
        seen.page = (
            Page(url, 0, error=TOO_LARGE) if too_large else Page(url, response.status, headers, body, moved)
        )

    def _watch(self, request: Request) -> Watch | None:
        """Find the watch that a request is for; of several the one that asks for most."""
        parts = urlsplit(_first(request).url)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        fitting = [
            watch
            for watch in self.watches
            if parts.path.endswith(urlsplit(watch.url).path)
            and all(name in query and value in (None, query[name]) for name, value in watch.query.items())
        ]
        return max(fitting, key=lambda watch: len(watch.query), default=None)


def _first(request: Request) -> Request:
    while request.redirected_from:
        request = request.redirected_from
    return request


def _kept(watch: Watch, request: Request) -> str:
    """Give the watch's own address with the query that the page really asked with."""
    query = urlsplit(_first(request).url).query
    return watch.url.partition("?")[0] + (f"?{query}" if query else "")
