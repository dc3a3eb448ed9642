"""Where the tables of a sheet begin and what their columns mean, however the office has laid them out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from monitors.register.columns import Head, Written, columns_of
from monitors.register.grid import Row, Sheet
from monitors.register.parting import by_platform, side_by_side
from monitors.register.text import clean
from monitors.register.vocabulary import Meaning, PlatformWord, Vocabulary

_SNIFFED = 30


def head_at(sheet: Sheet, place: int, vocabulary: Vocabulary) -> Head | None:
    """Give the heading whose first or last row has this index, None when there is none."""
    best: tuple[Head, int, int] | None = None
    for first, last in ((place, place), (place - 1, place), (place, place + 1), (place - 1, place + 1)):
        head = _head(sheet, first, last, vocabulary)
        if head and head.tells and (best is None or head.known > best[0].known):
            best = head, first, last
    if best is None:
        return None
    longer = _head(sheet, best[1], best[2] + 1, vocabulary)
    return longer if longer and longer.known > best[0].known else best[0]


def _head(sheet: Sheet, first: int, last: int, vocabulary: Vocabulary) -> Head | None:
    """Give the heading of these rows; lower lines are heading words only, upper ones more than a title."""
    if first < 0 or last >= len(sheet.rows):
        return None
    rows = sheet.rows[first : last + 1]
    if any(below.number != above.number + 1 for above, below in pairwise(rows)):
        return None
    if len(rows) > 1 and not _subheading(rows[-1], vocabulary):
        return None
    if any(sum(value is not None for value in row.values) < 2 or _title(row) for row in rows[:-1]):
        return None
    width = max(len(row.values) for row in rows)
    every = {index: _written(sheet, rows, index, vocabulary) for index in range(width)}
    written = {index: found for index, found in every.items() if found}
    sample = sheet.rows[last + 1 : last + 1 + _SNIFFED]
    columns = columns_of(written, sample, vocabulary)
    head = Head(columns, rows[0].number, rows[-1].number, last + 1)
    parts = tuple((side_by_side if head.has("platform") else by_platform)(head, written, sample, vocabulary))
    if not parts:
        return head
    every_column = {column.index: column for part in parts for column in part.columns}
    return replace(head, columns=tuple(every_column[index] for index in sorted(every_column)), parts=parts)


def _title(row: Row) -> bool:
    """Tell whether a row says something itself, as 填报单位：文学院 does, and heads no columns."""
    return any(isinstance(value, str) and re.search(r"[:：]\s*\S", value) for value in row.values)


def _subheading(row: Row, vocabulary: Vocabulary) -> bool:
    """Tell whether a row consists of words that are mostly headings, as the second line of a heading does."""
    texts = [clean(value) for value in row.values if isinstance(value, str) and clean(value)]
    written = sum(value is not None for value in row.values)
    known = sum(vocabulary.heading(text).known for text in texts)
    return len(texts) == written and known > 0 and known * 2 >= len(texts)


def _written(sheet: Sheet, rows: Sequence[Row], index: int, vocabulary: Vocabulary) -> Written | None:
    """Read one column of a heading: the lower line together with the upper, alone, or the upper alone."""
    texts = [_heading_text(sheet, row, index, upper=row is not rows[-1]) for row in rows]
    lower, uppers = texts[-1], [text for text in texts[:-1] if text]
    upper = uppers[-1] if uppers else ""
    if upper == lower:
        upper = ""
    app, bare = _app(upper, lower, vocabulary)
    joined = upper + lower if upper and lower and not vocabulary.platform(upper) else ""
    for text in (joined, lower, upper):
        meaning = vocabulary.heading(text) if text else Meaning()
        if meaning.known and (meaning.strong or text != joined):
            return Written(f"{upper}·{lower}" if upper and lower else text, meaning, app, bare)
    return Written(lower or upper, Meaning(), app, bare) if bare else None


def _app(upper: str, lower: str, vocabulary: Vocabulary) -> tuple[PlatformWord | None, bool]:
    """Give the platform that a column's heading names, and whether it says nothing else."""
    over = vocabulary.platform(upper) if upper else None
    if over and lower:
        return over, False
    text = lower or upper
    strong = vocabulary.heading(text).strong
    word = vocabulary.platform(text) if not strong or strong[0] in ("id", "wechat_id") else None
    if word:
        return word, True
    implied = vocabulary.implied(text) or ("wechat" if strong[:1] == ("original_id",) else None)
    return (PlatformWord(implied), False) if implied else (None, False)


def _heading_text(sheet: Sheet, row: Row, index: int, *, upper: bool) -> str:
    value = row.at(index)
    if value is None and (row.number, index) in sheet.merged:
        top, left = sheet.merged[row.number, index]
        if left != index and not upper:
            return ""
        above = next((other for other in sheet.rows if other.number == top), None)
        value = above.at(left) if above else None
    elif value is None and upper and not sheet.merged:
        # Without merged cells a group's name stands over its first column only.
        value = next((row.at(left) for left in range(index, -1, -1) if row.at(left) is not None), None)
    return clean(value) if isinstance(value, str) else ""


def heads(sheet: Sheet, vocabulary: Vocabulary, within: int = 200) -> Iterator[Head]:
    """Give each heading of a sheet; the first has to stand in its first rows."""
    place, current = 0, None
    while place < len(sheet.rows) and (current or place < within):
        row = sheet.rows[place]
        if current is None or _again(row, current, vocabulary):
            head = head_at(sheet, place, vocabulary)
            if head and head.below > place:
                current = head
                yield head
                place = head.below
                continue
        place += 1


def _again(row: Row, head: Head, vocabulary: Vocabulary) -> bool:
    """Tell cheaply whether a row below a heading may be another heading: merged by hand, printed by page."""
    for column in head.columns:
        if column.field in ("name", "platform", "group_name"):
            value = row.at(column.index)
            if isinstance(value, str) and vocabulary.heading(value).known:
                return True
    return False
