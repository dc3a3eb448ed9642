"""The papers of a case: what stands in them, and that nothing which stands in a name does anything."""

import base64
import hashlib
import logging
import shutil
import subprocess
from datetime import date
from zipfile import ZipFile

import docx
import invented_ledger as invented
import pytest
import sqlalchemy as sa
from invented_ledger import MONDAY, at
from playwright.sync_api import sync_playwright

from crawlers.browser import found
from monitors import casebook, tables
from monitors.memory import store
from monitors.nouns import Account, Body, Case, Found, NameMatch, Newest, Note, Profile, Sightings, Step
from reports import blanks, notices
from reports.notices import Desk, named

SEEN = [date(2026, 11, 14), date(2026, 11, 15), MONDAY]
NEWEST = Newest(at(date(2026, 8, 30), 15), "exact")
LIBRARY = Account("weibo", "1000007919", "云岭大学图书馆", "图书馆", officer="图书馆馆长")
HOSTILE = (
    "云岭<script>document.title='pwned'</script>&amp;{{ 7*7 }}{_{ x }_}{%\u202e\u0007%}\u200b’“_" + "鹏" * 300
)
# The same with what cannot be seen made visible.
SHOWN = HOSTILE.replace("\u202e", "〔U+202E 强制右至左〕").replace("\u0007", "〔U+0007〕")
SHOWN = SHOWN.replace("\u200b", "〔U+200B 零宽空格〕")
WHY = "最近一次更新是 2026-08-30，已超过 2 个月没有更新。"


@pytest.fixture
def desk(tmp_path):
    home = tmp_path / "home"
    return Desk(
        invented.SCHOOL, invented.FACTS, invented.rules(),
        home / "notices", home / "templates", home / "evidence",
    )  # fmt: skip


def silent(ledger, *stages, account=LIBRARY, case="C2026-000001", **facts):
    """One account that has long been silent, seen on three nights and walled on one."""
    with ledger.writing() as connection:
        writer = invented.Writer(connection)
        writer.account(account)
        for day in (*SEEN, date(2026, 11, 17)):
            doubt = "读成了需要登录的页面" if day.day == 17 else None
            writer.night(day, account.platform, doubt=doubt)
            writer.visit(account.key, day, Found(name=account.name, newest=NEWEST))
        writer.verdict(
            account.key, "sias-2020", "silence", "activity", "Breach", WHY, date(2026, 10, 31), NEWEST
        )
        writer.case(
            case,
            account.key,
            "sias-2020",
            "silence",
            "activity",
            [(stage, MONDAY) for stage in stages],
            **facts,
        )


def write(ledger, desk):
    with ledger.reading() as connection:
        return notices.write(connection, desk)


def word(desk, stem):
    """All the text of a Word file, cells included."""
    paper = docx.Document(desk.papers / f"{stem}.docx")
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in paper.paragraphs), *cells])


