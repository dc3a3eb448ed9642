"""The stage speaks as the platforms do, and says of every account what the scenario tells of it."""

import http.client
import json
import re
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from onfoot import OnFoot, watches
from playwright.sync_api import sync_playwright
from scenariotext import posting_days, rows

from crawlers import rehearsal
from crawlers.browser import found
from crawlers.platforms import platforms
from crawlers.rehearsal.bilibili.signing import mixed, signature
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.life import Life
from crawlers.rehearsal.server import ACTS, Stage
from crawlers.rehearsal.walls import Wall, loaded
from crawlers.rehearsal.wechat.addresses import album_link, article_link
from crawlers.visits import Page
from monitors.nouns import SHANGHAI, Blocked, Found, Gone, Sightings, WitnessLink

ANCHOR = date(2026, 11, 20)
TEXT = Path(rehearsal.__file__).parent / "scenario"
SCHOOL = "5720114001"


def night(offset):
    return ANCHOR + timedelta(days=offset)


def member(platform, handle):
    return next(one for one in scenario().members(platform) if one.handle == handle)


def links(platform, handle):
    """The links that the register holds of a WeChat account."""
    if platform != "wechat":
        return ()
    one = member(platform, handle)
    posts = Life(one, ANCHOR).posts(datetime(2026, 11, 20, tzinfo=SHANGHAI))
    newest = next(posts, None)
    album = [WitnessLink("album", album_link(one))] if newest and one.in_album else []
    return [*album, WitnessLink("article", article_link(one, newest))] if newest else []


@pytest.fixture
def foot():
    with Stage(scenario(), ANCHOR, ANCHOR) as stage:
        yield OnFoot(stage)


def read(foot, platform, handle):
    return foot.account(platform, handle, member(platform, handle).name, links(platform, handle))[1]


# ── what the accounts say ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("offset", [0, 26, 60, 150])
def test_each_account_reads_as_the_scenario_says(offset):
    with Stage(scenario(), night(offset), ANCHOR) as stage:
        foot = OnFoot(stage, wire=offset == 0)
        for platform, row in rows():
            outcome = read(foot, platform, row["handle"])
            check(outcome, platform, row, offset)


def check(outcome, platform, row, offset):
    where = (platform, row["name"], offset, outcome)
    cancelled, suspended = row.get("cancelled", 9999) <= offset, row.get("suspended", 9999) <= offset
    if (
        cancelled
        or (suspended and row.get("restored", 9999) > offset)
        or row.get("moved", {}).get("on", 9999) <= offset
    ):
        expected = "moved" if "moved" in row else "suspended" if suspended else ("cancelled", "not_found")
        assert isinstance(outcome, Gone), where
        assert outcome.why in expected, where
        return
    if platform == "wechat" and not row.get("posts"):
        assert not isinstance(outcome, Found), where
        return
    assert isinstance(outcome, Found), where
    renamed = row.get("renamed", {"on": 9999})
    assert outcome.name == (renamed["to"] if renamed["on"] <= offset else row["name"]), where
    days = posting_days(row, offset, ANCHOR)
    if outcome.newest:
        seen = outcome.newest.at.astimezone(SHANGHAI).date()
        assert seen in {night(day) for day in days}, where
        assert outcome.newest.bound == "at_least" or "unlisted" in row or seen == night(days[-1]), where
    else:
        hidden = row.get("private", 9999) <= offset or row.get("window")
        assert outcome.hidden if hidden and days else outcome.posts_total == 0, where
        assert hidden or not days, where


@pytest.mark.parametrize(
    ("platform", "handle", "newest", "bound"),
    [
        ("weibo", "5720114005", night(-70), "exact"),
        ("weibo", "5720114004", night(-4), "exact"),  # beside a pinned post 700 days old
        ("weibo", "5720114015", night(-310), "at_least"),  # nothing but pinned posts
        ("weibo", "5720114011", night(-96), "exact"),  # the rest is kept from visitors
        ("bilibili", "401720052", night(-6), "exact"),  # text posts, while the newest video is 300 days old
        ("bilibili", "401720054", night(-14), "exact"),  # live and nothing else
        ("wechat", "gh_71a0c4e80007", night(-100), "at_least"),
        ("wechat", "gh_71a0c4e80010", night(-5), "at_least"),  # its album begins with the oldest
        ("wechat", "gh_71a0c4e80011", night(-50), "at_least"),  # the only article of its album
    ],
)
def test_the_newest_post_is_the_one_that_the_scenario_names(foot, platform, handle, newest, bound):
    outcome = read(foot, platform, handle)
    assert (outcome.newest.at.astimezone(SHANGHAI).date(), outcome.newest.bound) == (newest, bound)


