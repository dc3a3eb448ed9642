"""A real browser on the tiny platform: what its pages fetch, where they may not go, how they fail."""

import os
import time
from contextlib import suppress
from pathlib import Path

import pytest
from tinycrawl import ALIVE, accounts, crawl
from tinyserver import AT, tiny

from crawlers.browser import found, launch_options
from crawlers.order import Errand
from monitors.notes import NoteFile
from monitors.nouns import Blocked, Found, Gone, ShapeChanged, Unreachable


@pytest.fixture
def server():
    with tiny() as server:
        yield server


def by_subject(notes):
    return {note.subject: note for note in notes}


def fetching(*addresses, then=""):
    """A page that fetches each address as its script wrote it."""
    script = "".join(f"fetch({address!r}).catch(() => 0);" for address in addresses)
    return lambda handler: handler.html(
        f"<!doctype html><meta charset=utf-8><h1>主页</h1><script>{script}{then}</script>"
    )


def body(tmp_path, kept):
    return (NoteFile.of(tmp_path, "2026-11-20", "tiny").bodies / kept.sha256).read_bytes()


# ── what a page fetches ─────────────────────────────────────────────────────────────────────────


def test_a_visit_keeps_the_rendered_page_and_the_answers_it_fetched(server, tmp_path):
    end, (note,) = crawl(server, tmp_path, *accounts("b1"))
    assert end.how == "done"
    assert note.outcome.name == "名字b1"
    page, posts = note.bodies
    assert (page.url, page.status, page.final_url) == ("https://tiny.example/u/b1", 200, None)
    assert posts.url == "https://api.tiny.example/x/posts?handle=b1&p=1"
    assert posts.status == 200
    assert "主页" in body(tmp_path, page).decode()
    assert dict(posts.headers)["content-type"] == "application/json"
    assert note.requests == 1
    assert "127.0.0.1" not in str(note)


def test_its_own_requests_are_known_however_the_script_writes_them(server, tmp_path):
    server.answers["/x/posts"] = lambda handler: handler.json({"handle": "broot", "name": "根", "at": AT})
    server.answers["/api/moved"] = lambda handler: handler.to(
        "https://api.tiny.example/x/posts?handle=bmoved"
    )
    pages = {
        "babs": ["https://api.tiny.example/x/posts?handle=babs"],
        "brel": ["../../api/x/posts?handle=brel"],
        "broot": ["/x/posts?handle=broot"],
        "bmoved": ["https://api.tiny.example/x/posts?handle=bmoved&first"],
    }
    server.answers["/api/x/posts?handle=bmoved&first"] = server.answers["/api/moved"]
    for handle, addresses in pages.items():
        server.answers[f"/tiny/u/{handle}"] = fetching(*addresses)
    _, notes = crawl(server, tmp_path, *accounts(*pages))
    assert {n.subject for n in notes if isinstance(n.outcome, Found)} == set(pages)
    kept = by_subject(notes)
    assert kept["broot"].bodies[1].url == "https://api.tiny.example/x/posts?handle=broot"
    moved = kept["bmoved"].bodies[1]
    assert moved.url == "https://api.tiny.example/x/posts?handle=bmoved&first"
    assert moved.final_url == "https://api.tiny.example/x/posts?handle=bmoved"


def test_a_page_whose_script_starts_late_is_waited_for(server, tmp_path):
    late = "setTimeout(() => fetch('https://api.tiny.example/x/posts?handle=b1'), 2500);"
    server.answers["/tiny/u/b1"] = fetching(then=late)
    _, (note,) = crawl(server, tmp_path, *accounts("b1"))
    assert note.outcome.name == "名字b1"


def test_another_accounts_answer_on_the_same_page_is_not_the_watched_one(server, tmp_path):
    server.answers["/tiny/u/b1"] = fetching("https://api.tiny.example/x/posts?handle=other")
    _, (note,) = crawl(server, tmp_path, *accounts("b1"))
    assert note.outcome == ShapeChanged("account")
    assert len(note.bodies) == 1


