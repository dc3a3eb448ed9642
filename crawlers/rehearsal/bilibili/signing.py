"""The page's signature: a key given anew every day, and what lies behind it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from urllib.parse import quote, urlencode

from crawlers.rehearsal.answers import Answer, Request, Scene, told

VOUCHER = "voucher_72011400-0000-4000-8000-000000000001"

RISK = {"code": -352, "message": "风控校验失败", "ttl": 1, "data": {"v_voucher": VOUCHER}}

# fmt: off
MIXING = (
    46, 47, 18, 2, 53, 8, 23, 32, 15, 50, 10, 31, 58, 3, 45, 35,
    27, 43, 5, 49, 33, 9, 42, 19, 29, 28, 14, 39, 12, 38, 41, 13,
)
# fmt: on


def mixed(img: str, sub: str) -> str:
    """Give the key of the day from the two names that the page is given."""
    both = img + sub
    return "".join(both[place] for place in MIXING)


def keys(today: date) -> tuple[str, str]:
    """Give the day's two names; they change every day."""
    img, sub = (hashlib.sha256(f"{part} {today}".encode()).hexdigest()[:32] for part in ("img", "sub"))
    return img, sub


def signature(query: Mapping[str, str], key: str) -> str:
    """Give the `w_rid` that belongs to a query holding `wts`."""
    plain = {name: re.sub(r"[!'()*]", "", value) for name, value in query.items() if name != "w_rid"}
    text = urlencode(sorted(plain.items()), quote_via=quote)
    return hashlib.md5((text + key).encode(), usedforsecurity=False).hexdigest()


def is_signed(scene: Scene, request: Request) -> bool:
    """Say whether the request was made by the page of today."""
    right = signature(request.query, mixed(*keys(scene.today)))
    return "wts" in request.query and request.query.get("w_rid") == right and "buvid3" in request.cookies


def risk() -> Answer:
    """Refuse as the risk control does."""
    return told(RISK, headers=(("x-bili-gaia-vvoucher", VOUCHER),))
