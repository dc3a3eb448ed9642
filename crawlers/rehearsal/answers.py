"""What the stand-in server hears and says: a request, an answer, and the addresses a platform answers at."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from crawlers.rehearsal.cast import Member, Scenario
from crawlers.rehearsal.life import Life
from monitors.nouns import SHANGHAI, VisitKind


@dataclass(frozen=True)
class Answer:
    """One response; header names as sent."""

    body: bytes
    status: int = 200
    type: str = "application/json; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


def told(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with JSON."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Answer(text.encode(), status, headers=headers)


def shown(text: str, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Answer with an HTML page."""
    return Answer(text.encode(), status, "text/html; charset=utf-8", headers)


def sent(to: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    """Send the client elsewhere."""
    return Answer(b"", 302, "text/html; charset=utf-8", (("Location", to), *headers))


@cache
def _template(name: str) -> str:
    return (files("crawlers.rehearsal") / "pages" / name).read_text("utf-8")


def page(file: str, /, **values: Any) -> str:
    """Fill a page of `pages/`.

    `{{name}}` becomes the value as a JavaScript literal, `<!--name-->` its escaped text, `<!--=name-->` its
    markup as it is, and `{{+file}}` another file of the folder.
    """

    def literal(match: re.Match[str]) -> str:
        return json.dumps(values[match[1]], ensure_ascii=False).replace("</", "<\\/")

    def markup(match: re.Match[str]) -> str:
        value = str(values[match[2]])
        return value if match[1] else html.escape(value)

    text = re.sub(r"\{\{\+([\w.-]+)\}\}", lambda m: _template(m[1]), _template(file))
    return re.sub(r"<!--(=?)(\w+)-->", markup, re.sub(r"\{\{(\w+)\}\}", literal, text))


@dataclass(frozen=True)
class Request:
    """One request; `path` begins after the host, header names are lower case."""

    method: str
    host: str
    path: str
    query: Mapping[str, str]
    raw_query: str
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)


def at(host: str, path: str) -> str:
    """Give the address of a host's path on this same server."""
    return f"/{host}{path}"


@dataclass(frozen=True)
class Scene:
    """Everything a platform may know to answer: the cast, the anchor and the instant it is now."""

    platform: str
    members: Mapping[str, Member]
    scenario: Scenario
    anchor: date
    now: datetime

    def life(self, member: Member) -> Life:
        """Give an account's life."""
        return Life(member, self.anchor, self.scenario.school.vacations)

    def known(self, handle: str) -> Life | None:
        """Give the life behind a handle, None where nobody is or ever was by now."""
        member = self.members.get(handle)
        life = self.life(member) if member else None
        return life if life and life.state(self.now) != "unborn" else None

    def living(self) -> list[Life]:
        """Give everybody who can be met tonight."""
        lives = (self.life(member) for member in self.members.values())
        return [life for life in lives if life.state(self.now) == "living"]

    @property
    def today(self) -> date:
        return self.now.astimezone(SHANGHAI).date()


Aspect = Literal["page", "data"]
Voice = Callable[[Scene, Request, "re.Match[str]"], Answer]


@dataclass(frozen=True)
class About:
    """Whom or what a request is about: a handle or a keyword."""

    kind: VisitKind
    subject: str


Asks = Callable[[Scene, Request, "re.Match[str]"], About | None]


def account(name: str) -> Asks:
    """The handle stands in the path's group or the query value `name`."""
    return lambda scene, request, match: _about("account", name, request, match)


def search(name: str) -> Asks:
    """The keyword stands in the path's group or the query value `name`."""
    return lambda scene, request, match: _about("search", name, request, match)


def _about(kind: VisitKind, name: str, request: Request, match: re.Match[str]) -> About | None:
    subject = match.groupdict().get(name) or request.query.get(name)
    return About(kind, subject) if subject else None


@dataclass(frozen=True)
class Route:
    """One address: host and path, who answers, what the request is about, a page or data."""

    host: str
    path: re.Pattern[str]
    voice: Voice
    about: Asks | None = None
    aspect: Aspect = "data"


Refusal = Callable[[Request, Route], Answer | None]


@dataclass(frozen=True)
class Act:
    """One platform on the stage: its hosts with their robots.txt, its addresses and its ways to refuse."""

    name: str
    hosts: Mapping[str, str | None]
    routes: tuple[Route, ...]
    refusals: Mapping[str, Refusal]
