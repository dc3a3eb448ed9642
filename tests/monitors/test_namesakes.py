"""An account that bears a registered name without being in the register: the same one, perhaps, or another?"""

from dataclasses import replace

import pytest

from crawlers.platforms import platforms
from monitors.namesakes import judged
from monitors.nouns import Account, NameMatch, Profile

REGISTERED = NameMatch("云岭大学图书馆", None, 0.0, False, None, "registered", None)
FILED = Account("weibo", "5720114004", "云岭大学图书馆", "图书馆")
FRESH = Profile("7814203308", "云岭大学图书馆")


def judge(profile, *accounts, platform="weibo", match=REGISTERED, moved=()):
    facts = platforms()[platform].facts
    return judged(match, profile, accounts, facts, school="云岭大学", moved=moved)


def test_the_name_of_a_filed_account_under_another_id_is_flagged_and_says_why():
    found = judge(FRESH, FILED)
    assert (found.flag, found.reading, found.protected) == (True, "passes_off", "云岭大学图书馆")
    assert "账号ID却不同" in found.reasons[0].why


def test_a_disguised_form_of_the_name_is_the_name():
    match = replace(REGISTERED, candidate="雲嶺大學圖書館")
    assert judge(Profile("7814203308", "雲嶺大學圖書館"), FILED, match=match).flag


def test_a_name_that_is_filed_on_another_platform_only_is_flagged_here():
    found = judge(Profile("40172", "云岭大学图书馆"), FILED, platform="bilibili")
    assert found.flag
    assert "其他平台" in found.reasons[0].why


@pytest.mark.parametrize(
    "filed",
    [
        replace(FILED, handle=None),
        replace(FILED, handle="7814203308"),
        replace(FILED, aliases=("7814203308",)),
    ],
    ids=["a row without an id", "the very id", "one of its ids"],
)
def test_what_may_be_the_filed_account_is_left_alone(filed):
    assert not judge(FRESH, filed).flag


def test_a_bare_name_may_be_the_filed_account():
    assert not judge(Profile(None, "云岭大学图书馆"), FILED).flag
    assert judge(Profile(None, "云岭大学图书馆"), replace(FILED, platform="bilibili")).flag


def test_ids_of_two_kinds_cannot_be_compared_and_those_of_one_kind_can():
    by_id = Account("wechat", "gh_71a0c4e80003", "云岭大学图书馆", "图书馆")
    met = Profile("yldx_lib", "云岭大学图书馆")
    assert not judge(met, by_id, platform="wechat").flag
    assert judge(met, replace(by_id, aliases=("ylu_lib",)), platform="wechat").flag
    assert judge(replace(met, handle="gh_00000000abcd"), by_id, platform="wechat").flag


def test_where_a_filed_account_has_moved_its_name_goes_with_it():
    assert not judge(FRESH, FILED, moved={FILED.key}).flag
    assert not judge(FRESH, FILED, moved={FRESH.handle}).flag
    assert judge(FRESH, FILED, moved={"weibo:1"}).flag


def test_one_that_the_platform_has_verified_as_the_school_is_no_stranger():
    assert not judge(replace(FRESH, verified=True, verified_as="云岭大学"), FILED).flag
    assert judge(replace(FRESH, verified=True, verified_as="云岭茶业有限公司"), FILED).flag
    assert judge(replace(FRESH, verified=False, verified_as="云岭大学"), FILED).flag


def test_a_cancelled_account_no_longer_bears_its_name():
    gone, heir = replace(FILED, handle=None, state="注销"), replace(FILED, platform="bilibili", handle="2")
    assert judge(FRESH, gone, heir).flag
