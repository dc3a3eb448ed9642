"""Bilibili: public JSON by plain HTTP; the feed of all posts and the search by the browser, which signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from crawlers.kinds import by_kind
from crawlers.payloads import bilibili
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
    Results,
    Shown,
    Watch,
)
from crawlers.reading import gathered, read, statement
from crawlers.shapes import Json, Missing, answer, text
from crawlers.texts import bare
from crawlers.visits import Page, Target, Visit
from monitors.nouns import Ambiguous, Blocked, BlockedBy, Found, Gone, Newest, PlatformFacts

API, SPACE = "https://api.bilibili.com", "https://space.bilibili.com"
CARD, INFO, STAT = "/x/web-interface/card", "/x/space/wbi/acc/info", "/x/relation/stat"
ARCHIVES, FEED = "/x/series/recArchivesByKeywords", "/x/polymer/web-dynamic/v1/feed/space"
SEARCH = "/x/web-interface/wbi/search/type"

CANCELLED_NAME = "账号已注销"  # a user may choose this name, so it proves nothing
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
    code = _code(told)
    if code in REFUSALS and not (code == -101 and told.get("data.wbi_img")):
        return Blocked(REFUSALS[code])
    return Blocked("risk") if code == 0 and not _carried(page, told.get("data")) else None


def _carried(page: Page, data: object) -> bool:
    """Tell whether a success carries what it must, and not a voucher or a mark of risk in its place."""
    key = next((key for end, key in PAYLOADS.items() if page.path.endswith(end)), None)
    if not isinstance(data, dict) or "v_voucher" in data or data.get("is_risk"):
        return False
    # Only the list of videos is null where there are none.
    return key is None or (key in data if key == "archives" else data.get(key) is not None)


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
    speaking = [s for s in proofs if s.by in ("card", "info")] or proofs
    if all(_nameless(s) for s in speaking):
        return Ambiguous(f"名称是“{CANCELLED_NAME}”")
    proofs = [s for s in proofs if not _nameless(s)]
    newest = _newest(proofs)
    counter = next((s.posts_total for s in proofs if s.posts_total is not None), None)
    listed = max((s.posts.total or 0 for s in shown if s.posts), default=0)
    agreed = any(s.by == "feed" and s.says_empty for s in shown) and not newest and not listed
    return replace(
        gathered(proofs),
        newest=newest,
        posts_total=0 if counter == 0 and agreed else counter or listed or None,
        by_kind=by_kind(newest, [s.posts for s in proofs if s.posts]),
    )


def _nameless(shown: Shown) -> bool:
    return shown.name is not None and bare(shown.name) == CANCELLED_NAME


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
        "b23.tv",
        "bili2233.cn",
    ),
    handle=re.compile(r"[1-9]\d{0,15}", re.ASCII),
    pace=8.0,
    # 央视新闻; a number that is not yet given out; 人民日报 must hit.
    canaries=Canaries(alive="456664753", absent="8999999999999999", word="人民日报"),
    endpoints=(
        Endpoint("card", _api("/x/web-interface/card", "mid"), bilibili.card),
        Endpoint("acc/info", _api("/x/space/(?:wbi/)?acc/info", "mid"), bilibili.info),
        Endpoint("relation/stat", _api("/x/relation/stat", "vmid"), bilibili.stat),
        Endpoint("recArchives", _api("/x/series/recArchivesByKeywords", "mid"), bilibili.videos),
        Endpoint("arc/search", _api("/x/space/(?:wbi/)?arc/search", "mid"), bilibili.videos),
        Endpoint("top/arc", _api("/x/space/top/arc", "vmid"), bilibili.pinned),
        Endpoint("feed/space", _api("/x/polymer/web-dynamic/v1/feed/space", "host_mid"), bilibili.feed),
        Endpoint("search/type", _api("/x/web-interface/(?:wbi/)?search/type"), bilibili.users),
        Endpoint("name-to-uid", _api("/x/polymer/web-dynamic/v1/name-to-uid"), bilibili.by_name),
        Endpoint("nav", _api("/x/web-interface/nav"), bilibili.key),
        Endpoint("finger/spi", _api("/x/frontend/finger/spi"), bilibili.key),
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
