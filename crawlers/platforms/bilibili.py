"""Bilibili: public JSON by plain HTTP; the feed of all posts and the search by the browser, which signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

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
from crawlers.texts import bare, count, instant, strip_marks
from crawlers.visits import Page, Target, Visit
from monitors.nouns import Ambiguous, Blocked, BlockedBy, Found, Gone, Newest, PlatformFacts, Profile

API, SPACE = "https://api.bilibili.com", "https://space.bilibili.com"
CARD, INFO, STAT = "/x/web-interface/card", "/x/space/wbi/acc/info", "/x/relation/stat"
ARCHIVES, FEED = "/x/series/recArchivesByKeywords", "/x/polymer/web-dynamic/v1/feed/space"
SEARCH = "/x/web-interface/wbi/search/type"

CANCELLED_NAME = "账号已注销"  # a user may choose this name, so it proves nothing
FREEZING = {
    "5",
    "11",
    "22",
    "24",
    "25",
    "31",
    "34",
}  # ids of sys_notice; 8, 16, 36 are disputes, 20 a memorial
FRESH = timedelta(days=10)  # with a video as young as this, the feed of all posts need not be asked

# ── walls and gravestones ───────────────────────────────────────────────────────────────────────

REFUSALS: dict[int, BlockedBy] = {
    **dict.fromkeys((-352, -412, -400, -401, -403), "risk"),
    **dict.fromkeys((-799, -509, -500, -503, -504), "rate"),
    -101: "login",
}
STATUSES: dict[int, BlockedBy] = {401: "login", 403: "risk", 412: "risk", 429: "rate"}
RISK_WORDS = re.compile(r"触发哔哩哔哩安全风控策略|bilibilisecuritycontrolpolicy|错误号412")
# What a success must carry, by the end of the path; a success without it is a refusal.
PAYLOADS = {
    "/card": "card",
    "/acc/info": "mid",
    "/relation/stat": "mid",
    "/recArchivesByKeywords": "archives",
    "/arc/search": "list",
    "/feed/space": "items",
    "/search/type": "numResults",
}


def _wall(page: Page) -> Blocked | None:
    if page.status in STATUSES:
        return Blocked(STATUSES[page.status])
    told = answer(page)
    if told is None:
        return _shell(page)
    code, data = _code(told), told.get("data")
    if code in REFUSALS and not (code == -101 and told.get("data.wbi_img")):
        return Blocked(REFUSALS[code])
    key = next((key for end, key in PAYLOADS.items() if page.path.endswith(end)), None)
    empty = not isinstance(data, dict) or "v_voucher" in data or (key is not None and key not in data)
    return Blocked("risk") if code == 0 and empty else None


def _shell(page: Page) -> Blocked | None:
    """Look at a body that is no JSON object: a refusing page, an empty answer, HTML where JSON is due."""
    words = text(page).strip()[:200_000]
    if RISK_WORDS.search(bare(words).lower()):
        return Blocked("risk")
    if re.search(r"_riskdata_\s*=\s*\{", words):
        return Blocked("captcha")
    if not 200 <= page.status < 300:
        return None
    if not words:
        return Blocked("risk")
    return Blocked("captcha") if page.url.startswith(API) and words[0] not in "{[" else None


def _gravestone(page: Page) -> Gone | None:
    told = answer(page)
    code = _code(told) if told else None
    if told and (code == -626 or (code == -404 and page.path.endswith(("/card", "/acc/info")))):
        return Gone("not_found", str(told.get("message") or code))
    return None


def _several(page: Page) -> Ambiguous | None:
    told = answer(page)
    if told and _code(told) in (-404, -62002, 62002, -62012, 62012):
        return Ambiguous(str(told.get("message") or _code(told)))
    return None


def _code(told: Json) -> int | None:
    try:
        return told["code"].integer()
    except Missing:
        return None


# ── readers ─────────────────────────────────────────────────────────────────────────────────────


def _payload(page: Page) -> Json:
    told = decoded(page)
    if told["code"].integer() != 0:
        raise Missing(f"code {told['code'].integer()}")
    return told["data"].object()


def _own(node: Json, asked: Asked) -> None:
    if node.id() != asked.handle:
        raise Missing(node.path)


def _name(raw: object) -> str | None:
    return raw.strip() or None if isinstance(raw, str) else None


def _badge(node: Json, *officials: str) -> tuple[bool | None, str | None]:
    """Give verified and as what; in searches type 127 stands for none."""
    kinds = (str(node.get(f"{official}.type")) for official in officials)
    verified = next((kind in ("0", "1") for kind in kinds if kind in ("0", "1", "-1", "127")), None)
    words = (_name(node.get(f"{official}.{key}")) for official in officials for key in ("title", "desc"))
    return verified, next(filter(None, words), None) if verified else None


def _card(page: Page, asked: Asked) -> Shown | Gone:
    data = _payload(page)
    card = data["card"].object()
    _own(card["mid"], asked)
    if str(card.get("spacesta")) == "-2":
        return Gone("suspended", "spacesta -2")
    verified, verified_as = _badge(card, "official_verify", "Official")
    videos, articles = count(data.get("archive_count")), count(data.get("article_count"))
    # The card counts videos and columns, never 图文: only both zero may later agree with an empty feed.
    total = None if videos is None or (not videos.value and articles and articles.value) else videos.value
    fans = count(data.get("follower")) or count(card.get("fans"))
    return Shown("card", _name(card.get("name")), verified, verified_as, fans, posts_total=total)


def _info(page: Page, asked: Asked) -> Shown | Gone:
    data = _payload(page)
    _own(data["mid"], asked)
    notice = _name(data.get("sys_notice.content"))
    if str(data.get("silence")) == "1" or str(data.get("sys_notice.id")) in FREEZING:
        return Gone("suspended", notice or "silence 1")
    verified, verified_as = _badge(data, "official")
    return Shown("info", _name(data.get("name")), verified, verified_as)


def _stat(page: Page, asked: Asked) -> Shown:
    data = _payload(page)
    _own(data["mid"], asked)
    return Shown("stat", followers=count(data["follower"].value))


def _videos(page: Page, asked: Asked) -> Shown | Ambiguous | Nothing:
    """Read a list of videos, of the lax or the strict address; it never holds other posts."""
    data = _payload(page)
    lax = page.path.endswith("ByKeywords")
    items = (data["archives"] if lax else Json(data["list"].get("vlist"), "data.list.vlist")).members()
    total = count(data.get("page.total" if lax else "page.count"))
    if not items:
        if page.query.get("pn", "1") != "1":
            return NOTHING
        if total is None or total.value:
            return Ambiguous("视频列表是空的，视频数却不是 0")
        return Shown("videos", posts=Posts(None, whole=False, total=0), says_empty=True)
    # A joint video stands in this list under another author.
    owners = [(str(item.get("upMid" if lax else "mid")), item) for item in items]
    own = [item for owner, item in owners if owner == asked.handle]
    if not own and any(owner != "None" for owner, item in owners):
        raise Missing(f"{items[0].path}.mid")
    dates = [instant(item.get("pubdate" if lax else "created"), asked.fetched_at) for item in items]
    name = next((_name(item.get("author")) for item in own), None)
    newest = max(filter(None, dates), default=None)
    return Shown("videos", name, posts=Posts(newest, whole=False, total=total.value if total else None))


def _pinned(page: Page, asked: Asked) -> Shown | Nothing:
    if decoded(page)["code"].integer() == 53016:
        return NOTHING
    data = _payload(page)
    _own(data.at("owner.mid"), asked)
    newest = instant(data.get("pubdate"), asked.fetched_at)
    return Shown("pinned", _name(data.get("owner.name")), posts=Posts(newest, whole=False, pinned_only=True))


def _feed(page: Page, asked: Asked) -> Shown | Ambiguous | Nothing:
    """Read the feed of all posts; forwards count by their own time, live notices count."""
    data = _payload(page)
    items = data["items"].members()
    first, more = not page.query.get("offset"), bool(data.get("has_more"))
    if not items:
        if not first:
            return NOTHING
        if more:
            return Ambiguous("动态列表是空的，却说还有更多")
        return Shown("feed", posts=Posts(None, whole=True, total=0), says_empty=True)
    own = [item for item in items if str(item.get("modules.module_author.mid")) == asked.handle]
    if not own:
        raise Missing("data.items[].modules.module_author.mid")
    authors = [item.at("modules.module_author") for item in own]
    dates = [instant(author.get("pub_ts") or author.get("pub_time"), asked.fetched_at) for author in authors]
    posts = Posts(
        max(filter(None, dates), default=None),
        whole=first and None not in dates,
        pinned_only=all(item.get("modules.module_tag.text") == "置顶" for item in own),
    )
    verified, verified_as = _badge(authors[0], "official_verify")
    return Shown("feed", _name(authors[0].get("name")), verified, verified_as, posts=posts)


def _found(page: Page, asked: Asked) -> Results | Ambiguous:
    data = _payload(page)
    number = count(data.get("page")) or count(page.query.get("page"))
    pages = count(data.get("numPages"))
    more = number.value < pages.value if number and pages else None
    if not data.get("result"):
        hits = data["numResults"].integer()
        within = not number or not pages or number.value <= pages.value
        return (
            Ambiguous(f"搜索说有 {hits} 个结果，却一个也没有给")
            if hits and within
            else Results((), more=False)
        )
    profiles = tuple(_profile(item, asked) for item in data["result"].members() if _name(item.get("uname")))
    if not profiles:
        raise Missing("data.result[].uname")
    return Results(profiles, more)


def _profile(item: Json, asked: Asked) -> Profile:
    verified, verified_as = _badge(item, "official_verify")
    videos = Json(item.get("res"), "res").members() if isinstance(item.get("res"), list | dict) else []
    latest = max(filter(None, (instant(v.get("pubdate"), asked.fetched_at) for v in videos)), default=None)
    return Profile(
        handle=item["mid"].id(),
        name=strip_marks(item["uname"].text()),
        verified=verified,
        verified_as=verified_as or (_name(item.get("verify_info")) if verified else None),
        followers=count(item.get("fans")),
        newest=Newest(latest, "at_least") if latest else None,
    )


def _by_name(page: Page, asked: Asked) -> Results | Nothing:
    """Read the exact names' ids; a name without one is no search that found nothing."""
    pairs = Json(_payload(page).get("uid_list"), "data.uid_list").members()
    profiles = tuple(Profile(pair["uid"].id(), pair["name"].text()) for pair in pairs)
    return Results(profiles, more=None) if profiles else NOTHING


