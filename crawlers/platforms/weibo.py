"""Weibo: its mobile and desktop pages in the browser, which obtain the visitor's cookie by themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from parsel import Selector

from crawlers.platforms import (
    NOTHING,
    Ask,
    Asked,
    Browse,
    Canaries,
    Endpoint,
    Http,
    Nothing,
    Platform,
    Posts,
    Results,
    Shown,
    Watch,
)
from crawlers.reading import read, statement
from crawlers.shapes import Json, Missing, answer, decoded, text
from crawlers.texts import bare, count, instant
from crawlers.visits import Page, Target, Visit
from monitors.nouns import (
    Ambiguous,
    Blocked,
    BlockedBy,
    Count,
    Found,
    Gone,
    GoneWhy,
    Newest,
    PlatformFacts,
    Profile,
    Unreachable,
)

MOBILE, DESKTOP = "https://m.weibo.cn", "https://weibo.com"
INDEX, INFO, SIDE = "/api/container/getIndex", "/ajax/profile/info", "/ajax/side/search"
NOTHING_HERE = "这里还没有内容"
PAST_THE_END = Ambiguous("列表已经翻到头")
PAGE = 10

# ── walls and gravestones ───────────────────────────────────────────────────────────────────────

STATUSES: dict[int, BlockedBy] = {
    401: "login",
    **dict.fromkeys((403, 432), "risk"),
    **dict.fromkeys((414, 418, 429, 500), "rate"),
}
GATES: tuple[tuple[re.Pattern[str], BlockedBy], ...] = (
    (re.compile(r"geetest|captcha", re.IGNORECASE), "captcha"),
    (re.compile(r"login\.php|/newlogin|/signin|login\.sina|/login\b"), "login"),
    (re.compile(r"visitor/visitor|sorry\?pagenotfound"), "risk"),
)
SHELLS: tuple[tuple[re.Pattern[str], BlockedBy], ...] = (
    (
        re.compile(r"<title>[^<]*登录|location[^\n]{0,40}(?:/signin|login\.php|login\.sina|/newlogin)"),
        "login",
    ),
    (re.compile(r"访问过于频繁"), "rate"),
    (re.compile(r"Sina Visitor System|wbBotDetector(?![\s\S]*card-wrap)"), "risk"),
)
GRAVES: tuple[tuple[re.Pattern[str], GoneWhy], ...] = (
    (re.compile(r"自行申请关闭|该账号已关闭|该账号已注销"), "cancelled"),
    (re.compile(r"投诉违反|违反.{0,60}[无不][法能]查看|验证之前暂时不能查看|账号有问题"), "suspended"),
    (re.compile(r"用户不存在"), "not_found"),
)
WINDOW = re.compile(r"仅展示.{1,6}内|展示半年内")
ITEM = re.compile(
    r"^https?://m\.weibo\.cn/(?:statuses/show|detail/|status/)|^https?://weibo\.com/ajax/statuses/show"
)
ITEM_GONE = re.compile(r"微博不存在|此微博已被(?:作者)?删除|此微博已不可见|没有这条微博的查看权限")
# What a success must carry (one of them), by the end of the path; a success without it is a refusal.
PAYLOADS = {
    INDEX: ("userInfo", "cards"),
    INFO: ("user",),
    "/mymblog": ("list",),
    SIDE: ("hotquery", "user", "users"),
    "/statuses/show": ("created_at",),
}
DATA = re.compile(r"^https?://(?:m\.weibo\.cn/(?:api/|statuses/show)|weibo\.com/ajax/)")
VISITOR = re.compile(r"^https?://(?:visitor\.passport\.weibo\.cn|passport\.weibo\.(?:com|cn))/visitor/")


def _wall(page: Page) -> Blocked | None:
    if page.status in STATUSES:
        return Blocked(STATUSES[page.status])
    if VISITOR.search(page.url):
        return None if _granted(page) else Blocked("risk")
    told = answer(page)
    towards = " ".join(filter(None, (page.final_url, page.headers.get("location"), _url(told))))
    gate = next((Blocked(by) for pattern, by in GATES if pattern.search(towards)), None)
    if gate or 300 <= page.status < 400:
        return gate or Blocked("risk")
    return _structured(page, told) if told else _shell(page)


def _structured(page: Page, told: Json) -> Blocked | None:
    ok, data = str(told.get("ok")), told.get("data")
    words = bare(" ".join(_sentences(told)))
    if ok == "-100" or "登录" in words:
        return Blocked("login")
    if "频繁" in words:
        return Blocked("rate")
    keys = next((keys for end, keys in PAYLOADS.items() if page.path.endswith(end)), ())
    if ok == "1" and (not isinstance(data, dict) or (keys and not any(key in data for key in keys))):
        return Blocked("rate")
    silent = not words and not _url(told) and not (any(data.values()) if isinstance(data, dict) else data)
    return Blocked("rate") if ok == "0" and silent else None


def _shell(page: Page) -> Blocked | None:
    """Look at a body that is no JSON object: a refusing page, an empty answer, HTML where JSON is due."""
    words = text(page).strip()[:500_000]
    shell = next((Blocked(by) for pattern, by in SHELLS if pattern.search(words)), None)
    if shell or not 200 <= page.status < 300:
        return shell
    due = DATA.search(page.url) and words[:1] not in ("{", "[")
    return Blocked("risk") if due or not words else None


def _gravestone(page: Page) -> Gone | None:
    for words in () if ITEM.search(page.url) else _words(page):
        for pattern, why in GRAVES:
            if pattern.search(bare(words)):
                return Gone(why, words.strip())
    return None


def _several(page: Page) -> Ambiguous | None:
    for words in _words(page):
        if NOTHING_HERE in words or ITEM_GONE.search(bare(words)):
            return Ambiguous(words.strip())
    if ITEM.search(page.url) and (gone := ITEM_GONE.search(bare(text(page)[:500_000]))):
        return Ambiguous(gone[0])
    return next((Ambiguous(words) for words in _sorry(page)), None)


def _words(page: Page) -> Iterator[str]:
    """Give the sentences in which the platform itself speaks, never those of a post."""
    told = answer(page)
    yield from _sentences(told) if told and str(told.get("ok")) == "0" else ()
    yield from _sorry(page)
    if not told and urlsplit(page.address).path == "/sorry":
        yield " ".join(Selector(text(page), type="html").xpath("//body//text()[not(parent::script)]").getall())


def _sorry(page: Page) -> Iterator[str]:
    """Give the reason that the address of a 'user does not exist' page carries, else that address."""
    for url in (_url(answer(page)), page.address):
        if "/sorry?usernotexists" in url:
            said = dict(parse_qsl(urlsplit(url).query)).get("msg", "")
            yield unquote(said) or url


def _sentences(told: Json) -> list[str]:
    return [words for key in ("msg", "message") if isinstance(words := told.get(key), str) and words]


def _url(told: Json | None) -> str:
    url = told.get("url") if told else None
    return url if isinstance(url, str) else ""


# ── readers of an account ───────────────────────────────────────────────────────────────────────


def _data(page: Page) -> Json:
    told = decoded(page)
    if told["ok"].integer() != 1:
        raise Missing(f"ok {told['ok'].integer()}")
    return told["data"].object()


def _user(user: Json, asked: Asked) -> Shown:
    """Read a user object of either site: `followers_count` may be rounded on the mobile one."""
    if user["id"].id() != asked.handle:
        raise Missing(user["id"].path)
    person = _person(user)
    total = count(user.get("statuses_count"))
    return Shown(
        "profile",
        name=person.name or None,
        verified=person.verified,
        verified_as=person.verified_as,
        followers=person.followers,
        posts_total=total.value if total else None,
    )


def _person(user: Json) -> Profile:
    """Give what a user object of either site says; the name is empty where it says none."""
    verified = user.get("verified")
    name, reason = (str(user.get(key) or "").strip() for key in ("screen_name", "verified_reason"))
    return Profile(
        handle=user["id"].id(),
        name=name,
        verified=bool(verified) if isinstance(verified, bool | int) else None,
        verified_as=reason or None if verified else None,
        followers=count(user.get("followers_count")) or count(user.get("followers_count_str")),
    )


def _index(page: Page, asked: Asked) -> Shown | Ambiguous | Nothing:
    """Read the mobile site's own call: the profile, the posts, or the small print of an account."""
    container = page.query.get("containerid", "")
    told = decoded(page)
    if told["ok"].integer() == 0 and NOTHING_HERE in str(told.get("msg")):
        posts_due = _first(page) and container.startswith(("107603", "230413"))
        return Shown("posts", says_empty=True) if posts_due else Ambiguous(NOTHING_HERE)
    data = _data(page)
    if data.get("userInfo") is not None:
        return _user(data["userInfo"].object(), asked)
    cards = data["cards"].members()
    if container.startswith("230283"):
        return NOTHING
    posts = [card for card in cards if str(card.get("card_type")) == "9"]
    others = json.dumps([card.value for card in cards if card not in posts], ensure_ascii=False)
    more = data.get("cardlistInfo.since_id") or data.get("cardlistInfo.page")
    ends: Ends = "window" if WINDOW.search(others) else "more" if more else "here"
    blogs = [(card["mblog"], str(card.get("profile_type_id")).startswith("proweibotop")) for card in posts]
    return _posts(page, asked, blogs, count(data.get("cardlistInfo.total")), ends)


