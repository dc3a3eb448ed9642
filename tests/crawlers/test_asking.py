"""What Bilibili and Weibo are asked, request by request, with saved pages as their answers."""

from datetime import datetime
from pathlib import Path

import pytest

from crawlers.platforms import Browse, Http, platforms
from crawlers.visits import Target, load

PAGES = Path(__file__).parent.parent / "pages"
NIGHT = datetime.fromisoformat("2026-11-20T02:30:00+08:00")
BILIBILI, WEIBO = platforms()["bilibili"], platforms()["weibo"]
MID, UID = "512340987", "6123450987"


def pages(name):
    """Give the pages of a saved visit, `platform/folder`."""
    return list(load(PAGES / name).pages)


def bilibili(*names, at=NIGHT):
    return BILIBILI.account_ask(
        Target(MID, at=at), [page for name in names for page in pages(f"bilibili/{name}")]
    )


def weibo(*names):
    return WEIBO.account_ask(
        Target(UID, at=NIGHT), [page for name in names for page in pages(f"weibo/{name}")]
    )


# ── Bilibili ────────────────────────────────────────────────────────────────────────────────────


def test_bilibili_asks_the_card_first_and_plainly():
    ask = bilibili()
    assert isinstance(ask, Http)
    assert ask.url == f"https://api.bilibili.com/x/web-interface/card?mid={MID}&photo=true"


def test_after_the_card_come_the_videos():
    ask = bilibili("card-alone-shows-no-date")
    assert isinstance(ask, Http)
    assert ask.url.startswith(f"https://api.bilibili.com/x/series/recArchivesByKeywords?mid={MID}&")


def test_fresh_videos_end_the_visit_without_a_browser():
    assert (
        bilibili("card-and-videos-give-a-bound", at=datetime.fromisoformat("2026-11-10T02:30:00+08:00"))
        is None
    )


@pytest.mark.parametrize(
    "name",
    [
        "card-and-videos-give-a-bound",
        "no-videos-is-not-no-posts",
        "null-videos",
        "counter-contradicts-the-empty-videos",
    ],
)
def test_old_or_absent_videos_ask_for_the_feed_of_all_posts_in_the_browser(name):
    ask = bilibili(name)
    assert isinstance(ask, Browse)
    assert ask.url == f"https://space.bilibili.com/{MID}/dynamic"
    assert [(watch.url.split("/x/")[1], watch.needed) for watch in ask.watch] == [
        (f"polymer/web-dynamic/v1/feed/space?host_mid={MID}", True),
        (f"space/wbi/acc/info?mid={MID}", False),
    ]


def test_a_card_that_names_nobody_asks_the_page_for_the_verdict():
    ask = bilibili("cancelled-name-alone")
    assert isinstance(ask, Browse)
    assert ask.url == f"https://space.bilibili.com/{MID}"
    assert [watch.query for watch in ask.watch] == [{"mid": MID}]


@pytest.mark.parametrize(
    "name",
    [
        "cancelled-name-and-404", "gone-card-404", "gone-spacesta", "wall-code-352", "wall-status-412",
        "videos-behind-a-wall-leave-no-date", "feed-beside-older-videos", "never-posted", "no-answer",
        "card-of-somebody-else",
    ],
)  # fmt: skip
def test_a_settled_or_refused_visit_to_bilibili_asks_no_more(name):
    visit = pages(f"bilibili/{name}")
    shell = pages("bilibili/shell-says-nothing") if any("/feed/" in page.url for page in visit) else []
    assert BILIBILI.account_ask(Target(MID, at=NIGHT), [*visit, *shell]) is None


def test_a_search_of_bilibili_goes_from_page_to_page_to_the_depth():
    first = BILIBILI.search_ask("云岭 大学", [], 3)
    assert isinstance(first, Browse)
    assert (
        first.url
        == "https://search.bilibili.com/upuser?keyword=%E4%BA%91%E5%B2%AD%20%E5%A4%A7%E5%AD%A6&page=1"
    )
    assert first.watch[0].query == {"search_type": "bili_user"}
    more = pages("bilibili/search-more-pages")
    assert BILIBILI.search_ask("云岭大学", more, 3).url.endswith("&page=2")
    assert BILIBILI.search_ask("云岭大学", more * 2, 3).url.endswith("&page=3")
    assert BILIBILI.search_ask("云岭大学", more * 3, 3) is None


