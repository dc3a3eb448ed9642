"""Marked phones, mails and secrets go in; a night, a week and a dozen commands run; then all that came out is searched."""

import gzip
import io
import socket
import zipfile
import zlib
from contextlib import suppress

import ledgers
import openpyxl
import pytest
from conftest import started, xunjian

DAY = "2026-03-02"
PHONE, OTHER, LETTERED, MAIL = "13900471105", "13911471106", "1391247110x", "marked.person@yunling.example"
TOKEN, SIGN, PASSWORD, PING = "tok-4c71f0e9", "SEC-7be1a20c5d", "pass-91d3ee", "ping-55aa01"
CONFIDENTIAL = (PHONE, OTHER, LETTERED, MAIL, TOKEN, SIGN, PASSWORD, PING)
# What is there to hold them: the office's own file, its marked copy, the ledger with its copies, the secrets' files.
HOLDERS = ("台账", "ledger.sqlite3", "night-", "ledger-", "secret-", "school.toml", "contacts.xlsx")
SETTINGS = """
[channels.ding]
kind = "dingtalk"
url_file = "secret-url"
secret_file = "secret-sign"
allow_plain = true

[channels.post]
kind = "mail"
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "xunjian@yunling.example"
user_file = "secret-user"
password_file = "secret-password"
allow_plain = true

[[people]]
name = "值班"
role = "officer"
channel = "ding"

[[people]]
name = "各单位"
role = "unit_head"
channel = "post"
address = "register"

[[people]]
name = "信息办"
role = "maintainer"
channel = "post"
address = "it@yunling.example"

[alerts]
ping = "http://127.0.0.1:{port}/{ping}"
"""
COMMANDS = (
    ("check", "--json"),
    ("night", "--day", DAY, "--platform", "bilibili"),
    ("tell",),
    ("tell", "--test"),
    ("week",),
    ("findings",),
    ("cases", "--json"),
    ("status",),
    ("export", "register", "--to", "{home}/register.xlsx"),
    ("export", "findings", "--to", "{home}/findings.xlsx"),
    ("export", "cases", "--to", "{home}/cases.xlsx"),
    ("export", "decisions", "--to", "{home}/decisions.xlsx"),
    ("export", "register", "--with-contacts", "--to", "{home}/contacts.xlsx"),
    ("backup",),
)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The home, and what every command said."""
    home = tmp_path_factory.mktemp("marked") / "home"
    started(home)
    _marked(home / "台账.xlsx")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # Bound and not listening: every connection is refused.
        port = nobody.getsockname()[1]
        for name, content in {
            "url": f"http://127.0.0.1:{port}/robot/send?access_token={TOKEN}",
            "sign": SIGN,
            "user": "xunjian",
            "password": PASSWORD,
        }.items():
            (home / f"secret-{name}").write_text(content)
        with (home / "school.toml").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=port, ping=PING))
        said = {}
        for command in COMMANDS:
            called = xunjian(home, *(word.format(home=home) for word in command))
            said[" ".join(command)] = called
    return home, said


def _marked(register):
    """Give every account a phone and a mail, some of them in ways that the check complains about."""
    book = openpyxl.load_workbook(register)
    for sheet in book:
        head = {cell.value: cell for row in sheet.iter_rows() for cell in row if cell.value}
        phone, mail = head["联系电话"], head["备注"]
        mail.value = "邮箱"
        for row in range(phone.row + 1, sheet.max_row - 3):
            sheet.cell(row, phone.column).value = (PHONE, int(OTHER), LETTERED)[row % 3]
            sheet.cell(row, mail.column).value = MAIL
    book.save(register)


def opened(path):
    """All that a file holds, unpacked where it is packed."""
    content = path.read_bytes()
    if path.suffix in (".xlsx", ".docx"):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return b"".join(parts.read(name) for name in parts.namelist())
    if path.suffix == ".gz":
        return gzip.decompress(content)
    if path.suffix == ".pdf":
        for piece in content.split(b"stream\r\n" if b"stream\r\n" in content else b"stream\n")[1:]:
            with suppress(zlib.error):
                content += zlib.decompressobj().decompress(piece)
    return content


def test_the_marks_are_where_they_belong(walked):
    home, said = walked
    assert said[" ".join(COMMANDS[1])].code == 0, said[" ".join(COMMANDS[1])].err
    held = str(ledgers.asked(home, "SELECT record FROM contact"))
    [(queued,)] = ledgers.asked(home, "SELECT count(*) FROM alert")
    assert all(mark in held for mark in (PHONE, OTHER, MAIL))
    assert queued
    assert PHONE.encode() in opened(home / "contacts.xlsx")
    assert "没有发出" in said["tell"].err + said[" ".join(COMMANDS[1])].err
    assert said["check --json"].out


def test_what_is_confidential_stands_in_no_output(walked):
    home, said = walked
    found = [
        (command, mark)
        for command, called in said.items()
        for mark in CONFIDENTIAL
        if mark in called.out + called.err
    ]
    looked = 0
    for path in home.rglob("*"):
        if path.is_file() and not path.name.startswith(HOLDERS):
            looked += 1
            content = opened(path)
            found += [
                (str(path.relative_to(home)), mark) for mark in CONFIDENTIAL if mark.encode() in content
            ]
    assert looked > 20
    assert found == []
