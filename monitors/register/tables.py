"""The tables of a sheet: each with its entries and what a sheet's name or a title says for all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from monitors.register.columns import Head
from monitors.register.entries import BODY, Context, Entry, Rows, Table, written
from monitors.register.grid import Sheet
from monitors.register.headings import heads
from monitors.register.sideways import forms_of
from monitors.register.text import clean
from monitors.register.together import marked
from monitors.register.vocabulary import PlatformWord, Vocabulary

_STAMP = r"(?:名称)?\s*(?:[（(][^（）()]*[)）])?\s*"
_UNIT = re.compile(
    rf"(?:(?:填报|填表|申报|报送|备案|创建|运营|主办|上报)(?:单位|部门|学院){_STAMP}[:：\s]|(?:单位|部门|学院){_STAMP}[:：])"
    r"\s*(?P<unit>[^\s:：（(，,；;_]{2,40})"
)


def tables(sheet: Sheet, vocabulary: Vocabulary) -> Iterator[Table]:
    """Give each table of a sheet in order; each form of a sheet of forms is a table of one account."""
    if filled := forms_of(sheet, vocabulary):
        for form in filled:
            context = _context(sheet, form.head, filled[0].head.top, vocabulary)
            yield Table(sheet, "accounts", form.head, context, (Entry(form.row, form.values, context),))
        return
    found = list(heads(sheet, vocabulary))
    ends = [*(head.top for head in found[1:]), 10**9]
    for head, end in zip(found, ends, strict=False):
        rows = [row for row in sheet.rows[head.below :] if row.number < end]
        for part in head.parts or (head,):
            context = _context(sheet, part, found[0].top, vocabulary)
            kind: Literal["accounts", "groups"] = "groups" if part.has("group_name") else "accounts"
            table = Rows(Table(sheet, kind, part, context), vocabulary).read(rows)
            if not part.platform or not _counts_only(table):
                yield table


def _counts_only(table: Table) -> bool:
    """Tell whether a platform's columns hold nothing, or only ticks and counts: statistics, no register."""
    own = table.head.own
    texts = [
        written(value) for entry in table.entries for index, value in entry.values.items() if index in own
    ]
    return all(marked(text) for text in texts if text)


def _context(sheet: Sheet, head: Head, first: int, vocabulary: Vocabulary) -> Context:
    above = [row for row in sheet.rows if row.number < first][-20:]
    titles = [" ".join(text for value in row.values if (text := written(value))) for row in above]
    context = Context(head.platform) if head.platform else Context()
    for column in head.columns if not head.platform else ():
        implied = vocabulary.implied(column.heading) if column.field in ("name", "group_name") else None
        if implied and not head.has("platform"):
            context = Context(PlatformWord(implied), said_by=f"列名“{column.heading}”")
    for text, said_by in [
        (sheet.name, f"工作表名“{sheet.name}”"),
        *((text, "表头上方的标题") for text in titles),
    ]:
        named = vocabulary.platforms_in(text)
        if len(named) == 1 and not context.platform and not head.has("platform"):
            context = replace(context, platform=PlatformWord(named.pop()), said_by=said_by)
        if not context.tier and not head.has("tier"):
            context = replace(context, tier=vocabulary.tier_in(text))
    for text in titles:
        if not head.has("unit") and not context.unit and (match := _UNIT.search(text)):
            context = replace(context, unit=match["unit"])
    if not head.has("unit") and not context.unit and (match := BODY.fullmatch(clean(sheet.name))):
        context = replace(context, unit=match["unit"])
    return context
