"""Weibo: its mobile and desktop pages in the browser, which obtain the visitor's cookie by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from parsel import Selector

from crawlers.kinds import by_kind
from crawlers.payloads import weibo
from crawlers.payloads import weibo_searches as searches
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
    Read,
    Shown,
    Watch,
)
from crawlers.reading import gathered, read, statement
from crawlers.shapes import Json, Missing, answer, text
from crawlers.texts import bare
from crawlers.visits import Page, Target, Visit
from monitors.nouns import (
    Ambiguous,
    Blocked,
    BlockedBy,
    Found,
    Gone,
    GoneWhy,
    Newest,
    PlatformFacts,
    Unreachable,
)

MOBILE, DESKTOP = "https://m.weibo.cn", "https://weibo.com"
INDEX, INFO, SIDE = "/api/container/getIndex", "/ajax/profile/info", "/ajax/side/search"

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
    (re.compile(r"Sina Visitor System|wbBotDetector"), "risk"),
)
GRAVES: tuple[tuple[re.Pattern[str], GoneWhy], ...] = (
    (re.compile(r"自行申请关闭|该账号已关闭|该账号已注销"), "cancelled"),
    (re.compile(r"投诉违反|违反.{0,60}(?:无法|不能)查看|验证之前暂时不能查看|账号有问题"), "suspended"),
    (re.compile(r"用户不存在"), "not_found"),
)
ITEM = re.compile(
    r"^https?://m\.weibo\.cn/(?:statuses/show|detail/|status/|\d+/\w)"
    r"|^https?://(?:www\.)?weibo\.com/(?:ajax/statuses/show|\d+/\w)",
    re.ASCII,
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
        return None if weibo.granted(page) else Blocked("risk")
    told = answer(page)
    towards = " ".join(filter(None, (page.final_url, page.headers.get("location"), _url(told))))
    gate = next((Blocked(by) for pattern, by in GATES if pattern.search(towards)), None)
    if gate or (300 <= page.status < 400 and "/sorry?usernotexists" not in towards):
        return gate or Blocked("risk")
    return _structured(page, told) if told else _shell(page)


def _structured(page: Page, told: Json) -> Blocked | None:
    ok, data = str(told.get("ok")), told.get("data")
    words = bare(" ".join(_sentences(told)))
    if "-100" in (ok, str(told.get("errno"))) or "登录" in words:
        return Blocked("login")
    if "频繁" in words:
        return Blocked("rate")
    keys = next((keys for end, keys in PAYLOADS.items() if page.path.endswith(end)), ())
    given = data if isinstance(data, dict) else {}
    if ok in ("1", "True") and (not given or (keys and all(given.get(key) is None for key in keys))):
        return Blocked("rate")
    silent = not words and not _url(told) and not any(given.get(key) for key in keys or given)
    return Blocked("rate") if ok in ("0", "False") and silent else None


def _shell(page: Page) -> Blocked | None:
    """Look at a body that is no JSON object: a refusing page, an empty answer, HTML where JSON is due."""
    words = text(page).strip()[:500_000]
    shell = next((Blocked(by) for pattern, by in SHELLS if pattern.search(words)), None)
    if shell == Blocked("risk") and "card-wrap" in words:
        return None
    if shell or not 200 <= page.status < 300:
        return shell
    due = DATA.search(page.url) and words[:1] not in ("{", "[") and not _removed(page)
    return Blocked("risk") if due or not words else None


def _gravestone(page: Page) -> Gone | None:
    words = () if ITEM.search(page.url) else _words(page)
    return next((gone for gone in map(_grave, words) if gone), None)


def _grave(words: str) -> Gone | None:
    why = next((why for pattern, why in GRAVES if pattern.search(bare(words))), None)
    return Gone(why, words.strip()) if why else None


def _several(page: Page) -> Ambiguous | None:
    for words in _words(page):
        if weibo.NOTHING_HERE in words or ITEM_GONE.search(bare(words)):
            return Ambiguous(words.strip())
    if gone := _removed(page):
        return Ambiguous(gone)
    return next((Ambiguous(words) for words in _sorry(page)), None)


def _removed(page: Page) -> str | None:
    """Give the words in which the address of one post says that the post is gone."""
    gone = ITEM_GONE.search(bare(text(page)[:500_000])) if ITEM.search(page.url) else None
    return gone[0] if gone else None


def _words(page: Page) -> Iterator[str]:
    """Give the sentences in which the platform itself speaks, never those of a post."""
    told = answer(page)
    yield from _sentences(told) if told and str(told.get("ok")) in ("0", "False") else ()
    yield from _sorry(page)
    if not told and urlsplit(page.address).path == "/sorry":
        yield " ".join(
            Selector(text(page), type="html").xpath("//body//text()[not(parent::script)]").getall()
        )


def _sorry(page: Page) -> Iterator[str]:
    """Give the reason that the address of a 'user does not exist' page carries, else that address."""
    for url in (_url(answer(page)), page.address, page.headers.get("location", "")):
        if "/sorry?usernotexists" in url:
            said = dict(parse_qsl(urlsplit(url).query)).get("msg", "")
            yield unquote(said) or url


def _sentences(told: Json) -> list[str]:
    return [words for key in ("msg", "message") if isinstance(words := told.get(key), str) and words]


def _url(told: Json | None) -> str:
    url = told.get("url") if told else None
    return url if isinstance(url, str) else ""


# ── readers that know the platform's words ──────────────────────────────────────────────────────


def _desktop(page: Page, asked: Asked) -> Shown | Gone:
    shown = weibo.desktop_profile(page, asked)
    words = weibo.payload(page).get("blockText")
    return (_grave(words) if isinstance(words, str) else None) or shown


def _cookie(page: Page, asked: Asked) -> Nothing:
    if not weibo.granted(page):
        raise Missing("retcode")
    return NOTHING


def _probe(page: Page, asked: Asked) -> Nothing:
    """Recognise the session probe and the details, whose `created_at` is when the user registered."""
    weibo.payload(page)
    return NOTHING


def _page(page: Page, asked: Asked) -> Nothing:
    """Recognise a page whose script fetches everything that counts."""
    if not text(page).strip():
        raise Missing("HTML")
    return NOTHING


# ── what it adds up to ──────────────────────────────────────────────────────────────────────────


def _merge(shown: Sequence[Shown], asked: Asked, walled: bool) -> Found | Ambiguous:
    proofs = sorted((s for s in shown if not s.says_empty), key=lambda s: RANK.index(s.by))
    if not proofs:
        return Ambiguous(weibo.NOTHING_HERE)
    lists = [s.posts for s in shown if s.posts]
    at = max((posts.newest for posts in lists if posts.newest), default=None)
    counter = max((s.posts_total for s in proofs if s.posts_total is not None), default=None)
    listed = max((posts.total or 0 for posts in lists), default=0)
    hidden = any(s.hidden for s in shown) and not at
    agreed = any(s.says_empty for s in shown) and not at and not listed and not hidden
    # A newer post elsewhere, or the account's counter, contradicts the list and leaves only a bound.
    wholes = [posts for posts in lists if posts.whole and not posts.pinned_only]
    short = any(p.ends_after is not None and (counter or 0) - p.ends_after >= weibo.PAGE for p in wholes)
    exact = {posts.newest for posts in wholes} == {at} and counter != 0 and not short
    newest = Newest(at, "exact" if exact else "at_least") if at else None
    return replace(
        gathered(proofs),
        newest=newest,
        posts_total=0 if counter == 0 and agreed else counter or listed or None,
        hidden=hidden,
        by_kind=by_kind(newest, lists),
    )


RANK = ("profile", "posts", "post")

# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def _account_ask(target: Target, pages: Sequence[Page]) -> Ask | None:
    """Open the mobile page; the desktop one only for the platform's verdict where the first left a doubt."""
    uid = target.handle
    if not pages:
        index = f"{MOBILE}{INDEX}?type=uid&value={uid}"
        # The call for the posts asks all that the call for the profile asks, so it is named first.
        posts = Watch(f"{index}&containerid=107603{uid}", {"value": uid, "containerid": f"107603{uid}"})
        return Browse(f"{MOBILE}/u/{uid}", (posts, Watch(index, {"type": "uid", "value": uid})))
    asked = Asked(uid, target.name, None, target.at or datetime.now(UTC))
    refused = any(isinstance(statement(PLATFORM, page, asked), Blocked | Unreachable) for page in pages)
    if refused or any(page.url.startswith(DESKTOP) for page in pages):
        return None
    outcome = read(PLATFORM, Visit("weibo", "account", asked.fetched_at, tuple(pages), uid))
    settled = isinstance(outcome, Found) and (outcome.newest or outcome.posts_total == 0)
    if settled or isinstance(outcome, Gone):
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
    # The page asks for these when it is scrolled, and not at all where there are no more.
    later = [
        Watch(f"{data}&page={n}", {"containerid": container, "page": str(n)}, needed=False)
        for n in range(2, depth + 1)
    ]
    search = f"{MOBILE}/search?containerid={quote(container, safe='')}"
    return Browse(search, (*later, Watch(data, {"containerid": container})), scrolls=depth - 1)


