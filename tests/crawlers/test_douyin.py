"""Douyin: one look in the browser, exact only where provably whole, and no accusation out of a wall."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from crawlers.platforms import Browse
from crawlers.platforms.douyin import PLATFORM
from crawlers.reading import read
from crawlers.visits import Target, load
from monitors.nouns import Ambiguous, Found, Gone, ShapeChanged

PAGES = Path(__file__).parent.parent / "pages" / "douyin"


@cache
def saved():
    folders = sorted(path.parent for path in PAGES.glob("*/visit.json"))
    return {
        folder.name: (load(folder), json.loads((folder / "expected.json").read_text("utf-8")))
        for folder in folders
    }


def visit(name):
    return saved()[name][0]


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def test_an_account_is_one_look_that_waits_for_profile_and_works():
    handle = PLATFORM.canaries.alive
    ask = PLATFORM.account_ask(Target(handle), ())
    assert isinstance(ask, Browse)
    assert ask.url == f"https://www.douyin.com/user/{handle}"
    assert [urlsplit(watch.url).path for watch in ask.watch] == [
        "/aweme/v1/web/user/profile/other/",
        "/aweme/v1/web/aweme/post/",
    ]
    for watch in ask.watch:
        assert watch.needed
        assert watch.query == {"sec_user_id": handle}
        assert parse_qs(urlsplit(watch.url).query)["sec_user_id"] == [handle]
    assert PLATFORM.account_ask(Target(handle), visit("profile").pages) is None


def test_a_search_is_one_look_that_scrolls_for_more():
    ask = PLATFORM.search_ask("云岭大学 招生", (), 3)
    assert isinstance(ask, Browse)
    assert (
        ask.url
        == "https://www.douyin.com/search/%E4%BA%91%E5%B2%AD%E5%A4%A7%E5%AD%A6%20%E6%8B%9B%E7%94%9F?type=user"
    )
    assert ask.scrolls == 2
    (watch,) = ask.watch
    assert watch.query == {"keyword": "云岭大学 招生"}
    assert PLATFORM.search_ask("云岭大学 招生", visit("search").pages, 3) is None


def test_it_says_that_it_cannot_be_searched_from_outside():
    assert not PLATFORM.facts.searchable
    assert PLATFORM.facts.profile_url("MS4wLjABAAAAx") == "https://www.douyin.com/user/MS4wLjABAAAAx"


# ── reading ─────────────────────────────────────────────────────────────────────────────────────


def test_only_a_provably_whole_list_is_exact():
    exact = {
        name
        for name, (each, _) in saved().items()
        if isinstance(out := read(PLATFORM, each), Found) and out.newest and out.newest.bound == "exact"
    }
    assert exact == {
        "works-whole",
        "works-whole-numbers-as-strings",
        "page-overlay-without-data-beside-answers",
    }


@pytest.mark.parametrize(
    "change",
    [
        {"has_more": 1},
        {"has_more": None},
        {"not_login_module": {"guide_login_tip_exist": True}},
        {"not_login_module": {"guide_login_tip_exist": 1}},
    ],
)
def test_one_doubt_about_the_list_takes_the_exactness_away(change):
    whole = visit("works-whole")
    profile, works = whole.pages
    body = json.dumps(json.loads(works.body) | change).encode()
    out = read(PLATFORM, replace(whole, pages=(profile, replace(works, body=body))))
    assert out.newest.bound == "at_least"


def test_a_list_without_its_profile_is_never_exact():
    whole = visit("works-whole")
    assert read(PLATFORM, replace(whole, pages=whole.pages[1:])).newest.bound == "at_least"


def test_nothing_ever_posted_needs_the_words_and_the_count():
    zero = {
        name
        for name, (each, _) in saved().items()
        if isinstance(out := read(PLATFORM, each), Found) and out.posts_total == 0
    }
    assert zero == {
        "nothing-posted-all-checks",
        "nothing-posted-page-and-profile",
        "nothing-posted-page-with-its-own-count",
    }


def test_what_the_account_wrote_itself_is_not_the_platforms_word():
    quoting = visit("page-signature-quotes-suspension")
    assert isinstance(read(PLATFORM, quoting), Found)
    for field in ("signature", "desc", "custom_verify"):
        profile = visit("profile")
        (page,) = profile.pages
        answer = json.loads(page.body)
        answer["user"][field] = "账号已被封禁 verify_check 请先登录 抖音社区自律公约"
        out = read(PLATFORM, replace(profile, pages=(replace(page, body=json.dumps(answer).encode()),)))
        assert isinstance(out, Found)
        assert out.name == "云岭大学青年"


@pytest.mark.parametrize("value", [False, 0, "0", "", None])
def test_a_field_that_denies_a_suspension_is_none(value):
    profile = visit("profile")
    (page,) = profile.pages
    answer = json.loads(page.body)
    answer["user"] |= {"is_ban": value, "user_canceled": value, "secret": value}
    out = read(PLATFORM, replace(profile, pages=(replace(page, body=json.dumps(answer).encode()),)))
    assert isinstance(out, Found)
    assert not out.hidden


def test_a_name_that_says_cancelled_alone_accuses_nobody():
    for name, (each, _) in saved().items():
        if "name-says-cancelled" in name:
            assert isinstance(read(PLATFORM, each), Ambiguous), name


def test_a_name_that_says_cancelled_is_no_name_though_the_works_beside_it_are_dated():
    out = read(PLATFORM, visit("list-beside-nickname-of-risk-control"))
    assert isinstance(out, Found)
    assert (out.name, out.newest.bound) == (None, "at_least")


def test_replacing_any_page_by_any_wall_never_makes_an_account_gone_or_newly_exact():
    walls = [v.pages[0] for v, e in saved().values() if e["outcome"] == "Blocked" and len(v.pages) == 1]
    for each, expected in saved().values():
        if each.kind != "account" or expected["outcome"] == "Gone":
            continue
        before = read(PLATFORM, each)
        for number, page in enumerate(each.pages):
            for wall in walls:
                pages = (*each.pages[:number], replace(wall, url=page.url), *each.pages[number + 1 :])
                out = read(PLATFORM, replace(each, pages=pages))
                gone_already = any(isinstance(read(PLATFORM, replace(each, pages=(p,))), Gone) for p in pages)
                assert gone_already or not isinstance(out, Gone)
                assert not isinstance(out, Found) or len(each.pages) > 1
                if isinstance(out, Found) and out.newest and out.newest.bound == "exact":
                    assert isinstance(before, Found)
                    assert before.newest == out.newest
                if isinstance(out, Found) and out.posts_total == 0:
                    assert isinstance(before, Found)
                    assert before.posts_total == 0 or before.hidden or before.newest


@pytest.mark.parametrize("depth", [300, 900, 100_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_data_nested_without_end_in_a_page_is_no_crash(depth, brackets):
    opening, closing = (brackets[0], "]") if brackets == "[]" else ('{"a":', "}")
    data = quote('{"a":' + opening * depth + "1" + closing * depth + "}")
    seen = visit("page-embedded-data")
    body = f'<html><title>抖音</title><script id="RENDER_DATA">{data}</script></html>'.encode()
    pages = tuple(replace(page, body=body) for page in seen.pages)
    assert isinstance(read(PLATFORM, replace(seen, pages=pages)), ShapeChanged)
