"""Weibo on the stage: the visitor handshake, the mobile and desktop pages, their data, the searches."""

from __future__ import annotations

import hashlib
import json
import re
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from crawlers.rehearsal.answers import (
    About,
    Act,
    Answer,
    Request,
    Route,
    Scene,
    account,
    page,
    search,
    sent,
    shown,
    told,
)
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import found, rounded
from monitors.nouns import SHANGHAI

M, WEB, S = "m.weibo.cn", "weibo.com", "s.weibo.com"
GATES = {M: "visitor.passport.weibo.cn", WEB: "passport.weibo.com"}
PAGE = 10

BREACH = "该账号因被投诉违反法律法规和《微博社区公约》的相关规定，现已无法查看。"
CLOSED = "该账号因用户自行申请关闭，现已无法查看。"
HALF_A_YEAR = "博主设置仅展示半年内的微博"
NOTHING_HERE = {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}


# ── the visitor's cookie ────────────────────────────────────────────────────────────────────────


def _ticket(scene: Scene, host: str) -> str:
    """A visitor's cookie holds for a day, and not across the two domains."""
    return "_2AkM" + hashlib.sha256(f"{host} {scene.today}".encode()).hexdigest()[:40]


def _visitor(scene: Scene, request: Request) -> bool:
    return request.cookies.get("SUB") == _ticket(scene, request.host)


def _gate(request: Request) -> Answer:
    back = f"{request.at(request.host, request.path)}" + (
        f"?{request.raw_query}" if request.raw_query else ""
    )
    asked = {
        "entry": "sinawap" if request.host == M else "miniblog",
        "a": "enter",
        "url": back,
        "domain": ".weibo.cn" if request.host == M else ".weibo.com",
        "ua": "php-sso_sdk_client-0.6.36",
        "_rand": "1763577000.1234",
    }
    return sent(request.at(GATES[request.host], "/visitor/visitor") + "?" + urlencode(asked))


def _gate_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    request_id = hashlib.md5(request.raw_query.encode(), usedforsecurity=False).hexdigest()
    handshake = request.at(request.host, "/visitor/genvisitor2")
    back = request.query.get("url", request.at(M, "/"))
    return shown(page("weibo-visitor.html", request_id=request_id, handshake=handshake, back=back))


