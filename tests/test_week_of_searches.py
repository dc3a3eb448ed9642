"""Seven nights of searching on the stage, word by word as the orders plan it: who is found, and who is left alone.

Who means to pass for the school, to play on its name or neither stands in the scenario's text.
"""

import tomllib
from collections import Counter
from datetime import datetime, timedelta

import ledgers
import pytest
from ledgers import written
from onfoot import OnFoot
from reckoning import ANCHOR
from scenariotext import TEXT

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from crawlers.rehearsal.walls import Wall
from monitors import casebook, queries
from monitors.judge import Visited, judge
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI, Note
from monitors.sightings import met_before
from schedules import config, law, orders, register
from schedules.home import Home
from schedules.starter import register as starter_register

SEARCHED = ("weibo", "bilibili", "wechat")
WALLED_NIGHT = 2  # one night of the week on which Bilibili lets nobody search


def strangers(platform):
    """The strangers of a platform as the scenario's text states them, who are there by the seventh night."""
    rows = tomllib.loads((TEXT / f"{platform}.toml").read_text("utf-8"))["strangers"]
    return [row for row in rows if row["created"] < 7]


class Walk:
    """A home with its ledger, and what its nights asked."""

    def __init__(self, path):
        self.home = Home(path)
        written(path)
        starter_register.written(path / "台账.xlsx", ANCHOR)
        self.settings = config.load(path)
        self.ledger = Ledger(ledgers.address(self.home.path))
        self.asked = []
        self.names = {}

    def night(self, stage, offset):
        day = ANCHOR + timedelta(days=offset)
        stage.clock = datetime(day.year, day.month, day.day, 2, 30, tzinfo=SHANGHAI)
        accounts, filing = register.taken_in(self.home, self.settings, self.ledger, day)
        held = law.law(self.settings, self.home.path, accounts, filing)
        self.words = law.words(self.settings, accounts, held.matcher, day)
        evening = orders.Evening(day, self.home.notes, stage.clock, words=self.words)
        visited = []
        for name in SEARCHED:
            with self.ledger.reading() as connection:
                plan = orders.plan(
                    connection,
                    self.settings,
                    platforms()[name],
                    (),
                    sightings=met_before(connection),
                    evening=evening,
                )
            notes = [self.note(stage, name, errand) for errand in plan.order.errands]
            visited.append(Visited(name, notes, plan.accounts, plan.words, "done"))
            self.asked.append((offset, name, [n.subject for n in notes if n.purpose == "search"]))
        with self.ledger.writing() as connection:
            judge(connection, held, day, visited)

    def note(self, stage, platform, errand):
        foot = OnFoot(stage, wire=False)
        if errand.purpose in ("search", "canary_word"):
            _, outcome = foot.search(platform, errand.subject, 1 if errand.purpose == "canary_word" else 3)
        else:
            _, outcome = foot.account(platform, errand.subject, errand.name)
        return Note(platform, errand.purpose, errand.subject, stage.clock, outcome, name=errand.name)

    def suspected(self, platform):
        """The names under an open case, as the register of cases has them."""
        with self.ledger.reading() as connection:
            met = met_before(connection)
            return Counter(
                met[case.key].profile.name
                for case in casebook.cases(connection)
                if case.kind == "sighting"
                and case.key.startswith(f"{platform}:")
                and case.trail[-1].stage != "closed"
            )


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    walk = Walk(tmp_path_factory.mktemp("week"))
    day = ANCHOR + timedelta(days=WALLED_NIGHT)
    wall = Wall(platform="bilibili", how="-352", search=True, nights=frozenset({day}))
    with Stage(scenario(), ANCHOR, ANCHOR, [wall]) as stage:
        for offset in range(8):
            walk.night(stage, offset)
    yield walk
    walk.ledger.close()


@pytest.mark.parametrize("platform", SEARCHED)
def test_within_a_week_every_impostor_is_suspected_and_nobody_else(walk, platform):
    meant = Counter(row["name"] for row in strangers(platform) if row["meant"] != "innocent")
    assert len(meant) > 6
    assert walk.suspected(platform) == meant


def test_every_word_is_asked_within_its_term_and_no_night_asks_more_than_its_share(walk):
    words = {one.word for one in walk.words}
    for platform in SEARCHED:
        nights = {offset: asked for offset, name, asked in walk.asked if name == platform}
        assert all(len(set(asked)) == len(asked) <= 12 for asked in nights.values())
        first = {word: min(n for n, asked in nights.items() if word in asked) for word in words}
        assert max(first.values()) < 7
        assert "云岭大学" in nights[0]
        assert any("云岭大学" in nights[offset] for offset in range(1, 8))


def test_what_was_asked_in_vain_on_a_walled_night_is_asked_on_the_next(walk):
    nights = {offset: asked for offset, name, asked in walk.asked if name == "bilibili"}
    assert nights[WALLED_NIGHT]
    assert nights[WALLED_NIGHT] == nights[WALLED_NIGHT + 1]
    untouched = {offset: asked for offset, name, asked in walk.asked if name == "weibo"}
    assert not set(untouched[WALLED_NIGHT]) & set(untouched[WALLED_NIGHT + 1])


def test_each_suspect_is_kept_with_the_words_that_met_it(walk):
    with walk.ledger.reading() as connection:
        words, met = queries.met_by(connection), met_before(connection)
    assert set(words) == set(met)
    assert {word for those in words.values() for word in those} <= {one.word for one in walk.words}
    (tree,) = (key for key, one in met.items() if one.profile.name == "云岭大学树洞bot")
    assert "云岭大学树洞" in words[tree]
