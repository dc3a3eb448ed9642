"""A hundred and twenty nights judged from notes that the readers made of the stage's own answers.

What the cases must be is reckoned apart: from the scenario's text for the platforms whose lists are exact, from what the
visitor was shown for those that give lower bounds, and from the rule's words with pen and paper.
"""

import calendar
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from onfoot import OnFoot
from scenariotext import posting_days, rows

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from crawlers.rehearsal.walls import Wall
from monitors import casebook
from monitors.judge import Visited, judge
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI, Found, Note
from schedules import config, law, register
from schedules.home import Home
from schedules.starter import register as starter_register
from schedules.starter import written

ANCHOR = date(2026, 11, 20)
NIGHTS = 120
# A wall for a week in spring and one for the night on which much falls due; offsets from the anchor.
WALLED = {"weibo": {*range(20, 27), 61}, "bilibili": {33, 34, 70}}
HOW = {"weibo": "captcha", "bilibili": "-352"}


def day(offset):
    return ANCHOR + timedelta(days=offset)


# ── walking ─────────────────────────────────────────────────────────────────────────────────────


def notes_of(foot, platform, accounts, at):
    """What one platform's crawl would leave of this night."""
    canaries = platforms()[platform].canaries
    asked = [("canary_alive", canaries.alive, None)]
    asked += [("canary_absent", canaries.absent, None)] if canaries.absent else []
    asked += [
        ("account", a.handle, a)
        for a in accounts
        if a.platform == platform and a.handle and a.state != "停用"
    ]
    for purpose, handle, account in asked:
        name, witnesses = (account.name, account.witnesses) if account else (None, ())
        _, outcome = foot.account(platform, handle, name, witnesses)
        yield Note(platform, purpose, handle, at, outcome), outcome


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Judge all nights; give the silence cases by key, and what each night showed of each account."""
    home = Home(tmp_path_factory.mktemp("nights"))
    written(home.path)
    starter_register.written(home.path / "台账.xlsx", ANCHOR)
    settings = config.load(home.path)
    ledger = Ledger(home.database(None))
    walls = [
        Wall(platform=name, how=HOW[name], nights=frozenset(day(n) for n in nights))
        for name, nights in WALLED.items()
    ]
    shown = defaultdict(dict)
    with Stage(scenario(), ANCHOR, ANCHOR, walls) as stage:
        for offset in range(NIGHTS):
            at = datetime(day(offset).year, day(offset).month, day(offset).day, 2, 30, tzinfo=SHANGHAI)
            stage.clock = at
            accounts, filing = register.taken_in(home, settings, ledger, day(offset))
            held = law.law(settings, home.path, accounts, filing)
            visited = []
            for name in platforms():
                told = list(notes_of(OnFoot(stage, wire=False), name, accounts.values(), at))
                for note, outcome in told:
                    if note.purpose == "account":
                        shown[note.key][offset] = outcome
                visited.append(Visited(name, [note for note, _ in told], frozenset(), None, "done"))
            with ledger.writing() as connection:
                judged = judge(connection, held, day(offset), visited)
            walled = {name for name, nights in WALLED.items() if offset in nights}
            assert set(judged.doubts) == walled, (offset, judged.doubts)
    with ledger.reading() as connection:
        cases = defaultdict(list)
        for case in casebook.cases(connection):
            if case.rule == "silence":
                cases[case.key].append([(s.stage, (s.on - ANCHOR).days, s.result) for s in case.trail])
    return cases, shown, accounts


# ── the officer with pen and paper ──────────────────────────────────────────────────────────────


def months_later(start, months):
    """The same day so many months later, or the month's last day where there is no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def overdue(last):
    """The first night that is more than two months after `last`; nothing pauses in the starter."""
    return (months_later(last, 2) - ANCHOR).days + 1


def waited(offset):
    """The first night that is more than one month after the night `offset`."""
    return (months_later(day(offset), 1) - ANCHOR).days + 1


