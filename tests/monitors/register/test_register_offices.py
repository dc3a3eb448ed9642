"""Registers laid out in the many ways of offices are read as a clerk would read them."""

import datetime as dt

import pytest
import xlsxwriter
from offices import HEAD, PATTERNS, SEC, TODAY, errors, keys, reading, table, told, workbook

from monitors.register.reading import read
from monitors.register.vocabulary import extended


def test_title_rows_stand_above_and_notes_sums_and_signatures_below(tmp_path):
    rows = {1: ["云岭大学新媒体账号台账"], 2: ["填报日期：2026年11月1日"], 4: HEAD}
    rows |= {
        5: ["微博", "云岭大学", "1234567890", None, "党委宣传部"],
        7: ["B站", "云岭大学图书馆", "23456", None, "图书馆"],
        8: ["合计", "2 个"],
        10: ["注：以上账号均已备案"],
        11: ["填表人：", "某某", None, "审核人："],
        12: ["单位负责人（签字）：", None, None, "2026年11月1日"],
    }
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 5, "bilibili:23456": 7}
    assert told(found) == []
    assert found.refused == 0


def test_a_heading_of_two_lines_with_merged_cells_tells_each_managers_phone(tmp_path):
    rows = {
        1: ["序号", "平台", "账号名称", "微信号", "创建单位", "管理员1", None, "管理员2", None],
        2: [None, None, None, None, None, "姓名", "手机", "姓名", "手机"],
        3: [
            1,
            "微信公众号",
            "云岭大学",
            "yunling_edu",
            "党委宣传部",
            "甲某",
            13800138000,
            "乙某",
            "139 0013 9000",
        ],
    }
    merges = [("台账", f"{c}1:{c}2", h) for c, h in zip("ABCDE", rows[1], strict=False)]
    merges += [("台账", "F1:G1", "管理员1"), ("台账", "H1:I1", "管理员2")]
    found = reading(tmp_path, rows, merges=merges)
    assert keys(found) == {"wechat:yunling_edu": 3}
    managers = found.contacts["wechat:yunling_edu"].managers
    assert [(m.name, m.phone) for m in managers] == [("甲某", "13800138000"), ("乙某", "13900139000")]


def test_a_heading_of_two_lines_without_merged_cells_reads_the_same(tmp_path):
    rows = {
        1: ["平台", "账号", None, "创建单位", "负责人", None],
        2: [None, "名称", "ID", None, "姓名", "手机"],
        3: ["微博", "云岭大学", "1234567890", "党委宣传部", "甲某", "13800138000"],
    }
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 3}
    contact = found.contacts["weibo:1234567890"]
    assert (contact.leader, contact.phone) == ("甲某", "13800138000")


def test_a_group_row_above_the_headings_is_part_of_the_heading(tmp_path):
    rows = {
        1: ["账号基本信息", None, None, None, "人员信息", None],
        2: ["平台", "账号名称", "账号ID", "创建单位", "管理员1", "手机"],
        3: ["微博", "云岭大学", "1234567890", "党委宣传部", "甲某", "13800138000"],
    }
    merges = [("台账", "A1:D1", "账号基本信息"), ("台账", "E1:F1", "人员信息")]
    found = reading(tmp_path, rows, merges=merges)
    assert keys(found) == {"weibo:1234567890": 3}
    assert found.contacts["weibo:1234567890"].managers[0].phone == "13800138000"


def test_every_sheet_with_a_heading_is_read_and_a_cover_is_skipped(tmp_path):
    sheets = {
        "封面": {2: ["云岭大学"], 4: ["网络媒体平台备案台账"], 6: ["编制：党委宣传部"]},
        "目录": {1: ["序号", "工作表", "说明"], 2: [1, "东校区", "本部"]},
        "东校区": table(["微博", "云岭大学", "1234567890", None, "党委宣传部"], first=2),
        "西校区": table(
            ["抖音", "云岭大学西校区", None, f"https://www.douyin.com/user/{SEC}", "西校区管委会"]
        ),
        "统计": {1: ["单位", "平台", "账号数", "备注"], 2: ["党委宣传部", "微博", 1, None]},
    }
    found = read(workbook(tmp_path / "台账.xlsx", sheets), PATTERNS, TODAY)
    assert [(place.sheet, place.row) for place in found.rows.values()] == [("东校区", 3), ("西校区", 2)]
    assert told(found) == []


