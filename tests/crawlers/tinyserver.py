"""A local server for the tiny platform: what it answers is set per test, what it was asked is kept."""

import json
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

AT = 1795000000  # 2026-11-18, when the tiny platform's accounts last posted

PAGE = """<!doctype html><meta charset=utf-8><title>tiny</title><h1>主页</h1><script>
fetch({fetch}).then(answer => answer.json()).then(card => document.body.append('看见 ' + card.name));
</script>"""


class Asked:
    """One request as it arrived: when, for what, with which headers."""

    def __init__(self, handler):
        self.at = time.monotonic()
        self.path = handler.path
        self.headers = dict(handler.headers)


class Tiny(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.answers = {}

    def handle_error(self, request, client_address):
        """A client that hangs up is what many of these tests are about."""

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def origins(self):
        return {"https://tiny.example": f"{self.base}/tiny", "https://api.tiny.example": f"{self.base}/api"}

    def paths(self, start=""):
        """The paths that were asked, without what a browser asks on its own."""
        return [a.path for a in self.asked if a.path.startswith(start) and "favicon" not in a.path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.asked.append(Asked(self))
        answer = self.server.answers.get(self.path) or self.server.answers.get(urlsplit(self.path).path)
        answer(self) if answer else self.usual()

    def usual(self):
        path, query = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        handle = query.get("handle", [""])[0]
        if path in ("/api/card", "/api/x/posts") and handle in ("absent", "babsent"):
            self.json({"code": -404})
        elif path in ("/api/card", "/api/x/posts"):
            self.json({"handle": handle, "name": f"名字{handle}", "at": AT})
        elif path == "/api/search":
            self.json({"names": [f"{query['q'][0]}{query['page'][0]}"], "more": query["page"] == ["1"]})
        elif path.startswith("/tiny/u/"):
            wanted = f"https://api.tiny.example/x/posts?handle={path.removeprefix('/tiny/u/')}&p=1"
            self.html(PAGE.format(fetch=json.dumps(wanted)))
        else:
            self.send(404, b"")

    def send(self, status, body=b"", kind="text/html; charset=utf-8", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(headers.pop("length", len(body))))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def hang_up(self):
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def json(self, value):
        self.send(200, json.dumps(value).encode(), "application/json")

    def html(self, text):
        self.send(200, text.encode())

    def to(self, location, status=302):
        self.send(status, Location=location)


@contextmanager
def tiny():
    server = Tiny()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