def web(desk, stem):
    return (desk.papers / f"{stem}.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found(None), args=["--no-sandbox"])
        yield browser
        browser.close()


# ── what stands in it ───────────────────────────────────────────────────────────────────────────


def test_a_notice_names_unit_account_clause_evidence_and_the_time_to_mend_it(ledger, desk):
    silent(ledger, "suspected", "opened", "notice_issued")
    assert {path.name for path in write(ledger, desk)} == {
        "C2026-000001-notice_issued.docx",
        "C2026-000001-notice_issued.html",
        "C2026-000001-notice_issued-feedback.docx",
        "C2026-000001-notice_issued-feedback.html",
    }
    for text in (word(desk, "C2026-000001-notice_issued"), web(desk, "C2026-000001-notice_issued")):
        for wanted in (
            "云岭大学", "新媒体账号整改通知书", "编号：C2026-000001", "图书馆：", "微博", "云岭大学图书馆",
            "https://weibo.com/u/1000007919", WHY, "郑州西亚斯学院二级网络平台管理办法", "2026-08-30（依据：主页）",
            "2026-10-31", "2026-11-14、2026-11-15、2026-11-16", "自签收本通知之日起 1 个月内", "（盖章）",
            "　　　年　　月　　日",
        ):  # fmt: skip
            assert wanted in text, wanted
        assert "2026-11-17" not in text  # that night was not believed
        assert "{{" not in text
        assert "49" not in text


def test_the_requirement_is_in_our_own_words_and_a_quote_only_where_the_school_has_typed_one(ledger, desk):
    silent(ledger, "suspected", "opened", "notice_issued")
    write(ledger, desk)
    rule = next(r for r in invented.rules() if (r.policy, r.rule) == ("sias-2020", "silence"))
    text = word(desk, "C2026-000001-notice_issued")
    assert f"{rule.cited}，要求：{rule.asks.rstrip('。')}。" in text
    assert "原文" not in text


def test_every_text_that_is_broken_is_cited_but_never_a_convention_of_the_patrol(ledger, desk):
    match = NameMatch("云玲大学", "云岭大学", 0.9, True, "passes_off", "near_homophone", "云岭大学")
    with ledger.writing() as connection:
        writer = invented.Writer(connection)
        writer.sighting("bilibili", "880001", "云玲大学", match, MONDAY)
        broken = [(r.policy, r.rule) for r in invented.rules() if r.measure == "name_match"]
        for policy, rule in broken:
            writer.verdict("bilibili:880001", policy, rule, "sighting", "Suspected", "名称相近。", MONDAY)
        writer.case(
            "C2026-000002",
            "bilibili:880001",
            "sias-2020",
            "unapproved-name",
            "sighting",
            [("suspected", MONDAY)],
        )
    assert {policy for policy, _ in broken} == {"sias-2020", "ncwu-2023", "patrol"}
    write(ledger, desk)
    text = word(desk, "C2026-000002-suspected")
    assert "郑州西亚斯学院" in text
    assert "华北水利水电大学" in text
    assert "巡检约定" not in text


def test_a_known_deadline_is_named_and_a_guessed_one_is_called_provisional(ledger, desk):
    silent(ledger, "opened", "notice_issued", deadline=date(2026, 12, 17), provisional=True)
    write(ledger, desk)
    assert "于 2026-12-17 之前（临时" in word(desk, "C2026-000001-notice_issued")


def test_a_lower_bound_is_told_as_one(ledger, desk):
    silent(ledger, "suspected")
    bound = Newest(NEWEST.at, "at_least")
    with ledger.writing() as connection:
        connection.execute(tables.verdict.update().values(newest=bound))
    write(ledger, desk)
    text = word(desk, "C2026-000001-suspected")
    assert "不早于 2026-08-30" in text
    assert "新媒体账号核查反馈表" in text
    assert "不作为通报依据" in text
    assert "☐ 情况属实" in text


@pytest.mark.parametrize(
    ("stage", "title"),
    [("circular", "关于新媒体账号未按期整改的通报"), ("closure_recommended", "新媒体账号关停建议书")],
)
def test_each_later_stage_has_its_own_paper(ledger, desk, stage, title):
    silent(ledger, "opened", "notice_issued", "notice_received", stage)
    assert len(write(ledger, desk)) == 2
    assert title in word(desk, f"C2026-000001-{stage}")
    assert f"<h1>{title}</h1>" in web(desk, f"C2026-000001-{stage}")


def test_the_recommendation_to_close_says_that_nothing_is_decided(ledger, desk):
    silent(ledger, "opened", "closure_recommended")
    write(ledger, desk)
    assert "是否关停由学校决定" in word(desk, "C2026-000001-closure_recommended")


@pytest.mark.parametrize("stage", ["opened", "notice_received", "closed"])
def test_a_stage_without_a_paper_gets_none(ledger, desk, stage):
    silent(ledger, "suspected", stage, result="remedied")
    assert write(ledger, desk) == []


def test_the_evidence_is_named_by_its_hashes_and_by_a_picture_only_where_it_is_kept(ledger, desk):
    silent(ledger, "suspected", "opened", "notice_issued")
    body, picture, lost = "a1" * 32, "b2" * 32, "c3" * 32
    cited = {MONDAY: picture, SEEN[1]: lost}
    with ledger.writing() as connection:
        for day, digest in cited.items():
            bodies = (Body("https://m.weibo.cn/", 200, body),)
            note = Note("weibo", "account", LIBRARY.handle, at(day), Found(), bodies, screenshot=digest)
            seen = tables.observation
            connection.execute(seen.update().where(seen.c.day == day).values(note=note))
        connection.execute(
            tables.step.update().where(tables.step.c.number == 3).values(evidence=f"{MONDAY}/{LIBRARY.key}#1")
        )
    desk.evidence.mkdir(parents=True)
    (desk.evidence / f"{picture}.jpeg").write_bytes(b"")
    write(ledger, desk)
    text = word(desk, "C2026-000001-notice_issued")
    assert f"巡检记录：{MONDAY}/weibo:1000007919#1" in text
    assert f"页面内容的 SHA-256：\n{body}\n" in text
    assert f"截图：evidence/{picture}.jpeg" in text
    with ledger.writing() as connection:
        connection.execute(
            tables.step.update()
            .where(tables.step.c.number == 3)
            .values(evidence=f"{SEEN[1]}/{LIBRARY.key}#1")
        )
    shutil.rmtree(desk.papers)
    write(ledger, desk)
    assert "截图" not in word(desk, "C2026-000001-notice_issued")


JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////"
    "////////////////wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z"
)