@dataclass
class Officer:
    """Reckons one account's cases of silence; `agreeing` believed nights convict."""

    agreeing: int
    best: date | None = None
    rose_on: tuple | None = None
    last: tuple | None = None
    total: int | None = None
    total_on: int | None = None
    history: list = field(default_factory=list)
    stage: str | None = None
    stage_on: int = 0
    begun: int = 0

    def night(self, offset, newest, exact, total):
        """`newest` is a day or None; None for `total` where no counter is shown."""
        rose = total is not None and self.total is not None and total > self.total
        if rose:
            self.rose_on = (self.total_on, offset)
        if total is not None:
            self.total, self.total_on = total, offset
        if newest is not None:
            if self.best is None or newest > self.best:
                self.best = newest
            if exact:
                same = self.last is not None and self.last[0] == newest and not rose
                self.last = (newest, self.last[1] + 1 if same else 1)
        if self.rose_on and self.best and (self.best - ANCHOR).days >= self.rose_on[0]:
            self.rose_on = None
        life = self.best
        if self.rose_on:
            life = max(life or date.min, day(self.rose_on[1]))
        if life is None:
            return
        if newest is None and not rose:
            return
        if offset < overdue(life):
            self.recovered(offset)
            return
        proven = self.last is not None and self.last[1] >= self.agreeing and exact and not self.rose_on
        if proven and self.last[0] == life:
            self.breach(offset)
        elif self.stage is None:
            self.begin(offset)

    def recovered(self, offset):
        if self.stage is not None:
            self.history[-1].append(("closed", offset, "remedied"))
            self.stage = None

    def begin(self, offset):
        self.history.append([("suspected", offset, None)])
        self.stage, self.stage_on = "suspected", offset

    def breach(self, offset):
        if self.stage is None:
            self.begin(offset)
        if self.stage == "suspected":
            self.history[-1] += [("opened", offset, None), ("notice_issued", offset, None)]
            self.stage, self.stage_on = "notice_issued", offset
        elif self.stage == "notice_issued" and offset >= waited(self.stage_on):
            self.history[-1].append(("circular", offset, None))
            self.stage, self.stage_on = "circular", offset
        elif self.stage == "circular" and offset >= waited(self.stage_on):
            self.history[-1].append(("closure_recommended", offset, None))
            self.stage = "closure_recommended"


def by_text(row, offset):
    """What an exact platform must show on this night, from the scenario's words: (newest, exact, total) or None."""
    if row.get("cancelled", 9999) <= offset:
        return None
    if row.get("suspended", 9999) <= offset < row.get("restored", 9999):
        return None
    if row.get("private", 9999) <= offset:
        return None, False, None
    days = posting_days(row, offset, ANCHOR)
    listed = [one for one in days if one < row.get("unlisted", 9999)]
    if row.get("window"):
        listed = [one for one in listed if one > offset - 183]
    whole = not row.get("window") and set(listed) - set(row.get("pins", ()))
    return day(max(listed)) if listed else None, bool(whole), len(days)


def by_outcome(outcome):
    """What a platform that gives lower bounds showed: (newest, exact, total) or None."""
    if not isinstance(outcome, Found):
        return None
    newest = outcome.newest.at.astimezone(SHANGHAI).date() if outcome.newest else None
    return newest, bool(outcome.newest and outcome.newest.bound == "exact"), outcome.posts_total


TEXTS = [(name, row) for name, row in rows() if name in WALLED]


@pytest.mark.xdist_group("hundred")
class TestAHundredAndTwentyNights:
    @pytest.mark.parametrize(("platform", "row"), TEXTS, ids=[f"{n}-{r['name']}" for n, r in TEXTS])
    def test_an_account_has_exactly_the_cases_that_scenario_and_rule_demand(self, walk, platform, row):
        cases, _, _ = walk
        officer = Officer(agreeing=2 if platform == "weibo" else 1)
        # What the office has filed as out of use is not judged for silence.
        nights = range(NIGHTS if row.get("filed_as", "在用") == "在用" else 0)
        for offset in nights:
            view = None if offset in WALLED[platform] else by_text(row, offset)
            if view is not None:
                newest, exact, total = view
                officer.night(offset, newest, exact, total if platform == "weibo" else None)
        assert cases.get(f"{platform}:{row['handle']}", []) == officer.history

    def test_where_only_lower_bounds_are_shown_the_cases_follow_what_was_shown(self, walk):
        cases, shown, accounts = walk
        followed = 0
        for key, nights in shown.items():
            if key.split(":")[0] in WALLED or accounts[key].state != "在用":
                continue
            officer = Officer(agreeing=1)
            for offset, outcome in sorted(nights.items()):
                view = by_outcome(outcome)
                if view is not None:
                    officer.night(offset, *view)
            assert cases.get(key, []) == officer.history, key
            followed += len(officer.history)
        assert followed > 5

    def test_the_walk_has_seen_every_stage_and_a_recovery(self, walk):
        cases, _, _ = walk
        steps = {
            (stage, result) for trails in cases.values() for trail in trails for stage, _, result in trail
        }
        assert {stage for stage, _ in steps} >= {
            "suspected",
            "opened",
            "notice_issued",
            "circular",
            "closure_recommended",
        }
        assert ("closed", "remedied") in steps

    def test_no_step_was_taken_on_a_night_behind_a_wall(self, walk):
        cases, _, _ = walk
        for key, trails in cases.items():
            nights = WALLED.get(key.split(":")[0], set())
            assert not [offset for trail in trails for _, offset, _ in trail if offset in nights], key