def test_blank_and_hidden_rows_do_not_shift_the_row_numbers(tmp_path):
    rows = table(
        ["微博", "云岭大学", "1234567890", None, "党委宣传部"],
        None,
        None,
        ["微博", "云岭大学团委", "2345678901", None, "团委"],
        ["微博", None, "3456789012", None, "学生处"],
        first=5,
    )
    found = reading(tmp_path, rows, hidden_rows=[("台账", 9)])
    assert keys(found) == {"weibo:1234567890": 6, "weibo:2345678901": 9}
    assert errors(found) == [(10, "missing")]


def test_a_unit_merged_over_several_rows_holds_for_each_of_them(tmp_path):
    rows = table(
        ["微博", "云岭大学团委", "1234567890", None, "团委"],
        ["微信", "云岭大学团委", "yunling_youth", None, None],
        ["B站", "云岭大学团委", "34567", None, None],
        ["B站", "云岭大学学生处", "45678", None, None],
    )
    found = reading(tmp_path, rows, merges=[("台账", "E2:E4", "团委")])
    assert {account.key: account.unit for account in found.accounts} == {
        "weibo:1234567890": "团委",
        "wechat:yunling_youth": "团委",
        "bilibili:34567": "团委",
    }
    assert errors(found) == [(5, "missing")]


def test_one_name_merged_over_the_platforms_is_several_accounts(tmp_path):
    rows = table(
        ["微博", "云岭大学图书馆", "1234567890", None, "图书馆"],
        ["B站", None, "34567", None, None],
    )
    merges = [("台账", "B2:B3", "云岭大学图书馆"), ("台账", "E2:E3", "图书馆")]
    assert keys(reading(tmp_path, rows, merges=merges)) == {"weibo:1234567890": 2, "bilibili:34567": 3}


def test_an_account_over_two_rows_for_its_two_managers_is_one_account(tmp_path):
    head = [*HEAD, "管理员", "手机"]
    rows = table(
        ["微博", "云岭大学", "1234567890", None, "党委宣传部", "甲某", "13800138000"],
        [None, None, None, None, None, "乙某", "13900139000"],
        ["B站", "云岭大学", "34567", None, "党委宣传部", "甲某", "13800138000"],
        head=head,
    )
    merges = [
        ("台账", f"{c}2:{c}3", v)
        for c, v in zip("ABCE", ["微博", "云岭大学", "1234567890", "党委宣传部"], strict=True)
    ]
    found = reading(tmp_path, rows, merges=merges)
    assert keys(found) == {"weibo:1234567890": 2, "bilibili:34567": 4}
    assert [m.name for m in found.contacts["weibo:1234567890"].managers] == ["甲某", "乙某"]


def test_the_same_as_above_is_the_value_above(tmp_path):
    rows = table(
        ["微博", "云岭大学", "1234567890", None, "党委宣传部"],
        ["同上", "云岭大学招生办", "2345678901", None, "〃"],
        ["同上", "云岭大学就业", "3456789012", None, "同上"],
    )
    found = reading(tmp_path, rows)
    assert [(a.platform, a.unit) for a in found.accounts] == [("weibo", "党委宣传部")] * 3


@pytest.mark.parametrize(
    "head",
    [
        ["创建单位", "账号ID", "平台", "备注", "账号名称"],
        ["单位名称", "账号标识", "平台类型", "说明", "帐号名称"],
        ["运营单位", "ID", "媒体平台", "备注", "账号全称"],
        ["*创建单位（必填）", "账号ID（UID/微信号等）", "平台 ", "备注", "账 号 名 称"],
        ["单 位", "账号ID或主页链接", "新媒体平台", "备注", "名称"],
        ["Unit", "Account ID", "Platform", "Note", "Account Name"],
        ["一、创建单位", "2.账号ID", "（三）平台", "备注", "账号名称：\n（与平台一致）"],
    ],
)
def test_columns_may_stand_in_any_order_under_any_of_their_names(tmp_path, head):
    rows = table(["党委宣传部", "1234567890", "新浪微博", "无", "云岭大学"], head=head)
    found = reading(tmp_path, rows)
    assert [(a.key, a.name, a.unit, a.note) for a in found.accounts] == [
        ("weibo:1234567890", "云岭大学", "党委宣传部", None)
    ]