def _blogs(page: Page, asked: Asked) -> Shown | Ambiguous:
    """Read the desktop site's list; its tips tell when the owner shows only the last half year."""
    data = _data(page)
    more = str(data.get("since_id")) not in ("None", "", "0", "-1")
    tips = str(data.get("bottom_tips_visible")) in ("True", "true", "1")
    windowed = tips or (not more and str(data.get("status_visible")) not in ("None", "0"))
    blogs = [(blog, False) for blog in data["list"].members()]
    return _posts(
        page, asked, blogs, count(data.get("total")), "window" if windowed else "more" if more else "here"
    )


Ends = Literal["here", "more", "window"]
"""How a list ends: at the first post, with a further page, or where the owner lets nobody look."""


def _posts(
    page: Page, asked: Asked, blogs: Sequence[tuple[Json, bool]], total: Count | None, ends: Ends
) -> Shown | Ambiguous:
    counted = total.value if total else None
    if not blogs:
        listed = Posts(None, whole=False, total=counted)
        hidden = ends == "window"
        return Shown("posts", posts=listed, hidden=hidden, says_empty=True) if _first(page) else PAST_THE_END
    own = [(blog, top) for blog, top in blogs if str(blog.get("user.id")) == asked.handle]
    if not own:
        raise Missing(f"{blogs[0][0].path}.user.id")
    # A repost counts by its own time; never look into `retweeted_status`.
    dates = [instant(blog.get("created_at"), asked.fetched_at) for blog, top in own]
    # A list that ends at least a page short of what it counts was cut.
    cut = ends == "window" or (ends == "here" and (counted or 0) - len(blogs) >= PAGE)
    posts = Posts(
        max(filter(None, dates), default=None),
        whole=_first(page) and None not in dates and not cut,
        total=counted,
        pinned_only=all(top or _top(blog) for blog, top in own),
    )
    return replace(_user(own[0][0]["user"], asked), by="posts", posts=posts, posts_total=None)


