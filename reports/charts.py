"""Small charts drawn by hand as inline SVG: they need no script and print as they look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from markupsafe import Markup

from reports.casework import Point
from reports.nights import Night
from reports.rolls import BUCKETS, Bucket

_WEEKDAYS = "一二三四五六日"
_SAID = {"believed": "可信", "doubted": "存疑，不作判断", "none": "没有巡检"}


def night_strip(nights: Sequence[Night]) -> Markup:
    """Seven boxes, Monday to Sunday: filled where the night is believed, crossed where it is not."""
    boxes = Markup("").join(_box(number, night) for number, night in enumerate(nights))
    said = "；".join(f"周{_WEEKDAYS[night.day.weekday()]}{_SAID[night.state]}" for night in nights)
    return Markup('<svg class="strip" viewBox="0 0 154 34" role="img" aria-label="{}">{}</svg>').format(
        said, boxes
    )


def _box(number: int, night: Night) -> Markup:
    x = number * 22 + 1
    cross = Markup('<path class="cross" d="M{} 6l8 8m0-8l-8 8"/>').format(x + 5)
    return Markup(
        '<g class="{}"><rect x="{}" y="1" width="18" height="18" rx="3"/>{}<text x="{}" y="31">{}</text></g>'
    ).format(night.state, x, cross if night.state == "doubted" else "", x + 9, _WEEKDAYS[night.day.weekday()])


def bucket_bar(counts: Mapping[Bucket, int]) -> Markup:
    """All accounts in one bar, a part for each bucket; the legend beside it carries the numbers."""
    total = sum(counts.values())
    if not total:
        return Markup("")
    parts, x = Markup(""), 0.0
    for bucket in BUCKETS:
        width = 1000 * counts[bucket] / total
        if width:
            parts += Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="22"/>').format(
                bucket, x, width
            )
        x += width
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 22" preserveAspectRatio="none" role="img" '
        'aria-label="各类账号的比例">{}</svg>'
    ).format(parts)


def trend_columns(points: Sequence[Point]) -> Markup:
    """Two columns a week, open breaches and those to be confirmed, with the numbers above them."""
    most = max((max(point.opened, point.suspected) for point in points), default=0) or 1
    columns = Markup("").join(_columns(number, point, most) for number, point in enumerate(points))
    width = max(len(points), 1) * 60
    return Markup(
        '<svg class="trend" viewBox="0 0 {0} 132" width="{0}" height="132" role="img" '
        'aria-label="每周末未结案件">{1}<path class="axis" d="M0 108.5h{0}"/></svg>'
    ).format(width, columns)


def _columns(number: int, point: Point, most: int) -> Markup:
    left = number * 60 + 10
    return (
        _column(left, point.opened, most, "breach")
        + _column(left + 21, point.suspected, most, "suspected")
        + Markup('<text class="when" x="{}" y="125">{}</text>').format(left + 20, _short(point.last))
    )


def _column(x: int, count: int, most: int, kind: str) -> Markup:
    height = 84 * count / most
    top = 108 - height
    return Markup(
        '<rect class="{}" x="{}" y="{:.1f}" width="19" height="{:.1f}"/><text x="{}" y="{:.1f}">{}</text>'
    ).format(kind, x, top, height, x + 9.5, top - 5, count)


def _short(day: date) -> str:
    return f"{day.month}.{day.day}"
