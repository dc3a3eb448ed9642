"""What a new reading may replace, what bad rows keep, and what changed from version to version."""

from dataclasses import replace

from offices import HEAD, PATTERNS, TODAY, reading, table, workbook

from monitors.register.acceptance import Applied, NeedsAccept, applied
from monitors.register.changes import Change, Version, changes
from monitors.register.groups import ChatGroup
from monitors.register.reading import read

UNITS = [
    "文学院",
    "理学院",
    "工学院",
    "医学院",
    "农学院",
    "法学院",
    "商学院",
    "艺术学院",
    "体育学院",
    "外语学院",
]


def row(number, **other):
    values = {
        "platform": "微博",
        "name": f"云岭大学{UNITS[number]}",
        "id": f"12345678{number:02}",
        "link": None,
    }
    return list((values | {"unit": UNITS[number]} | other).values())


def ten(**changed):
    """Ten good rows; `r3={...}` changes the fourth, `r3=None` leaves it out."""
    rows = []
    for number in range(10):
        other = changed.get(f"r{number}", {})
        rows += [] if other is None else [row(number, **other)]
    return rows


def read_rows(tmp_path, rows, name="台账.xlsx"):
    return reading(tmp_path, table(*rows), name=name)


def accepted(tmp_path, rows=None):
    outcome = applied(read_rows(tmp_path, rows or ten(), "前.xlsx"), None)
    assert isinstance(outcome, Applied)
    return outcome.version


def names(version):
    return {account.key: account.name for account in version.accounts}


def test_the_first_version_is_applied_with_a_fifth_of_its_rows_bad_and_not_with_more(tmp_path):
    bad = {"platform": "微搏"}
    outcome = applied(read_rows(tmp_path, ten(r1=bad, r2=bad)), None)
    assert isinstance(outcome, Applied)
    assert len(outcome.version.accounts) == 8
    asked = applied(read_rows(tmp_path, ten(r1=bad, r2=bad, r3=bad)), None)
    assert isinstance(asked, NeedsAccept)
    assert (asked.reason, asked.refused, asked.gone) == ("a_fifth", 3, ())
    assert "3 行" in asked.message


def test_a_person_may_accept_what_is_not_taken_unasked(tmp_path):
    bad = {"platform": "微搏"}
    found = read_rows(tmp_path, ten(r1=bad, r2=bad, r3=bad))
    outcome = applied(found, None, accept=True)
    assert isinstance(outcome, Applied)
    assert len(outcome.version.accounts) == 7


def test_two_of_ten_accounts_may_go_and_three_may_not(tmp_path):
    before = accepted(tmp_path)
    outcome = applied(read_rows(tmp_path, ten(r1=None, r2=None)), before)
    assert isinstance(outcome, Applied)
    assert outcome.gone == ("weibo:1234567801", "weibo:1234567802")
    asked = applied(read_rows(tmp_path, ten(r1=None, r2=None, r3=None)), before)
    assert isinstance(asked, NeedsAccept)
    assert len(asked.gone) == 3


def test_accounts_gone_and_rows_refused_count_together(tmp_path):
    before = accepted(tmp_path)
    asked = applied(read_rows(tmp_path, ten(r1=None, r2=None, r3={"platform": "微搏"})), before)
    assert isinstance(asked, NeedsAccept)


def test_many_new_accounts_do_not_outweigh_those_that_would_go(tmp_path):
    before = accepted(tmp_path)
    new = [["B站", f"云岭大学新{number}", str(5000 + number), None, "团委"] for number in range(40)]
    asked = applied(read_rows(tmp_path, [*ten(r1=None, r2=None, r3=None), *new]), before)
    assert isinstance(asked, NeedsAccept)


def test_many_new_accounts_do_not_outweigh_rows_that_went_bad(tmp_path):
    before = accepted(tmp_path)
    bad = {"id": "不是ID"}
    new = [["B站", f"云岭大学新{number}", str(5000 + number), None, "团委"] for number in range(40)]
    assert isinstance(applied(read_rows(tmp_path, [*ten(r1=bad, r2=bad), *new]), before), Applied)
    asked = applied(read_rows(tmp_path, [*ten(r1=bad, r2=bad, r3=bad), *new]), before)
    assert isinstance(asked, NeedsAccept)


def test_a_bad_row_keeps_the_last_accepted_version_of_its_account(tmp_path):
    before = accepted(tmp_path)
    rows = ten(
        r1={"name": "改了名字", "id": "不是ID"},
        r2={"platform": "微搏", "id": "1234567802"},
        r4={"name": "云岭新名"},
    )
    outcome = applied(read_rows(tmp_path, rows), before)
    assert isinstance(outcome, Applied)
    now = names(outcome.version)
    assert now["weibo:1234567801"] == "云岭大学理学院"
    assert now["weibo:1234567802"] == "云岭大学工学院"
    assert now["weibo:1234567804"] == "云岭新名"
    assert set(outcome.kept_back) == {"weibo:1234567801", "weibo:1234567802"}
    assert outcome.gone == ()


def test_an_account_under_two_units_keeps_its_last_accepted_version(tmp_path):
    before = accepted(tmp_path)
    twice = ["微博", "云岭大学文学院", "1234567800", None, "理学院"]
    outcome = applied(read_rows(tmp_path, [*ten(), twice]), before)
    assert isinstance(outcome, Applied)
    assert {a.key: a.unit for a in outcome.version.accounts}["weibo:1234567800"] == "文学院"
    assert outcome.kept_back == ("weibo:1234567800",)
    assert len(outcome.version.accounts) == 10


