"""The robots gate over real sockets: sixteen at once, and every way in which an answer can be missing."""

import asyncio
import time
import urllib.error
import urllib.request

import pytest
from tinycrawl import accounts, crawl
from tinyserver import tiny

from crawlers.order import Errand
from crawlers.robots import REFUSED, Robots
from crawlers.visits import Page
from monitors.nouns import Blocked, Found, Sightings, WitnessLink

RULES = b"User-agent: *\nDisallow: /priv\n"


def _fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return Page(url, answer.status, {}, answer.read())
    except urllib.error.HTTPError as error:
        return Page(url, error.code)
    except OSError as error:
        return Page(url, 0, error=str(error))


def gate():
    async def fetch(url):
        return await asyncio.to_thread(_fetch, url)

    return Robots(fetch, "xunjian")


def ask(*urls):
    async def together():
        robots = gate()
        return await asyncio.gather(*(robots.refusal(url) for url in urls))

    return asyncio.run(together())


@pytest.fixture
def server():
    with tiny() as server:
        yield server


def slowly(body, seconds=0.3):
    def answer(handler):
        time.sleep(seconds)
        handler.send(200, body, "text/plain")

    return answer


def test_sixteen_first_requests_at_once_ask_once_and_none_slips_through(server):
    server.answers["/robots.txt"] = slowly(RULES)
    assert ask(*[f"{server.base}/priv/{n}" for n in range(16)]) == [REFUSED] * 16
    assert server.paths() == ["/robots.txt"]


def test_sixteen_allowed_requests_at_once_are_all_allowed(server):
    server.answers["/robots.txt"] = slowly(RULES)
    assert ask(*[f"{server.base}/open/{n}" for n in range(16)]) == [None] * 16


@pytest.mark.parametrize(
    "answer",
    [
        lambda handler: handler.send(503),
        lambda handler: handler.send(500),
        lambda handler: handler.send(429),
        lambda handler: handler.send(200, "<html>请先登录</html>".encode()),
        lambda handler: handler.send(200, b"\xef\xbb\xbf\n <!DOCTYPE html>"),
        lambda handler: handler.json({"code": -412, "message": "request was banned"}),
        lambda handler: handler.send(200, "访问过于频繁，请稍后再试".encode(), "text/plain"),
    ],
    ids=[
        "503",
        "500",
        "429",
        "a page in its place",
        "a page behind a BOM",
        "a code in its place",
        "a sentence",
    ],
)
def test_while_the_rules_are_unknown_the_gate_is_closed(server, answer):
    server.answers["/robots.txt"] = answer
    assert ask(*[f"{server.base}/priv/{n}" for n in range(16)]) == [REFUSED] * 16


def test_a_host_that_does_not_answer_is_unreachable_not_refusing(server):
    server.answers["/robots.txt"] = lambda handler: handler.hang_up()
    (refusal,) = ask(f"{server.base}/priv")
    assert refusal not in (None, REFUSED)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_host_without_robots_txt_refuses_nothing(server, status):
    server.answers["/robots.txt"] = lambda handler: handler.send(status)
    assert ask(f"{server.base}/priv") == [None]


def test_an_empty_robots_txt_refuses_nothing(server):
    server.answers["/robots.txt"] = lambda handler: handler.send(200, b"", "text/plain")
    assert ask(f"{server.base}/priv") == [None]


@pytest.mark.parametrize(
    "rules", [b"# nobody is refused\n", b"\xef\xbb\xbfUSER-AGENT : otherbot\r\nDisallow: /\r\n", b" \n"]
)
def test_rules_for_nobody_or_for_others_refuse_nothing(server, rules):
    server.answers["/robots.txt"] = lambda handler: handler.send(200, rules, "text/plain")
    assert ask(f"{server.base}/priv") == [None]


def test_each_host_is_asked_for_its_own_rules(server):
    server.answers["/robots.txt"] = slowly(RULES, 0)
    with tiny() as other:
        assert ask(f"{server.base}/priv", f"{other.base}/priv") == [REFUSED, None]


# ── within a crawl ──────────────────────────────────────────────────────────────────────────────


