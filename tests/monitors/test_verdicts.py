"""The judge on one account: what convicts, what clears, and what is left open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.activity import attested, fold
from monitors.calendar import Calendar
from monitors.citations import findings
from monitors.hearing import Filing, GroupFiling
from monitors.nouns import (
    SHANGHAI,
    Account,
    Ambiguous,
    Blocked,
    Found,
    Gone,
    NameMatch,
    Newest,
    Observation,
    PlatformFacts,
    ShapeChanged,
    Unreachable,
)
from monitors.rules import Measure, load
from monitors.verdicts import Exemption, sighting_verdict, verdicts

WEIBO = PlatformFacts("weibo", "微博", agreeing_nights=2)
BILIBILI = PlatformFacts("bilibili", "哔哩哔哩")
ACCOUNT = Account("weibo", "1", "云岭大学团委", "团委", created_on=date(2024, 3, 1))
PLAIN = Calendar()
LAST = date(2026, 9, 1)  # more than two months: broken from 2026-11-02; three months or more: from 12-01
BROKEN = date(2026, 11, 2)
DAY = timedelta(days=1)


def at(day, clock="10:00"):
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI).astimezone(UTC)


def shown(last=LAST, bound="exact", by="page", **more):
    return Found(newest=Newest(at(last), bound, by), **more)


def look(day, outcome, *, believed=True, witness="page"):
    return Observation(ACCOUNT.key, day, at(day, "02:30"), outcome, witness, believed)


def standing(*looks, facts=WEIBO):
    held = None
    for one in looks:
        held = fold(held, one, facts)
    return held


def judged(held, day, *, policy="sias-2020", rule="silence", account=ACCOUNT, calendar=PLAIN, **more):
    rules = [one for one in load([policy]) if one.rule == rule]
    return verdicts(account, held, rules, day, calendar, **more)[0]


def told(verdict):
    return verdict.verdict, verdict.fresh


# ── silence ─────────────────────────────────────────────────────────────────────────────────────


def test_a_silence_is_a_breach_from_the_first_day_after_the_limit():
    eve = standing(look(BROKEN - 2 * DAY, shown()), look(BROKEN - DAY, shown()))
    assert told(judged(eve, BROKEN - DAY)) == ("Clear", True)
    that_day = fold(eve, look(BROKEN, shown()), WEIBO)
    verdict = judged(that_day, BROKEN)
    assert told(verdict) == ("Breach", True)
    assert verdict.since == BROKEN
    assert verdict.newest == shown().newest


def test_three_months_or_more_is_a_breach_on_the_day_itself():
    broken = date(2026, 12, 1)
    eve = standing(look(broken - 2 * DAY, shown()), look(broken - DAY, shown()))
    assert judged(eve, broken - DAY, policy="ncwu-2023", rule="zombie").verdict == "Clear"
    that_day = fold(eve, look(broken, shown()), WEIBO)
    assert judged(that_day, broken, policy="ncwu-2023", rule="zombie").verdict == "Breach"


@pytest.mark.parametrize(("clock", "verdict"), [("23:59", "Breach"), ("00:00", "Clear")])
def test_midnight_in_shanghai_parts_two_days(clock, verdict):
    posted = at(LAST if clock == "23:59" else LAST + DAY, clock)
    found = Found(newest=Newest(posted, "exact"))
    held = standing(look(BROKEN - DAY, found), look(BROKEN, found))
    assert judged(held, BROKEN).verdict == verdict


def test_one_night_of_weibo_suspects_and_the_second_convicts():
    first = standing(look(BROKEN, shown()))
    assert told(judged(first, BROKEN)) == ("Suspected", True)
    assert told(judged(fold(first, look(BROKEN + DAY, shown()), WEIBO), BROKEN + DAY)) == ("Breach", True)


def test_a_lower_bound_suspects_and_never_convicts():
    nights = [BROKEN + n * DAY for n in range(200)]
    held = None
    for night in nights:
        held = fold(held, look(night, shown(bound="at_least")), BILIBILI)
        assert told(judged(held, night)) == ("Suspected", True)


def test_a_lower_bound_clears():
    held = standing(look(BROKEN - DAY, shown()), look(BROKEN, shown(BROKEN - 9 * DAY, "at_least", "article")))
    assert told(judged(held, BROKEN)) == ("Clear", True)


def test_a_list_that_misses_a_post_that_was_seen_elsewhere_does_not_convict():
    later = LAST + 9 * DAY
    broken = later + timedelta(days=90)
    album = look(LAST + 10 * DAY, shown(later, "at_least", "album"), witness="page")
    held = standing(album, look(broken, shown()), look(broken + DAY, shown()))
    assert told(judged(held, broken + DAY)) == ("Suspected", True)


def test_a_rising_counter_clears_and_later_only_suspects():
    held = standing(look(BROKEN - DAY, shown(posts_total=7)), look(BROKEN, shown(posts_total=8)))
    assert told(judged(held, BROKEN)) == ("Clear", True)
    much_later = BROKEN + timedelta(days=100)
    held = fold(held, look(much_later - DAY, shown(posts_total=8)), WEIBO)
    held = fold(held, look(much_later, shown(posts_total=8)), WEIBO)
    assert told(judged(held, much_later)) == ("Suspected", True)


SILENT = [Blocked("login"), Ambiguous("…"), ShapeChanged("…"), Unreachable("…")]


@pytest.mark.parametrize("outcome", [*SILENT, Found(name="云岭大学团委", posts_total=40)])
def test_a_limit_that_passes_behind_a_wall_accuses_nobody(outcome):
    held = standing(look(BROKEN - 3 * DAY, shown()), look(BROKEN - 2 * DAY, shown()))
    held = fold(held, look(BROKEN, outcome), WEIBO)
    assert told(judged(held, BROKEN)) == ("Unknown", False)


@pytest.mark.parametrize("outcome", SILENT)
def test_a_breach_that_was_proven_is_kept_but_not_fresh_behind_a_wall(outcome):
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()), look(BROKEN + 2 * DAY, outcome))
    assert told(judged(held, BROKEN + 2 * DAY)) == ("Breach", False)


def test_a_doubted_night_carries_nothing():
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown(), believed=False))
    assert told(judged(held, BROKEN + DAY)) == ("Suspected", False)


def test_nothing_known_is_unknown():
    assert told(judged(None, BROKEN)) == ("Unknown", False)
    assert told(judged(standing(look(BROKEN, Found(name="云岭大学团委"))), BROKEN)) == ("Unknown", False)
    assert told(judged(standing(look(BROKEN, Found(hidden=True))), BROKEN)) == ("Unknown", False)


def test_an_account_that_is_gone_is_not_judged_for_silence():
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()))
    held = fold(held, look(BROKEN + 2 * DAY, Gone("cancelled", "账号已注销")), WEIBO)
    assert told(judged(held, BROKEN + 2 * DAY)) == ("Unknown", False)


def test_a_colleagues_word_clears_and_for_a_week_stands_for_a_look():
    held = standing(look(BROKEN, shown(bound="at_least")))
    held = fold(held, attested(ACCOUNT.key, BROKEN - DAY, BROKEN), WEIBO)
    assert told(judged(held, BROKEN + DAY)) == ("Clear", True)
    assert told(judged(held, BROKEN + 7 * DAY)) == ("Clear", True)
    assert told(judged(held, BROKEN + 8 * DAY)) == ("Clear", False)


def test_a_colleague_who_says_that_nothing_was_posted_confirms_a_suspicion():
    held = standing(look(BROKEN, shown(bound="at_least")))
    held = fold(held, attested(ACCOUNT.key, LAST, BROKEN), WEIBO)
    assert told(judged(held, BROKEN + DAY)) == ("Breach", True)
    assert told(judged(held, BROKEN + 8 * DAY)) == ("Breach", False)


def test_an_old_word_does_not_convict_when_the_limit_passes_after_it():
    held = standing(attested("channels:1", LAST, BROKEN - DAY), facts=None)
    assert told(judged(held, BROKEN)) == ("Unknown", False)


def test_a_vacation_is_left_out_of_the_count_and_told():
    vacation = (date(2026, 10, 1), date(2026, 10, 10))
    calendar = Calendar(pauses=(vacation,))
    late = BROKEN + 10 * DAY
    held = standing(look(late - 2 * DAY, shown()), look(late - DAY, shown()))
    assert judged(held, late - DAY, calendar=calendar).verdict == "Clear"
    verdict = judged(fold(held, look(late, shown()), WEIBO), late, calendar=calendar)
    assert verdict.verdict == "Breach"
    assert "2026-10-01 至 2026-10-10 不计时" in verdict.why


def test_an_exemption_stops_the_clock_of_one_account_and_is_shown():
    leave = Exemption(ACCOUNT.key, BROKEN, BROKEN + 30 * DAY, "系统升级")
    other = replace(leave, key="weibo:2")
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()))
    verdict = judged(held, BROKEN + DAY, exemptions=[leave])
    # The clock stopped at the last day allowed.
    assert verdict.verdict == "Clear"
    assert judged(held, BROKEN + DAY, exemptions=[other]).verdict == "Breach"
    begun_later = replace(leave, first=BROKEN + DAY)
    verdict = judged(held, BROKEN + DAY, exemptions=[begun_later])
    assert told(verdict) == ("Unknown", False)
    assert "系统升级" in verdict.why
    assert str(begun_later.last) in verdict.why


def test_an_exemption_from_one_rule_leaves_the_others():
    leave = Exemption(ACCOUNT.key, BROKEN + DAY, BROKEN + 30 * DAY, "…", "ncwu-2023", "zombie")
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()))
    assert judged(held, BROKEN + DAY, exemptions=[leave]).verdict == "Breach"


# ── never posted, hidden ────────────────────────────────────────────────────────────────────────

EMPTY = Found(posts_total=0)


def test_an_account_that_never_posted_is_counted_from_its_creation():
    account = replace(ACCOUNT, created_on=LAST)
    held = standing(look(BROKEN - 2 * DAY, EMPTY), look(BROKEN - DAY, EMPTY))
    assert told(judged(held, BROKEN - DAY, rule="never-posted", account=account)) == ("Clear", True)
    held = fold(held, look(BROKEN, EMPTY), WEIBO)
    verdict = judged(held, BROKEN, rule="never-posted", account=account)
    assert told(verdict) == ("Breach", True)
    assert verdict.since == BROKEN
    assert judged(held, BROKEN, account=account).verdict == "Unknown"


def test_without_a_date_of_creation_it_is_counted_from_the_first_sight():
    account = replace(ACCOUNT, created_on=None)
    held = standing(look(LAST, EMPTY), look(BROKEN - DAY, EMPTY))
    assert judged(held, BROKEN - DAY, rule="never-posted", account=account).verdict == "Clear"
    held = fold(held, look(BROKEN, EMPTY), WEIBO)
    assert judged(held, BROKEN, rule="never-posted", account=account).verdict == "Breach"


def test_one_night_of_zero_posts_only_suspects_where_two_must_agree():
    assert judged(standing(look(BROKEN, EMPTY)), BROKEN, rule="never-posted").verdict == "Suspected"


def test_an_account_that_posted_is_clear_of_never_having_posted():
    held = standing(look(BROKEN - DAY, EMPTY), look(BROKEN, shown(BROKEN - DAY, posts_total=1)))
    assert told(judged(held, BROKEN, rule="never-posted")) == ("Clear", True)


def own_rule(tmp_path, text):
    (tmp_path / "ours.toml").write_text(
        f'policy = "ours"\ndocument = "本校办法"\nchecked_on = 2026-11-20\n[[rule]]\nrule = "own"\n'
        f'clause = "第一条"\nasks = "……"\n{text}',
        encoding="utf-8",
    )
    return load(["ours"], tmp_path)[:1]


def test_hidden_posts_are_a_suspicion_for_a_person(tmp_path):
    rules = own_rule(tmp_path, 'measure = "hidden"')
    held = standing(look(BROKEN, Found(hidden=True)))
    assert told(verdicts(ACCOUNT, held, rules, BROKEN, PLAIN)[0]) == ("Suspected", True)
    held = fold(held, look(BROKEN + DAY, shown()), WEIBO)
    assert told(verdicts(ACCOUNT, held, rules, BROKEN + DAY, PLAIN)[0]) == ("Clear", True)


# ── gone, suspended, moved ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("why", "rule"),
    [("cancelled", "gone"), ("not_found", "gone"), ("suspended", "suspended"), ("moved", "moved")],
)
def test_the_platforms_word_counts_on_the_second_believed_night(why, rule):
    gone = Gone(why, "平台的话", moved_to="gh_new" if why == "moved" else None)
    held = standing(look(BROKEN - DAY, shown()), look(BROKEN, gone))
    first = judged(held, BROKEN, rule=rule)
    assert told(first) == ("Unknown", False)
    held = fold(held, look(BROKEN + DAY, gone), WEIBO)
    second = judged(held, BROKEN + DAY, rule=rule)
    assert told(second) == ("Breach", True)
    assert second.since == BROKEN
    assert "平台的话" in second.why
    for other in {"gone", "suspended", "moved"} - {rule}:
        assert judged(held, BROKEN + DAY, rule=other).verdict == "Unknown"
    held = fold(held, look(BROKEN + 2 * DAY, shown()), WEIBO)
    assert told(judged(held, BROKEN + 2 * DAY, rule=rule)) == ("Clear", True)


@pytest.mark.parametrize(
    ("says", "told_so"),
    [
        ("该账号已关闭，无法查看。", "平台说账号已注销：“该账号已关闭，无法查看”；"),
        ("state -2", "平台说账号已注销（给程序的标志是 state -2）；"),
        ("", "平台说账号已注销；"),
    ],
)
def test_what_the_platform_said_is_quoted_and_what_it_told_programs_is_called_so(says, told_so):
    held = standing(look(BROKEN - DAY, Gone("cancelled", says)), look(BROKEN, Gone("cancelled", says)))
    assert judged(held, BROKEN, rule="gone").why.startswith(told_so)


def test_a_cancellation_must_be_filed_within_five_working_days():
    # First said on Wednesday 2026-09-30; 国庆 to 10-07, Saturday 10-10 is worked: the 5th day is 10-12.
    first = date(2026, 9, 30)
    gone = Gone("cancelled", "账号已注销")
    held = standing(look(first, gone))
    for day, verdict in [(date(2026, 10, 13), "Clear"), (date(2026, 10, 14), "Breach")]:
        held = fold(held, look(day, gone), WEIBO)
        assert judged(held, day, policy="gov-media", rule="cancellation-unfiled").verdict == verdict
    filed = replace(ACCOUNT, state="注销")
    day = date(2026, 10, 14)
    assert (
        judged(held, day, policy="gov-media", rule="cancellation-unfiled", account=filed).verdict == "Clear"
    )


# ── name and verification ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("云岭大学团委", "Clear"),
        (" 云岭大学团委\u200b", "Clear"),
        ("云岭大学 团委", "Clear"),
        ("云岭大学青年", "Breach"),
        ("云岭大學团委", "Breach"),
        ("云岭大学团委<script>", "Breach"),
    ],
)
def test_another_name_than_the_filed_one_is_a_finding(name, verdict):
    held = standing(look(BROKEN, shown(name=name)))
    given = judged(held, BROKEN, rule="name-differs")
    assert told(given) == (verdict, True)
    assert given.since == (BROKEN if verdict == "Breach" else None)


def test_a_name_that_is_not_shown_is_unknown_and_an_old_one_is_not_fresh():
    held = standing(look(BROKEN, shown()))
    assert judged(held, BROKEN, rule="name-differs").verdict == "Unknown"
    held = standing(look(BROKEN, shown(name="云岭青年")), look(BROKEN + DAY, Blocked("rate")))
    assert told(judged(held, BROKEN + DAY, rule="name-differs")) == ("Breach", False)


@pytest.mark.parametrize(
    ("filed", "filed_as", "seen", "seen_as", "verdict"),
    [
        (True, None, True, "云岭大学", "Clear"),
        (True, "云岭大学", True, "云岭大学官方微博", "Clear"),
        (True, "云岭大学", True, "某某文化传媒公司", "Suspected"),
        (True, "云岭大学", False, None, "Breach"),
        (False, None, True, "云岭大学", "Breach"),
        (False, None, False, None, "Clear"),
        (None, None, True, "云岭大学", "Unknown"),
        (True, None, None, None, "Unknown"),
    ],
)
def test_a_verification_that_differs_from_the_filed_one(filed, filed_as, seen, seen_as, verdict):
    account = replace(ACCOUNT, verified=filed, verified_as=filed_as)
    held = standing(look(BROKEN, shown(verified=seen, verified_as=seen_as)))
    assert judged(held, BROKEN, rule="verification-differs", account=account).verdict == verdict


# ── the register's own state ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["停用", "注销"])
def test_accounts_out_of_use_are_not_judged_for_silence_or_absence(state):
    account = replace(ACCOUNT, state=state)
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()))
    assert judged(held, BROKEN + DAY, account=account).verdict == "Clear"
    gone = Gone("cancelled", "账号已注销")
    held = standing(look(BROKEN, gone), look(BROKEN + DAY, gone))
    assert judged(held, BROKEN + DAY, rule="gone", account=account).verdict == "Clear"


def test_an_account_filed_as_cancelled_that_two_nights_show_is_a_suspicion():
    account = replace(ACCOUNT, state="注销")
    held = standing(look(BROKEN, shown()))
    assert judged(held, BROKEN, rule="still-shown", account=account).verdict == "Clear"
    held = fold(held, look(BROKEN + DAY, shown()), WEIBO)
    assert judged(held, BROKEN + DAY, rule="still-shown", account=account).verdict == "Suspected"
    assert judged(held, BROKEN + DAY, rule="still-shown").verdict == "Clear"


@pytest.mark.parametrize(
    ("created", "filed", "verdict"),
    [
        # Created on 2026-09-29: five working days are over on 10-12 (国庆, Saturday 10-10 is worked).
        ("2026-09-29", "2026-10-12", "Clear"),
        ("2026-09-29", "2026-10-13", "Breach"),
        ("2026-12-29", "2027-03-01", "Unknown"),  # no holiday data for 2027
        ("2019-05-01", "2021-01-01", "Clear"),  # older than the text
        ("2026-09-29", None, "Unknown"),
        (None, "2026-10-12", "Unknown"),
    ],
)
def test_a_new_account_is_filed_within_five_working_days(created, filed, verdict):
    account = replace(
        ACCOUNT,
        created_on=created and date.fromisoformat(created),
        filed_on=filed and date.fromisoformat(filed),
    )
    assert judged(None, date(2027, 4, 1), rule="filed-late", account=account).verdict == verdict


KEEPS = Filing(keeps_reviews=True)


@pytest.mark.parametrize(
    ("account", "day", "verdict"),
    [
        (replace(ACCOUNT, filed_on=date(2025, 11, 19)), date(2026, 11, 19), "Clear"),
        (replace(ACCOUNT, filed_on=date(2025, 11, 19)), date(2026, 11, 20), "Suspected"),
        # The last review counts, not the filing years ago.
        (
            replace(ACCOUNT, filed_on=date(2019, 3, 5), reviewed_on=date(2025, 11, 19)),
            date(2026, 11, 19),
            "Clear",
        ),
        (
            replace(ACCOUNT, filed_on=date(2019, 3, 5), reviewed_on=date(2025, 11, 19)),
            date(2026, 11, 20),
            "Suspected",
        ),
        # 2025年11月 may mean the last day of that month.
        (replace(ACCOUNT, reviewed_on=date(2025, 11, 1)), date(2026, 11, 30), "Clear"),
        (replace(ACCOUNT, reviewed_on=date(2025, 11, 1)), date(2026, 12, 1), "Suspected"),
        (ACCOUNT, date(2026, 11, 20), "Unknown"),
    ],
)
def test_a_review_is_asked_for_a_year_after_the_last_one(account, day, verdict):
    assert judged(None, day, rule="review-overdue", account=account, filing=KEEPS).verdict == verdict


def test_a_register_that_keeps_no_reviews_has_none_overdue():
    account = replace(ACCOUNT, filed_on=date(2019, 3, 5))
    verdict = judged(None, date(2026, 11, 20), rule="review-overdue", account=account, filing=Filing())
    assert verdict.verdict == "Unknown"


@pytest.mark.parametrize(("outside", "verdict"), [(False, "Clear"), (True, "Breach"), (None, "Unknown")])
def test_an_account_is_not_run_by_somebody_outside_the_school(outside, verdict):
    filing = Filing(outsourced=outside)
    assert judged(None, BROKEN, policy="ncwu-2023", rule="outsourced", filing=filing).verdict == verdict


@pytest.mark.parametrize(("present", "verdict"), [(True, "Clear"), (False, "Breach"), (None, "Unknown")])
def test_a_leader_and_a_manager_are_filed(present, verdict):
    filing = Filing(has_leader=present, has_manager=present)
    for rule in ("no-leader", "no-manager"):
        assert judged(None, BROKEN, policy="ncwu-2023", rule=rule, filing=filing).verdict == verdict


def test_too_many_accounts_in_one_hand_or_one_unit(tmp_path):
    many = own_rule(tmp_path, 'measure = "manager_of_many"\ncount = 3')
    for held, verdict in [(3, "Clear"), (4, "Breach"), (None, "Unknown")]:
        assert verdicts(ACCOUNT, None, many, BROKEN, PLAIN, filing=Filing(held=held))[0].verdict == verdict
    several = own_rule(tmp_path, 'measure = "several_accounts"\ncount = 1')
    for siblings, verdict in [((), "Clear"), (("团委青年",), "Breach")]:
        given = verdicts(ACCOUNT, None, several, BROKEN, PLAIN, filing=Filing(siblings=siblings))[0]
        assert given.verdict == verdict


# ── unseen ──────────────────────────────────────────────────────────────────────────────────────


def test_an_account_unseen_for_seven_nights_is_a_finding_that_accuses_nobody():
    held = standing(look(BROKEN, shown()))
    for n in range(1, 8):
        held = fold(held, look(BROKEN + n * DAY, Blocked("rate")), WEIBO)
        verdict = judged(held, BROKEN + n * DAY, rule="unseen")
        assert told(verdict) == ("Unknown" if n == 7 else "Clear", False)
    assert verdict.kind == "unseen"


def test_nights_on_which_nobody_looked_count_as_unseen_too():
    assert judged(standing(look(BROKEN, shown())), BROKEN + 7 * DAY, rule="unseen").since == BROKEN


def test_an_account_never_seen_counts_from_the_first_look():
    held = standing(look(BROKEN, Blocked("login")))
    assert judged(held, BROKEN + 5 * DAY, rule="unseen").verdict == "Clear"
    assert judged(held, BROKEN + 6 * DAY, rule="unseen").verdict == "Unknown"


def test_an_account_that_nobody_can_visit_is_not_unseen():
    held = standing(attested("channels:1", LAST, BROKEN), facts=None)
    verdict = judged(held, BROKEN + 99 * DAY, rule="unseen")
    assert findings([verdict], load([])) == []


# ── sightings ───────────────────────────────────────────────────────────────────────────────────

MATCH = NameMatch("云岭大学表白墙", "云岭大学", 0.97, True, "plays_on", "exact", "云岭大学")


NAME = next(one for one in load(["sias-2020"]) if one.measure == "name_match")


def test_a_match_is_a_suspicion_and_never_a_breach():
    verdict = sighting_verdict("weibo:9", MATCH, NAME, BROKEN, fresh=True)
    assert told(verdict) == ("Suspected", True)
    assert "云岭大学表白墙" in verdict.why
    assert verdict.since == BROKEN


def test_a_sighting_is_one_finding_led_by_the_first_text_in_use():
    rules = load(["ncwu-2023", "sias-2020"])
    given = [
        sighting_verdict("weibo:9", MATCH, one, BROKEN, fresh=True)
        for one in rules
        if one.measure == "name_match"
    ]
    [finding] = findings(given, rules)
    assert finding.rule.policy == "ncwu-2023"
    assert [one.policy for one in finding.others] == ["sias-2020", "patrol"]


@pytest.mark.parametrize("match", [None, replace(MATCH, flag=False, reading=None)])
def test_a_name_that_no_longer_matches_is_clear(match):
    assert told(sighting_verdict("weibo:9", match, NAME, BROKEN, fresh=True)) == ("Clear", True)


def test_a_sighting_that_is_gone_is_clear():
    assert sighting_verdict("weibo:9", MATCH, NAME, BROKEN, fresh=True, gone=True).verdict == "Clear"


# ── several texts at once ───────────────────────────────────────────────────────────────────────


def test_the_stricter_finding_leads_and_all_clauses_are_cited():
    rules = load(["gov-media", "sias-2020", "ncwu-2023"])
    day = date(2026, 12, 2)
    held = standing(look(day - DAY, shown()), look(day, shown()))
    [finding] = [
        one
        for one in findings(verdicts(ACCOUNT, held, rules, day, PLAIN), rules)
        if one.lead.kind == "activity"
    ]
    assert finding.lead.verdict == "Breach"
    assert (finding.rule.policy, finding.rule.rule) == ("sias-2020", "silence")
    assert {one.policy for one in finding.others} == {"ncwu-2023", "gov-media"}
    assert len(finding.cited) == 3


def test_a_breach_leads_a_suspicion_and_what_is_clear_is_not_told():
    rules = load(["sias-2020", "ncwu-2023"])
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()))
    told_of = findings(verdicts(ACCOUNT, held, rules, BROKEN + DAY, PLAIN), rules)
    activity = [one for one in told_of if one.lead.kind == "activity"]
    assert [one.cited for one in activity] == [(rules[0].cited,)]


def test_what_is_not_known_of_the_posts_is_told_and_of_the_rest_not():
    rules = load(["sias-2020"])
    told_of = findings(verdicts(ACCOUNT, None, rules, BROKEN, PLAIN), rules)
    assert [(one.lead.rule, one.lead.verdict) for one in told_of] == [("silence", "Unknown")]


# ── for all histories ───────────────────────────────────────────────────────────────────────────


def test_every_measure_is_judged(tmp_path):
    groups = ("group_unlisted", "group_unconfirmed")
    needs = {"count": ("manager_of_many", "several_accounts", "unseen", *groups)}
    timed = ("silence", "never_posted", "cancellation_unfiled", "filed_late", "review_overdue", groups[1])
    for measure in get_args(Measure):
        if measure == "name_match":
            continue
        limit = 'more_than = "1 month"' if measure in timed else ""
        count = "count = 3" if measure in needs["count"] else ""
        rules = own_rule(tmp_path, f'measure = "{measure}"\n{limit}\n{count}')
        filing = Filing(group=GroupFiling(None, (), None, BROKEN)) if measure in groups else None
        judged_by = verdicts(ACCOUNT, None, rules, BROKEN, PLAIN, filing=filing)
        assert judged_by[0].verdict in ("Unknown", "Clear")


NIGHTS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *SILENT,
                shown(),
                shown(bound="at_least"),
                shown(posts_total=3),
                shown(posts_total=4),
                shown(LAST + 40 * DAY),
                Found(name="云岭青年"),
                Gone("not_found", "用户不存在"),
                EMPTY,
            ]
        ),
        st.booleans(),
        st.integers(1, 20),
    ),
    min_size=1,
    max_size=14,
)
RULES = load(["sias-2020", "ncwu-2023", "gov-media", "gov-2019"])
# A list with a date or, of an account that posted before, the cross-checked word that nothing is left of it.
WHOLE = [shown(), shown(posts_total=3), shown(posts_total=4), shown(LAST + 40 * DAY)]
_NEARER = ("Clear", "Unknown", "Suspected", "Breach")


@given(NIGHTS)
def test_a_night_that_states_nothing_brings_nobody_nearer_to_a_breach(nights):
    held, day, before = None, LAST, {}
    for outcome, believed, gap in nights:
        day += gap * DAY
        held = fold(held, look(day, outcome, believed=believed), WEIBO)
        for verdict in verdicts(ACCOUNT, held, RULES, day, PLAIN):
            was, key = before.get((verdict.policy, verdict.rule)), (verdict.policy, verdict.rule)
            before[key] = verdict.verdict
            if outcome in SILENT or not believed:
                assert not verdict.fresh or verdict.kind == "filing"
                # Unknown accuses nobody: at most what was clear is no longer known to be.
                allowed = max(_NEARER.index(was or "Unknown"), _NEARER.index("Unknown"))
                assert verdict.kind == "filing" or _NEARER.index(verdict.verdict) <= allowed


@given(NIGHTS)
def test_nobody_is_convicted_of_silence_but_by_a_whole_list_read_after_the_limit(nights):
    held, day, whole = None, LAST, []
    for outcome, believed, gap in nights:
        day += gap * DAY
        held = fold(held, look(day, outcome, believed=believed), WEIBO)
        if believed and (outcome == EMPTY or outcome in WHOLE):
            whole.append(day)
        for verdict in verdicts(ACCOUNT, held, RULES, day, PLAIN):
            if verdict.kind == "activity" and verdict.verdict == "Breach" and verdict.newest:
                assert len(whole) >= 2
                assert whole[-1] >= verdict.since
                assert verdict.fresh == (whole[-1] == day)


@given(NIGHTS, st.integers(1, 400))
def test_time_alone_convicts_nobody(nights, later):
    held, day = None, LAST
    for outcome, believed, gap in nights:
        day += gap * DAY
        held = fold(held, look(day, outcome, believed=believed), WEIBO)
    now = {(v.policy, v.rule): v for v in verdicts(ACCOUNT, held, RULES, day, PLAIN)}
    for verdict in verdicts(ACCOUNT, held, RULES, day + later * DAY, PLAIN):
        was = now[verdict.policy, verdict.rule]
        assert verdict.verdict in (was.verdict, "Unknown")
        # What the register says needs no look.
        assert not verdict.fresh or verdict.kind == "filing"


def test_evidence_of_tomorrow_is_not_tonights():
    held = standing(look(BROKEN, shown()), look(BROKEN + DAY, shown()))
    assert not judged(held, BROKEN).fresh


# ── what counts as an update ────────────────────────────────────────────────────────────────────


SILENCE = next(one for one in load(["sias-2020"]) if one.measure == "silence")


def mixed(post, forward=None, live=None, post_bound="exact", **more):
    kinds = [("post", post, post_bound), ("forward", forward, "exact"), ("live", live, "exact")]
    split = tuple((kind, Newest(at(day), bound)) for kind, day, bound in kinds if day)
    return Found(newest=max((one for _, one in split), key=lambda one: one.at), by_kind=split, **more)


def counted(kinds, *looks, facts=BILIBILI, day=BROKEN):
    rule = replace(SILENCE, counts=kinds)
    (verdict,) = verdicts(ACCOUNT, standing(*looks, facts=facts), [rule], day, PLAIN)
    return verdict


POSTS, WITH_LIVE, ALL = ("post",), ("post", "live"), ("post", "forward", "live")


def test_a_live_room_is_an_update_unless_the_rule_does_not_count_it():
    seen = look(BROKEN, mixed(LAST, live=BROKEN - DAY))
    assert counted(ALL, seen).verdict == "Clear"
    assert counted(WITH_LIVE, seen).verdict == "Clear"
    assert counted(POSTS, seen).verdict == "Breach"
    assert "不计转发和直播" in counted(POSTS, seen).why
    assert counted(POSTS, seen).newest.at == at(LAST)


def test_what_may_hide_behind_forwards_is_only_suspected():
    seen = look(BROKEN, mixed(LAST, forward=BROKEN - DAY, post_bound="at_least"))
    assert counted(POSTS, seen).verdict == "Suspected"


def test_a_page_of_forwards_alone_leaves_the_last_post_suspected():
    first = look(LAST + DAY, mixed(LAST, forward=LAST - DAY))
    later = look(BROKEN, mixed(None, forward=BROKEN - DAY))
    assert counted(POSTS, first, later).verdict == "Suspected"
    assert counted(ALL, first, later).verdict == "Clear"


def test_an_account_that_only_forwards_is_suspected_of_posting_nothing_once_the_limit_has_passed():
    seen = look(BROKEN, mixed(None, forward=BROKEN - DAY))
    verdict = counted(POSTS, seen)
    assert (verdict.verdict, verdict.fresh, verdict.newest) == ("Suspected", True, None)
    assert counted(ALL, seen).verdict == "Clear"
    young = replace(ACCOUNT, created_on=BROKEN - 3 * DAY)
    rule = replace(SILENCE, counts=POSTS)
    (verdict,) = verdicts(young, standing(seen, facts=BILIBILI), [rule], BROKEN, PLAIN)
    assert verdict.verdict == "Unknown"


def test_a_later_post_clears_whatever_a_rule_counts():
    old, new = look(BROKEN, mixed(LAST, live=LAST)), look(BROKEN + DAY, shown(BROKEN))
    assert counted(POSTS, old, new, day=BROKEN + DAY).verdict == "Clear"


def test_posts_seen_before_any_forward_are_not_forgotten():
    plain = look(BROKEN - DAY, shown(BROKEN - 3 * DAY))
    then = look(BROKEN, mixed(LAST, forward=BROKEN - 2 * DAY))
    assert counted(POSTS, plain, then).newest.at == at(BROKEN - 3 * DAY)


def test_two_nights_must_agree_on_what_the_rule_counts_not_on_forwards_between():
    one = look(BROKEN, mixed(LAST, forward=BROKEN - 2 * DAY, posts_total=40))
    other = look(BROKEN + DAY, mixed(LAST, forward=BROKEN, posts_total=40))
    assert counted(POSTS, one, facts=WEIBO).verdict == "Suspected"
    assert counted(POSTS, one, other, facts=WEIBO, day=BROKEN + DAY).verdict == "Breach"


def test_a_counter_that_rose_with_a_forward_clears_nobody_of_not_posting_and_convicts_nobody():
    one = look(BROKEN, mixed(LAST, forward=BROKEN - 2 * DAY, posts_total=40))
    other = look(BROKEN + DAY, mixed(LAST, forward=BROKEN, posts_total=41))
    assert counted(POSTS, one, other, facts=WEIBO, day=BROKEN + DAY).verdict == "Suspected"
