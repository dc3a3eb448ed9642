"""WeChat: albums and known articles by plain HTTP, Sogou's index beside them; every date is a lower bound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal
from urllib.parse import parse_qs, unquote, urlencode

from crawlers import markup, scripts, shapes, sogou
from crawlers.platforms import (
    NOTHING,
    Ask,
    Asked,
    Canaries,
    Endpoint,
    Http,
    Nothing,
    Owner,
    Platform,
    Posts,
    Results,
    Shown,
)
from crawlers.reading import Statement, statement
from crawlers.shapes import Json, Missing, decoded, text
from crawlers.texts import bare, instant
from crawlers.visits import Page, Target
from monitors.nouns import (
    SHANGHAI,
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

SITE = "https://mp.weixin.qq.com"
FRESH = timedelta(days=10)  # younger posts settle every rule, so nothing more need be asked
_LINK = re.compile(r"https?://mp\.weixin\.qq\.com(?P<path>/[^?#]*)(?:\?(?P<query>[^#]*))?")
UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)  # a clock against which no post is fresh
BIZ = re.compile(r"M[0-9A-Za-z+/]{7,}={1,2}")

# ── what the platform says; compared without width, spaces and punctuation, 帐 as 账 ─────────────────

WALL_WORDS: tuple[tuple[str, BlockedBy], ...] = (
    ("环境异常", "captcha"),
    ("完成验证后即可继续访问", "captcha"),
    ("去验证", "captcha"),
    ("访问过于频繁", "rate"),
    ("操作频繁", "rate"),
    ("请在微信客户端打开链接", "login"),
    ("系统出错", "risk"),
)
GONE_WORDS: tuple[tuple[str, GoneWhy], ...] = (
    ("[此该](?:账号|公众号)已(?:自主)?注销", "cancelled"),
    ("[此该](?:账号|公众号)已被屏蔽", "suspended"),
    ("^(?!.*[此该]内容).*冒名侵权", "suspended"),
    ("[此该](?:账号|公众号)已迁移", "moved"),
    ("账号处于账号迁移流程中", "moved"),
)
# Of one article, or of our link: nothing about the account.
ITEM_WORDS = (
    "该内容已被发布者删除",
    "此内容因违规无法查看",
    "此内容被投诉且经审核涉嫌侵权",
    "此内容被多人投诉",
    "此内容发送失败无法查看",
    "根据作者隐私设置",
    "由用户投诉并经平台审核",
    "链接已过期",
    "参数错误",
)
CAPTCHA_MARKS = ("secitptpage", "poc_token", "wappoc_appmsgcaptcha")
STATUSES: dict[int, BlockedBy] = {
    401: "login",
    429: "rate",
    **dict.fromkeys((403, 405, 412, 418, 444), "risk"),
}
_LONGEST_NOTICE = 160  # letters; longer is no notice but somebody's text
_TRANSFER = re.compile(r"transfer_?target_?link['\"]?\s*[=:]\s*(?:\w+\()?(['\"])(.*?)\1", re.IGNORECASE)


def _wall(page: Page) -> Blocked | None:
    if page.status in STATUSES:
        return Blocked(STATUSES[page.status])
    if "wappoc_appmsgcaptcha" in f"{page.address} {page.headers.get('location', '')}":
        return Blocked("captcha")
    return sogou.wall(page) or (_said_wall(page) if 200 <= page.status < 300 else None)


def _said_wall(page: Page) -> Blocked | None:
    whole = text(page).strip()
    if not whole:
        return Blocked("risk")
    if not markup.is_html(page):
        return Blocked("login") if whole == "no session" else _refused(page)
    said = _notice(page)
    if isinstance(said, Blocked):
        return said
    if any(mark in whole for mark in CAPTCHA_MARKS):
        return Blocked("captcha")
    json_due = re.search(r"[?&](?:f=json|action=(?:appmsg_list|getmsg))", page.url)
    return Blocked("risk") if json_due and said is None else None


def _refused(page: Page) -> Blocked | None:
    """A JSON answer that states a failure, or a success without what it must carry."""
    answer = shapes.answer(page)
    if answer is None:
        return None
    code = answer.get("base_resp.ret") if "base_resp" in answer.value else answer.get("ret")
    if code is not None and str(code) != "0":
        words = text(page)
        return Blocked("login" if "session" in words else "rate" if "freq" in words else "risk")
    carried = any(answer.get(key) is not None for key in ("getalbum_resp", "appmsg_list"))
    return None if carried or code is None else Blocked("risk")


def _gravestone(page: Page) -> Gone | None:
    said = _notice(page)
    return said if isinstance(said, Gone) else None


def _several(page: Page) -> Ambiguous | None:
    said = _notice(page)
    return said if isinstance(said, Ambiguous) else None


def _notice(page: Page) -> Blocked | Gone | Ambiguous | None:
    """What the platform's own notice says, heading before explanation; an article's text is no notice."""
    if (
        not page.address.startswith((SITE, "http://mp.weixin.qq.com"))
        or not 200 <= page.status < 300
        or not markup.is_html(page)
    ):
        return None
    whole = text(page)
    document = markup.document(whole)
    heading = markup.words(document, ".weui-msg__title")
    rest = f"{markup.words(document, '.weui-msg__desc')} {markup.words(document, '.weui-msg ~ .weui-btn')}".strip()
    if not heading and not document.css("#js_content, #js_article"):
        heading = " ".join(markup.visible(document))
    heading, rest = ("" if len(said) > _LONGEST_NOTICE else said for said in (heading, rest))
    for words, by in WALL_WORDS:
        if words in bare(heading) or words in bare(rest):
            return Blocked(by)
    for said in (heading, rest):
        why = next((why for words, why in GONE_WORDS if re.search(words, bare(said))), None)
        if why:
            return Gone(why, said, moved_to=_transfer(whole) if why == "moved" else None)
        if any(words in bare(said) for words in ITEM_WORDS):
            return Ambiguous(said)
    return None


def _transfer(page_text: str) -> str | None:
    """Give the `__biz` of the account moved to, or the bare link where it names none."""
    link = next(
        (scripts.unquoted(f'"{found[2]}"') for found in _TRANSFER.finditer(page_text) if found[2]), ""
    )
    return _biz(link) or (link if link.startswith("http") else None)


# ── readers ─────────────────────────────────────────────────────────────────────────────────────


def _biz(link: str) -> str | None:
    """Give the account that a link names; JavaScript and HTML escape its ampersands twice."""
    found = re.search(r"[?&;]__biz=([^&#]+)", link)
    return unquote(found[1]) if found else None


def _own(page: Page, asked: Asked, gh: str | None, biz: str | None, name: str | None) -> None:
    """Raise unless the page is the account's: by the strongest id both sides have, else by its exact name."""
    handle = asked.handle or ""
    linked = handle if BIZ.fullmatch(handle) else _biz(page.url) or _biz(handle)
    if sogou.GH.fullmatch(handle) and gh:
        same = gh == handle
    elif linked and biz:
        same = biz == linked
    elif asked.name and name:
        same = name == asked.name.strip()
    else:
        same = (
            handle.startswith(f"{SITE}/s") and page.url == handle
        )  # a canary's own link: whose it is, is told
    if not same:
        raise Missing("user_name, biz or nickname of the account asked for")


