"""Weeks of other schools: long English names, the turn of a year, leave for all, a platform left out, letters lost."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import invented_ledger as invented
import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented_ledger import MONDAY, SUNDAY, Writer, at
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright

from crawlers.browser import found
from monitors import tables
from monitors.nouns import Account, Count, Found, Newest
from reports.weekly import charts, printing, week

CHROMIUM = found(None)
LONG = "School of Humanities, Law and Social Sciences and the Centre for Intercultural Studies"

# Texts that stick out of their own box, and over what stands beside it.
STICKS_OUT = """() => {
  document.querySelectorAll('details').forEach(fold => { fold.open = true; });
  return [...document.querySelectorAll('td, th, dd, dt, p, h1, h2, h3, h4, li')].filter(node =>
    node.checkVisibility() && !node.closest('.skip, thead') && node.clientWidth > 1
    && node.scrollWidth > node.clientWidth + 1).map(node => node.textContent.trim().slice(0, 40));
}"""


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def shown(writer, account, day, newest, bound="exact"):
    writer.account(account)
    post = Newest(at(newest, 15), bound)
    writer.visit(account.key, day, Found(name=account.name, newest=post))
    writer.known(account.key, day, post)


def an_english_school(writer):
    for offset in range(7):
        writer.night(
            MONDAY + timedelta(days=offset), "bilibili", planned=2, found=2, requests=9, asked=3, answered=2
        )
    for number, unit in enumerate((LONG, "Students' Union")):
        account = Account("bilibili", str(number), f"Yunling International College {unit} Official", unit)
        shown(writer, account, SUNDAY, SUNDAY - timedelta(days=90 * number), "at_least")
    name = "Yun1ing International College Admissions"
    found = invented.match(
        name,
        "Yunling International College",
        "passes_off",
        0.97,
        "english_variant",
        ("Yun1ing", "Yunling", "英文校名"),
    )
    writer.sighting("bilibili", "x", name, found, MONDAY, verified=False, followers=Count(120_000, False))


def the_turn_of_the_year(writer):
    last = date(2027, 1, 3)
    writer.night(last, "weibo", planned=1, found=1, requests=3)
    shown(writer, Account("weibo", "1", "云岭大学图书馆", "图书馆"), last, date(2026, 9, 30))
    trail = [("opened", date(2026, 12, 30)), ("notice_issued", date(2026, 12, 30)), ("notice_received", last)]
    writer.verdict("weibo:1", "sias-2020", "silence", "activity", "Breach", "已超过 2 个月没有更新。", last)
    writer.case("C2026-000001", "weibo:1", "sias-2020", "silence", "activity", trail)


def leave_for_everybody(writer):
    writer.night(SUNDAY, "weibo", planned=2, found=2)
    for number in range(2):
        shown(
            writer,
            Account("weibo", str(number), f"云岭大学实践队{number}", "校团委"),
            SUNDAY,
            date(2026, 6, 1),
        )
        writer.decision(f"weibo:{number}", "fine", MONDAY - timedelta(days=60), until=date(2027, 3, 1))


def a_platform_left_out(writer):
    writer.night(SUNDAY, "weibo", planned=1, found=1, requests=4)
    shown(writer, Account("weibo", "1", "云岭大学", "党委宣传部"), SUNDAY, SUNDAY)
    writer.account(Account("douyin", "MS4w", "云岭大学抖音", "党委宣传部"))
    writer.account(Account("website", None, "云岭大学新闻网", "党委宣传部"))
    for number, person in enumerate(("王老师 13800001111", "李工"), 1):
        writer.put(
            tables.message, id=number, channel="mail", address="secret@yunling.edu.cn", status="dead", urgent=False,
            attempts=8, next_at=at(SUNDAY), repeated=False, error="550 secret@yunling.edu.cn",
        )  # fmt: skip
        writer.put(
            tables.alert, number=f"XJ-2026-00000{number}", about=f"step:{number}:1", person=person, role="officer",
            day=SUNDAY, urgent=False, title=f"第 {number} 件事要办", text="", message=number,
        )  # fmt: skip


ODD = {
    "english": (an_english_school, "Yunling International College", invented.WEEK),
    "turn": (the_turn_of_the_year, "云岭大学", "2026-W53"),
    "leave": (leave_for_everybody, "云岭大学", invented.WEEK),
    "left_out": (a_platform_left_out, "云岭大学", invented.WEEK),
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """The folder of each odd week, by name."""
    folders = {}
    for name, (fill, school, label) in ODD.items():
        home = tmp_path_factory.mktemp(name)
        ledger = invented.opened(home)
        with ledger.writing() as connection:
            fill(Writer(connection))
        with ledger.reading() as connection:
            week(connection, label, invented.law(), school=school, site=home / "site")
        ledger.close()
        folders[name] = home / "site" / label
    return folders


def opened(chromium, path, width):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("name", ODD)
def test_no_text_of_an_odd_week_runs_over_what_stands_beside_it(odd, chromium, name):
    for width in (375, 768):
        for file in ("report.html", "units/1.html", "mail.html"):
            page = opened(chromium, odd[name] / file, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (file, width)
            assert page.evaluate(STICKS_OUT) == [], (file, width)
            page.close()


def text_of(odd, chromium, name, place="main"):
    page = opened(chromium, odd[name] / "report.html", 1280)
    text = page.inner_text(place)
    page.close()
    return text


def test_alerts_that_reached_nobody_are_listed_without_any_address(odd, chromium):
    text = text_of(odd, chromium, "left_out", "#trust")
    assert "没有送到的提醒（2）" in text and "收件人可能还不知道" in text
    for known in ("王老师 〔略去〕", "李工", "XJ-2026-000002", "第 2 件事要办", "xunjian tell --again"):
        assert known in text
    everything = b"".join(path.read_bytes() for path in odd["left_out"].rglob("*.html"))
    assert "有 2 条提醒没有送到" in (odd["left_out"] / "mail.html").read_text(encoding="utf-8")
    assert b"secret@" not in everything and b"13800001111" not in everything
    assert "没有送到的提醒" not in (odd["left_out"] / "units" / "1.html").read_text(encoding="utf-8")
    rows = list(load_workbook(odd["left_out"] / "report.xlsx")["没有送到的提醒"].values)
    assert [row[2] for row in rows[1:]] == ["王老师 〔略去〕", "李工"]


def test_a_platform_that_had_no_night_is_not_called_unbelievable(odd, chromium):
    text = text_of(odd, chromium, "left_out", "#trust")
    assert "本周没有巡检这个平台" in text and "没有一晚可信" not in text
    assert "请求 4 次，平均每看一个账号 4.0 次" in text


def test_an_account_from_which_nothing_is_asked_is_not_called_unseen(odd, chromium):
    assert "2 个经同意暂不要求更新" in text_of(odd, chromium, "leave", ".headline")
    row = text_of(odd, chromium, "leave", "#units tbody tr")
    assert "没看到" not in row and "—" in row


def test_a_week_over_the_turn_of_a_year_says_both_years_once_and_has_nothing_to_decide_at_once(odd, chromium):
    head = text_of(odd, chromium, "turn", "header")
    assert "2026 年第 53 周" in head and "2026 年 12 月 28 日" in head and "2027 年 1 月 3 日" in head
    text = text_of(odd, chromium, "turn")
    assert "没有要马上决定的案件" in text and "到 2027-02-04 仍没有改正" in text
    days = text_of(odd, chromium, "turn", "#events tbody")
    assert "1 月 3 日" in days and "2027 年" not in days


def test_searches_are_counted_as_searches_and_what_they_did_not_answer_is_said(odd, chromium):
    assert "搜索 21 次，14 次得到答复" in text_of(odd, chromium, "english", "#trust")
    assert "微博请人工搜索" in text_of(odd, chromium, "leave", "#decide")


def test_a_very_large_page_is_printed_without_tags_which_would_weigh_more_than_its_paper(chromium):
    def press():
        with printing.Press(CHROMIUM) as pressed:
            return pressed.paper(f"<h1>周报</h1><!--{'x' * 1_000_000}-->"), pressed.paper("<h1>周报</h1>")

    with ThreadPoolExecutor(1) as pool:  # the tests' own browser holds this thread
        large, small = pool.submit(press).result()
    assert large.startswith(b"%PDF") and b"/StructTreeRoot" not in large and b"/StructTreeRoot" in small


@given(st.text("-pqsux", min_size=1, max_size=26))
def test_each_week_of_a_strip_shows_its_own_kind_on_top(cells):
    shown = ["-"] * len(cells)
    for kind, path in re.findall(r'<path class=(\w) d="([^"]*)"', charts.strip(cells)):
        for start, length in re.findall(r"M(\d+) [\d.]+h(\d+)", path):
            shown[int(start) : int(start) + int(length)] = kind * int(length)
    assert "".join(shown) == cells
    said = re.search(r'aria-label="(.*?)"', charts.strip(cells))[1]
    assert sum(map(int, re.findall(r"(\d+)周", said))) == len(cells) - cells.count("-")
