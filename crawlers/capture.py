"""Executing one ask: a plain GET through Scrapy or a page through scrapy-playwright, given as pages."""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from gzip import BadGzipFile
from urllib.parse import urlsplit

import brotli  # type: ignore[import-untyped]
from backports.zstd import ZstdError
from playwright.async_api import Error as BrowserError
from playwright.async_api import TimeoutError as BrowserTimeout
from scrapy import Request
from scrapy.core.engine import ExecutionEngine
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response

from crawlers import sandbox
from crawlers.answers import TOO_LARGE
from crawlers.egress import Egress
from crawlers.origins import Origins
from crawlers.platforms import Browse, Http
from crawlers.robots import Robots
from crawlers.routes import Routes
from crawlers.tunnel import Tunnel
from crawlers.visits import Page
from crawlers.watching import BROWSE_SECONDS, LAST_SECONDS, Watching

log = logging.getLogger(__name__)

MAX_HOPS = 5
_BROKEN = "压缩的内容坏了"
_REDIRECTS = (301, 302, 303, 307, 308)
_WHY: Mapping[type[Exception], str] = {
    DownloadTimeoutError: "超时",
    DownloadConnectionRefusedError: "连接被拒绝",
    CannotResolveHostError: "域名解析不到可以访问的地址",
    DownloadCancelledError: TOO_LARGE,
    IgnoreRequest: TOO_LARGE,
    ResponseDataLossError: "回答不完整",
    DownloadFailedError: "连接中断",
    UnsupportedURLSchemeError: "不是网页地址",
    # What Scrapy's decompression lets through when the compressed bytes are broken.
    BadGzipFile: _BROKEN,
    ZstdError: _BROKEN,
    EOFError: _BROKEN,
    zlib.error: _BROKEN,
    brotli.error: _BROKEN,
}
# How the browser tells of a line; what it says of itself is nobody else's doing.
_LOST = ("ERR_", "超时", "没有回答", "回答不完整")
_OUTSIDE = "地址不在允许访问的网站之内"
_NO_SANDBOX = "浏览器的沙箱在这台机器上建不起来，原因和办法请看 xunjian check"
_CONTEXT = {
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "viewport": {"width": 1280, "height": 800},
    "service_workers": "block",
    "accept_downloads": False,
}


@dataclass(frozen=True)
class Captured:
    """What one ask brought: its pages, how many requests it took, the head of the page as JPEG."""

    pages: tuple[Page, ...]
    requests: int
    picture: bytes | None = None


