"""Registers as offices might keep them, written cell by cell; all data are invented."""

import datetime as dt
import re
import zipfile
from pathlib import Path

import xlsxwriter

from monitors.register.reading import read

TODAY = dt.date(2026, 11, 20)
SEC = "MS4wLjABAAAA" + "yunlingdaxue" * 3 + "Qx7"
PATTERNS = {
    "weibo": re.compile(r"[1-9]\d{4,9}"),
    "wechat": re.compile(r"gh_[0-9A-Za-z]{4,20}|[A-Za-z][-\w]{3,29}|M[0-9A-Za-z+/]{7,}={1,2}", re.ASCII),
    "bilibili": re.compile(r"[1-9]\d{0,15}"),
    "douyin": re.compile(r"MS4wLjABAAAA[\w-]{10,90}"),
}
HEAD = ["平台", "账号名称", "账号ID", "主页链接", "创建单位"]


def workbook(path, sheets, merges=(), hidden_rows=(), hidden_sheets=()):
    """Write `{sheet: {row: [values from column A]}}`; `merges` are (sheet, "A1:B2", value)."""
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    pages = {}
    for name, rows in sheets.items():
        page = pages[name] = book.add_worksheet(name)
        for row, values in rows.items():
            for column, value in enumerate(values):
                _put(page, row - 1, column, value, day)
    for sheet, span, value in merges:
        pages[sheet].merge_range(span, value)
    for sheet, row in hidden_rows:
        pages[sheet].set_row(row - 1, None, None, {"hidden": True})
    for name in hidden_sheets:
        pages[name].hide()
    book.close()
    return Path(path)


def _put(page, row, column, value, day):
    if isinstance(value, dt.date):
        page.write_datetime(row, column, value, day)
    elif isinstance(value, tuple):
        formula, result = value
        page.write_formula(row, column, formula, None, result)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, int | float):
        page.write_number(row, column, value)
    elif value is not None:
        page.write_string(row, column, value)


def table(*rows, head=HEAD, first=1):
    """Give rows under a heading that stands in the row `first`."""
    return {first: head} | {first + 1 + number: row for number, row in enumerate(rows) if row}


def reading(tmp_path, rows, *, sheet="台账", name="台账.xlsx", **more):
    return read(workbook(tmp_path / name, {sheet: rows}, **more), PATTERNS, TODAY)


def told(reading, level=None):
    """Give (row, reason) of every problem, in order."""
    return [
        (problem.place.row, problem.reason)
        for problem in sorted(reading.problems, key=lambda problem: problem.place)
        if level in (None, problem.level)
    ]


def errors(reading):
    return told(reading, "error")


def keys(reading):
    return {key: place.row for key, place in reading.rows.items()}


def repacked(source, target, change):
    """Copy a workbook with its parts changed: `change(name, data)` gives the new data, None to drop it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return Path(target)
