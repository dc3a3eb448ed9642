"""`check` through the command line: every key of its lines, its exit codes, and a person's word on a register."""

import stat

import ledgers
import openpyxl
import pytest
from conftest import xunjian

SETTINGS = '[school]\nname = "云岭大学"\n[policy]\nuse = ["ncwu-2023"]\n'
HEADINGS = ("平台", "账号名称", "创建单位", "账号ID", "创建时间", "联系电话", "管理员1")
GROUPS = ("群名称", "平台", "创建人", "创建单位", "成员数", "用途", "最近确认")


def home_with(path, rows, groups=(), settings=SETTINGS, headings=HEADINGS, file="台账.xlsx"):
    path.mkdir(exist_ok=True)
    (path / "school.toml").write_text(settings, encoding="utf-8")
    ledgers.placed(path)
    book = openpyxl.Workbook()
    book.active.title = "新媒体"
    for row in [headings, *rows]:
        book.active.append(row)
    if groups:
        sheet = book.create_sheet("群组")
        for row in [GROUPS, *groups]:
            sheet.append(row)
    book.save(path / file)
    return path


def good(number, name=None, **more):
    row = {"创建时间": "2020-03-04", "管理员1": "管某某", **more}
    first = ("微博", name or f"云岭大学{number}", "团委", str(7_300_000_000 + number))
    return (*first, row["创建时间"], row.get("联系电话"), row["管理员1"])


def of_register(called):
    return [row for row in called.rows if row["where"] == "register"]


def versions(home):
    return ledgers.asked(home, "SELECT by, accounts, refused FROM register_version ORDER BY id")


def test_every_line_has_the_keys_of_the_contract_and_the_totals_come_last(tmp_path):
    rows = [good(1), good(2, 创建时间="2999-01-01"), ("微薄儿", "云岭大学三", "团委", "x"), good(4)]
    rows += [good(5), good(6), good(7), ("微博", "云岭大学无号", "团委", None, None, None, "管某某")]
    called = xunjian(home_with(tmp_path / "home", rows), "check", "--json")
    assert called.code == 1, called.err
    assert called.rows[-1] == {"where": "register", "accounts": 6, "refused": 2}
    for row in called.rows[:-1]:
        assert {"level", "where", "message", "reason"} <= set(row)
        assert row["level"] in ("ok", "warning", "error")
    for row in of_register(called)[:-1]:
        assert {"sheet", "row", "column"} <= set(row)
    kept = [row for row in of_register(called) if row.get("reason") == "kept"]
    assert [row["row"] for row in kept] == [2, 5, 6, 7, 8, 9]
    assert kept[0]["key"] == "weibo:7300000001" and kept[-1]["key"] == "weibo:name=云岭大学无号"
    assert (kept[0]["name"], kept[0]["unit"], kept[0]["created_on"]) == ("云岭大学1", "团委", "2020-03-04")
    (bad,) = [row for row in of_register(called) if row.get("reason") == "unknown_platform"]
    assert (bad["level"], bad["sheet"], bad["row"]) == ("error", "新媒体", 4)
    assert "平台" in bad["column"]
    assert any(row["row"] == 3 and "创建时间" in (row["column"] or "") for row in of_register(called)[:-1])


def test_warnings_alone_end_with_zero_and_a_marked_copy_lies_beside_the_register(tmp_path):
    home = home_with(tmp_path / "home", [good(1, 联系电话="13800001234x"), good(2)])
    called = xunjian(home, "check", "--json")
    assert called.code == 0, called.out
    (copy,) = [row for row in called.rows if row.get("reason") == "marked_copy"]
    path = home / "台账-问题.xlsx"
    assert str(path) in copy["message"] and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "13800001234" not in called.out + called.err, "a phone's content reaches no message"
    assert openpyxl.load_workbook(path)["新媒体"]["F2"].comment is not None


@pytest.mark.parametrize(
    ("arguments", "settings", "code"),
    [
        (("--accept",), SETTINGS, 2),
        (("--by", "周某某"), SETTINGS, 2),
        ((), "[school\n", 2),
        ((), '[school]\nname = "云岭大学"\n[register]\nfiles = "a.xlsx"\n', 2),
        ((), '[school]\nname = "云岭大学"\n[register]\nsynonyms = { "颜色" = ["红"] }\n', 2),
    ],
)
def test_usage_and_settings_that_cannot_be_loaded_end_with_two(tmp_path, arguments, settings, code):
    called = xunjian(home_with(tmp_path / "home", [good(1)], settings=settings), "check", *arguments)
    assert called.code == code, called.err
    assert "Traceback" not in called.err


def test_a_file_that_is_no_register_is_refused_with_its_reason(tmp_path):
    home = home_with(tmp_path / "home", [good(1)])
    (home / "台账.xlsx").write_bytes(b"not a workbook at all")
    called = xunjian(home, "check", "--accept", "--by", "周某某", "--json")
    assert called.code == 1
    said, last = of_register(called)
    assert said["level"] == "error" and said["reason"] and said["message"] and said["sheet"] is None
    assert last == {"where": "register", "accounts": 0, "refused": 0}
    assert versions(home) == []