def _album(page: Page, asked: Asked) -> Shown | Ambiguous:
    if markup.is_html(page):
        return _album_page(page, asked)
    answer = decoded(page)
    if str(answer.get("base_resp.ret") or 0) != "0":
        raise Missing("base_resp.ret 0")
    album = answer["getalbum_resp"].object()
    name, gh = (_text(album.get(f"base_info.{key}")) for key in ("nickname", "username"))
    articles = _articles(album)
    biz = next((found for item in articles if (found := _biz(_text(item.get("url")) or ""))), None)
    if not (name or gh or biz):
        return Ambiguous("合集的回答里没有账号：合集已删除，或链接有误")
    _own(page, asked, gh, biz, name)
    return Shown("album", name, posts=_posts(articles, "create_time", asked, "album"))


def _articles(album: Json) -> list[Json]:
    """Give the articles; a single one is sent as an object, none as nothing at all."""
    raw = album.get("article_list")
    if isinstance(raw, dict) and not all(isinstance(member, dict) for member in raw.values()):
        return [album["article_list"]]
    return [item.object() for item in album["article_list"].members()] if raw is not None else []


def _posts(items: Sequence[Json], key: str, asked: Asked, witness: Literal["album", "page"]) -> Posts | None:
    if items and all(item.get(key) is None for item in items):
        raise Missing(f"{items[0].path}.{key}")
    times = [at for item in items if (at := instant(item.get(key), asked.fetched_at))]
    return Posts(max(times), whole=False, witness=witness) if times else None


def _album_page(page: Page, asked: Asked) -> Shown:
    whole = text(page)
    document = markup.document(whole)
    stated = list(scripts.members(scripts.inline(whole), "cgiData"))
    top = {key: value for depth, key, value in reversed(stated) if depth == 1}
    links = document.css("li.album__list-item::attr(data-link)").getall()
    raw = document.css(".js_article_create_time::text").getall()
    raw += [value for depth, key, value in stated if depth > 1 and key == "create_time"]
    name = markup.words(document, ".album__author-name") or top.get("nick_name") or top.get("nickname")
    if not name and not links:
        raise Missing(".album__author-name")
    biz = next((found for link in links if (found := _biz(link))), None)
    _own(page, asked, top.get("user_name"), biz or top.get("biz"), name)
    times = [at for value in raw if (at := instant(value.strip(), asked.fetched_at))]
    return Shown("album", name, posts=Posts(max(times), whole=False, witness="album") if times else None)


