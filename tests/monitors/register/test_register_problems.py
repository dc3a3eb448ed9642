"""What is wrong is said all at once: sheet, row, column, what was found and what to do; a bad row is set aside."""

import json

import pytest
from offices import HEAD, PATTERNS, SEC, TODAY, errors, keys, reading, table, told, workbook

from monitors.register.reading import read

GOOD = ["微博", "云岭大学", "1234567890", None, "党委宣传部"]


def problem(found, reason):
    (one,) = [p for p in found.problems if p.reason == reason]
    return one


def test_each_problem_names_its_cell_and_what_to_do(tmp_path):
    rows = {1: ["云岭大学台账"]} | table(
        GOOD,
        ["微搏", "云岭大学团委", "2345678901", None, "团委"],
        ["微博", "", "3456789012", None, "学生处"],
        ["微博", "云岭大学图书馆", "4567890123", None, None],
        first=2,
    )
    found = reading(tmp_path, rows)
    assert errors(found) == [(4, "unknown_platform"), (5, "missing"), (6, "missing")]
    unknown = problem(found, "unknown_platform")
    assert (unknown.place.sheet, unknown.place.row, unknown.column) == ("台账", 4, "A（平台）")
    assert unknown.found == "微搏"
    assert "微搏" in unknown.message
    assert "是不是“微博”" in unknown.message
    assert [p.column for p in found.problems if p.reason == "missing"] == ["B（账号名称）", "E（创建单位）"]
    assert (found.refused, keys(found)) == (3, {"weibo:1234567890": 3})


def test_all_problems_of_a_row_are_told_together(tmp_path):
    rows = table(
        ["抖因", "云岭大学", "abc", None, None, "2020-13-40", "不知道"], head=[*HEAD, "创建时间", "状态"]
    )
    found = reading(tmp_path, rows)
    assert {reason for _, reason in errors(found)} == {
        "unknown_platform",
        "missing",
        "bad_date",
        "unknown_state",
    }
    assert found.refused == 1


@pytest.mark.parametrize(
    ("platform", "pasted"),
    [
        ("微博", "abc"),
        ("微博", "12"),
        ("微博", "123456789012345"),
        ("微博", "云岭大学官方微博"),
        ("B站", "云岭大学"),
        ("B站", "BV1xx411c7mD"),
        ("微信公众号", "云岭大学公众号"),
        ("微信公众号", "ab"),
        ("抖音", "云岭大学的抖音"),
        ("B站", "13800138000"),
    ],
)
def test_an_id_that_is_none_on_its_platform_is_an_error(tmp_path, platform, pasted):
    found = reading(tmp_path, table([platform, "云岭大学新闻", pasted, None, "党委宣传部"]))
    assert errors(found) == [(2, "bad_handle")]
    assert problem(found, "bad_handle").column == "C（账号ID）"
    assert found.refused == 1


def test_a_sixteen_digit_id_cut_off_by_the_spreadsheet_is_not_guessed(tmp_path):
    found = reading(tmp_path, table(["B站", "云岭大学", 3546123456789010, None, "党委宣传部"]))
    assert errors(found) == [(2, "truncated_number")]


def test_an_id_and_a_link_that_differ_are_not_chosen_between(tmp_path):
    rows = table(["微博", "云岭大学", "1234567890", "https://weibo.com/u/2345678901", "党委宣传部"])
    found = reading(tmp_path, rows)
    assert errors(found) == [(2, "id_link_differ")]


def test_a_link_of_another_platform_is_an_error(tmp_path):
    rows = table(["微博", "云岭大学", None, "https://space.bilibili.com/12345", "党委宣传部"])
    found = reading(tmp_path, rows)
    assert errors(found) == [(2, "other_platform_link")]
    assert "哔哩哔哩" in problem(found, "other_platform_link").message


@pytest.mark.parametrize(
    "link",
    [
        r"http://internal\@public/",
        "file:///etc/passwd",
        "data:text/html,hi",
        "javascript:alert(1)",
        "view-source:https://weibo.com/u/1234567890",
        "https://weibo.com@evil.example/u/1234567890",
        "https://weibo.com%40evil.example/u/1234567890",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://169.254.169.254/latest",
        "http://10.0.0.8/news",
        "http://2130706433/",
        "http://localhost:8080/",
    ],
)
@pytest.mark.parametrize("platform", ["网站", "微博"])
def test_an_address_that_leads_elsewhere_is_refused_at_import(tmp_path, platform, link):
    found = reading(tmp_path, table([platform, "云岭大学", None, link, "党委宣传部"]))
    assert errors(found) == [(2, "hostile_link")]
    assert found.accounts == ()


def test_two_accounts_in_one_cell_and_two_platforms_in_one_cell_are_errors(tmp_path):
    rows = table(
        ["微博", "云岭大学", "1234567890、2345678901", None, "党委宣传部"],
        ["微博、微信", "云岭大学", None, None, "党委宣传部"],
    )
    assert errors(reading(tmp_path, rows)) == [(2, "several_accounts"), (3, "several_platforms")]


