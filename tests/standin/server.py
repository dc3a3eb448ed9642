"""The servers: one port for each real host, or a folder of one port; weather and faults between them and the visitor."""

import json
import socket
import sys
import time
import traceback
from collections import Counter
from dataclasses import replace
from datetime import date
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from urllib.parse import parse_qsl, unquote, urlsplit

from standin import bilibili, douyin, wechat, weibo
from standin.answers import Answer, Request
from standin.people import BIZ, CANARIES, REGISTERED
from standin.weather import fault, weather
from standin.world import START

ROOMS = {
    "weibo": ("m.weibo.cn", "weibo.com", "visitor.passport.weibo.cn", "passport.weibo.com", "s.weibo.com"),
    "bilibili": ("api.bilibili.com", "space.bilibili.com", "search.bilibili.com", "www.bilibili.com"),
    "wechat": ("mp.weixin.qq.com", "weixin.sogou.com"),
    "douyin": ("www.douyin.com", "v.douyin.com", "www.iesdouyin.com"),
}
SPEAKERS = {"weibo": weibo, "bilibili": bilibili, "wechat": wechat, "douyin": douyin}
FOLDERS = ("weibo.com", "passport.weibo.com", "weixin.sogou.com")
"""These hosts live in a folder of a shared port, the others at the root of their own."""


class Listening(ThreadingHTTPServer):
    """A server that keeps its own mistakes, so that none passes for the weather."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):
            self.RequestHandlerClass.standin.mistakes.append(traceback.format_exc())  # type: ignore[attr-defined]


class Standin:
    """All the servers together; `day` is the day that they play, `seen` what was asked of them."""

    def __init__(self) -> None:
        self.day: date = START
        self.seen: list[tuple[str, str, str, str]] = []
        self.mistakes: list[str] = []
        self.asked: Counter[tuple[str, date]] = Counter()
        self.lock = Lock()
        self.bases: dict[str, str] = {}
        self.servers: list[ThreadingHTTPServer] = []
        shared = self._server({host: f"/{host}" for host in FOLDERS})
        for host in (host for hosts in ROOMS.values() for host in hosts):
            port = shared if host in FOLDERS else self._server({host: ""})
            self.bases[host] = f"http://127.0.0.1:{port}" + (f"/{host}" if host in FOLDERS else "")

    def _server(self, folders: dict[str, str]) -> int:
        handler = type("Handler", (Visited,), {"standin": self, "folders": folders})
        server = Listening(("127.0.0.1", 0), handler)
        Thread(target=server.serve_forever, daemon=True).start()
        self.servers.append(server)
        return server.server_address[1]

    def close(self) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()

    def turn(self, platform: str) -> int:
        with self.lock:
            self.asked[platform, self.day] += 1
            return self.asked[platform, self.day]


def answered(request: Request, platform: str, nth: int) -> tuple[Answer, str]:
    """The answer in tonight's weather, and the fault that befalls its transport."""
    now, speaker = weather(platform, request.day), SPEAKERS[platform]
    walled: Answer | None = None
    if (
        (now.kind == "walled" and nth > now.after)
        or (now.kind == "own" and _concerns(request, now.handle))
        or (now.kind == "list" and _lists(request))
    ):
        walled = speaker.wall(request, now.wall)
    if walled is not None:
        return walled, f"wall {now.wall}"
    broken = fault(platform, request.day, request.path, nth)
    if broken == "other":
        request = _of_another(request, platform)
    return speaker.answer(request) or Answer(404, b"<html><body>404 Not Found</body></html>"), broken


def _concerns(request: Request, handle: str) -> bool:
    return handle in request.path or handle in request.query.values() or handle in wechat_handle(request)


def wechat_handle(request: Request) -> tuple[str, ...]:
    account = wechat._of(request) if request.host == "mp.weixin.qq.com" else None
    return (account.handle,) if account else ()


