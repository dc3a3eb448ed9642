"""Bilibili on the stage: plain data, data behind the page's own signature, the space page and the search."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from crawlers.rehearsal.answers import Act, Answer, Request, Route, Scene, account, page, search, shown, told
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import found, marked
from monitors.nouns import SHANGHAI

API, WWW, SPACE, SEARCH = "api.bilibili.com", "www.bilibili.com", "space.bilibili.com", "search.bilibili.com"
LEAF, HITS = 12, 20
FACE = "https://i1.hdslb.com/bfs/face/rehearsal.jpg"
NO_FACE = "https://i0.hdslb.com/bfs/face/member/noface.jpg"
VOUCHER = "voucher_72011400-0000-4000-8000-000000000001"

NOT_THERE = {"code": -404, "message": "啥都木有", "ttl": 1}
RISK = {"code": -352, "message": "风控校验失败", "ttl": 1, "data": {"v_voucher": VOUCHER}}
BANNED_REQUEST = {"code": -412, "message": "request was banned", "ttl": 1}
BANNED_PAGE = (
    '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<title>出错啦! - bilibili.com</title></head><body><div class="error-container"><div class="txt-item err-code">错误号:412</div>'
    '<div class="txt-item err-text">由于触发哔哩哔哩安全风控策略，该次访问请求被拒绝。</div>'
    '<div class="txt-item err-text">The request was rejected because of the bilibili security control policy.'
    "</div></div></body></html>"
)


def _ok(data: Any) -> Answer:
    return told({"code": 0, "message": "0", "ttl": 1, "data": data})


# ── the page's signature ────────────────────────────────────────────────────────────────────────

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


def _signed(scene: Scene, request: Request) -> bool:
    right = signature(request.query, mixed(*keys(scene.today)))
    return "wts" in request.query and request.query.get("w_rid") == right and "buvid3" in request.cookies


def _risk() -> Answer:
    return told(RISK, headers=(("x-bili-gaia-vvoucher", VOUCHER),))


# ── plain data ──────────────────────────────────────────────────────────────────────────────────


def _card(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    life = scene.known(request.query.get("mid", ""))
    if life is None:
        return told(NOT_THERE)
    member, state = life.member, life.state(scene.now)
    gone = state == "cancelled"
    verified = "" if gone else member.verified_as or ""
    fans = 0 if gone else member.followers
    card = {
        "mid": member.handle,
        "name": "账号已注销" if gone else life.name(scene.now),
        "approve": False,
        "sex": "保密",
        "rank": "10000",
        "face": NO_FACE if gone else FACE,
        "DisplayRank": "0",
        "regtime": 0,
        "spacesta": -2 if state == "suspended" else 0,
        "birthday": "",
        "place": "",
        "description": "",
        "article": 0,
        "attentions": [],
        "fans": fans,
        "friend": 0 if gone else 57,
        "attention": 0 if gone else 57,
        "sign": "" if gone else verified,
        "level_info": {
            "current_level": 6 if verified else 2,
            "current_min": 0,
            "current_exp": 0,
            "next_exp": 0,
        },
        "pendant": {"pid": 0, "name": "", "image": "", "expire": 0},
        "nameplate": {"nid": 0, "name": "", "image": "", "level": ""},
        "Official": _official(verified),
        "official_verify": {"type": 1 if verified else -1, "desc": verified},
        "vip": {"type": 0, "status": 0, "due_date": 0},
        "is_senior_member": 0,
    }
    return _ok(
        {
            "card": card,
            "space": {"s_img": "", "l_img": ""},
            "following": False,
            "archive_count": 0 if gone else life.count(scene.now, "video"),
            "article_count": 0,
            "follower": fans,
            "like_num": 0 if gone else 8 * fans,
        }
    )


def _official(verified: str) -> dict[str, Any]:
    return {"role": 4 if verified else 0, "title": verified, "desc": "", "type": 1 if verified else -1}


def _stat(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    life = _living(scene, request.query.get("vmid", ""))
    if life is None:
        return told(NOT_THERE)
    fans = life.member.followers
    return _ok({"mid": int(life.member.handle), "following": 57, "whisper": 0, "black": 0, "follower": fans})


def _living(scene: Scene, handle: str) -> Life | None:
    life = scene.known(handle)
    return life if life and life.state(scene.now) == "living" else None


def _videos(scene: Scene, life: Life | None) -> list[Post]:
    if life is None:
        return []
    return [post for post in islice(life.listed(scene.now), 2000) if post.kind == "video"]


def _archives(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    videos = _videos(scene, _living(scene, request.query.get("mid", "")))
    size, number = int(request.query.get("ps") or 30), int(request.query.get("pn") or 1)
    leaf = videos[(number - 1) * size : number * size]
    archives = [
        {
            "aid": 115_000_000_000_000 + post.seconds,
            "bvid": _bvid(post),
            "title": _title(post),
            "pubdate": post.seconds,
            "ctime": post.seconds - 900,
            "duration": 138,
            "pic": "http://i1.hdslb.com/bfs/archive/rehearsal.jpg",
            "stat": {"view": post.seconds % 9000, "vt": 0},
            "state": 0,
            "interactive_video": False,
            "ugc_pay": 0,
        }
        for post in leaf
    ]
    return _ok({"archives": archives, "page": {"num": number, "size": size, "total": len(videos)}})


def _bvid(post: Post) -> str:
    letters, number, text = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf", post.seconds, ""
    while number:
        number, place = divmod(number, 58)
        text += letters[place]
    return "BV1" + text.ljust(9, "F")


def _title(post: Post) -> str:
    return f"校园记录 第{post.seconds % 997}期"


def _top(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    return told({"code": 53016, "message": "没有置顶视频", "ttl": 1})


def _nav(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    img, sub = (f"https://i0.hdslb.com/bfs/wbi/{key}.png" for key in keys(scene.today))
    data = {"isLogin": False, "wbi_img": {"img_url": img, "sub_url": sub}}
    return told({"code": -101, "message": "账号未登录", "ttl": 1, "data": data})


def _finger(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    b3 = "72011400-89AB-CDEF-0123-456789ABCDEF00001infoc"
    return told({"code": 0, "data": {"b_3": b3, "b_4": b3 + "-026112002-rehearsal=="}, "message": "ok"})


def _name_to_uid(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    names = request.query.get("names", "").split(",")
    lives = [life for life in scene.living() if life.name(scene.now) in names]
    return _ok({"uid_list": [{"name": life.name(scene.now), "uid": life.member.handle} for life in lives]})


# ── data behind the signature ───────────────────────────────────────────────────────────────────


def _info(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _signed(scene, request):
        return (
            _risk() if "w_rid" in request.query else told({"code": -403, "message": "访问权限不足", "ttl": 1})
        )
    life = scene.known(request.query.get("mid", ""))
    state = life.state(scene.now) if life else "cancelled"
    if life is None or state == "cancelled":
        return told(NOT_THERE)
    held = state == "suspended"
    notice = {"id": 24, "content": life.member.says or "该账号封禁中", "url": "", "notice_type": 1}
    return _ok(
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
            "official": _official(life.member.verified_as or ""),
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


def _uploads(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _signed(scene, request):
        return _risk()
    life = _living(scene, request.query.get("mid", ""))
    videos = _videos(scene, life)
    size, number = int(request.query.get("ps") or 30), int(request.query.get("pn") or 1)
    vlist = [
        {
            "comment": 12,
            "typeid": 228,
            "play": post.seconds % 9000,
            "pic": "http://i1.hdslb.com/bfs/archive/rehearsal.jpg",
            "description": "",
            "title": _title(post),
            "author": life.name(scene.now) if life else "",
            "mid": int(request.query.get("mid", "0")),
            "created": post.seconds,
            "length": "02:18",
            "video_review": 7,
            "aid": 115_000_000_000_000 + post.seconds,
            "bvid": _bvid(post),
            "is_union_video": 0,
            "is_live_playback": 0,
            "is_lesson_video": 0,
            "is_charging_arc": False,
            "meta": None,
        }
        for post in videos[(number - 1) * size : number * size]
    ]
    kinds = {"36": {"tid": 36, "count": len(videos), "name": "知识"}} if videos else None
    return _ok(
        {
            "list": {"slist": [], "tlist": kinds, "vlist": vlist},
            "page": {"pn": number, "ps": size, "count": len(videos)},
            "episodic_button": None,
            "is_risk": False,
            "gaia_res_type": 0,
            "gaia_data": None,
        }
    )


def _feed(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _signed(scene, request):
        return _risk()
    life = _living(scene, request.query.get("host_mid", ""))
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
    return _ok(data)


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
        archive = {"bvid": _bvid(post), "title": _title(post), "stat": {"danmaku": "7", "play": "1.5万"}}
        archive["jump_url"] = f"//www.bilibili.com/video/{archive['bvid']}/"
        return "DYNAMIC_TYPE_AV", {"desc": None, "major": {"archive": archive, "type": "MAJOR_TYPE_ARCHIVE"}}
    if post.kind == "repost":
        return "DYNAMIC_TYPE_FORWARD", {"desc": {"text": "转发动态", "rich_text_nodes": []}, "major": None}
    if post.kind == "live":
        live = {"live_rcmd": {"content": "{}", "reserve_type": 0}, "type": "MAJOR_TYPE_LIVE_RCMD"}
        return "DYNAMIC_TYPE_LIVE_RCMD", {"desc": None, "major": live}
    pics = [{"url": "http://i0.hdslb.com/bfs/new_dyn/rehearsal.jpg"}] if post.seconds % 2 else []
    summary = {"text": _title(post), "rich_text_nodes": []}
    opus = {"title": None, "summary": summary, "pics": pics, "jump_url": "//www.bilibili.com/opus/1"}
    kind = "DYNAMIC_TYPE_DRAW" if pics else "DYNAMIC_TYPE_WORD"
    return kind, {"desc": None, "major": {"opus": opus, "type": "MAJOR_TYPE_OPUS"}}


def _search(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if "buvid3" not in request.cookies:
        return told(BANNED_REQUEST, 412)
    if not _signed(scene, request):
        return _risk()
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
    return _ok(data)


def _hit(scene: Scene, life: Life, keyword: str) -> dict[str, Any]:
    member, videos = life.member, _videos(scene, life)
    return {
        "type": "bili_user",
        "mid": int(member.handle),
        "uname": marked(life.name(scene.now), keyword, '<em class="keyword">', "</em>"),
        "usign": member.verified_as or "",
        "fans": member.followers,
        "videos": len(videos),
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
                "bvid": _bvid(post),
                "title": _title(post),
                "pubdate": post.seconds,
                "play": str(post.seconds % 9000),
                "duration": "2:18",
                "desc": "",
            }
            for post in videos[:3]
        ],
        "official_verify": {"type": 1 if member.verified_as else 127, "desc": member.verified_as or ""},
        "hit_columns": ["uname"],
    }


# ── pages ───────────────────────────────────────────────────────────────────────────────────────

BUVID = (("Set-Cookie", f"buvid3=72011400-89AB-CDEF-0123-456789ABCDEF00001infoc; Path=/{API}"),)


def _space_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    feed = match["tab"] == "dynamic"
    return shown(page("bilibili-space.html", mid=match["mid"], feed=feed, api=f"/{API}"), headers=BUVID)


def _search_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    keyword, number = request.query.get("keyword", ""), request.query.get("page", "1")
    filled = page("bilibili-search.html", keyword=keyword, number=number, api=f"/{API}")
    return shown(filled, headers=BUVID)


def _on_data(answer: Answer, on_page: Answer | None = None) -> Any:
    return lambda request, route: answer if route.aspect == "data" else on_page


ACT = Act(
    name="bilibili",
    hosts={
        API: None,
        WWW: "User-agent: Baiduspider\nAllow: /\n\nUser-agent: *\nDisallow: /\n",
        SPACE: "User-agent: *\nDisallow: /\n",
        SEARCH: "User-agent: *\nDisallow: /\n",
    },
    routes=(
        Route(API, re.compile(r"/x/web-interface/card"), _card, account("mid")),
        Route(API, re.compile(r"/x/relation/stat"), _stat, account("vmid")),
        Route(API, re.compile(r"/x/series/recArchivesByKeywords"), _archives, account("mid")),
        Route(API, re.compile(r"/x/space/top/arc"), _top, account("vmid")),
        Route(API, re.compile(r"/x/web-interface/nav"), _nav),
        Route(API, re.compile(r"/x/frontend/finger/spi"), _finger),
        Route(API, re.compile(r"/x/polymer/web-dynamic/v1/name-to-uid"), _name_to_uid),
        Route(API, re.compile(r"/x/space/wbi/acc/info"), _info, account("mid")),
        Route(API, re.compile(r"/x/space/wbi/arc/search"), _uploads, account("mid")),
        Route(API, re.compile(r"/x/polymer/web-dynamic/v1/feed/space"), _feed, account("host_mid")),
        Route(API, re.compile(r"/x/web-interface/(?:wbi/)?search/type"), _search, search("keyword")),
        Route(SPACE, re.compile(r"/(?P<mid>\d+)/?(?P<tab>\w*)/?"), _space_page, account("mid"), "page"),
        Route(SEARCH, re.compile(r"/upuser"), _search_page, search("keyword"), "page"),
    ),
    refusals={
        "-352": _on_data(_risk()),
        "-412": _on_data(told(BANNED_REQUEST, 412), shown(BANNED_PAGE, 412)),
        "-799": _on_data(told({"code": -799, "message": "请求过于频繁，请稍后再试", "ttl": 1})),
        "voucher": _on_data(told({"code": 0, "message": "0", "ttl": 1, "data": {"v_voucher": VOUCHER}})),
    },
)
