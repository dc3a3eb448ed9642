"""One errand carried out: asks in the platform's order, at its pace, read into one note."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crawlers import reading
from crawlers.capture import Capture
from crawlers.order import Errand, Order
from crawlers.origins import origin
from crawlers.platforms import Ask, Browse, Http, Platform
from crawlers.robots import REFUSED
from crawlers.visits import Page, Target, Visit
from monitors.notes import NoteFile, defect
from monitors.nouns import (
    AccountOutcome,
    Ambiguous,
    Blocked,
    Body,
    Found,
    Gone,
    Note,
    Outcome,
    ShapeChanged,
    Unreachable,
)

log = logging.getLogger(__name__)

_MOST_ASKS = 30
_KEPT_HEADERS = ("content-type", "date", "last-modified", "location", "retry-after")
_LONGEST_WAIT = 600.0
_PICTURED = ("account", "sighting")


# What a defect of our own raises, met by one account's answers: it must not cost the others their night.
_DEFECTS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Spent(Exception):
    """The night's budget of requests ran out within a visit, which therefore leaves no note."""


@dataclass
class Clock:
    """Now, or the instant that a rehearsal pretends to have started at, moved on by the time passed."""

    start: datetime | None
    _began: float = field(default_factory=time.monotonic)

    @property
    def passed(self) -> float:
        return time.monotonic() - self._began

    def now(self) -> datetime:
        if self.start is None:
            return datetime.now(UTC)
        return self.start.astimezone(UTC) + timedelta(seconds=self.passed)


