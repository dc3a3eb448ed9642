"""WeChat on the stage: albums, articles and Sogou's searches, all there is to see without login."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from crawlers.rehearsal.answers import (
    About,
    Act,
    Answer,
    Request,
    Route,
    Scene,
    at,
    page,
    search,
    sent,
    shown,
)
from crawlers.rehearsal.wechat import sogou
from crawlers.rehearsal.wechat.addresses import MP, by_biz, by_token
from crawlers.rehearsal.wechat.albums import album_page
from crawlers.rehearsal.wechat.articles import client_only, long, said, short

RES = "res.wx.qq.com"


def _captcha_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    return shown(page("wechat-captcha.html", target=request.query.get("target_url", "")))


def _owner(scene: Scene, request: Request, match: re.Match[str]) -> About | None:
    life = by_biz(scene, request.query.get("__biz", ""))
    if "token" in match.groupdict():
        known = by_token(scene, match["token"])
        life = known[0] if known else None
    return About("account", life.member.handle) if life else None


def _captcha(request: Request, route: Route) -> Answer | None:
    if route.host == sogou.HOST:
        return sogou.antispider(request)
    if "wappoc" in request.path:
        return None
    target = quote(f"https://{MP}{request.path}?{request.raw_query}", safe="")
    return sent(at(MP, "/mp/wappoc_appmsgcaptcha") + f"?poc_token=HREHEARSAL&target_url={target}")


def _on_mp(answer: Answer) -> Any:
    return lambda request, route: answer if route.host == MP else None


ACT = Act(
    name="wechat",
    hosts={MP: "User-agent: *\nAllow: /mp/publicpage\nDisallow: /\n", RES: None, sogou.HOST: None},
    routes=(
        Route(MP, re.compile(r"/mp/appmsgalbum"), album_page, _owner),
        Route(MP, re.compile(r"/s/(?P<token>[\w-]+)"), short, _owner, "page"),
        Route(MP, re.compile(r"/s"), long, _owner, "page"),
        Route(MP, re.compile(r"/mp/(?:profile_ext|getmasssendmsg)"), client_only, _owner, "page"),
        Route(MP, re.compile(r"/mp/wappoc_appmsgcaptcha"), _captcha_page, None, "page"),
        Route(sogou.HOST, re.compile(r"/weixin"), sogou.results, search("query"), "page"),
        Route(sogou.HOST, re.compile(r"/link"), sogou.jump, None, "page"),
        Route(sogou.HOST, re.compile(r"/antispider/"), sogou.antispider_page, None, "page"),
    ),
    refusals={
        "captcha": _captcha,
        "environment": _on_mp(
            said("环境异常", "当前环境异常，完成验证后即可继续访问。", '<a id="js_verify">去验证</a>')
        ),
        "frequent": _on_mp(said("访问过于频繁，请用微信扫描二维码进行访问")),
        "system": _on_mp(said("系统出错")),
        "closed": sogou.closed,
    },
)
