"""Counters and times of the platforms, as PLATFORMS and the contract fix them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.texts import bare, count, instant, strip_marks
from monitors.nouns import SHANGHAI, Count

FETCHED = datetime.fromisoformat("2026-11-20T02:30:00+08:00")


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00")


# ── counters ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0, 0),
        (183456, 183456),
        ("143", 143),
        (" 143 ", 143),
        ("1,012,345", 1012345),
        ("1，012，345", 1012345),
        ("１２３", 123),
        (57.0, 57),
    ],
)
def test_a_plain_number_is_exact(raw, value):
    assert count(raw) == Count(value, exact=True)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("12.3万", 123_000),
        ("1万", 10_000),
        ("1.2亿", 120_000_000),
        ("1.2億", 120_000_000),
        ("3萬", 30_000),
        ("100万+", 1_000_000),
        ("999+", 999),
        ("1.5w", 15_000),
        ("2W", 20_000),
        ("1.5k", 1_500),
        ("2K", 2_000),
        ("2千", 2_000),
        ("6.24 万", 62_400),
    ],
)
def test_a_rounded_number_is_not_exact(raw, value):
    assert count(raw) == Count(value, exact=False)


@pytest.mark.parametrize(
    "raw",
    [
        "--", "-", "", "万", "+", "很多", "12.3", "1,23", "1.2.3万", "-5", -5, None, True, [], {},
        "1e5", float("nan"), float("inf"), 10**400, "1" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_counter_is_none(raw):
    assert count(raw) is None


# ── times ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("raw", "at"),
    [
        (1793705405, "2026-11-03T19:30:05"),
        ("1793705405", "2026-11-03T19:30:05"),
        (1793705405.0, "2026-11-03T19:30:05"),
        ("Tue Mar 05 12:00:00 +0800 2024", "2024-03-05T12:00:00"),
        ("Tue Mar 05 12:00:00 +0000 2024", "2024-03-05T20:00:00"),
        ("刚刚", "2026-11-20T02:30:00"),
        ("30秒前", "2026-11-20T02:29:30"),
        ("5分钟前", "2026-11-20T02:25:00"),
        ("3小时前", "2026-11-19T23:30:00"),
        ("半小时前", "2026-11-20T02:00:00"),
        ("今天 01:10", "2026-11-20T01:10:00"),
        ("今天01:10", "2026-11-20T01:10:00"),
        ("昨天 12:30", "2026-11-19T12:30:00"),
        ("前天 12:30", "2026-11-18T12:30:00"),
        ("昨天", "2026-11-19T23:59:59"),
        ("3天前", "2026-11-17T23:59:59"),
        ("三天前", "2026-11-17T23:59:59"),
        ("2周前", "2026-11-06T23:59:59"),
        ("一周前", "2026-11-13T23:59:59"),
        ("2个月前", "2026-09-20T23:59:59"),
        ("半年前", "2026-05-20T23:59:59"),
        ("1年前", "2025-11-20T23:59:59"),
        ("11-05", "2026-11-05T23:59:59"),
        ("11-04 08:15", "2026-11-04T08:15:00"),
        ("11月4日", "2026-11-04T23:59:59"),
        ("11月04日 08:15", "2026-11-04T08:15:00"),
        ("2025-12-31", "2025-12-31T23:59:59"),
        ("2025-12-31 07:05", "2025-12-31T07:05:00"),
        ("2025-12-31 07:05:09", "2025-12-31T07:05:09"),
        ("2025年12月31日", "2025-12-31T23:59:59"),
        ("2025年12月31日 07:05", "2025-12-31T07:05:00"),
        ("2025/12/31", "2025-12-31T23:59:59"),
        ("2026-11-05T12:00:00+08:00", "2026-11-05T12:00:00"),
        ("2026-11-05T12:00:00Z", "2026-11-05T20:00:00"),
        ("3天前 · 河南", "2026-11-17T23:59:59"),
        ("编辑于 昨天 12:30", "2026-11-19T12:30:00"),
        ("今天 01:10 来自 微博网页版", "2026-11-20T01:10:00"),
        ("３天前", "2026-11-17T23:59:59"),
        ("3小時前", "2026-11-19T23:30:00"),
    ],
)
def test_each_listed_form_gives_its_instant(raw, at):
    assert instant(raw, FETCHED) == shanghai(at)


@pytest.mark.parametrize(
    "raw",
    [
        "13月1日", "2026-02-30", "02-30", "-3天前", "99999天前", "12345678901", 12345678901, 1793705405000,
        "昨天 25:00", "昨天 12:60", "Tue Xyz 05 12:00:00 +0800 2024", "Wed Feb 30 12:00:00 +0800 2026",
        "2026-11-5-1", "11-05-", "天前", "© 2019-2026", "20261105", "", "  ", "不久以前", None, True, [], {},
        -1, 0, "0", 1e300, float("nan"), float("inf"), 10**400, "9" * 5000, "2004-12-31", 1104508799,
    ],
)  # fmt: skip
def test_nonsense_is_none(raw):
    assert instant(raw, FETCHED) is None


@pytest.mark.parametrize(
    "raw", ["今天 05:00", "今天", "0天前", "2026-11-20", "11-20", "2026-11-21 02:30", 1795199400]
)
def test_up_to_a_day_ahead_is_clamped_to_the_fetch(raw):
    assert instant(raw, FETCHED) == FETCHED


@pytest.mark.parametrize("raw", ["2026-11-21 02:31", "2026-11-22", "2027-06-01", 1795199401])
def test_further_ahead_is_dropped(raw):
    assert instant(raw, FETCHED) is None


def test_a_day_without_a_year_that_would_lie_ahead_is_of_last_year():
    assert instant("11-21", FETCHED) == shanghai("2025-11-21T23:59:59")
    assert instant("12-25 08:00", FETCHED) == shanghai("2025-12-25T08:00:00")


def test_november_seen_in_january_is_last_november():
    january = datetime.fromisoformat("2027-01-09T02:30:00+08:00")
    assert instant("11-05", january) == shanghai("2026-11-05T23:59:59")


def test_the_leap_day_is_looked_for_in_the_year_that_has_it():
    assert instant("02-29", datetime.fromisoformat("2029-01-05T02:30:00+08:00")) == shanghai(
        "2028-02-29T23:59:59"
    )
    assert instant("02-29", FETCHED) is None


def test_yesterday_just_after_midnight_is_the_shanghai_day_before():
    assert instant("昨天 23:58", datetime.fromisoformat("2027-01-01T00:03:00+08:00")) == shanghai(
        "2026-12-31T23:58:00"
    )


def test_a_machine_in_utc_counts_shanghai_days():
    utc = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
    assert instant("昨天 12:30", utc) == shanghai("2026-11-19T12:30:00")
    assert instant("3天前", utc) == shanghai("2026-11-17T23:59:59")


@given(st.integers(0, 3000))
def test_days_ago_is_the_last_second_of_that_shanghai_day(days):
    at = instant(f"{days}天前", FETCHED)
    day = FETCHED.date() - timedelta(days=days)
    assert at == min(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=SHANGHAI), FETCHED)


@given(
    st.one_of(
        st.text(max_size=30), st.integers(), st.floats(), st.text("0123456789年月日-:. 天前今昨", max_size=20)
    )
)
def test_no_text_raises_and_none_lies_after_the_fetch(raw):
    at = instant(raw, FETCHED)
    assert at is None or (at <= FETCHED and at.tzinfo is not None and at.astimezone(SHANGHAI).year >= 2005)
    number = count(raw)
    assert number is None or number.value >= 0


# ── names and words ─────────────────────────────────────────────────────────────────────────────


def test_highlighting_and_entities_leave_a_name():
    assert strip_marks('<em class="keyword">云岭大学</em>招生&amp;就业 ') == "云岭大学招生&就业"
    assert strip_marks("<EM>云岭</EM> <3") == "云岭 <3"


def test_words_are_found_in_any_writing():
    assert (
        bare("该帐号已关闭 , 现无法查看.") == bare("该账号已关闭，现无法查看。") == "该账号已关闭现无法查看"
    )
