"""Douyin on the stage: a page that signs its own requests, and visitors not shown the newest works."""

from __future__ import annotations

import json
import re
from typing import Any

from crawlers.rehearsal.answers import (
    Act,
    Answer,
    Request,
    Route,
    Scene,
    account,
    at,
    page,
    search,
    sent,
    shown,
    told,
)
from crawlers.rehearsal.douyin.searching import SEARCH, nothing, search_users
from crawlers.rehearsal.douyin.signing import argus, salt
from crawlers.rehearsal.douyin.works import POSTS, posts, profile

WWW, SHORT, SHARE = "www.douyin.com", "v.douyin.com", "www.iesdouyin.com"

SCRIPT = "/static/user.js"
PROFILE = "/aweme/v1/web/user/profile/other/"

COOKIES = tuple(
    ("Set-Cookie", f"{name}={value}; Path=/{WWW}")
    for name, value in (("ttwid", "1%7Crehearsal"), ("UIFID", "72011400"))
)


def _user_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    values = {"sec_uid": match["sec_uid"], "root": f"/{WWW}", "salt": salt(str(scene.today))}
    values |= {"script": at(WWW, SCRIPT)}
    return shown(page("douyin-user.html", **values), headers=COOKIES)


def _script(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """The page's words stand in a file of their own, so that the page holds only those it shows."""
    return Answer(page("douyin-user.js").encode(), type="text/javascript; charset=utf-8")


def _search_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    values = {"keyword": match["keyword"], "root": f"/{WWW}", "salt": salt(str(scene.today))}
    return shown(page("douyin-search.html", **values), headers=COOKIES)


def _share(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    return sent(at(WWW, f"/user/{request.query.get('sec_uid', '')}"))


DECISION = json.dumps({"code": "10000", "type": "verify", "subtype": "slide", "verify_event": "default"})

VERIFY = {"status_code": 10000, "status_msg": "", "verify_center_decision_conf": DECISION}

VERIFY_PAGE = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><title>验证码中间页</title></head>'
    '<body><div id="captcha_container"></div></body></html>'
)


def _on_data(answer: Answer, on_page: Answer | None = None) -> Any:
    return lambda request, route: answer if route.aspect == "data" else on_page


def _login(request: Request, route: Route) -> Answer | None:
    if route.aspect == "page":
        return None
    if request.path == SEARCH:
        return told({"status_code": 2483, "status_msg": "请先登录，再继续搜索吧"})
    return told({"status_code": 8, "status_msg": "用户未登录"})


def _argus_wall(request: Request, route: Route) -> Answer | None:
    return argus("Sign Expired", "web_id_sign_expired") if request.path == POSTS else None


def _verify_check(request: Request, route: Route) -> Answer | None:
    return told(nothing("verify_check")) if request.path == SEARCH else None


ACT = Act(
    name="douyin",
    hosts={
        WWW: "User-agent: *\nDisallow: /search/\nDisallow: /follow\n",
        SHORT: None,
        SHARE: None,
    },
    routes=(
        Route(WWW, re.compile(r"/user/(?P<sec_uid>[\w-]+)"), _user_page, account("sec_uid"), "page"),
        Route(WWW, re.compile(r"/search/(?P<keyword>[^/]+)"), _search_page, search("keyword"), "page"),
        Route(WWW, re.compile(PROFILE), profile, account("sec_user_id")),
        Route(WWW, re.compile(POSTS), posts, account("sec_user_id")),
        Route(WWW, re.compile(SEARCH), search_users, search("keyword")),
        Route(WWW, re.compile(re.escape(SCRIPT)), _script, None, "page"),
        Route(SHARE, re.compile(r"/share/user/\w*"), _share, account("sec_uid"), "page"),
    ),
    refusals={
        "captcha": _on_data(told(VERIFY), shown(VERIFY_PAGE)),
        "argus": _argus_wall,
        "login": _login,
        "blank": _on_data(Answer(b"")),
        "bare": _on_data(told({"status_code": 0})),
        "risk": _on_data(told({"code": "10001010A", "msg": "当前环境存在风险，请稍后重试"})),
        "verify_check": _verify_check,
    },
)
