"""Douyin: one browser visit that keeps the page's own answers; visitors do not get the newest works."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlencode

from parsel import Selector

from crawlers import markup, shapes
from crawlers.ids import douyin_time
from crawlers.platforms import (
    NOTHING,
    Ask,
    Asked,
    Browse,
    Canaries,
    Endpoint,
    Nothing,
    Platform,
    Posts,
    Results,
    Shown,
    Watch,
)
from crawlers.shapes import Json, Missing, text
from crawlers.texts import bare, count, instant, strip_marks
from crawlers.visits import Page, Target
from monitors.nouns import (
    Ambiguous,
    Blocked,
    BlockedBy,
    Count,
    Found,
    Gone,
    Newest,
    PlatformFacts,
    Profile,
)

SITE = "https://www.douyin.com"
PROFILE, POSTS = "/aweme/v1/web/user/profile/other/", "/aweme/v1/web/aweme/post/"
SEARCH, DETAIL = "/aweme/v1/web/discover/search/", "/aweme/v1/web/aweme/detail/"
USER_PAGE = re.compile(r"https?://www\.douyin\.com/user/([^/?#]+)")
NO_NAME = "账号已注销"  # also shown for living accounts under risk control

# ── walls and gravestones ───────────────────────────────────────────────────────────────────────

STATUSES: dict[int, BlockedBy] = {
    401: "login",
    429: "rate",
    **dict.fromkeys((403, 405, 412, 418, 444), "risk"),
}
CODES: dict[str, BlockedBy] = {"8": "login", "2483": "login", "10000": "captcha"}
PAGE_WORDS: tuple[tuple[str, BlockedBy], ...] = (
    ("验证码中间页", "captcha"),
    ("请完成下列验证后继续", "captcha"),
    ("扫码登录", "login"),
    ("服务异常", "risk"),
)
CHALLENGES = ("argus-csp-token", "waf-jschallenge")
ANSWER_WORDS: tuple[tuple[str, BlockedBy], ...] = (
    ("verify_center_decision_conf", "captcha"),
    ("verify_ticket", "captcha"),
    ("verify_check", "captcha"),
    ("用户未登录", "login"),
    ("请先登录", "login"),
    ("10001010A", "risk"),
    ("当前环境存在风险", "risk"),
)
PAYLOADS = ("user", "aweme_list", "user_list", "aweme_detail", "filter_detail")
BANNED = re.compile(r"[该此]?账号已被封禁")
BANNED_FOR = re.compile(r"由于违反《抖音社区自律公约》[^。]{0,20}[账帐]号已被封禁")
BAD_ID = re.compile(r"(?i)id(?<!invalid)\b.*\binvalid|\binvalid\b.*id|用户不存在")
EMPTY, PRIVATE = "该账号还未发布过作品", "私密账号"


def _wall(page: Page) -> Blocked | None:
    if page.status in STATUSES:
        return Blocked(STATUSES[page.status])
    if any(name.lower() == "x-vc-bdturing-parameters" for name in page.headers):
        return Blocked("captcha")
    if not 200 <= page.status < 300:
        return None
    body = text(page).strip()
    if not body or body.lower().startswith("blocked"):
        return Blocked("risk")
    if markup.is_html(page):
        by = _page_wall(page, body)
        return Blocked(by or "risk") if by or "/aweme/v1/web/" in page.url else None
    return _refused(page, body)


def _page_wall(page: Page, body: str) -> BlockedBy | None:
    seen = " ".join([markup.words(markup.document(body), "title"), *_sentences(page)]).strip()
    by = next((by for words, by in PAGE_WORDS if words in seen), None)
    if by or any(mark in body for mark in CHALLENGES):
        return by or "risk"
    return "risk" if "__ac_nonce" in body and not seen else None


def _refused(page: Page, body: str) -> Blocked | None:
    answer = shapes.answer(page)
    if answer is None:
        return None
    by = CODES.get(str(answer.get("status_code"))) or next((by for w, by in ANSWER_WORDS if w in body), None)
    if by:
        return Blocked(by)
    # A success without what it must carry is a refusal.
    return Blocked("risk") if _no(answer.get("status_code")) and not _carried(answer) else None


def _carried(answer: Json) -> bool:
    return any(answer.get(key) or isinstance(answer.get(key), list) for key in PAYLOADS)


def _gravestone(page: Page) -> Gone | None:
    if not 200 <= page.status < 300:
        return None
    if markup.is_html(page):
        said = _banned(_sentences(page)) if USER_PAGE.match(page.address) else None
        return Gone("suspended", said) if said else None
    answer = shapes.answer(page)
    if answer is None or PROFILE not in page.url or str(answer.get("status_code")) != "2":
        return None
    says = str(answer.get("status_msg") or "")
    return Gone("not_found", says) if BAD_ID.search(says) and not answer.get("user") else None


def _several(page: Page) -> Ambiguous | None:
    answer = shapes.answer(page)
    if answer is None:
        return None
    filtered = DETAIL in page.url and answer.get("aweme_detail") is None and answer.get("filter_detail")
    gone = filtered or str(answer.get("status_code")) == "2053"
    return Ambiguous("这一条作品看不到了，不说明账号的情况") if gone else None


def _banned(sentences: Sequence[str]) -> str | None:
    short = next((said for said in sentences if BANNED.fullmatch(bare(said))), None)
    long = BANNED_FOR.search("".join(sentences))
    return short or (long[0] if long else None)


def _sentences(page: Page) -> list[str]:
    """Give the page's own texts: not what the account itself may have written, nor its title or scripts."""
    own = 'script, style, title, [data-e2e="user-info"], [data-e2e="user-post-list"]'
    return markup.visible(markup.document(text(page)), without=own)