def test_scrolling_makes_the_page_fetch_more_and_every_answer_is_kept_in_order(server, tmp_path):
    more = """let page = 0; const next = () => fetch('https://api.tiny.example/x/posts?handle=bscroll&p=' + ++page);
      next(); addEventListener('scroll', () => page < 9 && next()); document.body.style.height = '9000px';"""
    server.answers["/tiny/u/bscroll"] = fetching(then=more)
    _, (note,) = crawl(server, tmp_path, *accounts("bscroll"))
    assert [b.url.rpartition("=")[2] for b in note.bodies[1:]] == ["1", "2"]


def test_a_redirected_page_is_followed_to_the_substitute_and_named_by_its_own_address(server, tmp_path):
    server.answers["/tiny/u/b1"] = lambda handler: handler.to("https://api.tiny.example/visitor?back=1")
    server.answers["/api/visitor"] = lambda handler: handler.to("/u/b1")
    server.answers["/api/u/b1"] = lambda handler: handler.html(
        "<script>location = 'https://tiny.example/u/b2'</script>"
    )
    _, (note,) = crawl(server, tmp_path, *accounts("b1"))
    assert server.paths("/tiny/u/b2") == ["/tiny/u/b2"]
    assert note.bodies[0].final_url == "https://tiny.example/u/b2"


def test_cookies_last_for_the_child_and_no_longer(server, tmp_path):
    server.answers["/tiny/u/b1"] = lambda handler: handler.send(200, b"<h1>x", Set_Cookie="visitor=1; Path=/")
    crawl(server, tmp_path / "1", *accounts("b1", "b2"))
    crawl(server, tmp_path / "2", *accounts("b3"))
    cookies = {a.path: a.headers.get("Cookie") for a in server.asked if a.path.startswith("/tiny")}
    assert cookies == {"/tiny/u/b1": None, "/tiny/u/b2": "visitor=1", "/tiny/u/b3": None}


def test_the_browser_keeps_its_own_name(server, tmp_path):
    crawl(server, tmp_path, *accounts("b1"), user_agent="xunjian")
    page = next(a for a in server.asked if a.path == "/tiny/u/b1")
    assert "Chrome/" in page.headers["User-Agent"]


def test_a_picture_is_kept_of_what_a_finding_rests_on_and_of_no_canary(server, tmp_path):
    server.answers["/tiny/u/bwall"] = fetching("https://api.tiny.example/x/posts?handle=bwall")
    server.answers["/api/x/posts?handle=bwall"] = lambda handler: handler.json({"code": -412})
    errands = [Errand("canary_alive", "balive"), *accounts("b1", "babsent", "bwall")]
    _, notes = crawl(server, tmp_path, *errands)
    shots = {n.subject: n.screenshot for n in notes[:4]}
    assert [type(n.outcome) for n in notes[:4]] == [Found, Found, Gone, Blocked]
    assert shots["balive"] is None
    assert shots["bwall"] is None
    for handle in ("b1", "babsent"):
        picture = (tmp_path / "2026-11-20" / "bodies" / shots[handle]).read_bytes()
        assert picture.startswith(b"\xff\xd8\xff")
        assert len(picture) < 150_000


# ── where a page may not go ─────────────────────────────────────────────────────────────────────


def test_nothing_inside_is_reached_by_script_image_frame_redirect_or_navigation(server, tmp_path):
    with tiny() as inside:
        places = [f"{inside.base}/script", f"http://localhost:{inside.server_port}/name"]
        places += [
            f"http://[::ffff:127.0.0.1]:{inside.server_port}/mapped",
            f"http://2130706433:{inside.server_port}/",
        ]
        page = "<script>" + "".join(f"fetch({p!r}).catch(() => 0);" for p in places) + "</script>"
        page += f"<img src='{inside.base}/image'><iframe src='{inside.base}/frame'></iframe>"
        page += f"<script src='{inside.base}/js'></script><link rel=stylesheet href='{inside.base}/css'>"
        page += f"<script>new WebSocket('ws://127.0.0.1:{inside.server_port}/ws')</script>"
        page += "<script>fetch('https://tiny.example/hop').catch(() => 0)</script>"
        server.answers["/tiny/hop"] = lambda handler: handler.to(f"{inside.base}/hop")
        server.answers["/tiny/u/bfetch"] = lambda handler: handler.html(page)
        server.answers["/tiny/u/bredirect"] = lambda handler: handler.to(f"{inside.base}/redirect")
        server.answers["/tiny/u/bjs"] = lambda handler: handler.html(
            f"<script>location='{inside.base}/js'</script>"
        )
        _, notes = crawl(server, tmp_path, *accounts("bfetch", "bredirect", "a1", "bjs"))
        outcomes = {n.subject: type(n.outcome) for n in notes}
        assert inside.asked == []
        assert server.paths("/tiny/hop") == ["/tiny/hop"]
        assert outcomes == {
            "bfetch": ShapeChanged,
            "bredirect": Unreachable,
            "a1": Found,
            "bjs": Unreachable,
        }


