"""A feed as a further witness of an account: RSS, Atom or JSON Feed, read from bytes alone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser

from crawlers.robots import REFUSED
from crawlers.shapes import text
from crawlers.texts import instant
from crawlers.visits import Page
from monitors.nouns import (
    SHANGHAI,
    Ambiguous,
    Blocked,
    BlockedBy,
    Found,
    Newest,
    ShapeChanged,
    Unreachable,
)

LARGEST = 5_000_000  # bytes; feeds of a single account are far below
MOST_ITEMS = 500
STATUSES: dict[int, BlockedBy] = {401: "login", 403: "risk", 429: "rate"}

FeedOutcome = Found | Ambiguous | Blocked | ShapeChanged | Unreachable


def outcome(page: Page, fetched_at: datetime) -> FeedOutcome:
    """Read the answer of a feed's address."""
    if page.status == 0:
        return Blocked("robots") if page.error == REFUSED else Unreachable(page.error or "没有回答")
    if page.status in STATUSES:
        return Blocked(STATUSES[page.status])
    if page.status >= 500:
        return Unreachable(f"HTTP {page.status}")
    if not 200 <= page.status < 300:
        return ShapeChanged(f"HTTP {page.status}")
    return newest(page.body, page.headers.get("content-type", ""), fetched_at)


def newest(body: bytes, content_type: str, fetched_at: datetime) -> Found | Ambiguous | ShapeChanged:
    """Read the newest entry's date as a lower bound: a feed may be cut, delayed or filtered.

    Only the dates of entries count; the date of the feed itself tells when it was made. A feed without
    entries says nothing (`Ambiguous`); what is no feed, or has no dates, is `ShapeChanged`.
    """
    if len(body) > LARGEST:
        return ShapeChanged(f"a feed of at most {LARGEST} bytes")
    dates = (
        _json_dates(body)
        if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{"
        else _xml_dates(body, content_type)
    )
    if dates is None:
        return ShapeChanged("feed")
    if not dates:
        return Ambiguous("信息源里没有条目")
    if not any(dates):
        return ShapeChanged("entry date")
    at = max((at for raw in dates if raw and (at := _instant(raw, fetched_at))), default=None)
    return Found(newest=Newest(at, "at_least", "feed")) if at else ShapeChanged("entry date")


def _xml_dates(body: bytes, content_type: str) -> list[str | None] | None:
    try:
        # A stream, because the parser takes bare bytes that name a file for that file.
        feed = feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": content_type},
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except (ValueError, LookupError, RecursionError, AssertionError):
        return None  # what the parser itself stumbles over is no feed
    if not feed.get("version") and not feed.get("entries"):
        return None
    return [next(_dates(entry, "published", "updated"), None) for entry in feed["entries"][:MOST_ITEMS]]


def _json_dates(body: bytes) -> list[str | None] | None:
    try:
        feed = json.loads(text(Page("", 200, body=body)))
    except (ValueError, RecursionError):
        return None
    items = feed.get("items") if "jsonfeed.org" in str(feed.get("version")) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return None
    return [next(_dates(item, "date_published", "date_modified"), None) for item in items[:MOST_ITEMS]]


def _dates(entry: Any, *keys: str) -> Iterator[str]:
    """Give the dates in the order of worth: when it was posted, else when it was changed."""
    return (value for key in keys if key in entry and isinstance(value := entry[key], str) and value.strip())


def _instant(raw: str, fetched_at: datetime) -> datetime | None:
    """Read a date of the feed formats; without a zone it is Shanghai's."""
    known = instant(raw, fetched_at)
    if known:
        return known
    try:
        at = parsedate_to_datetime(re.sub(r"\bCST\b", "+0800", raw[:60]))  # here it is China's, not America's
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC if raw.rstrip().endswith("-0000") else SHANGHAI)
    return instant(at.isoformat(timespec="seconds"), fetched_at)
