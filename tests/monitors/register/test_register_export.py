"""The register handed back: the yearly summary reads back without a difference, and holds nothing but text."""

import re
import shutil
import stat
import subprocess
import zipfile
from datetime import date

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from offices import HEAD, PATTERNS, SEC, TODAY, reading, table

from monitors.nouns import Account, WitnessLink
from monitors.register.contacts import Contact, Manager
from monitors.register.export import Seen, exported
from monitors.register.groups import ChatGroup
from monitors.register.reading import read
from monitors.register.text import clean, closed, scrubbed

FULL = (
    Account(
        "wechat",
        "gh_0123456789ab",
        "云岭大学",
        "党委宣传部",
        tier="一级",
        officer="部长",
        type="服务号",
        verified=True,
        verified_as="云岭大学",
        created_on=date(2015, 3, 1),
        filed_on=date(2015, 3, 5),
        aliases=("yunling_edu", "MzA1MDEyMzQ1Ng=="),
        witnesses=(
            WitnessLink(
                "album", "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzA1&action=getalbum&album_id=1"
            ),
            WitnessLink("article", "https://mp.weixin.qq.com/s/AbCd"),
            WitnessLink("feed", "https://news.yunling.example/feed.xml"),
        ),
        note="主号",
        scope="校园新闻",
        purpose="面向师生",
        reviewed_on=date(2025, 12, 1),
    ),
    Account("weibo", "1234567890", '=HYPERLINK("x","云岭")', "团委", tier="二级", verified=False),
    Account("bilibili", "3546123456789012", "+云岭@大学", "-学生处", tier="三级", state="停用"),
    Account("douyin", SEC, "云岭大学", "党委宣传部", tier="一级", state="注销"),
    Account("douyin", None, "云岭大学图书馆", "图书馆", aliases=("yunling.lib",)),
    Account("website", "news.yunling.example/xw", "新闻网", "党委宣传部", tier="一级"),
    Account("tieba", "云岭大学", "云岭大学吧", "学生处"),
    Account("kuaishou", "3xabcdefghijk12", "云岭大学", "党委宣传部"),
    Account("channels", None, "云岭大学", "党委宣传部"),
    Account("other", "baijiahao.example/u?app_id=15", "云岭大学", "党委宣传部", type="百家号"),
    Account("wechat_group", None, "新闻群", "党委宣传部"),
)
GROUPS = (
    ChatGroup(
        "qq_group", "新生群", "文学院", "123456789", 480, "迎新", date(2026, 9, 1), date(2026, 8, 1), "大"
    ),
    ChatGroup("wechat_group", "新生群", "理学院"),
)


def back(path):
    return read(path, PATTERNS, TODAY, asks=frozenset())


def by_key(found):
    return {one.key: one for one in found}


def test_export_and_reading_back_make_no_difference(tmp_path):
    exported(FULL, {}, tmp_path / "a.xlsx", groups=GROUPS)
    found = back(tmp_path / "a.xlsx")
    assert by_key(found.accounts) == by_key(FULL)
    assert found.groups == GROUPS
    assert [p for p in found.problems if p.level == "error"] == []
    assert found.refused == 0
    assert set(map(repr, found.contacts.values())) == {"Contact(…)"}
    assert all(c in (Contact(), Contact(post="部长")) for c in found.contacts.values())


def test_people_are_in_the_export_only_when_asked_for(tmp_path):
    people = Contact(
        "校长甲",
        "甲某",
        "部长",
        "13800138000",
        "a@yunling.example",
        "12345678",
        (Manager("乙某", "13900139000"), Manager("丙某")),
        "在编",
    )
    contacts = {FULL[0].key: people, GROUPS[0].key: Contact(creator="丁某")}
    exported(FULL, {}, tmp_path / "a.xlsx", groups=GROUPS)
    exported(FULL, {}, tmp_path / "b.xlsx", groups=GROUPS, contacts=contacts)
    plain, private = (unpacked(tmp_path / name) for name in ("a.xlsx", "b.xlsx"))
    for mark in ("校长甲", "甲某", "13800138000", "a@yunling", "12345678<", "乙某", "13900139000", "丁某"):
        assert mark not in plain
        assert mark in private
    assert stat.S_IMODE((tmp_path / "b.xlsx").stat().st_mode) == 0o600
    found = back(tmp_path / "b.xlsx")
    assert found.contacts[FULL[0].key] == people
    assert found.contacts[GROUPS[0].key].creator == "丁某"
    assert by_key(found.accounts) == by_key(FULL)


