"""The written report in a real browser: offline, on every width, dark, on paper, with hostile names inert."""

import base64
import itertools
import re
import resource
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import invented_ledger as invented
import pytest
import sqlalchemy as sa
from invented_ledger import MONDAY, SCHOOL, SUNDAY, Writer
from openpyxl import load_workbook
from playwright.sync_api import sync_playwright

from crawlers.browser import found
from monitors import tables
from monitors.nouns import Account, Found, Note
from monitors.register.contacts import Contact, Manager
from reports.weekly import printing, week

CHROMIUM = found(None)
HOSTILE = (
    "<script>document.title='hit'</script>",
    '"><img src=x onerror="document.title=\'hit\'">',
    "</style><svg onload=document.title='hit'>",
    "云岭大学\u202e官方\u200b号\n第二行",
    '=HYPERLINK("http://evil.example","点我")',
    "{{ 7 * 7 }}{% raw %}",
    "云" * 300,
    "A" * 300,
)
KINDS = ("first", "normal", "blockade", "large")


def written(ledger, site, label=invented.WEEK, browser=None, school=SCHOOL, **more):
    def make():
        with ledger.reading() as connection:
            return week(connection, label, invented.law(), school=school, site=site, browser=browser, **more)

    return apart(make) if browser else make()


def apart(work):
    """In a thread of its own: the tests' browser already holds this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def report_of(ledger, site, **more):
    return written(ledger, site, **more).paths[0]


# ── the browser ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """The reports of four invented weeks, by kind."""
    paths = {}
    for kind in KINDS:
        folder = tmp_path_factory.mktemp(kind)
        ledger = invented.opened(folder)
        with ledger.writing() as connection:
            writer = Writer(connection)
            if kind == "normal":
                invented.a_year_before(writer, invented.a_full_week(writer), 26)
            elif kind == "large":
                invented.a_large_week(writer, 300)
            else:
                {"first": invented.a_first_week, "blockade": invented.a_blockade}[kind](writer)
        paths[kind] = report_of(ledger, folder / "site")
        ledger.close()
    return paths


def opened(chromium, path, width=1280, **context):
    """The page, what it said to the console, and what it asked the network for."""
    page = chromium.new_context(viewport={"width": width, "height": 900}, **context).new_page()
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return page, said, [url for url in asked if not url.startswith("data:")]


# Texts with the colours they are drawn in: the nearest painted ground lies under each.
CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = node => {
    for (let at = node; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const poor = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode.parentElement, svg = node.closest('svg');
    if (!walk.currentNode.data.trim() || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    const own = light(rgb(svg ? style.fill : style.color)), under = light(ground(node));
    const ratio = (Math.max(own, under) + .05) / (Math.min(own, under) + .05);
    if (ratio < 4.5) poor.add(`${ratio.toFixed(2)} ${walk.currentNode.data.trim().slice(0, 20)}`);
  }
  return [...poor];
}"""

