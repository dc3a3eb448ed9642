"""The crawl beside a bare Scrapy spider and a bare Playwright loop, on the same pages of the local stage.

Pages are asked one after the other with no pacing. The bare ones only fetch; ours check, read and note.
Bar: at least 60 % of the bare spider's requests a second.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from measures import Measure, told
from playwright.async_api import async_playwright

from crawlers.browser import found, launch_options
from crawlers.children import run
from crawlers.door import Door
from crawlers.egress import Egress
from crawlers.order import Errand, Order
from crawlers.origins import Origins
from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from monitors.notes import NoteFile

DAY = date(2026, 11, 20)
PLAIN, BROWSED = 400, 25

BARE_SPIDER = """
import sys, time, json, scrapy
from scrapy.crawler import CrawlerProcess
class Bare(scrapy.Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 1, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
    async def start(self):
        for url in json.load(open(sys.argv[1])):
            yield scrapy.Request(url, dont_filter=True)
    def parse(self, response):
        times.append(time.monotonic())
times = []
process = CrawlerProcess()
process.crawl(Bare)
process.start()
print((len(times) - 1) / (times[-1] - times[0]))
"""


def ours(stage, platform, visits):
    """Give requests and visits a second between the first and the last note, and the seconds in all."""
    handle = platforms()[platform].canaries.alive
    errands = tuple(Errand("account", handle) for _ in range(visits))
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        order = Order(
            platform, str(DAY), home, errands, clock=stage.clock, origins=stage.origins, pace=0.0, jitter=0.0,
            budget=10 * visits,
        )  # fmt: skip
        since = time.monotonic()
        end = run([order])[platform]
        wall = time.monotonic() - since
        notes = list(NoteFile.of(home, str(DAY), platform).read())
    assert end.how == "done", end
    assert {note.outcome.outcome for note in notes} == {"Found"}
    took = (notes[-1].seen_at - notes[0].seen_at).total_seconds()
    return sum(note.requests for note in notes[1:]) / took, (visits - 1) / took, wall, notes[0]


def bare_spider(urls):
    """Give the requests a second of a spider that does nothing with the answers."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "urls.json"
        listed.write_text(json.dumps(urls))
        command = [sys.executable, "-c", BARE_SPIDER, str(listed)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


async def bare_pages(url, ends, visits, origins):
    """Give the pages a second of a loop that opens, waits for the page's own answers, and closes."""
    door = Door(Egress((), origins, rehearsal=True))
    await door.open()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(found(None), door.port, True))
        context = await browser.new_context()
        times = []
        for _ in range(visits):
            page = await context.new_page()
            async with (
                page.expect_response(lambda r: ends[0] in r.url) as first,
                page.expect_response(lambda r: ends[1] in r.url) as second,
            ):
                await page.goto(url, wait_until="commit")
            await (await first.value).body()
            await (await second.value).body()
            await page.content()
            await page.close()
            times.append(time.monotonic())
        await browser.close()
    door.close()
    return (visits - 1) / (times[-1] - times[0])


def measured():
    with Stage(scenario(), DAY) as stage:
        origins = Origins(stage.origins)
        requests, _, wall, note = ours(stage, "bilibili", PLAIN)
        urls = [origins.substitute(body.url) for body in note.bodies] * PLAIN
        yield Measure(
            "plain HTTP, one request at a time", requests, "requests/s", "bare Scrapy spider", bare_spider(urls),
            ratio=0.6,
        )  # fmt: skip
        yield Measure(f"  {PLAIN} visits with the start of the child", wall, "s")
        _, visits, wall, note = ours(stage, "weibo", BROWSED)
        ends = ("containerid=107603", "getIndex?type=uid&value=")
        bare = asyncio.run(bare_pages(origins.substitute(note.bodies[0].url), ends, BROWSED, origins))
        yield Measure("browser, one page at a time", visits, "visits/s", "bare Playwright loop", bare)
        yield Measure(f"  {BROWSED} visits with the start of child and browser", wall, "s")


if __name__ == "__main__":
    told(measured())
