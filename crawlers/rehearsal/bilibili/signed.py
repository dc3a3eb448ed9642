"""What Bilibili gives only to its own page: profile, uploads, the feed of all posts, the search."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from crawlers.rehearsal.answers import Answer, Request, Scene, told
from crawlers.rehearsal.bilibili.posts import FACE, NOT_THERE, bvid, living, official, ok, title, uploaded
from crawlers.rehearsal.bilibili.signing import is_signed, risk
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import found, marked
from monitors.nouns import SHANGHAI

LEAF, HITS = 12, 20

BANNED_REQUEST = {"code": -412, "message": "request was banned", "ttl": 1}


def info(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the full profile; here alone the platform says that an account is gone or held."""
    if not is_signed(scene, request):
        return (
            risk() if "w_rid" in request.query else told({"code": -403, "message": "访问权限不足", "ttl": 1})
        )
    life = scene.known(request.query.get("mid", ""))
    state = life.state(scene.now) if life else "cancelled"
    if life is None or state == "cancelled":
        return told(NOT_THERE)
    held = state == "suspended"
    notice = {"id": 24, "content": life.member.says or "该账号封禁中", "url": "", "notice_type": 1}
    return ok(
        {
            "mid": int(life.member.handle),
            "name": life.name(scene.now),
            "sex": "保密",
            "face": FACE,
            "sign": life.member.verified_as or "",
            "rank": 10000,
            "level": 6 if life.member.verified_as else 2,
            "jointime": 0,
            "moral": 0,
            "silence": 1 if held else 0,
            "coins": 0,
            "fans_badge": False,
            "fans_medal": {"show": False, "wear": False, "medal": None},
            "official": official(life.member.verified_as or ""),
            "vip": {"type": 0, "status": 0},
            "is_followed": False,
            "top_photo": "",
            "theme": {},
            "sys_notice": notice if held else {},
            "live_room": None,
            "birthday": "",
            "school": {"name": ""},
            "profession": {"name": "", "department": "", "title": "", "is_show": 0},
            "tags": None,
            "is_senior_member": 0,
            "mcn_info": None,
            "gaia_res_type": 0,
            "gaia_data": None,
            "is_risk": False,
            "contract": {"is_display": False, "is_follow_display": False},
        }
    )


