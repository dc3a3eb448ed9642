"""One look through a real browser: the rendered page and the answers that it fetched by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urldefrag

from playwright.async_api import Error, Page, Request, Response

from crawlers.answers import MAX_BYTES, TOO_LARGE, Answers
from crawlers.platforms import Browse
from crawlers.routes import Routes
from crawlers.visits import Page as Answer

log = logging.getLogger(__name__)

BROWSE_SECONDS = 25.0
REST_SECONDS = 1.0
"""So long nothing has moved once there is nothing more to wait for but perhaps another answer."""
PATIENCE_SECONDS = 4.0
"""So long a page may lie still before it asks what is needed: its scripts start late on a busy machine."""
BEGUN_SECONDS = 2.0
"""So long once it has asked for some of it: what one answer says may be why it asks for no other."""
LAST_SECONDS = 15.0
"""So long the browser may take to hand over what came: a page that reloads for ever may never do it."""
_CLOSING_SECONDS = 10.0
_TICK_SECONDS = 0.05


@dataclass
class Watching:
    """Follows one page from before its first request until everything wanted has come.

    `routes` sends what has a substitute there, and asks robots.txt where it is asked.
    """

    ask: Browse
    routes: Routes
    page: Page | None = None
    answers: Answers = field(init=False)
    _document: Response | None = None
    _cut: bool = False
    _loaded: bool = False
    _open: set[Request] = field(default_factory=set)
    _moved: float = 0.0
    _ends: float = 0.0
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.answers = Answers(self.ask.watch, self.routes.origins)

    async def begin(self, page: Page, _: object) -> None:
        """Attach to a new page; called before it goes anywhere."""
        self.page = page
        self._moved = time.monotonic()
        self._ends = self._moved + BROWSE_SECONDS
        # Without Playwright's routes the requests are the browser's own: headers, cache and order.
        await page.unroute_all()
        await self.routes.attach(page)
        page.on("request", self._asked)
        page.on("response", self._answered)
        page.on("requestfinished", self._finished)
        page.on("requestfailed", self._failed)
        page.on("load", self._on_load)
        # A page whose script never ends answers nothing any more, but it can be closed from outside.
        self._later(self._close_in_time())

    async def end(self) -> None:
        """Close the page, whatever state it is in, and drop what is still under way."""
        for task in self._tasks:
            task.cancel()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._close()
        except TimeoutError:
            await self._abandon()

    async def _abandon(self) -> None:
        """End the whole browser, whose page does not close any more; the next page has a new one."""
        log.info("a page of %s does not close: its browser is ended", self.ask.url)
        browser = self.page.context.browser if self.page else None
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                if browser:
                    await browser.close()

    async def _close_in_time(self) -> None:
        await asyncio.sleep(self._ends + 2 - time.monotonic())
        await self._close()

    async def _close(self) -> None:
        if self.page and not self.page.is_closed():
            with suppress(Error):
                await self.page.close()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # ── what the page does ──────────────────────────────────────────────────────────────────────

    def _asked(self, request: Request) -> None:
        self._moved = time.monotonic()
        self._open.add(request)
        self.answers.asked(request)

    def _on_load(self, _: object) -> None:
        self._moved = time.monotonic()
        self._loaded = True

    def _finished(self, request: Request) -> None:
        self._moved = time.monotonic()
        self._open.discard(request)

    def _failed(self, request: Request) -> None:
        self._finished(request)
        self.answers.failed(request)
        if self._document and request == self._document.request:
            self._cut = True

    def _answered(self, response: Response) -> None:
        self._moved = time.monotonic()
        request = response.request
        if 300 <= response.status < 400:
            return
        if request.is_navigation_request() and self.page and request.frame == self.page.main_frame:
            self._document = response
            self._loaded = self._cut = False
        else:
            self._later(self.answers.take(response))

    # ── waiting ─────────────────────────────────────────────────────────────────────────────────

    def _at_rest(self, still: float) -> bool:
        quiet = time.monotonic() - self._moved > still
        return quiet and self._loaded and not self._open

    def _patience(self) -> float:
        """A page that was refused outright will ask nothing any more; any other may still begin, or go on."""
        answered = self._document is not None and self._document.status < 400
        if not answered or not any(watch.needed for watch in self.ask.watch):
            return REST_SECONDS
        return BEGUN_SECONDS if self.answers.pages() else PATIENCE_SECONDS

    async def _until(self, done: Callable[[], bool], still: Callable[[], float]) -> None:
        while not done() and not self._at_rest(still()) and time.monotonic() < self._ends:
            await asyncio.sleep(_TICK_SECONDS)

    async def settle(self) -> None:
        """Wait until the needed answers are here, the page rests or its time is up; then scroll."""
        await self._until(lambda: self.answers.complete, self._patience)
        for _ in range(self.ask.scrolls):
            have = len(self.answers.pages())
            if self.page is None or time.monotonic() >= self._ends:
                return
            await self.page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
            self._moved = time.monotonic()
            more = partial(lambda have: len(self.answers.pages()) > have, have)
            await self._until(more, lambda: REST_SECONDS)

    # ── what came of it ─────────────────────────────────────────────────────────────────────────

    async def pages(self, error: str | None) -> list[Answer]:
        """Give the document, then every watched answer, then those that did not come; `error` is why the browser
        did not get on."""
        return [await self._rendered(error), *self.answers.pages(), *self.answers.unfinished()]

    async def _rendered(self, error: str | None) -> Answer:
        if self.routes.refused:
            return Answer(self.ask.url, 0, error=self.routes.refused)
        if self._document is None:
            return Answer(self.ask.url, 0, error=error or "没有回答")
        status = self._document.status
        try:
            headers = await self._document.all_headers()
            body = await self._body(self._document, headers.get("content-type", ""))
        except Error:
            headers, body = {}, None
        if status >= 400:
            body = body or b""
        if body is None or (self._cut and status < 400):
            return Answer(self.ask.url, 0, error=error or "回答不完整")
        if len(body) > MAX_BYTES:
            return Answer(self.ask.url, 0, error=TOO_LARGE)
        final = urldefrag(self.routes.origins.original(self._document.url)).url
        moved = None if final == urldefrag(self.ask.url).url else final
        return Answer(self.ask.url, status, headers, body, moved)

    async def _body(self, document: Response, kind: str) -> bytes | None:
        """Give the page as it is drawn now, or the plain answer where nothing is drawn of it."""
        if self.page is None or self.page.is_closed() or self.page.url.startswith("chrome-error:"):
            return None
        plain = await document.body()
        if not plain or (kind and "html" not in kind):
            return plain
        return (await self.page.content()).encode()

    async def picture(self) -> bytes | None:
        """Give the head of the page as it stands, a small JPEG; None where the page cannot be drawn."""
        if self.page is None or self.page.is_closed():
            return None
        try:
            return await self.page.screenshot(type="jpeg", quality=60, timeout=5000)
        except Error:
            return None
