"""Articles, and what stands in their place when the article or its account is gone."""

from __future__ import annotations

import html
import re
from typing import Any

from crawlers.rehearsal.answers import Answer, Request, Scene, page, shown
from crawlers.rehearsal.cast import Member
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.wechat.addresses import (
    MP,
    album,
    biz,
    by_biz,
    by_number,
    by_token,
    long_link,
    number,
    title,
)
from monitors.nouns import SHANGHAI

CANCELLED = "此账号已自主注销，内容无法查看"

SHUT_OFF = "此帐号已被屏蔽, 内容无法查看"

DELETED = "该内容已被发布者删除"


def short(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the article of a short link."""
    known = by_token(scene, match["token"])
    return _article(scene, *known) if known else said("参数错误")


def long(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give the article of a long link, or of one that a search has signed for some hours."""
    if request.query.get("src") == "11":
        fresh = abs(scene.now.timestamp() - int(request.query.get("timestamp") or 0)) < 6 * 3600
        known = by_token(scene, request.query.get("signature", ""))
        return _article(scene, *known) if known and fresh else said("链接已过期")
    life = by_biz(scene, request.query.get("__biz", ""))
    post = by_number(scene, life, request.query.get("mid", "")) if life else None
    return _article(scene, life, post) if life and post else said("参数错误")


def _article(scene: Scene, life: Life, post: Post) -> Answer:
    state = life.state(scene.now)
    if state == "cancelled":
        return said(CANCELLED)
    if state == "suspended":
        return said(SHUT_OFF)
    if state == "moved" and life.member.moved:
        return _moved(scene, scene.members[life.member.moved.to])
    if life.article_deleted(scene.now):
        return said(DELETED)
    local = post.at.astimezone(SHANGHAI)
    values: dict[str, Any] = {
        "name": life.name(scene.now),
        "gh": life.member.handle,
        "biz": biz(life.member),
        "title": title(post),
        "seconds": str(post.seconds),
        "minute": f"{local:%Y-%m-%d %H:%M}",
    }
    if post.seconds % 6 == 0:
        return shown(page("wechat-pictures.html", **values))
    values |= {"mid": str(number(post)), "link": long_link(life.member, post), "album": album(life.member)}
    return shown(page("wechat-article.html", **values))


def said(title: str, description: str = "", more: str = "") -> Answer:
    """Give a notice that stands in place of an article."""
    words = f'<h2 class="weui-msg__title">{html.escape(title, quote=False)}</h2>'
    words += f'<p class="weui-msg__desc">{html.escape(description, quote=False)}</p>' if description else ""
    return shown(page("wechat-notice.html", words=words, more=more))


def _moved(scene: Scene, target: Member) -> Answer:
    post = next(iter(scene.life(target).posts(scene.now)), None)
    link = f"https://{MP}/s?__biz={biz(target)}&mid={number(post) if post else 1}&idx=1&sn=0#rd"
    return said(
        "该公众号已迁移",
        "该公众号已迁移至新的账号，原账号已回收。若需访问原文章链接，请点击下方按钮。",
        f"<a id=\"js_access_msg\">访问文章</a><script>var transferTargetLink = '{link}';</script>",
    )


def client_only(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Send the reader to the app."""
    return said("请在微信客户端打开链接")