def _key(page: Page, asked: Asked) -> Nothing:
    """Recognise the cookie and the signing keys; logged out, code -101 is normal there."""
    data = decoded(page)["data"]
    data["b_3" if page.path.endswith("/spi") else "wbi_img"]
    return NOTHING


def _page(page: Page, asked: Asked) -> Nothing:
    """Recognise a page whose script fetches everything that counts."""
    if not text(page).strip():
        raise Missing("HTML")
    return NOTHING


# ── what it adds up to ──────────────────────────────────────────────────────────────────────────

RANK = ("card", "info", "stat", "feed", "videos", "pinned")


def _merge(shown: Sequence[Shown], asked: Asked, walled: bool) -> Found | Ambiguous:
    proofs = sorted((s for s in shown if not s.says_empty), key=lambda s: RANK.index(s.by))
    if not proofs:
        return Ambiguous("列表是空的，也没有别的页面显示这个账号")
    names = {s.name for s in proofs if s.by in ("card", "info")} or {s.name for s in proofs}
    if names == {CANCELLED_NAME}:
        return Ambiguous(f"名称是“{CANCELLED_NAME}”")
    proofs = [s for s in proofs if s.name != CANCELLED_NAME]
    newest = _newest(proofs)
    counter = next((s.posts_total for s in proofs if s.posts_total is not None), None)
    listed = max((s.posts.total or 0 for s in shown if s.posts), default=0)
    agreed = any(s.by == "feed" and s.says_empty for s in shown) and not newest and not listed
    return Found(
        name=next((s.name for s in proofs if s.name), None),
        verified=next((s.verified for s in proofs if s.verified is not None), None),
        verified_as=next((s.verified_as for s in proofs if s.verified_as), None),
        followers=next((s.followers for s in proofs if s.followers), None),
        newest=newest,
        posts_total=0 if counter == 0 and agreed else counter or listed or None,
    )


