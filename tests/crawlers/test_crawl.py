"""A child on the tiny platform over real sockets: what it asks, what it leaves, and every way to fail by HTTP."""

import gzip
import ssl
import subprocess
import time
from datetime import timedelta

import brotli
import pytest
from backports import zstd
from scrapy.settings import Settings
from tinycrawl import ALIVE, CLOCK, COMMAND, accounts, crawl, notes, order
from tinyserver import AT, tiny

from crawlers.breaker import Breaker
from crawlers.children import run
from crawlers.order import Errand
from monitors.notes import NoteFile
from monitors.nouns import (
    Blocked,
    Found,
    Gone,
    Note,
    Sightings,
    Unreachable,
    WitnessLink,
)


@pytest.fixture
def server():
    with tiny() as server:
        yield server


def by_subject(notes):
    return {note.subject: note.outcome for note in notes}


def wall(handler):
    handler.json({"code": -412})


# ── the round ───────────────────────────────────────────────────────────────────────────────────


def test_a_night_goes_through_its_errands_in_order_and_notes_each(server, tmp_path):
    errands = [ALIVE, Errand("canary_absent", "absent"), *accounts("a1"), Errand("search", "云岭")]
    end, notes = crawl(server, tmp_path, *errands, user_agent="xunjian/0.1 (+https://xcb.ylu.example)")
    assert end.how == "done"
    assert [n.subject for n in notes] == ["alive", "absent", "a1", "云岭"]
    assert [type(n.outcome) for n in notes] == [Found, Gone, Found, Sightings]
    assert [n.requests for n in notes] == [1, 1, 1, 2]
    assert notes[2].outcome.newest.at.timestamp() == AT
    assert [p.name for p in notes[3].outcome.sightings] == ["云岭1", "云岭2"]
    first = server.asked[0].headers
    assert first["User-Agent"] == "xunjian/0.1 (+https://xcb.ylu.example)"
    assert first["Referer"] == "https://tiny.example"


def test_a_note_keeps_the_bodies_under_the_platforms_own_addresses(server, tmp_path):
    server.answers["/api/card?handle=a1"] = lambda handler: handler.to("/card?handle=a1&v=2")
    server.answers["/api/card?handle=a1&v=2"] = lambda handler: handler.send(
        200, b'{"handle":"a1","name":"n","at":1795000000}', "application/json", Set_Cookie="k=geheim"
    )
    _, (note,) = crawl(server, tmp_path, *accounts("a1"))
    (body,) = note.bodies
    assert body.url == "https://api.tiny.example/card?handle=a1"
    assert body.final_url == "https://api.tiny.example/card?handle=a1&v=2"
    assert body.status == 200
    assert dict(body.headers)["content-type"] == "application/json"
    assert "geheim" not in str(body.headers)
    kept = NoteFile.of(tmp_path, "2026-11-20", "tiny").bodies / body.sha256
    assert kept.read_bytes() == b'{"handle":"a1","name":"n","at":1795000000}'
    assert note.requests == 2
    assert "127.0.0.1" not in str(note)


def test_the_clock_of_a_rehearsal_starts_where_the_order_says(server, tmp_path):
    _, notes = crawl(server, tmp_path, *accounts("a1", "a2"))
    assert all(CLOCK <= note.seen_at < CLOCK + timedelta(seconds=30) for note in notes)
    assert notes[0].seen_at < notes[1].seen_at


def test_the_pace_is_kept_from_the_last_answer_to_the_next_request(server, tmp_path):
    server.answers["/api/card?handle=a1"] = lambda handler: (time.sleep(0.4), handler.usual())
    crawl(server, tmp_path, *accounts("a1", "a2", "a3"), pace=0.5, jitter=0.2)
    first, second, third = (asked.at for asked in server.asked)
    assert second - first >= 0.9
    assert 0.5 <= third - second < 1.2


def test_the_budget_is_never_exceeded_and_a_visit_it_cuts_leaves_no_note(server, tmp_path):
    end, notes = crawl(server, tmp_path, *accounts("a1", "a2"), Errand("search", "云岭"), budget=3)
    assert end.how == "budget"
    assert [n.subject for n in notes] == ["a1", "a2"]
    assert len(server.paths()) == 3


def test_the_accounts_leave_the_searches_their_share_of_the_budget(server, tmp_path):
    errands = (ALIVE, *accounts("a1", "a2", "a3", "a4"), Errand("search", "云岭"), Errand("search", "岭云"))
    end, notes = crawl(server, tmp_path, *errands, budget=6, kept_for_searches=3)
    assert end.how == "budget"
    assert [n.subject for n in notes] == ["alive", "a1", "a2", "云岭"]
    assert len(server.paths()) == 6