def unpacked(path):
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def test_one_sheet_a_tier_with_totals_frozen_headings_and_filters_and_no_formula(tmp_path):
    seen = Seen("正常", date(2026, 11, 18), at_least=True, findings=("两周未更新", "名称与备案不符"))
    exported(FULL, {FULL[0].key: seen}, tmp_path / "a.xlsx", title="云岭大学网络媒体平台汇总表")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["汇总", "一级", "二级", "三级", "未分级"]
    page = book["一级"]
    assert page["A1"].value == "云岭大学网络媒体平台汇总表（一级）"
    headings = [cell.value for cell in page[2]]
    row = dict(zip(headings, [cell.value for cell in page[3]], strict=True))
    assert (row["最近状态"], row["最后更新时间"]) == ("正常", "不早于 2026-11-18")
    assert row["发现的问题"] == "两周未更新\n名称与备案不符"
    assert page.freeze_panes == "F3"
    assert page.auto_filter.ref == "A2:W5"
    assert any(str(cell.value).startswith("3 个账号") for row in page.iter_rows() for cell in row)
    for sheet in book:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.value is None or (cell.data_type == "s" and cell.hyperlink is None)
    assert "<f>" not in unpacked(tmp_path / "a.xlsx")


def test_the_totals_add_up_to_the_accounts(tmp_path):
    exported(FULL, {}, tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(tmp_path / "a.xlsx")["汇总"]
    rows = [
        [cell.value for cell in row] for row in page.iter_rows(min_row=3) if (row[2].value or "").isdigit()
    ]
    assert sum(int(row[2]) for row in rows) == len(FULL)
    assert all(int(row[2]) == sum(map(int, row[3:6])) for row in rows)


TEXT = st.text(alphabet=st.characters(codec=None), max_size=30)
NAME = (
    TEXT.map(lambda text: closed(clean(text)))
    .filter(lambda text: len(text) < 31 and scrubbed(text) == text)
    .filter(lambda text: re.search(r"[\w]", text) and not re.search(r"^(?:示例|样例|例)[:：]", text))
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.builds(
            Account,
            st.just("weibo"),
            st.integers(10**9, 10**10 - 1).map(str),
            st.just("云").flatmap(
                lambda head: NAME.map(lambda text: closed(clean(f"{head}{text}"))[:28].strip())
            ),
            NAME.map(lambda text: closed(clean(f"院{text}"))),
            note=st.none() | NAME.map(lambda text: closed(clean(f"注{text}"))),
            created_on=st.none() | st.dates(date(2009, 1, 1), TODAY),
            verified=st.none() | st.booleans(),
            state=st.sampled_from(["在用", "停用", "注销"]),
            tier=st.none() | st.sampled_from(["一级", "二级", "校外", "a/b:c"]),
        ),
        unique_by=lambda account: account.key,
        max_size=5,
    )
)
def test_any_register_reads_back_as_it_was(tmp_path, accounts):
    exported(accounts, {}, tmp_path / "a.xlsx")
    assert by_key(back(tmp_path / "a.xlsx").accounts) == by_key(accounts)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, TEXT)
@example("云\ud800岭", "\udfff")
@example("云\x00岭\x1b[31m\x07", "\ufffe\uffff\x0b")
@example("=1+1", "云" * 40_000)
def test_no_text_whatsoever_makes_the_export_fail(tmp_path, name, note):
    exported([Account("weibo", "1234567890", name, note, note=note, tier=name)], {}, tmp_path / "a.xlsx")
    openpyxl.load_workbook(tmp_path / "a.xlsx")


def test_a_failed_export_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(KeyError):
        exported([Account("no such platform", "1", "x", "y")], {}, target)
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_libreoffice_opens_the_export_and_shows_no_formula(tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here: the export was not opened in it")
    exported(FULL, {}, tmp_path / "a.xlsx", groups=GROUPS)
    done = subprocess.run(
        [office, "--headless", "--convert-to", "csv", "--outdir", tmp_path, tmp_path / "a.xlsx"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "warn" not in (done.stdout + done.stderr).lower()
    assert "汇总" in (tmp_path / "a.csv").read_text(encoding="utf-8")


def test_the_export_of_a_reading_reads_back_the_same(tmp_path):
    head = [*HEAD, "平台层级", "创建时间", "是否认证", "备注"]
    found = reading(
        tmp_path,
        table(
            ["微博", "云岭大学", "1234567890", None, "党委宣传部", "校级", "2020年3月", "√", "换行\n与 空格"],
            [
                "微信订阅号",
                "云岭大学",
                "gh_0123456789ab yunling_edu",
                None,
                "党委宣传部",
                "1",
                None,
                "否",
                "同上",
            ],
            [
                "百家号",
                "云岭大学",
                None,
                "https://baijiahao.example/u?app_id=15",
                "党委宣传部",
                None,
                None,
                None,
                None,
            ],
            head=head,
        ),
    )
    exported(found.accounts, {}, tmp_path / "b.xlsx")
    assert by_key(back(tmp_path / "b.xlsx").accounts) == by_key(found.accounts)
    assert len(found.accounts) == 3
