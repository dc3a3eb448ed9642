"""The starter's register is read back without a word of complaint, and holds what the stage plays."""

from datetime import date, timedelta

import pytest

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from monitors.register.reading import read
from schedules.starter import register

ANCHOR = date(2026, 11, 20)


@pytest.fixture(scope="module")
def reading(tmp_path_factory):
    workbook = register.written(tmp_path_factory.mktemp("home") / "台账.xlsx", ANCHOR)
    return read(workbook, {name: platform.handle for name, platform in platforms().items()}, ANCHOR)


def test_the_workbook_gives_every_account_of_the_stage_and_no_complaint(reading):
    assert [line for line in reading.lines() if line.get("level") not in ("ok", None)] == []
    keys = {f"{platform}:{member.handle}" for platform, member in scenario().registered()}
    assert {account.key for account in reading.accounts} == keys
    assert len({account.unit for account in reading.accounts}) == 20
    assert {account.tier for account in reading.accounts} == {"一级", "二级", "三级"}


def test_names_and_days_stand_as_they_were_filed(reading):
    accounts = {account.key: account for account in reading.accounts}
    renamed = accounts["bilibili:401720060"]
    assert (renamed.name, renamed.created_on) == ("云岭大学外国语学院", ANCHOR - timedelta(days=1100))
    assert accounts["bilibili:401720065"].state == "停用"
    assert sum(account.state == "注销" for account in reading.accounts) == 1


def test_wechat_accounts_come_with_the_links_under_which_they_show_life(reading):
    accounts = {account.key: account for account in reading.accounts}
    kinds = {
        key: [link.kind for link in account.witnesses]
        for key, account in accounts.items()
        if account.platform == "wechat"
    }
    assert kinds["wechat:gh_71a0c4e80001"] == ["album", "article"]
    assert kinds["wechat:gh_71a0c4e8000b"] == ["article"]
    assert kinds["wechat:gh_71a0c4e80012"] == [], "it never published anything"


def test_its_phones_are_numbers_of_no_country_and_there_is_no_mail(reading):
    phones = [contact.phone for contact in reading.contacts.values()]
    assert all(phone.startswith("+000-") for phone in phones) and len(set(phones)) == len(phones)
    assert not any(contact.email for contact in reading.contacts.values())


def test_a_few_yearly_reviews_are_overdue_and_the_others_are_not(reading):
    days = [account.reviewed_on for account in reading.accounts if account.reviewed_on]
    overdue = [day for day in days if day < ANCHOR - timedelta(days=366)]
    assert len(days) == 59 and len(overdue) == 2