def _newest(proofs: Sequence[Shown]) -> Newest | None:
    """Give the newest of all lists; exact only from a feed that no list of videos contradicts."""
    dated = [(s.posts.newest, s) for s in proofs if s.posts and s.posts.newest]
    if not dated:
        return None
    at = max(when for when, s in dated)
    feeds = [
        when for when, s in dated if s.by == "feed" and s.posts and s.posts.whole and not s.posts.pinned_only
    ]
    agrees = feeds and at - max(feeds) < timedelta(hours=1)
    return Newest(at, "exact" if agrees else "at_least")


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def _account_ask(target: Target, pages: Sequence[Page]) -> Ask | None:
    """Ask the card, then the videos; the browser only where they look old or the card names nobody."""
    mid, now = target.handle, target.at or datetime.now(UTC)
    if not pages:
        return Http(f"{API}{CARD}?mid={mid}&photo=true")
    asked = Asked(mid, target.name, None, now)
    walled = any(isinstance(statement(PLATFORM, page, asked), Blocked) for page in pages)
    outcome = read(PLATFORM, Visit("bilibili", "account", now, tuple(pages), mid))
    if walled or any(page.url.startswith(SPACE) for page in pages):
        return None
    info = Watch(f"{API}{INFO}?mid={mid}", {"mid": mid})
    if isinstance(outcome, Ambiguous):
        return Browse(f"{SPACE}/{mid}", (info,))
    if isinstance(outcome, Found) and not any(page.path == ARCHIVES for page in pages):
        return Http(f"{API}{ARCHIVES}?mid={mid}&keywords=&ps=30&pn=1&orderby=senddate")
    if isinstance(outcome, Found) and not (outcome.newest and now - outcome.newest.at < FRESH):
        feed = Watch(f"{API}{FEED}?host_mid={mid}", {"host_mid": mid})
        # The page asks for `info` too, and only there the platform says that an account is frozen.
        return Browse(f"{SPACE}/{mid}/dynamic", (feed, replace(info, needed=False)))
    return None