def test_name_of_the_platform_means_the_platform_or_the_account_by_what_stands_below(tmp_path):
    rows = table(
        ["党委宣传部", "微博", "云岭大学", "1234567890"], head=["单位", "平台名称", "账号名称", "账号ID"]
    )
    assert keys(reading(tmp_path, rows, name="a.xlsx")) == {"weibo:1234567890": 2}
    rows = table(
        ["党委宣传部", "云岭大学", "微博", "1234567890"], head=["单位", "平台名称", "平台类型", "账号ID"]
    )
    found = reading(tmp_path, rows, name="b.xlsx")
    assert [(a.platform, a.name) for a in found.accounts] == [("weibo", "云岭大学")]
    rows = table(["党委宣传部", "云岭大学", "微博", "1234567890"], head=["部门", "名称", "类型", "账号"])
    found = reading(tmp_path, rows, name="c.xlsx")
    assert [(a.platform, a.name) for a in found.accounts] == [("weibo", "云岭大学")]
    rows = table(
        ["文学院", "微博", "1234567890", "云岭大学文学院"], head=["单位", "账号类型", "账号ID", "账号名称"]
    )
    assert keys(reading(tmp_path, rows, name="d.xlsx")) == {"weibo:1234567890": 2}


@pytest.mark.parametrize(
    ("word", "platform"),
    [
        ("新浪微博", "weibo"),
        ("官微", "weibo"),
        ("微 博", "weibo"),
        ("微博账号", "weibo"),
        ("微信公众号", "wechat"),
        ("微信订阅号", "wechat"),
        ("微信公众平台（服务号）", "wechat"),
        ("微信", "wechat"),
        ("B站", "bilibili"),
        ("Ｂ站", "bilibili"),
        ("bilibili", "bilibili"),
        ("BILIBILI", "bilibili"),
        ("哔哩哔哩（B站）", "bilibili"),
        ("B站/哔哩哔哩", "bilibili"),
        ("抖音号", "douyin"),
        ("抖音短视频", "douyin"),
        ("视频号", "channels"),
        ("微信视频号", "channels"),
        ("学校域名下的网站", "website"),
        ("校外域名的网站", "website"),
        ("微信小程序", "miniprogram"),
        ("QQ空间", "qzone"),
        ("QQ公众号", "qq_public"),
        ("知乎", "zhihu"),
        ("小红书", "xiaohongshu"),
        ("百度贴吧", "tieba"),
        ("今日头条", "toutiao"),
        ("头条号", "toutiao"),
        ("快手", "kuaishou"),
        ("斗鱼", "douyu"),
        ("人民号", "rmh"),
        ("新华号", "xhh"),
        ("新闻客户端 / APP", "app"),
        ("微信群", "wechat_group"),
        ("QQ群", "qq_group"),
        ("微博群", "weibo_group"),
        ("钉钉群", "dingtalk_group"),
        ("手机报", "other"),
        ("人人网", "other"),
        ("新华云", "other"),
        ("百家号", "other"),
        ("其他（喜马拉雅）", "other"),
    ],
)
def test_a_platform_is_known_by_the_words_of_offices(tmp_path, word, platform):
    found = reading(tmp_path, table([word, "云岭大学", None, None, "党委宣传部"]))
    assert [account.platform for account in found.accounts] == [platform]
    assert errors(found) == []


def test_the_word_for_a_platform_may_tell_the_kind_of_account(tmp_path):
    rows = table(
        ["微信订阅号", "云岭大学", "yunling_edu", None, "党委宣传部"],
        ["微信公众号（服务号）", "云岭大学服务", "yunling_serve", None, "信息中心"],
        ["百家号", "云岭大学", None, None, "党委宣传部"],
    )
    assert [account.type for account in reading(tmp_path, rows).accounts] == ["订阅号", "服务号", "百家号"]


def test_a_sheet_named_for_its_platform_needs_no_column_for_it_but_is_told_so(tmp_path):
    rows = table(["云岭大学", "yunling_edu", "党委宣传部"], head=["公众号名称", "微信号", "单位"])
    found = reading(tmp_path, rows, name="a.xlsx")
    assert keys(found) == {"wechat:yunling_edu": 2}
    assert told(found) == [(1, "platform_assumed")]
    rows = table(["云岭大学", "1234567890", "党委宣传部"], head=["名称", "UID", "单位"])
    found = reading(tmp_path, rows, sheet="微博账号", name="b.xlsx")
    assert keys(found) == {"weibo:1234567890": 2}
    assert told(found) == [(1, "platform_assumed")]


