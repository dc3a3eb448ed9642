"""What a suspect's profile shows orders the suspects; what it does not show moves nothing."""

from datetime import date, datetime, timedelta

import pytest

from monitors.gravity import gravity, is_own
from monitors.nouns import SHANGHAI, Count, NameMatch, Newest, Profile

DAY = date(2026, 11, 20)


def match(name="云玲大学", kind="homophone1", reading="passes_off", score=0.9):
    return NameMatch(name, "云岭大学", score, True, reading, kind, "云岭大学")


def posted(days, bound="exact"):
    return Newest(datetime.combine(DAY, datetime.min.time(), SHANGHAI) - timedelta(days=days), bound)


def weighed(named=None, **shown):
    named = named or match()
    return gravity(named, Profile("1", named.candidate, **shown), DAY)


UNKNOWN = weighed()


def test_what_is_not_known_moves_nothing():
    assert (UNKNOWN.shift, UNKNOWN.signs) == (0, ())
    assert weighed(verified=True) == UNKNOWN
    assert weighed(verified=False) == UNKNOWN
    assert [UNKNOWN.on(severity) for severity in ("low", "normal", "high", "urgent")] == [
        *("low", "normal", "high", "urgent")
    ]


def test_one_verified_as_another_body_ranks_lower_and_its_finding_is_lighter():
    other = weighed(verified=True, verified_as="昆明云玲教育咨询有限公司")
    assert other.points < UNKNOWN.points
    assert (other.on("high"), other.on("low")) == ("normal", "low")
    assert "昆明云玲教育咨询有限公司" in other.signs[0]


def test_a_name_that_stands_there_literally_ranks_lower_but_its_finding_is_as_grave():
    literal = match("云岭大学考研专业课", "exact_unofficial")
    other = weighed(literal, verified=True, verified_as="昆明某某教育咨询有限公司")
    assert other.points < weighed(literal).points
    assert other.on("high") == "high"


def test_one_verified_as_the_school_is_not_called_another_body():
    own = weighed(match("云岭大学后勤", "exact_official"), verified=True, verified_as="云岭大学后勤服务中心")
    assert own.on("high") == "normal"
    assert "没有登记的自有账号" in own.signs[0]


@pytest.mark.parametrize("name", ["云玲大学官方", "云玲大学官微", "云玲大学Official", "雲玲大學官方微博"])
def test_one_that_calls_itself_official_without_verification_ranks_higher_and_is_graver(name):
    claims = weighed(match(name), verified=False)
    assert claims.points > UNKNOWN.points
    assert (claims.on("low"), claims.on("normal")) == ("normal", "high")
    assert claims.on("high") == "high"
    assert claims.on("urgent") == "urgent"


def test_whether_a_claim_is_verified_must_be_known_to_count():
    assert weighed(match("云玲大学官方")).on("low") == "low"


def test_a_sleeping_account_ranks_below_an_unknown_one_and_an_active_one_with_followers_above():
    asleep, awake = weighed(newest=posted(400)), weighed(newest=posted(5), followers=Count(20_000, True))
    assert asleep.points < UNKNOWN.points < awake.points
    assert asleep.on("high") == awake.on("high") == "high"


def test_a_bound_proves_an_account_awake_but_never_asleep():
    assert weighed(newest=posted(400, "at_least")) == UNKNOWN
    assert weighed(newest=posted(5, "at_least")).points > UNKNOWN.points


def test_of_two_alike_the_one_with_more_followers_comes_first():
    assert weighed(followers=Count(30_000, False)).points > weighed(followers=Count(30, True)).points


def test_one_that_passes_off_comes_before_one_that_plays_on_the_name_whatever_their_followers():
    wall = weighed(match(reading="plays_on"), followers=Count(90_000, True), newest=posted(1))
    assert UNKNOWN.points > wall.points


def test_own_is_only_what_the_platform_has_verified_under_the_whole_name():
    assert is_own(Profile("1", "x", True, "云岭大学招生办公室"), "云岭大学")
    assert is_own(Profile("1", "x", True, "雲嶺大學"), "云岭大学")
    assert not is_own(Profile("1", "x", False, "云岭大学招生办公室"), "云岭大学")
    assert not is_own(Profile("1", "x", True, None), "云岭大学")
    assert not is_own(Profile("1", "x", True, "云岭茶业有限公司"), "云岭大学")
    assert not is_own(Profile("1", "x", True, "云岭大学"), None)