def _search_ask(keyword: str, pages: Sequence[Page], depth: int) -> Ask | None:
    asked = Asked(None, None, keyword, datetime.now(UTC))
    said = [statement(PLATFORM, page, asked) for page in pages]
    results = [s for s in said if isinstance(s, Results)]
    number = len(results) + 1
    if pages and (
        number > depth or not results or not results[-1].more or any(isinstance(s, Blocked) for s in said)
    ):
        return None
    word = quote(keyword, safe="")
    data = f"{API}{SEARCH}?search_type=bili_user&keyword={word}&page={number}"
    page_url = f"https://search.bilibili.com/upuser?keyword={word}&page={number}"
    return Browse(page_url, (Watch(data, {"search_type": "bili_user"}),))


# ── the platform ────────────────────────────────────────────────────────────────────────────────


def _api(path: str, handle: str = "") -> re.Pattern[str]:
    named = rf"(?:.*[?&]{handle}=(?P<handle>\d+))?" if handle else ""
    return re.compile(rf"^https?://api\.bilibili\.com{path}(?=[?#]|$){named}")


PLATFORM = Platform(
    facts=PlatformFacts("bilibili", "哔哩哔哩", profile_url=lambda handle: f"{SPACE}/{handle}"),
    hosts=(
        "api.bilibili.com",
        "www.bilibili.com",
        "space.bilibili.com",
        "search.bilibili.com",
        "*.hdslb.com",
    ),
    handle=re.compile(r"[1-9]\d{0,15}", re.ASCII),
    pace=8.0,
    # 央视新闻; a number that is not yet given out; 人民日报 must hit.
    canaries=Canaries(alive="456664753", absent="8999999999999999", word="人民日报"),
    endpoints=(
        Endpoint("card", _api("/x/web-interface/card", "mid"), _card),
        Endpoint("acc/info", _api("/x/space/(?:wbi/)?acc/info", "mid"), _info),
        Endpoint("relation/stat", _api("/x/relation/stat", "vmid"), _stat),
        Endpoint("recArchives", _api("/x/series/recArchivesByKeywords", "mid"), _videos),
        Endpoint("arc/search", _api("/x/space/(?:wbi/)?arc/search", "mid"), _videos),
        Endpoint("top/arc", _api("/x/space/top/arc", "vmid"), _pinned),
        Endpoint("feed/space", _api("/x/polymer/web-dynamic/v1/feed/space", "host_mid"), _feed),
        Endpoint("search/type", _api("/x/web-interface/(?:wbi/)?search/type"), _found),
        Endpoint("name-to-uid", _api("/x/polymer/web-dynamic/v1/name-to-uid"), _by_name),
        Endpoint("nav", _api("/x/web-interface/nav"), _key),
        Endpoint("finger/spi", _api("/x/frontend/finger/spi"), _key),
        Endpoint("space page", re.compile(r"^https?://space\.bilibili\.com/(?P<handle>\d+)"), _page),
        Endpoint("page", re.compile(r"^https?://(?:search|www|m)\.bilibili\.com(?:/|$)"), _page),
    ),
    wall=_wall,
    gravestone=_gravestone,
    several=_several,
    merge=_merge,
    account_ask=_account_ask,
    search_ask=_search_ask,
)