@pytest.mark.parametrize(
    "name",
    [
        "search-one-page",
        "search-empty",
        "search-wall-412",
        "search-wall-after-a-page",
        "search-shell-only",
        "search-no-answer",
    ],
)
def test_a_search_of_bilibili_ends_with_its_last_page_or_at_a_wall(name):
    assert BILIBILI.search_ask("云岭大学", pages(f"bilibili/{name}"), 3) is None


# ── Weibo ───────────────────────────────────────────────────────────────────────────────────────


def test_weibo_opens_the_mobile_page_and_keeps_both_of_its_calls():
    ask = weibo()
    assert isinstance(ask, Browse)
    assert ask.url == f"https://m.weibo.cn/u/{UID}"
    assert {watch.url for watch in ask.watch if watch.needed} == {
        f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}",
        f"https://m.weibo.cn/api/container/getIndex?type=uid&value={UID}&containerid=107603{UID}",
    }


@pytest.mark.parametrize("name", ["profile-and-list", "never-posted", "all-pinned-by-istop"])
def test_one_visit_to_weibo_suffices_where_the_list_speaks(name):
    assert weibo(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "nothing-here-on-both",
        "profile-alone-shows-no-date",
        "counter-contradicts-the-empty-list",
        "list-of-somebody-else",
    ],
)
def test_a_doubt_on_the_mobile_page_asks_the_desktop_for_its_verdict(name):
    ask = weibo(name)
    assert isinstance(ask, Browse)
    assert ask.url == f"https://weibo.com/u/{UID}"
    assert [watch.url for watch in ask.watch if watch.needed] == [
        f"https://weibo.com/ajax/profile/info?uid={UID}"
    ]


@pytest.mark.parametrize(
    "name",
    [
        "wall-status-432",
        "wall-captcha",
        "list-behind-432-leaves-no-date",
        "list-behind-captcha-leaves-no-date",
        "no-answer",
    ],
)
def test_at_a_wall_weibo_is_asked_no_more(name):
    assert weibo(name) is None


def test_the_desktop_is_asked_only_once():
    assert weibo("nothing-here-on-both", "sorry-for-an-unknown-reason") is None


def test_a_search_of_weibo_asks_the_suggestions_and_then_scrolls_the_mobile_search():
    first = WEIBO.search_ask("云岭大学", [], 3)
    assert isinstance(first, Http)
    assert first.url == "https://weibo.com/ajax/side/search?q=%E4%BA%91%E5%B2%AD%E5%A4%A7%E5%AD%A6"
    second = WEIBO.search_ask("云岭大学", pages("weibo/suggestions"), 3)
    assert isinstance(second, Browse)
    assert second.scrolls == 2
    container = "100103type=3&q=云岭大学&t=0"
    assert [watch.query for watch in second.watch] == [
        {"containerid": container, "page": "2"},
        {"containerid": container, "page": "3"},
        {"containerid": container},
    ]
    assert [watch.needed for watch in second.watch] == [False, False, True]
    assert WEIBO.search_ask("云岭大学", pages("weibo/suggestions-and-walled-search"), 3) is None


@pytest.mark.parametrize("name", ["suggestions-throttled", "search-no-answer"])
def test_a_refused_search_of_weibo_is_not_tried_another_way(name):
    assert WEIBO.search_ask("云岭大学", pages(f"weibo/{name}"), 3) is None


@pytest.mark.parametrize("platform", list(platforms().values()), ids=lambda platform: platform.name)
def test_every_first_request_goes_to_a_host_of_the_platform(platform):
    handle = platform.canaries.alive
    asks = (platform.account_ask(Target(handle, at=NIGHT), []), platform.search_ask("云岭大学", [], 2))
    hosts = tuple(host.removeprefix("*.") for host in platform.hosts)
    for ask in asks:
        watched = ask.watch if isinstance(ask, Browse) else ()
        for url in (ask.url, *(watch.url for watch in watched)):
            assert url.split("/")[2].endswith(hosts)