def test_the_unit_may_stand_in_the_title_of_its_own_sheet(tmp_path):
    head = ["平台", "账号名称", "账号ID"]
    rows = {1: ["填报单位（盖章）：文学院        填报日期：2026年11月"]}
    rows |= table(["微博", "云岭大学文学院", "1234567890"], head=head, first=2)
    found = reading(tmp_path, rows)
    assert [(a.key, a.unit) for a in found.accounts] == [("weibo:1234567890", "文学院")]
    assert told(found) == [(2, "unit_assumed")]


def test_headings_repeated_in_the_middle_may_change_the_order_of_columns(tmp_path):
    rows = {
        1: HEAD,
        2: ["微博", "云岭大学", "1234567890", None, "党委宣传部"],
        3: HEAD,
        4: ["微博", "云岭大学团委", "2345678901", None, "团委"],
        6: ["理学院账号"],
        7: ["创建单位", "平台", "账号名称", "账号ID"],
        8: ["理学院", "微博", "云岭大学理学院", "3456789012"],
    }
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 2, "weibo:2345678901": 4, "weibo:3456789012": 8}
    assert told(found) == []


def test_sections_between_the_rows_are_no_accounts_and_may_tell_the_tier(tmp_path):
    rows = {
        1: HEAD,
        2: ["一、一级平台"],
        3: ["微博", "云岭大学", "1234567890", None, "党委宣传部"],
        4: ["二、二级平台"],
        5: ["微博", "云岭大学团委", "2345678901", None, "团委"],
    }
    found = reading(
        tmp_path, rows, merges=[("台账", "A2:E2", "一、一级平台"), ("台账", "A4:E4", "二、二级平台")]
    )
    assert [(a.key, a.tier) for a in found.accounts] == [
        ("weibo:1234567890", "一级"),
        ("weibo:2345678901", "二级"),
    ]


def test_sample_rows_and_rows_that_only_have_a_number_are_no_accounts(tmp_path):
    head = ["序号", *HEAD]
    rows = table(
        ["示例", "微博", "云岭大学某学院", "1111111111", None, "某学院"],
        [1, "微博", "云岭大学", "1234567890", None, "党委宣传部"],
        [2, None, None, None, None, None],
        [3, None, None, None, None, None],
        head=head,
    )
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 3}
    assert told(found) == [(2, "example_row")]


def test_a_row_that_explains_the_columns_is_no_account(tmp_path):
    rows = table(
        ["必填，请从下拉选择", "请填平台显示的全称", "选填", "选填", "必填"],
        ["微博", "云岭大学", "1234567890", None, "党委宣传部"],
    )
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 3}
    assert told(found) == []


def test_a_school_of_statistics_is_no_line_of_sums(tmp_path):
    rows = table(
        ["统计学院", "微博", "云岭大学统计学院", "1234567890"], head=["单位", "平台", "账号名称", "账号ID"]
    )
    assert keys(reading(tmp_path, rows)) == {"weibo:1234567890": 2}


def test_full_width_digits_stray_spaces_and_unseen_characters_are_cleaned(tmp_path):
    rows = table(
        [" 微\u200b博　", "\ufeff云岭大学\u200b官微 ", "１２３４５６７８９０ ", None, "文 学 院"],
        ["Ｂ站", "云岭大学\n图书馆", "\u00a034567\u00a0", None, "　图书馆"],
    )
    found = reading(tmp_path, rows)
    assert [(a.key, a.name, a.unit) for a in found.accounts] == [
        ("weibo:1234567890", "云岭大学官微", "文学院"),
        ("bilibili:34567", "云岭大学图书馆", "图书馆"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        dt.date(2020, 3, 5),
        "2020-03-05",
        "2020/3/5",
        "2020.3.5",
        "2020年3月5日",
        "２０２０年３月５日",
        "20200305",
        20200305,
        43895,
        43895.5,
        "43895",
        "二〇二〇年三月五日",
        "2020-03-05 08:30:00",
        "2020 年 3 月 5 号",
    ],
)
def test_a_day_is_read_in_every_form(tmp_path, written):
    rows = table(["微博", "云岭大学", "1234567890", None, "党委宣传部", written], head=[*HEAD, "创建时间"])
    assert [a.created_on for a in reading(tmp_path, rows).accounts] == [dt.date(2020, 3, 5)]


