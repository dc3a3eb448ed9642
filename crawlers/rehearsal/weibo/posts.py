"""Users and posts as both of Weibo's sites give them."""

from __future__ import annotations

from typing import Any

from crawlers.rehearsal.answers import Scene
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import rounded
from monitors.nouns import SHANGHAI


def mobile_user(scene: Scene, life: Life) -> dict[str, Any]:
    """Give an account as the mobile site does: followers rounded."""
    member = life.member
    return {
        "id": int(member.handle),
        "screen_name": life.name(scene.now),
        "profile_image_url": "https://tvax1.sinaimg.cn/crop.0.0.800.800.180/rehearsal.jpg",
        "profile_url": f"https://m.weibo.cn/u/{member.handle}?",
        "statuses_count": life.count(scene.now),
        "verified": bool(member.verified_as),
        "verified_type": 4 if member.verified_as else -1,
        "verified_type_ext": 50 if member.verified_as else 0,
        **({"verified_reason": member.verified_as} if member.verified_as else {}),
        "close_blue_v": False,
        "description": "",
        "gender": "m",
        "mbtype": 0,
        "svip": 0,
        "urank": 9,
        "mbrank": 0,
        "follow_me": False,
        "following": False,
        "follow_count": 120,
        "followers_count": rounded(member.followers),
        "followers_count_str": rounded(member.followers),
        "cover_image_phone": "https://wx1.sinaimg.cn/crop.0.0.640.640.640/rehearsal.jpg",
        "avatar_hd": "https://tvax1.sinaimg.cn/crop.0.0.800.800.1024/rehearsal.jpg",
        "like": False,
        "like_me": False,
        "badge": {"user_name_certificate": 1},
        "toolbar_menus": [],
    }


def web_user(scene: Scene, life: Life) -> dict[str, Any]:
    """Give an account as the desktop site does: followers exact."""
    member = life.member
    return {
        "id": int(member.handle),
        "idstr": member.handle,
        "pc_new": 7,
        "screen_name": life.name(scene.now),
        "profile_image_url": "https://tvax1.sinaimg.cn/crop.0.0.800.800.50/rehearsal.jpg",
        "profile_url": f"/u/{member.handle}",
        "verified": bool(member.verified_as),
        "verified_type": 4 if member.verified_as else -1,
        "verified_reason": member.verified_as or "",
        "domain": "",
        "weihao": "",
        "description": "",
        "location": "云南 昆明",
        "gender": "m",
        "followers_count": member.followers,
        "followers_count_str": rounded(member.followers),
        "friends_count": 120,
        "statuses_count": life.count(scene.now),
        "status_total_counter": {"total_cnt_format": "1.2万", "total_cnt": "12,034"},
        "icon_list": [],
        "user_type": 0,
    }


def mid_of(post: Post) -> int:
    """Give the number of a post; it tells its second."""
    return (post.seconds - 515_483_463) << 22 | post.seconds % 4_000_000


def bid_of(mid: int) -> str:
    """Give the short form of a number: four letters for seven digits, from the right."""
    letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    groups, text = [], str(mid)
    while text:
        text, number = text[:-7], int(text[-7:])
        group = ""
        while number:
            number, digit = divmod(number, 62)
            group = letters[digit] + group
        groups.append(group.rjust(4, "0") if text else group)
    return "".join(reversed(groups))


def _created(post: Post) -> str:
    return post.at.astimezone(SHANGHAI).strftime("%a %b %d %H:%M:%S +0800 %Y")


def blog_of(life: Life, post: Post) -> dict[str, Any]:
    """Give what both sites say of a post."""
    blog: dict[str, Any] = {
        "created_at": _created(post),
        "text": f"【校园】{life.member.name}的第{post.seconds % 997}条消息",
        "textLength": 40,
        "source": "微博网页版",
        "pic_ids": [],
        "pic_num": 0,
        "reposts_count": post.seconds % 40,
        "comments_count": post.seconds % 30,
        "attitudes_count": "100万+" if life.member.followers > 100_000_000 else post.seconds % 300,
        "isLongText": False,
        "mblogtype": 2 if post.pinned else 0,
        "region_name": "发布于 云南",
        "edit_config": {"edited": False},
        **({"isTop": 1, "title": {"text": "置顶", "base_color": 1}} if post.pinned else {}),
    }
    if post.kind == "repost":
        blog["raw_text"] = blog["text"] = "转发微博"
        blog["retweeted_status"] = {
            "created_at": "Sun Mar 01 08:00:00 +0800 2020",
            "id": "4477000000000000",
            "mid": "4477000000000000",
            "text": "抱歉，此微博已被作者删除。",
            "user": None,
        }
    return blog