def _yes(raw: object) -> bool:
    return raw in (True, "1", "true")


def _no(raw: object) -> bool:
    return raw is not None and raw in (False, "0", "false")


# ── readers ─────────────────────────────────────────────────────────────────────────────────────


def _answer(page: Page) -> Json:
    answer = shapes.decoded(page)
    if not _no(answer["status_code"].value):
        raise Missing("status_code 0")
    return answer


def _own(node: Json, asked: Asked) -> None:
    if node.id() != asked.handle:
        raise Missing(f"{node.path} of the account asked for")


def _badge(user: Json) -> tuple[bool | None, str | None]:
    """Tell the mark by its words; `verification_type` is 1 for everybody."""
    keys = ("enterprise_verify_reason", "custom_verify", "account_cert_info")
    raw = [user.get(key) for key in keys]
    words = [
        _label(value) if key == "account_cert_info" else value for key, value in zip(keys, raw, strict=True)
    ]
    reason = next((word.strip() for word in words if isinstance(word, str) and word.strip()), None)
    return (True, reason) if reason else (None if any(value is None for value in raw[:2]) else False, None)


def _label(raw: Any) -> Any:
    cert = _parsed(raw) if isinstance(raw, str) else Json(raw)
    return cert.get("label_text") if cert else None


def _parsed(raw: str, renamed: Callable[[str], str] | None = None) -> Json | None:
    """Read JSON that comes as a text within the answer."""
    try:
        return shapes.decoded(Page("", 200, body=raw.encode("utf-8", "replace")), renamed).object()
    except Missing:
        return None


def _person(user: Json, asked: Asked, by: str) -> Shown | Gone | Ambiguous:
    _own(user["sec_uid"], asked)
    if _yes(user.get("user_canceled")):
        return Gone("cancelled", "user_canceled: true")
    if _yes(user.get("is_ban")):
        return Gone("suspended", "is_ban: true")
    name = user["nickname"].text().strip()
    if bare(name) == NO_NAME:
        return Ambiguous(f"昵称是“{name}”，风控时也会这样显示")
    verified, verified_as = _badge(user)
    works = count(user.get("aweme_count"))
    return Shown(
        by,
        name=name,
        verified=verified,
        verified_as=verified_as,
        followers=count(user.get("follower_count")),
        posts_total=works.value if works and works.exact else None,
        hidden=_yes(user.get("secret")),
    )


def _profile(page: Page, asked: Asked) -> Shown | Gone | Ambiguous:
    user = _answer(page)["user"].object()
    if not user.value:
        raise Missing("user.sec_uid")
    return _person(user, asked, "profile")


def _posts(page: Page, asked: Asked) -> Shown:
    answer = _answer(page)
    items = list(answer["aweme_list"].items())
    if not items:
        # Banned, private and empty accounts get the same answer: it shows nobody.
        return Shown("empty list")
    own = [item for item in items if item.get("author.sec_uid") == asked.handle]
    if not own:
        raise Missing("aweme_list[0].author.sec_uid of the account asked for")
    verified, verified_as = _badge(own[0]["author"])
    tip = _yes(answer.get("not_login_module.guide_login_tip_exist"))
    first = not re.search(r"[?&]max_cursor=(?!0\b)", page.url)
    posts = _works(own, asked)
    whole = len(own) == len(items) and _no(answer.get("has_more")) and first and not tip and posts.whole
    return Shown(
        "posts",
        name=_nickname(own[0]),
        verified=verified or None,
        verified_as=verified_as,
        posts=Posts(
            posts.newest,
            whole,
            total=len({str(item.get("aweme_id")) for item in own if item.get("aweme_id")}),
            pinned_only=posts.pinned_only,
        ),
    )


def _nickname(work: Json) -> str | None:
    """Give the author's name, unless it is the one that a living account bears under risk control too."""
    name = _text(work.get("author.nickname"))
    return None if name and bare(name) == NO_NAME else name