# ── the platform ────────────────────────────────────────────────────────────────────────────────

_M, _WEB = r"^https?://m\.weibo\.cn", r"^https?://(?:www\.)?weibo\.com"
_OF = r"(?:\?(?:.*&)?uid=(?P<handle>\d+))?"
_CONTAINER = r"(?:\?.*?(?:value=|containerid=(?:107603|100505|230413|230283))(?P<handle>\d+))?"


def _at(name: str, address: str, reader: Read) -> Endpoint:
    return Endpoint(name, re.compile(address), reader)


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
        "t.cn",
    ),
    handle=re.compile(r"[1-9]\d{6,9}", re.ASCII),
    pace=10.0,
    # 人民日报; a number that is not yet given out; its name must hit.
    canaries=Canaries(alive="2803301701", absent="9999999999", word="人民日报"),
    endpoints=(
        _at("user search", rf"{_M}/api/container/getIndex\?(?:.*&)?containerid=100103", searches.mobile),
        _at("getIndex", rf"{_M}/api/container/getIndex{_CONTAINER}", weibo.index),
        _at("profile/info", rf"{_WEB}/ajax/profile/info{_OF}", _desktop),
        _at("profile/detail", rf"{_WEB}/ajax/profile/detail{_OF}", _probe),
        _at("mymblog", rf"{_WEB}/ajax/statuses/mymblog{_OF}", weibo.desktop_posts),
        _at("side/search", rf"{_WEB}/ajax/side/search", searches.suggestions),
        Endpoint("post", ITEM, weibo.post),
        _at("config", rf"{_M}/api/config", _probe),
        Endpoint("visitor", VISITOR, _cookie),
        _at("search page", r"^https?://s\.weibo\.com/user", searches.html),
        _at("account page", rf"(?:{_M}|{_WEB})/(?:u/|profile/)?(?P<handle>\d+)(?=[/?#]|$)", _page),
        _at("page", rf"(?:{_M}|{_WEB})(?=/(?!ajax/|api/)|$)", _page),
    ),
    wall=_wall,
    gravestone=_gravestone,
    several=_several,
    merge=_merge,
    account_ask=_account_ask,
    search_ask=_search_ask,
)
