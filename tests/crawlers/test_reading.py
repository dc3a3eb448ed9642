"""The order of reading, on an invented platform that has one word for everything."""

import re
from datetime import datetime

import pytest

from crawlers.lines import line
from crawlers.platforms import NOTHING, Canaries, Endpoint, Platform, Posts, Results, Shown
from crawlers.reading import read
from crawlers.shapes import Missing, text
from crawlers.visits import Page, Visit
from monitors.nouns import (
    Ambiguous,
    Blocked,
    Count,
    Found,
    Gone,
    Newest,
    PlatformFacts,
    Profile,
    ShapeChanged,
    Sightings,
    Unreachable,
)

FETCHED = datetime.fromisoformat("2026-11-20T02:30:00+08:00")
POSTED = datetime.fromisoformat("2026-11-03T19:30:00+08:00")


def _profile(page, asked):
    said = text(page)
    if "suspended in its own field" in said:
        return Gone("suspended", "frozen")
    if f"id={asked.handle}" in said:
        return Shown("profile", name="云岭大学", posts=Posts(POSTED, whole=True))
    if "cookie" in said:
        return NOTHING
    if "empty" in said:
        return Shown("list", says_empty=True)
    raise Missing("id")


def _results(page, asked):
    met = re.findall(r"(hit|bare|twin)=(\w+)", text(page))
    if not met:
        raise Missing("hit")
    handles = {"hit": "id-{}", "twin": "twin-{}", "bare": None}
    dated = Newest(POSTED, "at_least") if "dated" in text(page) else None
    ways = ((handles[how] and handles[how].format(name), name) for how, name in met)
    more = None if "unknowable" in text(page) else "more" in text(page)
    return Results(tuple(Profile(handle, name, newest=dated) for handle, name in ways), more)


def _merge(shown, asked, walled):
    proofs = [s for s in shown if not s.says_empty]
    return Found(proofs[0].name, newest=Newest(POSTED, "exact")) if proofs else Ambiguous("empty")


PLATFORM = Platform(
    facts=PlatformFacts("invented", "虚构"),
    hosts=("invented.example",),
    handle=re.compile(r"\d+"),
    pace=0.0,
    canaries=Canaries("1", None, None),
    endpoints=(
        Endpoint("profile", re.compile(r"invented\.example/u/(?P<handle>\d+)"), _profile),
        Endpoint("search", re.compile(r"invented\.example/search"), _results),
        Endpoint("articles", re.compile(r"invented\.example/articles"), _results),
    ),
    wall=lambda page: Blocked("captcha") if "wall" in text(page) or page.status == 432 else None,
    gravestone=lambda page: Gone("cancelled", "gone") if "gone" in text(page) else None,
    several=lambda page: Ambiguous("unclear") if "unclear" in text(page) else None,
    merge=_merge,
    account_ask=lambda target, pages: None,
    search_ask=lambda keyword, pages, depth: None,
)

U = "https://invented.example/u/7"
FOUND = Found("云岭大学", newest=Newest(POSTED, "exact"))


def account(*pages):
    return read(PLATFORM, Visit("invented", "account", FETCHED, pages, handle="7"))


def search(*pages):
    return read(PLATFORM, Visit("invented", "search", FETCHED, pages, keyword="云岭大学"))


def page(body, url=U, status=200, **extra):
    return Page(url, status, body=body.encode(), **extra)


def hits(body, status=200):
    return page(body, "https://invented.example/search", status)


def test_an_account_that_is_shown_is_found_whatever_else_stands_on_its_page():
    assert account(page("id=7 wall gone unclear")) == FOUND


def test_a_page_that_states_its_own_end_is_gone_although_it_shows_the_account():
    assert account(page("id=7 suspended in its own field")) == Gone("suspended", "frozen")


def test_walls_come_before_gravestones():
    assert account(page("wall gone unclear")) == Blocked("captcha")


