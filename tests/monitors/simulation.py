"""A made-up world of accounts, nights and people over years, and an officer with pen and paper.

The officer knows the scenario and the rule text and uses nothing of the judge: dates are walked day by day.
"""

from __future__ import annotations

import calendar
import functools
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

DAY = timedelta(days=1)
FIRST = date(2026, 11, 20)
NIGHTS = 3 * 365 + 1
VACATIONS = (
    (date(2027, 1, 18), date(2027, 2, 28)),
    (date(2027, 7, 10), date(2027, 8, 31)),
    (date(2028, 1, 10), date(2028, 2, 20)),
    (date(2028, 7, 8), date(2028, 8, 31)),
    (date(2029, 1, 29), date(2029, 3, 4)),
)


def instant(day, hour=2, minute=30):
    """Shanghai is eight hours ahead of UTC and has no summer time."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


@dataclass(frozen=True)
class Post:
    """One post; a hidden one only shows in the counter."""

    at: datetime
    day: date
    hidden: bool = False


@dataclass(frozen=True)
class People:
    """What the office does with this account's cases, counted in days from the step that it answers."""

    receipt: int | None = 2
    entered: int = 0
    publishes: int | None = 3
    appeals: int | None = None
    exempts: tuple[int, int] | None = None
    cancels: int | None = None


@dataclass(frozen=True)
class World:
    """One account, its platform's nights and its office."""

    name: str
    posts: tuple[Post, ...]
    people: People
    agreeing: int
    exact: bool
    # What each night was: "list", "profile" (the list was walled), "blocked", "doubted", "none".
    nights: tuple[str, ...]


def world(number):
    """A world made from its number alone."""
    dice = random.Random(number)
    posts, day = [], FIRST - timedelta(days=dice.randint(0, 120))
    hides = number % 6 == 5
    while day < FIRST + NIGHTS * DAY:
        for _ in range(dice.randint(1, 12)):
            hour, minute = dice.choice([(0, 0), (0, 5), (2, 29), (10, 0), (18, 30), (23, 59)])
            posts.append(Post(instant(day, hour, minute), day, hides and dice.random() < 0.3))
            day += timedelta(days=dice.randint(1, 12))
        day += timedelta(days=dice.choice([20, 55, 58, 59, 60, 61, 62, 63, 64, 90, 100, 130, 160, 200, 260]))
    people = People(
        receipt=dice.choice([0, 1, 2, 9, 25, None]),
        entered=dice.choice([0, 0, 1, 12]),
        publishes=dice.choice([0, 1, 5, None]),
        appeals=dice.choice([None, None, 1, 4]),
        exempts=dice.choice([None, None, None, (3, 40), (10, 95)]),
        cancels=dice.choice([None, None, 15]),
    )
    agreeing, exact = [(2, True), (1, True), (1, False)][number % 3]
    return World(f"account {number}", tuple(posts), people, agreeing, exact, tuple(_nights(dice)))


def _nights(dice):
    left, kind = 0, "list"
    for _ in range(NIGHTS):
        if left == 0 and dice.random() < 0.04:
            left, kind = (
                dice.choice([1, 1, 2, 5, 10, 40]),
                dice.choice(["blocked", "doubted", "none", "profile"]),
            )
        if left:
            left -= 1
            yield kind
        else:
            yield dice.choices(["list", "profile", "blocked"], [92, 4, 4])[0]


# ── what the office does, asked by both sides with their own state ──────────────────────────────


@dataclass
class Desk:
    """The office's notes on one account: what it has answered already."""

    people: People
    appealed: bool = False
    exempted: bool = False
    done: set = field(default_factory=set)

    def acts(self, day, stage, since, published, begun):
        """What the office does on this day: ("record", stage, on), ("revert",), ("exempt", until), …"""
        people = self.people
        waited = (day - since).days
        if people.exempts and not self.exempted and stage == "notice_issued" and waited == people.exempts[0]:
            self.exempted = True
            return ("exempt", day + timedelta(days=people.exempts[1]))
        receipt, publishes = people.receipt, people.publishes
        if stage == "notice_issued" and receipt is not None and waited >= receipt + people.entered:
            return ("record", "notice_received", since + timedelta(days=receipt))
        if stage == "circular" and people.appeals and not self.appealed and waited >= people.appeals:
            self.appealed = True
            return ("revert",)
        if stage == "circular" and published is None and publishes is not None and waited >= publishes:
            return ("record", "circular", since + timedelta(days=publishes))
        if stage == "closure_recommended" and people.cancels and waited >= people.cancels:
            return ("record", "closed", day)
        return None


# ── the officer's own reckoning ─────────────────────────────────────────────────────────────────


def months_later(day, months):
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@functools.cache
def overdue_from(start, months, or_more, leaves=()):
    """The first day that breaks "more than (or) N months" after `start`, walked day by day."""
    pauses = VACATIONS + leaves

    def stands_still(day):
        return any(first <= day <= last for first, last in pauses)

    last_allowed, day = months_later(start, months), start
    while day < last_allowed:
        day += DAY
        if stands_still(day):
            last_allowed += DAY
    if or_more:
        return last_allowed
    day = last_allowed + DAY
    while stands_still(day):
        day += DAY
    return day