def test_live_a_page_is_looked_for_at_its_own_name_and_never_at_the_stage(server, tmp_path):
    _, (note,) = crawl(server, tmp_path, *accounts("b1"), origins={}, robots="visit-and-search")
    assert isinstance(note.outcome, Unreachable)
    assert server.asked == []


# ── faults ──────────────────────────────────────────────────────────────────────────────────────


def test_every_fault_of_a_page_has_its_outcome_and_the_next_visit_is_made(server, tmp_path):
    posts = "https://api.tiny.example/x/posts?handle="
    faults = {
        "b432": (lambda h: h.send(432), Blocked("risk")),
        "b412": (lambda h: h.send(412, b'{"code":-412}', "application/json"), Blocked("risk")),
        "b503": (lambda h: h.send(503, b"busy"), Unreachable("HTTP 503")),
        "bdropped": (lambda h: h.hang_up(), Unreachable("ERR_EMPTY_RESPONSE")),
        "bhalf": (lambda h: (h.send(200, b"<h1>x", length=999), h.hang_up()), Unreachable("回答不完整")),
        "bloop": (lambda h: h.to("https://tiny.example/u/bloop"), Blocked("risk")),
        "bempty": (lambda h: h.send(200, b""), ShapeChanged("account")),
        "bnocontent": (lambda h: h.send(204), Unreachable("ERR_ABORTED")),
        "bdownload": (lambda h: h.send(200, b"x" * 99, "application/zip"), Unreachable("浏览器没能打开网页")),
    }
    for name, (answer, _) in faults.items():
        server.answers[f"/tiny/u/{name}"] = answer
    watched = {
        "bwdropped": (lambda h: h.hang_up(), Unreachable("ERR_EMPTY_RESPONSE")),
        "bwhalf": (lambda h: (h.send(200, b'{"a"', length=999), h.hang_up()), Unreachable("回答不完整")),
        "bw500": (lambda h: h.send(500, b"{}"), Unreachable("HTTP 500")),
        "bwlarge": (lambda h: h.send(200, bytes(6 * 1024 * 1024)), Unreachable("超过 5 MB")),
    }
    for name, (answer, _) in watched.items():
        server.answers[f"/tiny/u/{name}"] = fetching(posts + name)
        server.answers[f"/api/x/posts?handle={name}"] = answer
    errands = [ALIVE]
    for name in [*faults, *watched]:
        errands += accounts(name, f"after{name}")
    end, notes = crawl(server, tmp_path, *errands)
    outcomes = {n.subject: n.outcome for n in notes}
    expected = {name: outcome for name, (_, outcome) in (faults | watched).items()}
    assert {name: outcomes[name] for name in expected} == expected
    assert all(isinstance(outcomes[f"after{name}"], Found) for name in [*faults, *watched])
    assert end.how == "done"


def dripping(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "999")
    handler.end_headers()
    for _ in range(60):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.2)


