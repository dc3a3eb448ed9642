"""Workbooks that we hand out: string cells only, so that no name can become a formula or a link."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from monitors.register.text import clean, seen

_LONGEST = 32_000
_WIDEST = 48


@dataclass(frozen=True)
class Page:
    """One sheet: a title, one row of headings, the rows, and a line of totals."""

    name: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: str = ""
    frozen_columns: int = 0


def written(target: Path, pages: Sequence[Page], *, private: bool = False) -> None:
    """Write the pages as an `.xlsx`, whole or not at all; `private` makes it readable by its owner only."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    formats = _formats(book)
    names: list[str] = []
    for page in pages:
        names.append(_sheet_name(page.name, names))
        _page(book.add_worksheet(names[-1]), page, formats)
    book.close()
    placed(target, buffer.getvalue(), private=private)


def placed(target: Path, data: bytes, *, private: bool) -> None:
    """Put a file in its place in one step, so that a reader never meets half of it."""
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o644), "wb"
    ) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)


def _formats(book: xlsxwriter.Workbook) -> dict[str, object]:
    frame = {"border": 1, "border_color": "#BFBFBF", "valign": "top", "text_wrap": True, "num_format": "@"}
    return {
        "title": book.add_format({"bold": True, "font_size": 14, "num_format": "@"}),
        "heading": book.add_format({**frame, "bold": True, "bg_color": "#DDE7F0", "valign": "vcenter"}),
        "cell": book.add_format(frame),
        "total": book.add_format({"bold": True, "num_format": "@"}),
    }


def _page(sheet: xlsxwriter.worksheet.Worksheet, page: Page, formats: dict[str, object]) -> None:
    sheet.write_string(0, 0, _fit(page.title), formats["title"])
    for column, heading in enumerate(page.headings):
        sheet.write_string(1, column, heading, formats["heading"])
        texts = [row[column] for row in page.rows]
        widest = max((_width(text) for text in [heading, *texts]), default=8)
        sheet.set_column(column, column, min(widest + 2, _WIDEST))
    for number, row in enumerate(page.rows, 2):
        for column, text in enumerate(row):
            if text:
                sheet.write_string(number, column, _fit(text), formats["cell"])
            else:
                sheet.write_blank(number, column, None, formats["cell"])
    last = len(page.rows) + 1
    if page.total:
        sheet.write_string(last + 2, 0, "合计", formats["total"])
        sheet.write_string(last + 2, 1, page.total, formats["total"])
    sheet.freeze_panes(2, page.frozen_columns)
    sheet.autofilter(1, 0, last, len(page.headings) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 3}"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def _fit(text: str) -> str:
    lines = [clean(line) for line in seen(text).splitlines()]
    return "\n".join(line for line in lines if line)[:_LONGEST]


def _width(text: str) -> int:
    return max((sum(1 + (ord(letter) > 0x2E7F) for letter in line) for line in text.split("\n")), default=0)


def _sheet_name(name: str, taken: Sequence[str]) -> str:
    plain = re.sub(r"[\[\]:*?/\\']", " ", clean(name)).strip()[:28] or "表"
    # The limit of a sheet's name counts letters beyond the first plane twice.
    while len(plain.encode("utf-16-le")) > 2 * 28:
        plain = plain[:-1]
    number, unique = 1, plain
    while unique.casefold() in {other.casefold() for other in taken}:
        number += 1
        unique = f"{plain}{number}"
    return unique
