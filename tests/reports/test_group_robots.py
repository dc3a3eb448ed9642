"""The robots and the webhook over real sockets: signed, within their limits, and believed only by their own code."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import portpicker
import pytest
import sqlalchemy as sa
from standins import KEY, KINDS, SECRET, Clock, DingTalk, Feishu, Webhook, WeCom
from test_alerts import DAY, queued, step

from monitors import tables
from reports.channels import Delivered, Entry, InDoubt, Letter, Refused, dingtalk, feishu, posting, webhook
from reports.lost import dead_letters, revive
from reports.outbox import Shelf
from reports.people import ChannelSpec, Person
from reports.sending import Manner, send
from reports.switchboard import channel, opened

NOW = datetime(2026, 11, 20, 18, 41, tzinfo=UTC)
# Names that a robot's markup, or a reader's eye, could take for something else.
HOSTILE = (
    "[点我](http://evil.example)",
    "<@all>",
    '<at user_id="all">所有人</at>',
    "<at id=all></at>",
    '<font color="warning">云岭</font>',
    "**粗** `代码` # 标题 > 引用 _斜_ ~~删~~ ![图](https://evil.example/x.png)",
    "云岭 www.evil.example https://evil.example/a_b",
    "云\u202e岭\u200b大\r\n学\x07",
)


@pytest.fixture(params=KINDS)
def robot(request):
    """Each stand-in in turn, with the channel that talks to it."""
    stand_in = KINDS[request.param]()
    stand_in.kind = request.param
    stand_in.channel = channel(spec(request.param, stand_in.url), Path("/nonexistent"))
    yield stand_in
    stand_in.close()


def spec(kind, url, **changes):
    facts = {"name": "群", "kind": kind, "url": url, "secret": SECRET, "allow_plain": True}
    return ChannelSpec(**(facts | changes))


def entry(number=1, title="请发整改通知：云岭大学图书馆（微博）", **changes):
    text = "单位：图书馆\n情况：两个月没有更新。\n\n请发通知。\n已着手：xunjian ack XJ --by 姓名"
    return Entry(
        **(
            {"number": f"XJ-2026-{number:06d}", "day": DAY, "urgent": False, "title": title, "text": text}
            | changes
        )
    )


def letter(*entries, **changes):
    facts = {"id": 7, "address": "", "entries": entries or (entry(),), "repeated": False, "at": NOW}
    return Letter(**(facts | changes))


# ── success and refusal ─────────────────────────────────────────────────────────────────────────


def test_a_message_arrives_signed_with_number_reason_and_way_to_answer(robot):
    assert robot.channel.send(letter()) == Delivered()
    [text] = robot.texts()
    for part in (
        "请发整改通知：云岭大学图书馆（微博）",
        "编号：XJ-2026-000001",
        "情况：两个月没有更新。",
        "xunjian ack XJ",
    ):
        assert part in text
    assert robot.refused == []


def test_a_repeated_message_begins_with_the_mark(robot):
    robot.channel.send(letter(repeated=True))
    assert robot.texts()[0].startswith("可能重复")


REFUSALS = {
    WeCom: [
        (45009, False, 60),
        (45033, False, 60),
        (-1, False, 60),
        (93000, True, 0),
        (40058, True, 0),
        (40001, False, 0),
    ],
    DingTalk: [
        (310000, False, 0),
        (130101, False, 600),
        (300001, True, 0),
        (400102, True, 0),
        (430104, True, 0),
    ],
    Feishu: [
        (19021, False, 0),
        (19022, False, 0),
        (19024, False, 0),
        (11232, False, 60),
        (9499, True, 0),
        (19001, True, 0),
    ],
}


@pytest.mark.parametrize(
    ("stand_in", "code", "final", "wait"),
    [(kind, *one) for kind, refusals in REFUSALS.items() for one in refusals],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_http_200_with_a_refusal_in_its_body_is_a_refusal(stand_in, code, final, wait):
    robot = stand_in()
    kind = {WeCom: "wecom", DingTalk: "dingtalk", Feishu: "feishu"}[stand_in]
    keys = ("code", "msg") if kind == "feishu" else ("errcode", "errmsg")
    robot.moods = [{keys[0]: code, keys[1]: f"no: {SECRET} {KEY}"}]
    answer = channel(spec(kind, robot.url), Path()).send(letter())
    robot.close()
    assert isinstance(answer, Refused)
    assert (answer.final, answer.wait >= wait) == (final, True)
    assert str(code) in answer.error
    assert SECRET not in answer.error and KEY not in answer.error


@pytest.mark.parametrize(
    "said", [{}, {"errcode": None}, {"errcode": "0"}, {"code": False}, {"errcode": 0.0}, {"ok": 1}]
)
def test_a_body_without_the_code_is_no_success(said):
    for kind in ("wecom", "dingtalk", "feishu"):
        robot = KINDS[kind]()
        robot.moods = [said]
        assert isinstance(channel(spec(kind, robot.url), Path()).send(letter()), Refused), kind
        robot.close()


def test_feishus_older_form_of_success_counts():
    robot = Feishu()
    robot.moods = [{"StatusCode": 0, "StatusMessage": "success"}]
    assert channel(spec("feishu", robot.url), Path()).send(letter()) == Delivered()
    robot.close()


@pytest.mark.parametrize(
    ("status", "final"),
    [
        (301, False),
        (302, False),
        (401, True),
        (403, True),
        (404, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_an_http_refusal_is_one_and_no_redirect_is_followed(robot, status, final):
    robot.moods = [status]
    answer = robot.channel.send(letter())
    assert isinstance(answer, Refused) and answer.final is final
    assert len(robot.raw) == 1


def test_a_refusing_webhook_is_believed_by_its_body():
    for said in ({"ok": False}, {"code": 5}, {"errcode": "7"}, {"success": False}):
        robot = Webhook()
        robot.moods = [said]
        assert isinstance(channel(spec("webhook", robot.url), Path()).send(letter()), Refused), said
        robot.close()


def test_silence_after_the_message_is_a_doubt_and_a_closed_door_is_none(robot):
    robot.moods = ["drop", "late"]
    assert isinstance(robot.channel.send(letter()), InDoubt)
    assert isinstance(robot.channel.send(letter()), InDoubt)
    away = f"http://127.0.0.1:{portpicker.pick_unused_port()}{robot.path}"
    answer = channel(spec(robot.kind, away), Path()).send(letter())
    assert isinstance(answer, Refused) and answer.everything and not answer.final
    assert KEY not in answer.error


def _floods(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 50_000_000)


def _drips(begin, drop):
    def speak(connection):
        connection.sendall(begin)
        while True:
            connection.sendall(drop)
            time.sleep(0.1)

    return speak


@pytest.mark.parametrize(
    ("speak", "becomes"),
    [
        (_floods, Refused),
        (_drips(b"", b"H"), InDoubt),
        (_drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), InDoubt),
        (_drips(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x"), InDoubt),
        (_drips(b"HTTP/1.1 200 OK\r\n\r\n", b" "), InDoubt),
    ],
    ids=["flood", "status", "continue", "head", "body"],
)
def test_a_reply_that_drips_or_floods_ends(speak, becomes, monkeypatch):
    if becomes is InDoubt:
        # Each drop comes well within the time; all of them together do not.
        monkeypatch.setattr(posting, "_SECONDS", 0.8)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answered, args=(server, speak), daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        since = time.monotonic()
        assert isinstance(channel(spec("wecom", url), Path()).send(letter()), becomes)
        assert time.monotonic() - since < 15


def _answered(server, speak):
    connection, _ = server.accept()
    with connection, contextlib.suppress(OSError):
        connection.recv(65_536)
        speak(connection)


def test_a_certificate_file_that_is_not_there_is_a_refusal_and_no_crash():
    asked = channel(spec("wecom", "https://127.0.0.1:9/x", ca_file=Path("/nonexistent.pem")), Path())
    assert isinstance(asked.send(letter()), Refused)


# ── signatures ──────────────────────────────────────────────────────────────────────────────────


def test_the_signatures_are_the_published_ones():
    # DingTalk: key secret, message "ms\nsecret". Feishu: key "s\nsecret", empty message. Reckoned with openssl.
    assert dingtalk.signature("SECabc", 1_700_000_000_000) == "jcUpW0QmtKduN03n4JqQ0PBosVjqnM8gU7fIIvsDmCM="
    assert feishu.signature("SECabc", 1_700_000_000) == "XprR1de+0SSBnwWyU/4k6x2TL+Q2SJlM5NNEdAv7MWg="
    assert (
        webhook.signature("SECabc", b'{"a": 1}')
        == "sha256=0e1bcaf3003a5c855748829b6c9bdafe54f9bfd33842510dfe2e4ff10cd49612"
    )


def test_dingtalks_signature_is_encoded_once():
    robot = DingTalk()
    for _ in range(30):
        robot.channel = channel(spec("dingtalk", robot.url), Path())
        robot.clock.sleep(4)
        assert robot.channel.send(letter()) == Delivered()
    signs = [urlsplit(path).query for path, _, _ in robot.raw]
    robot.close()
    assert not any("%25" in sign for sign in signs)
    assert any("%2B" in sign or "%2F" in sign for sign in signs)


def test_a_wrong_secret_is_refused_and_named_in_no_error():
    for kind in ("dingtalk", "feishu", "webhook"):
        robot = KINDS[kind]()
        answer = channel(spec(kind, robot.url, secret="SECwrong-wrong-wrong"), Path()).send(letter())
        robot.close()
        assert isinstance(answer, Refused) and not answer.final
        assert "SECwrong" not in answer.error


def test_nothing_of_a_channel_shows_its_secrets():
    text = repr(spec("dingtalk", f"https://oapi.dingtalk.com/robot/send?access_token={KEY}"))
    assert KEY not in text and SECRET not in text


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k", True),
        ("http://127.0.0.1:8080/x", False),
        ("ftp://127.0.0.1/x", True),
        ("https://user:password@example.edu.cn/x", True),
        ("https://例子.example/x", True),
        ("https://exa mple.edu.cn/x", True),
        ("https:///x", True),
        ("https://example.edu.cn:99999/x", True),
        ("https://example..edu.cn/x", True),
        ("", True),
    ],
)
def test_an_address_that_is_not_safe_is_not_opened_and_not_repeated(url, plain):
    for kind in KINDS:
        with pytest.raises(ValueError, match="url") as refused:
            channel(spec(kind, url, allow_plain=plain), Path())
        assert not url or url not in str(refused.value)


def test_a_robot_behind_an_untrusted_certificate_gets_nothing(smtpd):
    certificate = Path(os.environ["SMTPD_SSL_CERTIFICATE_FILE"])
    keys = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    keys.load_cert_chain(certificate, os.environ.get("SMTPD_SSL_KEY_FILE"))
    robot = WeCom()
    robot.server.socket = keys.wrap_socket(robot.server.socket, server_side=True)
    url = robot.url.replace("http://127.0.0.1", "https://localhost")
    answer = channel(spec("wecom", url), Path()).send(letter())
    assert isinstance(answer, Refused) and "证书不可信" in answer.error and not robot.raw
    trusted = channel(spec("wecom", url, ca_file=certificate, allow_plain=False), Path())
    assert trusted.send(letter()) == Delivered()
    robot.close()


# ── literal names ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_literal_and_inert(ledger, name):
    for kind in ("wecom", "dingtalk", "feishu"):
        robot = KINDS[kind]()
        told = step(
            account=name, unit=name, why=f"平台上的名称是“{name}”。", letters=(name,), case=f"C-{kind}"
        )
        people = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))
        queued(ledger, told, people=people)
        channels = {"群": channel(spec(kind, robot.url), Path())}
        assert send(ledger, channels, people, NOW).sent == 1
        raw = json.dumps(robot.taken[0], ensure_ascii=False)
        text = robot.texts()[0]
        robot.close()
        assert not re.search(
            r"<@|<at|</at|evil\.example|\]\(http|!\[|https?://evil|`|~~|[\u202a-\u202e\u200b]", raw
        )
        assert '<font color=\\"warning' not in raw and '"isAtAll": true' not in raw
        # What a reader sees is the name: full-width forms and marks for what cannot be seen.
        wide = text.translate({code + 0xFEE0: code for code in range(0x21, 0x7F)})
        seen = name.replace("\u202e", "〔U+202E 强制右至左〕").replace("\u200b", "〔U+200B 零宽空格〕")
        seen = (
            seen.replace("\r", "〔U+000D 回车〕")
            .replace("\n", "〔U+000A 换行〕")
            .replace("\x07", "〔U+0007〕")
        )
        assert seen in wide


def test_the_page_of_an_account_is_a_link_that_cannot_be_broken_out_of(ledger):
    robot = WeCom()
    people = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))
    queued(ledger, step(link="https://weibo.com/u/1)[x](http://evil.example"), people=people)
    send(ledger, {"群": channel(spec("wecom", robot.url), Path())}, people, NOW)
    [text] = robot.texts()
    robot.close()
    assert re.findall(r"\]\(([^)]*)\)", text) == ["https://weibo.com/u/1%29%5Bx%5D%28http://evil.example"]


# ── limits ──────────────────────────────────────────────────────────────────────────────────────


def _five_hundred(ledger, kind, tmp_path, url=""):
    clock = Clock(NOW)
    robot = KINDS[kind](clock)
    people = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))
    steps = [
        step(
            case=f"C-{number}",
            account=f"云岭大学第{number}学院{'长' * (number % 40)}",
            evidence=f"2026-11-20/weibo:{number}#{number}",
            others=(("《另一办法》 第七条", "也要更新。"),) * (number % 3),
        )
        for number in range(500)
    ]
    queued(ledger, *steps, people=people)
    channels = opened([spec(kind, robot.url)], tmp_path)
    shelf = Shelf(tmp_path / "shelf", url)
    sent = send(ledger, channels, people, NOW, Manner(shelf=shelf, clock=clock))
    robot.close()
    return robot, sent, clock, shelf


@pytest.mark.parametrize("kind", KINDS)
def test_five_hundred_findings_stay_within_every_limit_and_none_is_cut_away(ledger, kind, tmp_path):
    robot, sent, clock, shelf = _five_hundred(
        ledger, kind, tmp_path, "https://xunjian.yunling.example/alerts/"
    )
    assert robot.refused == []
    assert sent.errors == () and sent.waiting == 0
    text = "\n".join(robot.texts())
    assert sorted(re.findall(r"编号：(XJ-2026-\d{6})", text)) == [f"XJ-2026-{n:06d}" for n in range(1, 501)]
    assert sent.sent == len(robot.taken) <= 32
    if kind != "webhook":
        [page] = shelf.folder.glob("*.html")
        whole = page.read_text(encoding="utf-8")
        assert f"https://xunjian.yunling.example/alerts/{page.name}" in text
        assert all(f"XJ-2026-{n:06d}" in whole for n in range(1, 501))
        assert whole.count("要求") >= 500 and whole.count("xunjian ack") >= 500
        pages = re.findall(r"第 (\d+) 页，共 (\d+) 页", text)
        assert {int(whole) for _, whole in pages} == {sent.sent}
        assert {int(part) for part, _ in pages} == set(range(1, sent.sent + 1))
    if kind in ("wecom", "dingtalk"):
        assert clock.slept > 55  # more than eighteen messages take more than a minute


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 12, 13, 16, 24, 33, 60, 61])
def test_a_digest_of_any_length_is_cut_where_the_robot_still_takes_it(kind, count):
    """The cut is asked of the channel as the outbox does, and the stand-in measures what comes."""
    robot = KINDS[kind]()
    robot.too_often = lambda: None
    asked = channel(spec(kind, robot.url), Path())
    for rest in ("", "https://xunjian.yunling.example/alerts/x.html"):
        left = [
            entry(number, text="情况：" + "长" * (number * 37 % 400) + "\n\n请看。")
            for number in range(1, count + 1)
        ]
        while left:
            fits = asked.holds(left, rest)
            assert 1 <= fits <= len(left)
            assert asked.send(letter(*left[:fits], rest=rest, repeated=True)) == Delivered()
            left = left[fits:]
    robot.close()
    assert len(set(re.findall(r"编号：(XJ-2026-\d{6})", "".join(robot.texts())))) == count


def test_a_rate_counts_what_another_process_has_sent(ledger, tmp_path):
    clock = Clock(NOW)
    robot = WeCom(clock)
    people = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))
    channels = opened([spec("wecom", robot.url)], tmp_path)
    for number in range(40):
        queued(ledger, step(case=f"C-{number}"), people=people)
        send(ledger, channels, people, clock.now(), Manner(clock=clock))
    robot.close()
    assert (len(robot.taken), robot.refused) == (40, [])


def test_feishu_is_left_alone_at_the_whole_and_half_hour(ledger, tmp_path):
    clock = Clock(datetime(2026, 11, 20, 23, 30, 20, tzinfo=UTC))
    robot = Feishu(clock)
    people = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))
    queued(ledger, step(), people=people)
    send(ledger, opened([spec("feishu", robot.url)], tmp_path), people, clock.now(), Manner(clock=clock))
    robot.close()
    assert (len(robot.taken), robot.refused) == (1, [])
    assert clock.now().minute == 31


def test_a_single_alert_longer_than_a_message_is_shortened_and_says_so(ledger, tmp_path):
    for kind in ("wecom", "dingtalk", "feishu"):
        robot = KINDS[kind]()
        people = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))
        told = step(
            case=f"C-{kind}",
            account="云\u200b" * 400,
            why="长" * 3000,
            others=(("《办法》 第一条", "求" * 900),) * 9,
        )
        queued(ledger, told, people=people)
        send(ledger, opened([spec(kind, robot.url)], tmp_path), people, NOW)
        robot.close()
        assert robot.refused == []
        [text] = robot.texts()
        assert "太长，全文见周报" in text and "编号：XJ-" in text and "xunjian ack" in text


def test_forty_colleagues_in_one_group_read_each_thing_once_under_their_numbers(ledger, tmp_path):
    robot = WeCom()
    people = (*(Person(f"老师{n}", "officer", "群") for n in range(40)), Person("维护", "maintainer", "群"))
    queued(ledger, step(), people=people)
    send(ledger, opened([spec("wecom", robot.url)], tmp_path), people, NOW)
    robot.close()
    assert robot.refused == []
    text = "\n".join(robot.texts())
    assert len(set(re.findall(r"编号：(XJ-2026-\d{6})", text))) == 40
    assert text.count("情况：") == 5


# ── refused, waiting, dead ──────────────────────────────────────────────────────────────────────

PEOPLE = (Person("王", "officer", "群"), Person("维护", "maintainer", "群"))


def test_a_channel_over_its_limit_is_asked_again_after_it_and_not_hammered(ledger, tmp_path):
    robot = DingTalk(Clock(NOW))
    robot.moods = [robot.often]
    queued(ledger, *(step(case=f"C-{n}") for n in range(30)), people=PEOPLE)
    channels = opened([spec("dingtalk", robot.url)], tmp_path)

    def attempt(minutes):
        robot.clock.at = NOW + timedelta(minutes=minutes)
        return send(ledger, channels, PEOPLE, robot.clock.now(), Manner(clock=robot.clock))

    first = attempt(0)
    assert (first.sent, len(robot.raw)) == (0, 1)
    assert first.waiting > 3
    assert attempt(5).sent == 0 and len(robot.raw) == 1
    assert attempt(11).sent == first.waiting
    robot.close()
    assert not any("可能重复" in text for text in robot.texts())


def test_a_dead_letter_is_listed_told_to_the_maintainer_and_sent_again_by_hand(ledger, tmp_path):
    robot = WeCom()
    robot.moods = [{"errcode": 93000, "errmsg": "invalid webhook url"}]
    queued(ledger, step(), people=PEOPLE)
    channels = opened([spec("wecom", robot.url)], tmp_path)
    assert send(ledger, channels, PEOPLE, NOW).dead == 1
    with ledger.writing() as connection:
        [lost] = dead_letters(connection)
    assert (lost.number, lost.person, lost.channel, lost.in_doubt) == ("XJ-2026-000001", "王", "群", False)
    assert "93000" in lost.error
    # The maintainer reads the very group that is dead: the news lies in the folder.
    [text] = [path.read_text(encoding="utf-8") for path in (tmp_path / "messages").glob("*.txt")]
    assert "渠道 群 有 1 条提醒没有送到" in text and "XJ-2026-000001" in text
    assert send(ledger, channels, PEOPLE, NOW + timedelta(days=1)).sent == 0
    with ledger.writing() as connection:
        assert revive(connection, NOW) == 1
    assert send(ledger, channels, PEOPLE, NOW).sent == 1
    robot.close()
    with ledger.reading() as connection:
        assert dead_letters(connection) == []
    assert "编号：XJ-2026-000001" in robot.texts()[0]


def test_a_timeout_after_the_message_was_taken_is_repeated_once_and_marked(ledger, tmp_path):
    robot = Webhook()
    robot.moods = ["late", "late", "late"]
    queued(ledger, step(), people=PEOPLE)
    channels = opened([spec("webhook", robot.url)], tmp_path)
    for hours in range(4):
        send(ledger, channels, PEOPLE, NOW + timedelta(hours=hours))
    robot.close()
    assert [body["repeated"] for body in robot.taken] == [False, True]
    assert [text.startswith("可能重复") for text in robot.texts()] == [False, True]
    assert [re.findall(r"编号：(\S+)", text) for text in robot.texts()] == [["XJ-2026-000001"]] * 2
    keys = [headers["Idempotency-Key"] for _, headers, _ in robot.raw]
    assert len(set(keys)) == 1
    with ledger.reading() as connection:
        assert [lost.in_doubt for lost in dead_letters(connection)] == [True]


def test_a_webhook_gets_every_fact_apart(ledger, tmp_path):
    robot = Webhook()
    queued(ledger, step(deadline=DAY, stage="notice_issued"), people=PEOPLE)
    send(ledger, opened([spec("webhook", robot.url)], tmp_path), PEOPLE, NOW)
    robot.close()
    [alert] = robot.taken[0]["alerts"]
    assert alert["number"] == "XJ-2026-000001"
    facts = {fact["label"]: fact["text"] for fact in alert["facts"]}
    assert facts["规定"] == "某办法 第六条（四）" and facts["期限"] == DAY.isoformat()
    assert [one["command"].split()[1] for one in alert["answers"]] == ["step", "decide", "ack"]


def test_no_secret_stands_in_the_ledger_or_the_log(ledger, tmp_path, caplog):
    caplog.set_level("DEBUG")
    robot = DingTalk()
    robot.moods = [{"errcode": 310000, "errmsg": f"sign not match {SECRET} {KEY} {robot.url}"}, "drop"]
    queued(ledger, step(), people=PEOPLE)
    channels = opened([spec("dingtalk", robot.url)], tmp_path)
    for hours in range(3):
        send(ledger, channels, PEOPLE, NOW + timedelta(hours=hours))
    robot.close()
    with ledger.reading() as connection:
        rows = str([connection.execute(sa.select(table)).all() for table in (tables.message, tables.alert)])
    for secret in (SECRET, KEY):
        assert secret not in rows and secret not in caplog.text


def _hmac(key, message):
    return hmac.new(key, message, hashlib.sha256)


def test_the_stand_ins_would_notice_a_wrong_signature():
    """The stand-ins' own reckoning, once by hand for each scheme."""
    robot = DingTalk()
    stamp = str(int(time.time() * 1000))
    sign = base64.b64encode(_hmac(SECRET.encode(), f"{stamp}\n{SECRET}".encode()).digest()).decode()
    path = f"{robot.path}&timestamp={stamp}&sign={sign.replace('+', '%2B').replace('/', '%2F').replace('=', '%3D')}"
    assert parse_qs(urlsplit(path).query)["sign"] == [sign]
    body = {"msgtype": "markdown", "markdown": {"text": "x"}}
    assert robot.wrong(path, {}, body) is None
    assert robot.wrong(path[:-8], {}, body)["errcode"] == 310000
    robot.close()
