"""m.weibo.cn: the page of an account, its profile and posts, and the search for users."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any

from crawlers.rehearsal.answers import About, Answer, Request, Scene, page, shown, told
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import found, rounded
from crawlers.rehearsal.weibo.gate import M, gate, is_visitor
from crawlers.rehearsal.weibo.posts import bid_of, blog_of, mid_of, mobile_user

PAGE = 10

NOTHING_HERE = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


def user_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the page of an account; its script asks for profile and posts."""
    if not is_visitor(scene, request):
        return gate(request)
    return shown(page("weibo-user.html", uid=match["uid"], root=f"/{M}"))


def search_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the page of a search; its script asks for the users."""
    if not is_visitor(scene, request):
        return gate(request)
    container = request.query.get("containerid", "")
    return shown(page("weibo-search.html", containerid=container, root=f"/{M}"))


def config(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Say that nobody is logged in."""
    return told({"preferQuickapp": 0, "data": {"login": False, "st": "7f02c1"}, "ok": 1})


def index(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Answer for a profile, its posts or a search, as the container says."""
    if not is_visitor(scene, request):
        return Answer(b"", 432, "text/html")
    container = request.query.get("containerid", "")
    if container.startswith("100103"):
        return _search(scene, request, container)
    uid = _uid(request)
    life = scene.known(uid)
    if life is None or life.state(scene.now) != "living":
        return told(NOTHING_HERE)
    if container.startswith(("107603", "230413")):
        return told(_posts(scene, request, life, container))
    return told({"ok": 1, "data": _profile(scene, life)})


def about(scene: Scene, request: Request, match: re.Match[str]) -> About | None:
    """Tell from the container whom or what is asked for."""
    container = request.query.get("containerid", "")
    if container.startswith("100103"):
        return About("search", _keyword(container))
    return About("account", _uid(request)) if _uid(request) else None


def _uid(request: Request) -> str:
    container = request.query.get("containerid", "")
    return request.query.get("value") or container[6:].split("_")[0]


def _keyword(container: str) -> str:
    return container.partition("q=")[2].partition("&")[0]


def _profile(scene: Scene, life: Life) -> dict[str, Any]:
    uid = life.member.handle
    tabs = [("profile", "精选", "230283"), ("weibo", "微博", "107603"), ("album", "相册", "107803")]
    return {
        "isVideoCoverStyle": 1,
        "isStarStyle": 0,
        "userInfo": mobile_user(scene, life),
        "fans_scheme": f"https://m.weibo.cn/p/index?containerid=231051_-_fans_intimacy_-_{uid}",
        "follow_scheme": f"https://m.weibo.cn/p/index?containerid=231051_-_followersrecomm_-_{uid}",
        "tabsInfo": {
            "selectedTab": 1,
            "tabs": [
                {
                    "id": number,
                    "tabKey": kind,
                    "must_show": 1,
                    "hidden": 0,
                    "title": title,
                    "tab_type": kind,
                    "containerid": f"{prefix}{uid}",
                }
                for number, (kind, title, prefix) in enumerate(tabs, 1)
            ],
        },
        "scheme": f"sinaweibo://userinfo?uid={uid}&type=uid&value={uid}",
        "showAppTips": 0,
    }


def _posts(scene: Scene, request: Request, life: Life, container: str) -> dict[str, Any]:
    posts = list(islice(life.listed(scene.now), 400))
    top = [post for post in posts if post.pinned]
    rest = [post for post in posts if not post.pinned]
    since = int(request.query.get("since_id") or 0)
    start = (int(request.query.get("page") or 1) - 1) * PAGE
    if since:
        start, top = sum(1 for post in rest if mid_of(post) > since), []
    elif start:
        top = []
    leaf = rest[start : start + PAGE]
    if not top and not leaf:
        return NOTHING_HERE
    more = len(rest) > start + PAGE
    info: dict[str, Any] = {
        "containerid": container,
        "v_p": 42,
        "show_style": 1,
        "total": life.count(scene.now),
        "autoLoadMoreIndex": 10,
    }
    info |= {"since_id": mid_of(rest[start + PAGE])} if more else {}
    cards = [_card(scene, life, post, container) for post in top + leaf]
    if len(cards) == PAGE:
        cards.insert(5, {"card_type": 11, "show_type": 2, "card_group": [{"card_type": 42, "desc": "推荐"}]})
    return {"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "scheme": "", "showAppTips": 0}}


def _card(scene: Scene, life: Life, post: Post, container: str) -> dict[str, Any]:
    mid = mid_of(post)
    bid = bid_of(mid)
    scheme = f"https://m.weibo.cn/status/{bid}?mblogid={bid}&luicode=10000011&lfid={container}"
    return {
        "card_type": 9,
        "profile_type_id": f"{'proweibotop' if post.pinned else 'proweibo'}_{mid}",
        "itemid": f"{container}_-_{mid}",
        "scheme": scheme,
        "mblog": {
            "visible": {"type": 0, "list_id": 0},
            "id": str(mid),
            "mid": str(mid),
            "bid": "" if mid % 7 == 0 else bid,
            "user": mobile_user(scene, life),
            **blog_of(life, post),
        },
    }


def _search(scene: Scene, request: Request, container: str) -> Answer:
    keyword = _keyword(container)
    number = int(request.query.get("page") or 1)
    lives = found(scene, keyword)
    leaf = lives[(number - 1) * PAGE : number * PAGE]
    if not leaf:
        return told(NOTHING_HERE)
    items = [_hit(scene, life, keyword, place) for place, life in enumerate(leaf)]
    cards = [{"card_type": 11, "show_type": 0, "title": "相关用户", "card_group": items}]
    if number == 1:
        cards.insert(0, {"card_type": 11, "show_type": 0, "card_group": items[:1]})
    info = {
        "v_p": "42",
        "containerid": container,
        "title_top": "搜索结果",
        "total": len(lives),
        "show_style": 1,
        "cardlist_title": keyword,
        "page": number + 1 if len(lives) > number * PAGE else None,
    }
    return told({"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "scheme": "", "showAppTips": 0}})


def _hit(scene: Scene, life: Life, keyword: str, place: int) -> dict[str, Any]:
    handle, fans = life.member.handle, life.member.followers
    user = mobile_user(scene, life)
    user |= {"followers_count": fans} if fans < 10_000 else {}
    return {
        "card_type": 10,
        "itemid": f"seqid:720114|type:3|t:|pos:1-0-{place}|q:{keyword}",
        "scheme": f"https://m.weibo.cn/u/{handle}?luicode=10000011&lfid=100103type%3D3",
        "user": user,
        "desc1": life.member.verified_as or "",
        "desc2": f"粉丝：{rounded(fans)}",
        "recommend": "",
        "buttons": [{"type": "follow", "sub_type": 0, "name": "关注", "params": {"uid": int(handle)}}],
    }