def _article(page: Page, asked: Asked) -> Shown:
    owner, stated = _stated(page)
    _own(page, asked, owner.handle, owner.alias, owner.name)
    at = _sent(stated, asked)
    return Shown("article", owner.name, posts=Posts(at, whole=False, witness="article") if at else None)


def _owner(page: Page) -> Owner | None:
    """Tell whose article or album a page shows; None where it shows neither."""
    try:
        if markup.is_html(page):
            return _stated(page)[0]
        album = decoded(page)["getalbum_resp"].object()
    except Missing:
        return None
    name, gh = (_text(album.get(f"base_info.{key}")) for key in ("nickname", "username"))
    biz = next((found for item in _articles(album) if (found := _biz(_text(item.get("url")) or ""))), None)
    return Owner(gh, biz, name)


def _stated(page: Page) -> tuple[Owner, dict[str, str]]:
    """Read what an article states of itself; raises `Missing` where it names nobody."""
    whole = text(page)
    script = scripts.inline(whole)
    stated: dict[str, str] = {}
    for name in ("user_name", "biz", "nickname", "ct", "createTime"):
        stated[name] = scripts.assigned(script, name) or ""
    for name in ("cgiDataNew", "cgiData"):
        for depth, key, value in scripts.members(script, name):
            if depth == 1 and not stated.get(key):
                stated[key] = value
    shown = markup.words(markup.document(whole), "#js_name")
    nickname = stated["nickname"] or stated.get("nick_name") or shown
    gh, biz = stated["user_name"] or None, stated["biz"] or None
    if not (gh or biz or nickname):
        raise Missing("user_name")
    return Owner(gh, biz, nickname or None), stated


def _sent(stated: dict[str, str], asked: Asked) -> datetime | None:
    """Give when the article was sent; of a re-sent one the day on show is later than the first time."""
    raw = [stated.get(key) or "" for key in ("ct", "ori_create_time", "create_time", "createTime")]
    times = [[instant(v, asked.fetched_at) for v in raw if v.isdigit() is number] for number in (True, False)]
    second = max((at for at in times[0] if at), default=None)
    shown = max((at for at in times[1] if at), default=None)
    if second and shown:
        return shown if shown.astimezone(SHANGHAI).date() > second.astimezone(SHANGHAI).date() else second
    return second or shown


def _homepage(page: Page, asked: Asked) -> Shown | Nothing:
    items = [item.object() for item in decoded(page)["appmsg_list"].members()]
    biz = next((found for item in items if (found := _biz(_text(item.get("link")) or ""))), None)
    if not items:
        return NOTHING
    _own(page, asked, None, biz, None)
    return Shown("homepage", posts=_posts(items, "sendtime", asked, "page"))


def _jump(page: Page, asked: Asked) -> Shown | Nothing:
    """Sogou's way to an article: only a browser that was taken there shows one."""
    return _article(page, asked) if page.address.startswith(SITE) else NOTHING


def _closed(page: Page, asked: Asked) -> Nothing:
    raise Missing("a page that a visitor can read")


def _text(raw: object) -> str | None:
    return raw.strip() or None if isinstance(raw, str) else None


def _merge(shown: Sequence[Shown], asked: Asked, walled: bool) -> Found:
    """Articles and albums show the name of today; nothing outside the app shows that all posts were seen."""
    ranked = sorted(shown, key=lambda s: ("article", "album", "homepage", "sogou").index(s.by))
    seen = [s.posts for s in shown if s.posts and s.posts.newest]
    last = max(seen, key=lambda posts: posts.newest or UNKNOWN, default=None)
    badge = next((s for s in ranked if s.verified is not None), None)
    return Found(
        name=next((s.name for s in ranked if s.name), None),
        verified=badge.verified if badge else None,
        verified_as=badge.verified_as if badge else None,
        newest=Newest(last.newest, "at_least", last.witness) if last and last.newest else None,
    )


# ── asking ──────────────────────────────────────────────────────────────────────────────────────


def _account_ask(target: Target, pages: Sequence[Page]) -> Ask | None:
    """Ask the known albums, then an article, then the index, until something fresh or a wall was seen."""
    said = _said(pages, Asked(target.handle, target.name, None, target.at or UNKNOWN))
    if any(isinstance(s, Gone | Blocked) for s in said):
        return None
    times = [s.posts.newest for s in said if isinstance(s, Shown) and s.posts and s.posts.newest]
    if target.at and times and max(times) > target.at - FRESH:
        return None
    asked = {page.url for page in pages}
    known = any(isinstance(s, Shown) and s.by == "article" for s in said)
    return next((Http(url) for url in _witnesses(target, pages, known) if url not in asked), None)


