"""A hundred and twenty nights judged from notes that the readers made of the stage's own answers.

What the cases must be is reckoned apart: from the scenario's text for the platforms whose lists are exact, from what the
visitor was shown for those that give lower bounds, and from the rule's words with pen and paper.
"""

from collections import defaultdict
from datetime import datetime

import ledgers
import pytest
from ledgers import written
from onfoot import OnFoot
from reckoning import ANCHOR, HOW, WALLED, by_pen, by_what_was_shown, day
from scenariotext import rows

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from crawlers.rehearsal.walls import Wall
from monitors import casebook
from monitors.judge import Visited, judge
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI, Note
from schedules import config, law, register
from schedules.home import Home
from schedules.starter import register as starter_register

NIGHTS = 120

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
    ledger = Ledger(ledgers.address(home.path))
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


TEXTS = [(name, row) for name, row in rows() if name in WALLED]


class TestAHundredAndTwentyNights:
    @pytest.mark.parametrize(("platform", "row"), TEXTS, ids=[f"{n}-{r['name']}" for n, r in TEXTS])
    def test_an_account_has_exactly_the_cases_that_scenario_and_rule_demand(self, walk, platform, row):
        cases, _, _ = walk
        assert cases.get(f"{platform}:{row['handle']}", []) == by_pen(platform, row, NIGHTS)

    def test_where_only_lower_bounds_are_shown_the_cases_follow_what_was_shown(self, walk):
        cases, shown, accounts = walk
        followed = 0
        for key, nights in shown.items():
            if key.split(":")[0] in WALLED or accounts[key].state != "在用":
                continue
            history = by_what_was_shown(nights)
            assert cases.get(key, []) == history, key
            followed += len(history)
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
