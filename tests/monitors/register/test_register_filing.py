"""The filing measures: plain facts, in favour of the unit where a day is coarse."""

from datetime import date, timedelta

import pytest

from monitors.nouns import Account
from monitors.register import filing
from monitors.register.contacts import Contact, Manager
from monitors.register.groups import ChatGroup


def account(handle="1234567890", unit="团委", platform="weibo", **more):
    return Account(platform, handle, f"云岭大学{handle}", unit, **more)


def workdays(day, count):
    """Monday to Friday; the real calendar is the caller's."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


@pytest.mark.parametrize(
    ("created", "filed", "late"),
    [
        (date(2026, 3, 4), date(2026, 3, 11), None),
        (date(2026, 3, 4), date(2026, 3, 12), date(2026, 3, 11)),
        # A bare month may mean its last day, a bare year its last.
        (date(2026, 3, 1), date(2026, 4, 7), None),
        (date(2026, 3, 1), date(2026, 4, 8), date(2026, 4, 7)),
        (date(2025, 1, 1), date(2025, 12, 31), None),
        (None, date(2026, 3, 12), None),
        (date(2026, 3, 4), None, None),
    ],
)
def test_an_account_filed_later_than_five_working_days_is_late(created, filed, late):
    assert filing.filed_late(account(created_on=created, filed_on=filed), workdays) == late


def test_a_review_is_overdue_a_year_after_the_last_one():
    reviewed = account(reviewed_on=date(2025, 11, 20), filed_on=date(2020, 3, 4))
    assert filing.review_due(reviewed, date(2019, 1, 1)) == date(2026, 11, 20)
    assert not filing.review_overdue(reviewed, date(2019, 1, 1), date(2026, 11, 20))
    assert filing.review_overdue(reviewed, date(2019, 1, 1), date(2026, 11, 21))
    leap = account(filed_on=date(2024, 2, 29))
    assert filing.review_due(leap, date(2019, 1, 1)) == date(2025, 2, 28)
    assert not filing.review_overdue(account(), date(2026, 1, 5), date(2026, 11, 20))
    assert not filing.review_overdue(account(state="注销"), date(2020, 1, 5), date(2026, 11, 20))


def test_missing_leaders_and_managers_are_found_of_accounts_that_live():
    accounts = [account("1"), account("2"), account("3", state="注销"), account("4")]
    contacts = {
        "weibo:1": Contact(leader="甲某", managers=(Manager("乙某"),)),
        "weibo:4": Contact(supervisor="甲某"),
    }
    assert filing.without_leader(accounts, contacts) == ["weibo:2"]
    assert filing.without_manager(accounts, contacts) == ["weibo:2", "weibo:4"]


def test_one_manager_of_too_many_accounts_is_found_by_number_or_by_name_in_the_unit():
    accounts = [account(str(n), unit="团委" if n < 4 else "学生处") for n in range(1, 7)]
    contacts = {
        "weibo:1": Contact(managers=(Manager("甲某", "13800138000"),)),
        "weibo:2": Contact(managers=(Manager("甲某某", "13800138000"),)),
        "weibo:5": Contact(managers=(Manager("乙某", "13800138000"),)),
        "weibo:3": Contact(managers=(Manager("丙某"),)),
        "weibo:4": Contact(managers=(Manager("丙某"),)),
        "weibo:6": Contact(managers=(Manager("丁某"),)),
    }
    assert filing.of_one_manager(accounts, contacts, 2) == [("weibo:1", "weibo:2", "weibo:5")]
    assert filing.of_one_manager(accounts, contacts, 3) == []


def test_two_accounts_of_a_unit_on_one_platform_are_found_where_both_are_in_use():
    accounts = [
        account("1"),
        account("2", unit=" 团 委"),
        account("3", unit="学生处"),
        account("4", unit="学生处", state="停用"),
        account("5", unit="学生处", platform="bilibili"),
        account("6", unit="学生处", platform="other"),
        account("7", unit="学生处", platform="other"),
    ]
    assert filing.on_one_platform(accounts) == {("团委", "weibo"): ("weibo:1", "weibo:2")}


def test_outsourced_accounts_are_those_of_which_the_register_says_so():
    accounts = [account(str(n)) for n in range(1, 6)]
    contacts = {
        "weibo:1": Contact(managers_status="外包"),
        "weibo:2": Contact(managers_status="非外包"),
        "weibo:3": Contact(managers=(Manager("云岭某某传媒有限公司"),)),
        "weibo:4": Contact(managers=(Manager("甲某"),), managers_status="在编"),
    }
    assert filing.outsourced(accounts, contacts) == ["weibo:1", "weibo:3"]


def test_a_filed_verification_is_contradicted_only_by_a_page_that_says_so():
    assert filing.verification_not_shown(account(verified=True), False)
    assert not filing.verification_not_shown(account(verified=True), None)
    assert not filing.verification_not_shown(account(verified=None), False)


def test_groups_of_ten_are_listed_and_those_unconfirmed_for_a_term_are_found():
    def group(name, members, confirmed=None):
        return ChatGroup("wechat_group", name, "团委", members=members, confirmed_on=confirmed)

    groups = [
        group("小", 9, date(2020, 3, 4)),
        group("大", 10, date(2026, 11, 1)),
        group("旧", 480, date(2026, 3, 4)),
        group("月", 480, date(2026, 5, 1)),
        group("未知", None),
    ]
    assert [g.name for g in filing.groups_to_list(groups)] == ["大", "旧", "月"]
    today = date(2026, 11, 20)
    assert filing.groups_unconfirmed(groups, date(2026, 9, 1), today) == ["wechat_group:name=旧"]
    assert filing.groups_unconfirmed(groups, date(2025, 9, 1), today) == [
        "wechat_group:name=旧",
        "wechat_group:name=未知",
    ]
