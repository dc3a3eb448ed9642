"""Feeds as a further witness: lower bounds from entries only, and every failure typed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.feeds import LARGEST, newest, outcome
from crawlers.visits import Page
from monitors.nouns import Ambiguous, Blocked, Found, Newest, ShapeChanged, Unreachable

FEEDS = Path(__file__).parent.parent / "pages" / "feeds"
NIGHT = datetime.fromisoformat("2026-11-16T02:41:07+08:00")


def saved(name):
    return (FEEDS / name).read_bytes()


def rss(*dates):
    items = "".join(f"<item><title>x</title><pubDate>{date}</pubDate></item>" for date in dates)
    return f'<rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def at(iso):
    return Found(newest=Newest(datetime.fromisoformat(iso).astimezone(UTC), "at_least", "feed"))


@pytest.mark.parametrize(
    ("name", "kind", "when"),
    [
        ("rss.xml", "application/rss+xml", "2026-11-10T17:30:00+08:00"),
        ("atom.xml", "application/atom+xml", "2026-11-08T08:00:00+08:00"),
        ("jsonfeed.json", "application/feed+json", "2026-11-12T21:15:00+08:00"),
    ],
)
def test_the_newest_entry_is_a_lower_bound_in_every_format(name, kind, when):
    assert newest(saved(name), kind, NIGHT) == at(when)


def test_the_date_at_which_the_feed_was_made_is_no_post():
    assert newest(saved("empty.xml"), "text/xml", NIGHT) == Ambiguous("信息源里没有条目")


def test_an_entry_changed_today_was_still_posted_when_it_was_posted():
    assert newest(saved("atom.xml"), "", NIGHT) == at("2026-11-08T08:00:00+08:00")


@pytest.mark.parametrize(
    ("date", "when"),
    [
        ("Tue, 10 Nov 2026 17:30:00", "2026-11-10T17:30:00+08:00"),
        ("Tue, 10 Nov 2026 17:30:00 CST", "2026-11-10T17:30:00+08:00"),
        ("Tue, 10 Nov 2026 17:30:00 +0900", "2026-11-10T16:30:00+08:00"),
        ("2026-11-10 17:30:00", "2026-11-10T17:30:00+08:00"),
        ("2026-11-10T09:30:00Z", "2026-11-10T17:30:00+08:00"),
        ("2026-11-10T17:30:00.250+08:00", "2026-11-10T17:30:00+08:00"),
        ("2026-11-10", "2026-11-10T23:59:59+08:00"),
        ("Mon, 16 Nov 2026 12:00:00 +0800", "2026-11-16T02:41:07+08:00"),
    ],
)
def test_a_date_is_read_in_its_zone_and_without_one_in_shanghai(date, when):
    assert newest(rss(date), "text/xml", NIGHT) == at(when)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><head><title>502</title></head><body>nginx</body></html>",
        b"/etc/passwd",
        b'{"code": 0}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ["x"]}',
        b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + b"[" * 50_000,
        rss("gestern"),
        rss(""),
        rss("Thu, 19 Nov 2026 12:00:00 +0800"),
        rss("Thu, 01 Jan 1970 00:00:00 GMT"),
        b" " * (LARGEST + 1),
        b'<?xml version="1.0" encoding="utf-8\x88"?>' + rss("Tue, 10 Nov 2026 09:30:00 GMT"),
    ],
    ids=lambda body: repr(body[:30]),
)
def test_what_is_no_feed_or_has_no_credible_date_is_typed(body):
    assert isinstance(newest(body, "text/xml; charset=utf-8", NIGHT), ShapeChanged)


def test_a_future_entry_is_dropped_and_the_others_still_count():
    body = rss("Fri, 01 Jan 2027 00:00:00 GMT", "Tue, 10 Nov 2026 09:30:00 GMT")
    assert newest(body, "", NIGHT) == at("2026-11-10T17:30:00+08:00")


def test_an_entity_bomb_opens_neither_memory_nor_files():
    assert newest(saved("entity-bomb.xml"), "text/xml", NIGHT) == at("2026-11-10T17:30:00+08:00")


def test_bytes_that_name_a_feed_on_disk_are_not_opened():
    assert newest(str(FEEDS / "rss.xml").encode(), "", NIGHT) == ShapeChanged("feed")


def test_a_feed_cut_off_still_shows_what_came_before():
    whole = saved("rss.xml")
    assert newest(whole[: whole.index("<title>运动会".encode())], "", NIGHT) == at(
        "2026-11-10T17:30:00+08:00"
    )


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page("https://feeds.example/x", 0, error="超时"), Unreachable("超时")),
        (Page("https://feeds.example/x", 0, error="robots"), Blocked("robots")),
        (
            Page("https://feeds.example/x", 503, body=rss("Tue, 10 Nov 2026 09:30:00 GMT")),
            Unreachable("HTTP 503"),
        ),
        (Page("https://feeds.example/x", 403, body=b"no"), Blocked("risk")),
        (Page("https://feeds.example/x", 429), Blocked("rate")),
        (Page("https://feeds.example/x", 404, body=b"not found"), ShapeChanged("HTTP 404")),
        (
            Page("https://feeds.example/x", 200, {"content-type": "text/xml"}, saved("atom.xml")),
            at("2026-11-08T08:00:00+08:00"),
        ),
    ],
)
def test_the_answer_of_a_feeds_address_is_typed(page, expected):
    assert outcome(page, NIGHT) == expected


@settings(max_examples=60, deadline=timedelta(seconds=5))
@given(
    st.binary(max_size=400)
    | st.builds(
        lambda head, tail: head + tail,
        st.sampled_from(
            [b"<rss><channel><item><pubDate>", b"<feed><entry><updated>", b"<![", b"<!DOCTYPE ["]
        ),
        st.binary(max_size=100),
    )
)
def test_no_bytes_break_the_reader(body):
    assert isinstance(newest(body, "text/xml", NIGHT), Found | Ambiguous | ShapeChanged)