def test_an_album_may_begin_with_its_oldest_article(foot):
    link = links("wechat", "gh_71a0c4e80010")[0].url + "&f=json"
    first, last = (
        int(json.loads(foot.get(link + reverse).body)["getalbum_resp"]["article_list"][0]["create_time"])
        for reverse in ("", "&is_reverse=1")
    )
    assert datetime.fromtimestamp(first, SHANGHAI).date() == night(-400)
    assert datetime.fromtimestamp(last, SHANGHAI).date() == night(-5)


def test_a_counter_rises_while_the_list_stays_old():
    with Stage(scenario(), ANCHOR, ANCHOR) as stage:
        foot, seen = OnFoot(stage), []
        for offset in (0, 8):
            stage.clock = datetime.combine(night(offset), datetime.min.time(), SHANGHAI)
            seen.append(read(foot, "weibo", "5720114011"))
    assert seen[0].newest == seen[1].newest
    assert seen[1].posts_total == seen[0].posts_total + 2


def test_douyin_withholds_the_two_newest_works_and_says_so(foot):
    handle = next(
        row["handle"] for name, row in rows() if name == "douyin" and row["name"] == "云岭大学招生办"
    )
    visit, outcome = foot.account("douyin", handle)
    row = next(row for name, row in rows() if row["handle"] == handle)
    assert outcome.newest.bound == "at_least"
    assert outcome.newest.at.astimezone(SHANGHAI).date() == night(posting_days(row, 0, ANCHOR)[-3])
    answer = json.loads(visit.pages[-1].body)
    assert answer["not_login_module"] == {"guide_login_tip_exist": True}
    assert (len(answer["aweme_list"]), answer["has_more"]) == (18, 1)


def test_history_does_not_depend_on_the_night_from_which_it_is_seen():
    early, late = (datetime.combine(night(n), datetime.min.time(), SHANGHAI) for n in (0, 120))
    for _, one in scenario().registered():
        life = Life(one, ANCHOR, scenario().school.vacations)
        before = list(life.posts(early))
        assert before == [post for post in life.posts(late) if post.at <= early], one.name
        assert [post.at for post in before] == sorted((post.at for post in before), reverse=True), one.name
        assert life.count(early) == len(before), one.name


def test_lives_follow_the_text_of_the_scenario():
    until = datetime.combine(night(130), datetime.min.time(), SHANGHAI)
    for platform, row in rows():
        life = Life(member(platform, row["handle"]), ANCHOR, scenario().school.vacations)
        days = {post.at.astimezone(SHANGHAI).date() for post in life.posts(until)}
        assert days == {night(day) for day in posting_days(row, 130, ANCHOR)}, row["name"]


# ── the cast ────────────────────────────────────────────────────────────────────────────────────


def test_the_cast_is_a_school_of_twenty_units_on_four_platforms():
    registered = list(scenario().registered())
    strangers = [one for members in scenario().strangers.values() for one in members]
    assert len({one.unit for _, one in registered}) == 20
    assert 60 <= len(registered) <= 70
    assert 55 <= len(strangers) <= 62
    assert {one.meant for one in strangers} == {"passes_off", "plays_on", "innocent"}
    for platform, one in registered:
        assert platforms()[platform].handle.fullmatch(one.handle), one


@pytest.mark.parametrize("name", ["weibo", "bilibili", "wechat", "douyin"])
def test_the_canaries_of_the_platform_files_read_right(foot, name):
    canaries = platforms()[name].canaries
    alive = foot.account(name, canaries.alive)[1]
    assert isinstance(alive, Found)
    assert alive.newest.at.astimezone(SHANGHAI).date() >= night(-3)
    if canaries.absent:
        assert isinstance(foot.account(name, canaries.absent)[1], Gone)
    found = foot.search(name, canaries.word)[1]
    assert canaries.word in [profile.name for profile in found.sightings]


