"""What lies inside a workbook file, looked at before anything opens it."""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from monitors.register.parts import MAX_CELLS, Book, Cells, Extra, Part, Relations, Unfit, parse

MAX_FILE = 20 * 2**20
MAX_ENTRIES = 2000
MAX_ENTRY = 64 * 2**20
MAX_TOTAL = 160 * 2**20
MAX_RATIO = 200
MAX_SHEETS = 100

_ZIP = b"PK\x03\x04"
_BIFF8 = b"\x09\x08\x10\x00\x00\x06\x05\x00"
_FILEPASS = 0x2F
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass
class Workbook:
    """A workbook found fit to be opened."""

    extras: Mapping[str, Extra] = field(default_factory=dict)
    epoch_1904: bool = False


def examined(data: bytes, suffix: str) -> Workbook:
    """Look through the bytes of an `.xlsx` or `.xls`; raise `Unfit` for anything else or anything hostile."""
    if data.startswith(_OLE):
        _ole(data, suffix)
        return Workbook()
    if not data.startswith(_ZIP) or suffix != ".xlsx":
        raise Unfit("wrong_extension", kind(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _zip(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise Unfit("damaged", type(error).__name__) from None


def kind(data: bytes) -> str:
    """Name what the bytes look like, for people."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if data.startswith(_ZIP):
        return "新版工作簿（xlsx）" if b"xl/" in data else "压缩包"
    if data.startswith(_OLE):
        return "旧版工作簿（xls）"
    for mark, name in (
        (b"%pdf", "PDF"),
        (b"\x89png", "图片"),
        (b"\xff\xd8\xff", "图片"),
        (b"rar!", "压缩包"),
    ):
        if head.startswith(mark):
            return name
    return "网页" if head.startswith(b"<") else "文本" if b"\0" not in head else "别的文件"


def _ole(data: bytes, suffix: str) -> None:
    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        raise Unfit("password")
    if suffix != ".xls":
        raise Unfit("wrong_extension", kind(data))
    if holds("_VBA_PROJECT"):
        raise Unfit("macros")
    if not holds("Workbook") and not holds("Book"):
        raise Unfit("not_a_workbook")
    if _locked(data):
        raise Unfit("password")


def _locked(data: bytes) -> bool:
    """Tell whether the first records of a BIFF8 stream hold FILEPASS, which stands right behind its head."""
    place = data.find(_BIFF8)
    for _ in range(6):
        if place < 0 or place + 4 > len(data):
            return False
        kind_of_record, length = struct.unpack_from("<HH", data, place)
        if kind_of_record == _FILEPASS:
            return True
        place += 4 + length
    return False


def _zip(archive: zipfile.ZipFile) -> Workbook:
    entries = archive.infolist()
    names = [entry.filename.casefold() for entry in entries]
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise Unfit("bomb")
    if len(set(names)) != len(names):
        raise Unfit("damaged", "duplicate part")
    for entry in entries:
        packed = max(entry.compress_size, 1)
        if entry.file_size > MAX_ENTRY or (entry.file_size > 2**21 and entry.file_size / packed > MAX_RATIO):
            raise Unfit("bomb", entry.filename)
        if entry.flag_bits & 1:
            raise Unfit("password")
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in names):
        raise Unfit("macros")
    if "xl/workbook.xml" not in names:
        raise Unfit("not_a_workbook")
    return _Parts(archive).workbook()


class _Parts:
    """The XML parts of one workbook, each read whole once: sizes, entities and cells are then known."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = {entry.filename.casefold(): entry.filename for entry in archive.infolist()}
        self.cells = 0

    def workbook(self) -> Workbook:
        book = Book()
        self.walk("xl/workbook.xml", book)
        if len(book.sheets) > MAX_SHEETS:
            raise Unfit("too_many_sheets", str(len(book.sheets)))
        targets = self.relations("xl/workbook.xml")
        extras, parsed = {}, {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}
        for name, relation in book.sheets:
            part = targets.get(relation, "")
            if part.casefold() in self.names:
                extras[name] = self.sheet(name, part)
                parsed.add(part.casefold())
        for folded in self.names:
            if folded.endswith((".xml", ".rels")) and folded not in parsed:
                self.walk(folded, Part(), lenient=not folded.startswith("xl/s"))
        return Workbook(extras, book.epoch_1904)

    def sheet(self, name: str, part: str) -> Extra:
        xml = Cells(name, MAX_CELLS - self.cells)
        self.walk(part, xml)
        self.cells += xml.cells
        targets = self.relations(part) if xml.link_relations else {}
        for place, relation in xml.link_relations.items():
            if relation in targets:
                xml.extra.links[place] = targets[relation]
        return xml.extra

    def relations(self, part: str) -> dict[str, str]:
        folder, _, name = part.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels"
        if rels.casefold() not in self.names:
            return {}
        xml = Relations()
        self.walk(rels, xml)
        return {
            key: target if outside else posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            for key, (target, outside) in xml.targets.items()
        }

    def walk(self, part: str, xml: Part, *, lenient: bool = False) -> None:
        with self.archive.open(self.names[part.casefold()]) as stream:
            try:
                parse(stream, xml)
            except expat.ExpatError:
                if not lenient:
                    raise Unfit("damaged", part) from None
