"""A child behind the campus's proxy: every way leads through it, and no failure of it is a fact."""

import ast
import asyncio
import json
import socket

import pytest
from authority import Authority
from campusproxy import LOGIN, campus_proxy
from tinycrawl import ALIVE, DAY, accounts, crawl
from tinyserver import tiny

from crawlers import tunnel
from crawlers.order import Errand
from crawlers.tunnel import Tunnel
from monitors.nouns import Found, Gone, Sightings, Unreachable, WitnessLink
from monitors.proxy import Barred, Proxy

HOSTS = ("tiny.example", "api.tiny.example", "feeds.example")


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


class Peers:
    """Keeps from which port each connection to a server came."""

    def __init__(self, server):
        self.ports, self._asked = set(), server.process_request
        server.process_request = self.look

    def look(self, request, address):
        self.ports.add(address[1])
        self._asked(request, address)


@pytest.fixture
def far(authority, monkeypatch):
    """Servers that play the hosts of the open internet, over TLS, and plainly on port 80."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    monkeypatch.setenv("PYTHON_TINY_TRUST", authority.spki)
    with tiny() as site, tiny() as api, tiny() as plain:
        for one in (site, api, plain):
            one.peers = Peers(one)
        for one in (site, api):
            one.socket = authority.keys(*HOSTS).wrap_socket(one.socket, server_side=True)
        for path in ("/card", "/search", "/x/posts"):
            api.answers[path] = lambda handler: (
                setattr(handler, "path", f"/api{handler.path}"),
                handler.usual(),
            )
        site.answers["/u/b1"] = lambda handler: (setattr(handler, "path", "/tiny/u/b1"), handler.usual())
        allowed = {"Access_Control_Allow_Origin": "*"}
        posts = b'{"handle":"b1","name":"b1","at":1795000000}'
        api.answers["/x/posts"] = lambda handler: handler.send(200, posts, "application/json", **allowed)
        plain.answers["/rss"] = lambda h: h.send(200, FEED, "application/feed+json")
        ways = {("tiny.example", 443): site, ("api.tiny.example", 443): api, ("feeds.example", 80): plain}
        yield {where: one.server_port for where, one in ways.items()}, (site, api, plain)


FEED = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"date_published": "2026-11-12T21:15:00+08:00"}],
    }
).encode()
FEEDS = Errand("feed", "a1", witnesses=(WitnessLink("feed", "http://feeds.example/rss"),))
NIGHT = (ALIVE, Errand("canary_absent", "absent"), *accounts("a1", "b1"), FEEDS, Errand("search", "云岭"))


def patrol(server, home, proxy, *errands, **more):
    """A live crawl: no origins, so that every host is asked at its own name."""
    facts = {"origins": {}, "clock": None, "robots": "visit-and-search", "pace": 0.0, "jitter": 0.0}
    return crawl(server, home, *errands, **(facts | {"proxy": proxy} | more))


def at(proxy, **more):
    return Proxy("127.0.0.1", proxy.port, **more)


# ── all of it goes through ──────────────────────────────────────────────────────────────────────


def test_pages_browser_feeds_robots_and_searches_go_through_it_and_nothing_beside_it(
    far, tmp_path, monkeypatch
):
    ways, servers = far
    listed = tmp_path / "sockets"
    monkeypatch.setenv("PYTHON_TINY_SOCKETS", str(listed))
    with campus_proxy(ways, LOGIN) as proxy:
        end, notes = patrol(servers[0], tmp_path, at(proxy, login=LOGIN), *NIGHT, robots="obey")
        assert end.how == "done"
        assert [type(n.outcome) for n in notes] == [Found, Gone, Found, Found, Found, Sightings]
        assert {where for where in proxy.wished if where[1] != 443} == {("feeds.example", 80)}
        asked = {one.path.partition("?")[0] for server in servers for one in server.asked}
        assert {"/robots.txt", "/card", "/u/b1", "/x/posts", "/rss", "/search"} <= asked
        met = set().union(*(server.peers.ports for server in servers))
        assert met and met <= proxy.out, "every server was spoken to by the proxy alone"
        lines = [line.partition(" ") for line in listed.read_text().splitlines()]
        named = {ast.literal_eval(rest)[0] for kind, _, rest in lines if kind == "getaddrinfo"}
        assert named <= {"127.0.0.1"}, "no name is looked up on this side"
        connected = {
            ast.literal_eval(rest) for kind, _, rest in lines if kind == "connect" and rest[0] == "("
        }
        assert ("127.0.0.1", proxy.port) in connected
        assert {host for host, _ in connected} == {"127.0.0.1"}
        assert not {port for _, port in connected} & {server.server_port for server in servers}


def test_the_login_stands_in_no_file_and_no_log(far, tmp_path):
    ways, servers = far
    with campus_proxy(ways, LOGIN) as proxy:
        patrol(servers[0], tmp_path, at(proxy, login=LOGIN), *accounts("a1"))
        _, notes = patrol(servers[0], tmp_path, at(proxy, login="xunjian:" + LOGIN[8:-1]), *accounts("a2"))
    assert [type(n.outcome) for n in notes] == [Found, Unreachable]
    assert "407" in notes[1].outcome.why and "用户名和密码" in notes[1].outcome.why
    kept = [path.read_bytes() for path in (tmp_path / DAY).rglob("*") if path.is_file()]
    assert len(kept) >= 3
    assert not [1 for content in kept if LOGIN[8:-1].encode() in content]


def test_a_direct_host_goes_beside_it_and_is_looked_at_as_ever(far, tmp_path):
    ways, servers = far
    with campus_proxy(ways) as proxy:
        feed = Errand(
            "feed", "a1", witnesses=(WitnessLink("feed", f"https://localhost:{servers[0].server_port}/x"),)
        )
        _, notes = patrol(servers[0], tmp_path, at(proxy, direct=("*.tiny.example",)), *accounts("a1"), feed)
        assert [type(n.outcome) for n in notes] == [Unreachable, Unreachable]
        assert proxy.wished == []
        assert "代理" not in notes[0].outcome.why


def test_an_inner_host_is_not_asked_of_it_in_any_writing(far, tmp_path):
    ways, servers = far
    inner = (
        "10.0.0.7",
        "169.254.169.254",
        "2130706433",
        "127.1",
        "0x7f000001",
        "[fd00::1]",
        "intranet",
        "db.internal",
    )
    links = [f"http://{host}/rss" for host in inner]
    errands = [
        Errand("feed", f"f{n}", witnesses=(WitnessLink("feed", link),)) for n, link in enumerate(links)
    ]
    with campus_proxy(ways) as proxy:
        _, notes = patrol(servers[0], tmp_path, at(proxy), *errands)
        assert len(notes) == len(inner)
        assert {type(note.outcome) for note in notes} == {Unreachable}
        assert proxy.wished == []


# ── failures ────────────────────────────────────────────────────────────────────────────────────

FAULTS = {
    "denied": "不放行",
    "unreached": "说它连不上",
    "ntlm": "NTLM、Negotiate",
    "portal": "网页上登录",
    "page": "网页上登录",
    "garbage": "不像是转发代理",
    "hang up": "没有回答就断开了",
    "endless": "没有回答就断开了",
}


def why_not(proxy, host="api.tiny.example"):
    """Why the proxy gives no way to a host."""

    async def ask():
        tunnel = Tunnel(proxy)
        with pytest.raises(Barred):
            await tunnel.open(host, 443)
        return tunnel.told(f"https://{host}/x", "连接中断")

    return asyncio.run(ask())


@pytest.mark.parametrize("how", FAULTS)
def test_whatever_the_proxy_answers_but_a_way_is_told_as_its_own_doing(how):
    with campus_proxy({}) as proxy:
        proxy.how = how
        why = why_not(at(proxy))
        assert why.startswith(f"校园代理 127.0.0.1:{proxy.port} ") and FAULTS[how] in why


def test_a_proxy_that_is_not_there_or_cannot_be_used_is_told_and_nothing_goes_out():
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert "拒绝连接" in why_not(Proxy("127.0.0.1", nobody.getsockname()[1]))
    assert "解析不到" in why_not(Proxy("proxy.invalid", 3128))
    with campus_proxy({}) as proxy:
        assert "没有设置" in why_not(at(proxy, trouble="要用的环境变量 X 没有设置"))
        assert proxy.heads == []


def test_a_silent_proxy_costs_its_time_and_no_more(monkeypatch):
    monkeypatch.setattr(tunnel, "_SECONDS", 0.3)
    with campus_proxy({}) as proxy:
        proxy.how = "silent"
        assert "一直没有回答" in why_not(at(proxy))


def test_behind_a_proxy_that_lets_nothing_through_both_fetchers_name_it_and_state_nothing(far, tmp_path):
    ways, servers = far
    with campus_proxy(ways) as proxy:
        proxy.how = "denied"
        _, notes = patrol(servers[0], tmp_path, at(proxy), *accounts("a1", "b1"))
        hosts = ("api.tiny.example", "tiny.example")
        assert [n.outcome for n in notes] == [
            Unreachable(f"校园代理 127.0.0.1:{proxy.port} 不放行 {host}:443（403），请网络中心放行")
            for host in hosts
        ]
        assert not [one for server in servers for one in server.asked]


def test_a_page_after_the_word_that_the_way_is_open_is_no_answer_of_the_host(far, tmp_path):
    ways, servers = far
    with campus_proxy(ways) as proxy:
        proxy.how = "bare page"
        _, notes = patrol(servers[0], tmp_path, at(proxy), *accounts("a1"), FEEDS)
        assert [type(n.outcome) for n in notes] == [Unreachable] * 2
        assert all(f"校园代理 127.0.0.1:{proxy.port}" in n.outcome.why for n in notes)


def test_a_refusal_of_the_proxy_opens_no_robots_gate(far, tmp_path):
    ways, servers = far
    with campus_proxy(ways, LOGIN) as proxy:
        _, notes = patrol(servers[0], tmp_path, at(proxy), *accounts("a1"), FEEDS, robots="obey")
        assert [type(n.outcome) for n in notes] == [Unreachable, Unreachable]
        assert all("要用户名和密码（407）" in n.outcome.why for n in notes)
        assert not [one for server in servers for one in server.asked]


def test_a_proxy_that_opens_tls_with_a_certificate_of_its_own_is_told_by_its_certificate(
    far, authority, tmp_path
):
    ways, servers = far
    with tiny() as between:
        keys = Authority(tmp_path / "campus", "Campus Inspection").keys(*HOSTS)
        between.socket = keys.wrap_socket(between.socket, server_side=True)
        with campus_proxy(dict.fromkeys(ways, between.server_port)) as proxy:
            _, notes = patrol(servers[0], tmp_path / "home", at(proxy), *accounts("a1", "b1"))
            assert [type(n.outcome) for n in notes] == [Unreachable, Unreachable]
            for note in notes:
                assert "拆开了加密连接" in note.outcome.why and f":{proxy.port}" in note.outcome.why
            assert between.asked == []
