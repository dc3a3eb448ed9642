"""What one night after another leaves in an account's standing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitors.activity import Standing, attested, fold
from monitors.nouns import (
    Ambiguous,
    Blocked,
    Found,
    Gone,
    Newest,
    Observation,
    PlatformFacts,
    ShapeChanged,
    Unreachable,
)

WEIBO = PlatformFacts("weibo", "微博", agreeing_nights=2)
BILIBILI = PlatformFacts("bilibili", "哔哩哔哩")
START = date(2026, 11, 1)


def night(number):
    return START + timedelta(days=number)


def seen_at(number):
    # 02:30 in Shanghai
    return datetime(2026, 10, 31, 18, 30, tzinfo=UTC) + timedelta(days=number)


def post(text, bound="exact", by="page"):
    return Newest(datetime.fromisoformat(text).astimezone(UTC), bound, by)


def look(number, outcome, *, believed=True, witness="page"):
    return Observation("weibo:1", night(number), seen_at(number), outcome, witness, believed)


def after(*looks, facts=WEIBO):
    standing = None
    for one in looks:
        standing = fold(standing, one, facts)
    return standing


def page(standing):
    return next(t for t in standing.testimonies if t.by == "page")


OLD = Found(newest=post("2026-08-01T10:00+08:00"), posts_total=40)


# ── what says nothing changes nothing ───────────────────────────────────────────────────────────

SILENT = [
    Blocked("captcha"),
    Ambiguous("啥都木有"),
    ShapeChanged("data.card"),
    Unreachable("timeout"),
]


@pytest.mark.parametrize("outcome", SILENT, ids=lambda o: o.outcome)
def test_a_night_that_states_nothing_leaves_everything_as_it_was(outcome):
    held = after(look(0, OLD), look(1, OLD))
    assert fold(held, look(2, outcome), WEIBO) == held


@pytest.mark.parametrize(
    "outcome", [OLD, Gone("not_found", "用户不存在"), Found(posts_total=0), Found(hidden=True)]
)
def test_a_doubted_night_leaves_everything_as_it_was(outcome):
    held = after(look(0, Found(newest=post("2026-10-30T10:00+08:00"))))
    assert fold(held, look(1, outcome, believed=False), WEIBO) == held


def test_a_first_night_behind_a_wall_is_remembered_as_a_look_and_nothing_else():
    assert after(look(0, Blocked("login"))) == Standing("weibo:1", first_looked=night(0))


# ── the newest credible witness ─────────────────────────────────────────────────────────────────


def test_the_most_recent_witness_wins_whoever_it_is():
    feed = Found(newest=post("2026-10-20T09:00+08:00", "at_least", "feed"))
    standing = after(look(0, OLD), look(0, feed, witness="feed"), look(1, OLD))
    assert standing.newest == feed.newest


def test_a_post_that_was_seen_and_deleted_was_life_too():
    standing = after(look(0, Found(newest=post("2026-10-20T09:00+08:00"))), look(1, OLD))
    assert standing.newest == post("2026-10-20T09:00+08:00")


def test_a_list_that_was_walled_off_leaves_the_dates_alone():
    standing = after(look(0, OLD), look(1, Found(name="云岭大学", posts_total=40)))
    assert page(standing).looked == night(0)
    assert standing.found_on == night(1)


def test_a_colleagues_word_is_a_witness_whose_day_ends_at_midnight():
    standing = after(look(0, OLD), attested("weibo:1", date(2026, 10, 15), night(0)))
    assert standing.newest == post("2026-10-15T23:59:59+08:00", by="hand")
    assert standing.seen_on == night(0)


def test_a_colleagues_word_alone_does_not_say_that_anybody_looked():
    standing = after(attested("channels:1", date(2026, 10, 15), night(0)), facts=None)
    assert standing.first_looked is standing.seen_on is standing.found_on is None


# ── agreement ───────────────────────────────────────────────────────────────────────────────────


def test_two_believed_nights_that_agree_confirm_a_date():
    assert not page(after(look(0, OLD))).agreed.confirmed
    assert page(after(look(0, OLD), look(1, OLD))).agreed.confirmed


def test_where_one_night_is_enough_one_night_confirms():
    assert page(after(look(0, OLD), facts=BILIBILI)).agreed.confirmed


def test_a_wall_between_two_nights_does_not_undo_their_agreement():
    assert page(after(look(0, OLD), look(1, Blocked("rate")), look(2, OLD))).agreed.nights == 2


def test_two_visits_in_one_night_are_one_night():
    assert page(after(look(0, OLD), look(0, OLD))).agreed.nights == 1


def test_another_date_begins_to_count_anew():
    newer = Found(newest=post("2026-10-30T10:00+08:00"), posts_total=41)
    agreed = page(after(look(0, OLD), look(1, OLD), look(2, newer))).agreed
    assert (agreed.shown, agreed.nights, agreed.confirmed) == (date(2026, 10, 30), 1, False)


def test_the_same_post_told_ever_more_roughly_is_the_same_day():
    minute = Found(newest=post("2026-08-01T10:00+08:00"))
    whole_day = Found(newest=post("2026-08-01T23:59:59+08:00"))
    assert page(after(look(0, minute), look(1, whole_day))).agreed.nights == 2


def test_a_lower_bound_never_confirms():
    bound = Found(newest=post("2026-08-01T10:00+08:00", "at_least"))
    assert page(after(*(look(n, bound) for n in range(5)))).agreed is None


def test_a_counter_that_rose_between_two_nights_undoes_their_agreement():
    standing = after(look(0, OLD), look(1, replace(OLD, posts_total=41)))
    assert page(standing).agreed.nights == 1


# ── the counter ─────────────────────────────────────────────────────────────────────────────────


def test_a_counter_that_rises_while_the_list_looks_old_is_life_in_favour_of_the_unit():
    standing = after(look(0, OLD), look(1, OLD), look(2, replace(OLD, posts_total=41)))
    assert standing.newest == Newest(seen_at(2), "at_least", "counter")


def test_a_rise_across_a_gap_counts_at_its_late_edge():
    looks = [look(0, OLD), *(look(n, Blocked("rate")) for n in range(1, 30))]
    standing = after(*looks, look(30, replace(OLD, posts_total=41)))
    assert standing.newest.at == seen_at(30)


def test_a_rise_that_a_shown_post_explains_is_that_post():
    fresh = Found(newest=post("2026-11-01T15:00+08:00"), posts_total=41)
    assert after(look(0, OLD), look(1, fresh)).newest == fresh.newest


def test_a_rise_is_explained_when_the_list_can_be_read_again_later():
    walled = Found(posts_total=41)
    shown = Found(newest=post("2026-11-01T15:00+08:00"), posts_total=41)
    assert after(look(0, OLD), look(1, walled)).newest.by == "counter"
    assert after(look(0, OLD), look(1, walled), look(2, shown)).newest == shown.newest


def test_a_counter_that_fell_or_stood_still_proves_nothing():
    fallen = replace(OLD, posts_total=35)
    assert after(look(0, OLD), look(1, OLD)).newest == OLD.newest
    assert after(look(0, OLD), look(1, fallen)).newest == OLD.newest
    assert after(look(0, OLD), look(1, fallen), look(2, replace(OLD, posts_total=36))).newest.by == "counter"


def test_a_counter_on_a_doubted_night_is_no_counter():
    standing = after(look(0, OLD), look(1, replace(OLD, posts_total=99), believed=False), look(2, OLD))
    assert standing.newest == OLD.newest


# ── gone, hidden, empty, named ──────────────────────────────────────────────────────────────────

NOT_FOUND = Gone("not_found", "用户不存在")


def test_gone_is_confirmed_only_on_the_second_believed_night():
    assert not after(look(0, NOT_FOUND)).absence.confirmed
    assert not after(look(0, NOT_FOUND), look(0, NOT_FOUND)).absence.confirmed
    assert not after(look(0, NOT_FOUND), look(1, NOT_FOUND, believed=False)).absence.confirmed
    absence = after(look(0, NOT_FOUND), look(1, Blocked("risk")), look(2, NOT_FOUND)).absence
    assert absence.confirmed
    assert (absence.since, absence.last) == (night(0), night(2))


def test_an_account_that_is_found_again_is_not_gone():
    assert after(look(0, NOT_FOUND), look(1, NOT_FOUND), look(2, OLD)).absence is None
    assert not after(look(0, NOT_FOUND), look(1, OLD), look(2, NOT_FOUND)).absence.confirmed


def test_cancelled_and_not_found_are_one_statement_and_suspended_is_another():
    cancelled, suspended = Gone("cancelled", "账号已注销"), Gone("suspended", "账号被封禁")
    assert after(look(0, NOT_FOUND), look(1, cancelled)).absence.confirmed
    assert not after(look(0, NOT_FOUND), look(1, suspended)).absence.confirmed


def test_a_feed_that_goes_on_does_not_say_that_the_account_is_there():
    feed = Found(newest=post("2026-10-20T09:00+08:00", "at_least", "feed"))
    standing = after(look(0, NOT_FOUND), look(0, feed, witness="feed"), look(1, NOT_FOUND))
    assert standing.absence.confirmed


def test_the_platforms_zero_is_no_date_and_ends_with_the_first_post():
    empty = Found(posts_total=0)
    standing = after(look(0, empty), look(1, empty))
    assert standing.newest is None
    assert standing.empty.confirmed
    posted = fold(standing, look(2, Found(newest=post("2026-11-02T15:00+08:00"), posts_total=1)), WEIBO)
    assert posted.empty is None


def test_a_zero_after_posts_were_seen_is_not_never():
    assert after(look(0, OLD), look(1, Found(posts_total=0))).empty is None


def test_hidden_posts_are_not_zero_posts():
    standing = after(look(0, Found(hidden=True, posts_total=0)))
    assert standing.empty is None
    assert standing.hidden_since == night(0)
    assert fold(standing, look(1, OLD), WEIBO).hidden_since is None


def test_a_name_and_a_mark_are_remembered_from_the_night_they_changed():
    first = Found(name="云岭大学", verified=True, verified_as="云岭大学官方微博")
    renamed = replace(first, name="云岭学子", verified=False, verified_as=None)
    standing = after(look(0, first), look(1, renamed), look(2, Found()), look(3, renamed))
    assert (standing.name, standing.name_since, standing.name_on) == ("云岭学子", night(1), night(3))
    assert (standing.verified, standing.verified_since) == (False, night(1))


def test_a_week_counts_as_updated_when_some_night_saw_a_newest_date_in_it():
    first = Found(newest=post("2026-10-28T10:00+08:00"))
    second = Found(newest=post("2026-11-03T10:00+08:00"))
    standing = after(look(0, first), look(3, second), look(4, second))
    assert standing.weeks == (date(2026, 10, 26), date(2026, 11, 2))


# ── ten years ───────────────────────────────────────────────────────────────────────────────────


def test_ten_years_of_nights_leave_a_standing_of_one_page():
    standing = None
    for number in range(3650):
        shown = Newest(seen_at(number) - timedelta(hours=9), "exact")
        standing = fold(standing, look(number, Found(newest=shown, posts_total=number)), WEIBO)
    assert len(TypeAdapter(Standing).dump_json(standing)) < 4000


INSTANTS = st.integers(0, 180 * 24).map(lambda hours: seen_at(0) - timedelta(hours=hours))
FOUND = st.builds(
    Found,
    name=st.sampled_from([None, "甲", "乙"]),
    verified=st.sampled_from([None, True, False]),
    newest=st.none() | st.builds(Newest, INSTANTS, st.sampled_from(["exact", "at_least"])),
    posts_total=st.none() | st.integers(0, 5),
    hidden=st.booleans(),
)
GONE = st.builds(Gone, st.sampled_from(["cancelled", "suspended", "moved", "not_found"]), st.just("…"))
OUTCOMES = FOUND | GONE | st.sampled_from(SILENT)


@given(st.lists(st.tuples(OUTCOMES, st.booleans(), st.sampled_from(["page", "feed"])), max_size=12))
def test_a_standing_survives_the_ledger_and_ignores_what_states_nothing(nights):
    kept = TypeAdapter(Standing)
    standing = stated = None
    for number, (outcome, believed, witness) in enumerate(nights):
        one = look(number, outcome, believed=believed, witness=witness)
        standing = fold(standing, one, WEIBO)
        assert kept.validate_json(kept.dump_json(standing)) == standing
        if believed and outcome not in SILENT:
            stated = fold(stated, one, WEIBO)
    if stated:
        assert replace(standing, first_looked=None) == replace(stated, first_looked=None)


@given(st.lists(OUTCOMES, min_size=1, max_size=12))
def test_evidence_of_life_is_never_lost(outcomes):
    standing, latest = None, None
    for number, outcome in enumerate(outcomes):
        standing = fold(standing, look(number, outcome), WEIBO)
        if isinstance(outcome, Found) and outcome.newest:
            latest = max(latest or outcome.newest.at, outcome.newest.at)
        if latest:
            assert standing.newest.at >= latest