def test_gravestones_come_before_several_causes():
    assert account(page("gone unclear")) == Gone("cancelled", "gone")


def test_several_causes_come_before_a_failing_server():
    assert account(page("unclear", status=502)) == Ambiguous("unclear")
    assert account(page("bad gateway", status=502)) == Unreachable("HTTP 502")


def test_an_unknown_body_is_a_changed_shape_that_names_what_was_missing():
    assert account(page("something new")) == ShapeChanged("id")
    assert account(page("something new", "https://invented.example/elsewhere")) == ShapeChanged(
        "known address"
    )


def test_a_visit_without_pages_says_nothing():
    assert account() == ShapeChanged("account")
    assert search() == ShapeChanged("results")


def test_a_page_that_says_nothing_about_an_account_is_no_account():
    assert account(page("cookie")) == ShapeChanged("account")


def test_a_refused_request_carries_no_account_whatever_its_body_holds():
    assert account(page("id=7", status=432)) == Blocked("captcha")
    assert account(page("id=7", status=404)) == ShapeChanged("HTTP 404")


def test_no_answer_is_unreachable_with_its_reason():
    assert account(page("", status=0, error="连接超时")) == Unreachable("连接超时")
    assert account(page("", status=0)) == Unreachable("没有回答")


def test_a_loop_of_redirects_and_robots_txt_are_refusals():
    assert account(page("", status=0, error="net::ERR_TOO_MANY_REDIRECTS")) == Blocked("risk")
    assert account(page("", status=0, error="robots")) == Blocked("robots")


def test_what_is_said_of_another_account_is_not_said_of_this_one():
    other = "https://invented.example/u/8"
    assert account(page("gone", other)) == ShapeChanged("address of the asked account")
    assert account(page("id=7", other)) == ShapeChanged("address of the asked account")
    assert account(page("wall", other)) == Blocked("captcha")


@pytest.mark.parametrize("other", ["wall", "unclear", "cookie", "empty", "something new"])
def test_a_statement_about_the_account_outweighs_every_other_page(other):
    assert account(page(other), page("id=7")) == FOUND
    assert account(page("gone"), page(other)) == Gone("cancelled", "gone")


def test_found_and_gone_together_are_ambiguous():
    assert isinstance(account(page("id=7"), page("gone")), Ambiguous)


def test_an_empty_list_alone_shows_nobody_and_a_wall_beside_it_is_the_outcome():
    assert account(page("empty")) == Ambiguous("empty")
    assert account(page("empty"), page("wall")) == Blocked("captcha")


def test_without_a_statement_the_strongest_reason_is_the_outcome():
    changed, down, unclear = page("new"), page("", status=0, error="超时"), page("unclear")
    assert account(changed, down, unclear, page("wall")) == Blocked("captcha")
    assert account(changed, down, unclear) == Ambiguous("unclear")
    assert account(changed, down) == Unreachable("超时")


def names(outcome):
    return [profile.name for profile in outcome.sightings]


def test_pages_of_a_search_are_joined_and_who_is_met_twice_counts_once():
    outcome = search(hits("hit=a hit=b more"), hits("hit=b hit=c"))
    assert (names(outcome), outcome.more) == (["a", "b", "c"], False)


def test_a_bare_name_is_the_account_that_another_page_shows_with_a_handle():
    for pages in ((hits("hit=a"), hits("bare=a dated")), (hits("bare=a dated"), hits("hit=a"))):
        assert search(*pages).sightings == (Profile("id-a", "a", newest=Newest(POSTED, "at_least")),)


def test_a_bare_name_that_no_other_page_shows_stays_for_itself():
    assert [p.handle for p in search(hits("hit=a"), hits("bare=b")).sightings] == ["id-a", None]


