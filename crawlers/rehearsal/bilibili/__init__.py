"""Bilibili on the stage: plain data, data behind the page's own signature, space page and search."""

from __future__ import annotations

import re
from typing import Any

from crawlers.rehearsal.answers import Act, Answer, Request, Route, Scene, account, page, search, shown, told
from crawlers.rehearsal.bilibili import plain, signed
from crawlers.rehearsal.bilibili.signed import BANNED_REQUEST
from crawlers.rehearsal.bilibili.signing import VOUCHER, risk

API, WWW, SPACE, SEARCH = "api.bilibili.com", "www.bilibili.com", "space.bilibili.com", "search.bilibili.com"

BANNED_PAGE = (
    '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<title>出错啦! - bilibili.com</title></head><body><div class="error-container">'
    '<div class="txt-item err-code">错误号:412</div>'
    '<div class="txt-item err-text">由于触发哔哩哔哩安全风控策略，该次访问请求被拒绝。</div>'
    '<div class="txt-item err-text">The request was rejected because of the bilibili security control policy.'
    "</div></div></body></html>"
)

BUVID = (("Set-Cookie", f"buvid3=72011400-89AB-CDEF-0123-456789ABCDEF00001infoc; Path=/{API}"),)


def _space_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    feed = match["tab"] == "dynamic"
    return shown(page("bilibili-space.html", mid=match["mid"], feed=feed, api=f"/{API}"), headers=BUVID)


def _search_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    keyword, number = request.query.get("keyword", ""), request.query.get("page", "1")
    filled = page("bilibili-search.html", keyword=keyword, number=number, api=f"/{API}")
    return shown(filled, headers=BUVID)


def _on_data(answer: Answer, on_page: Answer | None = None) -> Any:
    """Refuse data, but for the keys of the day, without which a page could not even ask."""

    def refusal(request: Request, route: Route) -> Answer | None:
        if route.aspect == "page":
            return on_page
        return None if request.path.endswith(("/nav", "/spi")) else answer

    return refusal


ACT = Act(
    name="bilibili",
    hosts={
        API: None,
        WWW: "User-agent: Baiduspider\nAllow: /\n\nUser-agent: *\nDisallow: /\n",
        SPACE: "User-agent: *\nDisallow: /\n",
        SEARCH: "User-agent: *\nDisallow: /\n",
    },
    routes=(
        Route(API, re.compile(r"/x/web-interface/card"), plain.card, account("mid")),
        Route(API, re.compile(r"/x/relation/stat"), plain.stat, account("vmid")),
        Route(API, re.compile(r"/x/series/recArchivesByKeywords"), plain.archives, account("mid")),
        Route(API, re.compile(r"/x/space/top/arc"), plain.top, account("vmid")),
        Route(API, re.compile(r"/x/web-interface/nav"), plain.nav),
        Route(API, re.compile(r"/x/frontend/finger/spi"), plain.finger),
        Route(API, re.compile(r"/x/polymer/web-dynamic/v1/name-to-uid"), plain.name_to_uid),
        Route(API, re.compile(r"/x/space/wbi/acc/info"), signed.info, account("mid")),
        Route(API, re.compile(r"/x/space/wbi/arc/search"), signed.uploads, account("mid")),
        Route(API, re.compile(r"/x/polymer/web-dynamic/v1/feed/space"), signed.feed, account("host_mid")),
        Route(
            API, re.compile(r"/x/web-interface/(?:wbi/)?search/type"), signed.search_users, search("keyword")
        ),
        Route(SPACE, re.compile(r"/(?P<mid>\d+)/?(?P<tab>\w*)/?"), _space_page, account("mid"), "page"),
        Route(SEARCH, re.compile(r"/upuser"), _search_page, search("keyword"), "page"),
    ),
    refusals={
        "-352": _on_data(risk()),
        "-412": _on_data(told(BANNED_REQUEST, 412), shown(BANNED_PAGE, 412)),
        "-799": _on_data(told({"code": -799, "message": "请求过于频繁，请稍后再试", "ttl": 1})),
        "voucher": _on_data(told({"code": 0, "message": "0", "ttl": 1, "data": {"v_voucher": VOUCHER}})),
    },
)
