"""One answer of a server, and the shapes that all four platforms use."""

import html
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from standin.people import EVERYBODY
from standin.world import START, Account, moment


@dataclass(frozen=True)
class Answer:
    status: int = 200
    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Request:
    """`host` is the real one that the asked substitute stands for; `base(host)` the substitute of another."""

    host: str
    path: str
    query: dict[str, str]
    cookies: dict[str, str]
    day: date
    bases: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return moment(self.day)

    def base(self, host: str) -> str:
        return self.bases[host]


def data(value: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(value, ensure_ascii=False).encode(), "application/json; charset=utf-8")


def page(text: str, status: int = 200, *headers: tuple[str, str]) -> Answer:
    return Answer(status, text.encode(), headers=headers)


def away(to: str, *headers: tuple[str, str]) -> Answer:
    return Answer(302, b"", headers=(("Location", to), *headers))


def one(platform: str, handle: str, on: date) -> Account | None:
    """The account of that handle, if it has been opened by that day."""
    return next((a for a in EVERYBODY if (a.platform, a.handle) == (platform, handle) and born(a, on)), None)


def born(account: Account, on: date) -> bool:
    return (on - START).days >= account.born


def met(platform: str, word: str, on: date) -> list[Account]:
    """Whom a search shows: names that hold the word or most of its characters, the nearest first."""
    found = [a for a in EVERYBODY if a.platform == platform and born(a, on) and a.state(on) == "alive"]
    return nearest(found, word, on)


def nearest(accounts: list[Account], word: str, on: date) -> list[Account]:
    likely = {a.key: likeness(word, a.name(on)) for a in accounts}
    return sorted((a for a in accounts if likely[a.key] > 0.59), key=lambda a: -likely[a.key])


def likeness(word: str, name: str) -> float:
    if not word:
        return 0.0
    common = len(set(word) & set(name)) / len(set(word))
    return common + min(len(word), len(name)) / max(len(word), len(name)) if word in name else common


def short(number: int) -> str:
    """As Chinese pages round: 624318 is 62.4万, a million and more is 100万+."""
    if number >= 1_000_000:
        return "100万+"
    return f"{number / 10_000:.1f}万" if number >= 10_000 else str(number)


def ways(request: Request, host: str, way: int) -> str:
    """Where the page's own script asks: relative, by the substitute, or by the real name of the host."""
    same = host == request.host
    if way == 0 and same:
        return ""
    return f"https://{host}" if way == 4 else request.base(host)


FETCH = """
const ask = (url, then) => fetch(url, {credentials: 'include'}).then(r => r.text()).then(then, () => then(''));
"""
XHR = """
const ask = (url, then) => { const x = new XMLHttpRequest(); x.open('GET', url); x.withCredentials = true;
  x.onload = () => then(x.responseText); x.onerror = () => then(''); x.send(); };
"""
SHOW = """
const read = (text) => { try { return JSON.parse(text); } catch (e) { return {}; } };
const show = (text) => { const p = document.createElement('p'); p.textContent = text; document.body.append(p); };
"""


def script(way: int, steps: str) -> str:
    """The page's script: by fetch or by XMLHttpRequest, at once or a while after the page has stood."""
    asking = XHR if way % 2 else FETCH
    wait = 900 if way in (2, 3) else 0
    return f"<script>{asking}{SHOW}setTimeout(() => {{ {steps} }}, {wait});</script>"


def escaped(text: str) -> str:
    return html.escape(text, quote=True)


def query_of(link: str) -> str:
    return urlsplit(link).query