def _handshake(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
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


# ── the mobile site ─────────────────────────────────────────────────────────────────────────────


def _mobile_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _visitor(scene, request):
        return _gate(request)
    return shown(page("weibo-user.html", uid=match["uid"], root=f"/{M}"))


def _mobile_search_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _visitor(scene, request):
        return _gate(request)
    container = request.query.get("containerid", "")
    return shown(page("weibo-search.html", containerid=container, root=f"/{M}"))


def _config(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    return told({"preferQuickapp": 0, "data": {"login": False, "st": "7f02c1"}, "ok": 1})


def _index(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _visitor(scene, request):
        return Answer(b"", 432, "text/html")
    container = request.query.get("containerid", "")
    if container.startswith("100103"):
        return _mobile_search(scene, request, container)
    uid = _uid(request)
    life = scene.known(uid)
    if life is None or life.state(scene.now) != "living":
        return told(NOTHING_HERE)
    if container.startswith(("107603", "230413")):
        return told(_mobile_posts(scene, request, life, container))
    return told({"ok": 1, "data": _mobile_profile(scene, life)})


def _uid(request: Request) -> str:
    container = request.query.get("containerid", "")
    return request.query.get("value") or container[6:].split("_")[0]


def _index_about(request: Request, match: re.Match[str]) -> About | None:
    container = request.query.get("containerid", "")
    if container.startswith("100103"):
        return About("search", _keyword(container))
    return About("account", _uid(request)) if _uid(request) else None


def _keyword(container: str) -> str:
    return container.partition("q=")[2].partition("&")[0]


def _mobile_profile(scene: Scene, life: Life) -> dict[str, Any]:
    uid = life.member.handle
    tabs = [("profile", "精选", "230283"), ("weibo", "微博", "107603"), ("album", "相册", "107803")]
    return {
        "isVideoCoverStyle": 1,
        "isStarStyle": 0,
        "userInfo": _user(scene, life),
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


def _user(scene: Scene, life: Life) -> dict[str, Any]:
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


def _mobile_posts(scene: Scene, request: Request, life: Life, container: str) -> dict[str, Any]:
    posts = list(islice(life.listed(scene.now), 400))
    top = [post for post in posts if post.pinned]
    rest = [post for post in posts if not post.pinned]
    since = int(request.query.get("since_id") or 0)
    start = (int(request.query.get("page") or 1) - 1) * PAGE
    if since:
        start, top = sum(1 for post in rest if _mid(post) > since), []
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
    info |= {"since_id": _mid(rest[start + PAGE])} if more else {}
    cards = [_card(scene, life, post, container) for post in top + leaf]
    if len(cards) == PAGE:
        cards.insert(5, {"card_type": 11, "show_type": 2, "card_group": [{"card_type": 42, "desc": "推荐"}]})
    return {"ok": 1, "data": {"cardlistInfo": info, "cards": cards, "scheme": "", "showAppTips": 0}}


def _mid(post: Post) -> int:
    """The number of a post tells its second."""
    return (post.seconds - 515_483_463) << 22 | post.seconds % 4_000_000


def _bid(mid: int) -> str:
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


def _card(scene: Scene, life: Life, post: Post, container: str) -> dict[str, Any]:
    mid = _mid(post)
    bid = _bid(mid)
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
            "user": _user(scene, life),
            **_blog(life, post),
        },
    }


def _blog(life: Life, post: Post) -> dict[str, Any]:
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


def _mobile_search(scene: Scene, request: Request, container: str) -> Answer:
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
    user = _user(scene, life)
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


# ── the desktop site ────────────────────────────────────────────────────────────────────────────


def _web_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _visitor(scene, request):
        return _gate(request)
    return shown(page("weibo-desktop.html", uid=match["uid"], root=f"/{WEB}"))


def _login() -> Answer:
    return told({"ok": -100, "url": "https://weibo.com/login.php?url=https%3A%2F%2Fweibo.com%2F"})


def _web_profile(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _visitor(scene, request):
        return _login()
    life = _web_life(scene, request)
    if life is None:
        return told({"ok": 0, "msg": "该用户不存在(20003)"})
    state = life.state(scene.now)
    if state != "living":
        says = CLOSED if state == "cancelled" else life.member.says or BREACH
        url = f"https://weibo.com/sorry?usernotexists&msg={quote(says)}"
        return told({"ok": 0, "error_type": "link", "url": url})
    tabs = [{"name": "home", "tabName": "精选"}, {"name": "weibo", "tabName": "微博"}]
    data = {"user": _web_user(scene, life), "tabList": tabs, "blockText": "", "profileGuardMsg": ""}
    return told({"ok": 1, "data": data})


def _web_life(scene: Scene, request: Request) -> Life | None:
    if "uid" in request.query:
        return scene.known(request.query["uid"])
    name = request.query.get("screen_name") or request.query.get("custom")
    return next((life for life in scene.living() if life.name(scene.now) == name), None)


def _web_user(scene: Scene, life: Life) -> dict[str, Any]:
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


def _web_posts(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    if not _visitor(scene, request) or request.query.get("page", "1") != "1":
        return _login()
    life = scene.known(request.query.get("uid", ""))
    if life is None or life.state(scene.now) != "living":
        return told({"ok": 0, "data": {}})
    posts = list(islice(life.listed(scene.now), 400))
    posts.sort(key=lambda post: not post.pinned)
    leaf = posts[: 2 * PAGE]
    windowed = life.member.window and len(posts) <= 2 * PAGE
    since = f"{_mid(leaf[-1])}kp2" if len(posts) > len(leaf) else ""
    data = {
        "since_id": since,
        "list": [_web_blog(scene, life, post) for post in leaf],
        "status_visible": 1 if life.private(scene.now) else 0,
        "bottom_tips_visible": windowed,
        "bottom_tips_text": HALF_A_YEAR if windowed else "",
        "topicList": [],
        "total": life.count(scene.now),
    }
    return told({"data": data, "ok": 1})


def _web_blog(scene: Scene, life: Life, post: Post) -> dict[str, Any]:
    mid = _mid(post)
    user = _web_user(scene, life)
    blog = _blog(life, post)
    return {
        "visible": {"type": 0, "list_id": 0},
        "id": mid,
        "idstr": str(mid),
        "mid": str(mid),
        "mblogid": _bid(mid),
        "user": {name: user[name] for name in ("id", "idstr", "screen_name", "profile_url", "verified")},
        "text_raw": blog["text"],
        "number_display_strategy": {"apply_scenario_flag": 19, "display_text": "100万+"},
        **({"ori_mid": "4477000000000000"} if post.kind == "repost" and mid % 2 else {}),
        **blog,
    }


def _side_search(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    lives = found(scene, request.query.get("q", ""))[:6]
    users = [_web_user(scene, life) for life in lives]
    first = [user | {"uid": user["id"]} for user in users[:1]]
    return told({"ok": 1, "data": {"hotquery": [], "user": first, "users": users, "hotquery_num": 0}})


def _closed_search(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    to = "https://passport.weibo.com/sso/signin?entry=miniblog&source=miniblog&url=https%3A%2F%2Fs.weibo.com"
    return shown(
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>登录 - 微博</title></head>'
        f"<body><script>window.wbBotDetector={{}};/* {to} */</script></body></html>"
    )


# ── refusals ────────────────────────────────────────────────────────────────────────────────────

CAPTCHA = {
    "ok": -100,
    "errno": "-100",
    "msg": "",
    "url": "https://m.weibo.cn/api/geetest?testType=1&backUrl=/",
}
SHELL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>微博</title></head>'
    "<body><script>wbBotDetector.init()</script></body></html>"
)


def _on_data(answer: Answer) -> Any:
    return lambda request, route: answer if route.aspect == "data" and "visitor" not in request.path else None


ACT = Act(
    name="weibo",
    hosts={
        M: "User-agent: *\nDisallow: /\n",
        WEB: "User-agent: *\nDisallow: /\n",
        S: "User-agent: *\nDisallow: /\n",
        GATES[M]: None,
        GATES[WEB]: None,
    },
    routes=(
        Route(M, re.compile(r"/(?:u|profile)/(?P<uid>\d+)"), _mobile_page, account("uid"), "page"),
        Route(M, re.compile(r"/search"), _mobile_search_page, _index_about, "page"),
        Route(M, re.compile(r"/api/config"), _config),
        Route(M, re.compile(r"/api/container/getIndex"), _index, _index_about),
        Route(WEB, re.compile(r"/(?:u/)?(?P<uid>\d+)"), _web_page, account("uid"), "page"),
        Route(WEB, re.compile(r"/ajax/profile/info"), _web_profile, account("uid")),
        Route(WEB, re.compile(r"/ajax/statuses/mymblog"), _web_posts, account("uid")),
        Route(WEB, re.compile(r"/ajax/side/search"), _side_search, search("q")),
        Route(S, re.compile(r"/user"), _closed_search, search("q"), "page"),
        *(Route(gate, re.compile(r"/visitor/visitor"), _gate_page, None, "page") for gate in GATES.values()),
        *(Route(gate, re.compile(r"/visitor/genvisitor2"), _handshake) for gate in GATES.values()),
    ),
    refusals={
        "432": _on_data(Answer(b"", 432, "text/html")),
        "captcha": _on_data(told(CAPTCHA)),
        "login": _on_data(told({"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso"})),
        "rate": _on_data(shown("访问过于频繁，请稍等再试！（错误码：414）", 414)),
        "throttle": _on_data(told({"ok": 0, "data": {}})),
        "bot": lambda request, route: shown(SHELL) if route.aspect == "page" else None,
    },
)
