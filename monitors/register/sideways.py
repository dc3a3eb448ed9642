"""Tables lying on their side: filing forms with each label beside its value, and accounts in columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from monitors.register.columns import Head, Written, columns_of
from monitors.register.grid import Row, Sheet, Value
from monitors.register.text import clean
from monitors.register.vocabulary import Vocabulary

# By so many rows a sheet shows that it is one of forms.
_SNIFFED = 60
# A table's heading has at least so many labels side by side; a form never has.
_HEADING = 4
# Labels with a value beside them have to stand in so many rows; a heading has none.
_ROWS = 3
_SAME_CELL = re.compile(r"(?P<label>[^:：]{2,12})[:：]\s*(?P<value>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Pair:
    """A label with what stands beside it, each value by its column."""

    row: int
    label: str
    written: Written
    values: tuple[tuple[int, Value], ...]

    def means(self, field: str) -> bool:
        return field in (*self.written.meaning.strong, *self.written.meaning.weak)


@dataclass(frozen=True)
class Form:
    """One account of such a sheet: its labels as a heading, its row, its values by the heading's columns."""

    head: Head
    row: int
    values: Mapping[int, Value]


def forms_of(sheet: Sheet, vocabulary: Vocabulary) -> list[Form]:
    """Give the accounts of a sheet that is laid out as forms, none where it is a table."""
    if any(_heads(row, vocabulary) for row in sheet.rows[:_SNIFFED]):
        return []
    by_number = {row.number: row for row in sheet.rows}
    first = [pair for row in sheet.rows[:_SNIFFED] for pair in _pairs(sheet, by_number, row, vocabulary)]
    if len({pair.row for pair in first if pair.values}) < _ROWS:
        return []
    pairs = [pair for row in sheet.rows for pair in _pairs(sheet, by_number, row, vocabulary)]
    told = [pair for pair in pairs if pair.values and pair.written.meaning.strong[:1] != ("ignored",)]
    if len({pair.row for pair in told}) < _ROWS or not any(pair.means("name") for pair in told):
        return []
    if not any(pair.means("platform") or pair.means("unit") for pair in told):
        return []
    if sum(_guides(pair, vocabulary) for pair in told) * 2 >= len(told):
        return []
    return [
        _form(sheet, record, column, vocabulary)
        for record in _records(pairs)
        for column in _accounts(record)
        if any(pair.means("name") for pair in record)
    ]


def _heads(row: Row, vocabulary: Vocabulary) -> bool:
    """Tell whether a row is the heading of a table: so many labels in columns right beside each other."""
    run = 0
    for value in row.values:
        run = run + 1 if _label(value, "", vocabulary) else 0
        if run == _HEADING:
            return True
    return False


def _guides(pair: _Pair, vocabulary: Vocabulary) -> bool:
    """Tell whether a line explains how to fill in a register and is no part of one."""
    numbered = re.match(r"[（(]?\d{1,2}[)）.、．]", pair.label) is not None
    words = tuple(vocabulary.table["cells"]["guide"])
    return numbered or any(
        isinstance(value, str) and clean(value).startswith(words) for _, value in pair.values
    )


def _pairs(sheet: Sheet, by_number: Mapping[int, Row], row: Row, vocabulary: Vocabulary) -> Iterator[_Pair]:
    """Give the labels of a row; one directly followed by another, as 主管领导 by 姓名, is part of its name."""
    group = _group(sheet, by_number, row, vocabulary)
    label: tuple[str, Written] | None = None
    values: list[tuple[int, Value]] = []
    for index, value in enumerate(row.values):
        if value is None:
            continue
        found = _label(value, group, vocabulary)
        if found is None:
            values += [(index, value)] if label else []
            continue
        if label and values:
            yield _Pair(row.number, *label, tuple(values))
        elif label:
            group = label[0]
            found = _label(value, group, vocabulary)
        label, values = found, []
        if found and (same := _same_cell(value)):
            yield _Pair(row.number, *found, ((index, same["value"]),))
            label = None
    if label:
        yield _Pair(row.number, *label, tuple(values))


def _group(sheet: Sheet, by_number: Mapping[int, Row], row: Row, vocabulary: Vocabulary) -> str:
    """Give the label that a merged cell on the left carries over into this row."""
    top, left = sheet.merged.get((row.number, 0), (row.number, 0))
    if top == row.number:
        return ""
    above = by_number.get(top)
    value = above.at(left) if above else None
    return clean(value) if isinstance(value, str) and vocabulary.heading(clean(value)).known else ""


def _same_cell(value: Value) -> re.Match[str] | None:
    return _SAME_CELL.fullmatch(value.strip()) if isinstance(value, str) else None


def _label(value: Value, group: str, vocabulary: Vocabulary) -> tuple[str, Written] | None:
    """Give the label that a cell is, None for a value."""
    if not isinstance(value, str):
        return None
    same = _same_cell(value)
    text = clean(same["label"] if same else value).rstrip(":：")
    for form in (group + text if group else "", text):
        meaning = vocabulary.heading(form) if form else None
        if not meaning or not meaning.known or (same and not meaning.strong):
            continue
        if meaning.strong or not vocabulary.platform(text):
            return text, Written(f"{group}·{text}" if form != text else text, meaning)
    return None


def _records(pairs: Sequence[_Pair]) -> Iterator[list[_Pair]]:
    """Cut forms that stand below each other, each of which begins with the same label."""
    record: list[_Pair] = []
    for pair in pairs:
        names = pair.means("name") and any(other.label == pair.label for other in record)
        if record and (pair.label == record[0].label or names):
            yield record
            record = []
        record.append(pair)
    if record:
        yield record


def _accounts(record: Sequence[_Pair]) -> list[int | None]:
    """Give the columns of the accounts where several stand side by side, else one None."""
    names = next((pair.values for pair in record if pair.means("name") and pair.values), ())
    return [column for column, _ in names] if len(names) > 1 else [None]


def _form(sheet: Sheet, record: Sequence[_Pair], column: int | None, vocabulary: Vocabulary) -> Form:
    cells = [_cell(sheet, pair, column) for pair in record]
    written = {number: pair.written for number, pair in enumerate(record)}
    values = {number: value for number, (_, value) in enumerate(cells)}
    sample = [Row(record[0].row, list(values.values()))]
    columns = tuple(
        replace(one, at=(record[one.index].row, cells[one.index][0]))
        for one in columns_of(written, sample, vocabulary)
        if one.index in written
    )
    named = next((c.at[0] for c in columns if c.at and c.at[0] and c.field == "name"), record[0].row)
    head = Head(columns, record[0].row, record[0].row, 0, lying=True)
    return Form(head, named, values)


def _cell(sheet: Sheet, pair: _Pair, column: int | None) -> tuple[int, Value]:
    """Give the column and the value of a label: the first beside it, or that of the account's own column."""
    if column is None:
        return pair.values[0] if pair.values else (0, None)
    top, left = sheet.merged.get((pair.row, column), (pair.row, column))
    found = dict(pair.values)
    return column, found.get(column, found.get(left) if top == pair.row else None)
