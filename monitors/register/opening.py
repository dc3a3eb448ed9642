"""Open a workbook in a process of its own, bounded in memory and time; prints its sheets as JSON lines.

Run as `python -m monitors.register.opening .xlsx < file`. The library that reads workbooks aborts its whole
process on some of them, which no handler catches; here that ends nothing but this process.
"""

from __future__ import annotations

import io
import json
import math
import resource
import sys
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError
from python_calamine import SheetTypeEnum as Kind
from python_calamine import SheetVisibleEnum as Visible

from monitors.register.container import MAX_SHEETS, Workbook, examined
from monitors.register.parts import MAX_COLUMNS, MAX_ROWS, Extra, Unfit

MEMORY = 512 * 2**20
SECONDS = 20

MAX_AREA = 4_000_000
MAX_TEXT = 4_000
MAX_ALL_TEXT = 20_000_000


def main() -> None:
    """Read the file from standard input and print one line a sheet and one a row, or why it is refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    data = sys.stdin.buffer.read()
    try:
        book = examined(data, sys.argv[1])
        _print_sheets(data, book)
    except Unfit as unfit:
        _say({"unfit": unfit.reason, "where": unfit.where})
    except PasswordError:
        _say({"unfit": "password", "where": ""})
    except CalamineError as error:
        _say({"unfit": "damaged", "where": type(error).__name__})
    except MemoryError:
        _say({"unfit": "bomb", "where": ""})


def _print_sheets(data: bytes, book: Workbook) -> None:
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        metadata = workbook.sheets_metadata
        if len(metadata) > MAX_SHEETS:
            raise Unfit("too_many_sheets", str(len(metadata)))
        if any(sheet.typ in (Kind.MacroSheet, Kind.Vba) for sheet in metadata):
            raise Unfit("macros")
        written = 0
        for sheet in metadata:
            if sheet.typ == Kind.WorkSheet:
                extra = book.extras.get(sheet.name, Extra())
                hidden = sheet.visible != Visible.Visible
                page = workbook.get_sheet_by_name(sheet.name)
                written += _print_sheet(page, extra, hidden, book.epoch_1904)
                if written > MAX_ALL_TEXT:
                    raise Unfit("bomb", sheet.name)


def _print_sheet(sheet: CalamineSheet, extra: Extra, hidden: bool, epoch_1904: bool) -> int:
    """Print one sheet and give how many characters its texts have."""
    if sheet.total_height > MAX_ROWS:
        raise Unfit("too_many_rows", f"{sheet.name}!{sheet.total_height}")
    if sheet.total_width > MAX_COLUMNS or sheet.total_height * sheet.total_width > MAX_AREA:
        raise Unfit("too_many_columns", f"{sheet.name}!{sheet.total_width}")
    _say(
        {
            "sheet": sheet.name,
            "hidden": hidden,
            "epoch_1904": epoch_1904,
            "merged": [[*start, *end] for start, end in (sheet.merged_cell_ranges or [])],
            "links": [[*place, link] for place, link in extra.links.items()],
        }
    )
    failed: dict[int, dict[int, str]] = {}
    for (row, column), text in extra.failed.items():
        failed.setdefault(row, {})[column] = text
    written = 0
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), 1):
        written += sum(len(value) for value in values if isinstance(value, str))
        if written > MAX_ALL_TEXT:
            return written
        cells = [_cell(value) for value in values]
        for column, text in failed.get(number, {}).items():
            cells += [None] * (column - len(cells))
            cells[column - 1] = {"failed": text}
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            _say([number, cells])
    return written


def _cell(value: object) -> Any:
    if isinstance(value, str):
        return value[:MAX_TEXT] or None
    if isinstance(value, float) and not math.isfinite(value):
        return {"failed": "#NUM!"}
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return {"day": value.date().isoformat()}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return str(value)


def _say(record: Any) -> None:
    sys.stdout.write(json.dumps(record, ensure_ascii=True, allow_nan=False) + "\n")


if __name__ == "__main__":
    main()