def test_a_bad_row_keeps_its_people_too(tmp_path):
    head = [*HEAD, "负责人"]
    first = reading(tmp_path, table(*[[*r, "甲某"] for r in ten()], head=head), name="a.xlsx")
    before = applied(first, None)
    assert isinstance(before, Applied)
    rows = ten(r1={"id": "不是ID"})
    outcome = applied(reading(tmp_path, table(*[[*r, "乙某"] for r in rows], head=head)), before.version)
    assert isinstance(outcome, Applied)
    leaders = {key: contact.leader for key, contact in outcome.version.contacts.items()}
    assert leaders["weibo:1234567801"] == "甲某"
    assert leaders["weibo:1234567802"] == "乙某"


def test_a_file_without_a_heading_is_not_applied(tmp_path):
    before = accepted(tmp_path)
    asked = applied(reading(tmp_path, {1: ["随便写写"]}), before)
    assert isinstance(asked, NeedsAccept)
    assert asked.reason == "no_heading"
    assert isinstance(applied(reading(tmp_path, {1: ["随便写写"]}), None), NeedsAccept)


def test_an_account_that_gets_its_handle_is_neither_gone_nor_new(tmp_path):
    before = accepted(tmp_path, ten(r0={"id": None}, r1={"id": None}, r2={"id": None}))
    outcome = applied(read_rows(tmp_path, ten()), before)
    assert isinstance(outcome, Applied)
    assert outcome.gone == ()
    assert next(change for change in outcome.changes if change.kind == "resolved") == Change(
        "weibo:1234567800", "resolved", "weibo:name=云岭大学文学院", "weibo:1234567800"
    )


def test_what_changed_is_told_without_naming_people(tmp_path):
    head = [*HEAD, "是否认证", "状态", "负责人", "管理员1"]
    one = [
        [*row(0), "否", "在用", "甲某", "乙某"],
        [*row(1), "否", "在用", "甲某", "乙某"],
        [*row(2), None, None, None, None],
    ]
    two = [
        [*row(0, name="云岭大学新名"), "是", "注销", "丙某", "乙某"],
        [*row(1, unit="团委"), "否", "在用", "甲某", "丁某"],
        [*row(3), None, None, None, None],
    ]
    versions = []
    for name, rows in (("a.xlsx", one), ("b.xlsx", two)):
        found = read(workbook(tmp_path / name, {"台账": table(*rows, head=head)}), PATTERNS, TODAY)
        versions.append(Version(found.accounts, found.contacts))
    assert changes(*versions) == [
        Change("weibo:1234567800", "renamed", "云岭大学文学院", "云岭大学新名"),
        Change("weibo:1234567800", "state", "在用", "注销"),
        Change("weibo:1234567800", "verification", "未认证", "已认证"),
        Change("weibo:1234567800", "leader"),
        Change("weibo:1234567801", "unit", "理学院", "团委"),
        Change("weibo:1234567801", "managers"),
        Change("weibo:1234567803", "added", None, "云岭大学医学院"),
        Change("weibo:1234567802", "removed", "云岭大学工学院"),
    ]
    assert changes(versions[1], versions[1]) == []


def test_of_a_chat_group_that_left_its_name_and_unit_are_told_since_no_other_record_stays():
    qq = ChatGroup("qq_group", "新生群", "招生办", number="123456")
    before = Version(groups=(qq, ChatGroup("wechat_group", "教工群", "文学院")))
    after = Version(
        groups=(replace(qq, name="校友群", unit="校友会"), ChatGroup("wechat_group", "读书群", "图书馆"))
    )
    assert changes(before, after) == [
        Change("qq_group:123456", "group_renamed", "新生群", "校友群"),
        Change("qq_group:123456", "group_unit", "招生办", "校友会"),
        Change("wechat_group:name=读书群", "group_added", None, "读书群"),
        Change("wechat_group:name=教工群", "group_removed", "教工群", unit="文学院"),
    ]
    assert changes(after, after) == []


def test_a_bad_row_of_a_chat_group_keeps_the_group(tmp_path):
    head = ["群名称", "平台", "创建人", "创建单位", "成员数", "最近确认"]
    good = ["新闻群", "微信群", "甲某", "宣传部", 40, "2026-09-01"]
    sheets = {"台账": table(*ten()), "群": table(good, head=head)}
    before = applied(read(workbook(tmp_path / "a.xlsx", sheets), PATTERNS, TODAY), None)
    assert isinstance(before, Applied)
    sheets["群"] = table([*good[:5], "2027-09-01"], head=head)
    outcome = applied(read(workbook(tmp_path / "b.xlsx", sheets), PATTERNS, TODAY), before.version)
    assert isinstance(outcome, Applied)
    assert [(group.key, str(group.confirmed_on)) for group in outcome.version.groups] == [
        ("wechat_group:name=新闻群", "2026-09-01")
    ]


def test_two_of_nine_are_more_than_a_fifth(tmp_path):
    before = accepted(tmp_path, ten(r9=None))
    assert isinstance(applied(read_rows(tmp_path, ten(r9=None, r1=None, r2=None)), before), NeedsAccept)
    bad = {"platform": "微搏"}
    assert isinstance(applied(read_rows(tmp_path, ten(r9=None, r1=bad, r2=bad)), None), NeedsAccept)
