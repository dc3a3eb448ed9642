"""Days as offices write them: real dates, serials, text with any separator, 2020年3月, 二〇二〇年."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from monitors.register.text import narrow

EARLIEST = date(1994, 1, 1)

_SERIALS = range(30_000, 80_000)
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)

_TIME = r"(?:[ T]*(?:上午|下午)?\d{1,2}(?:[:时点]\d{1,2}分?(?::?\d{1,2}(?:\.\d+)?秒?)?)?Z?)?"
_TEXT = re.compile(
    r"(?P<year>\d{4})\s*[-/.,、\\_年 ]+\s*(?P<month>\d{1,2})\s*"
    rf"(?:[-/.,、\\_月 ]+\s*(?:(?P<day>\d{{1,2}})\s*[日号]?{_TIME})?)?"
)
_COMPACT = re.compile(r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})?")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})\s*年?")
_ENGLISH = ("%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%b %Y", "%B %Y", "%b-%Y")
_NUMERALS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
_TENS = re.compile(r"([1-9]?)十([1-9]?)")


class Unclear(Exception):
    """The cell does not say which day it means."""


def day(value: object, *, epoch_1904: bool = False) -> date:
    """Give the Shanghai day that the cell means; a month or a year alone stands as its first day.

    Raises `Unclear`; a number is a serial only where it lies between 1982 and 2119.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool):
        raise Unclear
    if isinstance(value, int | float):
        return _number(float(value), epoch_1904)
    if isinstance(value, str):
        return _text(value, epoch_1904)
    raise Unclear


def _number(value: float, epoch_1904: bool) -> date:
    whole = int(value)
    if whole in _SERIALS:
        return (_EPOCH_1904 if epoch_1904 else _EPOCH) + timedelta(days=whole)
    if value != whole:
        return _year_and_month(value)
    if match := _COMPACT.fullmatch(str(whole)) or _YEAR.fullmatch(str(whole)):
        return _made(match.groupdict())
    raise Unclear


def _year_and_month(value: float) -> date:
    """Read 2020.03 typed as a number; 2020.1 may have been 2020.10 and stays unclear."""
    year, _, month = f"{value:.4f}".rstrip("0").partition(".")
    if not 1990 <= int(year) <= 2100 or month == "1" or len(month) > 2:
        raise Unclear
    return _made({"year": year, "month": month})


def _text(text: str, epoch_1904: bool) -> date:
    text = narrow(text).strip("'\"").rstrip("。.,;")
    text = re.sub(r"(?<=^\d{8})\.0+$|(?:至今|以来|起)$", "", text)
    text = (
        _TENS.sub(_ten, text.translate(_NUMERALS)) if re.search("[〇零○一二三四五六七八九十]", text) else text
    )
    if match := _TEXT.fullmatch(text) or _COMPACT.fullmatch(text) or _YEAR.fullmatch(text):
        return _made(match.groupdict())
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _number(float(text), epoch_1904)
    for form in _ENGLISH:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a bare day has no zone
        except ValueError:
            continue
    raise Unclear


def _ten(match: re.Match[str]) -> str:
    return f"{match[1] or 1}{match[2] or 0}"


def _made(parts: dict[str, str | None]) -> date:
    try:
        return date(int(parts["year"] or 0), int(parts.get("month") or 1), int(parts.get("day") or 1))
    except ValueError:
        raise Unclear from None


def coarse_end(on: date) -> date:
    """Give the last day that a filed day can mean, since a bare month or year stands as its first day."""
    if on.day != 1:
        return on
    if on.month in (1, 12):
        return date(on.year, 12, 31)
    return date(on.year, on.month + 1, 1) - timedelta(days=1)
