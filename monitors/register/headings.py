"""Where the tables of a sheet begin and what their columns mean, however the office has laid them out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

from monitors.register.grid import Row, Sheet
from monitors.register.text import clean
from monitors.register.vocabulary import Meaning, PlatformWord, Vocabulary

# Of these a table may have several columns; of every other field the most usual word counts.
MANY = frozenset(
    {"id", "wechat_id", "original_id", "alias", "link", "manager", "phone", "source", "state", "ignored"}
)
PEOPLE = frozenset({"supervisor", "leader", "manager", "creator"})

_OF_PEOPLE = PEOPLE | {"post", "phone", "email", "qq", "manager_status", "unit", "ignored"}
# What tells an account: only these columns make one platform's part of a heading.
TELLING = frozenset({"name", "group_name", "id", "wechat_id", "original_id", "link"})

# The ids that stand in one cell with a name are a column of their own, so far to the right.
BESIDE = 10_000

_SNIFFED = 30


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it stands (from 0), its field, its heading as written, a manager's number.

    `both`: the cells hold the name together with ids or links. `at`: the row (None for the entry's own) and
    column of the cell, where `index` only tells the values of an entry apart.
    """

    index: int
    field: str
    heading: str
    number: int | None = None
    both: bool = False
    at: tuple[int | None, int] | None = None

    def cell(self, row: int) -> tuple[int, int]:
        """Give the row and column in which the cell of an entry stands."""
        return (self.at[0] or row, self.at[1]) if self.at else (row, self.index)


@dataclass(frozen=True, slots=True)
class Written:
    """What stands over one column: its text, what that means, and the platform it names.

    `bare`: nothing but the platform is named, so the cells are the unit's accounts there.
    """

    text: str
    meaning: Meaning
    app: PlatformWord | None = None
    bare: bool = False


@dataclass(frozen=True)
class Head:
    """A heading of one to three rows: its columns, its first and last row, the index of the row below it.

    `parts`: where columns stand for platforms, one heading for each of them; each names its `platform`, and
    `own` are its columns that no other platform has. `lying`: the labels stand beside their values.
    """

    columns: tuple[Column, ...]
    top: int
    row: int
    below: int
    parts: tuple[Head, ...] = ()
    platform: PlatformWord | None = None
    own: frozenset[int] = frozenset()
    lying: bool = False

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
        if self.parts and self.parts[0].platform:
            return self.has("unit") or any(c.field == "name" and not c.both for c in self.columns)
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
    if any(sum(value is not None for value in row.values) < 2 or _title(row) for row in rows[:-1]):
        return None
    width = max(len(row.values) for row in rows)
    every = {index: _written(sheet, rows, index, vocabulary) for index in range(width)}
    written = {index: found for index, found in every.items() if found}
    sample = sheet.rows[last + 1 : last + 1 + _SNIFFED]
    columns = columns_of(written, sample, vocabulary)
    head = Head(columns, rows[0].number, rows[-1].number, last + 1)
    parts = tuple((_blocks if head.has("platform") else _parts)(head, written, sample, vocabulary))
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


def columns_of(
    written: Mapping[int, Written], sample: Sequence[Row], vocabulary: Vocabulary
) -> tuple[Column, ...]:
    """Give the columns that the register has a use for; `sample` are rows below, to tell 类型 by."""
    chosen = _strong(written)
    _weak(written, chosen, sample, vocabulary)
    if "platform" not in chosen.values():
        for index, field in chosen.items():
            if field == "type" and _platforms(sample, index, vocabulary):
                chosen[index] = "platform"
    columns = []
    for index, field in sorted(chosen.items()):
        text, meaning = written[index].text, written[index].meaning
        both = field == "name" and meaning.both
        columns.append(Column(index, field, text, meaning.number, both))
        if both:
            columns.append(Column(index + BESIDE, "id", text, at=(None, index)))
    return tuple(columns)


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


def _strong(written: Mapping[int, Written]) -> dict[int, str]:
    chosen: dict[int, str] = {}
    singles: dict[str, tuple[int, int]] = {}
    for index, found in written.items():
        meaning = found.meaning
        if not meaning.strong:
            continue
        field = meaning.strong[0]
        if field in MANY or meaning.number is not None:
            chosen[index] = field
        elif field not in singles or meaning.rank < singles[field][0]:
            singles[field] = (meaning.rank, index)
    return chosen | {index: field for field, (_, index) in singles.items()}


def _weak(
    written: Mapping[int, Written],
    chosen: dict[int, str],
    sample: Sequence[Row],
    vocabulary: Vocabulary,
) -> None:
    for index, found in written.items():
        meaning = found.meaning
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


def _blocks(
    head: Head, written: Mapping[int, Written], sample: Sequence[Row], vocabulary: Vocabulary
) -> Iterator[Head]:
    """Give a heading for each of the tables that stand side by side under the same words."""
    order = sorted(written)
    texts = [written[index].text for index in order]
    for width in range(2, len(texts) // 2 + 1):
        if len(texts) % width == 0 and texts == texts[:width] * (len(texts) // width):
            for first in range(0, len(texts), width):
                mine = {index: written[index] for index in order[first : first + width]}
                yield Head(columns_of(mine, sample, vocabulary), head.top, head.row, head.below)
            return


def _parts(
    head: Head, written: Mapping[int, Written], sample: Sequence[Row], vocabulary: Vocabulary
) -> Iterator[Head]:
    """Give a heading for each platform where two or more have columns of their own: 微博, 公众号, 抖音."""
    owners = _owners(written)
    apps = dict.fromkeys(app for app in owners.values() if app)
    if len({app.platform for app in apps}) < 2 and sum(found.bare for found in written.values()) < 2:
        return
    for app in apps:
        own = {index for index, owner in owners.items() if owner == app}
        named = any(
            "name" in (*found.meaning.strong, *found.meaning.weak)
            for index, found in written.items()
            if not found.bare and (index in own or owners[index] is None)
        )
        mine = {
            index: _bare(found, app) if found.bare and index in own and not named else found
            for index, found in written.items()
            if owners[index] in (app, None)
        }
        columns = columns_of(mine, sample, vocabulary)
        beside = frozenset(own | {index + BESIDE for index in own})
        yield Head(columns, head.top, head.row, head.below, platform=app, own=beside)


def _owners(written: Mapping[int, Written]) -> dict[int, PlatformWord | None]:
    """Give the platform to which each column belongs, None where it is about all of them.

    What is said several times over, and ids and links, belong to the platform on their left.
    """
    often = Counter(found.meaning.strong[:1] for found in written.values() if found.app is None)
    left: PlatformWord | None = None
    owners: dict[int, PlatformWord | None] = {}
    for index, found in sorted(written.items()):
        fields = (*found.meaning.strong, *found.meaning.weak)
        if found.app and (found.bare or set(fields) & TELLING):
            left = found.app
        again = bool(found.meaning.strong) and often[found.meaning.strong[:1]] > 1
        beside = bool(set(fields[:1]) & {"id", "link", "alias"}) or (again and fields[0] not in _OF_PEOPLE)
        owners[index] = found.app or (left if beside else None)
    return owners


def _bare(found: Written, app: PlatformWord) -> Written:
    field = "group_name" if app.platform.endswith("_group") else "name"
    return replace(found, meaning=Meaning((field,), both=field == "name"))


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
