"""Registers that are not one table with a row an account: by platform, by form, side by side, by section."""

import openpyxl
import pytest
from offices import PATTERNS, SEC, TODAY, errors, keys, read, reading, told, workbook

from monitors.register.vocabulary import standard


def contacts(found, key):
    held = found.contacts[key]
    return held.supervisor, held.leader, held.phone, [(one.name, one.phone) for one in held.managers]


def test_a_row_a_unit_and_a_column_a_platform_is_an_account_a_cell(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["云岭大学新媒体矩阵"],
            2: ["序号", "单位", "微博", "微信公众号", "抖音", "负责人", "联系电话"],
            3: [1, "文学院", "云岭文苑（1234567890）", "云岭文学\nylwx_2019", "无", "甲某", 13800000001],
            4: [2, "理学院", "未开通", "微信号：yllx_2019 云岭理学", "×", "乙某", 13800000002],
            5: [3, "团委", None, None, f"云岭青年 https://www.douyin.com/user/{SEC}", "丙某", 13800000003],
            6: ["合计", 3, 1, 2, 1],
        },
    )
    assert keys(found) == {
        "weibo:1234567890": 3,
        "wechat:ylwx_2019": 3,
        "wechat:yllx_2019": 4,
        f"douyin:{SEC}": 5,
    }
    assert {account.name for account in found.accounts} == {"云岭文苑", "云岭文学", "云岭理学", "云岭青年"}
    assert {account.unit for account in found.accounts} == {"文学院", "理学院", "团委"}
    assert contacts(found, "wechat:yllx_2019")[1:3] == ("乙某", "13800000002")
    assert told(found) == []


def test_in_such_a_table_each_bad_cell_is_told_by_its_own_column(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["单位", "微博", "公众号", "其他平台"],
            2: ["文学院", "https://weibo.com/u/1234567890", "云岭文学、云岭文院", "某号：云岭文学"],
            3: ["理学院", "云岭理学（12）", "√", None],
            4: ["团委", "云岭青年（1234567891）", "云岭青年", None],
        },
    )
    assert {(p.place.row, p.letter, p.reason) for p in found.problems if p.level == "error"} == {
        (2, "B", "missing"),
        (2, "C", "several_accounts"),
        (2, "D", "unknown_platform"),
        (3, "C", "missing"),
    }
    assert {"weibo:1234567891", "wechat:name=云岭青年", "weibo:name=云岭理学（12）"} == set(keys(found))


def test_an_account_named_by_two_units_is_refused_alone_and_the_rest_of_its_row_stays(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["单位", "微博", "公众号"],
            2: ["文学院", "云岭文苑（1234567890）", "云岭文学（ylwx_2019）"],
            3: ["团委", "云岭文苑（1234567890）", "云岭青年（ylqn_2019）"],
        },
    )
    assert errors(found) == [(2, "two_units"), (3, "two_units")]
    assert keys(found) == {"wechat:ylwx_2019": 2, "wechat:ylqn_2019": 3}


def test_counts_and_ticks_by_platform_are_statistics_and_no_register(tmp_path):
    rows = {1: ["单位", "微博", "公众号", "合计"], 2: ["文学院", 1, 2, 3], 3: ["理学院", "√", None, 1]}
    found = reading(tmp_path, rows)
    assert not found.recognised
    assert found.accounts == ()


def test_each_platform_may_have_several_columns_under_its_own_heading(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["部门", None, None, None, None, None, "负责人"],
            2: [None, "名称", "UID", "名称", "微信号", "是否认证", None],
            3: ["文学院", "云岭文苑", 1234567890, "云岭文学", "ylwx_2019", "是", "甲某"],
            4: ["理学院", None, None, "云岭理学", "yllx_2019", "否", "乙某"],
            5: ["团委", "云岭青年", "十", None, None, None, "丙某"],
        },
        merges=[("台账", "A1:A2", "部门"), ("台账", "B1:C1", "微博"), ("台账", "D1:F1", "公众号")],
    )
    verified = {account.key: account.verified for account in found.accounts}
    assert verified == {"weibo:1234567890": None, "wechat:ylwx_2019": True, "wechat:yllx_2019": False}
    assert [(p.place.row, p.column) for p in found.problems] == [(5, "C（微博·UID）")]