def _first(page: Page) -> bool:
    return page.query.get("since_id", "") in ("", "0") and page.query.get("page", "") in ("", "1")


def _top(blog: Json) -> bool:
    marks = (str(blog.get("isTop")), str(blog.get("mblogtype")), blog.get("title.text"))
    return marks[0] in ("1", "True") or marks[1] == "2" or marks[2] == "置顶"


def _desktop(page: Page, asked: Asked) -> Shown | Gone:
    data = _data(page)
    for pattern, why in GRAVES:
        says = data.get("blockText")
        if isinstance(says, str) and pattern.search(bare(says)):
            return Gone(why, says)
    return _user(data["user"].object(), asked)


def _item(page: Page, asked: Asked) -> Shown:
    """Read one post, from its address or from the script in its page."""
    script = re.search(r"\$render_data\s*=\s*(\[.*?\])\[0\]\s*\|\|", text(page), re.DOTALL)
    blog = decoded(replace(page, body=script[1].encode())) if script else _data(page)
    blog = next(blog.items())["status"] if script else blog
    at = instant(blog["created_at"].value, asked.fetched_at)
    posts = Posts(at, whole=False, witness="article")
    return replace(_user(blog["user"], asked), by="item", posts=posts, posts_total=None)


def _granted(page: Page) -> bool:
    """Tell whether the visitor's handshake was granted."""
    called = re.search(r"\(\s*(\{.*\})\s*\)", text(page), re.DOTALL)
    told = answer(replace(page, body=called[1].encode())) if called else None
    return told is not None and str(told.get("retcode")) == "20000000"


def _cookie(page: Page, asked: Asked) -> Nothing:
    if not _granted(page):
        raise Missing("retcode")
    return NOTHING


def _probe(page: Page, asked: Asked) -> Nothing:
    """Recognise the session probe and the details, whose `created_at` is when the user registered."""
    _data(page)
    return NOTHING


def _page(page: Page, asked: Asked) -> Nothing:
    """Recognise a page whose script fetches everything that counts."""
    if not text(page).strip():
        raise Missing("HTML")
    return NOTHING


# ── readers of searches ─────────────────────────────────────────────────────────────────────────


