"""Searching as the command line shows it: words for people, and whether the nights suffice for the list."""

from datetime import date

import ledgers
import pytest
from conftest import xunjian

from crawlers.platforms import platforms
from monitors import queries, tables
from monitors.ledger import Ledger
from schedules import config, law, orders, register
from schedules.home import Home

DAY = date(2026, 3, 2)


def setting(home, old, new):
    path = home / "school.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def opened(home):
    ledger = Ledger(ledgers.address(home))
    settings = config.load(home)
    accounts, _ = register.taken_in(Home(home), settings, ledger, DAY)
    yield ledger, settings, accounts
    ledger.close()


def night(connection, platform, asked, answered, day=DAY):
    counts = dict.fromkeys(("planned", "found", "gone", "blocked", "other", "unseen", "requests"), 0)
    row = {"day": day, "platform": platform, "believed": True, "asked": asked, "answered": answered}
    connection.execute(tables.platform_night.insert().values(**row, **counts, ended="done"))


def test_words_are_for_the_platforms_that_cannot_be_searched_from_outside(home):
    rows = xunjian(home, "words", "--json").rows
    assert {row["platform"] for row in rows} == {"douyin"}
    words = [row["word"] for row in rows]
    assert words[0] == "云岭大学"
    assert len(set(words)) == len(words) == 20
    assert {"name", "addition", "imitation"} >= {row["origin"] for row in rows}
    assert xunjian(home, "words", "--json").rows == rows


def test_words_can_be_had_for_any_platform_by_its_name(home):
    rows = xunjian(home, "words", "--platform", "weibo", "--json").rows
    assert {row["platform"] for row in rows} == {"weibo"}
    wrong = xunjian(home, "words", "--platform", "weibo2")
    assert wrong.code == 2
    assert "weibo" in wrong.err


def test_a_platform_whose_searches_had_no_answer_for_a_week_is_searched_by_hand_as_well(opened):
    ledger, settings, _ = opened
    with ledger.writing() as connection:
        night(connection, "weibo", 12, 0)
        night(connection, "bilibili", 16, 0)
        night(connection, "bilibili", 16, 1, date(2026, 3, 4))
    with ledger.reading() as connection:
        assert orders.by_hand(connection, settings, date(2026, 3, 5)) == ["douyin", "weibo"]
        assert orders.by_hand(connection, settings, date(2026, 3, 20)) == ["douyin"]


def test_a_platform_that_the_school_may_not_search_is_searched_by_hand(opened):
    ledger, settings, _ = opened
    live = settings.model_copy(
        update={
            "rehearsal": False,
            "platforms": {
                "weibo": config.PlatformSettings(robots="visit-registered"),
                "bilibili": config.PlatformSettings(robots="visit-and-search"),
                "wechat": config.PlatformSettings(enabled=False),
            },
        }
    )
    with ledger.reading() as connection:
        assert orders.by_hand(connection, live, DAY) == ["douyin", "weibo"]


# ── orders ──────────────────────────────────────────────────────────────────────────────────────


def plan(opened, home, platform="bilibili", settings=None):
    ledger, held, accounts = opened
    settings = settings or held
    words = law.words(settings, accounts, law.matcher(settings, accounts), DAY)
    evening = orders.Evening(DAY, home / "notes", words=words)
    with ledger.reading() as connection:
        return orders.plan(
            connection,
            settings,
            platforms()[platform],
            accounts.values(),
            sightings={},
            evening=evening,
        )


def searched(one):
    return [errand.subject for errand in one.order.errands if errand.purpose == "search"]


def test_a_night_asks_as_many_words_as_the_settings_say(opened, home):
    assert len(searched(plan(opened, home))) == 12
    setting(home, "words_a_night = 12", "words_a_night = 5")
    setting(home, "[platforms.weibo]\n", "[platforms.weibo]\nwords_a_night = 3\n")
    fewer = config.load(home)
    assert len(searched(plan(opened, home, settings=fewer))) == 5
    assert len(searched(plan(opened, home, "weibo", settings=fewer))) == 3


def test_a_large_register_leaves_the_searches_a_third_of_the_night_at_most(opened, home):
    order = plan(opened, home).order
    assert order.kept_for_searches == 39
    assert plan(opened, home, "douyin").order.kept_for_searches == 0


def test_a_night_that_was_answered_is_not_asked_again_the_same_day(opened, home):
    ledger, _, _ = opened
    first = searched(plan(opened, home))
    with ledger.writing() as connection:
        for word in first:
            queries.asked(connection, "bilibili", word, DAY, hit=False)
    assert searched(plan(opened, home)) == []


# ── check ───────────────────────────────────────────────────────────────────────────────────────


def warnings(home):
    rows = xunjian(home, "check", "--json").rows
    return [row for row in rows if row.get("reason") == "words_over_budget"]


def test_check_warns_where_the_nights_of_a_term_do_not_reach_round_the_list(home):
    assert warnings(home) == []
    setting(home, "words_a_night = 12", "words_a_night = 4")
    found = warnings(home)
    assert {row["level"] for row in found} == {"warning"}
    assert len(found) == 3
    assert "28" in found[0]["message"]
    (advised,) = {row["message"].split("words_a_night 改成 ")[1].split("，")[0] for row in found}
    setting(home, "words_a_night = 4", f"words_a_night = {advised}")
    assert warnings(home) == []
