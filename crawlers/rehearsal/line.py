"""The line between client and stage: plain HTTP/1.1, and the ways in which it can break."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from crawlers.rehearsal.answers import Answer, Request
from crawlers.rehearsal.walls import Wall


class Line(ThreadingHTTPServer):
    """A server on 127.0.0.1 that gives what `answer` gives, unless the line breaks."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, answer: Callable[[Request], tuple[Answer, Wall | None]]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.answer = answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a slow line is no error of the stage."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Line

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:
        """The stage keeps its own log."""

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = request_of(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        answer, fault = self.server.answer(request)
        if fault is None:
            self.wfile.write(_wire(answer))
        else:
            self._break(fault, answer)

    def _break(self, fault: Wall, answer: Answer) -> None:
        """Do to the line what the fault says."""
        self.close_connection = True
        wire = _wire(Answer(b"", int(fault.how), "text/html") if fault.how.isdigit() else answer)
        if fault.how == "drop":
            return
        if fault.how == "slow":
            time.sleep(fault.seconds)
        if fault.how == "half":
            wire = wire[: len(wire) - len(answer.body) // 2 - 1]
        if fault.how != "drip":
            self.wfile.write(wire)
            return
        for start in range(len(wire)):
            self.wfile.write(wire[start : start + 1])
            time.sleep(fault.seconds)


def _wire(answer: Answer) -> bytes:
    reason = {200: "OK", 302: "Found"}.get(answer.status, "")
    lines = [f"HTTP/1.1 {answer.status} {reason}", f"Content-Type: {answer.type}"]
    lines += [f"Content-Length: {len(answer.body)}", "Cache-Control: no-store"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    return "\r\n".join([*lines, "", ""]).encode() + answer.body


def request_of(method: str, target: str, headers: dict[str, str], body: bytes) -> Request:
    """Read a request line's target, headers and body."""
    parts = urlsplit(target)
    host, _, path = parts.path.lstrip("/").partition("/")
    lower = {name.lower(): value for name, value in headers.items()}
    return Request(
        method=method,
        host=host,
        path="/" + unquote(path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        raw_query=parts.query,
        headers=lower,
        cookies=_cookies(lower.get("cookie", "")),
        form=dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)),
    )


def _cookies(header: str) -> dict[str, str]:
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