def _lists(request: Request) -> bool:
    """Whether the call asks for posts and not for the account."""
    return request.path.endswith(("/feed/space", "/aweme/post/", "/recArchivesByKeywords", "/mymblog")) \
        or request.query.get("containerid", "").startswith("107603") or request.path == "/mp/appmsgalbum"  # fmt: skip


def _of_another(request: Request, platform: str) -> Request:
    """The same call, answered about somebody else, as a confused cache does."""
    mine = [one.handle for one in REGISTERED + CANARIES if one.platform == platform]
    swap = {handle: mine[(n + 1) % len(mine)] for n, handle in enumerate(mine)}
    swap |= {BIZ[handle]: BIZ[other] for handle, other in swap.items() if handle in BIZ}
    query = {key: swap.get(value, value) for key, value in request.query.items()}
    path = "/".join(swap.get(part, part) for part in request.path.split("/"))
    return replace(request, query=query, path=path)


class Visited(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    standin: Standin
    folders: dict[str, str]

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._serve()

    def do_OPTIONS(self) -> None:
        self._send(Answer(204), "")

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        host, path = self._host(unquote(parts.path))
        plain = {
            "/favicon.ico": Answer(404),
            "/robots.txt": Answer(200, b"User-agent: *\nDisallow: /\n", "text/plain"),
        }
        if path in plain:
            self._send(plain[path], "")
            return
        platform = next(name for name, hosts in ROOMS.items() if host in hosts)
        cookies = {name: one.value for name, one in SimpleCookie(self.headers.get("Cookie", "")).items()}
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        request = Request(
            host, path, query, cookies, self.standin.day, self.standin.bases, dict(self.headers.items())
        )
        answer, trouble = answered(request, platform, self.standin.turn(platform))
        self.standin.seen.append((platform, host, self.path, trouble or str(answer.status)))
        self._send(answer, trouble)

    def _host(self, path: str) -> tuple[str, str]:
        """The real host and path; what a page in a folder asks from the root is told by its path."""
        if len(self.folders) == 1:
            return next(iter(self.folders)), path
        for host, folder in self.folders.items():
            if path == folder or path.startswith(folder + "/"):
                return host, path.removeprefix(folder) or "/"
        return ("weibo.com" if path.startswith("/ajax/") else "weixin.sogou.com"), path

    def _send(self, answer: Answer, trouble: str) -> None:
        try:
            self._transported(answer, trouble)
        except (BrokenPipeError, ConnectionError):
            self.close_connection = True

    def _transported(self, answer: Answer, trouble: str) -> None:
        if trouble == "drop":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if trouble == "delay":
            time.sleep(2.5)
        self._head(answer := spoilt(answer, trouble))
        if trouble == "half":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.close_connection = True
            return
        if trouble == "drip":
            for start in range(0, len(answer.body), max(1, len(answer.body) // 12)):
                self.wfile.write(answer.body[start : start + max(1, len(answer.body) // 12)])
                self.wfile.flush()
                time.sleep(0.3)
            return
        self.wfile.write(answer.body)

    def _head(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin") or "*")
        self.send_header("Access-Control-Allow-Credentials", "true")
        self.send_header("Access-Control-Allow-Headers", "*, x-requested-with, content-type")
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def spoilt(answer: Answer, trouble: str) -> Answer:
    if trouble in ("500", "502", "503"):
        return Answer(int(trouble), b"<html><body>Bad Gateway</body></html>")
    if trouble == "empty":
        return replace(answer, body=b"")
    if trouble == "html":
        return replace(
            answer,
            body="<html><head><title>系统繁忙</title></head><body>请稍后再试</body></html>".encode(),
            kind="text/html",
        )
    if trouble == "cut":
        return replace(answer, body=answer.body[: len(answer.body) * 2 // 3])
    return answer


def origins(standin: Standin) -> str:
    return "\n".join(
        f"{json.dumps('https://' + host)} = {json.dumps(base)}" for host, base in standin.bases.items()
    )