def test_a_name_longer_than_the_platform_allows_is_an_error(tmp_path):
    rows = table(
        ["B站", "云" * 17, "12345", None, "党委宣传部"], ["B站", "云" * 16, "23456", None, "党委宣传部"]
    )
    found = reading(tmp_path, rows)
    assert errors(found) == [(2, "name_too_long")]
    assert keys(found) == {"bilibili:23456": 3}


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2026-11-21", "future_date"),
        ("2030年1月", "future_date"),
        ("2020-02-30", "bad_date"),
        ("2020年13月", "bad_date"),
        ("去年", "bad_date"),
        ("2020-2021", "bad_date"),
        (2020.1, "bad_date"),
        ("1899-01-01", "bad_date"),
        (0.5, "bad_date"),
    ],
)
def test_a_day_in_the_future_or_no_day_is_an_error(tmp_path, written, reason):
    rows = table([*GOOD, written], head=[*HEAD, "创建时间"])
    found = reading(tmp_path, rows)
    assert errors(found) == [(2, reason)]
    assert problem(found, reason).column == "F（创建时间）"


def test_today_is_no_day_in_the_future(tmp_path):
    rows = table([*GOOD, "2026-11-20"], head=[*HEAD, "创建时间"])
    assert errors(reading(tmp_path, rows)) == []


def test_the_same_account_twice_in_a_unit_refuses_the_second_row_and_names_the_first(tmp_path):
    rows = table(
        GOOD,
        ["B站", "云岭大学", "12345", None, "党委宣传部"],
        ["新浪微博", "云岭大学官微", None, "https://weibo.com/u/1234567890", "党委宣传部 "],
    )
    found = reading(tmp_path, rows)
    assert errors(found) == [(4, "duplicate")]
    assert "第 2 行" in problem(found, "duplicate").message
    assert keys(found) == {"weibo:1234567890": 2, "bilibili:12345": 3}
    assert found.refused == 1


def test_the_same_account_under_two_units_refuses_both_rows(tmp_path):
    sheets = {
        "东校区": table(GOOD),
        "西校区": table(["微博", "云岭大学", "1234567890", None, "团委"], first=3),
    }
    found = read(workbook(tmp_path / "a.xlsx", sheets), PATTERNS, TODAY)
    assert {(p.place.sheet, p.place.row, p.reason) for p in found.problems} == {
        ("东校区", 2, "two_units"),
        ("西校区", 4, "two_units"),
    }
    assert (found.accounts, found.refused) == ((), 2)
    assert any("“西校区”第 4 行" in p.message and "团委" in p.message for p in found.problems)


def test_an_account_known_by_its_original_id_here_and_its_wechat_number_there_is_one(tmp_path):
    rows = table(
        ["微信", "云岭大学", "gh_0123456789ab yunling_edu", None, "党委宣传部"],
        ["微信", "云岭大学服务", "Yunling_Edu", None, "党委宣传部"],
    )
    assert errors(reading(tmp_path, rows)) == [(3, "duplicate")]


def test_two_unresolved_rows_of_one_name_are_one_account(tmp_path):
    rows = table(
        ["微博", "云岭大学", None, None, "党委宣传部"], ["微博", "云岭大学", None, None, "党委宣传部"]
    )
    assert errors(reading(tmp_path, rows)) == [(3, "duplicate")]


def test_outsourced_and_missing_managers_and_leaders_are_warned_of(tmp_path):
    head = [*HEAD, "负责人", "管理员1", "管理员性质"]
    rows = table(
        [*GOOD, "甲某", "乙某", "在编"],
        ["B站", "云岭大学", "12345", None, "党委宣传部", "甲某", "云岭某某文化传媒有限公司", None],
        ["B站", "云岭大学团委", "23456", None, "团委", "甲某", "丙某", "外包人员"],
        ["B站", "云岭大学图书馆", "34567", None, "图书馆", None, None, None],
        head=head,
    )
    found = reading(tmp_path, rows, name="a.xlsx")
    assert told(found, "warning") == [
        (3, "outsourced"),
        (4, "outsourced"),
        (5, "no_leader"),
        (5, "no_manager"),
    ]
    assert found.refused == 0
    rows = table(
        [*GOOD, "否"], ["B站", "云岭大学", "12345", None, "党委宣传部", "是"], head=[*HEAD, "是否外包"]
    )
    assert told(reading(tmp_path, rows, name="b.xlsx"), "warning") == [(3, "outsourced")]


def test_what_no_rule_asks_for_is_not_missed(tmp_path):
    rows = table([*GOOD, None, None], head=[*HEAD, "负责人", "管理员1"])
    path = workbook(tmp_path / "a.xlsx", {"台账": rows})
    assert told(read(path, PATTERNS, TODAY, asks=frozenset())) == []


def test_a_sheet_without_a_required_column_is_refused_row_by_row_and_told_once(tmp_path):
    rows = table(
        ["微博", "云岭大学", "1234567890"],
        ["微博", "云岭大学团委", "2345678901"],
        head=["平台", "账号名称", "账号ID"],
    )
    found = reading(tmp_path, rows)
    assert errors(found) == [(1, "missing_column")]
    assert "创建单位" in problem(found, "missing_column").message
    assert (found.accounts, found.refused) == ((), 2)


