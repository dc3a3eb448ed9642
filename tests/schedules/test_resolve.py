"""Handles are proposed with the evidence and written nowhere."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import ledgers
import openpyxl
import pytest
from conftest import xunjian

SETTINGS = """
[school]
name = "云岭大学"

[platforms.weibo]
robots = "{robots}"
[platforms.bilibili]
robots = "{robots}"

[platforms.wechat]
robots = "{robots}"

[origins]
"https://mp.weixin.qq.com" = "{base}/mp.weixin.qq.com"
"https://weixin.sogou.com" = "{base}/weixin.sogou.com"
"https://t.cn" = "{base}/t.cn"
"https://weibo.com" = "{base}/weibo.com"
"https://m.weibo.cn" = "{base}/m.weibo.cn"
"https://s.weibo.com" = "{base}/s.weibo.com"
"https://b23.tv" = "{base}/b23.tv"
"https://search.bilibili.com" = "{base}/search.bilibili.com"
"https://api.bilibili.com" = "{base}/api.bilibili.com"
"https://www.bilibili.com" = "{base}/www.bilibili.com"
"""
LEADS = {
    "/t.cn/A6yunling": "https://weibo.com/u/7300000011?from=share",
    "/t.cn/A6post": "https://weibo.com/ttarticle/p/show?id=2309404",
    "/b23.tv/yunling": "https://space.bilibili.com/401720999?share_source=weixin",
}
ARTICLE = """<html><body><h1 id="activity-name">开学</h1><a id="js_name">{name}</a>
<div id="js_content">正文</div><script>
var user_name = "{handle}"; var biz = "{biz}"; var nickname = "{name}"; var ct = "1762900000";
</script></body></html>"""
ARTICLES = {
    "/mp.weixin.qq.com/s/yunlingtuanwei": ARTICLE.format(
        name="云岭大学团委", handle="gh_0a1b2c3d4e5f", biz="MzA1"
    ),
    "/mp.weixin.qq.com/s/someoneelse": ARTICLE.format(name="别处的号", handle="gh_ffffffffffff", biz="MzA2"),
}


@pytest.fixture
def shortener():
    """A server that leads each short link where `LEADS` says, and refuses everything else."""
    asked = []

    class Answers(BaseHTTPRequestHandler):
        robots = None

        def do_GET(self):
            asked.append(self.path)
            if self.path.endswith("/robots.txt") and self.robots:
                self._answer(200, self.robots.encode())
            elif to := LEADS.get(self.path):
                self._answer(302, b"", to)
            elif page := ARTICLES.get(self.path):
                self._answer(200, page.encode(), kind="text/html; charset=utf-8")
            else:
                self._answer(404, b"")

        def _answer(self, status, body, location=None, kind="text/plain"):
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked, Answers
    server.shutdown()
    server.server_close()


def home_with(path, rows, base, robots="visit-registered"):
    path.mkdir()
    (path / "school.toml").write_text(SETTINGS.format(base=base, robots=robots), encoding="utf-8")
    ledgers.placed(path)
    book = openpyxl.Workbook()
    book.active.title = "新媒体"
    for row in [("平台", "账号名称", "创建单位", "账号ID", "主页链接"), *rows]:
        book.active.append(row)
    book.save(path / "台账.xlsx")
    return path


def links(asked):
    return [path for path in asked if path in LEADS]


def test_a_short_link_is_asked_once_where_it_leads_and_the_account_proposed(tmp_path, shortener):
    base, asked, _ = shortener
    rows = [
        ("微博", "云岭大学团委", "团委", None, "https://t.cn/A6yunling"),
        ("哔哩哔哩", "云岭大学学工", "学生工作部", None, "https://b23.tv/yunling"),
        ("微博", "云岭大学", "党委宣传部", "7300000001", None),
    ]
    home = home_with(tmp_path / "home", rows, base)
    before = (home / "台账.xlsx").read_bytes()
    called = xunjian(home, "resolve", "--json")
    assert called.code == 0, called.err
    told = {row["key"]: row for row in called.rows if row["proposed"]}
    weibo, bilibili = told["weibo:name=云岭大学团委"], told["bilibili:name=云岭大学学工"]
    assert (weibo["sheet"], weibo["row"], weibo["proposed"]) == ("新媒体", 2, "7300000011")
    assert "https://t.cn/A6yunling" in weibo["evidence"]
    assert weibo["link"] == "https://weibo.com/u/7300000011"
    assert (bilibili["row"], bilibili["proposed"]) == (3, "401720999")
    assert {row["key"] for row in called.rows} == set(told), "who has a handle is not asked for"
    assert sorted(links(asked)) == ["/b23.tv/yunling", "/t.cn/A6yunling"], "one request each"
    assert not any(path.startswith("/weibo.com/u/") for path in asked), "the page itself is not opened"
    assert (home / "台账.xlsx").read_bytes() == before


def test_a_link_to_a_post_or_to_nothing_proposes_nobody(tmp_path, shortener):
    rows = [
        ("微博", "云岭大学团委", "团委", None, "https://t.cn/A6post"),
        ("微博", "云岭大学学工", "学生工作部", None, "https://t.cn/A6nothing"),
    ]
    called = xunjian(home_with(tmp_path / "home", rows, shortener[0]), "resolve", "--json")
    assert called.code == 0
    assert {row["name"] for row in called.rows} == {"云岭大学团委", "云岭大学学工"}
    assert all(row["proposed"] is None for row in called.rows)
    assert any("没有转到账号主页" in row["evidence"] for row in called.rows)


def test_robots_txt_is_obeyed_where_the_school_decided_so(tmp_path, shortener):
    base, asked, answers = shortener
    answers.robots = "User-agent: *\nDisallow: /\n"
    rows = [("微博", "云岭大学团委", "团委", None, "https://t.cn/A6yunling")]
    called = xunjian(home_with(tmp_path / "home", rows, base, "obey"), "resolve", "--json")
    assert called.code == 0
    assert links(asked) == []
    assert all(row["proposed"] is None for row in called.rows)
    assert any("robots" in row["evidence"] for row in called.rows)


def test_in_a_rehearsal_the_stage_is_searched_for_the_name(home):
    book = openpyxl.load_workbook(home / "台账.xlsx")
    sheet = book["一级平台（学校）"]
    headings = [cell.value for cell in sheet[3]]
    number = next(n for n in range(4, 10) if sheet.cell(n, headings.index("平台") + 1).value == "哔哩哔哩")
    column = headings.index("账号ID") + 1
    handle, name = sheet.cell(number, column).value, sheet.cell(number, headings.index("账号名称") + 1).value
    sheet.cell(number, column).value = None
    sheet.cell(number, headings.index("主页链接") + 1).value = None
    book.save(home / "台账.xlsx")
    called = xunjian(home, "resolve", "--json")
    assert called.code == 0, called.err
    (row,) = called.rows
    assert (row["row"], row["name"], row["proposed"]) == (number, name, handle)
    assert name in row["evidence"] and row["link"] == f"https://space.bilibili.com/{handle}"
    assert not list((home / "notes").glob("**/*")), "nothing of it is kept for the judge"


def test_a_register_in_which_nothing_is_missing_asks_nobody(home):
    called = xunjian(home, "resolve", "--json")
    assert (called.code, called.rows) == (0, [])
    assert "没有缺账号ID" in called.err


def test_a_wechat_row_is_resolved_by_an_article_of_the_account_and_a_search_alone_is_said_to_give_none(
    tmp_path, shortener
):
    link = "https://mp.weixin.qq.com/s/"
    rows = [
        ("微信公众号", "云岭大学团委", "团委", None, f"{link}yunlingtuanwei"),
        ("微信公众号", "云岭大学学工", "学生工作部", None, f"{link}someoneelse"),
        ("微信公众号", "云岭大学", "党委宣传部", None, None),
        ("微信公众号", "云岭青年", "团委", None, f"{link}nothingthere"),
    ]
    called = xunjian(home_with(tmp_path / "home", rows, shortener[0]), "resolve", "--json")
    assert called.code == 0, called.err
    told = {}
    for row in called.rows:
        told.setdefault((row["row"], row["proposed"]), []).append(row["evidence"])
    told = {key: "\n".join(evidence) for key, evidence in told.items()}
    assert "与台账的名称一致" in told[2, "gh_0a1b2c3d4e5f"]
    assert "台账写的是“云岭大学学工”，请核对" in told[3, "gh_ffffffffffff"]
    assert "别处的号" in told[3, "gh_ffffffffffff"]
    assert "一篇文章或一个合集的链接填进“信息源”" in told[4, None]
    assert "没有说明是哪个账号的" in told[5, None]
    assert len(told) == 4
