"""Posts of an account's own, forwards and live rooms: what a visit tells of each kind."""

import json
from datetime import UTC, datetime

from crawlers.platforms import platforms
from crawlers.reading import read
from crawlers.visits import Page, Visit
from monitors.nouns import Newest

FETCHED = datetime.fromisoformat("2026-11-20T02:30:00+08:00")
MID, UID = "512340987", "6123450987"
FEED = f"https://api.bilibili.com/x/polymer/web-dynamic/v1/feed/space?host_mid={MID}&offset="
VIDEOS = f"https://api.bilibili.com/x/series/recArchivesByKeywords?mid={MID}&keywords=&ps=30&pn=1"
LIST = f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}&containerid=107603{UID}"


def at(day, clock="10:00"):
    return datetime.fromisoformat(f"{day}T{clock}:00+08:00").astimezone(UTC)


def item(kind, day, pinned=False, **more):
    author = {"mid": int(MID), "name": "云岭大学", "pub_ts": int(at(day).timestamp())}
    modules = {"module_author": author, "module_tag": {"text": "置顶"} if pinned else None}
    return {"id_str": "1", "type": f"DYNAMIC_TYPE_{kind}", "visible": True, "modules": modules, **more}


def feed(*items, more=False):
    return Page(FEED, 200, body=json.dumps({"code": 0, "data": {"items": items, "has_more": more}}).encode())


def videos(day):
    told = {"archives": [{"pubdate": int(at(day).timestamp())}], "page": {"num": 1, "size": 30, "total": 9}}
    return Page(VIDEOS, 200, body=json.dumps({"code": 0, "data": told}).encode())


def bilibili(*pages):
    found = read(platforms()["bilibili"], Visit("bilibili", "account", FETCHED, pages, MID))
    return dict(found.by_kind), found.newest


def blog(day, **more):
    created = at(day).astimezone(FETCHED.tzinfo).strftime("%a %b %d %H:%M:%S +0800 %Y")
    user = {"id": int(UID), "screen_name": "云岭大学"}
    return {"card_type": 9, "mblog": {"created_at": created, "user": user, **more}}


def weibo(*cards):
    told = {"ok": 1, "data": {"cards": cards, "cardlistInfo": {"since_id": 4, "total": 900}}}
    page = Page(LIST, 200, body=json.dumps(told).encode())
    found = read(platforms()["weibo"], Visit("weibo", "account", FETCHED, (page,), UID))
    return dict(found.by_kind), found.newest


def test_a_forward_and_a_live_room_do_not_pass_for_posts():
    split, newest = bilibili(
        feed(item("LIVE_RCMD", "2026-11-18"), item("FORWARD", "2026-11-10"), item("DRAW", "2026-08-01"))
    )
    assert newest == Newest(at("2026-11-18"), "exact")
    assert split == {
        "post": Newest(at("2026-08-01"), "exact"),
        "forward": Newest(at("2026-11-10"), "exact"),
        "live": Newest(at("2026-11-18"), "exact"),
    }


def test_a_feed_of_posts_alone_is_not_split():
    assert bilibili(feed(item("AV", "2026-11-18"), item("WORD", "2026-08-01")))[0] == {}


def test_a_pinned_post_above_a_page_of_forwards_is_only_a_bound():
    forwards = [item("FORWARD", f"2026-11-{day}") for day in range(10, 20)]
    split, _ = bilibili(feed(item("DRAW", "2026-01-05", pinned=True), *forwards, more=True))
    assert split["post"] == Newest(at("2026-01-05"), "at_least")
    assert split["forward"].bound == "exact"


def test_a_pinned_post_in_a_feed_that_ends_is_the_newest_post():
    split, _ = bilibili(feed(item("DRAW", "2026-01-05", pinned=True), item("FORWARD", "2026-11-10")))
    assert split["post"] == Newest(at("2026-01-05"), "exact")


def test_a_video_that_the_feed_of_forwards_does_not_show_leaves_the_posts_a_bound():
    forwards = [item("FORWARD", f"2026-11-{day}") for day in range(10, 20)]
    split, newest = bilibili(videos("2026-07-01"), feed(*forwards, more=True))
    assert newest == Newest(at("2026-11-19"), "exact")
    assert split["post"] == Newest(at("2026-07-01"), "at_least")


def test_a_feed_whose_newest_entry_cannot_be_dated_is_exact_of_no_kind():
    undated = item("LIVE_RCMD", "2026-11-18")
    undated["modules"]["module_author"]["pub_ts"] = None
    split, _ = bilibili(feed(undated, item("FORWARD", "2026-11-10"), item("DRAW", "2026-08-01")))
    assert {newest.bound for newest in split.values()} == {"at_least"}


def test_reposts_on_weibo_are_told_from_posts_the_quick_ones_too():
    split, newest = weibo(
        blog("2026-11-18", ori_mid="5360000000000001"),
        blog("2026-11-10", retweeted_status={"user": None}),
        blog("2026-08-01"),
    )
    assert newest == Newest(at("2026-11-18"), "exact")
    assert split == {"post": Newest(at("2026-08-01"), "exact"), "forward": newest}
