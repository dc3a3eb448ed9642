"""How grave news is: what is lost and what calls itself official is urgent under every text."""

from datetime import date

import pytest

from monitors.nouns import NameMatch
from monitors.rules import Rule
from reports.told import gravity


def rule(measure, severity="normal", plays_on=None):
    return Rule("p", "r", "文", "一", "要求", date(2026, 1, 1), measure, "gone", severity, plays_on)


def match(name, reading="passes_off", kind="exact"):
    return NameMatch(name, "云岭大学", 0.9, True, reading, kind, "云岭大学")


@pytest.mark.parametrize("measure", ["gone", "suspended"])
def test_a_lost_account_is_urgent_whatever_the_text_says(measure):
    assert gravity(rule(measure, "low"), None) == "urgent"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("云岭大学官方", "exact_official"), ("耘岭大学官微", "homophone1"), ("YLU_Official", "english_variant")],
)
def test_a_look_alike_that_calls_itself_official_is_urgent(name, kind):
    assert gravity(rule("name_match", "high"), match(name, kind=kind)) == "urgent"


@pytest.mark.parametrize(
    ("name", "reading", "kind", "expected"),
    [
        ("云岭大学表白墙", "plays_on", "exact_unofficial", "low"),
        ("云岭大学非官方吐槽", "plays_on", "exact_unofficial", "low"),
        ("耘岭大学教务处", "passes_off", "homophone1", "high"),
    ],
)
def test_other_look_alikes_are_as_grave_as_the_rule_says(name, reading, kind, expected):
    assert gravity(rule("name_match", "high", "low"), match(name, reading, kind)) == expected


def test_a_moved_account_and_a_changed_name_can_wait_for_the_morning():
    assert {gravity(rule(measure), None) for measure in ("moved", "name_differs", "silence")} == {"normal"}
