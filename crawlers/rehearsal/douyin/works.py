"""Profile and works: visitors are not shown the newest few."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import islice
from typing import Any

from crawlers.rehearsal.answers import Answer, Request, Scene, told
from crawlers.rehearsal.douyin.signing import argus, is_signed, sealed
from crawlers.rehearsal.life import Life, Post
from monitors.nouns import SHANGHAI

POSTS = "/aweme/v1/web/aweme/post/"

LEAF, WITHHELD = 18, 2

LOG = {"impr_id": "20260101000000REHEARSAL"}


def profile(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the profile of an account."""
    if not is_signed(scene, request):
        return Answer(b"")
    life = scene.known(request.query.get("sec_user_id", ""))
    extra = {"fatal_item_ids": [], "logid": LOG["impr_id"], "now": int(scene.now.timestamp() * 1000)}
    if life is None or life.state(scene.now) == "cancelled":
        told_off = {"status_code": 2, "status_msg": "sec_user_id is invalid", "user": {}}
        return told({**told_off, "log_pb": LOG, "extra": extra})
    user = author(scene, life)
    return told({"extra": extra, "log_pb": LOG, "status_code": 0, "status_msg": None, "user": user})


def author(scene: Scene, life: Life) -> dict[str, Any]:
    """Give an account as profile, works and searches show it."""
    member, banned = life.member, life.state(scene.now) == "suspended"
    reason = member.verified_as or ""
    count = 0 if banned else life.count(scene.now)
    picture = {"uri": "aweme-avatar/r", "url_list": ["https://p3-pc.douyinpic.com/img/r.jpeg"], "width": 720}
    return {
        "uid": str(int(hashlib.sha256(member.handle.encode()).hexdigest()[:12], 16)),
        "sec_uid": member.handle,
        "short_id": str(int(hashlib.sha256(member.handle.encode()).hexdigest()[:8], 16)),
        "unique_id": member.alias or "",
        "nickname": life.name(scene.now),
        "signature": reason,
        "avatar_larger": picture,
        "avatar_thumb": picture,
        "aweme_count": count,
        "city": "昆明",
        "country": "中国",
        "province": "云南",
        "custom_verify": "",
        "enterprise_verify_reason": reason,
        "account_cert_info": json.dumps({"label_text": reason} if reason else {}, ensure_ascii=False),
        "verification_type": 1,
        "is_gov_media_vip": False,
        "favoriting_count": 0,
        "follow_status": 0,
        "follower_count": member.followers,
        "following_count": 41,
        "gender": 0,
        "ip_location": "IP属地：云南",
        "is_ban": banned,
        "is_block": False,
        "is_blocked": False,
        "is_star": False,
        "live_status": 0,
        "max_follower_count": member.followers + 120,
        "mplatform_followers_count": member.followers + 9000,
        "mix_count": 0,
        "room_id": 0,
        "school_name": None,
        "secret": 1 if life.private(scene.now) else 0,
        "total_favorited": str(count * 310) if count % 2 else count * 310,
        "with_commerce_entry": False,
    }


def posts(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the first works that a visitor may see."""
    if request.query.get("uifid") != request.cookies.get("UIFID") or "UIFID" not in request.cookies:
        return argus("Uifid Not Found", "uifid_not_found")
    seal = request.headers.get("x-secsdk-web-signature")
    if seal is None:
        return argus("Signature Not Found", "web_id_sign_not_found")
    if not is_signed(scene, request) or seal != sealed(POSTS, request.query["a_bogus"], str(scene.today)):
        return argus("Sign Invalid", "web_id_sign_invalid")
    if request.query.get("max_cursor", "0") != "0":
        return told({"status_code": 8, "status_msg": "用户未登录"})
    life = scene.known(request.query.get("sec_user_id", ""))
    if life is None or life.state(scene.now) != "living":
        return told(_list(scene, None, [], False, None))
    works = list(islice(life.listed(scene.now), LEAF + WITHHELD + 3))
    tops = [post for post in works if post.pinned]
    rest = [post for post in works if not post.pinned][0 if life.member.whole else WITHHELD :]
    more = len(rest) > LEAF
    tip = None if life.private(scene.now) or not life.count(scene.now) else not life.member.whole
    return told(_list(scene, life, tops + rest[:LEAF], more, tip))


def _list(scene: Scene, life: Life | None, works: list[Post], more: bool, tip: bool | None) -> dict[str, Any]:
    times = [post.seconds * 1000 for post in works if not post.pinned]
    months = dict.fromkeys(f"{post.at.astimezone(SHANGHAI):%Y·%m}" for post in works)
    return {
        "aweme_list": [_work(scene, life, post) for post in works if life],
        "has_more": 1 if more else 0,
        "locate_item_cursor": None,
        "log_pb": LOG,
        "max_cursor": min(times, default=0),
        "min_cursor": max(times, default=0),
        "post_serial": 2,
        "replace_series_cover": 1,
        "request_item_cursor": 0,
        "status_code": 0,
        "time_list": list(months) or None,
        **({} if tip is None else {"not_login_module": {"guide_login_tip_exist": tip}}),
    }


def _work(scene: Scene, life: Life, post: Post) -> dict[str, Any]:
    number = str(post.seconds << 32 | post.seconds % 900_000)
    pictures = post.kind in ("text", "post")
    user = author(scene, life)
    kept = (
        "uid",
        "sec_uid",
        "short_id",
        "unique_id",
        "nickname",
        "enterprise_verify_reason",
        "is_ban",
        "secret",
    )
    return {
        "aweme_id": number,
        "author": {name: user[name] for name in kept},
        "author_user_id": int(user["uid"]),
        "aweme_type": 68 if pictures else 0,
        "caption": "校园纪事",
        "create_time": post.seconds + 9,
        "desc": "校园纪事",
        "duration": 0 if pictures else 38_120,
        "images": [{"uri": "r"}] if pictures else None,
        "is_top": 1 if post.pinned else 0,
        "media_type": 2 if pictures else 4,
        "share_url": f"https://www.iesdouyin.com/share/video/{number}/?region=CN",
        "statistics": {
            "aweme_id": number,
            "digg_count": post.seconds % 2000,
            "comment_count": 5,
            "collect_count": 2,
            "share_count": 1,
            "play_count": 0,
        },
        "status": {
            "is_delete": False,
            "is_prohibited": False,
            "private_status": 0,
            "part_see": 0,
            "in_reviewing": False,
        },
        "text_extra": [],
        "video": {"duration": 38_120, "height": 1920, "width": 1080},
    }