@dataclass
class Capture:
    """Fetches for one child, one ask at a time. `engine` is the running crawl's.

    `browser` is false when no Chromium was found, `tunnel` None where no proxy stands between.
    """

    origins: Origins
    egress: Egress
    agent: str
    browser: bool = True
    tunnel: Tunnel | None = None
    engine: ExecutionEngine | None = None
    robots: Robots = field(init=False)

    def __post_init__(self) -> None:
        self.robots = Robots(self._robots_txt, self.agent.partition("/")[0].strip())

    async def _robots_txt(self, url: str) -> Page:
        return (await self.http(Http(url), gated=False)).pages[0]

    async def http(self, ask: Http, *, gated: bool, follow: bool = True) -> Captured:
        """GET an address, following redirects by hand: each hop is checked and substituted anew.

        Without `follow` the page is the redirect itself, and its `final_url` where it leads.
        """
        url, made = ask.url, 0
        while made <= MAX_HOPS:
            if not self.egress.admits(url):
                return _nothing(ask.url, made, "被重定向到允许之外的网站" if made else _OUTSIDE)
            if gated and (refusal := await self.robots.refusal(url)):
                return _nothing(ask.url, made, refusal)
            made += 1
            answer = await self._get(url, ask.headers)
            if isinstance(answer, str):
                return _nothing(ask.url, made, answer)
            location = answer.headers.get("Location")
            if answer.status not in _REDIRECTS or not location:
                moved = None if url == ask.url else url
                page = Page(ask.url, answer.status, _headers(answer), answer.body, moved)
                return Captured((page,), made)
            url = self.origins.target(url, location.decode("utf-8", errors="replace"))
            if not follow:
                return Captured((Page(ask.url, answer.status, _headers(answer), b"", url),), made)
        return _nothing(ask.url, made, "重定向次数过多")

    async def _get(self, url: str, headers: Mapping[str, str]) -> Response | str:
        assert self.engine is not None
        try:
            request = Request(self.origins.substitute(url), headers=dict(headers), dont_filter=True)
            return await self.engine.download_async(request)
        except tuple(_WHY) as error:
            log.info("no answer from %s: %s", url, error)
            return self._told(url, _why(error))

    def _told(self, url: str, why: str) -> str:
        """Say why there was no answer, and name the proxy where it stood between."""
        if self.tunnel and self.egress.by_proxy(urlsplit(url).hostname or ""):
            return self.tunnel.told(url, why)
        return why

    async def browse(self, ask: Browse, *, gated: bool, picture: bool) -> Captured:
        """Open a page in the browser and give it with what it fetched; one look counts as one request."""
        if not self.browser:
            return _nothing(ask.url, 0, "没有可用的浏览器")
        if not self.egress.admits(ask.url):
            return _nothing(ask.url, 0, _OUTSIDE)
        if gated and (refusal := await self._refusal(ask)):
            return _nothing(ask.url, 0, refusal)
        watching = Watching(ask, Routes(self.origins, self.robots.refusal if gated else None))
        try:
            error = await self._open(watching)
            async with asyncio.timeout(LAST_SECONDS):
                pages = [self._named(page) for page in await watching.pages(error)]
                return Captured(tuple(pages), 1, await watching.picture() if picture else None)
        except TimeoutError:
            return _nothing(ask.url, 1, self._told(ask.url, "超时"))
        finally:
            await watching.end()

    def _named(self, page: Page) -> Page:
        lost = page.status == 0 and (page.error or "").startswith(_LOST)
        return replace(page, error=self._told(page.url, page.error or "")) if lost else page

    async def _refusal(self, ask: Browse) -> str | None:
        """Ask robots.txt for the page and for what it is wanted for."""
        for url in (ask.url, *(watch.url for watch in ask.watch if watch.needed)):
            if refusal := await self.robots.refusal(url):
                return refusal
        return None

    async def _open(self, watching: Watching) -> str | None:
        """Go to the page and wait; give why it failed, None when it did not."""
        assert self.engine is not None
        meta = {
            "playwright": True,
            "playwright_include_page": True,
            "playwright_context_kwargs": dict(_CONTEXT),
            "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": BROWSE_SECONDS * 1000},
            "playwright_page_init_callback": watching.begin,
        }
        url = self.origins.substitute(watching.ask.url)
        try:
            await self.engine.download_async(Request(url, meta=meta, dont_filter=True))
            async with asyncio.timeout(BROWSE_SECONDS + LAST_SECONDS):
                await watching.settle()
        # RuntimeError is how scrapy-playwright says that the page became the download of a file.
        except (BrowserError, RuntimeError, TimeoutError) as error:
            log.info("the browser could not read %s: %s", watching.ask.url, str(error).partition("\n")[0])
            return _short(error)
        return None


def _why(error: Exception) -> str:
    # Twisted says it in the text of the failure only, with OpenSSL's own words.
    if "certificate verify failed" in str(error):
        return "证书不可信"
    return next(why for kind, why in _WHY.items() if isinstance(error, kind))


def _short(error: BrowserError | RuntimeError | TimeoutError) -> str:
    if isinstance(error, BrowserTimeout):
        return "超时"
    if sandbox.refused(str(error)):
        return _NO_SANDBOX
    return str(error).partition("net::")[2].partition(" ")[0] or "浏览器没能打开网页"


def _nothing(url: str, made: int, why: str) -> Captured:
    return Captured((Page(url, 0, error=why),), made)


def _headers(answer: Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in answer.headers.items()
    }