def test_what_is_asked_twice_belongs_to_the_platform_on_its_left(tmp_path):
    head = ["部门", "微博名称", "UID", "是否认证", "公众号名称", "微信号", "是否认证"]
    rows = {1: head, 2: ["文学院", "云岭文苑", "1234567890", "是", "云岭文学", "ylwx_2019", "否"]}
    found = reading(tmp_path, rows)
    assert {a.key: a.verified for a in found.accounts} == {
        "weibo:1234567890": True,
        "wechat:ylwx_2019": False,
    }


def test_one_name_with_the_ids_of_several_platforms_is_several_accounts(tmp_path):
    rows = {
        1: ["单位", "账号名称", "微博UID", "微信号"],
        2: ["文学院", "云岭文学", "1234567890", "ylwx_2019"],
        3: ["理学院", "云岭理学", None, "yllx_2019"],
    }
    assert keys(reading(tmp_path, rows)) == {
        "weibo:1234567890": 2,
        "wechat:ylwx_2019": 2,
        "wechat:yllx_2019": 3,
    }


FORM = {
    1: ["云岭大学新媒体平台备案表"],
    2: ["创建单位", "文学院", "媒体平台", "□微博  ☑微信公众号  □抖音"],
    3: ["账号名称", "云岭文学", "账号ID", "ylwx_2019"],
    4: ["账号类型", "订阅号", "是否认证", "☑是 □否"],
    5: ["创建时间", "2020年3月", "内容范围", "学院新闻"],
    6: ["主管领导", "姓名", "甲某", "职务", "院长"],
    7: ["管理员1", "乙某", "手机", "13900000001"],
    8: ["管理员2", "丙某", "手机", "13900000002"],
    9: ["单位意见", "（盖章）      年   月   日"],
}


def test_a_filing_form_a_sheet_is_an_account_a_sheet(tmp_path):
    other = FORM | {
        2: ["创建单位", "理学院", "媒体平台", "微博"],
        3: ["账号名称", "云岭理学", "账号ID", "12"],
        5: ["创建时间", "2030年3月1日", "内容范围", None],
    }
    path = workbook(tmp_path / "表.xlsx", {"文学院": FORM, "理学院": other})
    found = read(path, PATTERNS, TODAY)
    (account,) = found.accounts
    assert (account.key, account.name, account.unit) == ("wechat:ylwx_2019", "云岭文学", "文学院")
    assert (account.type, account.verified, account.scope) == ("订阅号", True, "学院新闻")
    assert (account.created_on.isoformat(), account.officer) == ("2020-03-01", "院长")
    assert contacts(found, account.key) == (
        "甲某",
        None,
        None,
        [("乙某", "13900000001"), ("丙某", "13900000002")],
    )
    assert (str(found.rows[account.key]), found.refused) == ("工作表“文学院”第 3 行", 1)
    assert {(str(p.place), p.column, p.reason) for p in found.problems} == {
        ("工作表“理学院”第 3 行", "D（账号ID）", "bad_handle"),
        ("工作表“理学院”第 5 行", "B（创建时间）", "future_date"),
    }


def test_forms_may_stand_below_each_other_and_labels_share_a_cell_with_their_values(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["备案表（一）"],
            2: ["单位名称：文学院"],
            3: ["平台：微信公众号"],
            4: ["账号名称：云岭文学"],
            5: ["微信号：ylwx_2019"],
            7: ["备案表（二）"],
            8: ["单位名称：理学院"],
            9: ["平台：微博"],
            10: ["账号名称：云岭理学"],
            11: ["账号ID：1234567890"],
        },
    )
    assert keys(found) == {"wechat:ylwx_2019": 4, "weibo:1234567890": 10}
    assert [account.unit for account in found.accounts] == ["文学院", "理学院"]


def test_accounts_may_stand_in_columns(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["账号名称", "云岭文学", "云岭文苑"],
            2: ["平台", "微信公众号", "微博"],
            3: ["账号ID", "ylwx_2019", "不详1"],
            4: ["创建单位", None, None],
            5: ["备案时间", "2020-03-01", "2020-04-01"],
        },
        merges=[("台账", "B4:C4", "文学院")],
    )
    assert keys(found) == {"wechat:ylwx_2019": 1}
    assert [(p.place.row, p.letter, p.reason) for p in found.problems] == [(3, "C", "bad_handle")]


def test_a_page_that_explains_the_columns_is_no_register(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["填表说明"],
            2: ["1. 平台：微博、微信公众号、抖音"],
            3: ["2. 账号名称：填写全称"],
            4: ["平台", "按下拉选择", "必填"],
            5: ["账号名称", "全称", "必填"],
            6: ["创建单位", "全称", "必填"],
        },
    )
    assert (found.accounts, found.refused_rows, found.recognised) == ((), (), False)


