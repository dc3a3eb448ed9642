"""Hostile and broken files are refused with a reason, in bounded time and memory."""

import socket
import subprocess
import sys
import tracemalloc
import zipfile

import pytest
from offices import HEAD, PATTERNS, TODAY, keys, repacked, table, workbook
from oldbooks import compound, old_workbook

from monitors.register.grid import opened
from monitors.register.problems import Refused
from monitors.register.reading import read

SHEET = "xl/worksheets/sheet1.xml"
GOOD = ["微博", "云岭大学", "1234567890", None, "党委宣传部"]


@pytest.fixture
def good(tmp_path):
    return workbook(tmp_path / "好.xlsx", {"台账": table(GOOD)})


def refusal(path):
    with pytest.raises(Refused) as refused:
        read(path, PATTERNS, TODAY)
    assert refused.value.message
    assert "Traceback" not in str(refused.value)
    return refused.value.reason


def changed(tmp_path, good, change, name="坏.xlsx"):
    return repacked(good, tmp_path / name, change)


def in_sheet(before, after):
    return lambda name, data: data.replace(before, after) if name == SHEET else data


def test_one_cell_in_the_far_corner_of_the_grid_is_refused_before_it_is_opened(tmp_path, good):
    corner = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    assert refusal(changed(tmp_path, good, in_sheet(b"</sheetData>", corner))) == "too_many_rows"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (b'<row r="9"><c r="XFD9"><v>1</v></c></row>', "too_many_columns"),
        (b'<row r="999999"><c r="A999999" t="inlineStr"><is><t>x</t></is></c></row>', "too_many_rows"),
        (b'<row r="999999"><c><v>1</v></c></row>', "too_many_rows"),
        (
            b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="999999">'
            b'<x:c r="XFD999999"><x:v>1</x:v></x:c></x:row>',
            "too_many_rows",
        ),
    ],
)
def test_a_cell_far_away_is_refused_however_it_is_written(tmp_path, good, cell, reason):
    assert refusal(changed(tmp_path, good, in_sheet(b"</sheetData>", cell + b"</sheetData>"))) == reason


def test_formats_far_away_and_a_wrong_dimension_are_no_reason_to_refuse(tmp_path, good):
    far = b'<row r="1048576" spans="1:5"><c r="XFD1048576" s="1"/></row></sheetData>'

    def change(name, data):
        data = data.replace(b"</sheetData>", far) if name == SHEET else data
        return data.replace(b'<dimension ref="A1:E2"/>', b'<dimension ref="A1:XFD1048576"/>')

    assert keys(read(changed(tmp_path, good, change), PATTERNS, TODAY)) == {"weibo:1234567890": 2}


def test_merged_columns_to_the_end_of_the_grid_are_read_in_little_memory(tmp_path):
    rows = table([*GOOD[:4], "团委"], ["B站", "云岭大学", "12345", None, None])
    spans = "".join(f'<mergeCell ref="{letter}2:{letter}1048576"/>' for letter in "EFGHIJKL")
    merges = f"</sheetData><mergeCells>{spans}</mergeCells>".encode()
    plain = workbook(tmp_path / "好.xlsx", {"台账": rows})
    path = changed(tmp_path, plain, in_sheet(b"</sheetData>", merges))
    assert [one.unit for one in read(path, PATTERNS, TODAY).accounts] == ["团委", "团委"]
    assert all(len(sheet.merged) <= 200_000 for sheet in opened(path).sheets)


def test_a_million_rows_are_refused(tmp_path, good):
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(3, 60_003))
    path = changed(tmp_path, good, in_sheet(b"</sheetData>", rows + b"</sheetData>"))
    assert refusal(path) == "too_many_rows"


def test_three_hundred_sheets_are_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {f"表{number}": {1: HEAD} for number in range(300)})
    assert refusal(path) == "too_many_sheets"


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "docProps/app.xml"])
@pytest.mark.parametrize("size", [70 * 2**20, 8 * 2**20])
def test_a_bomb_is_refused(tmp_path, good, part, size):
    def change(name, data):
        return data.replace(b"?>", b"?>" + b" " * size, 1) if name == part else data

    assert refusal(changed(tmp_path, good, change)) == "bomb"


def test_a_bomb_that_lies_about_its_size_is_refused(tmp_path, good):
    path = changed(tmp_path, good, in_sheet(b"?>", b"?>" + b" " * 40_000_000))
    data = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size.to_bytes(4, "little")
    assert data.count(size) >= 1
    path.write_bytes(bytes(data).replace(size, (4000).to_bytes(4, "little")))
    assert refusal(path) in ("damaged", "bomb", "too_big")


