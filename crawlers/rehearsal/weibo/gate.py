"""The visitor handshake: without its cookie nothing of Weibo is shown."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any
from urllib.parse import urlencode

from crawlers.rehearsal.answers import Answer, Request, Scene, at, page, sent, shown

M, WEB, S = "m.weibo.cn", "weibo.com", "s.weibo.com"

GATES = {M: "visitor.passport.weibo.cn", WEB: "passport.weibo.com"}


def _ticket(scene: Scene, host: str) -> str:
    """A visitor's cookie holds for a day, and not across the two domains."""
    return "_2AkM" + hashlib.sha256(f"{host} {scene.today}".encode()).hexdigest()[:40]


def is_visitor(scene: Scene, request: Request) -> bool:
    """Say whether the request carries the day's cookie."""
    return request.cookies.get("SUB") == _ticket(scene, request.host)


def gate(request: Request) -> Answer:
    """Send whoever has no cookie to the visitor system."""
    back = at(request.host, request.path) + (f"?{request.raw_query}" if request.raw_query else "")
    asked = {
        "entry": "sinawap" if request.host == M else "miniblog",
        "a": "enter",
        "url": back,
        "domain": ".weibo.cn" if request.host == M else ".weibo.com",
        "ua": "php-sso_sdk_client-0.6.36",
        "_rand": "1763577000.1234",
    }
    return sent(at(GATES[request.host], "/visitor/visitor") + "?" + urlencode(asked))


def gate_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the page whose script gets the cookie and goes back."""
    request_id = hashlib.md5(request.raw_query.encode(), usedforsecurity=False).hexdigest()
    handshake = at(request.host, "/visitor/genvisitor2")
    back = request.query.get("url", at(M, "/"))
    return shown(page("weibo-visitor.html", request_id=request_id, handshake=handshake, back=back))


def handshake(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Hand out the cookie."""
    if not request.form.get("request_id") or request.form.get("cb") != "visitor_gray_callback":
        return _jsonp({"retcode": 50113000, "msg": "", "data": {}})
    host = next(host for host, gate in GATES.items() if gate == request.host)
    sub, subp = _ticket(scene, host), "0033WrSXqPxfM72-Ws9jqgMF55529P9D9Wrehearsal"
    cookies = tuple(
        ("Set-Cookie", f"{name}={value}; Path=/{host}; Max-Age=86400")
        for name, value in (("SUB", sub), ("SUBP", subp))
    )
    return _jsonp(
        {"retcode": 20000000, "msg": "succ", "data": {"sub": sub, "subp": subp, "tid": "01A"}}, cookies
    )


def _jsonp(value: Any, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    text = f"window.visitor_gray_callback && visitor_gray_callback({json.dumps(value)});"
    return Answer(text.encode(), type="text/html; charset=utf-8", headers=headers)
