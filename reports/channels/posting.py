"""One HTTPS POST and what became of it: refused before it left, answered, or gone without an answer."""

from __future__ import annotations

import io
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from monitors.proxy import Barred, Proxy
from reports.channels import InDoubt, Refused
from reports.channels.listening import Listening
from reports.channels.way import way
from reports.people import ChannelSpec

_SECONDS = 20
_LONGEST_ANSWER = 65_536


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer: its status, its body as JSON (None where it is no object), seconds to wait if it says so."""

    status: int
    said: Mapping[str, Any] | None
    wait: float = 0


class _Answer(HTTPResponse):
    """An answer of which head and body together are waited for and read no longer than it is worth."""

    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp.close()
        self.fp = io.BufferedReader(Listening(sock, _SECONDS, 2 * _LONGEST_ANSWER))


def connected(
    host: str, port: int | None, *, secure: bool, ca_file: Path | None = None, proxy: Proxy | None = None
) -> HTTPConnection:
    """A connection that is open, its certificate verified; raises `OSError`, and `Barred` where the proxy gives no way."""
    connection = HTTPConnection(host, port, timeout=_SECONDS)
    trust = ssl.create_default_context(cafile=ca_file) if secure else None
    if trust:
        connection = HTTPSConnection(host, port, timeout=_SECONDS, context=trust)
    connection.response_class = _Answer
    try:
        if proxy is None or not proxy.serves(host):
            connection.connect()
        else:
            plain = connection.sock = way(proxy, host, connection.port, _SECONDS)
            connection.sock = trust.wrap_socket(plain, server_hostname=host) if trust else plain
    except (OSError, Barred):
        connection.close()
        raise
    return connection


class Address:
    """Where a channel posts to: https, or http on this machine where that is allowed in words."""

    def __init__(self, spec: ChannelSpec) -> None:
        parts = _parts(spec)
        self._spec = spec
        self._host, self._port = parts.hostname or "", parts.port
        self._target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        self._secure = parts.scheme == "https"

    def post(
        self, body: bytes, query: str = "", headers: Mapping[str, str] | None = None
    ) -> Reply | Refused | InDoubt:
        """Post JSON once and follow nothing; only silence after the body went out is a doubt."""
        joint = ("&" if "?" in self._target else "?") if query else ""
        try:
            connection = connected(
                self._host,
                self._port,
                secure=self._secure,
                ca_file=self._spec.ca_file,
                proxy=self._spec.proxy,
            )
        except Barred as error:
            return Refused(f"连不上：{error}", everything=True)
        except OSError as error:
            return Refused(f"连不上：{self._said(error)}", everything=True)
        try:
            content = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "xunjian"}
            connection.request("POST", self._target + joint + query, body, content | dict(headers or {}))
            return _reply(connection.getresponse())
        except (OSError, HTTPException) as error:
            return InDoubt(f"已经发出，但没有得到回答：{self._said(error)}")
        finally:
            connection.close()

    def _said(self, error: Exception) -> str:
        proxy = self._spec.proxy if self._spec.proxy and self._spec.proxy.serves(self._host) else None
        if isinstance(error, ssl.SSLCertVerificationError):
            said = f"证书不可信（{error.verify_message}）"
            return proxy.between(said) if proxy else said
        silent = isinstance(error, TimeoutError)
        said = f"{_SECONDS} 秒内没有回答" if silent else self._spec.hushed(str(error) or type(error).__name__)
        return proxy.through(said) if proxy else said


def _parts(spec: ChannelSpec) -> SplitResult:
    where = f"[channels.{spec.name}] url"
    try:
        parts = urlsplit(spec.url)
        host = parts.hostname
        _ = parts.port, (host or "").encode("idna")
    except ValueError:
        raise ValueError(f"{where}：不是网址，请从群机器人的设置里整段复制。") from None
    if not host or parts.username or not spec.url.isascii() or any(letter <= " " for letter in spec.url):
        raise ValueError(f"{where}：不是网址，请从群机器人的设置里整段复制。")
    if parts.scheme != "https" and not (parts.scheme == "http" and spec.allow_plain and loopback(host)):
        raise ValueError(f"{where}：必须以 https:// 开头；http 只能用于本机，并且要写 allow_plain = true。")
    return parts


def loopback(host: str) -> bool:
    """Does the host name this machine?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _reply(response: HTTPResponse) -> Reply:
    raw = b""
    while len(raw) < _LONGEST_ANSWER and (piece := response.read1(_LONGEST_ANSWER - len(raw))):
        raw += piece
    wait = response.headers.get("Retry-After", "")
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        said = None
    seconds = float(wait) if wait.isascii() and wait.isdigit() else 0
    return Reply(response.status, said if isinstance(said, dict) else None, min(seconds, 86_400))


def refusal(reply: Reply) -> Refused | None:
    """What an HTTP status refuses by itself; None for 2xx, whose body has to say more."""
    if 200 <= reply.status < 300:
        return None
    if 300 <= reply.status < 400:
        return Refused(f"网址转到了别处（HTTP {reply.status}），请核对 url", everything=True)
    passing = reply.status in (408, 425, 429) or reply.status >= 500
    error = f"对方拒绝：HTTP {reply.status}"
    return Refused(error, final=not passing, wait=reply.wait or (60 if passing else 0), everything=passing)
