"""Spreadsheets through the command line: what is in them, what never is, and what is refused."""

import shutil
import stat
import subprocess
from datetime import datetime

import ledgers
import openpyxl
import pytest
from conftest import xunjian

from crawlers.platforms import platforms
from monitors.nouns import SHANGHAI
from monitors.register.changes import Version, changes
from monitors.register.reading import read

TODAY = datetime.now(SHANGHAI).date()


def patterns():
    return {name: platform.handle for name, platform in platforms().items()}


def cells(path):
    """Every cell of every sheet."""
    book = openpyxl.load_workbook(path)
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def table(path, sheet):
    """The rows under the headings of a sheet, as dicts; headings are in the second row."""
    page = openpyxl.load_workbook(path)[sheet]
    headings = [cell.value for cell in page[2]]
    rows = [dict(zip(headings, [c.value for c in row], strict=True)) for row in page.iter_rows(min_row=3)]
    return [row for row in rows if row.get("编号")] if "编号" in headings else rows


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    """A starter home after one night, with a word given on a case. The night looks at Douyin only."""
    home = tmp_path_factory.mktemp("export") / "home"
    ledgers.written(home)
    assert xunjian(home, "night", "--platform", "douyin", "--no-send").code == 0
    case = xunjian(home, "cases", "--json").rows[0]["case"]
    why = "再看看，电话 13900471105"
    assert xunjian(home, "decide", case, "--as", "unsure", "--by", "周某某", "--why", why).code == 0
    return home


@pytest.fixture(scope="module")
def handed(visited, tmp_path_factory):
    """Each export as it comes without contacts: what it said, and its file."""
    out = tmp_path_factory.mktemp("out")
    given = {}
    for what in ("register", "findings", "cases", "decisions"):
        called = xunjian(visited, "export", what, "--to", out / f"{what}.xlsx")
        assert called.code == 0, called.err
        given[what] = (called, out / f"{what}.xlsx")
    return given


@pytest.fixture
def out(tmp_path):
    return tmp_path / "汇总.xlsx"


def test_what_is_exported_reads_back_without_a_difference(visited, out):
    assert xunjian(visited, "export", "register", "--to", out, "--with-contacts").code == 0
    filed, back = (read(path, patterns(), TODAY) for path in (visited / "台账.xlsx", out))
    assert back.problems == ()
    assert {one.key: one for one in back.accounts} == {one.key: one for one in filed.accounts}
    before, after = (Version(one.accounts, one.contacts, one.groups) for one in (filed, back))
    assert changes(before, after) == []
    assert dict(back.contacts) == dict(filed.contacts)


def test_the_summary_says_how_each_account_was_last_seen(handed):
    out = handed["register"][1]
    rows = {}
    for tier in ("一级", "二级", "三级"):
        rows |= {(row["平台"], row["账号ID"]): row for row in table(out, tier)}
    seen = [row for (platform, _), row in rows.items() if platform == "抖音"]
    others = [row for (platform, _), row in rows.items() if platform == "微博" and row["状态"] == "在用"]
    assert any(str(row["最近状态"]).startswith("账号正常") and row["最后更新时间"] for row in seen)
    assert others and all(row["最近状态"] == "还没有看到过" for row in others)
    assert not any(row["最后更新时间"] for row in others)


def test_findings_and_cases_stand_in_the_lists_as_the_commands_give_them(visited, handed):
    told = xunjian(visited, "findings", "--json").rows
    assert told and [row["编号"] for row in table(handed["findings"][1], "发现")] == [r["key"] for r in told]
    told = xunjian(visited, "cases", "--json").rows
    listed = table(handed["cases"][1], "案件")
    assert told and [row["案件"] for row in listed] == [row["case"] for row in told]
    assert all("待人工核实" in row["经过"] for row in listed)


def test_decisions_are_listed_with_who_and_why(handed):
    (row,) = openpyxl.load_workbook(handed["decisions"][1])["人工意见"].iter_rows(min_row=3, max_row=3)
    said = [cell.value for cell in row]
    assert said[3:6] == ["拿不准", "周某某", "再看看，电话 〔略去〕"]


@pytest.mark.parametrize("what", ["register", "findings", "cases", "decisions"])
def test_every_cell_is_text_and_no_contact_is_in_it(handed, what):
    called, path = handed[what]
    assert {cell.data_type for cell in cells(path)} == {"s"}
    text = "\n".join(cell.value for cell in cells(path)) + called.out + called.err
    assert "000-0000" not in text
    assert "李某某" not in text and "张某某" not in text


def test_contacts_are_handed_out_only_when_asked_for_and_that_is_written_down(visited, out):
    def exports():
        return ledgers.asked(visited, "SELECT summary FROM run WHERE kind = 'export'")

    before = len(exports())
    called = xunjian(visited, "export", "findings", "--to", out, "--with-contacts")
    assert called.code == 0 and "已记录" in called.err
    assert "000-0000" not in called.out + called.err
    assert any("000-0000" in cell.value for cell in cells(out))
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert len(exports()) == before + 1 and '"findings"' in exports()[-1][0]


@pytest.mark.parametrize(
    ("what", "to", "says"),
    [
        ("registers", "a.xlsx", "不能导出"),
        ("register", "a.csv", ".xlsx"),
        ("register", "nowhere/a.xlsx", "没有文件夹"),
    ],
)
def test_what_cannot_be_written_is_refused_with_a_word(home, tmp_path, what, to, says):
    called = xunjian(home, "export", what, "--to", tmp_path / to)
    assert called.code == 2 and says in called.err
    assert not (tmp_path / to).exists()


def test_the_register_itself_is_never_overwritten(home):
    before = (home / "台账.xlsx").read_bytes()
    called = xunjian(home, "export", "register", "--to", home / "台账.xlsx")
    assert called.code == 2 and "台账本身" in called.err
    assert (home / "台账.xlsx").read_bytes() == before


def test_nothing_is_exported_before_a_register_was_accepted(home, out):
    called = xunjian(home, "export", "register", "--to", out)
    assert called.code == 1 and not out.exists()


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice 没有安装，略过")
def test_libreoffice_opens_the_summary(handed, tmp_path):
    out = handed["register"][1]
    line = ["soffice", "--headless", "--convert-to", "csv", "--outdir", str(tmp_path), str(out)]
    done = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and "Error" not in done.stderr
