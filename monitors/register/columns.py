"""The columns of a heading: what each means, and which of them the register has a use for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitors.register.grid import Row
from monitors.register.vocabulary import Meaning, PlatformWord, Vocabulary

# Of these a table may have several columns; of every other field the most usual word counts.
MANY = frozenset(
    {"id", "wechat_id", "original_id", "alias", "link", "manager", "phone", "source", "state", "ignored"}
)
PEOPLE = frozenset({"supervisor", "leader", "manager", "creator"})

# What tells an account: only these columns make one platform's part of a heading.
TELLING = frozenset({"name", "group_name", "id", "wechat_id", "original_id", "link"})

# The ids that stand in one cell with a name are a column of their own, so far to the right.
BESIDE = 10_000


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
