"""Where the tables of a sheet begin and what their columns mean, however the office has laid them out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from monitors.register.grid import Row, Sheet
from monitors.register.text import clean
from monitors.register.vocabulary import Meaning, Vocabulary

# Of these a table may have several columns; of every other field the most usual word counts.
MANY = frozenset({"id", "wechat_id", "original_id", "alias", "link", "manager", "phone", "source", "ignored"})
PEOPLE = frozenset({"supervisor", "leader", "manager", "creator"})

_SNIFFED = 30


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands (from 0), its field, its heading as written, a manager's number."""

    index: int
    field: str
    heading: str
    number: int | None = None


@dataclass(frozen=True)
class Head:
    """A heading of one to three rows: its columns, its first and last row, the index of the row below it."""

    columns: tuple[Column, ...]
    top: int
    row: int
    below: int

    @cached_property
    def by_field(self) -> dict[str, list[Column]]:
        """The columns of each field, from left to right."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            found.setdefault(column.field, []).append(column)
        return found

    def has(self, *fields: str) -> bool:
        return any(field in self.by_field for field in fields)

    @property
    def known(self) -> int:
        """How many columns the register has a use for."""
        return sum(column.field != "ignored" for column in self.columns)

    @property
    def tells(self) -> bool:
        """Whether this is the heading of a register, or of a register that lacks the names."""
        named = self.has("name", "group_name")
        if named and self.known >= 3:
            return True
        if named and self.known == 2 and len(self.columns) <= 3:
            return self.has("platform", "unit", "id", "link", "wechat_id", "members")
        return not named and self.known >= 3 and self.has("platform") and self.has("id", "link")


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
    if any(sum(value is not None for value in row.values) < 2 for row in rows[:-1]):
        return None
    return Head(_columns(sheet, rows, last + 1, vocabulary), rows[0].number, rows[-1].number, last + 1)


def _subheading(row: Row, vocabulary: Vocabulary) -> bool:
    """Tell whether a row consists of words that are mostly headings, as the second line of a heading does."""
    texts = [clean(value) for value in row.values if isinstance(value, str) and clean(value)]
    written = sum(value is not None for value in row.values)
    known = sum(vocabulary.heading(text).known for text in texts)
    return len(texts) == written and known > 0 and known * 2 >= len(texts)


def _columns(sheet: Sheet, rows: Sequence[Row], below: int, vocabulary: Vocabulary) -> tuple[Column, ...]:
    width = max(len(row.values) for row in rows)
    written = {index: _meaning(sheet, rows, index, vocabulary) for index in range(width)}
    meanings = {index: found for index, found in written.items() if found}
    chosen = _strong(meanings)
    _weak(meanings, chosen, sheet.rows[below : below + _SNIFFED], vocabulary)
    if "platform" not in chosen.values():
        for index, field in chosen.items():
            if field == "type" and _platforms(sheet.rows[below : below + _SNIFFED], index, vocabulary):
                chosen[index] = "platform"
    columns = []
    for index, field in sorted(chosen.items()):
        text, meaning = meanings[index]
        columns.append(Column(index, field, text, meaning.number))
    return tuple(columns)


def _meaning(
    sheet: Sheet, rows: Sequence[Row], index: int, vocabulary: Vocabulary
) -> tuple[str, Meaning] | None:
    """Read one column of a heading: the lower line together with the upper, alone, or the upper alone."""
    texts = [_heading_text(sheet, row, index, upper=row is not rows[-1]) for row in rows]
    lower, uppers = texts[-1], [text for text in texts[:-1] if text]
    upper = uppers[-1] if uppers else ""
    if upper == lower:
        upper = ""
    for text in (upper + lower if upper and lower else "", lower, upper):
        meaning = vocabulary.heading(text) if text else Meaning()
        if meaning.known and (meaning.strong or text != upper + lower or not (upper and lower)):
            return (f"{upper}·{lower}" if upper and lower else text), meaning
    return None


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


def _strong(meanings: dict[int, tuple[str, Meaning]]) -> dict[int, str]:
    chosen: dict[int, str] = {}
    singles: dict[str, tuple[int, int]] = {}
    for index, (_, meaning) in meanings.items():
        if not meaning.strong:
            continue
        field = meaning.strong[0]
        if field in MANY or meaning.number is not None:
            chosen[index] = field
        elif field not in singles or meaning.rank < singles[field][0]:
            singles[field] = (meaning.rank, index)
    return chosen | {index: field for field, (_, index) in singles.items()}


def _weak(
    meanings: dict[int, tuple[str, Meaning]],
    chosen: dict[int, str],
    sample: Sequence[Row],
    vocabulary: Vocabulary,
) -> None:
    for index, (_, meaning) in meanings.items():
        if index in chosen:
            continue
        taken = set(chosen.values())
        free = [field for field in meaning.weak if field in MANY or field not in taken]
        if "platform" in free and _platforms(sample, index, vocabulary):
            chosen[index] = "platform"
        elif rest := [field for field in free if field != "platform"]:
            chosen[index] = rest[0]


def _platforms(sample: Sequence[Row], index: int, vocabulary: Vocabulary) -> bool:
    """Tell whether the values below a heading are mostly platform words."""
    texts = [value for row in sample if isinstance(value := row.at(index), str) and value.strip()]
    hits = sum(vocabulary.platform(text) is not None for text in texts)
    return hits * 2 > len(texts)


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
