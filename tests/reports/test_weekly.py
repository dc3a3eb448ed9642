"""The written report: opens offline in a real browser, prints, and leaves hostile names inert."""

import re
import socket
import zipfile
from datetime import date

import invented_ledger as invented
import pytest
from invented_ledger import MADE_AT, MONDAY, SCHOOL, SUNDAY, Writer
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright

from monitors import tables
from monitors.nouns import Account
from monitors.register.contacts import Contact
from reports.weekly import week

HOSTILE = (
    "<script>document.title='hit'</script>",
    '"><img src=x onerror="document.title=\'hit\'">',
    "</style><svg onload=document.title='hit'>",
    "云岭大学\u202e官方\u200b号\n第二行",
    '=HYPERLINK("http://evil.example","点我")',
    "{{ 7 * 7 }}{% raw %}",
)


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def write(ledger, site, label=invented.WEEK, made_at=MADE_AT):
    with ledger.reading() as connection:
        return week(
            connection,
            label,
            invented.FACTS,
            invented.rules(),
            school=SCHOOL,
            site=site,
            made_at=made_at,
        )


def opened(chromium, path, **viewport):
    page = chromium.new_page(viewport=viewport or {"width": 1100, "height": 900})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, said, asked


def test_the_report_opens_offline_without_a_word_in_the_console(full, tmp_path, chromium):
    report, sheet, index = write(full, tmp_path / "site")
    assert [report, sheet, index] == [
        tmp_path / "site" / "2026-W47" / "report.html",
        tmp_path / "site" / "2026-W47" / "report.xlsx",
        tmp_path / "site" / "index.html",
    ]
    for path in (report, index):
        page, said, asked = opened(chromium, path)
        assert said == []
        assert asked == [path.as_uri()]
        # The style sheet is really applied under its own strict policy.
        assert page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "960px"
        assert "script" not in path.read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_screen(full, tmp_path, chromium, width):
    report, _, _ = write(full, tmp_path / "site")
    page, _, _ = opened(chromium, report, width=width, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_prints_on_a4(full, tmp_path, chromium):
    report, _, _ = write(full, tmp_path / "site")
    page, _, _ = opened(chromium, report)
    paper = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert boxes and all((round(float(w)), round(float(h))) in {(595, 842), (596, 842)} for w, h in boxes)


def test_the_words_of_the_page_carry_the_figures(full, tmp_path, chromium):
    report, _, _ = write(full, tmp_path / "site")
    page, _, _ = opened(chromium, report)
    text = page.inner_text("main")
    assert "台账共有 62 个账号，分属 20 个单位" in text
    assert "微博有 2 晚的结果存疑" in text
    assert text.count("未能搜索") >= 3
    assert page.locator("table.units tbody td:first-child").count() == 62
    assert page.locator("tfoot td").nth(1).inner_text() == "62"


def test_breaches_and_suspicions_never_stand_in_one_table(full, tmp_path, chromium):
    report, _, _ = write(full, tmp_path / "site")
    page, _, _ = opened(chromium, report)
    sections = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('h2')].map(head => {
            let text = '', next = head.nextElementSibling;
            while (next && next.tagName != 'H2') { text += next.innerText; next = next.nextElementSibling; }
            return [head.id, text]; }))"""
    )
    assert "不早于" not in sections["open"] + sections["changes"]
    assert "不作为通报依据" in sections["confirm"]
    assert "临时" in sections["open"]
    assert "耘 → 云" in sections["suspects"] and "同音 yún" in sections["suspects"]
    assert "要再有一晚同样的答复" in sections["lost"]


def test_hostile_names_are_inert_and_whole(ledger, tmp_path, chromium):
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.night(SUNDAY, "weibo", asked=1, answered=1, doubt=HOSTILE[0])
        for number, name in enumerate(HOSTILE):
            key = writer.account(Account("weibo", f"javascript:{number}", name, name)).key
            writer.case(f"C-{number}", key, "sias-2020", "silence", "activity", [("opened", MONDAY)])
            writer.verdict(key, "sias-2020", "silence", "activity", "Breach", name, MONDAY)
            writer.verdict(key, "ncwu-2023", "no-leader", "filing", "Breach", name, MONDAY)
            found = invented.match(name, name, "passes_off", 0.9, "combo", (name, name, name))
            writer.sighting(
                "wechat",
                f"h{number}",
                name,
                found,
                MONDAY,
                link=f"javascript://evil.example/%0adocument.title='hit{number}'",
            )
    report, sheet, _ = write(ledger, tmp_path / "site")
    page, said, asked = opened(chromium, report)
    assert said == [] and asked == [report.as_uri()]
    assert page.title() == "云岭大学 新媒体巡检周报 2026-W47"
    assert page.locator("img, script, main svg[onload], iframe").count() == 0
    targets = page.evaluate("[...document.querySelectorAll('a')].map(link => link.protocol)")
    assert set(targets) <= {"https:", "http:", "file:"}
    text = page.inner_text("main")
    for name in (*HOSTILE[:3], *HOSTILE[4:]):
        assert name in text
    assert "云岭大学U+202E 强制右至左官方U+200B 零宽空格号U+000A 换行第二行" in text
    _only_strings(sheet)


def _only_strings(sheet):
    book = load_workbook(sheet)
    for page in book:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n"), (cell.coordinate, cell.value)
                assert cell.data_type == "s" or cell.value is None
                assert cell.hyperlink is None
    with zipfile.ZipFile(sheet) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_the_sheet_holds_every_account_as_text(full, tmp_path):
    _, sheet, _ = write(full, tmp_path / "site")
    _only_strings(sheet)
    rows = list(load_workbook(sheet)["账号"].values)
    assert len(rows) == 63
    assert rows[0][:4] == ("单位", "平台", "账号名称", "本周状态")


def test_an_empty_week_says_that_nothing_is_known(ledger, tmp_path, chromium):
    with ledger.writing() as connection:
        Writer(connection).account(Account("weibo", "1", "云岭大学", "党委宣传部"))
    report, _, _ = write(ledger, tmp_path / "site")
    text = opened(chromium, report)[0].inner_text("main")
    assert "本周没有运行过巡检" in text
    assert "不能说明没有这样的账号" in text


def test_an_unfinished_week_says_how_far_it_goes(ledger, tmp_path, chromium):
    report, _, _ = write(ledger, tmp_path / "site", made_at=invented.at(date(2026, 11, 18)))
    assert "本期数据截至 11 月 18 日" in opened(chromium, report)[0].inner_text("header")


def test_the_index_lists_all_weeks_newest_first(full, tmp_path):
    for label in ("2026-W46", "2026-W47", "2026-W45"):
        _, _, index = write(full, tmp_path / "site", label)
    found = re.findall(r'href="(\d{4}-W\d\d)/report.html">\d', index.read_text(encoding="utf-8"))
    assert found == ["2026-W47", "2026-W46", "2026-W45"]


def test_a_failed_write_leaves_the_older_report(full, tmp_path):
    site = tmp_path / "site"
    report, _, _ = write(full, site)
    before = report.read_bytes()
    report.with_name("report.xlsx").unlink()
    report.with_name("report.xlsx").mkdir()
    with pytest.raises(OSError):
        write(full, site, made_at=invented.at(SUNDAY, 23))
    assert report.read_text(encoding="utf-8").endswith("</html>")
    assert not list(site.rglob("*.part"))
    assert before.startswith(b"<!doctype html>")


def test_contacts_never_reach_the_report(full, tmp_path):
    with full.writing() as connection:
        key = connection.exec_driver_sql("SELECT key FROM account LIMIT 1").scalar()
        contact = Contact(phone="19900001111", email="q@w.cn")
        Writer(connection).put(tables.contact, key=key, record=contact)
        Writer(connection).decision("bilibili:77000001", "unsure", MONDAY)
    report, sheet, _ = write(full, tmp_path / "site")
    with zipfile.ZipFile(sheet) as parts:
        everything = report.read_bytes() + b"".join(parts.read(name) for name in parts.namelist())
    assert b"19900001111" not in everything and b"q@w.cn" not in everything


def test_the_browser_of_these_tests_would_notice_a_request(tmp_path, chromium):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    page = tmp_path / "loud.html"
    page.write_text(f'<img src="http://127.0.0.1:{port}/x">')
    _, said, asked = opened(chromium, page)
    assert len(asked) == 2 and said
