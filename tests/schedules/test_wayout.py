"""The way out of the campus in `school.toml` and `check`, and every command that visits going by it."""

import socket
from contextlib import closing
from datetime import date

import openpyxl
import pytest
from authority import Authority
from campusproxy import LOGIN, campus_proxy
from tinytls import greeting

from crawlers.platforms import platforms
from monitors.proxy import Proxy
from schedules import capture, check, resolve, safekeeping, wayout
from schedules.config import ConfigError, load
from schedules.home import Home
from schedules.orders import Evening, ordered
from schedules.register import reading

DAY = date(2026, 11, 20)
SETTINGS = """
[school]
name = "云岭大学"
[platforms.bilibili]
robots = "visit-and-search"
[crawl]
pace_seconds = 0.01
jitter = 0
"""
API = ("api.bilibili.com", 443)
PASSWORD = LOGIN.partition(":")[2]


def settled(home, proxy=None, more="", settings=SETTINGS):
    """A live home, behind a proxy if one is given."""
    home.mkdir(exist_ok=True)
    named = f'[proxy]\nurl = "{proxy}"\n{more}' if proxy else more
    (home / "school.toml").write_text(f"{settings}\n{named}\n", encoding="utf-8")
    return load(home)


@pytest.fixture
def unheard(monkeypatch):
    """An environment that names no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def told(home, config):
    return [(row["level"], row["message"]) for row in wayout.rows(home, config)]


# ── settings ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('url = "http://proxy.example"', "3128"),
        ('url = "https://proxy.example:3128"', "http、主机和端口"),
        ('url = "socks5://proxy.example:1080"', "http、主机和端口"),
        ('url = "http://proxy.example:99999"', "不对"),
        ('url = "proxy.example:3128"', "http、主机和端口"),
        ('url = "http://proxy.example:3128/pac"', "http、主机和端口"),
        ('url = "http://who:geheim-77@proxy.example:3128"', "user_env"),
        ('url = ["http://a.example:1", "http://b.example:1"]', "proxy.url"),
        ('url = "http://proxy.example:3128"\nuser_env = "U"', "一起写"),
        ('url = "http://proxy.example:3128"\npasword_env = "U"', "password_env"),
        ("user_env = 'U'\npassword_env = 'P'", "没有填写"),
    ],
)
def test_settings_that_name_no_one_proxy_are_refused_in_words(tmp_path, lines, said):
    (tmp_path / "school.toml").write_text(f"{SETTINGS}\n[proxy]\n{lines}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said) as refused:
        load(tmp_path)
    assert "geheim" not in str(refused.value)


def test_the_login_comes_from_the_environment_or_from_files_and_is_shown_nowhere(tmp_path, monkeypatch):
    monkeypatch.setenv("PX_USER", "xunjian")
    monkeypatch.setenv("PX_PASSWORD", PASSWORD)
    named = 'user_env = "PX_USER"\npassword_env = "PX_PASSWORD"\ndirect = ["*.Yunling.example"]'
    proxy = settled(tmp_path, "http://proxy.example:3128", named).way_out(tmp_path)
    assert (proxy.host, proxy.port, proxy.login) == ("proxy.example", 3128, LOGIN)
    assert PASSWORD not in repr(proxy)
    assert not proxy.serves("im.yunling.example") and proxy.serves("yunling.example")
    (tmp_path / "user").write_text("xunjian\n")
    (tmp_path / "password").write_text(f"{PASSWORD}\n")
    in_files = 'user_file = "user"\npassword_file = "password"'
    assert settled(tmp_path, "http://proxy.example:3128", in_files).way_out(tmp_path).login == LOGIN


def test_this_machine_is_never_reached_by_it():
    proxy = Proxy("proxy.example", 3128)
    assert not [host for host in ("localhost", "127.0.0.1", "127.9.9.9", "::1") if proxy.serves(host)]


# ── check ───────────────────────────────────────────────────────────────────────────────────────


def test_a_proxy_of_the_environment_alone_is_not_used_and_check_says_so(tmp_path, unheard):
    assert told(tmp_path, settled(tmp_path)) == []
    unheard.setenv("HTTPS_PROXY", f"http://who:{PASSWORD}@proxy.example:3128")
    [(level, message)] = told(tmp_path, settled(tmp_path))
    assert level == "warning" and "HTTPS_PROXY" in message and "[proxy] url" in message
    assert PASSWORD not in message
    with campus_proxy({}) as proxy:
        assert not [
            message for _, message in told(tmp_path, settled(tmp_path, proxy.url)) if "HTTPS" in message
        ]


def test_check_tries_each_host_that_tonight_needs_and_says_what_is_wrong(tmp_path, unheard):
    authority, foreign = Authority(tmp_path / "known"), Authority(tmp_path / "campus", "Campus Inspection")
    unheard.setenv("SSL_CERT_FILE", str(authority.file))
    unheard.setenv("HOOK", "https://hook.yunling.example/secret-8842")
    more = '[channels.hook]\nkind = "webhook"\nurl_env = "HOOK"\n[channels.here]\nkind = "webhook"\n'
    more += 'url = "http://127.0.0.1:9/x"\nallow_plain = true\n[alerts]\nping = "https://alive.example/p"\n'
    with (
        greeting(authority.keys(API[0], "hook.yunling.example")) as good,
        greeting(foreign.keys(API[0])) as bad,
    ):
        ways = {API: good, ("hook.yunling.example", 443): good}
        with campus_proxy(ways) as proxy:
            config = settled(tmp_path, proxy.url, more)
            name = f"校园代理 127.0.0.1:{proxy.port}"
            assert told(tmp_path, config) == [
                ("error", f"{name} 说它连不上 alive.example:443（503）"),
                ("ok", f"经{name} 连得上：api.bilibili.com:443、hook.yunling.example:443"),
            ]
            assert {host for host, _ in proxy.wished} == {API[0], "hook.yunling.example", "alive.example"}
            proxy.ways[API] = bad
            assert any(
                level == "error" and "拆开了加密连接" in said for level, said in told(tmp_path, config)
            )
            for how, words in (("denied", "请网络中心放行"), ("ntlm", "NTLM"), ("page", "网页上登录")):
                proxy.how = how
                said = told(tmp_path, config)
                assert {level for level, _ in said} == {"error"}
                assert all(name in message and words in message for _, message in said)
                assert "secret-8842" not in str(said)


def test_check_tells_a_proxy_that_is_not_there_once_and_one_whose_login_is_missing(tmp_path, unheard):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        more = '[alerts]\nping = "https://alive.example/p"\n'
        config = settled(tmp_path, f"http://127.0.0.1:{nobody.getsockname()[1]}", more)
        [(level, message)] = told(tmp_path, config)
        assert level == "error" and "拒绝连接" in message
    unheard.delenv("PX_MISSING", raising=False)
    with campus_proxy({}) as proxy:
        named = 'user_env = "PX_MISSING"\npassword_env = "PX_MISSING"'
        [(level, message)] = told(tmp_path, settled(tmp_path, proxy.url, named))
        assert level == "error" and "PX_MISSING" in message and "没有设置" in message
        assert proxy.heads == []


def test_in_a_rehearsal_the_proxy_is_left_alone(home, unheard):
    with campus_proxy({}) as proxy:
        settings = (home / "school.toml").read_text(encoding="utf-8")
        config = settled(home, proxy.url, settings=settings)
        [(level, message)] = told(home, config)
        assert level == "ok" and "用不着" in message
        evening = Evening(DAY, home / "notes", proxy=config.way_out(home))
        orders = [ordered(config, one, evening, ()) for one in platforms().values()]
        assert evening.proxy and {order.proxy for order in orders} == {None}
        assert proxy.heads == []


# ── every command that visits ───────────────────────────────────────────────────────────────────


def test_check_live_resolve_and_capture_go_by_it_and_its_failures_are_no_facts(tmp_path, unheard):
    book = openpyxl.Workbook()
    for row in [
        ("平台", "账号名称", "创建单位", "账号ID", "主页链接"),
        ("哔哩哔哩", "云岭大学学工", "学生工作部", None, "https://b23.tv/yunling"),
    ]:
        book.active.append(row)
    bilibili = platforms()["bilibili"]
    with campus_proxy({}, LOGIN) as proxy:
        home = Home(tmp_path / "home")
        # No searches, for which a browser would be started.
        settings = SETTINGS.replace("visit-and-search", "visit-registered")
        config = settled(home.path, proxy.url, 'user_file = "u"\npassword_file = "p"\n', settings)
        (home.path / "u").write_text("xunjian")
        (home.path / "p").write_text(PASSWORD)
        book.save(home.path / "台账.xlsx")
        with closing(safekeeping.opened(home, config)) as ledger:
            [live] = check._live(home, config, ledger, DAY)
            [row, *_] = resolve.resolved(home, config, ledger, reading(home, config, DAY), DAY)
            errand = capture.account(config, ledger, bilibili, "401720060")
            visit = capture.captured(home, config, ledger, bilibili, errand, today=DAY)
        named = f"校园代理 127.0.0.1:{proxy.port} 说它连不上"
        assert live["level"] == "error" and named in live["message"]
        assert row["proposed"] is None and named in row["evidence"]
        assert named in visit.pages[0].error
        assert {("b23.tv", 443), API} <= set(proxy.wished)
        assert all(b"Proxy-Authorization" in head for head in proxy.heads)