def test_two_tables_side_by_side_are_both_read(tmp_path):
    head = ["平台", "账号名称", "账号ID", "创建单位"]
    first = ["微博", "云岭大学", "1234567890", "宣传部"]
    rows = {1: [*head, None, *head], 2: [*first, None, "B站", "云岭大学", "x", "宣传部"]}
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 2}
    assert [(p.place.row, p.letter, p.reason) for p in found.problems] == [(2, "H", "bad_handle")]


def test_the_unit_or_the_platform_may_stand_in_a_line_of_its_own_above_its_accounts(tmp_path):
    by_unit = {
        1: ["平台", "账号名称", "账号ID"],
        2: ["一、文学院（2个）"],
        3: ["公众号", "云岭文学", "ylwx_2019"],
        4: ["微博", "云岭文苑", "1234567890"],
        5: ["二、校团委"],
        6: ["公众号", "云岭青年", "ylqn_2019"],
        7: ["合计：3 个"],
    }
    found = reading(tmp_path, by_unit)
    assert [account.unit for account in found.accounts] == ["文学院", "文学院", "校团委"]
    assert told(found) == [(1, "unit_assumed")]
    by_platform = {
        1: ["序号", "账号名称", "账号ID", "创建单位"],
        2: ["微博"],
        3: [1, "云岭大学", "1234567890", "宣传部"],
        4: ["B站"],
        5: [1, "云岭大学", "5566", "宣传部"],
    }
    found = reading(tmp_path, by_platform)
    assert keys(found) == {"weibo:1234567890": 3, "bilibili:5566": 5}
    assert errors(found) == []


def test_a_sheet_named_for_its_unit_needs_no_column_for_it_but_is_told_so(tmp_path):
    rows = {1: ["平台", "账号名称", "账号ID"], 2: ["微博", "云岭文苑", "1234567890"]}
    found = reading(tmp_path, rows, sheet="文学院")
    assert [account.unit for account in found.accounts] == ["文学院"]
    assert told(found) == [(1, "unit_assumed")]
    # A campus or a bare number is no unit.
    assert reading(tmp_path, rows, sheet="东校区", name="b.xlsx").refused == 1


def test_a_line_with_the_unit_above_the_heading_is_no_part_of_the_heading(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["填报单位（盖章）：云岭大学文学院", None, None, "填报日期：2026年11月1日"],
            2: ["平台类别", "账号名称", "账号ID", "开通日期"],
            3: ["微信公众号", "云岭文学", "ylwx_2019", "2020-01-01"],
        },
    )
    assert [account.unit for account in found.accounts] == ["云岭大学文学院"]


@pytest.mark.parametrize("dash", ["—", "-", "——", "/", "无"])
def test_a_dash_means_nothing_and_never_what_stands_above(tmp_path, dash):
    found = reading(
        tmp_path,
        {
            1: ["平台", "账号名称", "账号ID", "创建单位", "备案时间"],
            2: ["视频号", "云岭大学", "sphyunling01", "宣传部", "2020-01-01"],
            3: ["视频号", "云岭青年", dash, "团委", dash],
        },
    )
    assert keys(found) == {"channels:sphyunling01": 2, "channels:name=云岭青年": 3}
    assert [account.filed_on is None for account in found.accounts] == [False, True]


def test_whether_an_account_is_stopped_or_cancelled_may_be_asked(tmp_path):
    found = reading(
        tmp_path,
        {
            1: ["平台", "账号名称", "账号ID", "创建单位", "使用情况", "是否停用", "是否注销"],
            2: ["微博", "云岭一", "1234567891", "宣传部", "正常", "否", "否"],
            3: ["微博", "云岭二", "1234567892", "宣传部", "正常", "是", "否"],
            4: ["微博", "云岭三", "1234567893", "宣传部", "每周更新", "是", "是"],
        },
    )
    assert [account.state for account in found.accounts] == ["在用", "停用", "注销"]
    assert told(found) == [(4, "unknown_state")]
    assert errors(found) == []


