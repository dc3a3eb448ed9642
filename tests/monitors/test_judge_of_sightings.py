"""Accounts met in searches, night by night, on a real ledger: flagged once, answered once, ended when renamed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import ledgers
import pytest

from crawlers.platforms import platforms
from monitors import casebook, holidays, rules, tables
from monitors.hearing import Filing
from monitors.judge import Law, Visited, judge
from monitors.ledger import Ledger
from monitors.names import Matcher, of_school
from monitors.nouns import (
    SHANGHAI,
    Account,
    Ambiguous,
    Blocked,
    Count,
    Decision,
    Found,
    Gone,
    Newest,
    Note,
    Profile,
    ShapeChanged,
    Sightings,
    Unreachable,
)
from monitors.queries import asked_so_far
from monitors.records import decided
from monitors.sightings import Met, met_before, remember
from monitors.trail import Records

FIRST = date(2026, 11, 20)
KEY = "weibo:6200000001"
LIBRARY = Account("weibo", "5720114004", "云岭大学图书馆", "图书馆")


class Nights:
    """A ledger and its nights: each shows the given accounts to one search."""

    def __init__(self, ledger):
        self.ledger, self.day = ledger, FIRST
        facts = {name: one.facts for name, one in platforms().items()}
        names = of_school("云岭大学", ["云岭大学"], short=["云岭大"])
        matcher = Matcher(names, allowed=["云岭大酒店"], registered=[LIBRARY.name])
        self.law = Law(
            rules.load(["sias-2020"]),
            holidays.loaded(None),
            facts,
            matcher,
            assume_done=True,
            absent_canary=dict.fromkeys(facts, True),
            filing=lambda account: Filing(),
            school="云岭大学",
        )
        with ledger.writing() as connection:
            values = {"sha256": "0" * 64, "day": FIRST, "at": datetime.now(UTC), "by": "张"}
            version = tables.register_version.insert().values(**values, accounts=1, refused=0, changes=[])
            number = connection.execute(version).inserted_primary_key[0]
            row = {
                name: getattr(LIBRARY, name)
                for name in ("key", "platform", "handle", "name", "unit", "state")
            }
            filed = tables.account.insert().values(**row, record=LIBRARY, version=number, filed=True)
            connection.execute(filed)

    def night(
        self,
        *names,
        alive=True,
        handle="6200000001",
        shown=None,
        looked=None,
        said=None,
        word=True,
        failed=(),
        words=(),
    ):
        at = datetime.combine(self.day, datetime.min.time(), SHANGHAI) + timedelta(hours=2)
        seen = Found(name="对照", newest=Newest(at - timedelta(hours=3), "exact"))
        profiles = (replace(shown or Profile(None, ""), handle=handle, name=name) for name in names)
        sightings = Sightings(tuple(profiles), more=False)
        notes = [
            Note("weibo", "canary_alive", "1", at, seen if alive else Gone("suspended", "封禁")),
            Note("weibo", "canary_absent", "2", at, Gone("not_found", "不存在")),
            Note(
                "weibo", "canary_word", "对照", at, Sightings((Profile("1", "对照"),) if word else (), False)
            ),
            *(Note("weibo", "search", one, at, said or sightings) for one in words or ("云岭大学",)),
        ]
        notes += [Note("weibo", "sighting", handle, at, looked)] if looked else []
        notes += [
            Note("weibo", "account", f"572011400{n}", at, one, requests=1) for n, one in enumerate(failed)
        ]
        with self.ledger.writing() as connection:
            judged = judge(connection, self.law, self.day, [Visited("weibo", notes, frozenset(), 1, "done")])
        self.taken, self.doubts = judged.taken, judged.doubts
        self.day += timedelta(days=1)

    def met(self):
        with self.ledger.reading() as connection:
            return met_before(connection)

    def why(self, key=KEY):
        with self.ledger.reading() as connection:
            holds = (tables.verdict.c.key == key) & tables.verdict.c.to_day.is_(None)
            return connection.scalar(
                tables.verdict.select().with_only_columns(tables.verdict.c.why).where(holds)
            )

    def asked(self):
        with self.ledger.reading() as connection:
            return asked_so_far(connection, "weibo").get("云岭大学")

    def hits(self):
        return self.asked().hits

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
            case = next((one for one in casebook.newest(connection).values() if one.key == KEY), None)
            said = Decision(**values, until=more.get("until"))
            if case and (steps := decided(case, said, today=values["on"])):
                identity = (case.key, case.policy, case.rule)
                law, rule = self.law, self.law.rule(case.policy, case.rule)
                casebook.append(
                    *(connection, case, identity, case.kind, steps),
                    rule=rule,
                    records=Records(assume_done=True),
                    calendar=law.calendar,
                )


@pytest.fixture
def nights(tmp_path):
    ledger = Ledger(ledgers.address(tmp_path))
    yield Nights(ledger)
    ledger.close()


def test_a_name_that_plays_on_the_school_is_a_suspicion_and_one_case_however_often_it_is_met(nights):
    for _ in range(3):
        nights.night("云玲大学", "云玲大学", words=("云岭大学", "云岭大", "云玲"))
        assert len(nights.taken) == (nights.day == FIRST + timedelta(days=1))
    assert nights.cases() == [[("suspected", None)]]
    assert list(nights.met()) == [KEY]


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


def test_where_all_accounts_fail_beside_good_canaries_the_maintainer_hears_and_the_searches_stand(nights):
    nights.night("云岭大学表白墙", failed=[ShapeChanged("data.user")] * 3)
    assert "3 个账号" in nights.doubts["weibo"]
    assert nights.cases() == [[("suspected", None)]]
    assert nights.asked()


def test_a_sighting_that_takes_a_harmless_name_ends_its_case(nights):
    nights.night("云玲大学")
    nights.night("山间小店")
    assert nights.cases() == [[("suspected", None), ("closed", "remedied")]]


def test_a_sighting_that_is_not_met_again_stays_open(nights):
    nights.night("云玲大学")
    nights.night()
    assert nights.cases() == [[("suspected", None)]]


def test_a_word_that_all_is_fine_is_remembered_and_a_new_name_asks_again(nights):
    nights.night("云玲大学")
    nights.decide("fine")
    answered = [[("suspected", None), ("closed", "mistaken")]]
    assert nights.cases() == answered
    for shown in (None, None, Profile(None, "", verified=False), None):
        nights.night("云玲大学", shown=shown)
        nights.night()
        nights.night("云玲大学", alive=False)
        assert nights.cases() == answered
    nights.day += timedelta(days=400)
    nights.night("云玲大学")
    assert nights.cases() == answered
    nights.night("云岭大学招生办")
    assert nights.cases() == [*answered, [("suspected", None)]]


def test_a_word_given_before_any_case_holds_from_the_first_night_on(nights):
    nights.night("云玲大学", alive=False)
    nights.decide("fine")
    nights.night("云玲大学")
    nights.night("云玲大学")
    assert nights.cases() == []


def test_a_filed_account_and_an_allowed_word_never_come_up_and_anothers_use_of_a_filed_name_does(nights):
    nights.night(LIBRARY.name, handle=LIBRARY.handle)
    nights.night("云岭大酒店", handle="6200000002")
    assert nights.met() == {}
    nights.night(LIBRARY.name)
    assert nights.cases() == [[("suspected", None)]]
    assert "与“云岭大学图书馆”同名" in nights.why()


def test_a_word_that_all_is_fine_does_not_hold_for_another_account_of_that_name(nights):
    nights.night("云玲大学")
    nights.decide("fine")
    nights.night("云玲大学", handle="6200000009")
    with nights.ledger.reading() as connection:
        cases = casebook.cases(connection, tables.case.c.key == "weibo:6200000009")
    assert [case.trail[-1].stage for case in cases] == ["suspected"]


def test_a_search_that_shows_less_than_an_earlier_one_forgets_nothing(nights):
    full = Profile(None, "", verified=True, verified_as="云玲有限公司", followers=Count(90, True))
    nights.night("云玲大学", shown=full)
    nights.night("云玲大学")
    profile = nights.met()[KEY].profile
    assert (profile.verified_as, profile.followers) == ("云玲有限公司", Count(90, True))
    nights.night("云玲大学", shown=replace(full, verified=False, verified_as=None))
    assert (nights.met()[KEY].profile.verified, nights.met()[KEY].profile.verified_as) == (False, None)


def test_what_the_profile_shows_stands_in_the_finding(nights):
    nights.night("云玲大学官方", shown=Profile(None, "", verified=False))
    assert "未认证而自称官方" in nights.why()
    nights.night("云玲大学官方", looked=Found("云玲大学官方", True, "昆明云玲有限公司"))
    assert "已认证为其他主体（昆明云玲有限公司）" in nights.why()
    assert nights.cases() == [[("suspected", None)]]


def test_a_look_that_shows_another_name_asks_anew_after_a_word_that_all_is_fine(nights):
    nights.night("云玲大学")
    nights.decide("fine")
    nights.night("云玲大学")
    nights.night(looked=Found("云岭大学招生办"))
    assert nights.met()[KEY].profile.name == "云岭大学招生办"
    assert nights.met()[KEY].first_day == nights.day - timedelta(days=1)


def test_a_bare_name_is_the_one_sighting_that_has_it_with_an_id(nights):
    nights.night("云玲大学")
    nights.night("云玲大学", handle=None)
    assert list(nights.met()) == [KEY]
    assert nights.met()[KEY].profile.handle == "6200000001"
    nights.night("云玲大学", handle="6200000002")
    nights.night("云玲大学", handle=None)
    assert set(nights.met()) == {KEY, "weibo:6200000002", "weibo:name=云玲大学"}


def test_a_word_that_meets_only_what_a_person_has_cleared_has_met_nothing(nights):
    nights.night("云玲大学")
    assert nights.hits() == 1
    nights.decide("fine")
    nights.night("云玲大学")
    assert nights.hits() == 1
    nights.night("云玲大学官方")
    assert nights.hits() == 2


def test_a_night_that_was_refused_or_not_believed_has_not_asked(nights):
    nights.night("云玲大学", alive=False)
    for said in (Blocked("captcha"), Unreachable("超时"), ShapeChanged("data"), Sightings((), False)):
        nights.night(said=said, word=False)
    nights.night(said=Ambiguous("没有结果"), word=False)
    assert nights.asked() is None
    nights.night()
    assert (nights.asked().on, nights.asked().asks) == (nights.day - timedelta(days=1), 1)


def test_an_unclear_answer_to_one_word_uses_its_turn_where_another_word_is_answered(nights):
    nights.night(said=Ambiguous("没有结果"))
    assert (nights.asked().asks, nights.asked().hits) == (1, 0)


def test_the_step_of_a_suspect_is_as_grave_as_its_profile_makes_it(nights):
    company = Profile(None, "", verified=True, verified_as="昆明云玲有限公司")
    nights.night("云玲大学", shown=company)
    nights.night("云玲大学官方", handle="6200000002", shown=Profile(None, "", verified=False))
    (claiming,) = nights.taken
    assert claiming.subject.gravity.on("normal") == "high"
    nights.night("云玲大学", handle="6200000003", shown=company)
    (other,) = nights.taken
    assert other.subject.gravity.on("normal") == "low"


def test_what_a_person_met_after_the_night_is_a_suspicion_on_the_next_believed_or_not(nights):
    nights.night()
    day = nights.day - timedelta(days=1)
    profile = Profile("6200000001", "云岭大学官方招生")
    met = Met(KEY, "weibo", profile, nights.law.matcher.score(profile.name), day, day, by="李")
    with nights.ledger.writing() as connection:
        remember(connection, met, None, None, day)
    nights.night(alive=False)
    assert nights.cases() == [[("suspected", None)]]
    nights.night()
    assert nights.cases() == [[("suspected", None)]]
