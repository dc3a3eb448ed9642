"""The first and last days of leaves, words and episodes, and what a step says: where one day decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitors.activity import attested, fold
from monitors.calendar import Calendar
from monitors.cases import advance
from monitors.nouns import (
    Account,
    Case,
    Decision,
    Found,
    Gone,
    NameMatch,
    Newest,
    Observation,
    PlatformFacts,
    Step,
    Verdict,
)
from monitors.records import record
from monitors.rules import load
from monitors.trail import NIGHT, Records, replayed
from monitors.verdicts import Exemption, sighting_verdict, verdicts

SIAS = next(one for one in load(["sias-2020"]) if one.rule == "silence")
NAME = next(one for one in load(["sias-2020"]) if one.measure == "name_match")
PLAIN = Calendar()
DAY = timedelta(days=1)
BEGUN = date(2026, 11, 20)
LAST = datetime(2026, 9, 1, 2, tzinfo=UTC)
BROKEN = date(2026, 11, 2)
KEY = "weibo:1"
WEIBO = PlatformFacts("weibo", "微博", agreeing_nights=2)
ACCOUNT = Account("weibo", "1", "云岭大学团委", "团委", created_on=date(2024, 3, 1))


def verdict(says="Breach", *, of=SIAS, since=BROKEN, newest=LAST):
    seen = Newest(newest, "exact") if newest else None
    return Verdict(KEY, of.policy, of.rule, of.kind, says, "原因。", True, since, seen)


def night(trail, day, given=None, *, of=SIAS, done=False, decision=None):
    held = Case(KEY, of.policy, of.rule, of.kind, 1, tuple(trail), "C1") if trail else None
    return advance(held, given or verdict(of=of), of, day, Records(done, decision), calendar=PLAIN)


def noticed():
    return night((), BEGUN)


def stages(steps):
    return [step.stage for step in steps]


def word(said, on, until=None):
    return Decision("C1", said, on, "张老师", "已核实", until)


def look(day, outcome, witness="page"):
    at = datetime(day.year, day.month, day.day, 2, 30, tzinfo=UTC) - timedelta(hours=8)
    return Observation(KEY, day, at, outcome, witness, True)


def standing(*looks, facts=WEIBO):
    held = None
    for one in looks:
        held = fold(held, one, facts)
    return held


SHOWN = Found(newest=Newest(LAST, "exact"))


# ── what the steps say ──────────────────────────────────────────────────────────────────────────


def test_the_circular_says_when_the_notice_was_received_and_the_closing_when_the_circular_went_out():
    trail = noticed()
    held = Case(KEY, SIAS.policy, SIAS.rule, SIAS.kind, 1, tuple(trail), "C1")
    trail += [
        record(held, "notice_received", date(2026, 11, 23), "张老师", "已签收", today=date(2026, 11, 23))
    ]
    [circular] = night(trail, date(2026, 12, 24))
    assert "2026-11-23 签收" in circular.why
    assert "公开通报" in circular.why
    held = replace(held, trail=(*trail, circular))
    trail = [
        *held.trail,
        record(held, "circular", date(2026, 12, 28), "张老师", "已通报", today=date(2026, 12, 28)),
    ]
    [closing] = night(trail, date(2027, 1, 29))
    assert closing.stage == "closure_recommended"
    assert "2026-12-28 发出" in closing.why
    assert "由学校决定" in closing.why


def test_an_opened_case_gets_its_notice_when_the_rule_asks_for_one_only_later():
    silent = replace(SIAS, notice=False, circular_after=None, closure_after=None)
    trail = night((), BEGUN, of=silent)
    assert stages(trail) == ["suspected", "opened"]
    [notice] = night(trail, BEGUN + DAY)
    assert (notice.stage, notice.on, notice.by) == ("notice_issued", BEGUN + DAY, NIGHT)
    assert SIAS.cited in notice.why


def test_a_suspicion_that_is_proven_later_is_opened_on_the_day_of_the_proof():
    trail = night((), BEGUN, verdict("Suspected"))
    assert [step.on for step in night(trail, BEGUN + 9 * DAY)] == [BEGUN + 9 * DAY] * 2


def test_a_sighting_that_a_person_called_an_imitation_before_is_opened_in_that_persons_name():
    given = verdict("Suspected", of=NAME, newest=None)
    said = word("imitation", BEGUN)
    opened = night((), BEGUN + DAY, given, of=NAME, decision=said)[1]
    assert (opened.stage, opened.on, opened.by, opened.why) == ("opened", BEGUN + DAY, said.by, said.why)


def test_what_a_step_says_speaks_of_an_exemption_only_where_one_has_ended():
    told = night((), BEGUN, decision=word("unsure", BEGUN - DAY, until=BEGUN - DAY))
    assert all("豁免" not in step.why for step in told)


# ── the day that decides ────────────────────────────────────────────────────────────────────────


def test_what_a_person_did_today_does_not_keep_the_night_from_its_own_step():
    trail = [*night((), BEGUN, verdict("Suspected")), Step("opened", BEGUN + DAY, "张老师", "属实")]
    assert stages(night(trail, BEGUN + DAY)) == ["notice_issued"]


def test_a_post_on_the_very_day_on_which_the_case_began_ends_it():
    posted = datetime(2026, 11, 20, 2, tzinfo=UTC)
    [step] = night(noticed(), date(2027, 2, 1), verdict(newest=posted, since=date(2027, 1, 21)))
    assert (step.stage, step.result) == ("closed", "remedied")


def test_a_case_that_a_person_closed_today_is_not_opened_again_tonight():
    trail = [*noticed(), Step("closed", BEGUN + DAY, "张老师", "已改正", "remedied")]
    assert night(trail, BEGUN + DAY) == []
    assert stages(night(trail, BEGUN + 2 * DAY)) == ["suspected", "opened", "notice_issued"]


def test_a_mistaken_case_comes_back_only_for_a_breach_that_began_after_it_was_closed():
    trail = [*noticed(), Step("closed", BEGUN + DAY, "张老师", "误报", "mistaken")]
    for since, begun in ((BEGUN + DAY, []), (BEGUN + 2 * DAY, ["suspected", "opened", "notice_issued"])):
        assert stages(night(trail, BEGUN + 90 * DAY, verdict(since=since))) == begun


def test_an_exemption_holds_through_its_last_day_and_the_day_after_a_person_is_asked():
    until = BEGUN + 30 * DAY
    said = word("fine", BEGUN + DAY, until=until)
    trail = [*noticed(), Step("closed", BEGUN + DAY, "张老师", "比赛期间", "exempt")]
    assert night(trail, until, decision=said) == []
    [step] = night(trail, until + DAY, decision=said)
    assert step.stage == "suspected"
    assert f"豁免已于 {until} 到期" in step.why


def test_an_exemption_that_ends_on_the_day_on_which_it_was_given_is_reviewed_on_the_next():
    said = word("fine", BEGUN + DAY, until=BEGUN + DAY)
    trail = [*noticed(), Step("closed", BEGUN + DAY, "张老师", "当天有效", "exempt")]
    assert stages(night(trail, BEGUN + 2 * DAY, decision=said)) == ["suspected"]


def test_an_ended_exemption_of_another_kind_of_close_brings_nothing_back():
    said = word("fine", BEGUN - 9 * DAY, until=BEGUN)
    for result in ("mistaken", "cancelled"):
        trail = [*noticed(), Step("closed", BEGUN + DAY, "张老师", "原因", result)]
        assert night(trail, BEGUN + 9 * DAY, decision=said) == []


def test_calling_a_closed_sighting_an_imitation_on_the_same_day_opens_it_again():
    given = verdict("Suspected", of=NAME, newest=None)
    trail = [
        Step("suspected", BEGUN, NIGHT, "原因"),
        Step("closed", BEGUN + DAY, "张老师", "自己人", "mistaken"),
    ]
    assert stages(night(trail, BEGUN + 2 * DAY, given, of=NAME, decision=word("imitation", BEGUN + DAY))) == [
        "suspected",
        "opened",
    ]
    assert night(trail, BEGUN + 2 * DAY, given, of=NAME, decision=word("imitation", BEGUN)) == []


# ── leaves and scopes ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("bound", "without"), [("exact", "Breach"), ("at_least", "Suspected")])
def test_a_leave_holds_on_its_last_day_for_breach_and_suspicion_alike(bound, without):
    day = date(2027, 3, 1)
    seen = Found(newest=Newest(LAST, bound))
    held = standing(look(day - DAY, seen), look(day, seen))
    leave = Exemption(KEY, day, day, "校庆改版")
    assert verdicts(ACCOUNT, held, [SIAS], day, PLAIN)[0].verdict == without
    excused = verdicts(ACCOUNT, held, [SIAS], day, PLAIN, exemptions=[leave])[0]
    assert excused.verdict not in ("Breach", "Suspected")


def test_a_rule_that_does_not_hold_for_an_account_keeps_no_later_rule_from_it():
    elsewhere = replace(SIAS, rule="elsewhere", platforms=("douyin",))
    given = verdicts(ACCOUNT, standing(look(BROKEN, SHOWN)), [elsewhere, NAME, SIAS], BROKEN, PLAIN)
    assert [one.rule for one in given] == [SIAS.rule]


@pytest.mark.parametrize("state", ["停用", "注销"])
def test_an_account_out_of_use_is_not_accused_of_silence_and_its_state_is_the_reason(state):
    held = standing(look(BROKEN, SHOWN), look(BROKEN + DAY, SHOWN))
    [given] = verdicts(replace(ACCOUNT, state=state), held, [SIAS], BROKEN + DAY, PLAIN)
    assert given.verdict == "Clear"
    assert given.why.startswith(f"台账状态为{state}，")


def test_an_account_that_nobody_looked_at_is_judged_under_its_own_key():
    [given] = verdicts(ACCOUNT, None, [SIAS], BROKEN, PLAIN)
    assert (given.key, given.verdict, given.fresh) == (KEY, "Unknown", False)


# ── what a standing keeps ───────────────────────────────────────────────────────────────────────


def test_a_colleagues_word_is_of_the_account_and_of_the_end_of_its_day():
    said = attested(KEY, date(2026, 11, 3), date(2026, 11, 5))
    assert (said.key, said.day, said.witness, said.believed) == (KEY, date(2026, 11, 5), "hand", True)
    assert said.seen_at == datetime(2026, 11, 5, 15, 59, 59, tzinfo=UTC)
    assert said.outcome.newest.at == datetime(2026, 11, 3, 15, 59, 59, tzinfo=UTC)


def test_where_an_account_went_is_remembered_through_every_night_that_says_so():
    moved = Gone("moved", "此账号已迁移", moved_to="MzA3")
    held = standing(look(BEGUN, moved))
    assert (held.absence.moved_to, held.seen_on) == ("MzA3", BEGUN)
    held = fold(held, look(BEGUN + DAY, moved), WEIBO)
    assert (held.absence.moved_to, held.absence.nights, held.seen_on) == ("MzA3", 2, BEGUN + DAY)


def test_nights_on_which_an_account_was_shown_are_counted_anew_after_it_was_gone():
    held = standing(look(BEGUN, SHOWN), look(BEGUN, SHOWN), look(BEGUN + DAY, SHOWN))
    assert held.found_nights == 2
    held = fold(held, look(BEGUN + 2 * DAY, Gone("not_found", "用户不存在")), WEIBO)
    assert fold(held, look(BEGUN + 3 * DAY, SHOWN), WEIBO).found_nights == 1


def test_what_a_feed_shows_of_kinds_leaves_what_the_page_showed_of_them():
    kinds = (("post", Newest(LAST, "exact")),)
    held = standing(look(BEGUN, replace(SHOWN, by_kind=kinds)))
    feed = Newest(LAST, "at_least", "feed")
    after = fold(held, look(BEGUN, Found(newest=feed, by_kind=(("post", feed),)), "feed"), WEIBO)
    assert {testimony.by for _, testimony in after.narrowed} == {"page", "feed"}
    assert set(held.narrowed) <= set(after.narrowed)


def test_a_platform_of_which_nothing_is_said_needs_one_night():
    assert standing(look(BEGUN, SHOWN), facts=None).testimonies[0].agreed.confirmed


# ── what is said of a sighting ──────────────────────────────────────────────────────────────────


def match(candidate="云岭大学官方", protected="云岭大学", reading="passes_off", flag=True):
    return NameMatch(candidate, "云岭大学", 0.9, flag, reading, "exact_official", protected)


def said_of(found, **more):
    return sighting_verdict("weibo:7", found, NAME, BEGUN, fresh=True, **more)


def test_a_sightings_verdict_names_the_name_what_it_comes_near_and_what_its_profile_showed():
    given = said_of(match(), signs=("未认证而自称官方", "近两个月有更新"))
    assert (given.key, given.policy, given.rule, given.kind) == ("weibo:7", NAME.policy, NAME.rule, NAME.kind)
    assert (given.verdict, given.fresh, given.since) == ("Suspected", True, BEGUN)
    assert given.why == (
        "“云岭大学官方”，与“云岭大学”相近，容易被当成学校自己的账号；未认证而自称官方；近两个月有更新；是否冒名，请人工判断。"
    )


def test_a_sighting_of_the_very_name_and_one_that_plays_on_it_are_told_apart():
    assert "，与“云岭大学”同名，容易被当成学校自己的账号；是否冒名" in said_of(match("云岭大学")).why
    assert "，拿学校的名称做文章；" in said_of(match("云岭大学表白墙", None, "plays_on")).why


def test_a_sighting_that_is_gone_or_no_longer_like_the_school_is_clear_and_says_which():
    gone = said_of(match(), gone=True)
    assert (gone.verdict, gone.fresh, gone.since, gone.key) == ("Clear", True, None, "weibo:7")
    assert "已不存在" in gone.why
    for other in (None, match(flag=False)):
        assert said_of(other).verdict == "Clear"
        assert "不再像" in said_of(other).why
        assert (said_of(other).policy, said_of(other).rule, said_of(other).kind) == (
            NAME.policy,
            NAME.rule,
            NAME.kind,
        )


def test_the_state_of_a_replayed_trail_is_that_of_its_last_step():
    assert replayed(noticed()).stage == "notice_issued"
