"""Accounts met in searches, night by night, on a real ledger: flagged once, answered once, ended when renamed."""

from datetime import date, datetime, timedelta

import pytest

from crawlers.platforms import platforms
from monitors import casebook, holidays, rules, tables
from monitors.hearing import Filing
from monitors.judge import Law, Visited, judge
from monitors.ledger import Ledger
from monitors.names import Matcher, of_school
from monitors.nouns import SHANGHAI, Found, Gone, Newest, Note, Profile, Sightings

FIRST = date(2026, 11, 20)
KEY = "weibo:6200000001"


class Nights:
    """A ledger and its nights: each shows the given accounts to one search."""

    def __init__(self, ledger):
        self.ledger, self.day = ledger, FIRST
        facts = {name: one.facts for name, one in platforms().items()}
        matcher = Matcher(of_school("云岭大学", ["云岭大学"], short=["云岭大"]))
        self.law = Law(
            rules.load(["sias-2020"]),
            holidays.loaded(None),
            facts,
            matcher,
            assume_done=True,
            absent_canary=dict.fromkeys(facts, True),
            filing=lambda account: Filing(),
        )

    def night(self, *names, alive=True, handle="6200000001"):
        at = datetime.combine(self.day, datetime.min.time(), SHANGHAI) + timedelta(hours=2)
        seen = Found(name="对照", newest=Newest(at - timedelta(hours=3), "exact"))
        sightings = Sightings(tuple(Profile(handle, name) for name in names), more=False)
        notes = [
            Note("weibo", "canary_alive", "1", at, seen if alive else Gone("suspended", "封禁")),
            Note("weibo", "canary_absent", "2", at, Gone("not_found", "不存在")),
            Note("weibo", "canary_word", "对照", at, Sightings((Profile("1", "对照"),), more=False)),
            Note("weibo", "search", "云岭大学", at, sightings),
        ]
        with self.ledger.writing() as connection:
            judge(connection, self.law, self.day, [Visited("weibo", notes, frozenset(), 1, "done")])
        self.day += timedelta(days=1)

    def cases(self):
        with self.ledger.reading() as connection:
            return [
                [(step.stage, step.result) for step in case.trail]
                for case in casebook.cases(connection, tables.case.c.key == KEY)
            ]

    def decide(self, word, **more):
        with self.ledger.writing() as connection:
            values = {"key": KEY, "word": word, "by": "张", "why": "看过", "on": self.day - timedelta(days=1)}
            at = datetime.combine(self.day, datetime.min.time(), SHANGHAI)
            connection.execute(tables.decision.insert().values(**values, at=at, **more))


@pytest.fixture
def nights(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    yield Nights(ledger)
    ledger.close()


def test_a_name_that_plays_on_the_school_is_a_suspicion_and_one_case_however_often_it_is_met(nights):
    for _ in range(3):
        nights.night("云玲大学")
    assert nights.cases() == [[("suspected", None)]]


def test_an_innocent_name_leaves_nothing_behind(nights):
    nights.night("山间小店")
    with nights.ledger.reading() as connection:
        assert connection.execute(tables.sighting.select()).all() == []
    assert nights.cases() == []


def test_a_name_met_on_a_doubted_night_opens_nothing_until_a_believed_one(nights):
    nights.night("云玲大学", alive=False)
    assert nights.cases() == []
    nights.night("云玲大学")
    assert nights.cases() == [[("suspected", None)]]


def test_a_sighting_that_takes_a_harmless_name_ends_its_case(nights):
    nights.night("云玲大学")
    nights.night("山间小店")
    assert nights.cases() == [[("suspected", None), ("closed", "remedied")]]


def test_a_sighting_that_is_not_met_again_stays_open(nights):
    nights.night("云玲大学")
    nights.night()
    assert nights.cases() == [[("suspected", None)]]


def test_a_word_that_all_is_fine_is_remembered_and_a_new_name_asks_again(nights):
    nights.decide("fine")
    nights.night("云玲大学")
    nights.night("云玲大学")
    met_later = nights.cases()
    nights.night("云岭大学招生办")
    assert nights.cases()[-1] == [("suspected", None)]
    assert len(nights.cases()) <= len(met_later) + 1
