"""The mail channel: one conversation a message, encrypted unless it stays on this machine."""

from __future__ import annotations

import io
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from reports.channels import Answer, Delivered, Entry, InDoubt, Letter, Refused
from reports.channels.listening import Listening
from reports.channels.posting import loopback
from reports.letters import html, plain, subject
from reports.people import ChannelSpec

# For one answer of the server, all of its lines together.
_SECONDS = 30
_LONGEST_ANSWER = 65_536
# More than this in full is no mail but a report: it goes along as an attachment.
_MOST_WHOLE = 30
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class _Smtp(smtplib.SMTP):
    """A conversation that waits for no answer longer than `timeout` in all, however it drips."""

    def getreply(self) -> tuple[int, bytes]:
        """Take in one answer."""
        if self.file is None and self.sock:
            self.file = io.BufferedReader(Listening(self.sock, _SECONDS, _LONGEST_ANSWER))
        if self.file:
            self.file.raw.again()
        answer = super().getreply()
        if self.sock:
            self.sock.settimeout(_SECONDS)
        return answer


class _SmtpInTls(_Smtp, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class MailChannel:
    """Speaks SMTP with the school's mail server."""

    pace = None
    most = 1

    def __init__(self, spec: ChannelSpec) -> None:
        if spec.tls == "none" and not (spec.allow_plain and loopback(spec.host)):
            raise ValueError(
                f'[channels.{spec.name}] tls = "none" 只能用于本机，并且要写 allow_plain = true；'
                '请改用 "starttls" 或 "tls"。'
            )
        if not _ADDRESS.fullmatch(spec.sender):
            raise ValueError(f"[channels.{spec.name}] sender：请写发件邮箱，例如 xunjian@学校的域名。")
        if not (spec.user + spec.password).isascii():
            raise ValueError(f"[channels.{spec.name}] 邮箱的用户名和密码里只能有英文字母、数字和英文符号。")
        try:
            spec.host.encode("idna")
        except UnicodeError:
            raise ValueError(f"[channels.{spec.name}] host：不是服务器的名称，请核对。") from None
        self._spec = spec

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """A digest is one mail."""
        return len(entries)

    def send(self, letter: Letter) -> Answer:
        """One attempt; only silence after the message itself went out is a doubt."""
        if not _ADDRESS.fullmatch(letter.address):
            return Refused("收件地址不是有效的邮箱", final=True)
        try:
            smtp = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            return Refused(f"连不上邮件服务器：{self._said(error)}", everything=True)
        try:
            return self._conversation(smtp, letter.address, self._message(letter))
        except (OSError, smtplib.SMTPException, ValueError) as error:  # smtplib trusts what a server sends
            return Refused(f"邮件服务器拒绝：{self._said(error)}", everything=True)
        finally:
            smtp.close()

    def _conversation(self, smtp: smtplib.SMTP, address: str, message: EmailMessage) -> Answer:
        self._secured(smtp)
        said: bytes | str
        code, said = smtp.mail(self._spec.sender)
        if code != 250:
            return Refused(f"发件地址被拒绝：{code} {_text(said)}")
        code, said = smtp.rcpt(address)
        if code not in (250, 251):
            return Refused(f"收件地址被拒绝：{code}", final=500 <= code < 600)
        try:
            code, said = smtp.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, error.smtp_error
        except (OSError, smtplib.SMTPException) as error:
            return InDoubt(f"已经发出，但没有得到回答：{self._said(error)}")
        if code != 250:
            return Refused(f"邮件被拒绝：{code} {_text(said)}")
        return Delivered()

    def _connected(self) -> smtplib.SMTP:
        spec = self._spec
        port = spec.port or _PORTS[spec.tls]
        if spec.tls == "tls":
            return _SmtpInTls(spec.host, port, timeout=_SECONDS, context=self._trust())
        return _Smtp(spec.host, port, timeout=_SECONDS)

    def _secured(self, smtp: smtplib.SMTP) -> None:
        spec = self._spec
        smtp.ehlo_or_helo_if_needed()
        if spec.tls == "starttls":
            smtp.starttls(context=self._trust())
            smtp.ehlo()
        if spec.user:
            smtp.login(spec.user, spec.password)

    def _said(self, error: Exception) -> str:
        if isinstance(error, smtplib.SMTPResponseException):
            return self._spec.hushed(f"{error.smtp_code} {_text(error.smtp_error)}")
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"证书不可信（{error.verify_message}）"
        return self._spec.hushed(str(error) or type(error).__name__)

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self._spec.ca_file)

    def _message(self, letter: Letter) -> EmailMessage:
        sender = Address(display_name="新媒体巡检", addr_spec=self._spec.sender)
        message = EmailMessage(policy=SMTP)
        message["Subject"] = subject(letter)
        message["From"] = sender
        message["To"] = letter.address
        message["Date"] = letter.at
        # The same at every attempt, so that mail servers can drop the double themselves.
        message["Message-ID"] = f"<{letter.entries[0].number}.{letter.id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        attached = len(letter.entries) > _MOST_WHOLE
        shown = replace(letter, rest="附件（用浏览器打开）") if attached else letter
        message.set_content(plain(shown), cte="base64")
        message.add_alternative(html(shown), subtype="html", cte="base64")
        if attached:
            name = f"提醒-{letter.entries[0].number}.html"
            message.add_attachment(html(letter), subtype="html", cte="base64", filename=name)
        return message


def _text(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join(text.split())[:200]