class Officer:
    """Works out an account's cases under "more than 2 months" or "3 months or more" with pen and paper."""

    def __init__(self, world, *, months, or_more, escalates):
        self.world, self.months, self.or_more, self.escalates = world, months, or_more, escalates
        self.desk = Desk(world.people)
        self.history = []  # one list an episode: (stage, day, who, result)
        self.leave = None
        self.last_list = self.agree = None
        self.best = None
        self.total = None
        self.rise = None
        self.published = self.received = self.noticed = self.back = self.reopened = None
        self.stage = self.since = self.begun = self.closed = self.how_closed = None

    def work(self):
        for number, kind in enumerate(self.world.nights):
            today = FIRST + number * DAY
            self.night(today, kind)
            self.daytime(today)
        return self.history

    # what is seen

    def look(self, today, kind):
        """Says "clear", "breach", "suspected" or None, and since when the account is overdue."""
        if kind not in ("list", "profile"):
            return None, None
        now = instant(today)
        posted = [p for p in self.world.posts if p.at <= now]
        rose = self.total is not None and len(posted) > self.total[0]
        if rose:
            self.rise = (self.total[1], now, today)
        self.total = (len(posted), now)
        if kind == "list":
            shown = max((p for p in posted if not p.hidden), key=lambda p: p.at, default=None)
            if shown is None:
                return None, None
            same = self.last_list is not None and self.last_list == shown.day and not rose
            self.agree = self.agree + 1 if same else 1
            self.last_list = shown.day
            if self.best is None or shown.at > self.best.at:
                self.best = shown
            if self.rise and self.best.at > self.rise[0]:
                self.rise = None
        if self.best is None and self.rise is None:
            return None, None
        last = self.best.day if self.best else date.min
        if self.rise:
            last = max(last, self.rise[2])
        leaves = (self.leave,) if self.leave else ()
        since = overdue_from(last, self.months, self.or_more, leaves)
        if kind == "profile":
            return ("clear", None) if self.rise and self.rise[2] == today else (None, None)
        if today < since:
            return "clear", None
        if self.leave and self.leave[0] <= today <= self.leave[1]:
            return None, None
        proven = self.world.exact and self.agree >= self.world.agreeing and not self.rise
        self.last_life = last
        return ("breach" if proven else "suspected"), since

    # what the night does

    def night(self, today, kind):
        says, since = self.look(today, kind)
        if says is None:
            return
        if self.stage is None:
            if says != "clear" and self.may_begin(today, since):
                self.begin(today, says)
            return
        if says == "clear" or self.last_life >= self.begun:
            self.close(today, "night", "remedied")
            return
        if says != "breach":
            return
        if self.stage == "suspected" and not self.back:
            self.step("opened", today)
            self.step("notice_issued", today)
        elif not self.escalates:
            return
        elif self.stage == "notice_received" and today >= self.month_after(self.received):
            self.step("circular", today)
        elif self.stage == "circular" and self.published and today >= self.month_after(self.published):
            self.step("closure_recommended", today)

    def month_after(self, recorded):
        start = max(recorded, self.back) if self.back else recorded
        return overdue_from(start, 1, False, ())

    def may_begin(self, today, since):
        if self.closed is None or (self.how_closed == "remedied" and today > self.closed):
            return True
        if self.how_closed == "exempt" and today > self.leave[1]:
            return True
        return since > self.closed

    def begin(self, today, says):
        self.history.append([])
        self.begun = today
        self.step("suspected", today)
        reviewed = self.leave and self.leave[1] < today
        if says == "breach" and not reviewed:
            self.step("opened", today)
            self.step("notice_issued", today)

    def step(self, stage, on, who="night", result=None):
        self.history[-1].append((stage, on, who, result))
        if stage != self.stage:
            self.since = on
        self.stage, self.back = stage, None

    def close(self, on, who, result):
        self.step("closed", on, who, result)
        self.stage, self.closed, self.how_closed = None, on, result
        self.published = self.received = self.back = None

    # what people do in the daytime

    def daytime(self, today):
        if self.stage is None:
            return
        act = self.desk.acts(today, self.stage, self.since, self.published, self.begun)
        match act:
            case ("exempt", until):
                self.leave = (today, until)
                self.close(today, "office", "exempt")
            case ("record", "notice_received", on):
                self.received = on
                self.step("notice_received", on, "office")
            case ("record", "circular", on):
                self.published = on
                self.step("circular", on, "office")
                self.since = on
            case ("record", "closed", on):
                self.close(on, "office", "cancelled")
            case ("revert",):
                self.history[-1].append(("back", today, "office", None))
                self.stage, self.back, self.since = "notice_received", today, self.received
                self.published = None
