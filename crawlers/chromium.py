"""How the crawl starts its Chromium: with the first page that needs one, and again after a crash that hangs nobody."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, cast

from playwright.async_api import Playwright
from scrapy.http import Request, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.provider import PlaywrightBrowserProvider

if TYPE_CHECKING:
    from scrapy_playwright.handler import Config

_LOOK_SECONDS = 1.0
_MOST_SECONDS = 75.0
"""Starting a browser and going to a page have their own shorter limits; this is for what has none."""


class Pages(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]
    """Opens pages, and gives one up whose browser died: a page asked for in that instant is never answered."""

    async def download_request(self, request: Request) -> Response:
        """Give the page; raise `TimeoutError` where the browser is gone and Playwright does not say so."""
        opening = asyncio.ensure_future(super().download_request(request))
        try:
            if request.meta.get("playwright"):
                await self._opened(opening)
            return cast(Response, await opening)
        finally:
            opening.cancel()

    async def _opened(self, opening: asyncio.Future[Any]) -> None:
        """Wait for the page as long as there is a browser that could open it."""
        ends, browser = time.monotonic() + _MOST_SECONDS, getattr(self, "browser", None)
        while not (await asyncio.wait({opening}, timeout=_LOOK_SECONDS))[0]:
            if (browser and not browser.is_connected()) or time.monotonic() > ends:
                self._forget(browser)
                raise TimeoutError("the browser does not answer")
            browser = browser or getattr(self, "browser", None)

    def _forget(self, browser: Any) -> None:
        """Let the next page have a new browser, also where the old one's own farewell hangs."""
        self.context_wrappers.clear()
        if getattr(self, "browser", None) is browser:
            del self.browser


class Chromium(PlaywrightBrowserProvider):  # type: ignore[misc]
    """Starts Playwright with the first page only; many nights of a platform read over HTTP need none."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.playwright: Playwright | None = None
        # A visit that a dying browser interrupts is reported, not silently made again.
        config.target_closed_max_retries = 0

    async def start(self) -> None:
        """Do nothing yet."""

    async def launch_browser(self) -> Any:
        """Start a browser, the first one or the one after a crash."""
        if self.playwright is None:
            await super().start()
        return await super().launch_browser()