def _mobile_search(page: Page, asked: Asked) -> Results | Ambiguous:
    data = _data(page)
    groups = [card.get("card_group") or [card.value] for card in data["cards"].members()]
    items = [item for group in groups for item in Json(group, "data.cards[].card_group").members()]
    users = [item["user"] for item in items if item.get("user.id") is not None]
    if not users:
        return Ambiguous(NOTHING_HERE)
    return Results(_people(users), more=data.get("cardlistInfo.page") is not None)


def _suggestions(page: Page, asked: Asked) -> Results | Ambiguous:
    """Read the suggestion box: a few users, never all, so `more` cannot be known."""
    data = _data(page)
    if data.get("users") is None and data.get("user") is None:
        return Ambiguous("联想框里没有用户一栏")
    boxes = [Json(data.get(key), f"data.{key}") for key in ("users", "user")]
    users = [user for box in boxes for user in ([box] if box.get("id") else box.members())]
    return Results(_people(users), more=None)


def _people(users: Sequence[Json]) -> tuple[Profile, ...]:
    people = {p.handle: p for p in map(_person, reversed(users)) if p.name}
    return tuple(
        people[handle]
        for handle in dict.fromkeys(str(user["id"].value) for user in users)
        if handle in people
    )


def _search_page(page: Page, asked: Asked) -> Results:
    html = Selector(text(page), type="html")
    box = html.css("#pl_user_feedList")
    if not box:
        raise Missing("#pl_user_feedList")
    cards = box.css(".card-user-b")
    if not cards and not box.css(".card-no-result"):
        raise Missing("#pl_user_feedList .card-user-b")
    return Results(tuple(filter(None, map(_hit, cards))), more=bool(html.css("a.next")))


def _hit(card: Selector) -> Profile | None:
    uid = re.search(
        r"weibo\.com/(?:u/)?(\d{5,})", card.css(".avator a::attr(href), .name::attr(href)").get("")
    )
    name = "".join(card.css(".info .name").xpath(".//text()").getall()).strip()
    verified = bool(card.css('.info i[class*="icon-vip"]'))
    reason = card.css(".info a[title]::attr(title)").get("").strip()
    fans = card.xpath('.//span[contains(., "粉丝")]//a/text()').get()
    return (
        Profile(uid[1] if uid else None, name, verified, reason or None if verified else None, count(fans))
        if name
        else None
    )


# ── what it adds up to ──────────────────────────────────────────────────────────────────────────


def _merge(shown: Sequence[Shown], asked: Asked, walled: bool) -> Found | Ambiguous:
    proofs = sorted(
        (s for s in shown if not s.says_empty), key=lambda s: ("profile", "posts", "item").index(s.by)
    )
    if not proofs:
        return Ambiguous(NOTHING_HERE)
    lists = [s.posts for s in shown if s.posts]
    empty = any(s.says_empty for s in shown)
    counter = max((s.posts_total for s in proofs if s.posts_total is not None), default=None)
    listed = max((posts.total or 0 for posts in lists), default=0)
    at = max((posts.newest for posts in lists if posts.newest), default=None)
    # A newer post elsewhere, or a counter of nothing, contradicts the list and leaves only a bound.
    exact = {posts.newest for posts in lists if posts.whole and not posts.pinned_only} == {
        at
    } and counter != 0
    followers = sorted((s.followers for s in proofs if s.followers), key=lambda c: not c.exact)
    return Found(
        name=next((s.name for s in proofs if s.name), None),
        verified=next((s.verified for s in proofs if s.verified is not None), None),
        verified_as=next((s.verified_as for s in proofs if s.verified_as), None),
        followers=next(iter(followers), None),
        newest=Newest(at, "exact" if exact else "at_least") if at else None,
        posts_total=0 if counter == 0 and empty and not at and not listed else counter or listed or None,
        hidden=any(s.hidden for s in shown) and not at,
    )


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def _account_ask(target: Target, pages: Sequence[Page]) -> Ask | None:
    """Open the mobile page; the desktop one only for the platform's verdict where the first left a doubt."""
    uid = target.handle
    if not pages:
        index = f"{MOBILE}{INDEX}?type=uid&value={uid}"
        # The call for the posts asks all that the call for the profile asks, so it is named first.
        posts = Watch(f"{index}&containerid=107603{uid}", {"value": uid, "containerid": f"107603{uid}"})
        return Browse(f"{MOBILE}/u/{uid}", (posts, Watch(index, {"type": "uid", "value": uid})))
    if any(page.url.startswith(DESKTOP) for page in pages):
        return None
    outcome = read(PLATFORM, Visit("weibo", "account", target.at or datetime.now(UTC), tuple(pages), uid))
    settled = isinstance(outcome, Found) and (outcome.newest or outcome.posts_total == 0)
    if settled or isinstance(outcome, Blocked | Unreachable | Gone):
        return None
    # In the browser, because this address wants a visitor's cookie that only the page's own script obtains.
    info = Watch(f"{DESKTOP}{INFO}?uid={uid}", {"uid": uid})
    blogs = Watch(f"{DESKTOP}/ajax/statuses/mymblog?uid={uid}&page=1&feature=0", {"uid": uid}, needed=False)
    return Browse(f"{DESKTOP}/u/{uid}", (info, blogs))


