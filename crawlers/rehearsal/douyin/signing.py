"""The page's signatures, and how Douyin refuses what comes without them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from crawlers.rehearsal.answers import Answer, Request, Scene


def salt(scene_day: str) -> str:
    """Give what the day's page signs with."""
    return hashlib.sha256(f"douyin {scene_day}".encode()).hexdigest()[:24]


def signature(query: Mapping[str, str], day: str) -> str:
    """Give the `a_bogus` that belongs to a query."""
    plain = sorted((name, value) for name, value in query.items() if name != "a_bogus")
    text = urlencode(plain, quote_via=quote, safe="!'()*")
    return hashlib.md5((text + salt(day)).encode(), usedforsecurity=False).hexdigest()


def sealed(path: str, signed: str, day: str) -> str:
    """Give the header that protected addresses ask for besides."""
    return hashlib.md5(f"{path}{signed}{salt(day)}".encode(), usedforsecurity=False).hexdigest()


def is_signed(scene: Scene, request: Request) -> bool:
    """Say whether the request was made by the page of today."""
    right = signature(request.query, str(scene.today))
    return request.query.get("a_bogus") == right and "ttwid" in request.cookies


def argus(reason: str, code: str) -> Answer:
    """Refuse as the guard of protected addresses does."""
    body = f"Blocked by ArgusSecurityPlugin {reason}".encode()
    return Answer(body, 403, "text/plain", (("argus_security_code", code),))
