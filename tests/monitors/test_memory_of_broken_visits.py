"""A visit that broke off: what it shows by chance accuses nobody."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitors.activity import fold
from monitors.calendar import Calendar
from monitors.memory import observed
from monitors.notes import broken_off
from monitors.nouns import Account, Body, Found, Newest, Note, Unreachable
from monitors.rules import load
from monitors.verdicts import verdicts

NOW = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
OLD = datetime(2025, 5, 6, tzinfo=UTC)


def note(outcome, *statuses):
    bodies = tuple(Body(f"https://space.bilibili.com/{n}", status, None) for n, status in enumerate(statuses))
    return Note("bilibili", "account", "401720052", NOW, outcome, bodies)


def found(bound):
    return Found("云岭大学书法协会", None, None, None, Newest(OLD, bound), None)


@pytest.mark.parametrize(
    ("one", "broke_off"),
    [
        (note(found("at_least"), 200, 0), True),
        (note(found("at_least"), 200, 502), True),
        (note(Unreachable("连不上"), 0), True),
        (note(found("at_least"), 200, 200), False),
        (note(found("at_least"), 200, 412), False),
        (note(found("exact"), 200, 0), False),
        (note(found("at_least")), False),
    ],
)
def test_a_visit_broke_off_where_a_page_of_a_mere_bound_gave_no_answer(one, broke_off):
    assert broken_off(one) is broke_off
    [seen] = observed(date(2026, 3, 2), [one], believed=True)[one.key]
    assert (seen.believed, seen.broken) == (True, broke_off)


SILENCE = [next(rule for rule in load(["sias-2020"]) if rule.measure == "silence")]
ACCOUNT = Account("bilibili", "401720052", "云岭大学书法协会", "团委")
DAY = date(2026, 3, 2)


def night(number, newest, *statuses):
    outcome = Found("云岭大学书法协会", newest=Newest(newest, "at_least"))
    when = NOW + timedelta(days=number)
    one = replace(note(outcome, *statuses), seen_at=when)
    return observed(DAY + timedelta(days=number), [one], believed=True)[one.key]


def verdict(*nights, day):
    standing = None
    for seen in (one for night in nights for one in night):
        standing = fold(standing, seen)
    on = DAY + timedelta(days=day)
    [given] = verdicts(ACCOUNT, standing, SILENCE, on, Calendar())
    return standing, given


def test_an_old_bound_beside_a_dead_page_accuses_nobody():
    standing, given = verdict(night(0, OLD, 200, 0), day=0)
    assert (given.verdict, given.fresh) == ("Unknown", False)
    assert standing.seen_on == DAY


def test_an_old_bound_beside_a_dead_page_is_no_look_after_a_whole_one_either():
    _, given = verdict(night(0, OLD, 200, 200), night(1, OLD, 200, 0), day=1)
    assert (given.verdict, given.fresh) == ("Suspected", False)


def test_a_young_post_beside_a_dead_page_clears():
    young = NOW - timedelta(days=3)
    _, given = verdict(night(0, OLD, 200, 200), night(1, young, 200, 0), day=1)
    assert (given.verdict, given.fresh) == ("Clear", True)


def test_a_page_that_stays_dead_for_a_week_is_a_wall():
    nights = [night(number, OLD, 200, 0) for number in range(8)]
    assert verdict(*nights[:7], day=6)[1].verdict == "Unknown"
    _, given = verdict(*nights, day=7)
    assert (given.verdict, given.fresh) == ("Suspected", True)


def test_nothing_ever_posted_is_not_believed_beside_a_dead_page():
    empty = note(Found("云岭大学书法协会", posts_total=0), 200, 0)
    [seen] = observed(DAY, [empty], believed=True)[empty.key]
    assert fold(None, seen).empty is None