def test_a_file_that_drops_more_than_a_fifth_waits_for_a_person(tmp_path):
    home = home_with(tmp_path / "home", [good(number) for number in range(1, 6)])
    assert xunjian(home, "check", "--accept", "--by", "周某某").code == 0
    home_with(home, [good(number) for number in range(1, 4)])
    asked = xunjian(home, "check", "--json")
    assert asked.code == 1
    (row,) = [row for row in asked.rows if row.get("reason") == "a_fifth"]
    assert row["level"] == "error" and "--accept --by" in row["message"]
    assert len(versions(home)) == 1
    given = xunjian(home, "check", "--accept", "--by", "吴某某", "--json")
    assert given.code == 0, given.out
    assert [row["reason"] for row in given.rows if row.get("reason") == "accepted"] == ["accepted"]
    assert versions(home) == [("周某某", 5, 0), ("吴某某", 3, 0)]


def test_a_school_adds_its_own_words_for_headings_and_platforms(tmp_path):
    headings = ("发声阵地", "账号名称", "承办口子", "账号ID")
    rows = [("校微", "云岭大学", "党委宣传部", "7300000001")]
    plain = xunjian(home_with(tmp_path / "plain", rows, headings=headings), "check", "--json")
    assert plain.code == 1 and plain.rows[-1]["accounts"] == 0
    words = '[register]\nsynonyms = { "平台" = ["发声阵地"], "创建单位" = ["承办口子"], weibo = ["校微"] }\n'
    home = home_with(tmp_path / "own", rows, headings=headings, settings=SETTINGS + words)
    own = xunjian(home, "check", "--json")
    assert own.code == 0, own.out
    assert own.rows[-1] == {"where": "register", "accounts": 1, "refused": 0}


def test_people_are_asked_for_only_where_a_rule_in_use_asks(tmp_path):
    rows = [good(1), good(2, 管理员1="外包公司"), good(3, 管理员1=None)]
    strict = xunjian(home_with(tmp_path / "strict", rows), "check", "--json")
    assert {row["reason"] for row in strict.rows[:-1]} >= {"no_manager", "outsourced"}
    other = SETTINGS.replace("ncwu-2023", "sias-2020")
    mild = xunjian(home_with(tmp_path / "mild", rows, settings=other), "check", "--json")
    assert not {row["reason"] for row in mild.rows[:-1]} & {"no_manager", "outsourced"}


def test_large_groups_that_nobody_confirmed_for_a_term_are_told_by_row(tmp_path):
    groups = [
        ("云岭大学新生群", "QQ群", "甲某", "团委", 480, "答疑", "2024-09-01"),
        ("云岭大学三人群", "QQ群", "甲某", "团委", 3, "答疑", "2024-09-01"),
    ]
    called = xunjian(home_with(tmp_path / "home", [good(1)], groups), "check", "--json")
    late = [row for row in called.rows if row.get("reason") == "group_unconfirmed"]
    assert [(row["sheet"], row["row"], row["level"]) for row in late] == [("群组", 2, "warning")]
    assert "云岭大学新生群" in late[0]["message"]


def test_a_rehearsal_shows_live_what_its_own_stage_shows(home):
    called = xunjian(home, "check", "--live", "--json")
    assert called.code == 0, called.out + called.err
    live = {row["where"]: row["level"] for row in called.rows if row.get("reason") == "live"}
    assert live == {f"platforms.{name}": "ok" for name in ("bilibili", "douyin", "wechat", "weibo")}
    assert not list((home / "notes").glob("**/*")), "nothing of it is kept for the judge"


def test_each_channel_is_looked_at_by_itself_and_an_unsigned_robot_is_named(home, monkeypatch):
    monkeypatch.delenv("NO_SUCH_URL", raising=False)
    with (home / "school.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            '[channels.a]\nkind = "wecom"\nurl_env = "NO_SUCH_URL"\n'
            '[channels.b]\nkind = "dingtalk"\nurl = "https://oapi.dingtalk.com/robot/send?access_token=t0ken-t0ken"\n'
            '[channels.c]\nkind = "webhook"\nurl = "http://example.edu.cn/hook"\n'
            '[[people]]\nname = "王"\nrole = "officer"\nchannel = "b"\nunits = ["图书馆", "图书官"]\n'
            '[[people]]\nname = "李"\nrole = "unit_head"\nchannel = "b"\n'
        )
    found = xunjian(home, "check", "--json")
    said = {(row["level"], row["where"], row["reason"]) for row in found.rows if row["where"] != "register"}
    assert {
        ("error", "channels.a", "channels"),
        ("ok", "channels.b", "channels"),
        ("warning", "channels.b", "unsigned"),
        ("error", "channels.c", "channels"),
        ("warning", "people", "nobody"),
        ("warning", "people", "unknown_unit"),
        ("warning", "people", "no_unit"),
    } <= said
    [misspelt] = [row["message"] for row in found.rows if row.get("reason") == "unknown_unit"]
    assert "图书官" in misspelt and "是不是“图书馆”" in misspelt
    assert found.code == 1
    assert "t0ken" not in found.out + found.err