def test_a_page_that_never_rests_or_never_yields_costs_its_time_and_no_more(server, tmp_path):
    restless = "setInterval(() => fetch('/tiny/tick').catch(() => 0), 100)"
    server.answers["/tiny/u/brestless"] = fetching(
        "https://api.tiny.example/x/posts?handle=brestless", then=restless
    )
    server.answers["/api/x/posts?handle=brestless"] = dripping
    server.answers["/tiny/u/bendless"] = fetching(then="setTimeout(() => { while (true); }, 300)")
    server.answers["/tiny/u/bsilent"] = lambda handler: time.sleep(12)
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("brestless", "bendless", "a1", "bsilent", "b1"))
    seen = by_subject(notes)
    # What was asked for and did not come stands in the note: a bound beside it accuses nobody.
    assert seen["brestless"].outcome == Unreachable("超时")
    assert [(kept.status, kept.error) for kept in seen["brestless"].bodies] == [(200, None), (0, "超时")]
    assert isinstance(seen["bendless"].outcome, Unreachable | ShapeChanged)
    assert seen["bsilent"].outcome == Unreachable("超时")
    assert isinstance(seen["b1"].outcome, Found)
    assert end.how == "done"


def test_a_browser_killed_within_a_visit_fails_that_visit_and_the_next_has_a_new_one(server, tmp_path):
    def kill(handler):
        for process in list(browsers_of(tmp_path)):
            os.kill(process, 9)
        time.sleep(0.5)
        handler.usual()

    server.answers["/tiny/u/b2"] = kill
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("b1", "b2", "b3"))
    assert [type(n.outcome) for n in notes] == [Found, Found, Unreachable, Found]
    assert end.how == "done"


def browsers_of(tmp_path):
    """The browsers started by a child whose order lies below `tmp_path`."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if b"--remote-debugging-pipe" in command and _descends(process, str(tmp_path).encode()):
                yield int(process.name)


def _descends(process, mark):
    while process.name not in ("0", "1"):
        if mark in (process / "cmdline").read_bytes():
            return True
        process = Path("/proc") / (process / "stat").read_text().rpartition(")")[2].split()[1]
    return False


def test_without_a_browser_only_what_needs_one_stays_unread(server, tmp_path):
    end, notes = crawl(server, tmp_path, *accounts("a1", "b1"), browser=str(tmp_path / "none"))
    assert isinstance(notes[0].outcome, Found)
    assert notes[1].outcome == Unreachable("没有可用的浏览器")
    assert end.how == "done"


def test_a_browser_that_does_not_start_is_no_crash(server, tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    end, notes = crawl(server, tmp_path, *accounts("b1", "a1"), browser=str(broken))
    assert [type(n.outcome) for n in notes] == [Unreachable, Found]
    assert end.how == "done"


# ── finding one ─────────────────────────────────────────────────────────────────────────────────


def executable(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_the_configured_browser_is_taken_and_no_other_in_its_place(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    executable(tmp_path / "bin/chromium")
    assert found(executable(tmp_path / "mine")) == str(tmp_path / "mine")
    assert found(str(tmp_path / "missing")) is None


def test_a_browser_on_the_path_comes_before_playwrights_own_and_of_those_the_newest(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "own"))
    assert found(None) is None
    executable(tmp_path / "own/chromium-999/chrome-linux/chrome")
    executable(tmp_path / "own/chromium-1200/chrome-linux64/chrome")
    newest = executable(tmp_path / "own/chromium_headless_shell-1200/chrome-linux/headless_shell")
    assert found(None) == newest
    shell = executable(tmp_path / "lib/chromium/chromium-headless-shell")
    assert found(executable(tmp_path / "bin/google-chrome")) == str(tmp_path / "bin/google-chrome")
    assert found(None) == str(tmp_path / "bin/google-chrome")
    executable(tmp_path / "bin/chromium-headless-shell")
    assert found(None) == shell


def test_the_sandbox_is_given_up_only_as_root_and_origins_are_mixed_only_on_a_stage():
    options = launch_options("/usr/bin/chromium", 1080, substituted=False)
    args = options["args"]
    assert ("--no-sandbox" in args) == (os.geteuid() == 0)
    # Without this Playwright adds --no-sandbox for everybody.
    assert options["chromium_sandbox"] == (os.geteuid() != 0)
    assert "--disable-web-security" not in args
    assert "--proxy-server=socks5://127.0.0.1:1080" in args
