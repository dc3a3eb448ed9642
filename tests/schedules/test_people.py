"""What people met and what they think of it, one by one and as spreadsheets."""

import json
from datetime import datetime

import ledgers
import openpyxl
import pytest
from conftest import xunjian

from monitors.nouns import SHANGHAI

# A person speaks today, whatever day a rehearsal plays.
DAY = str(datetime.now(SHANGHAI).date())


def sheet(path, *rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def table(home, name):
    return ledgers.asked(home, f"SELECT * FROM {name}")


@pytest.fixture
def filed(home):
    """A home whose register is taken in."""
    (home / "notes" / DAY).mkdir(parents=True)
    assert xunjian(home, "judge", "--day", DAY).code == 0
    return home


def test_a_list_of_sightings_is_taken_in_whole_and_judged_like_found_ones(filed, tmp_path):
    rows = sheet(
        tmp_path / "见到.xlsx",
        ["本周在应用里搜到的账号"],
        ["平台", "账号名称", "链接", "发现人"],
        ["微博", "云岭大学官方招生办", "https://weibo.com/u/6999000111", "周某某"],
        ["抖音", "云岭大学校友圈", None, None],
        [None, None, None, None],
    )
    done = xunjian(filed, "sight", "--from", rows, "--by", "李某某")
    assert done.code == 0, done.err
    assert "2 个账号" in done.err
    met = {row[0]: row[-1] for row in table(filed, "sighting")}
    assert set(met) == {"weibo:6999000111", "douyin:name=云岭大学校友圈"}
    assert xunjian(filed, "judge", "--day", DAY).code == 0
    found = {row["key"]: row["stage"] for row in xunjian(filed, "findings", "--json").rows}
    assert found["weibo:6999000111"] == "suspected"


def test_a_list_of_sightings_with_bad_rows_names_each_and_takes_in_none(filed, tmp_path):
    rows = sheet(
        tmp_path / "见到.xlsx",
        ["平台", "名称", "链接"],
        ["微博", "云岭大学官方招生办", "https://weibo.com/u/6999000111"],
        ["人人网", "云岭大学", None],
        ["抖音", None, "https://www.douyin.com/"],
        ["微博", "云岭大学官方招生", "javascript:alert(1)"],
        ["微博", "云岭大学官方招生办", "https://m.weibo.cn/u/6999000111"],
    )
    refused = xunjian(filed, "sight", "--from", rows, "--by", "李某某")
    assert refused.code == 1
    assert table(filed, "sighting") == []
    for row, says in ((3, "人人网"), (4, "“名称”没有填"), (5, "https://"), (6, "同一个"), ("", "4 行不能用")):
        assert any(
            f"第 {row} 行" in line or row == "" for line in refused.err.splitlines() if says in line
        ), says


def test_decisions_come_back_in_the_exported_list_with_two_columns_filled_in(filed, tmp_path):
    for name in ("云岭大学官方招生办", "云岭大学官方教务处"):
        assert xunjian(filed, "sight", "weibo", name, "--by", "李某某").code == 0
    assert xunjian(filed, "judge", "--day", DAY).code == 0
    target = tmp_path / "发现.xlsx"
    assert xunjian(filed, "export", "findings", "--to", target).code == 0
    book = openpyxl.load_workbook(target)
    page = book.active
    head = next(cell.row for row in page.iter_rows() for cell in row if cell.value == "编号")
    width = page.max_column
    for offset, title in enumerate(("意见", "理由", "谁"), 1):
        page.cell(head, width + offset, title)
    keys = next(cell.column for cell in page[head] if cell.value == "编号")
    place = next(
        r for r in range(head, page.max_row) if page.cell(r, keys).value == "weibo:name=云岭大学官方招生办"
    )
    for offset, text in enumerate(("仿冒", "冒用校名招生", "周某某"), 1):
        page.cell(place, width + offset, text)
    book.save(target)
    done = xunjian(filed, "decide", "--from", target)
    assert done.code == 0, done.err
    assert "1 条意见" in done.err
    stages = {
        row["key"]: row["stage"] for row in xunjian(filed, "cases", "--json").rows if "name=" in row["key"]
    }
    assert stages["weibo:name=云岭大学官方招生办"] == "opened"
    assert stages["weibo:name=云岭大学官方教务处"] == "suspected"


def test_a_list_of_decisions_with_one_bad_row_records_none(filed, tmp_path):
    assert xunjian(filed, "sight", "weibo", "云岭大学官方招生办", "--by", "李某某").code == 0
    key = "weibo:name=云岭大学官方招生办"
    rows = sheet(
        tmp_path / "意见.xlsx",
        ["编号", "意见", "理由", "有效至", "谁"],
        [key, "没有问题", "学校的活动号", "2099-12-31", "周某某"],
        ["weibo:1", "仿冒", "看着像", None, "周某某"],
        [key, "也许", "看着像", None, "周某某"],
        [key, "仿冒", None, None, "周某某"],
        [key, "没有问题", "活动号", "等通知", "周某某"],
        [key, "没有问题", "活动号", None, None],
    )
    refused = xunjian(filed, "decide", "--from", rows)
    assert refused.code == 1
    said = [line for line in refused.err.splitlines() if "行" in line]
    for row, says in ((3, "没有案件或疑似账号"), (4, "也许"), (5, "理由"), (6, "等通知"), (7, "--by")):
        assert any(f"第 {row} 行" in line and says in line for line in said), (row, refused.err)
    assert table(filed, "decision") == []


@pytest.mark.parametrize("command", ["sight", "decide"])
def test_a_file_that_is_no_such_list_is_refused_by_name(filed, tmp_path, command):
    other = sheet(tmp_path / "别的.xlsx", ["姓名", "电话"], ["周某某", "1"])
    refused = xunjian(filed, command, "--from", other, "--by", "李某某")
    assert (refused.code, "找不到表头" in refused.err) == (2, True)
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert xunjian(filed, command, "--from", tmp_path / "坏.xlsx", "--by", "李某某").code == 2
    assert xunjian(filed, command, "--from", tmp_path / "没有.xlsx", "--by", "李某某").code == 2


def test_the_schools_own_account_is_no_sighting(filed):
    accounts = [json.loads(row[0]) for row in _records(filed)]
    own = next(a for a in accounts if a["platform"] == "weibo")
    refused = xunjian(filed, "sight", "weibo", own["name"], "--by", "李某某")
    assert (refused.code, "同名" in refused.err) == (1, True)
    link = f"https://weibo.com/u/{own['handle']}"
    assert xunjian(filed, "sight", "weibo", own["name"], "--link", link, "--by", "李某某").code == 1
    other = xunjian(
        filed, "sight", "weibo", own["name"], "--link", "https://weibo.com/u/6999000111", "--by", "李某某"
    )
    assert other.code == 0, other.err


def _records(home):
    return ledgers.asked(home, "SELECT record FROM account")