def test_without_a_search_the_accounts_get_the_whole_budget(server, tmp_path):
    end, notes = crawl(server, tmp_path, *accounts("a1", "a2", "a3"), budget=3, kept_for_searches=2)
    assert (end.how, len(notes)) == ("done", 3)


def test_the_canary_word_is_asked_for_one_page_and_a_search_for_all(server, tmp_path):
    _, notes = crawl(server, tmp_path, ALIVE, Errand("canary_word", "云岭"), Errand("search", "云岭"))
    assert [(n.purpose, n.requests) for n in notes] == [
        ("canary_alive", 1),
        ("canary_word", 1),
        ("search", 2),
    ]
    assert notes[1].outcome.more is True


def test_after_its_seconds_the_child_begins_no_further_visit(server, tmp_path):
    server.answers["/api/card"] = lambda handler: (time.sleep(3.1), handler.usual())
    end, notes = crawl(server, tmp_path, *accounts("a1", "a2", "a3"), seconds=3.0)
    assert end.how == "timeout"
    assert [n.subject for n in notes] == ["a1"]


def test_a_second_round_of_the_same_day_adds_to_the_notes(server, tmp_path):
    crawl(server, tmp_path, *accounts("a1"))
    _, notes = crawl(server, tmp_path, *accounts("a2"))
    assert [n.subject for n in notes] == ["a1", "a2"]


# ── walls ───────────────────────────────────────────────────────────────────────────────────────


def test_a_wall_before_one_account_is_its_own_while_the_living_canary_lives(server, tmp_path):
    server.answers["/api/card?handle=a1"] = wall
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("a1", "a2"))
    assert [(n.purpose, type(n.outcome)) for n in notes] == [
        ("canary_alive", Found),
        ("account", Blocked),
        ("canary_alive", Found),
        ("account", Found),
    ]
    assert end.how == "done"


def test_a_wall_before_the_canary_too_ends_the_platform_and_the_rest_stays_unseen(server, tmp_path):
    server.answers["/api/card?handle=a1"] = lambda handler: (
        server.answers.update({"/api/card": wall}),
        wall(handler),
    )
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("a1", "a2"), Errand("search", "云岭"))
    assert [n.subject for n in notes] == ["alive", "a1", "alive"]
    assert isinstance(notes[-1].outcome, Blocked)
    assert end.how == "wall"
    assert len(server.paths()) == 3


def test_without_a_living_canary_to_ask_again_a_wall_ends_the_night(server, tmp_path):
    server.answers["/api/card?handle=a1"] = wall
    end, notes = crawl(server, tmp_path, *accounts("a1", "a2"))
    assert [n.subject for n in notes] == ["a1"]
    assert end.how == "wall"


def test_a_blocked_canary_at_the_start_ends_the_night_at_once(server, tmp_path):
    server.answers["/api/card"] = lambda handler: handler.send(412, b"{}", Retry_After="3600")
    end, notes = crawl(server, tmp_path, ALIVE, Errand("canary_absent", "absent"), *accounts("a1"))
    assert by_subject(notes) == {"alive": Blocked("risk")}
    assert end.how == "wall"
    assert len(server.paths()) == 1


def test_a_refusal_that_names_a_time_to_come_back_is_waited_for(server, tmp_path):
    server.answers["/api/card?handle=a1"] = lambda handler: handler.send(412, b"{}", Retry_After="2")
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("a1", "a2"))
    assert [n.subject for n in notes] == ["alive", "a1", "alive", "a2"]
    assert end.how == "done"
    _, refused, again, after = (asked.at for asked in server.asked)
    assert again - refused >= 2.0
    assert after - again < 2.0


@pytest.mark.parametrize(("status", "when"), [(412, "3600"), (503, "Fri, 01 Jan 2100 00:00:00 GMT")])
def test_a_refusal_for_longer_than_the_night_waits_ends_it_without_another_request(
    server, tmp_path, status, when
):
    server.answers["/api/card?handle=a1"] = lambda handler: handler.send(status, b"{}", Retry_After=when)
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("a1", "a2"))
    assert [n.subject for n in notes] == ["alive", "a1"]
    assert end.how == "wall"
    assert len(server.paths()) == 2


def test_a_time_to_come_back_beside_an_answer_or_one_that_is_none_holds_nobody_up(server, tmp_path):
    body = b'{"handle":"a1","name":"n","at":1795000000}'
    server.answers["/api/card?handle=a1"] = lambda h: h.send(200, body, Retry_After="3600")
    server.answers["/api/card?handle=a2"] = lambda h: h.send(503, b"", Retry_After="soon")
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("a1", "a2", "a3"))
    assert [type(n.outcome) for n in notes] == [Found, Found, Unreachable, Found]
    assert end.how == "done"


