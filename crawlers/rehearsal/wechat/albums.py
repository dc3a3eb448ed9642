"""Albums: the only list of articles that is shown without login, and only of those put into it."""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import Any

from crawlers.rehearsal.answers import Answer, Request, Scene, page, shown, told
from crawlers.rehearsal.life import Life, Post
from crawlers.rehearsal.wechat.addresses import album, by_biz, long_link, number, title

# An album holds only what was put into it, and never everything.
HELD = 120


def album_page(scene: Scene, request: Request, match: re.Match[str]) -> Answer:
    """Give an album, as JSON or as the page."""
    life = by_biz(scene, request.query.get("__biz", ""))
    open_to_all = life is not None and life.state(scene.now) == "living" and life.member.in_album
    if life is None or not open_to_all or request.query.get("album_id") != album(life.member):
        return _told(request, {"base_info": {"is_first_screen": "0"}, "continue_flag": "0"})
    entries = list(enumerate(reversed(list(islice(life.listed(scene.now), HELD))), 1))
    total = len(entries)
    if life.member.oldest_first == (request.query.get("is_reverse") == "1"):
        entries.reverse()
    begin, count = request.query.get("begin_msgid"), min(int(request.query.get("count") or 10), 20)
    places = [place for place, (_, post) in enumerate(entries) if str(number(post)) == begin]
    start = places[0] + 1 if places else 0
    leaf = [_entry(life, place, post) for place, post in entries[start : start + count]]
    base = {
        "is_first_screen": "0" if places else "1",
        "title": "校园要闻",
        "description": "",
        "nickname": life.name(scene.now),
        "username": life.member.handle,
        "article_count": str(total),
        "is_paid": "0",
        "type": "0",
    }
    said: dict[str, Any] = {"base_info": base, "is_pay_subscribe": "0", "verify_status": "0"}
    said |= {"article_list": leaf[0] if len(leaf) == 1 else leaf} if leaf else {}
    said |= {"continue_flag": "1" if len(entries) > start + count else "0", "reverse_continue_flag": "0"}
    return _told(request, said)


def _told(request: Request, said: dict[str, Any]) -> Answer:
    if request.query.get("f") == "json":
        return told({"base_resp": {"exportkey_token": "", "ret": 0}, "getalbum_resp": said})
    articles = said.get("article_list", [])
    articles = [articles] if isinstance(articles, dict) else articles
    base = said["base_info"]
    filled = page(
        "wechat-album.html",
        articles=[{name: a[name] for name in ("title", "create_time", "msgid", "itemidx")} for a in articles],
        more=said["continue_flag"],
        name=base.get("nickname", ""),
        count=base.get("article_count", "0"),
        head=_album_head(base.get("title", ""), base.get("nickname", "")),
        rows="".join(_row(article) for article in articles),
    )
    return shown(filled)


def _album_head(title: str, name: str) -> str:
    title = f'<div class="album__label-title">{html.escape(title)}</div>'
    return title + f'<div class="album__author-name">{html.escape(name)}</div>'


def _row(article: dict[str, str]) -> str:
    title, link = html.escape(article["title"]), html.escape(article["url"])
    return (
        f'<li class="album__list-item js_album_item" data-msgid="{article["msgid"]}" data-itemidx="1" '
        f'data-link="{link}" data-title="{title}" data-pos_num="{article["pos_num"]}">'
        f'<div class="album__item-title"><span class="album__item-title-wrp">{title}</span></div>'
        '<div class="album__item-info"><span class="js_article_create_time album__item-info-item">'
        f"{article['create_time']}</span></div></li>"
    )


def _entry(life: Life, place: int, post: Post) -> dict[str, str]:
    return {
        "cover_img_1_1": "https://mmbiz.qlogo.cn/mmbiz_jpg/rehearsal/300?wx_fmt=jpeg",
        "create_time": str(post.seconds),
        "is_pay_subscribe": "0",
        "is_read": "0",
        "item_show_type": "0",
        "itemidx": "1",
        "key": f"{number(post)}_1",
        "msgid": str(number(post)),
        "pos_num": str(place),
        "title": title(post),
        "tts_is_ban": "0",
        "url": long_link(life.member, post),
        "user_read_status": "0",
    }
