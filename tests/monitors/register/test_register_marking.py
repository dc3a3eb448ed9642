"""The office gets its own workbook back with the problem cells coloured and commented."""

import stat

import openpyxl
import pytest
from offices import HEAD, PATTERNS, TODAY, reading, table, told
from oldbooks import old_workbook

from monitors.register.marking import SUMMARY, marked
from monitors.register.problems import Refused
from monitors.register.reading import read

ROWS = table(
    ["微博", "云岭大学", "1234567890", None, "党委宣传部", 13800138000],
    ["微搏", "云岭大学团委", "2345678901", None, "团委", 123],
    ["微博", "云岭大学图书馆", "不是ID", None, None, None],
    head=[*HEAD, "联系电话"],
    first=2,
)


def test_problem_cells_are_coloured_and_commented_and_listed_in_front(tmp_path):
    found = reading(tmp_path, {1: ["云岭大学台账"]} | ROWS, merges=[("台账", "E4:E5", "团委")])
    marked(tmp_path / "台账.xlsx", found, tmp_path / "台账-问题.xlsx")
    book = openpyxl.load_workbook(tmp_path / "台账-问题.xlsx")
    assert book.sheetnames == [SUMMARY, "台账"]
    page = book["台账"]
    assert "微搏" in page["A4"].comment.text
    assert page["A4"].fill.start_color.rgb.endswith("FFC7CE")
    assert page["F4"].fill.start_color.rgb.endswith("FFEB9C")
    assert "不是ID" in page["C5"].comment.text
    assert page["A3"].comment is None
    assert page["F3"].value == 13800138000
    lines = [[cell.value for cell in row] for row in book[SUMMARY].iter_rows(min_row=2)]
    assert ["要改", "台账", "4", "A（平台）"] in [line[:4] for line in lines]
    assert len(lines) == len(found.problems)


def test_the_copy_is_its_owners_only_and_names_no_number_in_its_comments(tmp_path):
    found = reading(tmp_path, ROWS)
    target = tmp_path / "b.xlsx"
    marked(tmp_path / "台账.xlsx", found, target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(target)
    comments = [cell.comment.text for row in book["台账"].iter_rows() for cell in row if cell.comment]
    assert comments
    assert not any("13800138000" in text for text in comments)


def test_the_marked_copy_reads_as_the_original_did(tmp_path):
    found = reading(tmp_path, ROWS)
    marked(tmp_path / "台账.xlsx", found, tmp_path / "b.xlsx")
    again = read(tmp_path / "b.xlsx", PATTERNS, TODAY)
    assert again.accounts == found.accounts
    assert told(again) == told(found)


def test_a_problem_in_a_merged_cell_is_marked_where_the_cell_shows(tmp_path):
    rows = table(
        ["微搏", "云岭大学", "1234567890", None, "党委宣传部"],
        [None, "云岭大学团委", "2345678901", None, "党委宣传部"],
    )
    found = reading(tmp_path, rows, merges=[("台账", "A2:A3", "微搏")])
    assert told(found) == [(2, "unknown_platform"), (3, "unknown_platform")]
    marked(tmp_path / "台账.xlsx", found, tmp_path / "b.xlsx")
    page = openpyxl.load_workbook(tmp_path / "b.xlsx")["台账"]
    assert page["A2"].comment.text.count("微搏") >= 2


def test_an_old_workbook_and_a_csv_get_a_new_workbook_with_the_same_cells(tmp_path):
    old = tmp_path / "旧.xls"
    old.write_bytes(old_workbook([("台账", ROWS, [])]))
    text = tmp_path / "文.csv"
    text.write_text("平台,账号名称,账号ID,创建单位\n微搏,=1+1,1234567890,团委\n", encoding="gb18030")
    for path, sheet, cell in ((old, "台账", "A4"), (text, "文", "A2")):
        found = read(path, PATTERNS, TODAY)
        marked(path, found, tmp_path / "b.xlsx")
        book = openpyxl.load_workbook(tmp_path / "b.xlsx")
        assert "微搏" in book[sheet][cell].comment.text
        assert told(read(tmp_path / "b.xlsx", PATTERNS, TODAY)) == told(found)
    assert (book["文"]["B2"].value, book["文"]["B2"].data_type) == ("=1+1", "s")


def test_a_file_that_changed_since_is_not_marked(tmp_path):
    found = reading(tmp_path, ROWS)
    reading(tmp_path, table(["微博", "云岭大学", "1234567890", None, "宣传部"]))
    with pytest.raises(Refused) as refused:
        marked(tmp_path / "台账.xlsx", found, tmp_path / "b.xlsx")
    assert refused.value.reason == "changed"
    assert not (tmp_path / "b.xlsx").exists()