def test_a_platform_that_cannot_be_reached_is_not_asked_for_every_account(server, tmp_path):
    server.answers["/api/card"] = lambda handler: handler.send(503)
    end, notes = crawl(server, tmp_path, ALIVE, *accounts(*(f"a{n}" for n in range(20))))
    assert {n.outcome for n in notes} == {Unreachable("HTTP 503")}
    assert len(server.paths()) == 4
    assert end.how == "wall"


def _note(purpose, outcome):
    return Note("tiny", purpose, "x", CLOCK, outcome)


def test_at_most_three_walls_a_night_are_forgiven():
    breaker = Breaker()
    for _ in range(3):
        assert breaker.after(_note("account", Blocked("captcha"))) == "ask again"
        assert breaker.after_asking_again(_note("canary_alive", Found())) == "go on"
    assert breaker.after(_note("account", Blocked("captcha"))) == "stop"


def test_a_good_visit_between_ends_a_row_of_unreachable_ones():
    breaker = Breaker()
    row = [Unreachable("超时"), Unreachable("超时"), Found(), Unreachable("超时"), Unreachable("超时")]
    assert {breaker.after(_note("account", outcome)) for outcome in row} == {"go on"}
    assert breaker.after(_note("account", Unreachable("超时"))) == "ask again"


def test_a_wall_behind_a_searchs_first_page_is_asked_for_once_a_night(server, tmp_path):
    server.answers["/api/search?q=%E4%BA%91%E5%B2%AD&page=2"] = wall
    errands = [ALIVE, *(Errand("search", word) for word in ("云岭", "云大", "岭大"))]
    end, notes = crawl(server, tmp_path, *errands)
    assert end.how == "done"
    assert [n.requests for n in notes] == [1, 2, 1, 1]
    assert [(type(n.outcome), n.outcome.more) for n in notes[1:]] == [(Sightings, True)] * 3


@pytest.mark.parametrize(
    ("purpose", "outcome"),
    [("feed", Blocked("rate")), ("feed", Unreachable("x")), ("account", Blocked("robots"))],
)
def test_a_feed_or_robots_txt_says_nothing_about_the_platform(purpose, outcome):
    breaker = Breaker()
    assert {breaker.after(_note(purpose, outcome)) for _ in range(9)} == {"go on"}


@pytest.mark.parametrize("purpose", ["canary_alive", "canary_absent", "canary_word", "search"])
def test_a_wall_before_a_canary_or_a_search_stops(purpose):
    assert Breaker().after(_note(purpose, Blocked("rate"))) == "stop"


# ── faults ──────────────────────────────────────────────────────────────────────────────────────

ZEROS = bytes(200 * 1024 * 1024)


def drip(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.2)


def half(handler):
    handler.send(200, b'{"handle":"half","name"', "application/json", length=100)
    handler.close_connection = True


def garbage(handler):
    handler.wfile.write(b"\x00\xff not http at all\r\n\r\n")
    handler.close_connection = True


def coded(coding):
    return lambda handler: handler.send(200, b"abcd", Content_Encoding=coding)


def to(location):
    return lambda handler: handler.to(location)


def test_every_fault_of_a_connection_is_unreachable_or_blocked_and_the_next_visit_is_made(server, tmp_path):
    with tiny() as inside:
        faults = {
            "dropped": (lambda handler: handler.hang_up(), Unreachable("连接中断")),
            "half": (half, Unreachable("回答不完整")),
            "garbage": (garbage, Unreachable("连接中断")),
            "e503": (lambda handler: handler.send(503), Unreachable("HTTP 503")),
            "drip": (drip, Unreachable("超时")),
            "large": (lambda h: h.send(200, bytes(6 * 1024 * 1024)), Unreachable("超过 5 MB")),
            "notgzip": (coded("gzip"), Unreachable("压缩的内容坏了")),
            "notzstd": (coded("zstd"), Unreachable("压缩的内容坏了")),
            "elsewhere": (to(f"{inside.base}/inside"), Blocked("risk")),
            "metadata": (to("http://169.254.169.254/latest"), Blocked("risk")),
            "loop": (to("https://api.tiny.example/card?handle=loop"), Blocked("risk")),
        }
        errands = [ALIVE]
        for name, (answer, _) in faults.items():
            server.answers[f"/api/card?handle={name}"] = answer
            errands += accounts(name, f"after{name}")
        end, notes = crawl(server, tmp_path, *errands)
        outcomes = by_subject(notes)
        assert {name: outcomes[name] for name in faults} == {name: out for name, (_, out) in faults.items()}
        assert all(isinstance(outcomes[f"after{name}"], Found) for name in faults)
        assert inside.paths() == []
        assert end.how == "done"


