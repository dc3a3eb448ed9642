"""A visit that broke off: what it shows by chance accuses nobody."""

from datetime import UTC, date, datetime

import pytest

from monitors.memory import observed
from monitors.notes import broken_off
from monitors.nouns import Body, Found, Newest, Note, Unreachable

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
        (note(Unreachable("连不上"), 0), True),
        (note(found("at_least"), 200, 200), False),
        (note(found("exact"), 200, 0), False),
        (note(found("at_least")), False),
    ],
)
def test_a_bound_is_not_believed_where_a_page_gave_no_answer(one, broke_off):
    assert broken_off(one) is broke_off
    [seen] = observed(date(2026, 3, 2), [one], believed=True)[one.key]
    assert seen.believed is not broke_off
