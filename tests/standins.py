"""Local stand-ins for the robots and the webhook: real sockets, and the limits, signatures and refusals of the real ones."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections import deque
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
SECRET = "SEC5d2c0a7e9b61f48830"


class Clock:
    """Time that passes only when somebody waits."""

    def __init__(self, at=datetime(2026, 11, 20, 18, 41, tzinfo=UTC)):
        self.at, self.slept = at, 0.0

    def now(self):
        return self.at

    def sleep(self, seconds):
        assert seconds > 0
        self.slept += seconds
        self.at += timedelta(seconds=seconds)


class Today:
    """Real time, for what other processes send."""

    def now(self):
        return datetime.now(UTC)


class StandIn:
    """One robot; `taken` are the bodies that it accepted, `refused` its refusals, `moods` what it does next.

    A mood is a body to answer with, "drop" (read it and hang up), "late" (take it and hang up), or an HTTP status.
    """

    path = "/send"
    per_minute = 20

    def __init__(self, clock=None):
        self.clock = clock or Clock()
        self.taken, self.refused, self.moods, self.raw = [], [], [], []
        self.times = deque()
        robot = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                robot.raw.append((self.path, dict(self.headers), body))
                answer = robot.heard(self.path, self.headers, body)
                if answer is None:
                    return
                status, said = answer
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def do_GET(self):
                robot.raw.append((self.path, dict(self.headers), b""))
                self.send_response(robot.moods.pop(0) if robot.moods else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}{self.path}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def heard(self, path, headers, body):
        mood = self.moods.pop(0) if self.moods else None
        if mood == "drop":
            return None
        if isinstance(mood, int):
            return mood, {}
        if mood not in (None, "late"):
            self.refused.append(mood)
            return 200, mood
        said = self.judged(path, headers, body)
        if said is not None:
            self.refused.append(said)
            return 200, said
        self.taken.append(json.loads(body))
        return None if mood == "late" else (200, self.fine)

    def judged(self, path, headers, body):
        return self.too_often() or self.wrong(path, headers, json.loads(body))

    def too_often(self):
        now = self.clock.now()
        while self.times and now - self.times[0] >= timedelta(minutes=1):
            self.times.popleft()
        self.times.append(now)
        return self.often if len(self.times) > self.per_minute else None

    def texts(self):
        """What a reader sees of each message taken."""
        return [self.text(body) for body in self.taken]


class WeCom(StandIn):
    path = f"/cgi-bin/webhook/send?key={KEY}"
    fine: ClassVar = {"errcode": 0, "errmsg": "ok"}
    often: ClassVar = {"errcode": 45009, "errmsg": "api freq out of limit"}

    def wrong(self, path, headers, body):
        if parse_qs(urlsplit(path).query) != {"key": [KEY]}:
            return {"errcode": 93000, "errmsg": "invalid webhook url"}
        if body["msgtype"] != "markdown" or len(self.text(body).encode()) > 4096:
            return {"errcode": 40058, "errmsg": "markdown.content exceed max length 4096"}
        return None

    def text(self, body):
        return body["markdown"]["content"]


class DingTalk(StandIn):
    path = f"/robot/send?access_token={KEY}"
    fine: ClassVar = {"errcode": 0, "errmsg": "ok"}
    often: ClassVar = {"errcode": 130101, "errmsg": "send too fast, exceed 20 times per minute"}

    def __init__(self, clock=None):
        super().__init__(clock)
        self.deaf_until = None

    def too_often(self):
        now = self.clock.now()
        if self.deaf_until and now < self.deaf_until:
            return self.often
        if super().too_often():
            self.deaf_until = now + timedelta(minutes=10)
            return self.often
        return None

    def wrong(self, path, headers, body):
        # The query as it stands on the wire, decoded once.
        query = parse_qs(urlsplit(path).query)
        if query.get("access_token") != [KEY]:
            return {"errcode": 300001, "errmsg": "token is not exist"}
        stamp = query.get("timestamp", ["0"])[0]
        if abs(time.time() * 1000 - int(stamp)) > 3_600_000:
            return {"errcode": 310000, "errmsg": "invalid timestamp"}
        said = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256).digest()
        if query.get("sign") != [base64.b64encode(said).decode()]:
            return {"errcode": 310000, "errmsg": f"sign not match, secret {SECRET} token {KEY}"}
        if body["msgtype"] != "markdown" or len(json.dumps(body, ensure_ascii=False).encode()) > 20_000:
            return {"errcode": 460101, "errmsg": "message too long"}
        return None

    def text(self, body):
        return body["markdown"]["text"]


class Feishu(StandIn):
    path = f"/open-apis/bot/v2/hook/{KEY}"
    per_minute = 100
    fine: ClassVar = {"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"}
    often: ClassVar = {"code": 11232, "msg": "frequency limited psm[lark.oapi.app_platform_runtime]"}

    def too_often(self):
        busy = super().too_often()
        now = self.clock.now()
        crowded = sum(now - one < timedelta(seconds=1) for one in self.times) > 5
        return self.often if busy or crowded or now.minute in (0, 30) else None

    def wrong(self, path, headers, body):
        if path != self.path:
            return {"code": 19001, "msg": "param invalid: incoming webhook access token invalid"}
        stamp = body.get("timestamp", "0")
        said = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256).digest()
        if abs(time.time() - int(stamp)) > 3600 or body.get("sign") != base64.b64encode(said).decode():
            return {
                "code": 19021,
                "msg": "sign match fail or timestamp is not within one hour from current time",
            }
        if len(json.dumps(body, ensure_ascii=False).encode()) > 20_000:
            return {"code": 9499, "msg": "Bad Request"}
        return None

    def text(self, body):
        card = body["card"]
        parts = [card["header"]["title"]["content"]]
        return "\n".join(
            [*parts, *(piece["text"]["content"] for piece in card["elements"] if "text" in piece)]
        )


class Webhook(StandIn):
    path = "/hooks/xunjian"
    per_minute = 600
    fine: ClassVar = {"ok": True}
    often: ClassVar = {"code": 429}

    def judged(self, path, headers, body):
        said = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        if headers.get("X-Hub-Signature-256") != f"sha256={said}":
            return {"code": 401}
        return self.too_often()

    def text(self, body):
        return body["text"]


KINDS = {"wecom": WeCom, "dingtalk": DingTalk, "feishu": Feishu, "webhook": Webhook}
