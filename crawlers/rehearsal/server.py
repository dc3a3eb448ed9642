"""The stage: one small local server on which every platform answers under its own host's prefix."""

from __future__ import annotations

import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as hour
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from crawlers.rehearsal import bilibili, weibo
from crawlers.rehearsal.answers import About, Act, Answer, Request, Route, Scene
from crawlers.rehearsal.cast import Member, Scenario, canaries
from crawlers.rehearsal.walls import FAULTS, Wall, checked
from monitors.nouns import SHANGHAI

ACTS: tuple[Act, ...] = (weibo.ACT, bilibili.ACT)
NOTHING = Answer(b"not found", 404, "text/plain; charset=utf-8")


@dataclass(frozen=True)
class Heard:
    """One request that the stage answered; `how` names the wall it ran into."""

    platform: str
    host: str
    path: str
    query: Mapping[str, str]
    about: About | None
    status: int
    how: str | None


class Stage:
    """The rehearsal platforms as a context manager: a server on a free port of 127.0.0.1, in a thread.

    `clock` is the instant the platforms live at (a day means 02:30 in Shanghai), and may be set to another
    while the stage stands; `anchor` is the day that the scenario's offsets count from, by default the
    clock's first day. `origins` maps every real origin to its substitute; `log` holds what was asked.
    """

    def __init__(
        self,
        scenario: Scenario,
        clock: date | datetime,
        anchor: date | None = None,
        walls: Iterable[Wall] = (),
        port: int = 0,
    ) -> None:
        self.scenario = scenario
        self.clock = instant(clock)
        self.anchor = anchor or self.clock.astimezone(SHANGHAI).date()
        self.walls = checked(walls, ACTS)
        self.log: list[Heard] = []
        self._lock = threading.Lock()
        self._nights: Counter[tuple[str, date]] = Counter()
        self._members = self._cast()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stage = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def origins(self) -> dict[str, str]:
        """Give the substitute base address of every real origin."""
        return {
            f"https://{host}": f"http://127.0.0.1:{self.port}/{host}" for act in ACTS for host in act.hosts
        }

    def asked(self) -> Counter[tuple[str, str]]:
        """Count the requests by (platform, handle or keyword)."""
        return Counter((heard.platform, heard.about.subject) for heard in self.log if heard.about)

    def _cast(self) -> dict[str, dict[str, Member]]:
        cast = {act.name: {m.handle: m for m in self.scenario.members(act.name)} for act in ACTS}
        for name, member in canaries().items():
            if name in cast:
                cast[name].setdefault(member.handle, member)
        return cast

    def scene(self, platform: str) -> Scene:
        """Give the scene as the platform sees it now."""
        return Scene(platform, self._members[platform], self.scenario, self.anchor, self.clock)

    def answer(self, request: Request) -> tuple[Answer, Wall | None]:
        """Answer one request, and say which fault of the line it meets, if any."""
        act = _ACT_AT.get(request.host)
        if act is None:
            return NOTHING, None
        if request.path == "/robots.txt":
            robots = act.hosts[request.host]
            return (Answer(robots.encode(), type="text/plain") if robots else NOTHING), None
        scene = self.scene(act.name)
        for route in _ROUTES_AT.get(request.host, ()):
            match = route.path.fullmatch(request.path)
            if match:
                about = route.about(request, match) if route.about else None
                wall = self._wall(act, scene, request, about)
                refused = (
                    act.refusals[wall.how](request, route) if wall and wall.how in act.refusals else None
                )
                answer = refused or route.voice(scene, request, match)
                self._note(act, request, about, answer, wall)
                return answer, wall if wall and wall.how in FAULTS else None
        return NOTHING, None

    def _wall(self, act: Act, scene: Scene, request: Request, about: About | None) -> Wall | None:
        with self._lock:
            before = self._nights[act.name, scene.today]
            self._nights[act.name, scene.today] += 1
        hit = (w for w in self.walls if w.hits(act.name, scene.today, request.path, about, before))
        return next(hit, None)

    def _note(
        self, act: Act, request: Request, about: About | None, answer: Answer, wall: Wall | None
    ) -> None:
        how = wall.how if wall else None
        heard = Heard(act.name, request.host, request.path, request.query, about, answer.status, how)
        with self._lock:
            self.log.append(heard)


def instant(clock: date | datetime) -> datetime:
    """Give an aware instant; a bare day means the hour at which nights are walked."""
    if isinstance(clock, datetime):
        if clock.tzinfo is None:
            raise ValueError("the stage's clock needs a zone")
        return clock
    return datetime.combine(clock, hour(2, 30), SHANGHAI)


_ACT_AT = {host: act for act in ACTS for host in act.hosts}
_ROUTES_AT: dict[str, list[Route]] = {}
for _act in ACTS:
    for _route in _act.routes:
        _ROUTES_AT.setdefault(_route.host, []).append(_route)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    stage: Stage

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up on a slow line is no error of the stage."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def log_message(self, format: str, *args: object) -> None:
        """The stage keeps its own log."""

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = _request(self.command, self.path, dict(self.headers.items()), self.rfile.read(length))
        answer, fault = self.server.stage.answer(request)
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


def _request(method: str, target: str, headers: dict[str, str], body: bytes) -> Request:
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