def test_a_name_and_its_id_in_one_column_are_taken_apart_and_a_link_in_a_name_is_not(tmp_path):
    rows = {
        1: ["单位", "平台", "账号名称及ID", "负责人及电话"],
        2: ["文学院", "微信公众号", "云岭文学（ylwx_2019）", "甲某 13800000001"],
        3: ["文学院", "微博", "云岭文苑 1234567890", "甲某"],
        4: ["文学院", "视频号", "云岭（文学）", "甲某"],
    }
    found = reading(tmp_path, rows)
    assert {account.key: account.name for account in found.accounts} == {
        "wechat:ylwx_2019": "云岭文学",
        "weibo:1234567890": "云岭文苑",
        "channels:name=云岭（文学）": "云岭（文学）",
    }
    assert contacts(found, "wechat:ylwx_2019")[1:3] == ("甲某", "13800000001")
    plain = {
        1: ["单位", "平台", "账号名称", "账号ID"],
        2: ["文学院", "微博", "云岭文苑 https://weibo.com/u/1234567890", None],
        3: ["文学院", "微博", "@云岭二", "@云岭二"],
        4: ["文学院", "微信公众号", "云岭三", "云岭三（ylsan_2019）"],
    }
    found = reading(tmp_path, plain)
    assert errors(found) == [(2, "link_in_name")]
    assert keys(found) == {"weibo:name=云岭二": 3, "wechat:ylsan_2019": 4}


@pytest.mark.parametrize(
    ("field", "headings"),
    [
        ("unit", "主办单位名称 所属二级单位 运维部门 填报部门 单位全称 所属学院"),
        ("name", "微博账号名称 账号显示名 新媒体平台账号名称 用户名"),
        ("platform", "账号所在平台 媒体形式 发布平台名称"),
        ("id", "平台账号ID 用户UID 数字ID 微信号/UID"),
        ("link", "账号首页链接 平台网址 主页URL"),
        ("created_on", "账号开通时间 首次注册时间 上线日期"),
        ("filed_on", "备案登记时间 学校备案时间"),
        ("reviewed_on", "最近一次年审时间"),
        ("verified", "账号认证情况 是否已认证 有无认证"),
        ("verified_as", "认证单位名称 账号主体名称"),
        ("supervisor", "单位分管领导 主管校领导姓名"),
        ("leader", "账号责任人 第一责任人姓名 新媒体负责人"),
        ("manager", "学生管理员 日常维护人员 信息员姓名"),
        ("phone", "管理员联系方式 责任人手机 运营人员电话"),
        ("members", "群成员人数 现有人数"),
        ("confirmed_on", "最后确认时间 最近排查时间"),
        ("group_name", "工作群名称 微信群名"),
        ("creator", "群组管理员 建群人姓名"),
    ],
)
def test_headings_put_together_from_known_words_are_understood(field, headings):
    for heading in headings.split():
        assert standard().heading(heading).strong[:1] == (field,), heading


def test_the_name_of_a_school_of_management_or_of_media_is_no_heading():
    for value in ("管理学院", "新媒体学院", "网络学院", "文学院", "党委宣传部", "团委"):
        assert not standard().heading(value).known, value


def test_a_phone_belongs_to_those_whom_its_heading_names(tmp_path):
    rows = {
        1: ["平台", "账号名称", "账号ID", "创建单位", "管理员", "单位负责人", "管理员手机", "负责人手机"],
        2: ["微博", "云岭大学", "1234567890", "宣传部", "乙某", "甲某", "13900000001", "13800000001"],
    }
    found = reading(tmp_path, rows)
    assert contacts(found, "weibo:1234567890") == (
        None,
        "甲某",
        "13800000001",
        [("乙某", "13900000001")],
    )


@pytest.mark.parametrize(
    "rows",
    [
        {
            1: ["单位", "微博", "公众号", "负责人", "联系电话", "管理员"],
            2: ["文学院", "13800138123", "wang.wu@yunling.example", "王五五", "138", "王五五外包公司"],
            3: ["理学院 13800138123", "云岭、13800138123", "云岭 410101199001011234", "王五五", 13800, None],
        },
        FORM
        | {
            3: ["账号名称", "云岭 13800138123", "账号ID", "13800138123"],
            5: ["创建时间", "13800138123", "状态", "wang.wu@yunling.example"],
            6: ["主管领导", "姓名", "王五五", "职务", "13800138123"],
            7: ["管理员1", "王五五外包公司", "手机", "138"],
        },
        {
            1: ["单位名称：文学院 13800138123"],
            2: ["平台：wang.wu@yunling.example"],
            3: ["账号名称：云岭"],
            4: ["账号ID：410101199001011234"],
            5: ["负责人：王五五 13800138123"],
        },
    ],
)
def test_in_no_layout_is_a_number_a_mail_or_a_person_repeated(tmp_path, rows):
    found = reading(tmp_path, rows)
    assert found.problems
    said = [*map(str, found.lines()), repr(found)]
    for secret in ("13800138123", "wang.wu", "410101199001011234", "王五五"):
        assert not [text for text in said if secret in text], secret


