"""What only a browser can do for a report: put it on paper, and make a picture small."""

from __future__ import annotations

import base64
import os
from types import TracebackType
from typing import Self

from playwright.sync_api import Browser, Error, Page, Playwright, Route, sync_playwright

# A report of thousands of accounts has hundreds of pages.
_MILLISECONDS = 240_000
# The tags of a larger page would weigh five times its paper; whom they help reads the page itself better.
_TAGGED = 1_000_000
_SMALLER = ((640, 60), (560, 40), (400, 30), (320, 20))
_NOWHERE = "http://report.invalid/"


class PressError(Exception):
    """The browser is missing or failed; the text says why, in Chinese."""


class Press:
    """A Chromium that speaks to nobody; it is started with the first thing it has to do."""

    def __init__(self, executable: str | None) -> None:
        self._executable = executable
        self._play: Playwright | None = None
        self._browser: Browser | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser:
            self._browser.close()
        if self._play:
            self._play.stop()

    def paper(self, html: str, address: str | None = None) -> bytes:
        """The page as an A4 PDF, tagged unless it is very large.

        Relative links lead to where `address` says that it is served.
        """
        page = self._page(html, address or _NOWHERE)
        try:
            tagged = len(html) <= _TAGGED
            return page.pdf(prefer_css_page_size=True, tagged=tagged, outline=tagged)
        except Error as error:
            raise PressError(f"浏览器没能生成 PDF：{error.message.splitlines()[0]}") from error
        finally:
            page.context.close()

    def smaller(self, jpeg: bytes, most: int) -> bytes | None:
        """The picture as a JPEG of at most so many bytes; None where it cannot be made that small."""
        source = base64.b64encode(jpeg).decode()
        image = f'<img style="display:block;width:100vw" src="data:image/jpeg;base64,{source}">'
        page = self._page(f'<body style="margin:0;overflow:hidden">{image}', _NOWHERE)
        try:
            for width, quality in _SMALLER:
                page.set_viewport_size({"width": width, "height": width * 5 // 8})
                made = page.screenshot(type="jpeg", quality=quality)
                if len(made) <= most:
                    return made
        except Error as error:
            raise PressError(f"浏览器没能缩小截图：{error.message.splitlines()[0]}") from error
        finally:
            page.context.close()
        return None

    def _page(self, html: str, address: str) -> Page:
        """A page that shows this text at that address, without scripts and without a network."""
        try:
            context = self._started().new_context(java_script_enabled=False, color_scheme="light")
            context.set_default_timeout(_MILLISECONDS)

            def answer(route: Route) -> None:
                if route.request.url == address:
                    route.fulfill(body=html, content_type="text/html; charset=utf-8")
                else:
                    route.abort()

            context.route("**/*", answer)
            page = context.new_page()
            page.goto(address)
        except Error as error:
            raise PressError(f"浏览器没能打开周报：{error.message.splitlines()[0]}") from error
        return page

    def _started(self) -> Browser:
        if self._browser is None:
            if self._executable is None:
                raise PressError(
                    "没有找到 Chromium 浏览器；运行 make setup，或在 school.toml 写 [browser] path"
                )
            # Playwright gives the sandbox up unless it is asked for.
            sandbox = os.geteuid() != 0
            self._play = sync_playwright().start()
            try:
                self._browser = self._play.chromium.launch(
                    executable_path=self._executable, chromium_sandbox=sandbox
                )
            except Error as error:
                raise PressError("浏览器没能启动；原因和办法请看 xunjian check") from error
        return self._browser