@dataclass
class Visitor:
    """Makes the visits of one child; `spent` counts the requests of the night, which ends at `limit`.

    `walled` says that a page of the last search was a wall, whatever the search came to. With `brief` a
    search makes no request but its first. `sent_away` says that the platform named a time to come back at
    that this night does not wait for.
    """

    order: Order
    platform: Platform
    capture: Capture
    notes: NoteFile
    clock: Clock
    spent: int = 0
    limit: int = field(init=False)
    walled: bool = False
    brief: bool = False
    sent_away: bool = False
    _not_before: float = 0.0
    _last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.limit = self.order.budget

    async def visit(self, errand: Errand) -> Note:
        """Carry out one errand; raises `Spent` when the budget does not reach."""
        before, self.walled = self.spent, False
        pages: list[Page] = []
        try:
            if errand.purpose == "feed":
                return await self._feed(errand)
            if errand.purpose == "link":
                return await self._link(errand)
            return await self._visit(errand, pages)
        except _DEFECTS as error:
            log.exception("a defect of the program: %s %s", errand.purpose, errand.subject)
            return self._note(errand, defect(error), pages, self.spent - before)

    async def _visit(self, errand: Errand, pages: list[Page]) -> Note:
        """Make the whole visit; `pages` fills with what came, so that it is there when something breaks."""
        before = self.spent
        picture = await self._fill(errand, pages)
        seen_at = self.clock.now()
        search = errand.purpose in ("search", "canary_word")
        visit = Visit(
            platform=self.platform.name,
            kind="search" if search else "account",
            fetched_at=seen_at,
            pages=tuple(pages),
            handle=None if search else errand.subject,
            name=errand.name,
            keyword=errand.subject if search else None,
        )
        outcome = reading.read(self.platform, visit)
        self.walled = search and reading.walled(self.platform, visit)
        # A picture shows a person what a finding rests on; a wall or a failure is no finding.
        shot = self.notes.keep(picture) if picture and isinstance(outcome, Found | Gone) else None
        note = self._note(errand, outcome, pages, self.spent - before)
        return replace(note, seen_at=seen_at, screenshot=shot)

    async def _feed(self, errand: Errand) -> Note:
        """Ask an account's feed addresses; the one that shows the newest post speaks for it."""
        from crawlers import feeds  # noqa: PLC0415 (slow to load, and most orders have no feed)

        pages: list[Page] = []
        outcomes: list[AccountOutcome] = []
        before = self.spent
        for link in (link for link in errand.witnesses if link.kind == "feed"):
            website = origin(link.url)
            await self._pause(website)
            got = await self.capture.http(Http(link.url), gated=True)
            self._count(website, got.requests)
            pages += got.pages
            outcomes.append(feeds.outcome(got.pages[0], self.clock.now()))
        outcome = max(outcomes, key=_latest, default=ShapeChanged("feed address"))
        return self._note(errand, outcome, pages, self.spent - before)

    async def _link(self, errand: Errand) -> Note:
        """Ask a short link where it leads, and go no further; it says nothing about an account."""
        await self._pause(self.platform.name)
        got = await self.capture.http(Http(errand.subject), gated=self._gated(errand), follow=False)
        self._count(self.platform.name, got.requests)
        (page,) = got.pages
        outcome: Outcome = Ambiguous(page.final_url or f"HTTP {page.status}")
        if page.error:
            outcome = Blocked("robots") if page.error == REFUSED else Unreachable(page.error)
        return self._note(errand, outcome, [page], got.requests)

    def _note(self, errand: Errand, outcome: Outcome, pages: list[Page], requests: int) -> Note:
        bodies = tuple(self._body(page) for page in pages)
        now = self.clock.now()
        subject, name = errand.subject, errand.name
        return Note(self.platform.name, errand.purpose, subject, now, outcome, bodies, requests, name=name)

    async def _fill(self, errand: Errand, pages: list[Page]) -> bytes | None:
        """Ask until the platform wants no more; give the head of the page as a picture, if there is one."""
        asked: list[Ask] = []
        picture = None
        while (ask := self._next(errand, pages)) and ask not in asked and len(asked) < _MOST_ASKS:
            asked.append(ask)
            gated = self._gated(errand)
            await self._pause(self.platform.name)
            if isinstance(ask, Browse):
                got = await self.capture.browse(ask, gated=gated, picture=errand.purpose in _PICTURED)
            else:
                got = await self.capture.http(ask, gated=gated)
            self._count(self.platform.name, got.requests)
            pages += got.pages
            picture = got.picture or picture
            if not self._may_go_on(got.pages):
                break
        return picture

    def _may_go_on(self, pages: Sequence[Page]) -> bool:
        """Heed a time to come back at: a short one is waited for, a longer one ends the platform's night."""
        wait = max(map(_told_to_wait, pages), default=0.0)
        if wait:
            left = self.order.seconds - self.clock.passed
            self._not_before = time.monotonic() + wait
            self.sent_away |= wait > min(_LONGEST_WAIT, left)
        return not self.sent_away

    def _next(self, errand: Errand, pages: list[Page]) -> Ask | None:
        if errand.purpose in ("search", "canary_word"):
            if self.brief and pages:
                return None
            # The canary word must hit; how much more it would hit is nobody's business.
            depth = 1 if errand.purpose == "canary_word" else self.order.search_pages
            return self.platform.search_ask(errand.subject, pages, depth)
        target = Target(errand.subject, errand.name, errand.aliases, errand.witnesses, self.clock.now())
        return self.platform.account_ask(target, pages)

    def _gated(self, errand: Errand) -> bool:
        """Say whether robots.txt is asked, as the school decided for this platform; None: a rehearsal."""
        if self.order.robots == "visit-registered":
            return errand.purpose in ("search", "canary_word", "sighting")
        return self.order.robots == "obey"

    async def _pause(self, whom: str) -> None:
        """Wait until the pace allows the next request to this platform or website, after its last answer."""
        if self.spent >= self.limit:
            raise Spent
        pace = self.order.pace + random.uniform(0, self.order.jitter)
        due = self._last[whom] + pace if whom in self._last else 0.0
        if whom == self.platform.name:
            due = max(due, self._not_before)
        await asyncio.sleep(due - time.monotonic())

    def _count(self, whom: str, requests: int) -> None:
        self.spent += requests
        if requests:
            self._last[whom] = time.monotonic()

    def _body(self, page: Page) -> Body:
        headers = (
            (name, value[:200])
            for name, value in page.headers.items()
            if name in _KEPT_HEADERS or name.startswith("x-")
        )
        sha = self.notes.keep(page.body) if page.body else None
        return Body(page.url, page.status, sha, page.final_url, page.error, tuple(headers))


def _told_to_wait(page: Page) -> float:
    """Give the seconds of a refusal's `Retry-After`, which may be a number or a date; 0 without one."""
    said = page.headers.get("retry-after", "").strip()
    if page.status < 400 or not said:
        return 0.0
    if said.isascii() and said.isdigit():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
        now = parsedate_to_datetime(page.headers["date"]) if "date" in page.headers else datetime.now(UTC)
        return max(0.0, (until - now).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def _latest(outcome: AccountOutcome) -> tuple[bool, datetime]:
    newest = outcome.newest if isinstance(outcome, Found) else None
    return isinstance(outcome, Found), newest.at if newest else datetime.min.replace(tzinfo=UTC)