def pictured(ledger, desk, jpeg=JPEG):
    """Let the visit that the notice rests on have left this picture; gives its hash."""
    digest = hashlib.sha256(JPEG).hexdigest()
    note = Note("weibo", "account", LIBRARY.handle, at(MONDAY, 2), Found(), (), screenshot=digest)
    with ledger.writing() as connection:
        seen, step = tables.observation, tables.step
        connection.execute(seen.update().where(seen.c.day == MONDAY).values(note=note))
        cited = f"{MONDAY}/{LIBRARY.key}#1"
        connection.execute(step.update().where(step.c.number == 3).values(evidence=cited))
    desk.evidence.mkdir(parents=True)
    (desk.evidence / f"{digest}.jpeg").write_bytes(jpeg)
    return digest


def test_the_picture_stands_in_the_paper_with_its_time_and_hash(ledger, desk):
    silent(ledger, "suspected", "opened", "notice_issued")
    digest = pictured(ledger, desk)
    write(ledger, desk)
    caption = f"截图：{MONDAY} 02:40 查看，SHA-256：{digest}"
    parts = ZipFile(desk.papers / "C2026-000001-notice_issued.docx")
    assert [parts.read(name) for name in parts.namelist() if name.startswith("word/media/")] == [JPEG]
    assert caption in word(desk, "C2026-000001-notice_issued")
    page = web(desk, "C2026-000001-notice_issued")
    assert f'<img src="data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}" alt="{caption}">' in page
    # The form that a unit fills in needs none.
    assert "<img" not in web(desk, "C2026-000001-notice_issued-feedback")


def test_a_picture_that_is_not_what_its_record_says_is_left_out_and_told(ledger, desk):
    silent(ledger, "suspected", "opened", "notice_issued")
    pictured(ledger, desk, JPEG + b"one byte more")
    write(ledger, desk)
    parts = ZipFile(desk.papers / "C2026-000001-notice_issued.docx")
    assert not [name for name in parts.namelist() if name.startswith("word/media/")]
    assert "SHA-256 不符，没有附上" in word(desk, "C2026-000001-notice_issued")
    assert "<img" not in web(desk, "C2026-000001-notice_issued")


def test_the_paper_of_an_account_met_in_a_search_names_the_searchs_hashes_and_the_unit_meant(ledger, desk):
    match = NameMatch("云岭图书管", "云岭大学", 0.9, True, "passes_off", "near_homophone", LIBRARY.unit)
    shown = Sightings((Profile("880001", "云岭图书管", None, None, None, None),), more=False)
    body = "d4" * 32
    bodies = (Body("https://search.bilibili.com/", 200, body),)
    note = Note("bilibili", "search", "云岭", at(MONDAY, 3), shown, bodies)
    with ledger.writing() as connection:
        writer = invented.Writer(connection)
        writer.account(LIBRARY)
        writer.sighting("bilibili", "880001", "云岭图书管", match, MONDAY)
        steps = [("suspected", MONDAY)]
        writer.case("C2026-000002", "bilibili:880001", "sias-2020", "unapproved-name", "sighting", steps)
        store(connection, MONDAY, "bilibili", [note])
    write(ledger, desk)
    text = word(desk, "C2026-000002-suspected")
    assert f"{LIBRARY.unit}：" in text
    with ledger.writing() as connection:
        connection.execute(tables.case.update().values(stage="notice_issued"))
        connection.execute(tables.step.update().values(stage="notice_issued"))
    write(ledger, desk)
    notice = word(desk, "C2026-000002-notice_issued")
    assert f"巡检记录：{MONDAY}/bilibili:云岭#0（{MONDAY} 03:40 查看）" in notice
    assert body in notice


