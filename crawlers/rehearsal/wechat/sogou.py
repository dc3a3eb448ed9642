"""Sogou on the stage: where WeChat's accounts and articles can be searched from outside."""

from __future__ import annotations

import hashlib
import html
import re
from itertools import islice
from urllib.parse import quote, urlencode

from crawlers.rehearsal.answers import Answer, Request, Route, Scene, at, page, sent, shown
from crawlers.rehearsal.cast import Member
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.searching import found, marked
from crawlers.rehearsal.wechat.addresses import MP, title, token

HOST = "weixin.sogou.com"
LEAF, LAST_PAGE = 10, 10


def results(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Answer a search for accounts (type 1) or articles (type 2)."""
    keyword, kind = request.query.get("query", ""), request.query.get("type", "1")
    number = int(request.query.get("page") or 1)
    if number > LAST_PAGE:
        return _frame(
            keyword, kind, _nothing("当前只显示100条结果，请您：登录后查看更多结果，或者返回微信搜索首页")
        )
    lives = found(scene, keyword)
    if kind == "1":
        items = [_account(scene, life, keyword) for life in lives]
    else:
        written = [(life, post) for life in lives for post in islice(life.listed(scene.now), 2)]
        items = [_article(scene, life, post, keyword) for life, post in written]
    leaf = items[(number - 1) * LEAF : number * LEAF]
    if not leaf:
        return _frame(
            keyword, kind, _nothing(f"暂无与“<em>{html.escape(keyword)}</em>”相关的官方认证订阅号。")
        )
    numbered = "".join(item.replace("{place}", str(place)) for place, item in enumerate(leaf))
    listed = f'<ul class="news-list{"2" if kind == "1" else ""}">{numbered}</ul>'
    bar = _bar(keyword, kind, number, len(items))
    return _frame(keyword, kind, f'<div class="news-box">{listed}{bar}</div>')


def _frame(keyword: str, kind: str, body: str) -> Answer:
    return shown(page("sogou.html", keyword=keyword, kind=kind, body=body))


def _nothing(words: str) -> str:
    box = '<div class="b404-box" id="noresult_part1_container"><p class="p1">呀！</p>'
    return f'{box}<p class="p2">{words}</p></div>'


def _bar(keyword: str, kind: str, number: int, total: int) -> str:
    link = html.escape("?" + urlencode({"query": keyword, "type": kind, "page": number + 1, "ie": "utf8"}))
    following = f'<a id="sogou_next" href="{link}" class="np" uigs="page_next">下一页</a>'
    count = f'<div class="mun">找到约{total}条结果<!--resultbarnum:{total}--></div>'
    bar = f"<span>{number}</span>{following if total > number * LEAF else ''}{count}"
    return f'<div class="p-fy" id="pagebar_container">{bar}</div>'


def _red(text: str, keyword: str) -> str:
    return marked(html.escape(text), html.escape(keyword), "<em><!--red_beg-->", "<!--red_end--></em>")


def _link(kind: str, letters: str) -> str:
    return html.escape(
        f"/{HOST}/link?" + urlencode({"url": letters, "type": kind, "query": "x", "token": "0"})
    )


def _open_id(member: Member) -> str:
    return "oIWsFt" + hashlib.sha256(member.handle.encode()).hexdigest()[:22]


def _when(post: Post) -> str:
    return f"<script>document.write(timeConvert('{post.seconds}'))</script>"


def _account(scene: Scene, life: Life, keyword: str) -> str:
    member, latest = life.member, next(iter(life.listed(scene.now)), None)
    link = _link("1", token(member, latest)) if latest else "#"
    name = _red(life.name(scene.now), keyword)
    name = f'<a target="_blank" uigs="account_name_{{place}}" href="{link}">{name}</a>'
    alias = f'微信号：<label name="em_weixinhao">{html.escape(member.alias or member.handle)}</label>'
    about = "<dl><dt>功能介绍：</dt><dd>校园资讯。</dd></dl>"
    if member.verified_as:
        mark = "<script>document.write(authname('2'))</script>微信认证："
        about += f'<dl><dt>{mark}</dt><dd><i class="identify"></i>{html.escape(member.verified_as)}</dd></dl>'
    if latest:
        told = f'<a target="_blank" uigs="account_article_{{place}}" href="{link}">{title(latest)}</a>'
        about += f"<dl><dt>最近文章：</dt><dd>{told}<span>{_when(latest)}</span></dd></dl>"
    head = f'<p class="tit">{name}<i></i></p><p class="info">{alias}</p>'
    box = f'<div class="gzh-box2"><div class="txt-box">{head}</div></div>'
    return f'<li id="sogou_vr_11002301_box_{{place}}" d="{_open_id(member)}">{box}{about}</li>'


def _article(scene: Scene, life: Life, post: Post, keyword: str) -> str:
    link = _link("2", token(life.member, post))
    name = life.name(scene.now)
    text = f"{_red(name, keyword)}：{title(post)}"
    head = f'<h3><a target="_blank" href="{link}" uigs="article_title_{{place}}">{text}</a></h3>'
    foot = f'<span class="all-time-y2">{html.escape(name)}</span><span class="s2">{_when(post)}</span>'
    body = f'{head}<p class="txt-info">校园资讯……</p><div class="s-p">{foot}</div>'
    return f'<li id="sogou_vr_11002601_box_{{place}}" d="rehearsal"><div class="txt-box">{body}</div></li>'


def jump(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """The way to an article leads through a script that puts the address together."""
    signed = {"src": "11", "timestamp": int(scene.now.timestamp()), "ver": "6000"}
    to = at(MP, "/s?") + urlencode(signed | {"signature": request.query.get("url", "")})
    pieces = [to[start : start + 20] for start in range(0, len(to), 20)]
    return shown(page("sogou-link.html", pieces=pieces))


def antispider(request: Request) -> Answer | None:
    """Send a searcher to the page with the letters to type."""
    if request.path != "/weixin":
        return None
    back = quote(f"{request.path}?{request.raw_query}", safe="")
    return sent(at(HOST, "/antispider/") + f"?from={back}&antip=wx_hb")


def antispider_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the page with the letters to type."""
    return shown(page("sogou-antispider.html"))


def closed(request: Request, route: Route) -> Answer | None:
    """Answer every search for accounts as if there were none, the way it is told to visitors of late."""
    if request.path != "/weixin" or request.query.get("type", "1") != "1":
        return None
    keyword = request.query.get("query", "")
    return _frame(keyword, "1", _nothing(f"暂无与“<em>{html.escape(keyword)}</em>”相关的官方认证订阅号。"))
