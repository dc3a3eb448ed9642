"""The names of cancelled accounts stay on the watch list."""

from dataclasses import replace
from datetime import UTC, date, datetime

import ledgers
import pytest

from monitors import accounts as filed_accounts
from monitors import casebook, tables
from monitors.judge import Visited, judge
from monitors.ledger import Ledger
from monitors.nouns import Account, Found, Gone, Note, Profile, Sightings
from monitors.sightings import met_before
from schedules import config, law, register
from schedules.home import Home

CANCELLED = Account("bilibili", "401700001", "小云朵编辑部", "校团委", state="注销")
STOPPED = Account("bilibili", "401700002", "晨钟暮鼓广播", "校团委", state="停用")
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.fixture
def settings(home):
    return config.load(home)


def filed(*accounts):
    return {account.key: account for account in accounts}


def wanted(settings, accounts, left=()):
    return law.words(settings, accounts, law.matcher(settings, accounts, left), DAY, left)


def test_the_name_of_a_cancelled_account_is_searched_for_after_the_names_of_the_school(settings):
    words = wanted(settings, filed(CANCELLED, STOPPED))
    names = [one.word for one in words if one.origin == "name"]
    assert [one.word for one in words][: len(names) + 1] == [*names, "小云朵编辑部"]
    assert names[0] == "云岭大学"
    assert not [one for one in words if "晨钟暮鼓广播" in one.word]


def test_the_name_of_an_account_that_left_the_register_stays_on_the_watch_list(home, settings):
    ledger = Ledger(ledgers.address(home))
    register.taken_in(Home(home), settings, ledger, DAY)
    with ledger.writing() as connection:
        one = tables.account.c
        gone = one.key == "bilibili:401720065"
        connection.execute(tables.account.update().where(gone).values(name="晨钟暮鼓广播", filed=False))
    with ledger.reading() as connection:
        left, accounts = filed_accounts.left(connection), filed_accounts.accepted(connection)
    ledger.close()
    assert left == ["晨钟暮鼓广播"]
    assert law.matcher(settings, accounts, left).match("晨钟暮鼓广播")
    assert "晨钟暮鼓广播" in [one.word for one in wanted(settings, accounts, left)]
    heir = Account("weibo", "5720119999", "晨钟暮鼓广播", "校团委")
    assert law.freed(settings, filed(heir), left) == []


def test_a_cancelled_account_that_bore_the_name_of_the_school_takes_nothing_from_the_list(settings):
    gone = Account("wechat", "gh_00000000aaaa", "云岭大学", "党委宣传部", state="注销")
    words = wanted(settings, filed(gone))
    assert (words[0].word, words[0].origin) == ("云岭大学", "name")
    assert "云岭大学招生办" in [one.word for one in words]
    assert {"addition", "imitation"} <= {one.origin for one in words}


def test_the_names_of_units_stand_last_in_the_list_and_bear_the_name_of_the_school(home, settings):
    ledger = Ledger(ledgers.address(home))
    accounts, _ = register.taken_in(Home(home), settings, ledger, DAY)
    ledger.close()
    words = wanted(settings, accounts)
    units = [one.word for one in words if one.origin == "unit"]
    assert 0 < len(units) < len(words) / 5
    assert [one.word for one in words][-len(units) :] == units
    assert all("云岭大学" in word for word in units)
    assert "云岭大学图书馆" in units


def test_a_cancelled_name_met_again_is_flagged_and_a_stopped_one_is_not(settings):
    matcher = law.matcher(settings, filed(CANCELLED, STOPPED))
    found = matcher.match("小云朵编辑部")
    assert found
    assert found.protected == "小云朵编辑部"
    assert matcher.match("晨钟暮鼓广播") is None


def test_a_cancelled_name_that_another_account_of_the_school_bears_is_registered(settings):
    heir = Account("weibo", "5720119999", "小云朵编辑部", "校团委")
    assert law.matcher(settings, filed(CANCELLED, heir)).match("小云朵编辑部") is None


def test_a_cancelled_name_with_the_name_of_the_school_in_it_is_flagged_too(settings):
    gone = Account("wechat", "gh_00000000aaaa", "云岭大学招生", "招生办", state="注销")
    assert law.matcher(settings, filed(gone)).match("云岭大学招生")


def test_a_night_that_meets_a_cancelled_name_under_another_handle_begins_a_case(home, settings):
    ledger = Ledger(ledgers.address(home))
    accounts, filing = register.taken_in(Home(home), settings, ledger, DAY)
    mine = replace(accounts["bilibili:401720065"], state="注销")
    with ledger.writing() as connection:
        connection.execute(
            tables.account.update().where(tables.account.c.key == mine.key).values(record=mine)
        )
    notes = [
        Note("bilibili", "canary_alive", "1", AT, Found(name="活")),
        Note("bilibili", "canary_absent", "2", AT, Gone("not_found", "啥都木有")),
        Note("bilibili", "canary_word", "校", AT, Sightings((Profile("9", "某校"),), more=False)),
        Note(
            "bilibili",
            "search",
            mine.name,
            AT,
            Sightings((Profile(mine.handle, mine.name), Profile("99887766", mine.name)), more=False),
        ),
    ]
    held = law.law(settings, home, {**accounts, mine.key: mine}, filing)
    with ledger.writing() as connection:
        judge(connection, held, DAY, [Visited("bilibili", notes, frozenset(), 1, "done")])
    with ledger.reading() as connection:
        assert list(met_before(connection)) == ["bilibili:99887766"]
        assert [case.key for case in casebook.cases(connection)] == ["bilibili:99887766"]
    ledger.close()
