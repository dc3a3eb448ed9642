"""Counters, times and marked names as the platforms write them; what is nonsense is None, never a guess."""

from __future__ import annotations

import html
import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

from monitors.nouns import SHANGHAI, Count

# ── counters ────────────────────────────────────────────────────────────────────────────────────

_COUNT = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d{1,15})(\.\d{1,4})?\s*([万萬亿億千kw]?)(\+?)", re.ASCII | re.IGNORECASE
)
_SCALE = {"": 1, "k": 10**3, "千": 10**3, "w": 10**4, "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}


def count(raw: object) -> Count | None:
    """Give a counter from a number or a text such as `1,012,345`, `62.4万`, `100万+`; else None.

    A text with a unit or a plus sign is rounded, so its `exact` is false; `100万+` gives its lower bound.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    if not isinstance(raw, str):
        return Count(int(raw), exact=True) if 0 <= raw < 10**16 and raw == int(raw) else None
    found = _COUNT.fullmatch(unicodedata.normalize("NFKC", raw[:40]).strip())
    if not found:
        return None
    whole, part, unit, more = found.groups(default="")
    if part and not unit:
        return None
    value = Decimal(whole.replace(",", "") + part) * _SCALE[unit.lower()]
    return Count(int(value), exact=not unit and not more)


# ── times ───────────────────────────────────────────────────────────────────────────────────────

_LAST_SECOND = time(23, 59, 59)
_FIRST_YEAR = 2005  # none of the platforms is older, so an earlier date is a filler, not a post
_MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"
_NUMERALS = {
    "半": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
}

_CLOCK = r"(?:(?:T|\s+|(?<=[日天]))(?P<h>\d{1,2}):(?P<mi>\d{2})(?::(?P<s>\d{2})(?:\.\d{1,6})?)?)"
_ENGLISH = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<mon>[A-Z][a-z]{2}) (?P<d>\d{1,2})"
    r" (?P<h>\d{2}):(?P<mi>\d{2}):(?P<s>\d{2}) (?P<zone>[+-]\d{4}) (?P<y>\d{4})",
    re.ASCII,
)
_DATE = re.compile(
    r"(?P<y>\d{4})(?:年|(?P<sep>[-/.]))(?P<m>\d{1,2})(?:月|(?P=sep))(?P<d>\d{1,2})日?"
    rf"(?:{_CLOCK}(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?)?",
    re.ASCII,
)
_DAY_OF_YEAR = re.compile(
    rf"(?P<m>\d{{1,2}})(?:月(?=\d{{1,2}}日)|[-/])(?P<d>\d{{1,2}})日?{_CLOCK}?", re.ASCII
)
_NAMED_DAY = re.compile(rf"(?P<day>今天|昨天|前天){_CLOCK}?", re.ASCII)
_AGO = re.compile(
    r"(?P<n>\d{1,6}|[半一二两三四五六七八九十])\s*(?P<unit>秒钟?|分钟?|个?小时|天|周|个?星期|个?月|年)前",
    re.ASCII,
)
_AROUND = re.compile(
    r"^(?:编辑于|发布于|发表于|更新于|最后更新)[:\s]*|\s+(?:来自|发布于)(?:\s.*)?$|\s*·.*$", re.DOTALL
)
_SIMPLE = str.maketrans("剛鐘時週個兩於編輯發佈來", "刚钟时周个两于编辑发布来")


def instant(raw: object, fetched_at: datetime) -> datetime | None:
    """Give the instant (UTC) of a unix second or of a text as the platforms show it, seen at `fetched_at`.

    A bare day is its last second in Shanghai, a bare minute its first; what leaves a span open is taken at
    its late end. Up to a day ahead of `fetched_at` is clamped to it; further ahead, or nonsense, is None.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        at = _text(raw, fetched_at) if isinstance(raw, str) else datetime.fromtimestamp(raw, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    if at is None or at.astimezone(SHANGHAI).year < _FIRST_YEAR or at > fetched_at + timedelta(days=1):
        return None
    return min(at, fetched_at).astimezone(UTC)


def _text(raw: str, fetched_at: datetime) -> datetime | None:
    text = unicodedata.normalize("NFKC", raw[:120]).translate(_SIMPLE).strip()
    if text.isascii() and text.isdigit():
        return datetime.fromtimestamp(int(text[:20]), UTC)
    text = _AROUND.sub("", _AROUND.sub("", text)).strip()
    now = fetched_at.astimezone(SHANGHAI)
    if text in ("刚刚", "刚才"):
        return now
    for pattern, resolve in _FORMS:
        found = pattern.fullmatch(text)
        if found:
            return resolve(found, now)
    return None


def _english(found: re.Match[str], now: datetime) -> datetime:
    month = _MONTHS.index(found["mon"]) // 3 + 1
    day = datetime(int(found["y"]), month, int(found["d"]), tzinfo=_zone(found["zone"]))
    return datetime.combine(day.date(), _clock(found), day.tzinfo)


def _dated(found: re.Match[str], now: datetime) -> datetime:
    day = date(int(found["y"]), int(found["m"]), int(found["d"]))
    return datetime.combine(day, _clock(found), _zone(found["zone"]) if found["zone"] else SHANGHAI)


def _yearless(found: re.Match[str], now: datetime) -> datetime | None:
    month, number = int(found["m"]), int(found["d"])
    for year in (now.year, now.year - 1):
        if 1 <= month <= 12 and 1 <= number <= monthrange(year, month)[1]:
            day = date(year, month, number)
            if day <= now.date():
                return datetime.combine(day, _clock(found), SHANGHAI)
    return None


def _named(found: re.Match[str], now: datetime) -> datetime:
    back = ("今天", "昨天", "前天").index(found["day"])
    return datetime.combine(now.date() - timedelta(days=back), _clock(found), SHANGHAI)


def _ago(found: re.Match[str], now: datetime) -> datetime | None:
    n, unit = found["n"], found["unit"].removeprefix("个").removesuffix("钟")
    if n == "半":
        halves = {"分": timedelta(seconds=30), "小时": timedelta(minutes=30), "天": timedelta(hours=12)}
        if unit in halves:
            return now - halves[unit]
        return _end(_months_back(now.date(), 6)) if unit == "年" else None
    number = int(n) if n.isdigit() else _NUMERALS[n]
    spans = {"秒": timedelta(seconds=1), "分": timedelta(minutes=1), "小时": timedelta(hours=1)}
    if unit in spans:
        return now - number * spans[unit]
    days = {"天": 1, "周": 7, "星期": 7}
    if unit in days:
        return _end(now.date() - timedelta(days=number * days[unit]))
    return _end(_months_back(now.date(), number * (12 if unit == "年" else 1)))


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end(day: date) -> datetime:
    return datetime.combine(day, _LAST_SECOND, SHANGHAI)


def _clock(found: re.Match[str]) -> time:
    if found["h"] is None:
        return _LAST_SECOND
    return time(int(found["h"]), int(found["mi"]), int(found["s"] or 0))


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], datetime | None]], ...] = (
    (_ENGLISH, _english),
    (_DATE, _dated),
    (_DAY_OF_YEAR, _yearless),
    (_NAMED_DAY, _named),
    (_AGO, _ago),
)

# ── names ───────────────────────────────────────────────────────────────────────────────────────

_EM = re.compile(r"</?em\b[^>]*>", re.IGNORECASE)


def strip_marks(text: str) -> str:
    """Give a search result's name without its highlighting tags, entities resolved."""
    return html.unescape(_EM.sub("", text)).strip()


def bare(text: str) -> str:
    """Give a sentence without width, spaces and punctuation, 帐 and 賬 as 账, to look for words in it."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).translate(_ACCOUNT)


_ACCOUNT = str.maketrans("帐賬帳號", "账账账号")
