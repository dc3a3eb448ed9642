"""The sheets of a register file as plain rows, whatever its format; hostile files are refused by name."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias

from monitors.register import delimited
from monitors.register.container import MAX_FILE, kind
from monitors.register.parts import MAX_COLUMNS, MAX_ROWS, column_letters
from monitors.register.problems import Refused

SECONDS = 40
_MOST_MERGED = 200_000
FORMATS = (".xlsx", ".xls", ".csv")

# Not the caller's folder: `-m` puts it first on the path, and a file there may carry any name.
_PROJECT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Failed:
    """A formula that came out as an error, such as `#REF!`."""

    text: str


Value: TypeAlias = str | int | float | bool | date | Failed | None


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its values from column A on."""

    number: int
    values: Sequence[Value]

    def at(self, column: int) -> Value:
        """Give the value in a column counted from 0, None beyond the end."""
        return self.values[column] if column < len(self.values) else None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its rows that are not empty, and what lies behind its cells.

    `merged`: for each cell of a merged range, the (row, column) in which its value stands. `links`: where
    a cell's hyperlink leads. Rows count from 1, columns from 0.
    """

    name: str
    rows: Sequence[Row]
    hidden: bool = False
    epoch_1904: bool = False
    merged: Mapping[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A register file as read: its hash and its sheets."""

    sha256: str
    sheets: tuple[Sheet, ...]


_MESSAGES = {
    "password": "文件加了密码，打不开。请取消密码后另存一份。",
    "macros": "文件里有宏，为安全起见不读。请另存为不含宏的 .xlsx 工作簿。",
    "entities": "文件里夹带了外部实体声明，为安全起见不读。请在 Excel 或 WPS 里打开后另存为新的 .xlsx。",
    "bomb": "文件解开后大得不正常，为安全起见不读。请把台账复制到新的工作簿里另存。",
    "too_many_sheets": "工作表太多（{where} 张，上限 100 张）。请只留台账所在的工作表。",
    "too_many_rows": "行数太多（{where}，上限 5 万行）。请删去台账下面多余的行再另存。",
    "too_many_columns": "台账右边很远的地方还有内容（{where}），表格大得读不了。请删去多余的列再另存。",
    "too_many_cells": "单元格太多（{where}）。请删去台账以外多余的行和列（包括只有格式的）再另存。",
    "not_a_workbook": "这不是电子表格文件。请用 Excel 或 WPS 另存为 .xlsx。",
    "damaged": "文件损坏，读不出来（{where}）。请在 Excel 或 WPS 里打开后另存一份。",
    "wrong_extension": "文件内容与扩展名不符：看起来是{where}。"
    "请用 Excel 或 WPS 打开后另存为 .xlsx，不要直接改扩展名。",
    "too_big": "文件太大或太复杂，超出了读取的上限。请把台账复制到新的工作簿里另存。",
}


def opened(path: Path) -> File:
    """Read a register file; raise `Refused` when it is no register file or not safe to read."""
    data = _bytes(path)
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise Refused(
            "unsupported",
            f"不支持 {suffix or '没有扩展名的'} 文件。请用 Excel 或 WPS 另存为 .xlsx（.xls、.csv 也可以）。",
        )
    if not data.strip(b"\0 \r\n\t"):
        raise Refused("empty", "文件是空的。")
    sheets = _text(data, path.stem) if suffix == ".csv" else _workbook(data, suffix)
    return File(hashlib.sha256(data).hexdigest(), tuple(sheets))


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE:
            raise Refused("too_big", f"文件超过 {MAX_FILE // 2**20} MB。请只留台账，去掉图片和附件。")
        return path.read_bytes()
    except OSError as error:
        raise Refused("unreadable", f"文件打不开：{error.strerror or type(error).__name__}。") from None


def _refused(reason: str, where: str) -> Refused:
    return Refused(reason, _MESSAGES[reason].format(where=where))


def _text(data: bytes, name: str) -> list[Sheet]:
    looks = kind(data)
    if looks not in ("文本", "别的文件"):
        raise _refused("wrong_extension", looks)
    rows = delimited.rows(data)
    return [Sheet(name, [Row(number, values) for number, values in rows])]


def _workbook(data: bytes, suffix: str) -> list[Sheet]:
    command = [sys.executable, "-m", "monitors.register.opening", suffix]
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as told:
        given.write(data)
        given.seek(0)
        try:
            done = subprocess.run(
                command,
                stdin=given,
                stdout=told,
                stderr=subprocess.DEVNULL,
                timeout=SECONDS,
                check=False,
                cwd=_PROJECT,
            )
        except subprocess.TimeoutExpired:
            raise _refused("too_big", "") from None
        if done.returncode != 0:
            raise _refused("too_big", "")
        told.seek(0)
        return _sheets(told)


def _sheets(lines: Iterable[bytes]) -> list[Sheet]:
    sheets: list[Sheet] = []
    rows: list[Row] = []
    for line in lines:
        record: Any = json.loads(line)
        if isinstance(record, list):
            rows.append(Row(record[0], [_value(cell) for cell in record[1]]))
        elif "unfit" in record:
            raise _refused(record["unfit"], record["where"])
        else:
            rows = []
            sheets.append(_sheet(record, rows))
    return sheets


def _sheet(record: dict[str, Any], rows: list[Row]) -> Sheet:
    merged: dict[tuple[int, int], tuple[int, int]] = {}
    for top, left, to_row, to_column in record["merged"]:
        # Somebody may have merged a column to the end of the grid, which holds a million rows.
        bottom, right = min(to_row, MAX_ROWS), min(to_column, MAX_COLUMNS)
        if len(merged) + (bottom - top + 1) * (right - left + 1) > _MOST_MERGED:
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                merged[row + 1, column] = (top + 1, left)
    links = {(row, column - 1): link for row, column, link in record["links"]}
    return Sheet(record["sheet"], rows, record["hidden"], record["epoch_1904"], merged, links)


def _value(cell: Any) -> Value:
    if isinstance(cell, dict):
        return Failed(cell["failed"]) if "failed" in cell else date.fromisoformat(cell["day"])
    value: Value = cell
    return value


def letters(column: int) -> str:
    """Give the letters of a column counted from 0."""
    return column_letters(column + 1)
