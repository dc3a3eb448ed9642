"""WeChat: what a visit asks for and in which order, and what its failures must never become."""

import json
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawlers.platforms import Http
from crawlers.platforms.wechat import GONE_WORDS, ITEM_WORDS, PLATFORM, WALL_WORDS
from crawlers.reading import read
from crawlers.texts import bare
from crawlers.visits import Page, Target, load
from monitors.nouns import Ambiguous, Blocked, Found, Gone, WitnessLink

PAGES = Path(__file__).parent.parent / "pages" / "wechat"
GH, NAME = "gh_5c1d9a77e0b2", "云岭大学图书馆"
ALBUM = "https://mp.weixin.qq.com/mp/appmsgalbum?__biz=MzIxNzQ0NTU1Mw==&action=getalbum&album_id=2811930456712304641"
ARTICLE = "https://mp.weixin.qq.com/s/mAdeUpT0kenOfTheLib01"
NIGHT = datetime.fromisoformat("2026-11-16T02:41:07+08:00")
LATER = datetime.fromisoformat("2027-02-01T02:41:07+08:00")


@cache
def saved():
    folders = sorted(path.parent for path in PAGES.glob("*/visit.json"))
    return {
        folder.name: (load(folder), json.loads((folder / "expected.json").read_text("utf-8")))
        for folder in folders
    }


def pages(name):
    return saved()[name][0].pages


def target(at, *links, name=NAME):
    kinds = {"appmsgalbum": "album", "/s": "article"}
    witnesses = [
        WitnessLink(next((k for part, k in kinds.items() if part in url), "feed"), url) for url in links
    ]
    return Target(GH, name, (), tuple(witnesses), at)


def walk(asked, answers):
    """Ask until the visit is complete; `answers` are the bodies that come, in order."""
    seen = []
    for answer in answers:
        ask = PLATFORM.account_ask(asked, seen)
        assert isinstance(ask, Http)
        seen.append(replace(answer, url=ask.url))
    return seen, PLATFORM.account_ask(asked, seen)


def query(ask):
    return {key: values[0] for key, values in parse_qs(urlsplit(ask.url).query).items()}


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def test_a_fresh_album_is_all_that_is_asked():
    seen, more = walk(target(NIGHT, ALBUM, ARTICLE), pages("album-newest-first"))
    assert more is None
    assert query(seen[0]) == {
        "action": "getalbum",
        "__biz": "MzIxNzQ0NTU1Mw==",
        "album_id": "2811930456712304641",
        "count": "10",
        "f": "json",
    }


def test_an_old_album_sends_to_the_article_and_then_to_the_index():
    _, more = walk(target(LATER, ALBUM + "#wechat_redirect", ARTICLE), pages("album-newest-first"))
    assert more == Http(ARTICLE)
    _, more = walk(
        target(LATER, ALBUM, ARTICLE), (*pages("album-newest-first"), *pages("article-short-link"))
    )
    assert urlsplit(more.url).hostname == "weixin.sogou.com"
    assert query(more) == {"type": "2", "query": NAME, "ie": "utf8"}
    _, more = walk(
        target(LATER, ALBUM, ARTICLE),
        (*pages("album-newest-first"), *pages("article-short-link"), *pages("sogou-articles-exact-name")),
    )
    assert more is None


def test_without_a_name_and_without_links_nothing_is_asked():
    assert PLATFORM.account_ask(target(NIGHT, name=None), ()) is None


def test_feeds_and_foreign_links_are_not_asked():
    asked = target(
        NIGHT, "https://feeds.example/x.xml", "https://weibo.com/mp/appmsgalbum?__biz=x&album_id=1"
    )
    assert "weixin.sogou.com" in PLATFORM.account_ask(asked, ()).url


def test_an_album_that_begins_with_its_oldest_is_asked_again_from_the_other_end():
    oldest_first, reversed_ = pages("album-oldest-first-then-reversed")
    _, more = walk(target(NIGHT, ALBUM), (oldest_first,))
    assert query(more)["is_reverse"] == "1"
    _, more = walk(target(NIGHT, ALBUM), (oldest_first, reversed_))
    assert more is None


def test_a_deleted_article_sends_to_the_next_link():
    other = "https://mp.weixin.qq.com/s/mAdeUpT0kenOfTheLib02"
    _, more = walk(target(LATER, ARTICLE, other), pages("item-deleted-by-its-author"))
    assert more == Http(other)


@pytest.mark.parametrize(
    "name", sorted(n for n, (_, e) in saved().items() if e["outcome"] in ("Blocked", "Gone"))
)
def test_a_wall_or_a_gravestone_ends_the_visit(name):
    visit, _ = saved()[name]
    if visit.kind == "account":
        assert PLATFORM.account_ask(target(LATER, ALBUM, ARTICLE), visit.pages) is None
    else:
        assert PLATFORM.search_ask("云岭大学", visit.pages, 3) is None


def test_without_a_clock_no_album_counts_as_fresh():
    _, more = walk(target(None, ALBUM, ARTICLE), pages("album-newest-first"))
    assert more == Http(ARTICLE)


