"""The search for users."""

from __future__ import annotations

import re
from typing import Any

from crawlers.rehearsal.answers import Answer, Request, Scene, told
from crawlers.rehearsal.douyin.signing import is_signed
from crawlers.rehearsal.douyin.works import LOG, author
from crawlers.rehearsal.life import Life
from crawlers.rehearsal.searching import found

SEARCH = "/aweme/v1/web/discover/search/"

HITS = 10


def search_users(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Answer a search; without the page's signature it looks like an empty one, and is a wall."""
    keyword, offset = request.query.get("keyword", ""), int(request.query.get("offset") or 0)
    if not is_signed(scene, request):
        return told(nothing("verify_check"))
    lives = found(scene, keyword)
    leaf = lives[offset : offset + HITS]
    if not leaf:
        return told(nothing("normal_empty"))
    more = {"cursor": offset + len(leaf), "has_more": 1 if len(lives) > offset + HITS else 0}
    return told({**_ENVELOPE, **more, "user_list": [_hit(scene, life, keyword) for life in leaf]})


_ENVELOPE: dict[str, Any] = {
    "type": 1,
    "user_list": [],
    "challenge_list": None,
    "music_list": None,
    "cursor": 0,
    "has_more": 0,
    "status_code": 0,
    "qc": "",
    "log_pb": LOG,
    "extra": {"logid": LOG["impr_id"], "fatal_item_ids": []},
    "path": SEARCH,
}


def nothing(kind: str) -> dict[str, Any]:
    """Give the answer without users; `kind` tells an empty search from a wall."""
    nil = {"search_nil_type": kind, "search_nil_item": "", "is_load_more": "", "text_type": 0}
    return {**_ENVELOPE, "search_nil_info": nil}


def _hit(scene: Scene, life: Life, keyword: str) -> dict[str, Any]:
    begin = life.name(scene.now).find(keyword)
    position = [{"begin": begin, "end": begin + len(keyword) - 1}] if begin >= 0 else None
    user = author(scene, life) | {"room_data": ""}
    return {"user_info": user, "position": position, "uniqid_position": None, "items": None}
