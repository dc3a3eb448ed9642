"""What Bilibili answers to plain HTTP: card, counters, list of videos, keys and cookies."""

from __future__ import annotations

import re

from crawlers.rehearsal.answers import Answer, Request, Scene, told
from crawlers.rehearsal.bilibili.posts import FACE, NOT_THERE, bvid, living, official, ok, title, uploaded
from crawlers.rehearsal.bilibili.signing import keys

NO_FACE = "https://i0.hdslb.com/bfs/face/member/noface.jpg"


def card(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the card of an account; a cancelled one keeps its place under a stock name."""
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
        "Official": official(verified),
        "official_verify": {"type": 1 if verified else -1, "desc": verified},
        "vip": {"type": 0, "status": 0, "due_date": 0},
        "is_senior_member": 0,
    }
    return ok(
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


def stat(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the counters of an account."""
    life = living(scene, request.query.get("vmid", ""))
    if life is None:
        return told(NOT_THERE)
    fans = life.member.followers
    return ok({"mid": int(life.member.handle), "following": 57, "whisper": 0, "black": 0, "follower": fans})


def archives(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the list of videos, and of nothing else."""
    life = living(scene, request.query.get("mid", ""))
    size, number = int(request.query.get("ps") or 30), int(request.query.get("pn") or 1)
    leaf = uploaded(scene, life, number * size)[(number - 1) * size :]
    total = life.count(scene.now, "video") if life else 0
    archives = [
        {
            "aid": 115_000_000_000_000 + post.seconds,
            "bvid": bvid(post),
            "title": title(post),
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
    return ok({"archives": archives, "page": {"num": number, "size": size, "total": total}})


def top(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Say that no video is pinned."""
    return told({"code": 53016, "message": "没有置顶视频", "ttl": 1})


def nav(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the keys of the day, with the code that visitors get."""
    img, sub = (f"https://i0.hdslb.com/bfs/wbi/{key}.png" for key in keys(scene.today))
    data = {"isLogin": False, "wbi_img": {"img_url": img, "sub_url": sub}}
    return told({"code": -101, "message": "账号未登录", "ttl": 1, "data": data})


def finger(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the two marks of a browser."""
    b3 = "72011400-89AB-CDEF-0123-456789ABCDEF00001infoc"
    return told({"code": 0, "data": {"b_3": b3, "b_4": b3 + "-026112002-rehearsal=="}, "message": "ok"})


def name_to_uid(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the numbers of exact names."""
    names = request.query.get("names", "").split(",")
    lives = [life for life in scene.living() if life.name(scene.now) in names]
    return ok({"uid_list": [{"name": life.name(scene.now), "uid": life.member.handle} for life in lives]})