@pytest.mark.parametrize(
    ("coding", "bomb"),
    [
        ("gzip", gzip.compress(ZEROS, 9)),
        ("br", brotli.compress(ZEROS, quality=5)),
        ("zstd", zstd.compress(ZEROS)),
    ],
)
def test_a_decompression_bomb_is_refused_in_little_memory(server, tmp_path, coding, bomb):
    assert len(bomb) < 1024 * 1024
    server.answers["/api/card?handle=zip"] = lambda h: h.send(200, bomb, Content_Encoding=coding)
    # What is unpacked is 200 MB: with so little room it would not fit beside the child itself.
    little = ("prlimit", f"--data={240 * 2**20}", *COMMAND)
    end = run([order(server, tmp_path, *accounts("zip", "a1"))], command=little)["tiny"]
    first, second = notes(tmp_path)
    assert first.outcome == Unreachable("超过 5 MB")
    assert isinstance(second.outcome, Found)
    assert end.how == "done"


def test_a_redirect_that_leads_nowhere_is_a_wall_and_no_crash(server, tmp_path):
    server.answers["/api/card?handle=a1"] = to("http://[broken")
    server.answers["/api/card?handle=a2"] = to("file:///etc/passwd")
    end, notes = crawl(server, tmp_path, ALIVE, *accounts("a1", "a2"))
    assert by_subject(notes) == {"alive": notes[0].outcome, "a1": Blocked("risk"), "a2": Blocked("risk")}
    assert end.how == "done"


def test_on_a_stage_a_host_without_a_substitute_is_not_asked_live_whatever_was_decided(server, tmp_path):
    server.answers["/api/card"] = to("https://other.tiny.example/card?handle=a1")
    _, (note,) = crawl(server, tmp_path, *accounts("a1"), robots="visit-and-search")
    assert note.outcome == Blocked("risk")
    assert note.bodies[0].error == "被重定向到允许之外的网站"


def test_a_compressed_answer_is_read(server, tmp_path):
    body = gzip.compress('{"handle":"a1","name":"云岭","at":1795000000}'.encode())
    server.answers["/api/card"] = lambda h: h.send(200, body, "application/json", Content_Encoding="gzip")
    _, (note,) = crawl(server, tmp_path, *accounts("a1"))
    assert note.outcome.name == "云岭"


def test_a_feed_at_a_private_address_is_refused_unless_the_origins_name_it(server, tmp_path):
    server.answers["/rss"] = lambda handler: handler.send(200, b'{"items":[]}', "application/json")
    port = server.server_port
    links = [f"http://localhost:{port}/rss", f"http://127.0.0.1:{port}/rss", f"http://127.1:{port}/rss"]
    errands = [
        Errand("feed", f"f{n}", witnesses=(WitnessLink("feed", link),)) for n, link in enumerate(links)
    ]
    _, notes = crawl(server, tmp_path, *errands, origins={}, robots="visit-and-search")
    assert [type(note.outcome) for note in notes] == [Unreachable] * 3
    assert server.paths() == []


def test_a_certificate_that_nobody_vouches_for_is_refused(server, tmp_path):
    pem = tmp_path / "pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*make, "-keyout", pem, "-out", f"{pem}.crt"], check=True, capture_output=True)
    with tiny() as secured:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(f"{pem}.crt", pem)
        secured.socket = context.wrap_socket(secured.socket, server_side=True)
        origins = {"https://api.tiny.example": f"https://localhost:{secured.server_port}/api"}
        _, (note,) = crawl(server, tmp_path, *accounts("a1"), origins=origins)
        assert note.outcome == Unreachable("证书不可信")
        assert secured.paths() == []


def test_what_scrapy_leaves_open_is_closed():
    settings = Settings()
    settings.setmodule("crawlers.settings")
    assert not settings.getbool("REMOTE_CONTROL_ENABLED")
    assert not settings.getbool("TELNETCONSOLE_ENABLED")
    assert settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert settings.getint("DOWNLOAD_MAXSIZE") == 5 * 1024 * 1024
    assert settings.getint("DOWNLOAD_TIMEOUT") == 30
    assert {scheme for scheme, handler in settings["DOWNLOAD_HANDLERS"].items() if handler} == {
        "http",
        "https",
    }
    assert set(settings["DOWNLOAD_HANDLERS_BASE"]) <= set(settings["DOWNLOAD_HANDLERS"])
    for off in (
        "RETRY_ENABLED",
        "REDIRECT_ENABLED",
        "METAREFRESH_ENABLED",
        "HTTPPROXY_ENABLED",
        "HTTPCACHE_ENABLED",
    ):
        assert not settings.getbool(off), off
    assert settings.getint("CONCURRENT_REQUESTS") == 1