@pytest.mark.parametrize(
    ("platform", "word", "met", "unmet"),
    [
        (
            "weibo",
            "云岭大学",
            {"云岭大学", "云玲大学", "雲嶺大學官方微博", "云 岭 大 学 校 园", "云南大学"},
            {"云岭茶业"},
        ),
        ("weibo", "云岭", {"云岭茶业", "云岭客栈", "云岭山人"}, {"云南大学"}),
        ("bilibili", "云岭大学", {"云岭太学", "云山令大学", "云岭大学官方"}, {"云岭旅拍"}),
        ("bilibili", "Yunling University", {"Yunling University Admissions"}, {"云岭大学"}),
        ("wechat", "云岭大学", {"云岭大学招生网", "匀岭大学", "云岭大学万能墙"}, {"云岭茶仓"}),
        ("douyin", "云岭大学", {"云岭⼤学招生", "云ling大学", "芸岭大学"}, {"云岭石斛"}),
    ],
)
def test_a_search_meets_letters_sounds_and_near_names(foot, platform, word, met, unmet):
    outcome = foot.search(platform, word, 5)[1]
    names = {profile.name for profile in outcome.sightings}
    assert met <= names
    assert not unmet & names


def test_an_account_opened_later_is_met_only_then(foot):
    def names():
        return {profile.name for profile in foot.search("weibo", "云岭大学", 5)[1].sightings}

    assert "云岭大学教务处通知" not in names()
    foot.stage.clock += timedelta(days=31)
    assert "云岭大学教务处通知" in names()