def uploads(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the list of videos as the page sorts it."""
    if not is_signed(scene, request):
        return risk()
    life = living(scene, request.query.get("mid", ""))
    size, number = int(request.query.get("ps") or 30), int(request.query.get("pn") or 1)
    leaf = uploaded(scene, life, number * size)[(number - 1) * size :]
    total = life.count(scene.now, "video") if life else 0
    vlist = [
        {
            "comment": 12,
            "typeid": 228,
            "play": post.seconds % 9000,
            "pic": "http://i1.hdslb.com/bfs/archive/rehearsal.jpg",
            "description": "",
            "title": title(post),
            "author": life.name(scene.now) if life else "",
            "mid": int(request.query.get("mid", "0")),
            "created": post.seconds,
            "length": "02:18",
            "video_review": 7,
            "aid": 115_000_000_000_000 + post.seconds,
            "bvid": bvid(post),
            "is_union_video": 0,
            "is_live_playback": 0,
            "is_lesson_video": 0,
            "is_charging_arc": False,
            "meta": None,
        }
        for post in leaf
    ]
    kinds = {"36": {"tid": 36, "count": total, "name": "知识"}} if total else None
    return ok(
        {
            "list": {"slist": [], "tlist": kinds, "vlist": vlist},
            "page": {"pn": number, "ps": size, "count": total},
            "episodic_button": None,
            "is_risk": False,
            "gaia_res_type": 0,
            "gaia_data": None,
        }
    )


def feed(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the feed of everything posted, pinned posts first."""
    if not is_signed(scene, request):
        return risk()
    life = living(scene, request.query.get("host_mid", ""))
    posts = list(islice(life.listed(scene.now), 400)) if life else []
    posts.sort(key=lambda post: not post.pinned)
    offset = int(request.query.get("offset") or 0)
    rest = [post for post in posts if not offset or (not post.pinned and _number(post) < offset)]
    leaf, more = rest[:LEAF], len(rest) > LEAF
    data = {
        "has_more": more,
        "items": [_item(scene, life, post) for post in leaf if life],
        "offset": str(_number(leaf[-1])) if more else "",
        "update_baseline": "",
        "update_num": 0,
    }
    return ok(data)


def _number(post: Post) -> int:
    """The number of a post in the feed tells its second."""
    return (post.seconds - 1_498_838_400) << 32 | post.seconds % 1_000_000


def _item(scene: Scene, life: Life, post: Post) -> dict[str, Any]:
    number, local = str(_number(post)), post.at.astimezone(SHANGHAI)
    kind, dynamic = _dynamic(post)
    author = {
        "face": FACE,
        "following": None,
        "jump_url": f"//space.bilibili.com/{life.member.handle}/dynamic",
        "mid": int(life.member.handle),
        "name": life.name(scene.now),
        "official_verify": {"desc": "", "type": 1 if life.member.verified_as else -1},
        "pub_action": "投稿了视频" if post.kind == "video" else "",
        "pub_location_text": "",
        "pub_time": f"{local:%Y年%m月%d日}",
        "pub_ts": str(post.seconds) if post.seconds % 5 == 0 else post.seconds,
        "type": "AUTHOR_TYPE_NORMAL",
    }
    modules = {
        "module_author": author,
        "module_dynamic": {"additional": None, "topic": None, **dynamic},
        "module_more": {"three_point_items": [{"label": "举报", "type": "THREE_POINT_REPORT"}]},
        "module_stat": {"comment": {"count": 2}, "forward": {"count": 1}, "like": {"count": 30}},
        **({"module_tag": {"text": "置顶"}} if post.pinned else {}),
    }
    basic = {"comment_id_str": number, "comment_type": 17, "like_icon": {"id": 0}, "rid_str": number}
    item = {"basic": basic, "id_str": number, "modules": modules, "type": kind, "visible": True}
    return item | ({"orig": _ORIGINAL} if post.kind == "repost" else {})


_ORIGINAL = {
    "basic": {"comment_id_str": "", "comment_type": 0, "rid_str": ""},
    "id_str": None,
    "modules": {
        "module_author": {"face": "", "mid": 0, "name": "", "pub_ts": 0, "type": "AUTHOR_TYPE_NORMAL"},
        "module_dynamic": {
            "desc": None,
            "major": {"none": {"tips": "源动态已被作者删除"}, "type": "MAJOR_TYPE_NONE"},
        },
    },
    "type": "DYNAMIC_TYPE_NONE",
    "visible": True,
}


def _dynamic(post: Post) -> tuple[str, dict[str, Any]]:
    """Give the feed's type of a post and the body that belongs to it."""
    if post.kind == "video":
        archive = {"bvid": bvid(post), "title": title(post), "stat": {"danmaku": "7", "play": "1.5万"}}
        archive["jump_url"] = f"//www.bilibili.com/video/{archive['bvid']}/"
        return "DYNAMIC_TYPE_AV", {"desc": None, "major": {"archive": archive, "type": "MAJOR_TYPE_ARCHIVE"}}
    if post.kind == "repost":
        return "DYNAMIC_TYPE_FORWARD", {"desc": {"text": "转发动态", "rich_text_nodes": []}, "major": None}
    if post.kind == "live":
        live = {"live_rcmd": {"content": "{}", "reserve_type": 0}, "type": "MAJOR_TYPE_LIVE_RCMD"}
        return "DYNAMIC_TYPE_LIVE_RCMD", {"desc": None, "major": live}
    pics = [{"url": "http://i0.hdslb.com/bfs/new_dyn/rehearsal.jpg"}] if post.seconds % 2 else []
    summary = {"text": title(post), "rich_text_nodes": []}
    opus = {"title": None, "summary": summary, "pics": pics, "jump_url": "//www.bilibili.com/opus/1"}
    kind = "DYNAMIC_TYPE_DRAW" if pics else "DYNAMIC_TYPE_WORD"
    return kind, {"desc": None, "major": {"opus": opus, "type": "MAJOR_TYPE_OPUS"}}


def search_users(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the users a search shows, with their latest videos."""
    if "buvid3" not in request.cookies:
        return told(BANNED_REQUEST, 412)
    if not is_signed(scene, request):
        return risk()
    keyword, number = request.query.get("keyword", ""), int(request.query.get("page") or 1)
    lives = found(scene, keyword)
    leaf = lives[(number - 1) * HITS : number * HITS]
    data: dict[str, Any] = {
        "seid": "7201140000000000001",
        "page": number,
        "pagesize": HITS,
        "numResults": len(lives),
        "numPages": -(-len(lives) // HITS),
        "suggest_keyword": "",
        "rqt_type": "search",
        "cost_time": {},
        "exp_list": None,
        "egg_hit": 0,
        **({"result": [_hit(scene, life, keyword) for life in leaf]} if leaf else {}),
        "show_column": 0,
        "in_black_key": 0,
        "in_white_key": 0,
    }
    return ok(data)


def _hit(scene: Scene, life: Life, keyword: str) -> dict[str, Any]:
    member, videos = life.member, uploaded(scene, life, 3)
    return {
        "type": "bili_user",
        "mid": int(member.handle),
        "uname": marked(life.name(scene.now), keyword, '<em class="keyword">', "</em>"),
        "usign": member.verified_as or "",
        "fans": member.followers,
        "videos": life.count(scene.now, "video"),
        "upic": "//i1.hdslb.com/bfs/face/rehearsal.jpg",
        "verify_info": member.verified_as or "",
        "level": 6 if member.verified_as else 2,
        "gender": 3,
        "is_upuser": 1 if videos else 0,
        "is_live": 0,
        "room_id": 0,
        "res": [
            {
                "aid": 115_000_000_000_000 + post.seconds,
                "bvid": bvid(post),
                "title": title(post),
                "pubdate": post.seconds,
                "play": str(post.seconds % 9000),
                "duration": "2:18",
                "desc": "",
            }
            for post in videos
        ],
        "official_verify": {"type": 1 if member.verified_as else 127, "desc": member.verified_as or ""},
        "hit_columns": ["uname"],
    }
