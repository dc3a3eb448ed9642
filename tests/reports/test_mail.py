"""Mail over real conversations: encrypted or refused, good addresses served, doubts called doubts."""

import contextlib
import email
import os
import re
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

import portpicker
import pytest
from aiosmtpd.controller import Controller
from invented_ledger import at
from test_alerts import DAY, queued, step

from reports.channels import Delivered, Entry, InDoubt, Letter, Refused, mail
from reports.channels.mail import MailChannel
from reports.people import ChannelSpec, Person
from reports.sending import send

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


def letter(address="wang@yunling.example", title="请人工核实：云岭大学图书馆（微博）", **changes):
    entry = Entry("XJ-2026-000123", DAY, False, title, "账号：云岭大学图书馆\n.一行以点开头\n\n请核实。")
    return Letter(
        **({"id": 7, "address": address, "entries": (entry,), "repeated": False, "at": NOW} | changes)
    )


def channel(port, **changes):
    facts = {
        "name": "mail",
        "kind": "mail",
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "allow_plain": True,
        "sender": "xunjian@yunling.example",
    }
    return MailChannel(ChannelSpec(**(facts | changes)))


@pytest.fixture
def certificate(smtpd):
    return Path(os.environ["SMTPD_SSL_CERTIFICATE_FILE"])


def test_a_mail_carries_text_and_page_with_number_and_headers(smtpd):
    assert channel(smtpd.port).send(letter()) == Delivered()
    [message] = smtpd.messages
    message = email.message_from_bytes(message.as_bytes(), policy=policy.default)
    assert message["Subject"] == "【新媒体巡检】请人工核实：云岭大学图书馆（微博）"
    assert message["To"] == "wang@yunling.example"
    assert message["Message-ID"] == "<XJ-2026-000123.7@yunling.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_body(("plain",)).get_content()
    page = message.get_body(("html",)).get_content()
    assert "编号：XJ-2026-000123" in text and "编号：XJ-2026-000123" in page
    assert "\n.一行以点开头\n" in text.replace("\r\n", "\n")


def test_a_repeated_mail_says_so_first_and_keeps_its_identity(smtpd):
    channel(smtpd.port).send(letter())
    channel(smtpd.port).send(letter(repeated=True))
    first, second = (email.message_from_bytes(m.as_bytes(), policy=policy.default) for m in smtpd.messages)
    assert second["Subject"].startswith("可能重复")
    assert second.get_body(("plain",)).get_content().startswith("可能重复")
    assert not first.get_body(("plain",)).get_content().startswith("可能重复")
    assert first["Message-ID"] == second["Message-ID"]


def test_starttls_with_login_and_a_trusted_certificate(smtpd, certificate):
    smtpd.config.use_starttls = True
    smtpd.config.login_username, smtpd.config.login_password = "xunjian", "s3cret"
    smtpd.config.enforce_auth = True
    safe = {"tls": "starttls", "ca_file": certificate, "allow_plain": False}
    wrong = channel(smtpd.port, user="xunjian", password="wr0ng", **safe).send(letter())
    assert isinstance(wrong, Refused) and not wrong.final and "wr0ng" not in wrong.error
    assert channel(smtpd.port, user="xunjian", password="s3cret", **safe).send(letter()) == Delivered()
    assert len(smtpd.messages) == 1


def test_tls_from_the_first_byte(smtpd, certificate):
    smtpd.config.use_ssl = True
    assert channel(smtpd.port, tls="tls", ca_file=certificate).send(letter()) == Delivered()


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_an_untrusted_certificate_is_refused(smtpd, tls):
    smtpd.config.use_starttls, smtpd.config.use_ssl = tls == "starttls", tls == "tls"
    answer = channel(smtpd.port, tls=tls).send(letter())
    assert isinstance(answer, Refused) and "证书不可信" in answer.error
    assert smtpd.messages == []


def test_a_server_without_starttls_gets_nothing(smtpd):
    answer = channel(smtpd.port, tls="starttls").send(letter())
    assert isinstance(answer, Refused) and not answer.final
    assert smtpd.messages == []


@pytest.mark.parametrize("changes", [{"allow_plain": False}, {"host": "mail.yunling.example"}])
def test_unencrypted_mail_is_for_this_machine_only(changes):
    with pytest.raises(ValueError, match="starttls"):
        channel(25, **changes)


