"""Old workbooks and CSV files are read with the row numbers that a spreadsheet shows."""

import codecs

import pytest
from offices import HEAD, PATTERNS, TODAY, errors, keys, told
from oldbooks import old_workbook

from monitors.register.problems import Refused
from monitors.register.reading import read

TEXT = (
    "云岭大学新媒体台账,,,,\r\n"
    ",,,,\r\n"
    "平台,账号名称,账号ID,主页链接,创建单位\r\n"
    '微博,"云岭大学\n官微",1234567890,,党委宣传部\r\n'
    "\r\n"
    'B站,云岭大学,="12345",,党委宣传部\r\n'
    "微博,云岭大学团委,,https://weibo.com/u/2345678901?a=1,\r\n"
)


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("gb18030"),
        TEXT.encode("gbk"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        TEXT.replace("\r\n", "\n").encode(),
        TEXT.replace(",", "\t").encode("gb18030"),
        TEXT.replace(",", ";").encode(),
        ("sep=;\r\n" + TEXT.replace(",", ";")).encode(),
    ],
)
def test_a_csv_is_read_in_every_encoding_and_with_every_delimiter(tmp_path, data):
    path = tmp_path / "台账.csv"
    path.write_bytes(data)
    found = read(path, PATTERNS, TODAY)
    assert keys(found) == {"weibo:1234567890": 4, "bilibili:12345": 6}
    assert errors(found) == [(7, "missing")]
    assert found.accounts[0].name == "云岭大学官微"


def test_a_csv_with_unseen_and_forbidden_characters_is_cleaned(tmp_path):
    path = tmp_path / "台账.csv"
    path.write_text(
        "平台,账号名称,账号ID,创建单位\n微博,云岭\x00大\x07学\u202e,1234567890,宣传部\n", encoding="utf-8"
    )
    (account,) = read(path, PATTERNS, TODAY).accounts
    assert account.name == "云岭大学"


def test_an_old_workbook_is_read_with_merged_cells_and_serial_days(tmp_path):
    path = tmp_path / "台账.xls"
    rows = {
        2: ["云岭大学新媒体台账"],
        4: [*HEAD, "创建时间"],
        5: ["微博", "云岭大学", 1234567890.0, None, "党委宣传部", 43895.0],
        6: ["B站", "云岭大学", "12345", None, None, "2020年3月"],
        8: ["微搏", "云岭大学团委", "2345678901", None, "团委", None],
    }
    path.write_bytes(old_workbook([("封面", {1: ["云岭大学"]}, []), ("台账", rows, [(4, 5, 4, 4)])]))
    found = read(path, PATTERNS, TODAY)
    assert keys(found) == {"weibo:1234567890": 5, "bilibili:12345": 6}
    assert [str(account.created_on) for account in found.accounts] == ["2020-03-05", "2020-03-01"]
    assert [account.unit for account in found.accounts] == ["党委宣传部"] * 2
    assert told(found) == [(8, "unknown_platform")]


@pytest.mark.parametrize("name", ["台账.txt", "台账.xlsm", "台账.ods", "台账", "台账.et"])
def test_other_formats_are_refused_with_what_to_do(tmp_path, name):
    (tmp_path / name).write_text(TEXT)
    with pytest.raises(Refused) as refused:
        read(tmp_path / name, PATTERNS, TODAY)
    assert refused.value.reason == "unsupported"
    assert "另存为 .xlsx" in refused.value.message


def test_a_missing_or_empty_file_is_refused(tmp_path):
    with pytest.raises(Refused) as refused:
        read(tmp_path / "没有.xlsx", PATTERNS, TODAY)
    assert refused.value.reason == "unreadable"
    (tmp_path / "空.csv").write_bytes(b"\xef\xbb\xbf\r\n".removeprefix(b"\xef\xbb\xbf"))
    with pytest.raises(Refused) as refused:
        read(tmp_path / "空.csv", PATTERNS, TODAY)
    assert refused.value.reason == "empty"