def test_an_account_met_in_a_search_is_not_said_to_be_the_units(ledger, desk):
    match = NameMatch("云玲大学", "云岭大学", 0.9, True, "passes_off", "near_homophone", "云岭大学")
    with ledger.writing() as connection:
        writer = invented.Writer(connection)
        writer.sighting("bilibili", "880001", "云玲大学", match, MONDAY)
        writer.case(
            "C2026-000002",
            "bilibili:880001",
            "sias-2020",
            "unapproved-name",
            "sighting",
            [("suspected", MONDAY)],
        )
    write(ledger, desk)
    text = word(desk, "C2026-000002-suspected")
    assert "云玲大学" in text
    assert "未备案的" in text
    assert "贵单位的" not in text
    assert "搜索时首次发现于 2026-11-16，最近一次 2026-11-22" in text
    assert "https://space.bilibili.com/880001" in text


def test_a_stage_taken_once_more_after_a_step_back_gets_papers_of_its_own():
    def trail(*stages):
        steps = [
            Step(stage.lstrip("<"), MONDAY, "night", "", reverts=stage.startswith("<")) for stage in stages
        ]
        return Case("weibo:1", "sias-2020", "silence", "activity", 1, tuple(steps), "C2026-000009")

    again = trail("suspected", "opened", "notice_issued", "<opened", "notice_issued")
    assert list(named(again)) == ["C2026-000009-notice_issued-2", "C2026-000009-notice_issued-2-feedback"]
    back = trail("suspected", "opened", "notice_issued", "notice_received", "<notice_issued")
    assert list(named(back)) == ["C2026-000009-notice_issued", "C2026-000009-notice_issued-feedback"]
    corrected = trail("suspected", "opened", "notice_issued", "notice_received", "circular", "circular")
    assert list(named(corrected)) == ["C2026-000009-circular"]


# ── nothing in a name does anything ─────────────────────────────────────────────────────────────


def test_a_hostile_name_stands_whole_in_the_word_file(ledger, desk):
    hostile = Account("weibo", "1000007919", HOSTILE, f"{HOSTILE[:60]}学院")
    silent(ledger, "suspected", "opened", "notice_issued", account=hostile)
    write(ledger, desk)
    for stem in ("C2026-000001-notice_issued", "C2026-000001-notice_issued-feedback"):
        paper = docx.Document(desk.papers / f"{stem}.docx")
        cells = [cell.text for row in paper.tables[0].rows for cell in row.cells]
        assert cells[cells.index("账号名称") + 1] == SHOWN
        assert any(SHOWN in paragraph.text for paragraph in paper.paragraphs)
        # What comes after the name is not lost.
        assert "（盖章）" in word(desk, stem)
        xml = ZipFile(desk.papers / f"{stem}.docx").read("word/document.xml").decode()
        assert "\u202e" not in xml
        assert "<script" not in xml