@pytest.mark.parametrize(
    "address",
    ["a@b.example\r\nBcc: all@b.example", "a@b.example\nX: y", "", "没有@汉字.example", "a@b, c@d", "a"],
)
def test_an_address_that_is_none_is_refused_for_good(smtpd, address):
    answer = channel(smtpd.port).send(letter(address))
    assert isinstance(answer, Refused) and answer.final
    assert smtpd.messages == []


def test_a_long_or_broken_title_stays_one_subject(smtpd):
    title = "云岭" * 150 + "\r\nBcc: all@b.example"
    answer = channel(smtpd.port).send(letter(title=title))
    assert answer == Delivered()
    message = email.message_from_bytes(smtpd.messages[0].as_bytes(), policy=policy.default)
    assert "云岭" * 150 in message["Subject"]
    assert message["Bcc"] is None


class Moody:
    """Refuses one address for good, and the first message with the given code."""

    def __init__(self, *codes):
        self.codes, self.taken = list(codes), []

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.codes:
            return self.codes.pop(0)
        self.taken += envelope.rcpt_tos
        return "250 OK"


@pytest.fixture
def moody():
    server = Controller(Moody(), hostname="127.0.0.1", port=portpicker.pick_unused_port())
    server.start()
    yield server
    server.stop()


PEOPLE = (
    Person("走了", "officer", "mail", "gone@yunling.example"),
    Person("王老师", "officer", "mail", "wang@yunling.example"),
    Person("坏地址", "officer", "mail", "x\r\ny"),
    Person("信息办", "maintainer", "mail", "it@yunling.example"),
)


def test_bad_addresses_do_not_stop_the_good_one(ledger, moody):
    queued(ledger, step(), people=PEOPLE)
    sent = send(ledger, {"mail": channel(moody.port)}, PEOPLE, NOW)
    assert (sent.sent, sent.dead) == (2, 2)
    # The good one has the alert, and the maintainer hears of the two that have not.
    assert moody.handler.taken == ["wang@yunling.example", "it@yunling.example"]


def test_a_busy_server_is_asked_again_later(ledger, moody):
    moody.handler.codes = ["451 4.3.0 try later", "554 5.7.1 rejected"]
    people = PEOPLE[1:2] + PEOPLE[3:]
    queued(ledger, step(), people=people)
    channels = {"mail": channel(moody.port)}
    assert send(ledger, channels, people, NOW).waiting == 1
    assert send(ledger, channels, people, NOW + timedelta(minutes=2)).waiting == 1
    assert send(ledger, channels, people, NOW + timedelta(minutes=10)).sent == 1
    assert moody.handler.taken == ["wang@yunling.example"]


def test_a_server_that_is_away_is_no_doubt():
    answer = channel(portpicker.pick_unused_port()).send(letter())
    assert isinstance(answer, Refused) and not answer.final


def test_silence_after_the_message_is_a_doubt():
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_takes_and_hangs_up, args=(server,))
        thread.start()
        answer = channel(server.getsockname()[1]).send(letter())
        thread.join()
    assert isinstance(answer, InDoubt)


def _takes_and_hangs_up(server):
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 ready\r\n")
        for line in lines:
            if line.upper().startswith(b"DATA"):
                connection.sendall(b"354 go on\r\n")
                while next(lines) != b".\r\n":
                    pass
                return
            connection.sendall(b"250 OK\r\n")


def _talks(connection, lines, stop, then):
    """Say yes to everything before the command `stop`, and then what is to be said without an end."""
    connection.sendall(b"220 ready\r\n" if stop else b"")
    for line in lines if stop else ():
        if line.upper().startswith(stop):
            break
        connection.sendall(b"250 OK\r\n")
    while True:
        connection.sendall(then)
        time.sleep(0.1 if len(then) < 100 else 0)


@pytest.mark.parametrize("stop", [b"", b"EHLO", b"MAIL", b"RCPT"])
@pytest.mark.parametrize("then", [b"2", b"250-and\r\n", b"250-and so on\r\n" * 5000])
def test_a_server_that_drips_or_floods_is_left_after_its_time(stop, then, monkeypatch):
    # Each drop comes well within the time; all of them together do not.
    monkeypatch.setattr(mail, "_SECONDS", 0.8)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answered, args=(server, stop, then), daemon=True).start()
        since = time.monotonic()
        answer = channel(server.getsockname()[1]).send(letter())
    assert isinstance(answer, Refused) and not answer.final
    assert time.monotonic() - since < 5


def _answered(server, stop, then):
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
        _talks(connection, lines, stop, then)