@pytest.mark.parametrize("written", ["2020年3月", "2020-03", "2020.03", "202003", 2020.3, "2020/3"])
def test_a_bare_month_stands_as_its_first_day(tmp_path, written):
    rows = table(["微博", "云岭大学", "1234567890", None, "党委宣传部", written], head=[*HEAD, "创建时间"])
    assert [a.created_on for a in reading(tmp_path, rows).accounts] == [dt.date(2020, 3, 1)]


def test_numbers_that_are_ids_and_phones_lose_no_digit(tmp_path):
    head = [*HEAD, "负责人", "联系电话"]
    rows = table(
        ["微博", "云岭大学", 1234567890, None, "党委宣传部", "甲某", 13800138000.0],
        ["B站", "云岭大学", 3546123456789012, None, "党委宣传部", "甲某", "0871-65011234"],
        head=head,
    )
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 2, "bilibili:3546123456789012": 3}
    assert [found.contacts[a.key].phone for a in found.accounts] == ["13800138000", "0871-65011234"]


def test_a_formula_counts_by_its_value_and_a_failed_one_is_named(tmp_path):
    rows = table(
        ["微博", ('="云岭"&"大学"', "云岭大学"), ("=1234567889+1", 1234567890), None, "党委宣传部"],
        ["微博", ("=VLOOKUP(1,A:A,1)", "#N/A"), "2345678901", None, "团委"],
    )
    found = reading(tmp_path, rows)
    assert [(a.key, a.name) for a in found.accounts] == [("weibo:1234567890", "云岭大学")]
    assert set(errors(found)) == {(3, "formula_error"), (3, "missing")}


def test_the_link_behind_a_cell_counts_where_its_text_is_no_link(tmp_path):
    link = ('=HYPERLINK("https://weibo.com/u/1234567890","点击查看")', "点击查看")
    rows = table(["微博", "云岭大学", None, link, "党委宣传部"])
    assert keys(reading(tmp_path, rows)) == {"weibo:1234567890": 2}


def test_what_is_filed_of_an_account_is_kept(tmp_path):
    head = [
        *HEAD,
        "平台层级",
        "账号类型",
        "是否认证",
        "认证主体",
        "备案时间",
        "年审日期",
        "内容范围",
        "申请说明",
    ]
    head += ["状态", "负责人职务", "备注"]
    row = [
        "微信公众号",
        "云岭大学",
        "gh_0123456789ab（yunling_edu）",
        None,
        "党委宣传部",
        "校级",
        "服务号",
        "√",
    ]
    row += [
        "云岭大学",
        "2020年4月",
        "2025-12-01",
        "校园新闻",
        "面向师生",
        "正常",
        "部长",
        "联系 13800138000 或 a@b.cn",
    ]
    found = reading(tmp_path, table(row, head=head))
    (account,) = found.accounts
    assert account.key == "wechat:gh_0123456789ab"
    assert account.aliases == ("yunling_edu",)
    assert (account.tier, account.type, account.verified, account.verified_as) == (
        "一级",
        "服务号",
        True,
        "云岭大学",
    )
    assert (account.filed_on, account.reviewed_on) == (dt.date(2020, 4, 1), dt.date(2025, 12, 1))
    assert (account.scope, account.purpose, account.state, account.officer) == (
        "校园新闻",
        "面向师生",
        "在用",
        "部长",
    )
    assert account.note == "联系 〔联系方式略〕 或 〔联系方式略〕"


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("在用", "在用"),
        ("正常运营", "在用"),
        ("停更", "停用"),
        ("已停用", "停用"),
        ("已注销", "注销"),
        ("注销（2024年）", "注销"),
    ],
)
def test_the_state_of_an_account_is_known_by_its_words(tmp_path, written, state):
    rows = table(["微博", "云岭大学", "1234567890", None, "党委宣传部", written], head=[*HEAD, "账号状态"])
    assert [a.state for a in reading(tmp_path, rows).accounts] == [state]


def test_a_cancellation_in_the_remarks_counts_and_is_pointed_out(tmp_path):
    rows = table(["微博", "云岭大学", "1234567890", None, "党委宣传部", "已注销"], head=[*HEAD, "备注"])
    found = reading(tmp_path, rows)
    assert [a.state for a in found.accounts] == ["注销"]
    assert told(found) == [(2, "state_in_note")]


