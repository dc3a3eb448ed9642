"""Boundary days as the rule texts count them; holidays and make-up days from the State Council's notices."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.calendar import Calendar, Limit, add_months, monday, shanghai_day
from monitors.holidays import CalendarError, loaded

PLAIN = Calendar()
DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


def more_than(text):
    return Limit.parsed(text, inclusive=False)


def or_more(text):
    return Limit.parsed(text, inclusive=True)


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-12-31", 2, "2027-02-28"),
        ("2027-12-31", 2, "2028-02-29"),  # leap year
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-01-28", 1, "2026-02-28"),
        ("2026-01-29", 1, "2026-02-28"),
        ("2026-01-30", 1, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-29", 1, "2028-02-29"),
        ("2028-01-30", 1, "2028-02-29"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-11-20", 2, "2027-01-20"),
        ("2026-11-20", 3, "2027-02-20"),
        ("2100-01-29", 1, "2100-02-28"),  # no leap year
    ],
)
def test_a_month_is_a_calendar_month_and_its_end_is_clamped(day, months, expected):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("limit", "last", "first_broken"),
    [
        (more_than("2 months"), "2026-09-19", "2026-11-20"),
        (or_more("3 months"), "2026-08-20", "2026-11-20"),
        (more_than("2 months"), "2026-12-31", "2027-03-01"),
        (more_than("2 months"), "2026-12-29", "2027-03-01"),
        (more_than("2 months"), "2026-12-28", "2027-03-01"),
        (more_than("2 months"), "2026-12-27", "2027-02-28"),
        (or_more("3 months"), "2026-11-30", "2027-02-28"),
        (or_more("3 months"), "2027-11-30", "2028-02-29"),
        (more_than("1 month"), "2026-01-31", "2026-03-01"),
        (more_than("14 days"), "2026-11-05", "2026-11-20"),
        (more_than("2 weeks"), "2026-11-05", "2026-11-20"),
        (or_more("2 weeks"), "2026-11-06", "2026-11-20"),
    ],
)
def test_more_than_breaks_the_day_after_and_or_more_on_the_day(limit, last, first_broken):
    last, first_broken = date.fromisoformat(last), date.fromisoformat(first_broken)
    assert PLAIN.broken_from(last, limit) == first_broken
    assert not PLAIN.broken(last, limit, first_broken - timedelta(days=1))
    assert PLAIN.broken(last, limit, first_broken)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-19T15:59:59+00:00", "2026-11-19"),  # 23:59:59 in Shanghai
        ("2026-11-19T16:00:00+00:00", "2026-11-20"),  # 00:00:00 in Shanghai
        ("2026-11-20T00:00:00+08:00", "2026-11-20"),
        ("2026-11-19T23:59:59+08:00", "2026-11-19"),
        ("2026-11-19T23:59:59-05:00", "2026-11-20"),
    ],
)
def test_a_day_is_a_shanghai_day(instant, day):
    assert shanghai_day(datetime.fromisoformat(instant)) == date.fromisoformat(day)


def test_a_naive_instant_is_refused():
    with pytest.raises(ValueError, match="naive"):
        shanghai_day(datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None))


# 国办发明电〔2024〕12号 and the notice of 2025-11-04: days off, and the weekend days that are worked.
OFF = {
    2025: ["01-01..01-01", "01-28..02-04", "04-04..04-06", "05-01..05-05", "05-31..06-02", "10-01..10-08"],
    2026: [
        *("01-01..01-03", "02-15..02-23", "04-04..04-06", "05-01..05-05"),
        *("06-19..06-21", "09-25..09-27", "10-01..10-07"),
    ],
}
MADE_UP = {
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}


def state_council(year):
    """Every working day of a year, from the notice alone."""
    off = set()
    for term in OFF[year]:
        first, last = (date.fromisoformat(f"{year}-{end}") for end in term.split(".."))
        off |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    made_up = {date.fromisoformat(f"{year}-{day}") for day in MADE_UP[year]}
    year_days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    return {day for day in year_days if day in made_up or (day.weekday() < 5 and day not in off)}


@pytest.mark.parametrize("year", [2025, 2026])
def test_working_days_are_those_of_the_state_councils_notice(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert {day for day in days if PLAIN.working(day)} == state_council(year)


@pytest.mark.parametrize(
    ("limit", "start", "first_broken"),
    [
        # 国庆 2026: seven days off, Saturday 10-10 is worked: 09-30 is the 1st, 10-10 the 4th.
        (more_than("7 working days"), "2026-09-29", "2026-10-15"),
        (more_than("5 working days"), "2026-09-29", "2026-10-13"),
        (more_than("2 working days"), "2026-10-08", "2026-10-11"),
        # 春节 2026: 02-15 to 02-23 off, Saturdays 02-14 and 02-28 worked.
        (more_than("5 working days"), "2026-02-12", "2026-02-27"),
        (more_than("7 working days"), "2026-02-12", "2026-03-01"),
        # 春节 2025: 01-28 to 02-04 off, Sunday 01-26 and Saturday 02-08 worked.
        (more_than("5 working days"), "2025-01-24", "2025-02-08"),
        (or_more("6 working days"), "2025-01-24", "2025-02-08"),
        # Filed on a Friday before an ordinary weekend.
        (or_more("1 working day"), "2026-11-20", "2026-11-23"),
    ],
)
def test_working_days_over_spring_festival_and_national_day(limit, start, first_broken):
    assert PLAIN.broken_from(date.fromisoformat(start), limit) == date.fromisoformat(first_broken)


def test_beyond_the_data_a_count_of_working_days_is_a_guess_and_a_count_of_months_is_not():
    assert PLAIN.covered_until == date(2026, 12, 31)
    assert PLAIN.guessed(date(2026, 12, 28), more_than("5 working days"))
    assert not PLAIN.guessed(date(2026, 12, 21), more_than("5 working days"))
    assert not PLAIN.guessed(date(2026, 12, 28), more_than("2 months"))
    assert PLAIN.provisional(date(2027, 1, 1))
    assert not PLAIN.provisional(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("day", "warned"),
    [
        (date(2026, 10, 31), False),
        (date(2026, 11, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 3, 1), True),
        (date(2025, 12, 1), False),
    ],
)
def test_from_november_on_the_coming_year_is_asked_for(day, warned):
    warning = PLAIN.warning(day)
    assert (warning is not None) == warned
    assert not warning or ("2026-12-31" in warning and "2027 年" in warning)


FULL = """
[2027]
notice = "invented"
holidays = [2027-01-01, [2027-02-05, 2027-02-11], [2027-05-01, 2027-05-05], [2027-10-01, 2027-10-07]]
workdays = [2027-02-14]
"""


def test_a_year_typed_in_counts_and_ends_the_warning(tmp_path):
    path = tmp_path / "calendar.toml"
    path.write_text(FULL, encoding="utf-8")
    typed = loaded(path)
    assert typed.covered_until == date(2027, 12, 31)
    assert typed.warning(date(2026, 12, 1)) is None
    assert not typed.working(date(2027, 2, 8))  # a Monday within the days off
    assert typed.working(date(2027, 2, 14))  # a Sunday that is worked
    assert not typed.guessed(date(2026, 12, 28), more_than("5 working days"))
    # 02-04 is a Thursday: the 1st working day after it is 02-12, the 2nd the Sunday 02-14.
    assert typed.broken_from(date(2027, 2, 4), or_more("2 working days")) == date(2027, 2, 14)


def test_a_typed_day_outranks_the_built_in_year(tmp_path):
    path = tmp_path / "calendar.toml"
    path.write_text("[2026]\nholidays = [2026-11-20]\n", encoding="utf-8")
    assert not loaded(path).working(date(2026, 11, 20))
    assert loaded(path).working(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[2027]\nholidays = [2027-01-01]\n", "没有填全"),
        ("[2027]\nholiday = [2027-01-01]\n", "holiday"),
        ("[next]\nholidays = []\n", "年份"),
        ("[2026]\nholidays = [2025-01-01]\n", "2026 年"),
        ("[2026]\nholidays = [[2026-02-03, 2026-02-01]]\n", "2026 年"),
        ("[2026]\nholidays = ['soon']\n", "soon"),
        ("[2026]\nholidays = [2026-02-03T00:00:00]\n", "2026 年"),
        ("[2026]\nholidays = [2026-02-03]\nworkdays = [2026-02-03]\n", "同时"),
        ("[2026\n", "TOML"),
    ],
)
def test_a_calendar_that_cannot_be_relied_on_is_refused_and_named(tmp_path, text, named):
    path = tmp_path / "calendar.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarError, match=named) as refused:
        loaded(path)
    assert "calendar.toml" in str(refused.value)


WINTER = (date(2027, 1, 18), date(2027, 2, 28))  # 42 days


@pytest.mark.parametrize(
    ("last", "first_broken"),
    [
        # Broken before the vacation begins: the vacation changes nothing.
        (date(2026, 11, 16), date(2027, 1, 17)),
        # The last day allowed is the eve of the vacation: the clock stands still until it is over.
        (date(2026, 11, 17), date(2027, 3, 1)),
        # The last day allowed would be the vacation's first: one day is left, 03-01.
        (date(2026, 11, 18), date(2027, 3, 2)),
        # Three days (01-18 to 01-20) are left when the vacation begins; they are 03-01 to 03-03.
        (date(2026, 11, 20), date(2027, 3, 4)),
        # Posted within the vacation: what is left of it does not count.
        (date(2027, 2, 20), date(2027, 4, 29)),
        (date(2027, 3, 1), date(2027, 5, 2)),
    ],
)
def test_a_vacation_stops_the_clock(last, first_broken):
    calendar = loaded(None, [WINTER])
    assert calendar.broken_from(last, more_than("2 months")) == first_broken


def test_a_vacations_first_and_last_days_belong_to_it():
    leave = Calendar(pauses=((date(2026, 11, 24), date(2026, 11, 25)),))
    assert leave.broken_from(date(2026, 11, 23), or_more("1 working day")) == date(2026, 11, 26)
    assert leave.broken_from(date(2026, 11, 22), or_more("1 day")) == date(2026, 11, 23)
    assert leave.broken_from(date(2026, 11, 25), or_more("1 day")) == date(2026, 11, 26)


def test_pauses_that_overlap_are_counted_once():
    twice = Calendar(pauses=(WINTER, (date(2027, 2, 1), date(2027, 2, 10))))
    once = Calendar(pauses=(WINTER,))
    assert twice.broken_from(date(2026, 12, 1), more_than("2 months")) == once.broken_from(
        date(2026, 12, 1), more_than("2 months")
    )
    assert once.pausing([(date(2027, 2, 1), date(2027, 2, 10))]) == twice


def test_a_week_is_missed_when_it_is_over_and_a_vacation_week_is_not_asked_for():
    week = or_more("1 whole week")
    # Posted on Wednesday 2026-11-04: the week of 11-09 is the first without an update, over on 11-16.
    assert PLAIN.broken_from(date(2026, 11, 4), week) == date(2026, 11, 16)
    assert PLAIN.broken_from(date(2026, 11, 8), week) == date(2026, 11, 16)
    assert PLAIN.broken_from(date(2026, 11, 9), week) == date(2026, 11, 23)
    # The vacation begins on Monday 2027-01-18 and ends on Sunday 02-28.
    paused = Calendar(pauses=(WINTER,))
    assert paused.broken_from(date(2027, 1, 13), week) == date(2027, 3, 8)
    # One day of leave in a week is enough to not ask for that week.
    leave = Calendar(pauses=((date(2026, 11, 11), date(2026, 11, 11)),))
    assert leave.broken_from(date(2026, 11, 4), week) == date(2026, 11, 23)


def test_a_vacation_that_ends_before_it_begins_is_refused():
    with pytest.raises(CalendarError, match="早于"):
        loaded(None, [(WINTER[1], WINTER[0])])


@pytest.mark.parametrize(
    "text", ["2", "2 month s", "0 months", "-1 days", "2 moons", "two months", "2  days", ""]
)
def test_a_limit_that_is_no_limit_is_refused(text):
    with pytest.raises(ValueError):
        more_than(text)


LIMITS = st.builds(
    Limit,
    st.integers(1, 14),
    st.sampled_from(["months", "weeks", "days", "working days", "whole weeks"]),
    st.booleans(),
)
CALENDARS = st.builds(
    lambda pauses: Calendar(pauses=tuple((day, day + timedelta(days=n)) for day, n in pauses)),
    st.lists(st.tuples(DAYS, st.integers(0, 60)), max_size=4),
)


@given(CALENDARS, DAYS, st.integers(0, 40), LIMITS)
def test_a_later_post_never_breaks_earlier_and_a_pause_never_hastens(calendar, last, later, limit):
    first = calendar.broken_from(last, limit)
    assert first > last
    # Months are not of one length: with days left out, a count begun in a short one may end up to 3 earlier.
    slack = timedelta(days=3 if limit.unit == "months" and calendar.pauses else 0)
    assert first <= calendar.broken_from(last + timedelta(days=later), limit) + slack
    assert first >= PLAIN.broken_from(last, limit)
    assert not calendar.paused(first)


@given(CALENDARS, DAYS, st.integers(1, 40))
def test_days_are_counted_one_by_one(calendar, last, count):
    day, left = last, count
    while left:
        day += timedelta(days=1)
        left -= not any(a <= day <= b for a, b in calendar.pauses)
    assert calendar.broken_from(last, Limit(count, "days", inclusive=True)) == day


@given(DAYS)
def test_a_week_begins_on_monday(day):
    assert monday(day).weekday() == 0
    assert timedelta(0) <= day - monday(day) < timedelta(days=7)