def _works(items: Sequence[Json], asked: Asked) -> Posts:
    """Give the newest of all works, pinned or not; whole when every one of them is dated."""
    if items and all(item.get("create_time") is None and item.get("aweme_id") is None for item in items):
        raise Missing(f"{items[0].path}.create_time")
    times = [_created(item, asked.fetched_at) for item in items]
    newest = max((at for at in times if at), default=None)
    return Posts(newest, whole=all(times), pinned_only=all(_yes(item.get("is_top")) for item in items))


def _created(item: Json, fetched_at: datetime) -> datetime | None:
    raw = item.get("create_time")
    if raw in (None, "", 0, "0"):
        at = douyin_time(item.get("aweme_id"))
        return instant(at.timestamp(), fetched_at) if at else None
    return instant(raw, fetched_at)


def _detail(page: Page, asked: Asked) -> Shown:
    work = _answer(page)["aweme_detail"].object()
    _own(work.at("author.sec_uid"), asked)
    posts = _works([work], asked)
    return Shown("detail", _nickname(work), posts=Posts(posts.newest, whole=False))


def _user_page(page: Page, asked: Asked) -> Shown | Gone | Ambiguous:
    landed = USER_PAGE.match(page.address)
    if not landed or landed[1] != asked.handle:
        raise Missing("/user/ of the account asked for")
    document, sentences = markup.document(text(page)), _sentences(page)
    if banned := _banned(sentences):
        if document.css('[data-e2e="user-info"]'):
            return Gone("suspended", banned)
        raise Missing('[data-e2e="user-info"]')
    embedded = _embedded(document, asked)
    return embedded if embedded else _rendered(document, sentences, asked)


def _embedded(document: Selector, asked: Asked) -> Shown | Gone | Ambiguous | None:
    """Read the older page, which carries its data percent-encoded and in camel case."""
    data = _parsed(unquote(document.css("#RENDER_DATA::text").get() or ""), _snake)
    parts = [part for part in data.value.values() if isinstance(part, dict)] if data else []
    for part in map(Json, parts):
        if isinstance(part.get("user.user"), dict) and part.get("user.user"):
            person = _person(part.at("user.user"), asked, "embedded")
            if not isinstance(person, Shown) or not part.get("post.data"):
                return person
            works = _works([item.object() for item in part.at("post.data").items()], asked)
            return replace(person, posts=Posts(works.newest, whole=False))
    return None


def _rendered(document: Selector, sentences: Sequence[str], asked: Asked) -> Shown | Ambiguous:
    title = re.fullmatch(r"(.+?)的抖音(?: - 抖音)?", markup.words(document, "title"))
    private = any(PRIVATE in said and len(said) <= 20 for said in sentences)
    if not document.css('[data-e2e="user-info"]') and not (private and title):
        raise Missing('[data-e2e="user-info"]')
    name = markup.words(document, '[data-e2e="user-info"] h1') or (title[1] if title else "")
    if not name:
        raise Missing('[data-e2e="user-info"] h1')
    if bare(name) == NO_NAME:
        return Ambiguous(f"昵称是“{name}”，风控时也会这样显示")
    links = document.css('[data-e2e="user-post-list"] a::attr(href)').getall()
    ids = [found[1] for link in links if (found := re.search(r"/(?:video|note)/(\d+)", link))]
    works = _works([Json({"aweme_id": number}) for number in ids], asked)
    tab = _counter(document, "user-tab-count")
    return Shown(
        "rendered",
        name=name,
        followers=_counter(document, "user-info-fans"),
        posts_total=tab.value if tab and tab.exact else None,
        hidden=private,
        posts=Posts(works.newest, whole=False) if works.newest else None,
        says_empty=any(bare(said).startswith(EMPTY) for said in sentences),
    )


def _search(page: Page, asked: Asked) -> Results | Ambiguous:
    answer = _answer(page)
    rows = list(answer["user_list"].items())
    more = answer.get("has_more")
    if not rows:
        kind = str(answer.get("search_nil_info.search_nil_type") or "")
        return (
            Results((), False)
            if kind == "normal_empty"
            else Ambiguous(f"搜索结果为空，没有说明原因 {kind}".strip())
        )
    met = [profile for row in rows if (profile := _met(row))]
    if not met:
        raise Missing("user_list[0].user_info.nickname")
    return Results(tuple(met), True if _yes(more) else False if _no(more) else None)


def _met(row: Json) -> Profile | None:
    if not isinstance(row.get("user_info"), dict) or not _text(row.get("user_info.nickname")):
        return None
    user = row["user_info"]
    verified, verified_as = _badge(user)
    name, handle = strip_marks(user["nickname"].text()), _text(user.get("sec_uid"))
    return Profile(handle, name, verified, verified_as, count(user.get("follower_count")))


