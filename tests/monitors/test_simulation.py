"""Three years of nights and people's records: every history equals the one worked out from the rule text."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from simulation import DAY, FIRST, NIGHTS, VACATIONS, Desk, Officer, People, Post, World, instant, world

from monitors.activity import fold
from monitors.calendar import Calendar
from monitors.cases import advance
from monitors.nouns import (
    Account,
    Blocked,
    Case,
    Decision,
    Found,
    Gone,
    Newest,
    Observation,
    PlatformFacts,
)
from monitors.records import decided, record, revert
from monitors.rules import load
from monitors.trail import Records, replayed
from monitors.verdicts import Exemption, verdicts

ACCOUNT = Account("weibo", "1", "云岭大学团委", "团委")
SIAS = [one for one in load(["sias-2020"]) if one.rule == "silence"]
NCWU = [one for one in load(["ncwu-2023"]) if one.rule == "zombie"]
# On a doubted night the platform tells lies, and they must not count.
LIES = [
    Gone("not_found", "用户不存在"),
    Found(newest=Newest(instant(date(2020, 1, 1)), "exact"), posts_total=999),
    Found(posts_total=0),
]


class Patrol:
    """The judge of the project on one account, driven night by night, with the same office beside it."""

    def __init__(self, world, rules):
        self.world, self.rule = world, rules[0]
        self.rules, self.facts = rules, PlatformFacts("weibo", "微博", agreeing_nights=world.agreeing)
        self.calendar = Calendar(pauses=VACATIONS)
        self.desk = Desk(world.people)
        self.standing = self.decision = None
        self.episodes: list[Case] = []

    def work(self):
        for number, kind in enumerate(self.world.nights):
            today = FIRST + number * DAY
            self.night(today, self.outcome(number, today, kind), believed=kind != "doubted")
            self.daytime(today)
        return [
            [("back" if s.reverts else s.stage, s.on, s.by, s.result) for s in case.trail]
            for case in self.episodes
        ]

    def outcome(self, number, today, kind):
        if kind == "none":
            return None
        if kind == "blocked":
            return Blocked("captcha")
        if kind == "doubted":
            return LIES[number % len(LIES)]
        posted = [p for p in self.world.posts if p.at <= instant(today)]
        if kind == "profile":
            return Found(name="云岭大学团委", posts_total=len(posted))
        shown = max((p.at for p in posted if not p.hidden), default=None)
        bound = "exact" if self.world.exact else "at_least"
        newest = Newest(shown, bound) if shown else None
        return Found(name="云岭大学团委", newest=newest, posts_total=len(posted) or None)

    def night(self, today, outcome, *, believed):
        if outcome:
            seen = Observation(ACCOUNT.key, today, instant(today), outcome, "page", believed)
            self.standing = fold(self.standing, seen, self.facts)
        leaves = []
        if self.decision:
            leaves = [Exemption(ACCOUNT.key, self.decision.on, self.decision.until, "豁免")]
        # A second run on the same day, and one after the clock was set back a day, must add nothing.
        for day in (today, today, today - DAY):
            [verdict] = verdicts(ACCOUNT, self.standing, self.rules, day, self.calendar, exemptions=leaves)
            records = Records(decision=self.decision)
            self.take(advance(self.held, verdict, self.rule, day, records, calendar=self.calendar))

    @property
    def held(self):
        return self.episodes[-1] if self.episodes else None

    def take(self, steps):
        if not steps:
            return
        if self.held is None or replayed(self.held.trail).stage == "closed":
            rule = self.rule
            self.episodes.append(
                Case(ACCOUNT.key, rule.policy, rule.rule, rule.kind, len(self.episodes) + 1, (), "C1")
            )
        self.episodes[-1] = replace(self.held, trail=(*self.held.trail, *steps))

    def daytime(self, today):
        if self.held is None or replayed(self.held.trail).stage == "closed":
            return
        state = replayed(self.held.trail)
        match self.desk.acts(today, state.stage, state.stage_on, state.published_on, state.begun_on):
            case ("exempt", until):
                self.decision = Decision("C1", "fine", today, "office", "豁免", until)
                self.take(decided(self.held, self.decision, today=today))
            case ("record", stage, on):
                self.take([record(self.held, stage, on, "office", "", today=today)])
            case ("revert",):
                self.take([revert(self.held, "office", "申诉", today=today)])


@pytest.mark.parametrize("number", range(18))
def test_three_years_end_in_the_history_that_the_text_demands(number):
    account = world(number)
    assert Patrol(account, SIAS).work() == Officer(account, months=2, or_more=False, escalates=True).work()
    assert Patrol(account, NCWU).work() == Officer(account, months=3, or_more=True, escalates=False).work()


@pytest.mark.long
@pytest.mark.parametrize("number", range(18, 150))
def test_many_more_worlds_end_in_the_history_that_the_text_demands(number):
    test_three_years_end_in_the_history_that_the_text_demands(number)


def test_the_worlds_hold_what_they_are_for():
    """The comparison above is worth something only if every kind of step and close happens in it."""
    steps = [
        step
        for number in range(18)
        for episode in Officer(world(number), months=2, or_more=False, escalates=True).work()
        for step in episode
    ]
    told = {(stage, who, result) for stage, _, who, result in steps}
    assert told == {
        ("suspected", "night", None),
        ("opened", "night", None),
        ("notice_issued", "night", None),
        ("notice_received", "office", None),
        ("circular", "night", None),
        ("circular", "office", None),
        ("closure_recommended", "night", None),
        ("back", "office", None),
        ("closed", "night", "remedied"),
        ("closed", "office", "exempt"),
        ("closed", "office", "cancelled"),
    }
    assert len(steps) > 250


# ── by hand, without any code ───────────────────────────────────────────────────────────────────


def on(text, hour=10, minute=0):
    day = date.fromisoformat(text)
    return Post(instant(day, hour, minute), day)


def lived(posts, people, *, walls=(), agreeing=2, exact=True, nights=500):
    kinds = []
    for number in range(nights):
        day = (FIRST + timedelta(days=number)).isoformat()
        kinds.append("blocked" if any(first <= day <= last for first, last in walls) else "list")
    return World("by hand", tuple(posts), people, agreeing, exact, tuple(kinds))


def told(history):
    return [[f"{stage} {day}" for stage, day, *_ in episode] for episode in history]


BY_HAND = [
    (
        # Silent from 2027-03-31 on: 2 months end on 05-31. Received on 06-03: a month ends on 07-03.
        # Published on 07-07: of the 31 days of that month 2 run before the summer vacation (07-10 to 08-31),
        # the other 29 from 09-01 to 09-29.
        "the whole way over a vacation",
        lived([on("2026-11-18"), on("2027-01-10"), on("2027-03-05"), on("2027-03-31", 23, 59)], People()),
        [
            [
                "suspected 2027-06-01",
                "opened 2027-06-01",
                "notice_issued 2027-06-01",
                "notice_received 2027-06-03",
                "circular 2027-07-04",
                "circular 2027-07-07",
                "closure_recommended 2027-09-30",
            ]
        ],
    ),
    (
        # Six months silent when the patrol begins; one night suspects, the second agrees and convicts.
        # It posts on 2026-12-01 in the evening and is seen on the night of 12-02.
        "found silent on the first night",
        lived([on("2026-05-20"), on("2026-12-01", 20), *(on(f"2027-{m:02}-01") for m in range(1, 13))],
              People(None), nights=400),
        [["suspected 2026-11-20", "opened 2026-11-21", "notice_issued 2026-11-21", "closed 2026-12-02"]],
    ),
    (
        # Silent from 2026-11-19; 2 months end on 01-19 within the winter vacation (01-18 to 02-28): 2 days
        # are left, 03-01 and 03-02, so 03-03 is the first day; but from 02-25 to 03-20 there is a wall.
        "nights behind a wall move nothing",
        lived([on("2026-11-19")], People(None), walls=[("2027-02-25", "2027-03-20")], nights=200),
        [["suspected 2027-03-21", "opened 2027-03-21", "notice_issued 2027-03-21"]],
    ),
    (
        # A platform that shows only a lower bound never gets beyond the suspicion.
        "a lower bound stays a suspicion",
        lived([on("2026-09-30")], People(0), agreeing=1, exact=False, nights=300),
        [["suspected 2026-12-01"]],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("account", "history"), [c[1:] for c in BY_HAND], ids=[c[0] for c in BY_HAND])
def test_a_history_written_down_by_hand(account, history):
    assert told(Patrol(account, SIAS).work()) == history
    assert told(Officer(account, months=2, or_more=False, escalates=True).work()) == history


def test_three_months_or_more_by_hand():
    # Silent from 2026-11-30: clamped to 2027-02-28, the last day of the winter vacation; the 42 days of the
    # vacation are left out, so 3 months are over 42 days later: on 2027-04-11, and that day counts.
    account = lived([on("2026-11-18"), on("2026-11-30")], People(1), nights=300)
    assert told(Patrol(account, NCWU).work()) == [
        [
            "suspected 2027-04-11",
            "opened 2027-04-11",
            "notice_issued 2027-04-11",
            "notice_received 2027-04-12",
        ]
    ]


def test_the_simulation_lasts_three_years():
    assert date(2029, 11, 19) == FIRST + (NIGHTS - 1) * DAY