def test_a_hostile_name_is_shown_whole_by_a_browser_and_runs_nothing(ledger, desk, chromium):
    silent(ledger, "opened", "notice_issued", account=Account("weibo", "1000007919", HOSTILE, "图书馆"))
    write(ledger, desk)
    page = chromium.new_page(viewport={"width": 800, "height": 1100})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((desk.papers / "C2026-000001-notice_issued.html").as_uri())
    cell = page.locator("tr", has=page.locator("th", has_text="账号名称")).locator("td")
    assert cell.inner_text() == SHOWN
    assert page.title() == "新媒体账号整改通知书 C2026-000001"
    assert page.locator("script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    # The policy allows the style that is there.
    assert page.locator("h1").evaluate("e => getComputedStyle(e).textAlign") == "center"
    assert len(asked) == 1
    page.close()


def test_a_link_that_is_no_address_of_the_web_is_left_out(ledger, desk):
    match = NameMatch("云玲大学", "云岭大学", 0.9, True, "passes_off", "near_homophone", "云岭大学")
    with ledger.writing() as connection:
        writer = invented.Writer(connection)
        writer.sighting("wechat", "gh_1", "云玲大学", match, MONDAY, link="javascript:alert(1)")
        writer.case(
            "C2026-000002", "wechat:gh_1", "sias-2020", "unapproved-name", "sighting", [("suspected", MONDAY)]
        )
    write(ledger, desk)
    assert "javascript" not in web(desk, "C2026-000002-suspected")


def test_libreoffice_opens_a_notice(ledger, desk, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed here")
    silent(ledger, "opened", "notice_issued", account=Account("weibo", "1000007919", HOSTILE, "图书馆"))
    write(ledger, desk)
    paper = desk.papers / "C2026-000001-notice_issued.docx"
    line = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "txt:Text",
    ]
    subprocess.run([*line, "--outdir", str(tmp_path), str(paper)], check=True, timeout=120)
    assert SHOWN in (tmp_path / f"{paper.stem}.txt").read_text(encoding="utf-8-sig")


# ── writing, and a school's own forms ───────────────────────────────────────────────────────────


def test_a_paper_that_is_there_is_never_touched_and_a_missing_one_is_written_the_next_time(ledger, desk):
    silent(ledger, "opened", "notice_issued")
    write(ledger, desk)
    edited = desk.papers / "C2026-000001-notice_issued.docx"
    edited.write_bytes(b"edited by an officer")
    (desk.papers / "C2026-000001-notice_issued.html").unlink()
    assert [path.name for path in write(ledger, desk)] == ["C2026-000001-notice_issued.html"]
    assert edited.read_bytes() == b"edited by an officer"
    assert not list(desk.papers.glob(".*"))


def test_a_paper_that_cannot_be_written_is_a_warning_and_ends_nothing(ledger, desk, caplog):
    silent(ledger, "opened", "notice_issued")
    desk.papers.parent.mkdir()
    desk.papers.write_text("not a folder")
    with caplog.at_level(logging.WARNING):
        assert write(ledger, desk) == []
    assert ["C2026-000001-notice_issued" in record.getMessage() for record in caplog.records] == [True, True]


def test_the_schools_own_word_form_wins_and_html_stays(ledger, desk):
    silent(ledger, "opened", "notice_issued")
    desk.own.mkdir(parents=True)
    own = docx.Document()
    own.add_paragraph("本校自己的通知：{{ account }}，请{{ deadline }}整改")
    own.save(desk.own / "notice.docx")
    write(ledger, desk)
    text = word(desk, "C2026-000001-notice_issued")
    assert text == "本校自己的通知：云岭大学图书馆，请自签收本通知之日起 1 个月内整改"
    assert "新媒体账号整改通知书" in web(desk, "C2026-000001-notice_issued")


@pytest.mark.parametrize(
    "spell",
    ["{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ telephone }}", "{{ 1 / 0 }}", "{% for %}"],
)
def test_a_form_of_the_schools_own_that_is_bad_code_is_a_warning_that_names_it(ledger, desk, caplog, spell):
    silent(ledger, "opened", "notice_issued")
    desk.own.mkdir(parents=True)
    own = docx.Document()
    own.add_paragraph(spell)
    own.save(desk.own / "notice.docx")
    (desk.own / "feedback.html.j2").write_text(spell, encoding="utf-8")
    with caplog.at_level(logging.WARNING):
        written = {path.name for path in write(ledger, desk)}
    assert "C2026-000001-notice_issued.docx" not in written
    assert "C2026-000001-notice_issued-feedback.html" not in written
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]
    assert str(desk.own / "notice.docx") in caplog.text
    assert str(desk.own / "feedback.html.j2") in caplog.text


def test_a_form_of_the_schools_own_that_is_no_word_file_is_a_warning(ledger, desk, caplog):
    silent(ledger, "opened", "notice_issued")
    desk.own.mkdir(parents=True)
    (desk.own / "notice.docx").write_bytes(b"\xd0\xcf\x11\xe0 an old .doc")
    with caplog.at_level(logging.WARNING):
        write(ledger, desk)
    assert str(desk.own / "notice.docx") in caplog.text


@pytest.mark.parametrize("form", blanks.FORMS)
def test_the_forms_that_come_along_are_those_that_the_script_makes(form, tmp_path):
    blanks.word(blanks.FORMS[form]).save(tmp_path / "made.docx")
    made, kept = (
        ZipFile(path).read("word/document.xml")
        for path in (tmp_path / "made.docx", blanks.BLANKS / f"{form}.docx")
    )
    assert made == kept
    assert (blanks.BLANKS / f"{form}.html.j2").read_text(encoding="utf-8") == blanks.web(blanks.FORMS[form])


def test_no_contact_of_the_register_stands_in_a_paper(ledger, desk):
    silent(ledger, "opened", "notice_issued")
    with ledger.writing() as connection:
        record = sa.text("INSERT INTO contact (key, record) VALUES (:key, :record)")
        people = '{"leader": "李四", "phone": "000-0000-0101"}'
        connection.execute(record, {"key": LIBRARY.key, "record": people})
        assert casebook.cases(connection)
    write(ledger, desk)
    for path in desk.papers.iterdir():
        text = word(desk, path.stem) + web(desk, path.stem)
        assert "000-0000-0101" not in text
        assert "李四" not in text
