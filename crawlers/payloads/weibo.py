"""What Weibo's two sites answer about an account: the profile, the list of posts, one post."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from crawlers import kinds
from crawlers.platforms import NOTHING, Asked, Nothing, Posts, Shown
from crawlers.shapes import Json, Missing, answer, decoded, is_id, text
from crawlers.texts import count, instant
from crawlers.visits import Page
from monitors.nouns import Ambiguous, Count, PostKind, Profile

NOTHING_HERE = "这里还没有内容"
PAGE = 10  # posts
WINDOW = re.compile(r"仅展示.{1,6}内|展示半年内")
SCRIPT = re.compile(r"\$render_data\s*=\s*(\[.*?\])\[0\]\s*\|\|", re.DOTALL)

Ends = Literal["here", "more", "window"]
"""How a list ends: at the first post, with a further page, or where the owner lets nobody look."""


def payload(page: Page) -> Json:
    """Give `data` of an answer whose `ok` is 1; any other raises `Missing`."""
    told = decoded(page)
    if told["ok"].integer() != 1:
        raise Missing(f"ok {told['ok'].integer()}")
    return told["data"].object()


def person(user: Json) -> Profile:
    """Read a user object of either site; `followers_count` is rounded on the mobile one, the name may lack."""
    verified = user.get("verified")
    name, reason = (str(user.get(key) or "").strip() for key in ("screen_name", "verified_reason"))
    return Profile(
        handle=_uid(user).id(),
        name=name,
        verified=bool(verified) if isinstance(verified, bool | int) else None,
        verified_as=reason or None if verified else None,
        followers=count(user.get("followers_count")) or count(user.get("followers_count_str")),
    )


def _uid(user: Json) -> Json:
    return user["idstr" if user.get("id") is None and user.get("idstr") else "id"]


def _own(user: Json, asked: Asked) -> Shown:
    if _uid(user).id() != asked.handle:
        raise Missing(_uid(user).path)
    who, total = person(user), count(user.get("statuses_count"))
    counted = total.value if total and total.exact else None
    return Shown("profile", who.name or None, who.verified, who.verified_as, who.followers, counted)


def desktop_profile(page: Page, asked: Asked) -> Shown:
    """Read the desktop site's profile."""
    return _own(payload(page)["user"].object(), asked)


def index(page: Page, asked: Asked) -> Shown | Ambiguous | Nothing:
    """Read the mobile site's own call: the profile, the posts, or the small print of an account."""
    container, told = page.query.get("containerid", ""), decoded(page)
    if told["ok"].integer() == 0 and NOTHING_HERE in str(told.get("msg")):
        posts_due = _first(page) and container.startswith(("107603", "230413"))
        return Shown("posts", says_empty=True) if posts_due else Ambiguous(NOTHING_HERE)
    data = payload(page)
    if data.get("userInfo") is not None:
        return _own(data["userInfo"].object(), asked)
    cards = _given(data["cards"])
    if container.startswith("230283"):
        return NOTHING
    # A post is what has a `mblog`, whatever its type is called; groups hold what is recommended beside them.
    posts = [card for card in cards if _is_post(card)]
    others = json.dumps([_said(card.value) for card in cards if card not in posts], ensure_ascii=False)
    more = data.get("cardlistInfo.since_id") or data.get("cardlistInfo.page")
    ends: Ends = "window" if WINDOW.search(others) else "more" if more else "here"
    blogs = [
        (Json(card.get("mblog"), f"{card.path}.mblog"), _top(card.get("profile_type_id"))) for card in posts
    ]
    return _posts(page, asked, blogs, count(data.get("cardlistInfo.total")), ends)


def _is_post(card: Json) -> bool:
    if not isinstance(card.value, dict) or card.get("mblog") is not None:
        return True
    # A place in the list of posts is one even where its post, or what the place is called, is not given.
    return str(card.get("card_type")) == "9" or str(card.get("profile_type_id")).startswith("proweibo")