def test_a_canarys_own_link_is_asked_as_an_album_or_an_article():
    for link in (ALBUM, PLATFORM.canaries.alive):
        ask = PLATFORM.account_ask(Target(link), ())
        assert query(ask)["album_id"] == query(Http(link))["album_id"]
    assert PLATFORM.account_ask(Target(ARTICLE), ()) == Http(ARTICLE)


def search(*answers, depth=3):
    seen = []
    for answer in answers:
        seen.append(replace(answer, url=PLATFORM.search_ask("云岭大学", seen, depth).url))
    return PLATFORM.search_ask("云岭大学", seen, depth)


def test_a_search_asks_for_accounts_page_by_page_to_its_depth():
    (first,), (last,) = pages("search-accounts"), pages("search-accounts-last-page")
    assert query(search())["type"] == "1"
    assert (query(search(first))["type"], query(search(first))["page"]) == ("1", "2")
    assert search(first, first, depth=2) is None
    assert search(first, last) is None


def test_a_closed_search_for_accounts_gives_way_to_the_search_for_articles():
    (none,), (articles,), (cap,) = (
        pages(n) for n in ("search-none-or-closed", "search-articles", "search-result-cap")
    )
    assert query(search(none))["type"] == "2"
    assert query(search(none, articles))["page"] == "2"
    assert search(none, articles, articles, articles) is None
    assert search(none, articles, cap) is None
    assert search(none, none) is None


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def test_every_date_of_wechat_is_a_lower_bound_and_names_its_witness():
    witnesses = set()
    for visit, expected in saved().values():
        out = read(PLATFORM, visit)
        if isinstance(out, Found) and out.newest:
            assert out.newest.bound == "at_least", expected
            witnesses.add(out.newest.by)
    assert witnesses == {"album", "article", "page"}


def test_the_witness_is_the_one_that_showed_the_newest():
    assert read(PLATFORM, saved()["album-beside-newer-article"][0]).newest.by == "article"
    assert read(PLATFORM, saved()["album-beside-wall"][0]).newest.by == "album"


def _notices(outcome):
    return [
        bare(page.body.decode())
        for visit, expected in saved().values()
        if expected["outcome"] == outcome
        for page in visit.pages
    ]


def test_every_word_about_an_article_has_a_saved_visit():
    for word in ITEM_WORDS:
        assert any(word in notice for notice in _notices("Ambiguous")), word


@pytest.mark.parametrize(
    "words",
    [f"{a}{b}内容无法查看" for a in ("此帐号", "此账号", "此賬號") for b in ("已被屏蔽, ", "已自主注销，")],
)
def test_letters_and_widths_of_a_gone_word_do_not_matter(words):
    body = f'<html><body><div class="weui-msg"><h2 class="weui-msg__title">{words}</h2></div></body></html>'
    visit = replace(saved()["gone-screened"][0], pages=(Page(ARTICLE, 200, body=body.encode()),))
    assert isinstance(read(PLATFORM, visit), Gone)


@pytest.mark.parametrize("word", [word for word, _ in WALL_WORDS])
@pytest.mark.parametrize("gone", ["此帐号已自主注销，内容无法查看", "该公众号已迁移"])
def test_a_wall_comes_before_a_gravestone_in_either_place(word, gone):
    for heading, rest in ((word, gone), (gone, word)):
        body = f'<html><h2 class="weui-msg__title">{heading}</h2><p class="weui-msg__desc">{rest}</p></html>'
        visit = replace(saved()["gone-screened"][0], pages=(Page(ARTICLE, 200, body=body.encode()),))
        assert isinstance(read(PLATFORM, visit), Blocked)


def test_gone_words_within_an_article_never_become_a_gravestone():
    shown = saved()["article-quotes-a-notice-and-a-script"][0]
    (page,) = shown.pages
    for broken in (page.body.replace(b"var ", b"let_"), page.body.replace(GH.encode(), b"gh_000000000000")):
        out = read(PLATFORM, replace(shown, pages=(replace(page, body=broken),)))
        assert not isinstance(out, Gone | Ambiguous)
    assert len(GONE_WORDS) == len({word for word, _ in GONE_WORDS})


def test_replacing_any_page_by_any_wall_never_makes_an_account_gone_or_older():
    walls = [v.pages[0] for v, e in saved().values() if e["outcome"] == "Blocked" and len(v.pages) == 1]
    for visit, expected in saved().values():
        if visit.kind != "account" or expected["outcome"] == "Gone":
            continue
        for number, page in enumerate(visit.pages):
            for wall in walls:
                walled = (*visit.pages[:number], replace(wall, url=page.url), *visit.pages[number + 1 :])
                out = read(PLATFORM, replace(visit, pages=walled))
                gone_already = any(
                    isinstance(read(PLATFORM, replace(visit, pages=(p,))), Gone) for p in walled
                )
                assert gone_already or not isinstance(out, Gone)
                assert not isinstance(out, Found) or len(visit.pages) > 1