def test_a_mistyped_heading_is_asked_about(tmp_path):
    rows = table(
        ["微博", "云岭大学", "1234567890", "宣传部"], head=["平台", "账号名称", "账号ID", "创健单位"]
    )
    found = reading(tmp_path, rows)
    assert errors(found) == [(1, "missing_column")]
    assert "“创健单位”是不是就是这一列" in problem(found, "missing_column").message


def test_a_file_without_a_heading_says_what_a_heading_needs(tmp_path):
    found = reading(tmp_path, {3: ["微博", "云岭大学", "1234567890", "党委宣传部"], 4: ["x"]})
    assert errors(found) == [(3, "no_heading")]
    assert not found.recognised


def test_the_lines_of_the_check_are_in_the_order_of_the_rows_and_end_with_totals(tmp_path):
    rows = table(
        ["视频号", "云岭大学", None, None, "党委宣传部", "2020年3月", "注销"],
        ["微搏", "云岭大学", "1", None, "党委宣传部", None, None],
        ["B站", "云岭大学", None, None, "党委宣传部", None, None],
        head=[*HEAD, "创建时间", "状态"],
    )
    lines = list(reading(tmp_path, rows).lines())
    assert [(line.get("level"), line.get("row")) for line in lines] == [
        ("ok", 2),
        ("error", 3),
        ("ok", 4),
        ("warning", 4),
        (None, None),
    ]
    assert {k: lines[0][k] for k in ("where", "sheet", "key", "name", "unit", "created_on")} == {
        "where": "register",
        "sheet": "台账",
        "key": "channels:name=云岭大学",
        "name": "云岭大学",
        "unit": "党委宣传部",
        "created_on": "2020-03-01",
    }
    assert lines[-1] == {"where": "register", "accounts": 2, "refused": 1}
    assert all(
        {"level", "where", "message", "reason", "sheet", "row", "column"} <= set(x) for x in lines[:-1]
    )
    assert json.dumps(lines, ensure_ascii=False)


def test_no_phone_mail_or_name_of_a_person_is_ever_repeated(tmp_path):
    marks = [
        "13811112222",
        "0871-65432109",
        "secretmail@yunling.example",
        "11010119900101123X",
        "柳甲乙",
        "柳丙丁",
    ]
    head = [*HEAD, "负责人", "联系电话", "邮箱", "管理员1", "管理员1手机", "备注", "内容范围", "创建时间"]
    rows = table(
        [*GOOD, marks[4], marks[0], marks[2], marks[5], 13811112222, f"请打 {marks[0]}", marks[2], None],
        # Everything one column off, as happens when a cell is inserted.
        [
            marks[4],
            marks[0],
            "微博",
            marks[2],
            "1234567890",
            None,
            marks[4],
            "x",
            None,
            None,
            None,
            None,
            marks[1],
        ],
        [
            "微博",
            f"云岭大学{marks[0]}",
            marks[0],
            marks[2],
            "团委",
            marks[4],
            marks[2],
            marks[0],
            "外包公司",
            "12",
        ],
        [
            f"微博 {marks[1]}",
            "云岭",
            marks[3],
            f"https://weibo.com/u/{marks[0]}",
            "团委",
            *[None] * 7,
            marks[3],
        ],
        head=head,
    )
    found = reading(tmp_path, rows)
    said = [*map(repr, found.problems), *map(str, found.lines()), *map(repr, found.accounts), repr(found)]
    # A stray name in the column of platforms cannot be known for one; everywhere else it can.
    shown = "".join(said).replace(f"“{marks[4]}”", "").replace(f"'{marks[4]}'", "")
    for mark in marks:
        assert mark not in shown, mark
    assert f"{found.contacts['weibo:1234567890']!r} {found.contacts['weibo:1234567890'].managers!r}" == (
        "Contact(…) (Manager(…),)"
    )


def test_a_phone_that_cannot_be_dialled_is_named_by_its_cell_only(tmp_path):
    rows = table([*GOOD, 8715011234, "someone-at-yunling"], head=[*HEAD, "联系电话", "邮箱"])
    found = reading(tmp_path, rows)
    assert told(found) == [(2, "bad_phone"), (2, "bad_mail")]
    assert {(p.column, p.found) for p in found.problems} == {("F（联系电话）", None), ("G（邮箱）", None)}
    assert found.refused == 0


def test_a_long_secret_id_of_douyin_is_kept_whole(tmp_path):
    rows = table(
        [
            "抖音",
            "云岭大学",
            "yunling_univ",
            f"https://www.douyin.com/user/{SEC}?from_tab_name=main",
            "宣传部",
        ]
    )
    found = reading(tmp_path, rows)
    assert keys(found) == {f"douyin:{SEC}": 2}
    assert found.accounts[0].aliases == ("yunling_univ",)
    assert told(found) == []