# What stands in front of the paper: 3 to 1 for what carries meaning.
SHAPES = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const paper = light(rgb(getComputedStyle(document.body).backgroundColor)), poor = {};
  for (const shape of document.querySelectorAll('.st path, path.line')) {
    const own = light(rgb(getComputedStyle(shape).stroke));
    const ratio = (Math.max(own, paper) + .05) / (Math.min(own, paper) + .05);
    if (ratio < 3) poor[shape.getAttribute('class')] = ratio.toFixed(2);
  }
  return poor;
}"""

# What sticks out of the page, or is cut off by its own box.
OVERFLOW = """() => [...document.querySelectorAll('body *')].filter(node => {
    if (!node.checkVisibility() || node.closest('nav, svg, .skip, thead')) return false;
    const box = node.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1);
  }).map(node => `${node.tagName}.${node.className}`).slice(0, 5)"""


@pytest.mark.parametrize("kind", KINDS)
def test_every_week_fits_every_width_is_legible_by_day_and_night_and_asks_for_nothing(four, chromium, kind):
    for width, scheme in ((375, "light"), (768, "light"), (1280, "light"), (375, "dark")):
        page, said, asked = opened(chromium, four[kind], width, color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERFLOW) == []
        assert page.evaluate(CONTRAST) == [], (width, scheme)
        assert page.evaluate(SHAPES) == {}, (width, scheme)
        assert said == [] and asked == [four[kind].as_uri()]
        page.context.close()


@pytest.mark.parametrize("kind", KINDS)
def test_headings_landmarks_and_alternatives_are_in_order(four, chromium, kind):
    page, _, _ = opened(chromium, four[kind])
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(head => +head.tagName[1])")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    for landmark in ("header", "nav[aria-label]", "main", "footer"):
        assert page.locator(f"body > {landmark}").count() == 1
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    unnamed = """[...document.querySelectorAll('svg')].filter(svg => svg.getAttribute('aria-hidden') != 'true'
        && !(svg.getAttribute('role') == 'img' && svg.getAttribute('aria-label')))
        .concat([...document.querySelectorAll('img:not([alt])')]).length"""
    assert page.evaluate(unnamed) == 0
    assert page.evaluate("[...document.querySelectorAll('th:not([scope])')].length") == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(node => node.id)")
    assert len(ids) == len(set(ids))
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(link => link.hash.slice(1))"
    )
    assert targets and set(targets) <= set(ids)
    labels = page.evaluate(
        "[...document.querySelectorAll('[aria-labelledby]')].map(n => n.getAttribute('aria-labelledby'))"
    )
    assert set(labels) <= set(ids)


def test_the_sections_come_in_the_order_in_which_a_department_reads_them(four, chromium):
    page, _, _ = opened(chromium, four["normal"])
    order = page.evaluate("[...document.querySelectorAll('main > section')].map(section => section.id)")
    assert order == [
        "",
        "decide",
        "events",
        "trust",
        "units",
        "accounts",
        "filings",
        "year",
        "rules",
        "method",
    ]
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).borderBottomStyle") == "solid"
    text = page.inner_text("main")
    assert "本周有 14 件事等待人来决定或核实" in text
    assert "微博有 2 晚的结果存疑" in text
    assert "耘 ≈ 云" in text and "同音 yún" in text
    assert page.locator(".accounts tbody tr").count() == 62
    assert page.locator("#units tfoot td").first.inner_text() == "62"


def test_a_blocked_week_says_so_first_and_accuses_nobody(four, chromium):
    page, _, _ = opened(chromium, four["blockade"])
    assert "没有据此对任何账号作判断" in page.inner_text(".headline")
    text = page.inner_text("main")
    assert "没有一晚可信" in text
    assert "本周没有得到搜索结果，不能说明没有这样的账号" in text
    assert "没有更新 0" not in text
    assert page.locator(".tile b").all_inner_texts()[-1] == "0"


def test_a_first_week_compares_with_nothing(four, chromium):
    page, _, _ = opened(chromium, four["first"])
    text = page.inner_text("main")
    assert "没有变化可比" in text and "比上周" not in page.inner_text(".tiles")
    assert page.locator(".year").count() == 2


def test_breaches_and_suspicions_never_stand_in_one_list(four, chromium):
    page, _, _ = opened(chromium, four["normal"])
    assert "不早于" not in "".join(page.locator(".case").all_inner_texts())
    assert "不作为通报依据" in page.inner_text("#decide")


def test_an_empty_week_says_that_nothing_is_known(ledger, tmp_path, chromium):
    with ledger.writing() as connection:
        Writer(connection).account(Account("weibo", "1", "云岭大学", "党委宣传部"))
    text = opened(chromium, report_of(ledger, tmp_path / "site"))[0].inner_text("main")
    assert "本周没有运行过巡检" in text
    assert "不能说明没有这样的账号" in text


# ── paper ───────────────────────────────────────────────────────────────────────────────────────


def test_paper_is_a4_with_running_heads_repeated_headings_and_every_fold_open(full, tmp_path, chromium):
    report = report_of(full, tmp_path / "site")
    closed = re.sub(r"(<details[^>]*?) open", r"\1", report.read_text(encoding="utf-8"))
    address = "https://example.edu.cn/2026-W47/report.html"

    def press():
        with printing.Press(CHROMIUM) as pressed:
            return pressed.paper(report.read_text(encoding="utf-8"), address), pressed.paper(closed)

    paper, folded = apart(press)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", paper)
    assert boxes and all((round(float(w)), round(float(h))) in {(595, 842), (596, 842)} for w, h in boxes)
    assert len(boxes) == len(re.findall(rb"/MediaBox", folded))
    assert b"https://example.edu.cn/2026-W47/units/1.html" in paper and b"report.invalid" not in paper
    assert b"/StructTreeRoot" in paper and b"/Outlines" in paper
    page, _, _ = opened(chromium, report)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.querySelector('thead')).display") == "table-header-group"
    css = report.read_text(encoding="utf-8")
    assert "@top-left" in css and "RUNNING-HEAD" not in css


def test_without_a_browser_everything_else_is_written_and_no_older_paper_stays(full, tmp_path):
    site = tmp_path / "site"
    first = written(full, site, browser=CHROMIUM)
    assert (site / "2026-W47" / "report.pdf").read_bytes().startswith(b"%PDF") and first.lacking is None
    again = written(full, site, browser=None)
    assert "Chromium" in again.lacking and not (site / "2026-W47" / "report.pdf").exists()
    assert {path.name for path in again.paths} >= {"report.html", "report.xlsx", "mail.html", "index.html"}


# ── names and private things ────────────────────────────────────────────────────────────────────


@pytest.fixture
def hostile(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.night(SUNDAY, "weibo", asked=1, answered=1, doubt=HOSTILE[0])
        for number, name in enumerate(HOSTILE):
            key = writer.account(Account("weibo", f"javascript:{number}", name, name)).key
            writer.case(f"C-{number}", key, "sias-2020", "silence", "activity", [("opened", MONDAY)])
            writer.verdict(key, "sias-2020", "silence", "activity", "Breach", name, MONDAY)
            writer.verdict(key, "ncwu-2023", "no-leader", "filing", "Breach", name, MONDAY)
            writer.decision(key, "unsure", MONDAY, why=name)
            found = invented.match(name, name[::-1] or "云", "passes_off", 0.9, "combo", (name, name, name))
            link = f"javascript://evil.example/%0adocument.title='hit{number}'"
            writer.sighting(
                "wechat",
                f"h{number}",
                name,
                found,
                MONDAY,
                link=link,
                by=name,
                verified=True,
                verified_as=name,
            )
    return ledger


def test_hostile_and_endless_names_are_inert_whole_and_fit_everywhere(hostile, tmp_path, chromium):
    made = written(hostile, tmp_path / "site", school=HOSTILE[2])
    folder = tmp_path / "site" / invented.WEEK
    pages = [
        folder / "report.html",
        folder / "mail.html",
        folder / "units" / "1.html",
        folder / "units" / "0.html",
    ]
    for path in pages:
        page, said, asked = opened(chromium, path, 375)
        assert said == [] and asked == [path.as_uri()]
        assert page.title() != "hit"
        assert page.locator("img, script, iframe, svg[onload]").count() == 0
        targets = page.evaluate("[...document.querySelectorAll('a')].map(link => link.protocol)")
        assert set(targets) <= {"https:", "http:", "file:"}
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
    page, _, _ = opened(chromium, pages[0])
    text = page.inner_text("main")
    for name in (*HOSTILE[:3], *HOSTILE[4:]):
        assert name in text
    assert "云岭大学U+202E 强制右至左官方U+200B 零宽空格号U+000A 换行第二行" in text
    _only_strings(made.paths[1])


def _only_strings(sheet):
    for page in load_workbook(sheet):
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type == "s" or cell.value is None, (cell.coordinate, cell.value)
                assert cell.hyperlink is None
    with zipfile.ZipFile(sheet) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist())


def test_nothing_private_reaches_any_file(full, tmp_path):
    marks = ("13900001111", "139-0000-2222", "q@w.cn", "王大明", "sk_live_0123456789abcdef0123456789")
    with full.writing() as connection:
        writer = Writer(connection)
        columns = tables.account.c.key, tables.account.c.record
        key, record = connection.execute(sa.select(*columns).limit(1)).one()
        contact = Contact(
            phone=marks[0], email=marks[2], leader=marks[3], managers=(Manager(marks[3], marks[1]),)
        )
        writer.put(tables.contact, key=key, record=contact)
        noted = replace(record, note=marks[3], purpose=f"{marks[0]} {marks[2]}", officer="党委书记")
        connection.execute(tables.account.update().where(tables.account.c.key == key).values(record=noted))
        for number, mark in enumerate((*marks[:3], marks[4])):
            writer.decision(f"bilibili:7700000{number}", "unsure", MONDAY, why=f"联系 {mark} 问过")
    made = written(full, tmp_path / "site")
    everything = b""
    for path in made.paths:
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as parts:
                everything += b"".join(parts.read(name) for name in parts.namelist())
        else:
            everything += path.read_bytes()
    assert [mark for mark in marks if mark.encode() in everything] == []
    assert "联系 〔略去〕 问过".encode() in everything


# ── the other files ─────────────────────────────────────────────────────────────────────────────


def test_the_sheet_holds_every_account_as_text_and_its_units_add_up(full, tmp_path):
    sheet = written(full, tmp_path / "site").paths[1]
    _only_strings(sheet)
    book = load_workbook(sheet)
    rows = list(book["账号"].values)
    assert len(rows) == 63
    assert rows[0][:4] == ("单位", "平台", "账号名称", "本周")
    head, *units, total = [list(row) for row in book["单位"].values]
    assert total[0] == "合计" and head[1] == "账号"
    for column in range(1, len(head)):
        assert sum(int(row[column]) for row in units) == int(total[column]), head[column]


def test_a_unit_s_page_holds_nothing_of_another_unit(full, tmp_path):
    written(full, tmp_path / "site")
    pages = {
        re.search(r"<h1>(.*?)</h1>", text)[1]: text
        for path in (tmp_path / "site" / invented.WEEK / "units").glob("*.html")
        for text in [path.read_text(encoding="utf-8")]
    }
    assert set(invented.UNITS) <= set(pages) and len(pages) == len(invented.UNITS) + 1
    # One name may lie in another, as 学生会 in 云岭大学学生会; whole account names do not.
    for unit in invented.UNITS:
        for other in invented.UNITS:
            if other != unit and other not in unit and unit not in other:
                assert f"{SCHOOL}{other}官方微博" not in pages[unit], (unit, other)
    assert "C-2026-0005" in pages["计算机学院"] and "公开通报" in pages["计算机学院"]


def test_the_mail_is_short_and_needs_neither_style_sheet_nor_picture_nor_script(full, tmp_path, chromium):
    written(full, tmp_path / "site", url="https://news.example.edu.cn/xunjian/")
    path = tmp_path / "site" / invented.WEEK / "mail.html"
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < 60_000
    assert not re.search(r"<(style|script|img|svg|link|iframe|details)\b", text)
    assert 'href="https://news.example.edu.cn/xunjian/2026-W47/report.html"' in text
    page, said, asked = opened(chromium, path, 375)
    assert said == [] and asked == [path.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.evaluate(CONTRAST) == []
    assert "应公开通报" in page.inner_text("body")


def test_the_index_lists_all_weeks_newest_first(full, tmp_path, chromium):
    for label in ("2026-W46", "2026-W47", "2026-W45"):
        index = written(full, tmp_path / "site", label).paths[-1]
    found = re.findall(r'href="(\d{4}-W\d\d)/report.html">\d', index.read_text(encoding="utf-8"))
    assert found == ["2026-W47", "2026-W46", "2026-W45"]
    page, said, _ = opened(chromium, index, 375)
    assert said == [] and page.evaluate("document.documentElement.scrollWidth") <= 375


# ── writing ─────────────────────────────────────────────────────────────────────────────────────


def test_the_same_ledger_gives_the_same_bytes_even_weeks_later(full, tmp_path):
    first = {path.name: path.read_bytes() for path in written(full, tmp_path / "a").paths}
    later = SUNDAY + timedelta(days=9)
    with full.writing() as connection:
        writer = Writer(connection)
        writer.run(SUNDAY + timedelta(days=1))
        writer.night(later, "weibo", planned=3)
        writer.decision("bilibili:77000000", "fine", later)
    again = {path.name: path.read_bytes() for path in written(full, tmp_path / "b").paths}
    for name in ("report.html", "mail.html", "1.html", "0.html"):
        assert first[name] == again[name], name


@pytest.mark.parametrize("room", [20_000, 60_000])
def test_a_full_disk_leaves_every_older_file_as_it_was(full, tmp_path, room):
    site = tmp_path / "site"
    written(full, site)
    before = {path: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}
    with full.writing() as connection:
        Writer(connection).decision("bilibili:77000001", "imitation", SUNDAY)
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard[1]))
    try:
        with pytest.raises(OSError):
            written(full, site)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, hard)
    assert {path: path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()} == before
    written(full, site)
    assert before[site / invented.WEEK / "report.html"] != (site / invented.WEEK / "report.html").read_bytes()


# ── pictures ────────────────────────────────────────────────────────────────────────────────────


def test_a_report_holds_at_most_twenty_small_pictures_and_the_units_hold_the_rest(ledger, tmp_path, chromium):
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    noise = "".join(f"<i style='background:hsl({n * 37 % 360} 90% {n % 70 + 20}%)'></i>" for n in range(2400))
    page.set_content(f"<style>i{{float:left;width:20px;height:20px}}</style>{noise}")
    big = page.screenshot(type="jpeg", quality=90)
    assert len(big) > 40_000
    (evidence / f"{'a' * 64}.jpeg").write_bytes(big)
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.night(SUNDAY, "bilibili", asked=1, answered=1)
        for number in range(23):
            name = f"云岭大鞋{number}"
            found = invented.match(name, "云岭大学", "plays_on", 0.9, "near_homophone", ("鞋", "学", "近音"))
            writer.sighting("bilibili", str(number), name, found, MONDAY)
            note = Note(
                "bilibili",
                "sighting",
                str(number),
                invented.at(SUNDAY),
                Found(name=name),
                screenshot="a" * 64,
            )
            writer.put(
                tables.observation, day=SUNDAY, platform="bilibili", line=number, key=f"bilibili:{number}",
                seen_at=invented.at(SUNDAY), outcome="Found", witness="page", note=note,
            )  # fmt: skip
    report = report_of(ledger, tmp_path / "site", evidence=evidence, browser=CHROMIUM)
    shown = re.findall(
        r'src="data:image/jpeg;base64,([^"]+)" alt="([^"]+)"', report.read_text(encoding="utf-8")
    )
    assert len(shown) == 20
    assert all(len(base64.b64decode(picture)) <= 40_000 for picture, _ in shown)
    assert shown[0][1].startswith("哔哩哔哩账号“云岭大鞋")
    whole = (report.parent / "units" / "0.html").read_text(encoding="utf-8")
    assert whole.count("data:image/jpeg") == 23
    seen, said, _ = opened(chromium, report, 375)
    seen.locator("img").first.scroll_into_view_if_needed()
    assert said == [] and seen.evaluate("document.querySelector('img').naturalWidth") > 100
    assert seen.evaluate("document.documentElement.scrollWidth") <= 375


def test_the_browser_of_these_tests_would_notice_a_request_and_poor_contrast(tmp_path, chromium):
    page = tmp_path / "loud.html"
    page.write_text(
        '<body style="background:#fff"><img src="http://127.0.0.1:9/x"><p style="color:#999">pale</p>'
    )
    seen, said, asked = opened(chromium, page)
    assert len(asked) == 2 and said
    assert seen.evaluate(CONTRAST)


def test_a_week_that_is_not_over_says_how_far_it_goes(ledger, tmp_path, chromium):
    with ledger.writing() as connection:
        Writer(connection).night(date(2026, 11, 18), "weibo")
    page, _, _ = opened(chromium, report_of(ledger, tmp_path / "site"))
    assert "最近一晚是 11 月 18 日" in page.inner_text("header")