YES = ["是", "已认证", "√", True, "企业认证", "是（云岭大学）"]
NO = ["否", "未认证", "×", "无", False, 0]


@pytest.mark.parametrize(
    ("written", "verified"), [*((yes, True) for yes in YES), *((no, False) for no in NO), (None, None)]
)
def test_verified_is_read_from_words_and_marks(tmp_path, written, verified):
    rows = table(["微博", "云岭大学", "1234567890", None, "党委宣传部", written], head=[*HEAD, "是否认证"])
    found = reading(tmp_path, rows)
    assert [a.verified for a in found.accounts] == [verified]
    assert told(found) == []


def test_a_platform_without_a_page_needs_no_id_and_one_with_a_page_stays_unresolved(tmp_path):
    rows = table(
        ["视频号", "云岭大学", None, None, "党委宣传部"],
        ["微信群", "云岭大学新闻群", None, None, "党委宣传部"],
        ["微博", "云岭大学", "无", "/", "党委宣传部"],
        [
            "抖音",
            "云岭大学",
            None,
            "长按复制此条消息，打开抖音搜索 https://v.douyin.com/iAbCdE/",
            "党委宣传部",
        ],
        ["抖音", "云岭大学图书馆", "抖音号：yunling_lib", None, "图书馆"],
    )
    found = reading(tmp_path, rows)
    assert keys(found) == {
        "channels:name=云岭大学": 2,
        "wechat_group:name=云岭大学新闻群": 3,
        "weibo:name=云岭大学": 4,
        "douyin:name=云岭大学": 5,
        "douyin:name=云岭大学图书馆": 6,
    }
    assert told(found) == [(4, "unresolved"), (5, "short_link"), (6, "needs_link")]
    assert [link.url for link in found.pending["douyin:name=云岭大学"]] == ["https://v.douyin.com/iAbCdE/"]


def test_sources_are_albums_articles_and_feeds_and_a_bad_one_is_dropped(tmp_path):
    album = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA1MDEyMzQ1Ng==&action=getalbum&album_id=12345"
    article = "https://mp.weixin.qq.com/s/AbCdEfGh"
    feed = "https://news.yunling.example/feed.xml"
    rows = table(
        ["微信", "云岭大学", "yunling_edu", None, "党委宣传部", f"合集：{album}\n{article}；{feed}"],
        ["微信", "云岭大学团委", "yunling_youth", None, "团委", f"file:///etc/passwd {article}"],
        head=[*HEAD, "信息源"],
    )
    found = reading(tmp_path, rows)
    assert [(w.kind, w.url) for w in found.accounts[0].witnesses] == [
        ("album", album),
        ("article", article),
        ("feed", feed),
    ]
    assert [w.url for w in found.accounts[1].witnesses] == [article]
    assert errors(found) == [(3, "source_dropped")]
    assert found.refused == 0


def test_a_wechat_home_link_that_is_an_article_becomes_a_source(tmp_path):
    article = "https://mp.weixin.qq.com/s?__biz=MzA1MDEyMzQ1Ng==&mid=1&idx=1&sn=ab"
    found = reading(tmp_path, table(["微信", "云岭大学", None, article, "党委宣传部"]))
    (account,) = found.accounts
    assert account.key == "wechat:name=云岭大学"
    assert [w.kind for w in account.witnesses] == ["article"]
    assert account.aliases == ("MzA1MDEyMzQ1Ng==",)
    assert told(found) == [(2, "post_link")]


def test_chat_groups_are_a_sheet_of_their_own(tmp_path):
    head = ["群名称", "平台", "创建人", "创建单位", "成员数", "用途", "最近确认"]
    groups = table(
        ["2026级新生群", "QQ群", "甲某", "文学院", "约 480 人", "迎新", "2026年9月1日"],
        ["2026级新生群", "QQ", "乙某", "理学院", 350, "迎新", dt.date(2026, 9, 2)],
        ["班主任工作群", "微信", "丙某", "学生处", 45, "工作", None],
        [None, "微信群", "丙某", "学生处", 45, "工作", None],
        head=head,
    )
    found = reading(tmp_path, groups, sheet="群组")
    assert [(g.key, g.unit, g.members) for g in found.groups] == [
        ("qq_group:name=2026级新生群（文学院）", "文学院", 480),
        ("qq_group:name=2026级新生群（理学院）", "理学院", 350),
        ("wechat_group:name=班主任工作群", "学生处", 45),
    ]
    assert found.groups[0].confirmed_on == dt.date(2026, 9, 1)
    assert found.contacts[found.groups[0].key].creator == "甲某"
    assert errors(found) == [(5, "missing")]
    assert found.accounts == ()
    lines = list(found.lines())
    assert [(line["row"], line["key"]) for line in lines[:-1] if line["level"] == "ok"] == [
        (row, group.key) for row, group in enumerate(found.groups, 2)
    ]
    assert lines[-1] == {"where": "register", "accounts": 0, "refused": 1}