def _said(value: object) -> object:
    """Give what the site itself says in a card: nothing of recommended posts and people, who may quote it."""
    if isinstance(value, list):
        return [_said(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {key: _said(member) for key, member in value.items() if key not in ("mblog", "user", "users")}


def _given(node: Json) -> list[Json]:
    """Give the members of a list that must be there: null in its place is a refusal, not an empty list."""
    if node.value is None:
        raise Missing(node.path)
    return node.members()


def _top(profile_type: object) -> bool:
    return str(profile_type).startswith("proweibotop")


def desktop_posts(page: Page, asked: Asked) -> Shown | Ambiguous:
    """Read the desktop site's list; its tips tell when the owner shows only the last half year."""
    data = payload(page)
    more = str(data.get("since_id")) not in ("None", "", "0", "-1")
    tips = str(data.get("bottom_tips_visible")) in ("True", "true", "1")
    window = tips or (not more and str(data.get("status_visible")) not in ("None", "0"))
    blogs = [(blog, False) for blog in _given(data["list"])]
    ends: Ends = "window" if window else "more" if more else "here"
    return _posts(page, asked, blogs, count(data.get("total")), ends)


def _posts(
    page: Page, asked: Asked, blogs: Sequence[tuple[Json, bool]], total: Count | None, ends: Ends
) -> Shown | Ambiguous:
    counted = total.value if total else None
    if not blogs and not _first(page):
        return Ambiguous("列表已经翻到头")
    if not blogs:
        return Shown("posts", posts=Posts(None, False, counted), hidden=ends == "window", says_empty=True)
    own = [(blog, top) for blog, top in blogs if asked.handle in _author(blog)]
    if not own:
        raise Missing(f"{blogs[0][0].path}.user.id")
    # A repost counts by its own time, so `retweeted_status` is never looked into.
    dates = [instant(blog.get("created_at"), asked.fetched_at) for blog, top in own]
    # A list that ends at least a page short of what it counts was cut; who wrote an entry must be readable.
    cut = ends == "window" or (ends == "here" and (counted or 0) - len(blogs) >= PAGE)
    readable = None not in dates and all(any(map(is_id, _author(blog))) for blog, top in blogs)
    pinned = [top or _pinned(blog) for blog, top in own]
    entries = list(zip((_kind(blog) for blog, top in own), dates, pinned, strict=True))
    posts = Posts(
        max(filter(None, dates), default=None),
        whole=_first(page) and readable and not cut,
        total=counted,
        pinned_only=all(pinned),
        kinds=kinds.of(entries, ended=ends == "here"),
        ends_after=len(blogs) if ends == "here" else None,
    )
    return replace(_own(own[0][0]["user"], asked), by="posts", posts=posts, posts_total=None)


def _author(blog: Json) -> tuple[str, str]:
    return str(blog.get("user.id")), str(blog.get("user.idstr"))


def _first(page: Page) -> bool:
    return page.query.get("since_id", "") in ("", "0") and page.query.get("page", "") in ("", "1")


def _pinned(blog: Json) -> bool:
    marked = str(blog.get("isTop")) in ("1", "True") or str(blog.get("mblogtype")) == "2"
    return marked or blog.get("title.text") == "置顶"


def _kind(blog: Json) -> PostKind:
    """Tell a repost, the quick one included, which shows no text of its own."""
    return "forward" if blog.get("retweeted_status") or blog.get("ori_mid") else "post"


def post(page: Page, asked: Asked) -> Shown:
    """Read one post, from its address or from the script in its page."""
    script = SCRIPT.search(text(page))
    written = decoded(replace(page, body=script[1].encode())).members() if script else ()
    blog = written[0]["status"] if written else payload(page)
    at = instant(blog["created_at"].value, asked.fetched_at)
    told = ((_kind(blog), at, False),) if at else ()
    posts = Posts(at, whole=False, witness="article", kinds=told)
    return replace(_own(blog["user"], asked), by="post", posts=posts, posts_total=None)


def granted(page: Page) -> bool:
    """Tell whether the visitor's handshake was granted; it answers by calling back with an object."""
    body = page.body[page.body.find(b"{") : page.body.rfind(b"}") + 1]
    told = answer(replace(page, body=body))
    return told is not None and str(told.get("retcode")) == "20000000"