@pytest.fixture
def outside():
    """A server on this machine, and how many have called it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield f"http://127.0.0.1:{server.getsockname()[1]}/x"
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "docProps/core.xml"])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "OUTSIDE">',
        '<!DOCTYPE x [<!ENTITY % e SYSTEM "OUTSIDE"> %e;]>',
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    ],
)
def test_external_and_nested_entities_are_refused(tmp_path, good, part, doctype, outside):
    written = b"?>" + doctype.replace("OUTSIDE", outside).encode()

    def change(name, data):
        return data.replace(b"?>", written, 1) if name == part else data

    assert refusal(changed(tmp_path, good, change)) == "entities"


def test_macros_are_refused(tmp_path, good):
    path = changed(tmp_path, good, lambda name, data: data)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf")
    assert refusal(path) == "macros"
    old = tmp_path / "旧.xls"
    old.write_bytes(old_workbook([("台账", {1: HEAD}, [])]) + "_VBA_PROJECT_CUR".encode("utf-16-le"))
    assert refusal(old) == "macros"


def test_a_password_is_told_from_a_broken_file(tmp_path):
    for name in ("密.xlsx", "密.xls"):
        (tmp_path / name).write_bytes(compound("EncryptedPackage", b"\0" * 5000))
        assert refusal(tmp_path / name) == "password"


@pytest.mark.parametrize("method", [0, 1])
def test_a_password_on_an_old_workbook_is_told(tmp_path, method):
    data = old_workbook([("台账", {1: HEAD}, [])])
    # FILEPASS (0x2F), of either method, in the place of the record behind the head of the stream.
    path = tmp_path / "密.xls"
    path.write_bytes(data.replace(b"\xe0\x00\x10\x00\x00", b"\x2f\x00\x10\x00" + bytes([method]), 1))
    assert refusal(path) == "password"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xlsx", b"<html><table><tr><td>x</td></tr></table></html>"),
        ("a.xls", b"<html><table><tr><td>x</td></tr></table></html>"),
        ("a.xls", b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>"),
        ("a.csv", b"<table></table>"),
        ("a.csv", b"%PDF-1.7"),
        ("a.csv", b"PK\x03\x04 xl/"),
        ("a.xlsx", "平台,账号名称".encode()),
        ("a.xlsx", b"%PDF-1.7"),
        ("a.xlsx", old_workbook([("台账", {1: HEAD}, [])])),
        ("a.csv", old_workbook([("台账", {1: HEAD}, [])])),
        ("a.csv", bytes(range(1, 9)) * 99),
    ],
)
def test_a_wrong_extension_is_refused(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    assert refusal(tmp_path / name) == "wrong_extension"


def test_a_new_workbook_named_as_an_old_one_is_refused(tmp_path, good):
    assert refusal(good.rename(tmp_path / "a.xls")) == "wrong_extension"


def test_other_archives_and_documents_are_no_workbooks(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    assert refusal(tmp_path / "a.xlsx") == "not_a_workbook"
    (tmp_path / "a.xls").write_bytes(compound("WordDocument", b"\0" * 5000))
    assert refusal(tmp_path / "a.xls") == "not_a_workbook"


def test_cut_off_and_mangled_files_are_refused(tmp_path, good):
    data = good.read_bytes()
    for number, broken in enumerate(
        [data[:200], data[: len(data) // 2], data[:-30], b"PK\x03\x04" + b"\0" * 999]
    ):
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(broken)
        assert refusal(path) in ("damaged", "bomb"), number
    path = changed(tmp_path, good, in_sheet(b"</row>", b""))
    assert refusal(path) == "damaged"
    old = old_workbook([("台账", table(GOOD), [])])
    (tmp_path / "a.xls").write_bytes(old[:1600] + "Workbook".encode("utf-16-le"))
    assert refusal(tmp_path / "a.xls") in ("damaged", "too_big", "not_a_workbook")


def test_a_huge_old_workbook_is_refused_within_its_memory(tmp_path):
    rows = {row: [None] * 255 + ["x"] for row in (1, 30_000, 65_536)}
    (tmp_path / "a.xls").write_bytes(old_workbook([("台账", rows, [])]))
    assert refusal(tmp_path / "a.xls") in ("too_many_rows", "too_many_columns", "too_big")


def test_links_to_other_files_are_not_followed(tmp_path, good, outside):
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = "".join(
        f'<Relationship Id="far{number}" Type="{kind}/{what}" Target="{target}" TargetMode="External"/>'
        for number, (what, target) in enumerate(
            (what, target)
            for what in ("worksheet", "sharedStrings", "externalLinkPath", "hyperlink", "image")
            for target in (outside, "file:///etc/passwd", f"\\\\127.0.0.1@{outside.split(':')[2]}\\x")
        )
    )

    def change(name, data):
        return data.replace(b"</Relationships>", links.encode() + b"</Relationships>")

    path = changed(tmp_path, good, change)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(
            "xl/externalLinks/_rels/externalLink1.xml.rels", f"<Relationships>{links}</Relationships>"
        )
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    assert keys(read(path, PATTERNS, TODAY)) == {"weibo:1234567890": 2}


def test_a_line_of_millions_of_cells_is_refused_before_it_is_cut(tmp_path):
    head = ",".join(HEAD).encode() + b"\n"
    (tmp_path / "a.csv").write_bytes(head + b"," * 3_000_000)
    tracemalloc.start()
    assert refusal(tmp_path / "a.csv") == "too_many_columns"
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 40_000_000  # The text a few times over; its cells would take three times as much.


def test_refusing_a_bomb_takes_little_memory(tmp_path, good):
    cells = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%s</t></is></c></row>' % (n, n, b"x" * 1000)
        for n in range(3, 49_000)
    )
    path = changed(tmp_path, good, in_sheet(b"</sheetData>", cells + b"</sheetData>"))
    code = (
        "import sys, resource, datetime; from pathlib import Path\n"
        "from monitors.register.reading import read; from monitors.register.problems import Refused\n"
        "try: read(Path(sys.argv[1]), {}, datetime.date(2026, 11, 20))\n"
        "except Refused as refused: print(refused.reason)\n"
        # Not RUSAGE_SELF, which remembers how big the process was that started this one.
        "own = int(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])\n"
        "print(max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    reason, most = done.stdout.split()
    assert reason == "bomb"
    assert int(most) < 520_000
