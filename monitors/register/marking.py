"""The office's own workbook handed back with its problem cells coloured and commented."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from monitors.register.grid import Failed, File, opened
from monitors.register.parts import column_number
from monitors.register.problems import Problem, Refused
from monitors.register.reading import Reading
from monitors.register.text import seen
from monitors.register.workbook import placed

SUMMARY = "检查结果"

_FILLS = {
    "error": PatternFill("solid", start_color="FFC7CE"),
    "warning": PatternFill("solid", start_color="FFEB9C"),
}
_LEVELS = {"error": "要改", "warning": "请核对"}


def marked(path: Path, reading: Reading, target: Path) -> None:
    """Write a copy of the register file with what `reading` found in it, readable by its owner only.

    An `.xls` or `.csv` becomes an `.xlsx` with the same cells. Raises `Refused` when the file is not the one
    that was read.
    """
    file = opened(path)
    if file.sha256 != reading.sha256:
        raise Refused("changed", "台账在检查之后又改过，请重新检查。")
    book = _loaded(path) or _copied(file)
    by_cell: dict[tuple[str, int, int], list[Problem]] = {}
    for problem in reading.problems:
        column = column_number(problem.letter) if problem.letter else 1
        by_cell.setdefault((_title(problem.place.sheet), problem.place.row, column), []).append(problem)
    for (sheet, row, column), problems in by_cell.items():
        if sheet in book.sheetnames:
            _mark(_top_left(book[sheet], row, column), problems)
    _summarise(book, reading.problems)
    buffer = io.BytesIO()
    book.save(buffer)
    placed(target, buffer.getvalue(), private=True)


def _loaded(path: Path) -> Workbook | None:
    """Open the office's workbook for editing, None where that library cannot, though it can be read."""
    if path.suffix.lower() != ".xlsx":
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(path, keep_links=False)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
    ):
        return None


def _copied(file: File) -> Workbook:
    """Make a workbook of the values alone."""
    book = openpyxl.Workbook()
    for old in book.worksheets:
        book.remove(old)
    for sheet in file.sheets:
        page = book.create_sheet(_title(sheet.name))
        for row in sheet.rows:
            for column, value in enumerate(row.values, 1):
                if value is not None:
                    _put(page.cell(row.number, column), value.text if isinstance(value, Failed) else value)
    return book


def _put(cell: Cell | MergedCell, value: str | int | float | bool | date) -> None:
    assert isinstance(cell, Cell)
    cell.value = seen(value)[:32_000] if isinstance(value, str) else value
    if isinstance(value, str):
        # What begins with `=` is text that the office wrote, never a formula.
        cell.data_type = "s"
    elif isinstance(value, float) and value.is_integer():
        cell.number_format = "0"


def _title(name: str) -> str:
    return "".join(" " if letter in r"[]:*?/\'" else letter for letter in seen(name))[:31].strip() or "表"


def _top_left(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    if isinstance(cell, Cell):
        return cell
    for merged in sheet.merged_cells.ranges:
        if cell.coordinate in merged:
            first = sheet.cell(merged.min_row, merged.min_col)
            assert isinstance(first, Cell)
            return first
    raise AssertionError(f"{cell.coordinate} is merged with nothing")


def _mark(cell: Cell, problems: Iterable[Problem]) -> None:
    problems = list(problems)
    worst = "error" if any(problem.level == "error" for problem in problems) else "warning"
    lines = [f"【{_LEVELS[problem.level]}】{problem.message}" for problem in problems]
    if cell.comment:
        lines.insert(0, cell.comment.text)
    cell.fill = _FILLS[worst]
    cell.comment = Comment(seen("\n".join(lines)), "巡检", height=60 + 40 * len(lines), width=320)


def _summarise(book: Workbook, problems: Iterable[Problem]) -> None:
    """Put a first sheet in front that lists every problem."""
    if SUMMARY in book.sheetnames:
        book.remove(book[SUMMARY])
    page = book.create_sheet(SUMMARY, 0)
    rows = [("程度", "工作表", "行", "列", "说明")]
    rows += [
        (_LEVELS[p.level], p.place.sheet, str(p.place.row), p.column or "", p.message)
        for p in sorted(problems, key=lambda problem: (problem.level, problem.place))
    ]
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            _put(page.cell(number, column), text)
            page.cell(number, column).font = Font(bold=number == 1)
    for letter, width in zip("ABCDE", (10, 20, 8, 20, 90), strict=True):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
    book.active = 0
