"""Substitutes for origins and the way back, at the traps: prefixes, ports, redirects."""

import pytest

from crawlers.origins import Origins, origin

BASE = "http://127.0.0.1:8765"
ORIGINS = Origins(
    {
        "https://m.weibo.cn": f"{BASE}/m.weibo.cn",
        "https://weibo.com": f"{BASE}/weibo.com",
        "https://api.bilibili.com": "http://127.0.0.1:9001",
    }
)


def test_a_path_and_query_are_kept_below_the_substitute():
    assert ORIGINS.substitute("https://m.weibo.cn/x?y=1") == f"{BASE}/m.weibo.cn/x?y=1"


@pytest.mark.parametrize("url", ["https://m.weibo.cn", "https://M.Weibo.cn:443/"])
def test_one_origin_in_several_spellings_has_one_substitute(url):
    assert ORIGINS.substitute(url) == f"{BASE}/m.weibo.cn/"


@pytest.mark.parametrize(
    "url", ["http://m.weibo.cn/x", "https://m.weibo.cn:8443/x", "https://am.weibo.cn/x", "https://[broken/x"]
)
def test_another_origin_is_left_alone(url):
    assert ORIGINS.substitute(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "https://m.weibo.cn/",
        "https://m.weibo.cn/u/1?a=b#c",
        "https://api.bilibili.com/x",
        "https://weibo.com/?q",
    ],
)
def test_the_way_back_is_the_inverse(url):
    assert ORIGINS.original(ORIGINS.substitute(url)) == url


def test_a_neighbour_with_a_longer_name_is_not_below_the_substitute():
    assert ORIGINS.original(f"{BASE}/m.weibo.cn.evil/x") == f"{BASE}/m.weibo.cn.evil/x"


def test_of_two_nested_substitutes_the_inner_one_is_meant():
    nested = Origins({"https://a.example": BASE, "https://b.example": f"{BASE}/b"})
    assert nested.original(f"{BASE}/b/x") == "https://b.example/x"
    assert nested.original(f"{BASE}/x") == "https://a.example/x"


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("https://weibo.com/sorry?pagenotfound", "https://weibo.com/sorry?pagenotfound"),
        ("/sorry", "https://m.weibo.cn/sorry"),
        ("other?z", "https://m.weibo.cn/u/other?z"),
        (f"{BASE}/weibo.com/sorry", "https://weibo.com/sorry"),
        ("/weibo.com/sorry", "https://weibo.com/sorry"),
        ("http://127.0.0.1:22/", "http://127.0.0.1:22/"),
        ("//evil.example/x", "http://evil.example/x"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_a_redirect_points_where_the_platform_means(location, target):
    assert ORIGINS.target("https://m.weibo.cn/u/1?a", location) == target


def test_without_a_substitute_a_redirect_is_an_ordinary_one():
    assert Origins({}).target("https://m.weibo.cn/u/1", "/sorry") == "https://m.weibo.cn/sorry"


def test_only_the_substitutes_own_ports_are_endpoints():
    assert ORIGINS.endpoints == {("127.0.0.1", 8765), ("127.0.0.1", 9001)}


@pytest.mark.parametrize(
    ("bases", "local"),
    [
        ([], False),
        (["http://127.0.0.1:1"], True),
        (["http://localhost:1/x", "http://[::1]:2"], True),
        (["http://127.0.0.1:1", "http://10.0.0.7:1"], False),
        (["https://mirror.example"], False),
    ],
)
def test_a_stage_is_local_only_when_every_substitute_is(bases, local):
    assert Origins({f"https://{n}.example": base for n, base in enumerate(bases)}).on_loopback is local


def test_an_origin_of_an_ipv6_address_keeps_its_brackets():
    assert origin("http://[::1]:80/x") == "http://[::1]"
