"""The smallest platform that needs everything: a card by plain HTTP, posts through a browser, a search.

Handles beginning with `b` are read in the browser. Run as a script it is `crawlers.child` with this
platform known to it, and with less patience than a night has. `PYTHON_TINY_TRUST` makes its browser trust an
authority, `PYTHON_TINY_SOCKETS` names a file for every host it looks up and every address it connects to.
"""

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from crawlers import platforms as found
from crawlers.platforms import (
    NOTHING,
    Browse,
    Canaries,
    Endpoint,
    Http,
    Platform,
    Posts,
    Results,
    Shown,
    Watch,
)
from crawlers.shapes import Missing, answer, decoded
from monitors.nouns import Blocked, Found, Gone, Newest, PlatformFacts, Profile

SITE = "https://tiny.example"
API = "https://api.tiny.example"


def _card(page, asked):
    card = decoded(page)
    if card["handle"].text() != asked.handle:
        raise Missing("handle")
    newest = datetime.fromtimestamp(card["at"].integer(), UTC)
    return Shown("card", name=card["name"].text(), posts=Posts(newest, True))


def _results(page, asked):
    found_here = decoded(page)
    names = [item.text() for item in found_here["names"].items()]
    return Results(tuple(Profile(None, name) for name in names), bool(found_here.get("more")))


def _code(page):
    said = answer(page)
    return said.get("code") if said else None


def _wall(page):
    return Blocked("risk") if page.status in (412, 432) or _code(page) == -412 else None


def _account_ask(target, pages):
    handle = target.handle
    if pages and handle == "defect":
        raise LookupError("a platform file that breaks")
    if pages:
        return None
    if handle == "full":
        raise OSError("no space left")
    if handle.startswith("b"):
        scrolls = 2 if handle.startswith("bscroll") else 0
        return Browse(f"{SITE}/u/{handle}", (Watch(f"{API}/x/posts", {"handle": handle}),), scrolls)
    return Http(f"{API}/card?handle={handle}", {"Referer": SITE})


def _more(page):
    said = answer(page)
    return said.get("more") if said else None


def _search_ask(keyword, pages, depth):
    if keyword == "defect":
        raise LookupError("a platform file that breaks")
    if len(pages) >= depth or (pages and not _more(pages[-1])):
        return None
    return Http(f"{API}/search?q={keyword}&page={len(pages) + 1}")


def _merge(shown, asked, walled):
    newest = next((s.posts.newest for s in shown if s.posts), None)
    return Found(shown[0].name, newest=Newest(newest, "exact") if newest else None)


PLATFORM = Platform(
    facts=PlatformFacts("tiny", "小小"),
    hosts=("tiny.example", "*.tiny.example"),
    handle=re.compile(r"\w+"),
    pace=0.0,
    canaries=Canaries("alive", "absent", "word"),
    endpoints=(
        Endpoint("card", re.compile(r"^https://api\.tiny\.example/card\?"), _card),
        Endpoint("posts", re.compile(r"^https://api\.tiny\.example/x/posts"), _card),
        Endpoint("search", re.compile(r"^https://api\.tiny\.example/search"), _results),
        Endpoint("page", re.compile(r"^https://tiny\.example/u/"), lambda page, asked: NOTHING),
    ),
    wall=_wall,
    gravestone=lambda page: Gone("cancelled", "账号已注销") if _code(page) == -404 else None,
    several=lambda page: None,
    merge=_merge,
    account_ask=_account_ask,
    search_ask=_search_ask,
)

if __name__ == "__main__":
    found.platforms = lambda: {"tiny": PLATFORM}
    from crawlers import browser, child, settings, watching

    if trusted := os.environ.get("PYTHON_TINY_TRUST"):
        browser._QUIET += (f"--ignore-certificate-errors-spki-list={trusted}",)
    if listed := os.environ.get("PYTHON_TINY_SOCKETS"):
        book = Path(listed).open("a")  # noqa: SIM115 (open as long as the child lives)

        def write_down(event, given):
            if event in ("socket.connect", "socket.getaddrinfo"):
                where = given[1] if event == "socket.connect" else given[:2]
                print(event.removeprefix("socket."), where, file=book, flush=True)

        sys.addaudithook(write_down)
    settings.DOWNLOAD_TIMEOUT = 5
    watching.BROWSE_SECONDS = 8.0
    sys.exit(child.main(sys.argv))
