"""weibo.com: what a visitor is shown of an account, and in whose words one is gone."""

from __future__ import annotations

import re
from itertools import islice
from typing import Any
from urllib.parse import quote

from crawlers.rehearsal.answers import Answer, Request, Scene, page, shown, told
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import found
from crawlers.rehearsal.weibo.gate import WEB, gate, is_visitor
from crawlers.rehearsal.weibo.posts import bid_of, blog_of, mid_of, web_user

BREACH = "该账号因被投诉违反法律法规和《微博社区公约》的相关规定，现已无法查看。"

CLOSED = "该账号因用户自行申请关闭，现已无法查看。"

HALF_A_YEAR = "博主设置仅展示半年内的微博"

PAGE = 10


def user_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the desktop page of an account."""
    if not is_visitor(scene, request):
        return gate(request)
    return shown(page("weibo-desktop.html", uid=match["uid"], root=f"/{WEB}"))


def _login() -> Answer:
    return told({"ok": -100, "url": "https://weibo.com/login.php?url=https%3A%2F%2Fweibo.com%2F"})


def profile(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the profile, or say in the platform's words that the account is gone."""
    if not is_visitor(scene, request):
        return _login()
    life = _asked(scene, request)
    if life is None:
        return told({"ok": 0, "msg": "该用户不存在(20003)"})
    state = life.state(scene.now)
    if state != "living":
        says = CLOSED if state == "cancelled" else life.member.says or BREACH
        url = f"https://weibo.com/sorry?usernotexists&msg={quote(says)}"
        return told({"ok": 0, "error_type": "link", "url": url})
    tabs = [{"name": "home", "tabName": "精选"}, {"name": "weibo", "tabName": "微博"}]
    data = {"user": web_user(scene, life), "tabList": tabs, "blockText": "", "profileGuardMsg": ""}
    return told({"ok": 1, "data": data})


def _asked(scene: Scene, request: Request) -> Life | None:
    if "uid" in request.query:
        return scene.known(request.query["uid"])
    name = request.query.get("screen_name") or request.query.get("custom")
    return next((life for life in scene.living() if life.name(scene.now) == name), None)


def posts(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the first page of posts; visitors get no other."""
    if not is_visitor(scene, request) or request.query.get("page", "1") != "1":
        return _login()
    life = scene.known(request.query.get("uid", ""))
    if life is None or life.state(scene.now) != "living":
        return told({"ok": 0, "data": {}})
    posts = list(islice(life.listed(scene.now), 400))
    posts.sort(key=lambda post: not post.pinned)
    leaf = posts[: 2 * PAGE]
    windowed = life.member.window and len(posts) <= 2 * PAGE
    since = f"{mid_of(leaf[-1])}kp2" if len(posts) > len(leaf) else ""
    data = {
        "since_id": since,
        "list": [_blog(scene, life, post) for post in leaf],
        "status_visible": 1 if life.private(scene.now) else 0,
        "bottom_tips_visible": windowed,
        "bottom_tips_text": HALF_A_YEAR if windowed else "",
        "topicList": [],
        "total": life.count(scene.now),
    }
    return told({"data": data, "ok": 1})


def _blog(scene: Scene, life: Life, post: Post) -> dict[str, Any]:
    mid = mid_of(post)
    user = web_user(scene, life)
    blog = blog_of(life, post)
    return {
        "visible": {"type": 0, "list_id": 0},
        "id": mid,
        "idstr": str(mid),
        "mid": str(mid),
        "mblogid": bid_of(mid),
        "user": {name: user[name] for name in ("id", "idstr", "screen_name", "profile_url", "verified")},
        "text_raw": blog["text"],
        "number_display_strategy": {"apply_scenario_flag": 19, "display_text": "100万+"},
        **({"ori_mid": "4477000000000000"} if post.kind == "repost" and mid % 2 else {}),
        **blog,
    }


def side_search(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the few users of the suggestion box, which needs no cookie."""
    lives = found(scene, request.query.get("q", ""))[:6]
    users = [web_user(scene, life) for life in lives]
    first = [user | {"uid": user["id"]} for user in users[:1]]
    return told({"ok": 1, "data": {"hotquery": [], "user": first, "users": users, "hotquery_num": 0}})


def closed_search(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the shell that stands where the desktop search was."""
    to = "https://passport.weibo.com/sso/signin?entry=miniblog&source=miniblog&url=https%3A%2F%2Fs.weibo.com"
    return shown(
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>登录 - 微博</title></head>'
        f"<body><script>window.wbBotDetector={{}};/* {to} */</script></body></html>"
    )