def _witnesses(target: Target, pages: Sequence[Page], known: bool) -> Iterator[str]:
    known_links = [witness.url for witness in target.witnesses if witness.kind != "feed"]
    links = [found for link in (*known_links, target.handle) if (found := _LINK.match(link))]
    for link in links:
        query = parse_qs(link["query"] or "")
        if link["path"] == "/mp/appmsgalbum" and {"__biz", "album_id"} <= query.keys():
            form = {"action": "getalbum", "__biz": query["__biz"][0], "album_id": query["album_id"][0]}
            url = f"{SITE}/mp/appmsgalbum?{urlencode(form | {'count': '10', 'f': 'json'}, safe='=')}"
            yield url
            if any(page.url == url and _oldest_first(page) for page in pages):
                yield f"{url}&is_reverse=1"
    for link in links:
        if re.match(r"/s(?:/|$)", link["path"]) and not known:
            yield f"{SITE}{link['path']}" + (f"?{link['query']}" if link["query"] else "")
    if target.name:
        yield sogou.address(target.name, 2)


def _oldest_first(page: Page) -> bool:
    """Tell an album whose first page holds its oldest articles, and which goes on."""
    try:
        album = decoded(page)["getalbum_resp"].object()
        times = [item["create_time"].integer() for item in _articles(album)]
    except Missing:
        return False
    return str(album.get("continue_flag")) == "1" and len(times) > 1 and times[0] < times[-1]


def _search_ask(keyword: str, pages: Sequence[Page], depth: int) -> Ask | None:
    """Ask the search for accounts, and where that is closed to visitors the search for articles."""
    said = _said(pages, Asked(None, None, keyword, UNKNOWN))
    if not pages:
        return Http(sogou.address(keyword, 1))
    if isinstance(said[-1], Blocked | Unreachable):
        return None
    articles = [page for page in pages if "type=2&" in page.url]
    read = len(articles) or len(pages)
    if isinstance(said[-1], Results):
        more = said[-1].more and said[-1].profiles and read < depth
        return Http(sogou.address(keyword, 2 if articles else 1, read + 1)) if more else None
    return None if articles or len(pages) > 1 else Http(sogou.address(keyword, 2))


def _said(pages: Sequence[Page], asked: Asked) -> list[Statement]:
    return [statement(PLATFORM, page, asked) for page in pages]


def _id_form(handle: str) -> str:
    """An account has a gh_ id and a __biz for good, and a 微信号 that it may choose and change."""
    return "gh" if handle.startswith("gh_") else "biz" if handle.endswith("=") else "alias"


_MP = r"^https?://mp\.weixin\.qq\.com"
PLATFORM = Platform(
    # Sogou's index answers for articles; its search for accounts is mostly closed to visitors.
    facts=PlatformFacts(name="wechat", title="微信公众号", searchable=True, id_form=_id_form),
    hosts=("mp.weixin.qq.com", "weixin.sogou.com", "res.wx.qq.com"),
    handle=re.compile(r"gh_[0-9A-Za-z]{4,20}|[A-Za-z][-\w]{3,29}|M[0-9A-Za-z+/]{7,}={1,2}", re.ASCII),
    pace=8.0,
    canaries=Canaries(
        # An album of 看理想, a publisher of culture. No account can be proven absent: none has a page.
        alive=f"{SITE}/mp/appmsgalbum?__biz=MzA3MDM3NjE5NQ==&action=getalbum&album_id=1375870284640911361",
        absent=None,
        word="人民日报",
    ),
    endpoints=(
        Endpoint("album", re.compile(rf"{_MP}/mp/appmsgalbum\b"), _album),
        Endpoint("homepage", re.compile(rf"{_MP}/mp/homepage\b"), _homepage),
        Endpoint("client only", re.compile(rf"{_MP}/mp/(?:profile_ext|getmasssendmsg|publictag)\b"), _closed),
        Endpoint("article", re.compile(rf"{_MP}/(?:s\b|mp/(?:appmsg/show|wappoc_appmsgcaptcha))"), _article),
        Endpoint(
            "articles", re.compile(r"^https?://weixin\.sogou\.com/weixin\?(?:.*&)?type=2\b"), sogou.read
        ),
        Endpoint("search", re.compile(r"^https?://weixin\.sogou\.com/weixin\b"), sogou.read),
        Endpoint("jump", re.compile(r"^https?://weixin\.sogou\.com/link\b"), _jump),
    ),
    wall=_wall,
    gravestone=_gravestone,
    several=_several,
    merge=_merge,
    account_ask=_account_ask,
    search_ask=_search_ask,
    owner=_owner,
)
