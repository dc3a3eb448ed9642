"""The stage: one small local server on which every platform answers under its own host's prefix."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from types import TracebackType
from typing import Self

from crawlers.rehearsal import bilibili, douyin, wechat, weibo
from crawlers.rehearsal.answers import About, Act, Answer, Request, Route, Scene
from crawlers.rehearsal.cast import Member, Scenario, canaries
from crawlers.rehearsal.line import Line
from crawlers.rehearsal.walls import FAULTS, Wall, checked
from monitors.nouns import SHANGHAI

ACTS: tuple[Act, ...] = (weibo.ACT, bilibili.ACT, wechat.ACT, douyin.ACT)
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
        self._line = Line(port, self.answer)
        self._thread = threading.Thread(target=self._line.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.shutdown()
        self._line.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return self._line.server_port

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
        for route in _ROUTES_AT.get(request.host, ()):
            if match := route.path.fullmatch(request.path):
                return self._voiced(act, route, request, match)
        return NOTHING, None

    def _voiced(
        self, act: Act, route: Route, request: Request, match: re.Match[str]
    ) -> tuple[Answer, Wall | None]:
        scene = self.scene(act.name)
        about = route.about(scene, request, match) if route.about else None
        wall = self._wall(scene, request.path, about)
        fault = wall if wall and wall.how in FAULTS else None
        refused = act.refusals[wall.how](request, route) if wall and not fault else None
        answer = refused or route.voice(scene, request, match)
        how = wall.how if wall and (refused or fault) else None
        heard = Heard(act.name, request.host, request.path, request.query, about, answer.status, how)
        with self._lock:
            self.log.append(heard)
        return answer, fault

    def _wall(self, scene: Scene, path: str, about: About | None) -> Wall | None:
        with self._lock:
            before = self._nights[scene.platform, scene.today]
            self._nights[scene.platform, scene.today] += 1
        return next((w for w in self.walls if w.hits(scene.platform, scene.today, path, about, before)), None)


def instant(clock: date | datetime) -> datetime:
    """Give an aware instant; a bare day means the hour at which nights are walked."""
    if isinstance(clock, datetime):
        if clock.tzinfo is None:
            raise ValueError("the stage's clock needs a zone")
        return clock
    return datetime.combine(clock, time(2, 30), SHANGHAI)


_ACT_AT = {host: act for act in ACTS for host in act.hosts}
_ROUTES_AT: dict[str, list[Route]] = {}
for _act in ACTS:
    for _route in _act.routes:
        _ROUTES_AT.setdefault(_route.host, []).append(_route)