def test_a_school_adds_words_of_its_own(tmp_path):
    rows = table(
        ["校微", "云岭大学", "1234567890", "党委宣传部"], head=["平台", "账号名称", "账号ID", "承办部门"]
    )
    path = workbook(tmp_path / "台账.xlsx", {"台账": rows})
    own = extended({"创建单位": ["承办部门"], "weibo": ["校微"]})
    assert keys(read(path, PATTERNS, TODAY, vocabulary=own)) == {"weibo:1234567890": 2}
    assert read(path, PATTERNS, TODAY).accounts == ()
    with pytest.raises(ValueError, match="创建单位"):
        extended({"创建的单位": ["承办部门"]})


def test_a_hidden_sheet_is_read_and_pointed_out(tmp_path):
    rows = table(["微博", "云岭大学", "1234567890", None, "党委宣传部"])
    found = read(
        workbook(tmp_path / "a.xlsx", {"说明": {1: ["见后"]}, "旧": rows}, hidden_sheets=["旧"]),
        PATTERNS,
        TODAY,
    )
    assert keys(found) == {"weibo:1234567890": 2}
    assert told(found) == [(1, "hidden_sheet")]


def test_several_managers_in_the_lines_of_one_cell_are_several_people(tmp_path):
    rows = table(
        ["微博", "云岭大学", "1234567890", None, "党委宣传部", "甲某 13800138000\n乙某\n13900139000"],
        ["B站", "云岭大学", "12345", None, "党委宣传部", "1.甲某；2.乙某（139-0013-9000）"],
        head=[*HEAD, "管理员姓名及电话"],
    )
    contacts = reading(tmp_path, rows).contacts
    assert [(m.name, m.phone) for m in contacts["weibo:1234567890"].managers] == [
        ("甲某", "13800138000"),
        ("乙某", "13900139000"),
    ]
    assert [(m.name, m.phone) for m in contacts["bilibili:12345"].managers] == [
        ("甲某", None),
        ("乙某", "13900139000"),
    ]


def test_ids_that_another_program_wrote_as_numbers_are_whole_or_refused(tmp_path):
    rows = table(
        ["1、微博", "云岭大学", "1234567890.0", None, "党委宣传部"],
        ["②微博", "云岭大学团委", "2.345678901E+09", None, "团委"],
        ["微博", "云岭大学图书馆", "'3456789012", None, "图书馆"],
        ["微博", "云岭大学学生处", "4.56789E+09", None, "学生处"],
    )
    found = reading(tmp_path, rows)
    assert keys(found) == {"weibo:1234567890": 2, "weibo:2345678901": 3, "weibo:3456789012": 4}
    assert errors(found) == [(5, "truncated_number")]


def test_a_link_column_that_points_to_an_attachment_gives_no_link(tmp_path):
    rows = table(
        ["微信", "云岭大学", None, "见附件二维码", "党委宣传部"],
        ["微博", "云岭大学", "1234567890", "同左", "党委宣传部"],
    )
    assert told(reading(tmp_path, rows)) == [(2, "unresolved")]


def test_days_of_a_workbook_that_counts_from_1904_are_right(tmp_path):
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"), {"date_1904": True})
    page = book.add_worksheet("台账")
    for number, values in table(
        ["微博", "云岭大学", "1234567890", None, "宣传部"], head=[*HEAD, "创建时间", "备案时间"]
    ).items():
        page.write_row(number - 1, 0, values)
    page.write_datetime(1, 5, dt.date(2020, 3, 5), book.add_format({"num_format": "yyyy-mm-dd"}))
    page.write_number(1, 6, 43895 - 1462)
    book.close()
    (account,) = read(tmp_path / "a.xlsx", PATTERNS, TODAY).accounts
    assert (account.created_on, account.filed_on) == (dt.date(2020, 3, 5), dt.date(2020, 3, 5))