def _search_ask(keyword: str, pages: Sequence[Page], depth: int) -> Ask | None:
    """Ask the suggestion box, which is open, then the mobile search, which scrolls through its pages."""
    word = quote(keyword, safe="")
    if not pages:
        return Http(f"{DESKTOP}{SIDE}?q={word}", {"Referer": "https://s.weibo.com/"})
    said = statement(PLATFORM, pages[-1], Asked(None, None, keyword, datetime.now(UTC)))
    if len(pages) > 1 or isinstance(said, Blocked | Unreachable):
        return None
    container = f"100103type=3&q={keyword}&t=0"
    data = f"{MOBILE}{INDEX}?containerid={quote(container, safe='')}&page_type=searchall"
    later = [
        Watch(f"{data}&page={n}", {"containerid": container, "page": str(n)}) for n in range(2, depth + 1)
    ]
    search = f"{MOBILE}/search?containerid={quote(container, safe='')}"
    return Browse(search, (*later, Watch(data, {"containerid": container})), scrolls=depth - 1)


# ── the platform ────────────────────────────────────────────────────────────────────────────────

_OF = r"(?:.*[?&]{}=(?P<handle>\d+))?"

PLATFORM = Platform(
    facts=PlatformFacts(
        "weibo", "微博", agreeing_nights=2, profile_url=lambda handle: f"{DESKTOP}/u/{handle}"
    ),
    hosts=(
        "m.weibo.cn",
        "weibo.com",
        "s.weibo.com",
        "passport.weibo.com",
        "visitor.passport.weibo.cn",
        "*.sinaimg.cn",
    ),
    handle=re.compile(r"[1-9]\d{4,9}", re.ASCII),
    pace=10.0,
    # 人民日报; a number that is not yet given out; its name must hit.
    canaries=Canaries(alive="2803301701", absent="9999999999", word="人民日报"),
    endpoints=(
        Endpoint(
            "user search",
            re.compile(r"^https?://m\.weibo\.cn/api/container/getIndex\?(?:.*&)?containerid=100103"),
            _mobile_search,
        ),
        Endpoint(
            "getIndex",
            re.compile(
                r"^https?://m\.weibo\.cn/api/container/getIndex"
                r"(?:\?.*?(?:value=|containerid=(?:107603|100505|230413|230283))(?P<handle>\d+))?"
            ),
            _index,
        ),
        Endpoint(
            "profile/info",
            re.compile(r"^https?://weibo\.com/ajax/profile/info" + _OF.format("uid")),
            _desktop,
        ),
        Endpoint(
            "profile/detail",
            re.compile(r"^https?://weibo\.com/ajax/profile/detail" + _OF.format("uid")),
            _probe,
        ),
        Endpoint(
            "mymblog", re.compile(r"^https?://weibo\.com/ajax/statuses/mymblog" + _OF.format("uid")), _blogs
        ),
        Endpoint("side/search", re.compile(r"^https?://weibo\.com/ajax/side/search"), _suggestions),
        Endpoint("post", ITEM, _item),
        Endpoint("config", re.compile(r"^https?://m\.weibo\.cn/api/config"), _probe),
        Endpoint("visitor", VISITOR, _cookie),
        Endpoint("search page", re.compile(r"^https?://s\.weibo\.com/user"), _search_page),
        Endpoint(
            "page",
            re.compile(
                r"^https?://(?:m\.weibo\.cn|(?:www\.)?weibo\.com)/(?:(?:u|profile)/)?(?P<handle>\d+)(?=[/?#]|$)"
            ),
            _page,
        ),
        Endpoint(
            "shell",
            re.compile(r"^https?://(?:m\.weibo\.cn|(?:www\.)?weibo\.com)(?=/(?!ajax/|api/)|$)"),
            _page,
        ),
    ),
    wall=_wall,
    gravestone=_gravestone,
    several=_several,
    merge=_merge,
    account_ask=_account_ask,
    search_ask=_search_ask,
)