def _shell(page: Page, asked: Asked) -> Nothing:
    return NOTHING


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", lambda c: f"_{c[1].lower()}", key)


def _counter(document: Selector, mark: str) -> Count | None:
    texts = document.css(f'[data-e2e="{mark}"]')[:1].xpath(".//text()").getall()
    return next((number for said in texts if (number := count(said.strip()))), None)


def _text(raw: object) -> str | None:
    return raw.strip() or None if isinstance(raw, str) else None


def _merge(shown: Sequence[Shown], asked: Asked, walled: bool) -> Found | Ambiguous:
    """Exact only where the list holds all works that the profile counts, 0 only where the page says so."""
    people = sorted((s for s in shown if s.by != "empty list"), key=lambda s: _RANK.index(s.by))
    if not people:
        return Ambiguous("作品列表为空：封禁、私密和没有作品都是这个回答")
    totals = [s.posts_total for s in people if s.posts_total is not None]
    seen = [s.posts for s in people if s.posts and s.posts.newest]
    newest = max((posts.newest for posts in seen if posts.newest), default=None)
    hidden = any(s.hidden for s in people)
    empty = any(s.says_empty for s in people) and not seen and not hidden
    if empty and not totals:
        return Ambiguous("页面说还没有作品，却看不到作品数")
    # The page's own zero stands where nothing else was asked; a walled profile may have told another.
    checked = not any(totals) and not (walled and people[0].by == "rendered")
    counted = next((s.posts_total for s in people if s.by == "profile"), None)
    exact = any(posts.whole and posts.total == counted and not posts.pinned_only for posts in seen)
    badge = next((s for s in people if s.verified is not None), None)
    return Found(
        name=next((s.name for s in people if s.name), None),
        verified=badge.verified if badge else None,
        verified_as=badge.verified_as if badge else None,
        followers=next((s.followers for s in people if s.followers), None),
        newest=Newest(newest, "exact" if exact else "at_least") if newest and not hidden else None,
        posts_total=0 if empty and checked else next((total for total in totals if total), None),
        hidden=hidden,
    )


_RANK = ("profile", "embedded", "rendered", "posts", "detail")

# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def _account_ask(target: Target, pages: Sequence[Page]) -> Ask | None:
    if pages:
        return None
    query = {"sec_user_id": target.handle}
    form = {"device_platform": "webapp", "aid": "6383", "channel": "channel_pc_web"} | query
    return Browse(
        f"{SITE}/user/{target.handle}",
        watch=tuple(Watch(f"{SITE}{path}?{urlencode(form)}", query) for path in (PROFILE, POSTS)),
    )


def _search_ask(keyword: str, pages: Sequence[Page], depth: int) -> Ask | None:
    if pages:
        return None
    watch = Watch(f"{SITE}{SEARCH}?{urlencode({'keyword': keyword})}", {"keyword": keyword})
    return Browse(f"{SITE}/search/{quote(keyword, safe='')}?type=user", (watch,), scrolls=depth - 1)


_WEB = r"^https?://www\.douyin\.com"
_OF = r"[^#]*[?&]sec_user_id=(?P<handle>[^&#]+)"
PLATFORM = Platform(
    # The search asks visitors to log in or to pass a check, nearly always.
    facts=PlatformFacts(
        name="douyin", title="抖音", searchable=False, profile_url=lambda handle: f"{SITE}/user/{handle}"
    ),
    hosts=("www.douyin.com", "v.douyin.com", "*.douyinstatic.com", "*.bytegoofy.com", "*.zijieapi.com"),
    handle=re.compile(r"MS4wLjABAAAA[\w-]{10,90}", re.ASCII),
    pace=15.0,
    canaries=Canaries(
        alive="MS4wLjABAAAA8U_l6rBzmy7bcy6xOJel4v0RzoR_wfAubGPeJimN__4",
        absent="MS4wLjABAAAA00000000000000000000000000000000000000000000",
        word="人民日报",
    ),
    endpoints=(
        Endpoint("profile", re.compile(f"{_WEB}{PROFILE}(?:{_OF})?"), _profile),
        Endpoint("posts", re.compile(f"{_WEB}{POSTS}(?:{_OF})?"), _posts),
        Endpoint("detail", re.compile(f"{_WEB}{DETAIL}"), _detail),
        Endpoint("search", re.compile(f"{_WEB}{SEARCH}"), _search),
        Endpoint("user page", re.compile(f"{_WEB}/user/(?P<handle>[^/?#]+)"), _user_page),
        Endpoint("search page", re.compile(f"{_WEB}/search/"), _shell),
    ),
    wall=_wall,
    gravestone=_gravestone,
    several=_several,
    merge=_merge,
    account_ask=_account_ask,
    search_ask=_search_ask,
)
