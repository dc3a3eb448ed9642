"""One platform's child process: `python -m crawlers.child ORDER.json` carries out an order and ends.

It exits 0 when everything was done, with one of `EXITS` when something ended the night early, and 1 when it
broke. When its standard input is a pipe, the end of that pipe ends the child: its parent wants it or is dead.
The first line of it is the login of the proxy, if the order names one.
"""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.settings import Settings
from scrapy.utils.reactor import install_reactor

from crawlers.egress import Egress, staged
from crawlers.order import Order, loaded
from crawlers.origins import Origins, origin
from crawlers.platforms import Platform, platforms
from monitors.notes import NoteFile

if TYPE_CHECKING:
    from scrapy.crawler import AsyncCrawlerRunner

    from crawlers.door import Door
    from crawlers.patrol import Patrol

log = logging.getLogger(__name__)

EXITS = {"done": 0, "wall": 10, "budget": 11, "timeout": 12}
_CLOSING_SECONDS = 10.0


def main(argv: list[str]) -> int:
    """Carry out the order in the file named by the only argument; give the exit code."""
    if len(argv) != 2:
        sys.stderr.write("usage: python -m crawlers.child ORDER.json\n")
        return 2
    _log()
    order = _with_login(loaded(Path(argv[1])))
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    install_reactor(settings["TWISTED_REACTOR"])
    reactor = _reactor()
    code = 1

    async def night() -> None:
        nonlocal code
        try:
            code = await _carry_out(order, settings)
        finally:
            reactor.stop()

    task = asyncio.get_event_loop().create_task(night())
    reactor.run(installSignalHandlers=False)
    task.result()
    return code


def _with_login(order: Order) -> Order:
    if order.proxy is None:
        return order
    # Byte by byte: what comes after the line is the thread's that waits for the end.
    login = b""
    while not login.endswith(b"\n") and (byte := os.read(0, 1)):
        login += byte
    return replace(order, proxy=replace(order.proxy, login=login.decode().rstrip("\n")))


def _reactor() -> Any:
    from twisted.internet import reactor  # noqa: PLC0415 (importing it too early installs the wrong one)

    return reactor


def _log() -> None:
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format=form)
    for talkative in ("scrapy", "scrapy-playwright", "twisted", "asyncio"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


async def _carry_out(order: Order, settings: Settings) -> int:
    # Imported only now, since these expect the reactor to be installed.
    from scrapy.crawler import AsyncCrawlerRunner  # noqa: PLC0415

    from crawlers.spiders.round import Round  # noqa: PLC0415

    patrol, door = await _patrol(order, settings)
    runner = AsyncCrawlerRunner(settings)
    _end_with_parent(runner, patrol)
    try:
        crawler = runner.create_crawler(Round)
        await runner.crawl(crawler, patrol=patrol)
        if crawler.stats.get_value("spider_exceptions/count"):
            return 1
    finally:
        door.close()
    return EXITS[patrol.ended or "done"]


async def _patrol(order: Order, settings: Settings) -> tuple[Patrol, Door]:
    """Put together what the spider needs, and tell Scrapy's settings what this order says."""
    from crawlers import browser  # noqa: PLC0415
    from crawlers.capture import Capture  # noqa: PLC0415
    from crawlers.door import Door  # noqa: PLC0415
    from crawlers.patrol import Patrol  # noqa: PLC0415
    from crawlers.resolver import CheckedResolver  # noqa: PLC0415
    from crawlers.tunnel import Tunnel  # noqa: PLC0415
    from crawlers.visitor import Clock, Visitor  # noqa: PLC0415

    platform = platforms()[order.platform]
    origins = Origins(order.origins)
    rehearsal = _is_staged(order, platform, origins)
    egress = Egress(platform.hosts + _feed_hosts(order), origins, rehearsal, order.proxy)
    tunnel = Tunnel(order.proxy) if order.proxy else None
    reactor = _reactor()
    reactor.installNameResolver(CheckedResolver(reactor.nameResolver, egress, tunnel))
    door = Door(Egress(platform.hosts, origins, rehearsal, order.proxy), tunnel)
    await door.open()
    executable = browser.found(order.browser)
    if executable is None:
        log.warning(
            "no Chromium found at %s; what needs a browser stays unread", order.browser or "any place"
        )
    notes = NoteFile.of(order.notes, order.day, order.platform)
    capture = Capture(origins, egress, order.user_agent, browser=executable is not None, tunnel=tunnel)
    launch = browser.launch_options(executable, door.port, bool(order.origins)) if executable else {}
    settings.setdict(
        {"USER_AGENT": order.user_agent, "PLAYWRIGHT_LAUNCH_OPTIONS": launch}, priority="cmdline"
    )
    return Patrol(Visitor(order, platform, capture, notes, Clock(order.clock))), door


def _is_staged(order: Order, platform: Platform, origins: Origins) -> bool:
    """Say whether the platform plays on a local stage, so that nothing of it may be asked for live."""
    return order.robots is None or staged(platform.hosts, origins)


def _feed_hosts(order: Order) -> tuple[str, ...]:
    links = (link for errand in order.errands if errand.purpose == "feed" for link in errand.witnesses)
    return tuple(origin(link.url).partition("://")[2] for link in links if link.kind == "feed")


def _end_with_parent(runner: AsyncCrawlerRunner, patrol: Patrol) -> None:
    """Close politely when the pipe from the parent ends, hard when that takes too long.

    A thread waits for it, so that even a child whose event loop hangs outlives nobody.
    """
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        return
    loop = asyncio.get_running_loop()

    async def stop() -> None:
        patrol.ended = "timeout"
        await runner.stop()

    def wait() -> None:
        while os.read(0, 1024):
            pass
        asyncio.run_coroutine_threadsafe(stop(), loop)
        time.sleep(_CLOSING_SECONDS)
        os._exit(EXITS["timeout"])

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main(sys.argv))
