"""CSV as offices send it: UTF-8 or GB18030, any delimiter, rows as the spreadsheet would number them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from monitors.register.parts import MAX_COLUMNS, MAX_ROWS
from monitors.register.problems import Refused

DELIMITERS = (",", "\t", ";", "|", "，")

# No row of a register; the cells of one such line would take half a gigabyte.
_LONGEST_LINE = 500_000

_FORCED = re.compile(r'="(.*)"', re.DOTALL)
_HINT = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


def rows(data: bytes) -> Iterator[tuple[int, list[str | None]]]:
    """Give each row that is not empty with its number; raise `Refused` for what is no such text."""
    text = _decoded(data)
    if any(len(line) > _LONGEST_LINE for line in io.StringIO(text, newline="")):
        raise Refused("too_many_columns", "有一行长得不正常，不能按台账读。请另存为 .xlsx。")
    delimiter = None
    if hint := _HINT.match(text):
        delimiter, text = hint[1], text[hint.end() :]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text))
    try:
        for number, cells in enumerate(reader, 1):
            if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
                raise Refused("too_many_rows", f"第 {number} 行超出了上限（5 万行、{MAX_COLUMNS} 列）。")
            values = [_FORCED.sub(r"\1", cell) or None for cell in cells]
            if any(values):
                yield number, values
    except csv.Error:
        raise Refused("damaged", "文件不是正常的 CSV：有单元格过长，或引号不成对。请另存为 .xlsx。") from None


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if data.startswith(mark):
            return _checked(data.decode(encoding, errors="replace"))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _checked(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise Refused("encoding", "文件的文字编码认不出来。请另存为 UTF-8 编码的 CSV，或 .xlsx。")


def _checked(text: str) -> str:
    strange = sum(1 for letter in text[:100_000] if letter < " " and letter not in "\t\r\n")
    if strange * 10 > min(len(text), 100_000):
        raise Refused("wrong_extension", "文件内容不是文本，不能按 CSV 读。请另存为 .xlsx。")
    return text.replace("\0", "")


def _delimiter(text: str) -> str:
    """Choose the delimiter that cuts the most of the first rows into the same number of cells."""
    head = "".join(text.splitlines(keepends=True)[:60])

    def evenness(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)]
        except csv.Error:
            return (0, 0)
        several = [width for width in widths if width > 1]
        return max((several.count(width) * (width - 1), width) for width in several) if several else (0, 0)

    return max(DELIMITERS, key=evenness)