def test_a_search_that_hits_nothing_is_told_as_the_platform_tells_it(foot):
    assert foot.search("bilibili", "不存在的名字甲乙丙")[1] == Sightings((), False)
    answer = json.loads(foot.search("bilibili", "不存在的名字甲乙丙")[0].pages[-1].body)
    assert "result" not in answer["data"]
    nothing = json.loads(foot.search("weibo", "不存在的名字甲乙丙")[0].pages[-1].body)
    assert nothing == {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


# ── locks ───────────────────────────────────────────────────────────────────────────────────────


def test_weibo_shows_nothing_without_the_visitor_cookie_of_that_domain_and_day(foot):
    data = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={SCHOOL}"
    desktop = f"https://weibo.com/ajax/profile/info?uid={SCHOOL}"
    assert (foot.get(data).status, foot.get(data).body) == (432, b"")
    assert "/visitor/visitor?entry=sinawap" in foot.get(f"https://m.weibo.cn/u/{SCHOOL}").url
    foot.handshake("m.weibo.cn")
    profile = json.loads(foot.get(data).body)
    assert profile["data"]["userInfo"]["followers_count"] == "62.4万"
    assert json.loads(foot.get(desktop).body)["ok"] == -100
    foot.stage.clock += timedelta(days=1)
    assert foot.get(data).status == 432


def test_bilibili_gives_the_feed_only_to_its_own_page(foot):
    query = {"host_mid": "401720051", "offset": ""}
    feed = "/x/polymer/web-dynamic/v1/feed/space"
    bare = foot.get(f"https://api.bilibili.com{feed}?host_mid=401720051")
    assert (json.loads(bare.body)["code"], bare.headers["x-bili-gaia-vvoucher"][:8]) == (-352, "voucher_")
    assert foot.signed("/x/web-interface/wbi/search/type", {"keyword": "x"}).status == 412
    foot.get("https://space.bilibili.com/401720051/dynamic")
    assert json.loads(foot.signed(feed, query).body)["code"] == 0
    forged = foot.get(f"https://api.bilibili.com{feed}?host_mid=401720051&wts=1&w_rid={'0' * 32}")
    assert json.loads(forged.body)["code"] == -352


def test_the_signature_is_the_published_one():
    key = mixed("7cd084941338484aae1ad9425b84077c", "4932caff0ff746eab6f01bf08b70ac45")
    assert key == "ea1db124af3c7062474693fa704f4ff8"
    query = {"foo": "114", "bar": "514", "zab": "1919810", "wts": "1702204169"}
    assert signature(query, key) == "8f6f2b5b3d485fe1886cec6a0be8c5d4"


def test_douyin_gives_nothing_to_a_plain_request(foot):
    web = "https://www.douyin.com/aweme/v1/web"
    assert foot.get(f"{web}/user/profile/other/?sec_user_id=x").body == b""
    refused = foot.get(f"{web}/aweme/post/?sec_user_id=x")
    assert (refused.status, refused.body) == (403, b"Blocked by ArgusSecurityPlugin Uifid Not Found")
    nil = json.loads(foot.get(f"{web}/discover/search/?keyword=x").body)
    assert (nil["status_code"], nil["search_nil_info"]["search_nil_type"]) == (0, "verify_check")


def test_a_list_is_paged_without_gap_or_repeat(foot):
    foot.handshake("m.weibo.cn")
    index = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={SCHOOL}&containerid=107603{SCHOOL}"
    times, since, pages = [], "", 0
    while pages < 4:
        data = json.loads(foot.get(index + since).body)["data"]
        blogs = [card["mblog"] for card in data["cards"] if card["card_type"] == 9]
        times += [blog["created_at"] for blog in blogs if not blog.get("isTop")]
        since, pages = f"&since_id={data['cardlistInfo']['since_id']}", pages + 1
    life = Life(member("weibo", SCHOOL), ANCHOR)
    unpinned = [post for post in life.posts(foot.stage.clock) if not post.pinned]
    assert [datetime.strptime(text, "%a %b %d %H:%M:%S %z %Y") for text in times] == [
        post.at for post in unpinned[: len(times)]
    ]
    assert len(times) == 40


def test_robots_refuse_at_the_root_where_the_platforms_do(foot):
    assert "User-agent: *\nDisallow: /" in foot.get("https://m.weibo.cn/robots.txt").body.decode()
    assert foot.get("https://api.bilibili.com/robots.txt").status == 404


def test_the_way_from_a_search_to_an_article_leads_through_a_script(foot):
    listed = foot.get(f"https://weixin.sogou.com/weixin?type=2&query={quote('云岭大学')}").body.decode()
    link = re.search(r'href="(/weixin\.sogou\.com/link[^"]+)"', listed)[1].replace("&amp;", "&")
    script = foot.get("https:/" + link).body.decode()
    address = "".join(json.loads(re.search(r"(\[.*\])\.forEach", script)[1]))
    article = foot.get("https:/" + address)
    assert 'var user_name = "gh_71a0c4e80001"' in article.body.decode()
    foot.stage.clock += timedelta(days=1)
    assert "链接已过期" in foot.get("https:/" + address).body.decode()


# ── walls and faults ────────────────────────────────────────────────────────────────────────────


def accounts_hit():
    for act in ACTS:
        for how in act.refusals:
            yield act.name, how


@pytest.mark.parametrize(("name", "how"), list(accounts_hit()))
def test_no_wall_of_a_platform_accuses_anybody(name, how):
    """The list alone may be walled: then the account is found, but without a date or with a bound."""
    silent = next(row["handle"] for platform, row in rows() if platform == name and row.get("posts"))
    with Stage(scenario(), ANCHOR, ANCHOR, [Wall(platform=name, how=how)]) as stage:
        foot = OnFoot(stage)
        outcome = read(foot, name, silent)
        found = foot.search(name, "云岭大学")[1]
    if how in ("closed", "verify_check"):
        assert isinstance(outcome, Found)
    elif how == "argus":
        assert outcome.newest is None
    else:
        assert isinstance(outcome, Blocked), outcome
    assert not isinstance(found, Sightings) or found.sightings or found.more, "a wall read as an empty search"
    assert how != "closed" or found.sightings, "where accounts cannot be searched, articles can"


def test_a_wall_stands_for_its_account_its_nights_and_after_its_requests():
    mine = Wall(platform="weibo", how="captcha", account=SCHOOL)
    later = Wall(platform="bilibili", how="-352", nights={night(1)}, after=2)
    card = "https://api.bilibili.com/x/web-interface/card?mid=401720051"
    with Stage(scenario(), ANCHOR, ANCHOR, [mine, later]) as stage:
        foot = OnFoot(stage)
        assert read(foot, "weibo", SCHOOL) == Blocked("captcha")
        assert isinstance(read(foot, "weibo", "5720114002"), Found)
        assert [json.loads(foot.get(card).body)["code"] for _ in range(4)] == [0, 0, 0, 0]
        stage.clock += timedelta(days=1)
        assert [json.loads(foot.get(card).body)["code"] for _ in range(4)] == [0, 0, -352, -352]
        assert stage.asked()["bilibili", "401720051"] == 8
        assert [heard.how for heard in stage.log if heard.platform == "bilibili"][-3:] == [
            None,
            "-352",
            "-352",
        ]


@pytest.mark.parametrize(
    ("how", "error"), [("drop", http.client.RemoteDisconnected), ("half", http.client.IncompleteRead)]
)
def test_a_line_breaks_as_told(how, error):
    with (
        Stage(scenario(), ANCHOR, ANCHOR, [Wall(platform="bilibili", how=how)]) as stage,
        pytest.raises(error),
    ):
        raw(stage, "https://api.bilibili.com/x/web-interface/card?mid=401720051")


def test_a_line_is_slow_or_drips_as_told():
    slow = Wall(platform="bilibili", how="slow", path="card", seconds=0.2)
    drip = Wall(platform="bilibili", how="drip", path="stat", seconds=0.001)
    with Stage(scenario(), ANCHOR, ANCHOR, [slow, drip]) as stage:
        for path in ("web-interface/card?mid", "relation/stat?vmid"):
            begun = time.monotonic()
            status, body = raw(stage, f"https://api.bilibili.com/x/{path}=401720051")
            assert time.monotonic() - begun > 0.15
            assert (status, json.loads(body)["code"]) == (200, 0)


def test_a_server_error_has_its_number():
    with Stage(scenario(), ANCHOR, ANCHOR, [Wall(platform="bilibili", how="503")]) as stage:
        assert raw(stage, "https://api.bilibili.com/x/web-interface/card?mid=1") == (503, b"")


def raw(stage, url):
    parts = urlsplit(stage.origins["https://api.bilibili.com"] + url.removeprefix("https://api.bilibili.com"))
    line = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
    try:
        line.request("GET", f"{parts.path}?{parts.query}")
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def test_a_wall_that_no_platform_knows_is_an_error_that_names_the_known_ones(tmp_path):
    with pytest.raises(ValueError, match="weibo knows no '-352'; it knows 432, captcha"):
        Stage(scenario(), ANCHOR, walls=[Wall(platform="weibo", how="-352")])
    file = tmp_path / "walls.toml"
    file.write_text('[[wall]]\nplatform = "weibo"\nhow = "432"\nnights = [2026-11-21]\n')
    assert loaded(file) == (Wall(platform="weibo", how="432", nights={night(1)}),)


def test_the_clock_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        Stage(scenario(), datetime(2026, 11, 20))  # noqa: DTZ001


# ── the real browser ────────────────────────────────────────────────────────────────────────────


class InBrowser(OnFoot):
    """The same visits, but pages are opened in a real browser and do by themselves what they do."""

    def __init__(self, stage, page):
        super().__init__(stage)
        self.page = page

    def browse(self, ask):
        origin, answers = re.match(r"https://[^/]+", ask.url)[0], []

        def keep(answer):
            answers.append(answer)

        self.page.on("response", keep)
        self.page.goto(self.stage.origins[origin] + ask.url.removeprefix(origin), wait_until="networkidle")
        for _ in range(ask.scrolls):
            self.page.evaluate("scrollTo(0, document.body.scrollHeight)")
            self.page.wait_for_load_state("networkidle")
            self.page.wait_for_timeout(300)
        self.page.remove_listener("response", keep)
        kept = [Page(ask.url, 200, {}, self.page.content().encode())]
        for answer in answers:
            if watch := next((watch for watch in ask.watch if watches(watch, answer.url)), None):
                url = f"{watch.url.partition('?')[0]}?{urlsplit(answer.url).query}"
                kept.append(Page(url, answer.status, answer.headers, answer.body()))
        return kept


def test_a_real_browser_gets_from_the_pages_what_the_visit_on_foot_gets():
    chromium = found(None)
    douyin = {row["name"]: row["handle"] for name, row in rows() if name == "douyin"}
    with Stage(scenario(), night(26), ANCHOR) as stage, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        there, foot = InBrowser(stage, browser.new_page()), OnFoot(stage)
        for platform, handle, kind in [
            ("weibo", SCHOOL, Found),
            ("weibo", "5720114012", Gone),
            ("bilibili", "401720052", Found),
            ("bilibili", "401720058", Gone),
            ("douyin", douyin["云岭大学"], Found),
            ("douyin", douyin["云岭大学医学院"], Found),
            ("douyin", douyin["云岭大学学生会"], Gone),
        ]:
            seen = there.account(platform, handle)[1]
            assert isinstance(seen, kind), (platform, handle, seen)
            assert seen == foot.account(platform, handle)[1]
        for platform, first_page in (("weibo", 10), ("bilibili", 20), ("douyin", 10)):
            met = there.search(platform, "云岭", 2)[1]
            assert len(met.sightings) > first_page
            assert met == foot.search(platform, "云岭", 2)[1]
        browser.close()
