"""How the crawl starts its Chromium: with the first page that needs one, and again after a crash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from playwright.async_api import Playwright
from scrapy_playwright.provider import PlaywrightBrowserProvider

if TYPE_CHECKING:
    from scrapy_playwright.handler import Config


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
