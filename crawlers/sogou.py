"""What Sogou's WeChat search shows: a third party's index of accounts (type 1) and of articles (type 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote

from parsel import Selector

from crawlers import markup
from crawlers.platforms import NOTHING, Asked, Nothing, Posts, Results, Shown
from crawlers.shapes import Missing, text
from crawlers.texts import bare, instant
from crawlers.visits import Page
from monitors.nouns import Ambiguous, Blocked, Newest, Profile

SITE = "https://weixin.sogou.com"
TIME = re.compile(r"timeConvert\(\s*['\"]?(\d{1,12})")
GH = re.compile(r"gh_[0-9A-Za-z]+")

ANTISPIDER = re.compile(r"(?:https?://weixin\.sogou\.com)?/antispider\b")
WALLS = ("seccodeForm", "seccodeImage", "您的访问出错了", "请输入验证码", "需要您协助验证")
CAP = "只显示100条结果"


def address(keyword: str, kind: int, number: int = 1) -> str:
    """Give the address of result page `number` of a search for accounts (kind 1) or articles (kind 2)."""
    form = "&s_from=input" if kind == 1 else ""
    tail = "&_sug_=n&_sug_type_=" if kind == 1 else ""
    page = f"&page={number}" if number > 1 else ""
    return f"{SITE}/weixin?type={kind}{form}&query={quote(keyword, safe='')}&ie=utf8{tail}{page}"


def wall(page: Page) -> Blocked | None:
    """Tell the page that wants a captcha typed in, however it was reached."""
    if any(ANTISPIDER.match(where) for where in (page.address, page.headers.get("location", ""))):
        return Blocked("captcha")
    ours = re.match(r"https?://weixin\.sogou\.com/", page.address)
    return Blocked("captcha") if ours and any(word in text(page) for word in WALLS) else None


def read(page: Page, asked: Asked) -> Results | Shown | Ambiguous | Nothing:
    """Read a result page: every account for a search, the one with the exact name for an account."""
    document = markup.document(text(page))
    accounts, articles = document.css("ul.news-list2 > li"), document.css("ul.news-list > li")
    if not accounts and not articles:
        return _without_results(document, asked)
    met = list(_accounts(accounts, asked.fetched_at)) + _authors(articles, asked.fetched_at)
    if not met:
        raise Missing("ul.news-list li: account name")
    if asked.keyword is not None:
        return Results(tuple(met), _more(document, page))
    return _witness(met, asked)


def _without_results(document: Selector, asked: Asked) -> Results | Ambiguous | Nothing:
    box = "".join(document.css("#noresult_part1_container, .b404-box").xpath(".//text()").getall())
    if not box.strip():
        raise Missing("ul.news-list")
    if CAP in bare(box):
        # The end of what a visitor may page through: there is more, after a login.
        return Results((), True) if asked.keyword is not None else NOTHING
    return Ambiguous(" ".join(box.split()))


def _accounts(rows: Sequence[Selector], fetched_at: datetime) -> Iterator[Profile]:
    for row in rows:
        name = _words(row.css("p.tit a") or row.css("a[uigs^=account_name_]"))
        if not name:
            continue
        handle = _words(row.css("label[name=em_weixinhao]"))
        # Which rows an account has differs; only the heading tells them apart.
        lines = {bare(_words(line.css("dt"))): line.css("dd") for line in row.css("dl")}
        body = _words(next((dd for dt, dd in lines.items() if dt.endswith("认证")), None))
        article = next((dd for dt, dd in lines.items() if dt.endswith("最近文章")), None)
        yield Profile(
            handle=handle or None,
            name=name,
            verified=True if body else None,
            verified_as=body or None,
            newest=_newest(_time("".join(article.getall()) if article else "", fetched_at)),
        )


def _authors(rows: Sequence[Selector], fetched_at: datetime) -> list[Profile]:
    """Give each account once, with its newest article; the order is by relevance, not by date."""
    met: dict[str, Profile] = {}
    for row in rows:
        flag = row.css(".s-p a.account::attr(data-isv)").get()
        name = _words(row.css(".s-p .all-time-y2, .s-p a.account"))
        if not name:
            continue
        times = [_time("".join(row.css(".s-p").getall()), fetched_at)]
        before = met.get(name)
        if before and before.newest:
            times.append(before.newest.at)
        verified = None if flag is None else flag.strip() in ("1", "true")
        newest = _newest(max((at for at in times if at), default=None))
        met[name] = Profile(handle=None, name=name, verified=verified, newest=newest)
    return list(met.values())


def _witness(met: Sequence[Profile], asked: Asked) -> Shown | Nothing:
    handle = (asked.handle or "").casefold()
    own = [p for p in met if p.handle and p.handle.casefold() == handle] or [
        p for p in met if p.name == (asked.name or "").strip() and _may_be(p.handle, handle)
    ]
    if not own:
        return NOTHING
    times = [p.newest.at for p in own if p.newest]
    posts = Posts(max(times), whole=False, witness="article") if times else None
    return Shown("sogou", own[0].name, own[0].verified, own[0].verified_as, posts=posts)


def _may_be(shown: str | None, handle: str) -> bool:
    """Tell whether a shown id can belong to the handle: two ids of one kind that differ cannot."""
    return shown is None or "=" in handle or bool(GH.fullmatch(shown)) != bool(GH.fullmatch(handle))


def _more(document: Selector, page: Page) -> bool | None:
    if document.css("a#sogou_next"):
        return True
    return False if b"</html>" in page.body.lower()[-200:] else None


def _words(nodes: Sequence[Selector] | None) -> str:
    return " ".join("".join(nodes[0].xpath(".//text()").getall()).split()) if nodes else ""


def _time(markup: str, fetched_at: datetime) -> datetime | None:
    found = TIME.search(markup)
    return instant(found[1], fetched_at) if found else None


def _newest(at: datetime | None) -> Newest | None:
    return Newest(at, "at_least", "article") if at else None
