"""The XML parts of a workbook, walked through for what they hold before anything opens them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

MAX_ROWS = 50_000
MAX_COLUMNS = 1024
MAX_CELLS = 1_000_000

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LINK = re.compile(r'HYPERLINK\(\s*"([^"]+)"', re.IGNORECASE)


class Unfit(Exception):
    """The file is not to be opened; the reason is a stable code, `where` a part or a cell."""

    def __init__(self, reason: str, where: str = "") -> None:
        super().__init__(reason, where)
        self.reason = reason
        self.where = where


@dataclass
class Extra:
    """What a sheet holds beside its values: links and failed formulas by (row, column), counted from 1."""

    links: dict[tuple[int, int], str] = field(default_factory=dict)
    failed: dict[tuple[int, int], str] = field(default_factory=dict)


def parse(stream: IO[bytes], part: Part) -> None:
    """Walk through a part; a document type is refused, so nothing outside is ever fetched or expanded."""
    parser = expat.ParserCreate()
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _no_entities
    part.attach(parser)
    parser.ParseFile(stream)


def _no_entities(*_: object) -> None:
    raise Unfit("entities")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class Part:
    """A part of which nothing is needed but that it is harmless."""

    def attach(self, parser: expat.XMLParserType) -> None:
        """Hang the handlers on the parser."""


class Book(Part):
    """The list of sheets, each with its relation, and from when days are counted."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.epoch_1904 = False

    def attach(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self.start

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        if tag == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif tag == "workbookPr":
            self.epoch_1904 = attributes.get("date1904") in ("1", "true")


class Relations(Part):
    """Where the relations of a part lead, and whether that is outside the file."""

    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, bool]] = {}

    def attach(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self.start

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "Relationship":
            outside = attributes.get("TargetMode") == "External"
            self.targets[attributes.get("Id", "")] = (attributes.get("Target", ""), outside)


class Cells(Part):
    """Cells as they are written: how far they reach, which are links and which formulas failed."""

    def __init__(self, name: str, cells_left: int) -> None:
        self.name = name
        self.cells_left = cells_left
        self.cells = 0
        self.row = self.column = 0
        self.failed = False
        self.text: list[str] | None = None
        self.link_relations: dict[tuple[int, int], str] = {}
        self.extra = Extra()

    def attach(self, parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = _local(name)
        if tag == "c":
            self.cell(attributes)
        elif tag in ("v", "is"):
            self.reach()
            self.text = [] if self.failed else None
        elif tag == "f":
            self.text = []
        elif tag == "row":
            written = attributes.get("r", "")
            self.row = int(written) if written.isdecimal() and len(written) < 9 else self.row + 1
            self.column = 0
        elif tag == "hyperlink":
            self.hyperlink(attributes)

    def cell(self, attributes: dict[str, str]) -> None:
        self.cells += 1
        if self.cells > self.cells_left:
            raise Unfit("too_many_cells", self.name)
        match = _CELL.fullmatch(attributes.get("r", "").upper())
        if match:
            self.row, self.column = int(match[2]), column_number(match[1])
        else:
            self.column += 1
        self.failed = attributes.get("t") == "e"

    def reach(self) -> None:
        if self.row > MAX_ROWS:
            raise Unfit("too_many_rows", f"{self.name}!{self.row}")
        if self.column > MAX_COLUMNS:
            raise Unfit("too_many_columns", f"{self.name}!{column_letters(self.column)}{self.row}")

    def hyperlink(self, attributes: dict[str, str]) -> None:
        match = _CELL.fullmatch(attributes.get("ref", "").partition(":")[0].upper())
        relation = next((v for k, v in attributes.items() if k.endswith(":id")), None)
        if match and relation and len(self.link_relations) < MAX_ROWS:
            self.link_relations[int(match[2]), column_number(match[1])] = relation

    def characters(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def end(self, name: str) -> None:
        if self.text is None:
            return
        tag, text = _local(name), "".join(self.text)
        if tag == "f" and (match := _LINK.search(text)):
            self.extra.links[self.row, self.column] = match[1]
        elif tag == "v" and self.failed:
            self.extra.failed[self.row, self.column] = text[:20]
        if tag in ("f", "v"):
            self.text = None


def column_number(letters: str) -> int:
    """Give the number of a column, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Give the letters of a column, 1 being A."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