def test_a_bare_name_that_two_accounts_bear_is_taken_for_neither():
    for pages in (("hit=a", "twin=a", "bare=a"), ("bare=a", "hit=a twin=a")):
        met = search(*map(hits, pages)).sightings
        assert sorted((p.name, p.handle or "") for p in met) == [("a", ""), ("a", "id-a"), ("a", "twin-a")]


def test_a_list_ends_with_its_last_page_in_whatever_order_its_pages_came():
    first, last = hits("hit=a more"), hits("hit=b")
    assert search(first, last).more is False
    assert search(last, first).more is False
    assert search(first, first).more is True


def test_of_two_lists_the_one_that_goes_on_decides_and_one_that_cannot_be_known_does_not():
    last, going_on = hits("hit=b"), page("hit=a more", "https://invented.example/articles")
    assert search(going_on, last).more is True
    assert search(last, going_on).more is True
    suggested = page("hit=a unknowable", "https://invented.example/articles")
    assert search(suggested, last).more is False
    assert search(suggested).more is None


def test_what_was_read_before_a_wall_counts_and_there_is_more():
    for refusal in (hits("wall"), hits("", 502), hits("new shape"), page("", status=0)):
        outcome = search(hits("hit=a"), refusal)
        assert (names(outcome), outcome.more) == (["a"], True)


def test_after_an_unclear_page_it_cannot_be_known_whether_there_is_more():
    assert search(hits("hit=a more"), hits("unclear")).more is None


def test_a_search_behind_a_wall_is_not_an_empty_one():
    assert search(hits("wall")) == Blocked("captcha")
    assert search(hits("unclear")) == Ambiguous("unclear")
    assert search(page("cookie")) == ShapeChanged("results")


def test_a_line_has_the_keys_of_the_contract():
    visit = Visit("invented", "account", FETCHED, (), handle="7")
    found = Found("云岭大学", True, "云岭大学官方", Count(624000, False), Newest(POSTED, "at_least"), 12)
    assert line("v/1", visit, found) == {
        "visit": "v/1",
        "platform": "invented",
        "handle": "7",
        "outcome": "Found",
        "name": "云岭大学",
        "verified": True,
        "verified_as": "云岭大学官方",
        "followers": {"value": 624000, "exact": False},
        "newest": {"at": "2026-11-03T19:30:00+08:00", "bound": "at_least"},
        "posts_total": 12,
        "hidden": False,
    }
    head = {"visit": "v/1", "platform": "invented", "handle": "7"}
    moved = line("v/1", visit, Gone("moved", "已迁移", "gh_0123456789ab"))
    assert moved == head | {
        "outcome": "Gone",
        "why": "moved",
        "says": "已迁移",
        "moved_to": "gh_0123456789ab",
    }
    assert line("v/1", visit, Gone("cancelled", "已注销")) == head | {
        "outcome": "Gone",
        "why": "cancelled",
        "says": "已注销",
    }
    assert line("v/1", visit, Blocked("rate")) == head | {"outcome": "Blocked", "by": "rate"}
    assert line("v/1", visit, Ambiguous("x")) == head | {"outcome": "Ambiguous", "says": "x"}
    assert line("v/1", visit, ShapeChanged("x")) == head | {"outcome": "ShapeChanged", "missing": "x"}
    assert line("v/1", visit, Unreachable("x")) == head | {"outcome": "Unreachable", "why": "x"}


def test_the_line_of_a_search_names_its_keyword_and_each_sighting():
    visit = Visit("invented", "search", FETCHED, (), keyword="云岭大学")
    seen = Sightings((Profile(None, "云岭大学招生", False, None, Count(12, True), None),), None)
    assert line("v/2", visit, seen) == {
        "visit": "v/2",
        "platform": "invented",
        "keyword": "云岭大学",
        "outcome": "Sightings",
        "sightings": [
            {
                "handle": None,
                "name": "云岭大学招生",
                "verified": False,
                "verified_as": None,
                "followers": {"value": 12, "exact": True},
                "newest": None,
            }
        ],
        "more": None,
    }