def test_an_answer_that_breaks_the_protocol_is_a_refusal_and_no_crash():
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_asks_nonsense, args=(server,), daemon=True).start()
        answer = channel(server.getsockname()[1], user="xunjian", password="s3cret").send(letter())
    assert isinstance(answer, Refused) and "s3cret" not in answer.error


def _asks_nonsense(server):
    connection, _ = server.accept()
    with connection, connection.makefile("rb") as lines:
        connection.sendall(b"220 ready\r\n")
        for line in lines:
            login = b"334 !no base64!\r\n" if line.startswith(b"AUTH") else b"250 OK\r\n"
            connection.sendall(b"250-hi\r\n250 AUTH CRAM-MD5\r\n" if line.startswith(b"ehlo") else login)


@pytest.mark.parametrize(
    "changes",
    [{"user": "张三", "password": "x"}, {"user": "x", "password": "密码"}, {"host": "mail..example"}],
)
def test_what_a_mail_server_cannot_be_told_is_said_before_the_night(changes):
    with pytest.raises(ValueError, match="channels") as refused:
        channel(25, tls="starttls", **changes)
    assert "密码里" in str(refused.value) or "host" in str(refused.value)


def test_the_mail_page_leaves_a_hostile_name_inert(ledger, smtpd):
    people = PEOPLE[1:2] + PEOPLE[3:]
    queued(
        ledger,
        step(account="<script>alert(1)</script>\u202e", newest=None, since=at(DAY).date()),
        people=people,
    )
    send(ledger, {"mail": channel(smtpd.port)}, people, NOW)
    message = email.message_from_bytes(smtpd.messages[0].as_bytes(), policy=policy.default)
    page = message.get_body(("html",)).get_content()
    assert "<script" not in page and "&lt;script&gt;" in page and "U+202E" in page


def test_a_digest_of_many_is_one_mail_of_titles_with_all_of_it_attached(ledger, smtpd):
    people = PEOPLE[1:2] + PEOPLE[3:]
    queued(ledger, *(step(case=f"C-{number}") for number in range(500)), people=people)
    assert send(ledger, {"mail": channel(smtpd.port)}, people, NOW).sent == 1
    [message] = [email.message_from_bytes(one.as_bytes(), policy=policy.default) for one in smtpd.messages]
    text = message.get_body(("plain",)).get_content()
    assert re.findall(r"编号：(\S+)", text) == [f"XJ-2026-{number:06d}" for number in range(1, 501)]
    [whole] = message.iter_attachments()
    page = whole.get_content()
    assert whole.get_filename() == "提醒-XJ-2026-000001.html"
    assert page.count("xunjian ack XJ-2026-") == 500 and page.count("第六条（四）") == 500
    assert "附件" in text
    assert len(message.as_bytes()) < 5_000_000


def test_a_mail_of_a_few_says_everything_in_its_body(ledger, smtpd):
    people = PEOPLE[1:2] + PEOPLE[3:]
    queued(ledger, *(step(case=f"C-{number}") for number in range(8)), people=people)
    send(ledger, {"mail": channel(smtpd.port)}, people, NOW)
    [message] = [email.message_from_bytes(one.as_bytes(), policy=policy.default) for one in smtpd.messages]
    assert list(message.iter_attachments()) == []
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert body.count("第六条（四）") == 8 and body.count("xunjian ack") == 8


def test_a_mail_page_asks_for_nothing_from_outside_and_lays_out_in_tables(ledger, smtpd):
    people = PEOPLE[1:2] + PEOPLE[3:]
    queued(ledger, step(link="https://weibo.com/u/1"), people=people)
    send(ledger, {"mail": channel(smtpd.port)}, people, NOW)
    page = email.message_from_bytes(smtpd.messages[0].as_bytes(), policy=policy.default)
    page = page.get_body(("html",)).get_content()
    assert re.findall(r'(?:src|href)="([^"]*)"', page) == ["https://weibo.com/u/1"]
    assert not re.search(r"<style|<script|<img|flex|grid|url\(", page)
    assert len(max(page.splitlines(), key=len)) < 998


def test_a_password_is_repeated_in_no_error(smtpd, certificate):
    smtpd.config.use_starttls = True
    smtpd.config.login_username, smtpd.config.login_password = "xunjian", "s3cret-s3cret"
    smtpd.config.enforce_auth = True
    answer = channel(
        smtpd.port,
        user="xunjian",
        password="wr0ng-wr0ng",
        tls="starttls",
        ca_file=certificate,
        allow_plain=False,
    ).send(letter())
    assert isinstance(answer, Refused) and "wr0ng" not in answer.error
