"""Small charts drawn by hand as inline SVG: they need no script, and tell by shape what they tell by colour."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from reports import wording
from reports.weekly.figures import Year
from reports.weekly.frames import BUCKETS, Counts
from reports.weekly.trust import Night

_WEEKDAYS = "一二三四五六日"
# The bars of a strip, the last on top: how high the middle of each kind lies; the width of the stroke stands in the style sheet.
_HEIGHTS = {"q": "1.7", "s": "1.4", "u": "1.9", "x": "1", "p": "1"}
# How the parts of the bar are striped on paper.
_STRIPED: Mapping[str, str] = {"breach": "wide", "suspected": "thin", "unseen": "fine"}
# The plot of a year: where it begins and ends in its view box.
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 624, 14, 112


@lru_cache(1 << 14)
def strip(cells: str) -> Markup:
    """An account's weeks, oldest first: one bar a week, its height and tone by what is known of the week.

    A register of thousands has thousands of them, so this is written as shortly as it can be: a week is one
    unit wide, and the style sheet says how large a unit is.
    """
    paths = "".join(f'<path class={kind} d="{_runs(cells, kind)}"/>' for kind in _HEIGHTS if kind in cells)
    said = "，".join(
        f"{word}{cells.count(kind)}周"
        for kind, word in wording.CELLS.items()
        if kind in cells and kind != "-"
    )
    return Markup(f'<svg class=st role=img aria-label="{said or "还没有记录"}">{paths}</svg>')


def _runs(cells: str, kind: str) -> str:
    """All bars of one kind as one dashed path: a dash a week. They go on behind a post, which covers them."""
    run = "p+" if kind == "p" else f"{kind}(?:[{kind}p]*{kind})?"
    return "".join(f"M{m.start()} {_HEIGHTS[kind]}h{m.end() - m.start()}" for m in re.finditer(run, cells))


def nights(week: Sequence[Night]) -> Markup:
    """Seven boxes, Monday to Sunday: filled where the night is believed, crossed where it is not."""
    boxes = Markup("").join(_box(number, night) for number, night in enumerate(week))
    said = "；".join(f"周{_WEEKDAYS[night.day.weekday()]}{wording.NIGHTS[night.state]}" for night in week)
    return Markup('<svg class="nights" viewBox="0 0 154 34" role="img" aria-label="{}">{}</svg>').format(
        said, boxes
    )


def _box(number: int, night: Night) -> Markup:
    x = number * 22 + 1
    cross = Markup('<path class="cross" d="M{} 6l8 8m0-8l-8 8"/>').format(x + 5)
    return Markup(
        '<g class="{}"><rect x="{}" y="1" width="18" height="18" rx="3"/>{}<text x="{}" y="31">{}</text></g>'
    ).format(night.state, x, cross if night.state == "doubted" else "", x + 9, _WEEKDAYS[night.day.weekday()])


def bar(counts: Counts) -> Markup:
    """All accounts in one bar, a part for each bucket; the legend beside it carries the numbers."""
    total = sum(counts.values())
    if not total:
        return Markup("")
    parts, x = Markup(""), 0.0
    for bucket in BUCKETS:
        width = 1000 * counts[bucket] / total
        if width:
            # A thin gap keeps neighbours apart in grey print.
            own = max(width - 3, 1)
            parts += Markup('<rect class="{}" x="{:.1f}" y="0" width="{:.1f}" height="22"/>').format(
                bucket, x, own
            ) + stripes(bucket, x, own)
        x += width
    said = "，".join(f"{wording.BUCKETS[bucket]} {counts[bucket]}" for bucket in BUCKETS if counts[bucket])
    return Markup(
        '<svg class="bar" viewBox="0 0 1000 22" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>'
    ).format(said, parts)


def stripes(bucket: str, x: float = 0, width: float = 12) -> Markup:
    """What tells the parts of the bar apart on grey paper; on a screen it is not shown."""
    if bucket not in _STRIPED:
        return Markup("")
    return Markup('<path class="stripe {}" d="M{:.1f} 11h{:.1f}"/>').format(_STRIPED[bucket], x, width)


# ── a year ──────────────────────────────────────────────────────────────────────────────────────


def cases_year(year: Year) -> Markup:
    """Open and suspected cases at the ends of the weeks since there were any."""
    opened = [float(level.opened) for level in year.levels]
    suspected = [float(level.suspected) for level in year.levels]
    top = _round_up(max([*opened, *suspected, 2.0]))
    lines = {"breach": opened, "suspected": suspected}
    return _plot("每周末未结案件", year, lines, {0.0: "0", top / 2: f"{top / 2:.0f}", top: f"{top:.0f}"})


def shares_year(year: Year) -> Markup:
    """The share of accounts that posted, and of nights that were believed, week by week."""
    lines = {"clear": _per_cent(year.active), "night": _per_cent(year.believed)}
    return _plot("每周的更新面与可信度", year, lines, {0.0: "0", 50.0: "50%", 100.0: "100%"})


def _per_cent(shares: Sequence[float | None]) -> list[float | None]:
    return [None if share is None else 100 * share for share in shares]


def _round_up(value: float) -> float:
    step = 10 ** (len(str(int(value))) - 1)
    return next(float(step * k) for k in (1, 2, 4, 6, 8, 10) if step * k >= value)


def _plot(
    what: str, year: Year, lines: Mapping[str, Sequence[float | None]], marks: Mapping[float, str]
) -> Markup:
    begin = _begin(year)
    top, count = max(marks), len(year.levels) - begin
    span = (_RIGHT - _LEFT) / max(count - 1, 1)
    drawn = Markup("").join(_line(kind, own[begin:], span, top) for kind, own in lines.items())
    unit = marks[top].lstrip("0123456789")
    said = "；".join(f"{wording.LINES[kind]}{_told(own[begin:], unit)}" for kind, own in lines.items())
    return Markup(
        '<svg class="year" viewBox="0 0 640 136" role="img" aria-label="{}（{} 周）：{}">{}{}{}</svg>'
    ).format(what, count, said, _grid(marks, top), _months(year, begin, span), drawn)


def _begin(year: Year) -> int:
    """The first week of which anything is known, but never fewer than twelve weeks."""
    known = [
        number
        for number, level in enumerate(year.levels)
        if level.opened or level.suspected or year.believed[number] is not None
    ]
    return min(known[0] if known else len(year.levels), len(year.levels) - 12)


def _y(value: float, top: float) -> str:
    return f"{_BOTTOM - (_BOTTOM - _TOP) * value / top:.1f}"


def _line(kind: str, values: Sequence[float | None], span: float, top: float) -> Markup:
    points = [(_LEFT + number * span, value) for number, value in enumerate(values)]
    path = "".join(
        f"{'M' if first else 'L'}{x:.1f} {_y(value, top)}"
        for run in _known(points)
        for first, (x, value) in zip([True, *[False] * len(run)], run, strict=False)
    )
    last = next(((x, value) for x, value in reversed(points) if value is not None), None)
    dot = Markup("")
    if last:
        dot = Markup('<circle class="{}" cx="{:.1f}" cy="{}" r="3.5"/>').format(
            kind, last[0], _y(last[1], top)
        )
    return Markup('<path class="line {}" d="{}"/>{}').format(kind, path, dot)


def _known(points: Sequence[tuple[float, float | None]]) -> Iterator[list[tuple[float, float]]]:
    """The runs between which nothing is known."""
    run: list[tuple[float, float]] = []
    for x, value in points:
        if value is not None:
            run.append((x, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _grid(marks: Mapping[float, str], top: float) -> Markup:
    return Markup("").join(
        Markup('<path class="axis" d="M{} {y}H{}"/><text class="y" x="{}" y="{y}" dy="4">{}</text>').format(
            _LEFT, _RIGHT, _LEFT - 6, word, y=_y(value, top)
        )
        for value, word in marks.items()
    )


def _months(year: Year, begin: int, span: float) -> Markup:
    words, month, free = Markup(""), 0, 0.0
    for number, level in enumerate(year.levels[begin:]):
        x = _LEFT + number * span
        if level.last.month != month and free <= x <= _RIGHT - 14:
            words += Markup('<text class="x" x="{:.1f}" y="130">{}</text>').format(
                x, _month(level.last, first=number == 0)
            )
            free = x + 40
        month = level.last.month
    return words


def _month(day: date, *, first: bool) -> str:
    return f"{day.year}.{day.month}" if first or day.month == 1 else f"{day.month} 月"


def _told(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "没有记录"
    least, most, last = (f"{value:.0f}{unit}" for value in (min(known), max(known), known[-1]))
    return f"最低 {least}，最高 {most}，最近 {last}"
