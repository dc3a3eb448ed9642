"""Whether a platform is believed tonight."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from monitors.nouns import (
    Ambiguous,
    Blocked,
    Body,
    Found,
    Gone,
    Newest,
    Note,
    Profile,
    ShapeChanged,
    Sightings,
    Unreachable,
)
from monitors.trust import doubt, searched, unread, word_hit

SEEN = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
LIVELY = Found(name="人民日报", newest=Newest(SEEN - timedelta(hours=5), "exact"), posts_total=190000)
NOBODY = Gone("not_found", "用户不存在")
NO_WORD = [
    Blocked("login"),
    Ambiguous("啥都木有"),
    ShapeChanged("data.user"),
    Unreachable("HTTP 502"),
]


def note(purpose, outcome):
    return Note("weibo", purpose, "2803301701", SEEN, outcome)


def canaries(alive=LIVELY, absent=NOBODY):
    return [note("canary_alive", alive), note("canary_absent", absent)]


def answered(*dates):
    """Canaries that read right, in answers of these `Date` headers."""
    bodies = [Body("https://m.weibo.cn/x", 200, None, headers=(("date", date),)) for date in dates]
    return [replace(one, bodies=tuple(bodies)) for one in canaries()]


def stamp(ahead):
    """The header of a server whose clock shows another time than ours when it is asked."""
    return format_datetime(SEEN + ahead, usegmt=True)


@pytest.mark.parametrize(
    "ahead", [timedelta(days=-9), timedelta(hours=-8), timedelta(hours=8), timedelta(days=40)]
)
def test_a_clock_that_the_platform_contradicts_convicts_nobody(ahead):
    reason = doubt(answered(stamp(ahead)), absent=True, live=True)
    assert ("快" if ahead < timedelta(0) else "慢") in reason and "校准" in reason


def test_an_old_answer_from_a_cache_does_not_tell_the_time():
    assert (
        doubt(answered(stamp(timedelta(days=-3)), stamp(timedelta(minutes=-2))), absent=True, live=True)
        is None
    )


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Thu, 99 Nov 2026 18:30:00 GMT", "Mon, 09 Nov 2026 18:30:00 -0000"]
)
def test_an_answer_without_a_time_contradicts_no_clock(date):
    assert doubt(answered(date), absent=True, live=True) is None


def test_the_time_of_a_rehearsal_is_not_the_worlds():
    assert doubt(answered(stamp(timedelta(days=200))), absent=True) is None


def test_a_night_whose_canaries_read_right_is_believed():
    assert doubt(canaries(), absent=True) is None


@pytest.mark.parametrize("outcome", [*NO_WORD, NOBODY], ids=lambda o: o.outcome)
def test_a_living_canary_that_does_not_read_as_living_is_doubted(outcome):
    assert "应当正常" in doubt(canaries(alive=outcome), absent=True)


@pytest.mark.parametrize(
    "silent",
    [
        replace(LIVELY, newest=Newest(SEEN - timedelta(days=15), "exact")),
        replace(LIVELY, newest=None, posts_total=0),
        replace(LIVELY, newest=None, hidden=True),
    ],
)
def test_a_living_canary_that_reads_as_inactive_is_doubted(silent):
    assert doubt(canaries(alive=silent), absent=True)


@pytest.mark.parametrize(
    "shown",
    [
        replace(LIVELY, newest=Newest(SEEN - timedelta(days=400), "at_least")),
        replace(LIVELY, newest=None),
        replace(LIVELY, newest=Newest(SEEN - timedelta(days=14), "exact")),
    ],
)
def test_a_lower_bound_of_a_living_canary_says_nothing_against_the_night(shown):
    assert doubt(canaries(alive=shown), absent=True) is None


@pytest.mark.parametrize("outcome", [*NO_WORD, LIVELY], ids=lambda o: o.outcome)
def test_an_absent_canary_that_does_not_read_as_absent_is_doubted(outcome):
    assert "不存在" in doubt(canaries(absent=outcome), absent=True)


def test_canaries_that_were_not_read_are_doubted():
    alive, absent = canaries()
    assert "没有读到" in doubt([], absent=True)
    assert "没有读到" in doubt([absent], absent=True)
    assert "没有读到" in doubt([alive], absent=True)
    assert doubt([note("account", LIVELY)], absent=False)


def test_a_platform_without_a_provable_absent_account_needs_the_living_one_only():
    assert doubt(canaries()[:1], absent=False) is None


def test_a_wall_met_later_only_ends_the_night():
    assert doubt([*canaries(), note("canary_alive", Blocked("rate"))], absent=True) is None


@pytest.mark.parametrize("outcome", [NOBODY, replace(LIVELY, newest=None, posts_total=0)])
def test_a_living_canary_that_later_reads_wrong_is_doubted_all_the_same(outcome):
    assert doubt([*canaries(), note("canary_alive", outcome)], absent=True)


def test_a_second_start_on_the_same_day_may_be_believed():
    assert doubt([note("canary_alive", Unreachable("timeout")), *canaries()], absent=True) is None


HITS = Sightings((Profile("1", "云岭大学表白墙"),), more=False)
EMPTY = Sightings((), more=False)


def test_an_empty_search_is_clean_only_beside_a_canary_word_that_hit():
    assert searched(EMPTY, hit=True) == EMPTY
    assert searched(EMPTY, hit=False) == Blocked("risk")


@pytest.mark.parametrize("outcome", [HITS, Blocked("captcha"), Ambiguous("暂无"), ShapeChanged("data")])
@pytest.mark.parametrize("hit", [True, False])
def test_any_other_search_stands_as_it_is(outcome, hit):
    assert searched(outcome, hit=hit) == outcome


def test_a_canary_word_hits_only_with_results_of_its_own():
    assert word_hit([note("search", EMPTY), note("canary_word", HITS)])
    assert not word_hit([note("search", HITS), note("canary_word", EMPTY)])
    assert not word_hit([note("canary_word", Blocked("login"))])
    assert not word_hit([])


@pytest.mark.parametrize("outcome", NO_WORD)
def test_a_doubt_tells_the_maintainer_what_was_read(outcome):
    said = doubt(canaries(alive=outcome), absent=True)
    assert any(word in said for word in ("要求登录", "啥都木有", "data.user", "HTTP 502"))


# ── canaries that read right beside accounts that all fail ──────────────────────────────────────

FAILURES = [Blocked("captcha"), ShapeChanged("data.user"), Unreachable("HTTP 502")]


def visits(*outcomes, purpose="account", requests=1):
    return [
        Note("weibo", purpose, str(n), SEEN, outcome, requests=requests) for n, outcome in enumerate(outcomes)
    ]


@pytest.mark.parametrize("outcome", FAILURES, ids=lambda o: o.outcome)
def test_three_accounts_that_all_fail_beside_a_living_canary_are_an_outage(outcome):
    assert "3 个账号" in unread([*canaries(), *visits(outcome, outcome, outcome)])
    assert unread([*canaries(), *visits(outcome, outcome)]) is None


@pytest.mark.parametrize("stated", [LIVELY, NOBODY], ids=lambda o: o.outcome)
def test_one_account_of_which_the_platform_states_something_is_no_outage(stated):
    assert unread([*canaries(), *visits(*FAILURES, stated)]) is None
    again = Note("weibo", "account", "0", SEEN, stated, requests=1)
    assert unread([*canaries(), *visits(*FAILURES), again]) is None


def test_one_refused_account_is_enough_where_the_canary_is_refused_afterwards():
    after = note("canary_alive", Blocked("rate"))
    assert unread([*canaries(), *visits(Blocked("rate")), after])
    assert unread([after, *canaries(), *visits(Blocked("rate"))]) is None
    assert unread([*canaries(), after]) is None


def test_what_nobody_asked_or_robots_txt_refuses_or_is_unclear_is_no_outage():
    assert unread([*canaries(), *visits(*FAILURES, requests=0)]) is None
    assert unread([*canaries(), *visits(*[Blocked("robots")] * 4)]) is None
    assert unread([*canaries(), *visits(*[Ambiguous("暂无")] * 4)]) is None
    assert unread([*canaries(), *visits(*FAILURES, purpose="feed")]) is None