def ruled(server, rules=b"User-agent: *\nDisallow: /"):
    for prefix in ("/api", "/tiny"):
        server.answers[f"{prefix}/robots.txt"] = lambda handler: handler.send(200, rules)


ERRANDS = (
    Errand("canary_alive", "alive"),
    *accounts("a1", "b2"),
    Errand("sighting", "a3"),
    Errand("canary_word", "word"),
    Errand("search", "名"),
)


def test_in_a_rehearsal_robots_txt_of_the_platform_is_not_asked(server, tmp_path):
    ruled(server)
    end, notes = crawl(server, tmp_path, *ERRANDS)
    assert end.how == "done"
    assert {type(n.outcome) for n in notes} == {Found, Sightings}
    assert "/api/robots.txt" not in server.paths()


def test_obeying_asks_at_the_substitute_and_leaves_everything_that_is_refused(server, tmp_path):
    ruled(server)
    end, notes = crawl(server, tmp_path, *ERRANDS, robots="obey")
    assert [n.outcome for n in notes] == [Blocked("robots")] * len(ERRANDS)
    assert [n.requests for n in notes] == [0] * len(ERRANDS)
    assert sorted(server.paths()) == ["/api/robots.txt", "/tiny/robots.txt"]
    assert end.how == "done"


@pytest.mark.parametrize("megabytes", [4, 10])
def test_endless_rules_let_nothing_through(server, tmp_path, megabytes):
    endless = b"User-agent: *\n" + b"Disallow: /elsewhere\n" * (megabytes * 50_000) + b"Disallow: /\n"
    ruled(server, endless)
    end, notes = crawl(server, tmp_path, *accounts("a1", "b2"), robots="obey")
    assert not any(isinstance(n.outcome, Found) for n in notes)
    assert {path.rpartition("/")[2] for path in server.paths()} == {"robots.txt"}
    assert end.how == "done"


def test_visiting_the_registered_looks_at_accounts_and_canaries_but_searches_obey(server, tmp_path):
    ruled(server)
    _, notes = crawl(server, tmp_path, *ERRANDS, robots="visit-registered")
    assert [type(n.outcome) for n in notes] == [Found, Found, Found, Blocked, Blocked, Blocked]


def test_visiting_and_searching_looks_at_all_of_them(server, tmp_path):
    ruled(server)
    _, notes = crawl(server, tmp_path, *ERRANDS, robots="visit-and-search")
    assert Blocked not in {type(n.outcome) for n in notes}


def test_a_redirect_into_a_refused_part_is_not_followed_by_either_fetcher(server, tmp_path):
    ruled(server, b"User-agent: *\nDisallow: /secret")
    for prefix in ("/api", "/tiny"):
        server.answers[f"{prefix}/secret"] = lambda handler: handler.send(200, b"told")
    server.answers["/api/card?handle=a1"] = lambda handler: handler.to("https://api.tiny.example/secret")
    server.answers["/tiny/u/b2"] = lambda handler: handler.to("/secret")
    _, notes = crawl(server, tmp_path, *accounts("a1", "b2"), robots="obey")
    assert [n.outcome for n in notes] == [Blocked("robots")] * 2
    assert not [path for path in server.paths() if path.endswith("/secret")]


def test_a_feed_obeys_even_where_the_platform_is_visited(server, tmp_path):
    server.answers["/robots.txt"] = lambda handler: handler.send(200, b"User-agent: xunjian\nDisallow: /rss")
    feeds = [WitnessLink("feed", f"https://feed.example/{part}") for part in ("rss", "open")]
    origins = server.origins | {"https://feed.example": server.base}
    errands = [Errand("feed", handle, witnesses=(link,)) for handle, link in zip("ab", feeds, strict=True)]
    server.answers["/open"] = lambda handler: handler.send(
        200,
        b'{"version":"https://jsonfeed.org/version/1.1","items":[{"date_published":"2026-11-18T08:00:00Z"}]}',
    )
    _, notes = crawl(server, tmp_path, *errands, robots="visit-and-search", origins=origins)
    assert notes[0].outcome == Blocked("robots")
    assert isinstance(notes[1].outcome, Found)
    assert server.paths() == ["/robots.txt", "/open"]
