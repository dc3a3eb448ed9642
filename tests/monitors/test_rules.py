"""Rules as data: what the presets ask for, and that no slip of the pen switches a rule off."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest

from monitors.calendar import Limit
from monitors.nouns import Account
from monitors.rules import POLICIES, Measure, RuleError, load

PRESETS = ["sias-2020", "ncwu-2023", "jinhua-2020", "college-2020", "gov-media", "gov-2019"]

GOOD = """
policy = "ours"
document = "本校办法"
checked_on = 2026-11-20

[[rule]]
rule = "silence"
clause = "第八条"
asks = "账号应当更新。"
measure = "silence"
more_than = "1 month"
notice = true
circular_after = "10 working days"
closure_after = "1 month"
"""


def written(folder, text):
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    return load(["ours"], folder)


def rule(policy, name):
    return next(one for one in load([policy]) if one.rule == name)


def test_every_preset_loads_and_every_rule_cites_a_clause_and_the_day_it_was_checked():
    rules = load(PRESETS)
    assert {one.policy for one in rules} == {*PRESETS, "patrol"}
    for one in rules:
        assert one.document and one.clause and one.asks
        assert one.checked_on == date(2026, 11, 20)
        assert one.quote is None, "only a school types a quotation"
        assert not set("「」“”\"'") & set(one.asks)


def test_sias_gives_two_months_then_a_notice_then_a_month_and_a_month():
    silence = rule("sias-2020", "silence")
    assert silence.limit == Limit(2, "months", inclusive=False)
    assert silence.notice
    assert silence.circular_after == silence.closure_after == Limit(1, "months")
    assert silence.clause == "第六条（四）"


def test_ncwu_calls_three_months_or_more_a_zombie_and_gives_no_waiting_times():
    zombie = rule("ncwu-2023", "zombie")
    assert zombie.limit == Limit(3, "months", inclusive=True)
    assert zombie.notice
    assert zombie.circular_after is zombie.closure_after is None


def test_the_government_yardsticks_are_fourteen_days_and_one_update_a_week():
    assert rule("gov-2019", "two-weeks").limit == Limit(14, "days", inclusive=False)
    assert rule("gov-media", "weekly").limit == Limit(1, "whole weeks", inclusive=True)
    assert rule("gov-media", "cancellation-unfiled").limit == Limit(5, "working days", inclusive=False)


def test_the_patrols_own_rules_come_along_last_and_make_no_case_of_an_unseen_account():
    rules = load(["gov-2019"])
    assert [one.measure for one in rules if one.policy == "patrol"] == [
        "unseen",
        "name_match",
        "manager_of_many",
        "several_accounts",
        "group_unlisted",
        "group_unconfirmed",
    ]
    assert rules[-1].policy == "patrol"
    assert not rule("gov-2019", "unseen").case


def test_a_policy_named_twice_is_loaded_once():
    assert load(["sias-2020", "sias-2020"]) == load(["sias-2020"])


def test_the_template_is_a_working_policy_once_it_is_renamed(tmp_path):
    template = (POLICIES / "template.toml").read_text(encoding="utf-8")
    rules = written(tmp_path, template.replace('policy = "template"', 'policy = "ours"'))
    assert {one.measure for one in rules} >= {"silence", "hidden", "manager_of_many", "several_accounts"}
    assert rules[0].circular_after == Limit(10, "working days")


def test_the_template_names_every_measure():
    template = (POLICIES / "template.toml").read_text(encoding="utf-8")
    assert all(measure in template for measure in get_args(Measure))


def test_the_schools_own_file_outranks_a_preset_of_the_same_name(tmp_path):
    (tmp_path / "sias-2020.toml").write_text(GOOD.replace('"ours"', '"sias-2020"'), encoding="utf-8")
    assert load(["sias-2020"], tmp_path)[0].document == "本校办法"


def test_what_a_school_typed_from_its_text_is_kept_as_a_quotation(tmp_path):
    rules = written(tmp_path, GOOD + 'quote = "原文一句"\n')
    assert rules[0].quote == "原文一句"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (('clause = "第八条"\n', ""), ("ours.toml", "silence", "clause")),
        (('clause = "第八条"', 'clause = ""'), ("ours.toml", "silence", "clause")),
        (("clause =", "clawse ="), ("ours.toml", "silence", "clawse", "“clause”")),
        (("asks =", "ask ="), ("silence", "“asks”")),
        (('measure = "silence"', 'measure = "silense"'), ("silence", "measure", "silense", "“silence”")),
        (('measure = "silence"', 'measure = "popularity"'), ("silence", "measure", "popularity")),
        (('more_than = "1 month"', 'more_than = "1 moon"'), ("silence", "more_than", "1 moon")),
        (('more_than = "1 month"', "more_than = 1"), ("silence", "more_than")),
        (('more_than = "1 month"\n', ""), ("silence", "more_than", "期限")),
        (("notice = true", 'or_more = "1 month"\nnotice = true'), ("silence", "more_than", "一个")),
        (("notice = true", 'notice = "yes"'), ("silence", "notice")),
        (("notice = true\n", ""), ("silence", "circular_after", "notice")),
        (('circular_after = "10 working days"\n', ""), ("silence", "closure_after")),
        (("notice = true", "notice = true\ncount = 3"), ("silence", "count")),
        (("notice = true", 'notice = true\nplatforms = ["wiebo"]'), ("silence", "platforms", "“weibo”")),
        (("notice = true", 'notice = true\nunits = "党委"'), ("silence", "units")),
        (("notice = true", 'notice = true\nseverity = "hihg"'), ("silence", "severity", "“high”")),
        (("notice = true", 'notice = true\nplays_on_severity = "low"'), ("silence", "plays_on_severity")),
        (("checked_on = 2026-11-20", ""), ("silence", "checked_on")),
        (("checked_on = 2026-11-20", 'checked_on = "soon"'), ("checked_on", "soon")),
        (('document = "本校办法"', ""), ("ours.toml", "document")),
        (('document = "本校办法"', 'dokument = "本校办法"'), ("ours.toml", "dokument", "“document”")),
        (('policy = "ours"', 'policy = "theirs"'), ("ours.toml", "policy", "“ours”")),
        (("[[rule]]", "[[rule"), ("ours.toml", "TOML")),
        (("[[rule]]", "[rule]"), ("ours.toml", "rule")),
    ],
)
def test_a_slip_is_refused_with_file_rule_and_key(tmp_path, change, named):
    with pytest.raises(RuleError) as refused:
        written(tmp_path, GOOD.replace(*change, 1))
    assert all(word in str(refused.value) for word in named), str(refused.value)


def test_a_rule_written_twice_is_refused(tmp_path):
    with pytest.raises(RuleError, match="两次"):
        written(tmp_path, GOOD + GOOD[GOOD.index("[[rule]]") :])


@pytest.mark.parametrize("count", ["0", "true", '"3"', "2.5"])
def test_a_number_that_is_none_is_refused(tmp_path, count):
    text = GOOD.replace('measure = "silence"\nmore_than = "1 month"', f'measure = "unseen"\ncount = {count}')
    with pytest.raises(RuleError, match="count"):
        written(tmp_path, text)


@pytest.mark.parametrize("name", ["sias-2002", "template", "../ours", "ours"])
def test_an_unknown_policy_is_refused_and_the_known_ones_are_named(tmp_path, name):
    (tmp_path / "home").mkdir()
    (tmp_path / "ours.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(RuleError, match="ncwu-2023、sias-2020"):
        load([name], tmp_path / "home")


def test_the_nearest_policy_is_named():
    with pytest.raises(RuleError, match="是不是“sias-2020”"):
        load(["sias-2002"])


ACCOUNT = Account("weibo", "1", "云岭大学团委", "云岭大学团委", tier="二级", type="订阅号")


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ("", True),
        ('platforms = ["weibo", "douyin"]', True),
        ('platforms = ["douyin"]', False),
        ('tiers = ["二级"]', True),
        ('tiers = ["一级"]', False),
        ('types = ["订阅号"]', True),
        ('types = ["服务号"]', False),
        ('units = ["*学院", "*团委"]', True),
        ('units = ["*学院"]', False),
        ('platforms = ["weibo"]\ntiers = ["一级"]', False),
    ],
)
def test_a_rule_holds_for_the_accounts_in_its_scope(tmp_path, scope, holds):
    assert written(tmp_path, f"{GOOD}{scope}\n")[0].holds_for(ACCOUNT) is holds


def test_a_row_that_leaves_its_tier_empty_is_in_no_narrowed_scope(tmp_path):
    narrowed = written(tmp_path, f'{GOOD}tiers = ["二级"]\n')[0]
    assert not narrowed.holds_for(Account("weibo", "1", "云岭大学团委", "云岭大学团委"))


def test_a_name_that_only_plays_on_the_schools_may_weigh_less():
    name = rule("sias-2020", "unapproved-name")
    assert name.severity_of("passes_off") == "high"
    assert name.severity_of("plays_on") == "low"
    assert rule("sias-2020", "silence").severity_of(None) == "high"


def test_a_rule_says_what_it_counts_as_an_update(tmp_path):
    assert written(tmp_path, GOOD)[0].counts == ("post", "forward", "live")
    assert written(tmp_path, f'{GOOD}counts = ["live", "post"]\n')[0].counts == ("post", "live")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f'{GOOD}counts = ["live"]\n', "post"),
        (f'{GOOD}counts = ["post", "lives"]\n', "是不是“live”"),
        (
            GOOD.replace('measure = "silence"\nmore_than = "1 month"', 'measure = "gone"\ncounts = ["post"]'),
            "counts",
        ),
    ],
)
def test_a_count_of_kinds_that_makes_no_sense_is_refused(tmp_path, text, named):
    with pytest.raises(RuleError, match=named):
        written(tmp_path, text)