def test_name_post_and_number_in_one_cell_are_one_person(tmp_path):
    rows = {
        1: ["平台", "账号名称", "账号ID", "创建单位", "负责人（姓名、职务、手机）", "管理员（姓名、手机）"],
        2: [
            "微博",
            "云岭一",
            "1,234,567,890",
            "宣传部",
            "甲某，部长，13800000001",
            "乙某 辅导员 13900000001",
        ],
        3: ["微博", "云岭二", "1234567891。", "宣传部", "甲某（副部长）", "乙某，辅导员，13900000001；丙某"],
    }
    found = reading(tmp_path, rows)
    assert [account.officer for account in found.accounts] == ["部长", "副部长"]
    assert contacts(found, "weibo:1234567890") == (
        None,
        "甲某",
        "13800000001",
        [("乙某", "13900000001")],
    )
    assert contacts(found, "weibo:1234567891")[1:] == (
        "甲某",
        None,
        [("乙某", "13900000001"), ("丙某", None)],
    )


def test_an_account_of_wechat_may_be_told_by_its_type(tmp_path):
    rows = {
        1: ["平台类型", "账号类型", "账号名称", "账号ID", "部门"],
        2: ["微信", "订阅号", "云岭文学", "ylwx_2019", "文学院"],
        3: ["微信", "视频号", "云岭文学", None, "文学院"],
    }
    found = reading(tmp_path, rows)
    assert keys(found) == {"wechat:ylwx_2019": 2, "channels:name=云岭文学": 3}
    assert told(found) == []


def test_a_link_by_formula_counts_though_no_value_was_kept(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["平台", "账号名称", "账号ID", "创建单位"])
    sheet.append(["微博", "云岭大学", '=HYPERLINK("https://weibo.com/u/1234567890","点我")', "宣传部"])
    book.save(tmp_path / "台账.xlsx")
    found = read(tmp_path / "台账.xlsx", PATTERNS, TODAY)
    assert keys(found) == {"weibo:1234567890": 2}


def test_a_second_manager_below_an_account_keeps_the_number_and_a_signature_is_none(tmp_path):
    head = ["单位", "平台", "账号名称", "账号ID", "管理员", "手机"]
    rows = {
        1: head,
        2: ["文学院", "公众号", "云岭文学", "ylwx_2019", "乙某", "13900000001"],
        3: [None, None, None, None, "丙某", "13900000002"],
        4: ["理学院", "公众号", "云岭理学", "yllx_2019", "丁某", "13900000003"],
        5: [None, None, None, None, "审核人：戊某", "13900000004"],
        6: ["合", "计", "2"],
    }
    found = reading(tmp_path, rows)
    assert keys(found) == {"wechat:ylwx_2019": 2, "wechat:yllx_2019": 4}
    assert contacts(found, "wechat:ylwx_2019")[3] == [("乙某", "13900000001"), ("丙某", "13900000002")]
    assert contacts(found, "wechat:yllx_2019")[3] == [("丁某", "13900000003")]
    merged = [("台账", "A2:A3", "文学院"), ("台账", "B2:B3", "公众号"), ("台账", "C2:C3", "云岭文学")]
    rows[3] = [None, None, None, None, "丙某", "13900000002"]
    found = reading(tmp_path, {n: rows[n] for n in (1, 2, 3)}, merges=merged, name="b.xlsx")
    assert contacts(found, "wechat:ylwx_2019")[3] == [("乙某", "13900000001"), ("丙某", "13900000002")]


def test_a_register_with_a_heading_and_nothing_below_says_so(tmp_path):
    assert told(reading(tmp_path, {1: ["平台", "账号名称", "账号ID", "创建单位"]})) == [(1, "no_rows")]


def test_posts_that_are_words_of_headings_make_no_form_of_a_table(tmp_path):
    head = ["账号名称", "画像", "创建单位", "领域", "平台", "账号ID", "职务", "联系电话"]
    posts = ["管理员", "负责人", "编辑", "信息员"]
    rows = {1: head} | {
        n + 2: [f"云岭{n}", "学生", "文学院", "新闻", "微博", str(1234567890 + n), post, f"1390000000{n}"]
        for n, post in enumerate(posts)
    }
    assert len(keys(reading(tmp_path, rows))) == 4
