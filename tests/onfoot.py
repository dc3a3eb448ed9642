"""Whole visits on the stage without a browser: what the pages' scripts do, done by hand.

The tests read the stage's own answers through it, in thousands of visits that a browser would take hours for.
`tests/crawlers/test_rehearsal.py` compares it with the real browser.
"""

import hashlib
import json
import re
import time
import urllib.error
import urllib.request
from dataclasses import replace
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from crawlers.platforms import Browse, platforms
from crawlers.reading import read
from crawlers.rehearsal.line import request_of as parsed
from crawlers.visits import Page, Target, Visit

SIGN = {"m.weibo.cn": "visitor.passport.weibo.cn", "weibo.com": "passport.weibo.com"}


class OnFoot:
    """A visitor without a browser; `wire` is true for real HTTP, false for asking the stage directly."""

    def __init__(self, stage, wire=True):
        self.stage, self.wire = stage, wire
        self.jar = {}

    # ── one request ─────────────────────────────────────────────────────────────────────────────

    def get(self, url, headers=None, form=None):
        """Ask the substitute of an original address; redirects are followed on the stage."""
        for _ in range(5):
            status, answered, body = self._ask(url, headers or {}, form)
            if status != 302:
                return Page(url, status, answered, body)
            host, _, path = answered["location"].lstrip("/").partition("/")
            url = f"https://{host}/{path}"
        raise AssertionError("the stage sends in circles")

    def _ask(self, url, headers, form):
        parts = urlsplit(url)
        headers = dict(headers)
        cookies = "; ".join(
            f"{name}={value}" for (host, name), value in self.jar.items() if host == parts.netloc
        )
        headers |= {"Cookie": cookies} if cookies else {}
        query = f"?{parts.query}" if parts.query else ""
        target = f"/{parts.netloc}{quote(unquote(parts.path))}{query}"
        body = urlencode(form).encode() if form else None
        status, answered, content = (self._sent if self.wire else self._told)(target, headers, body)
        for name, value in answered:
            if name.lower() == "set-cookie":
                found = re.match(r"(\w+)=([^;]*); Path=/([\w.]+)", value)
                self.jar[found[3], found[1]] = found[2]
        return status, {name.lower(): value for name, value in answered}, content

    def _sent(self, target, headers, body):
        base = f"http://127.0.0.1:{self.stage.port}"
        request = urllib.request.Request(base + target, body, headers)
        try:
            with _OPENER.open(request, timeout=5) as answer:
                return answer.status, answer.headers.items(), answer.read()
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers.items(), refused.read()

    def _told(self, target, headers, body):
        answer, _ = self.stage.answer(parsed("POST" if body else "GET", target, headers, body or b""))
        return answer.status, [("Content-Type", answer.type), *answer.headers], answer.body

    # ── one visit ───────────────────────────────────────────────────────────────────────────────

    def account(self, platform, handle, name=None, witnesses=()):
        """Make the platform's whole visit to an account and give (visit, outcome)."""
        at = self.stage.clock
        target = Target(handle, name, (), tuple(witnesses), at)
        pages = self._walk(lambda so_far: platforms()[platform].account_ask(target, so_far))
        return self._read(Visit(platform, "account", at, tuple(pages), handle=handle, name=name))

    def search(self, platform, keyword, depth=3):
        """Make the platform's whole search and give (visit, outcome)."""
        pages = self._walk(lambda so_far: platforms()[platform].search_ask(keyword, so_far, depth))
        return self._read(Visit(platform, "search", self.stage.clock, tuple(pages), keyword=keyword))

    def _read(self, visit):
        return visit, read(platforms()[visit.platform], visit)

    def _walk(self, following):
        pages, asked = [], []
        while (ask := following(pages)) and ask not in asked:
            asked.append(ask)
            pages += self.browse(ask) if isinstance(ask, Browse) else [self.get(ask.url, ask.headers)]
        return pages

    def browse(self, ask):
        """Open a page, do what its script does, and keep what is watched, under the watch's address."""
        parts = urlsplit(ask.url)
        if parts.netloc in SIGN:
            self.handshake(parts.netloc)
        document = self.get(ask.url)
        kept = [document]
        # A wall, or the shell of a bot detector, has no script of the platform's.
        if b"function whenScrolled" not in document.body:
            return kept
        for answer in self._script(parts, document, ask.scrolls):
            if answer.path.endswith("/profile/other/"):
                kept[0] = replace(document, body=_rendered(answer))
            watch = next((watch for watch in ask.watch if watches(watch, answer.url)), None)
            if watch:
                query = urlsplit(answer.url).query
                url = watch.url.partition("?")[0] + f"?{query}"
                kept.append(Page(url, answer.status, answer.headers, answer.body))
        return kept

    def handshake(self, host):
        """Get Weibo's visitor cookie as the page between does."""
        gate = f"https://{SIGN[host]}/visitor"
        form = {"cb": "visitor_gray_callback", "request_id": "0" * 32, "from": "weibo"}
        self.get(f"{gate}/genvisitor2", form=form)

    def _script(self, parts, document, scrolls):
        site, path = f"https://{parts.netloc}", unquote(parts.path)
        query = dict(parse_qsl(parts.query))
        if parts.netloc == "m.weibo.cn":
            return self._mobile(site, path, query, scrolls)
        if parts.netloc == "weibo.com":
            return self._desktop(site, path)
        if parts.netloc == "space.bilibili.com":
            return self._space(path)
        if parts.netloc == "search.bilibili.com":
            return self._upuser(query)
        return self._douyin(site, path, document, scrolls)

    def _mobile(self, site, path, query, scrolls):
        index = f"{site}/api/container/getIndex"
        if path == "/search":
            number = 1
            for _ in range(scrolls + 1):
                asked = {"containerid": query["containerid"], "page_type": "searchall"}
                asked |= {"page": number} if number > 1 else {}
                yield (answer := self.get(f"{index}?{urlencode(asked)}"))
                listed = _json(answer).get("data", {}).get("cardlistInfo", {})
                number = listed.get("page")
                if not number:
                    return
        uid = path.rpartition("/")[2]
        profile = self.get(f"{index}?type=uid&value={uid}")
        yield profile
        if _json(profile).get("ok") == 1:
            yield self.get(f"{index}?type=uid&value={uid}&containerid=107603{uid}")

    def _desktop(self, site, path):
        uid = path.rpartition("/")[2]
        profile = self.get(f"{site}/ajax/profile/info?uid={uid}")
        yield profile
        if _json(profile).get("ok") == 1:
            yield self.get(f"{site}/ajax/statuses/mymblog?uid={uid}&page=1&feature=0")

    def signed(self, path, query):
        """Ask Bilibili for what it gives to its own page only."""
        nav = _json(self.get("https://api.bilibili.com/x/web-interface/nav"))["data"]["wbi_img"]
        both = "".join(
            url.rpartition("/")[2].removesuffix(".png") for url in (nav["img_url"], nav["sub_url"])
        )
        order = "46 47 18 2 53 8 23 32 15 50 10 31 58 3 45 35 27 43 5 49 33 9 42 19 29 28 14 39 12 38 41 13"
        key = "".join(both[int(place)] for place in order.split())
        text = urlencode(sorted({**query, "wts": int(time.time())}.items()), quote_via=quote)
        seal = hashlib.md5((text + key).encode()).hexdigest()
        return self.get(f"https://api.bilibili.com{path}?{text}&w_rid={seal}")

    def _space(self, path):
        mid, _, tab = path.strip("/").partition("/")
        yield self.signed("/x/space/wbi/acc/info", {"mid": mid, "platform": "web"})
        if tab == "dynamic":
            asked = {"host_mid": mid, "offset": "", "timezone_offset": -480, "features": "itemOpusStyle"}
            yield self.signed("/x/polymer/web-dynamic/v1/feed/space", asked)
        else:
            yield self.signed("/x/space/wbi/arc/search", {"mid": mid, "ps": 30, "pn": 1, "order": "pubdate"})

    def _upuser(self, query):
        asked = {"search_type": "bili_user", "keyword": query["keyword"], "page": query.get("page", 1)}
        yield self.signed("/x/web-interface/wbi/search/type", asked)

    def _douyin(self, site, path, document, scrolls):
        salt = re.search(rb'salt = "(\w+)"', document.body)[1].decode()
        _, kind, subject = path.split("/")

        def signed(address, query, protect=False):
            query = {"device_platform": "webapp", "aid": 6383, "channel": "channel_pc_web", **query}
            query["uifid"] = self.jar["www.douyin.com", "UIFID"]
            text = urlencode(sorted(query.items()), quote_via=quote)
            bogus = hashlib.md5((text + salt).encode()).hexdigest()
            seal = hashlib.md5(f"{address}{bogus}{salt}".encode()).hexdigest()
            headers = {"x-secsdk-web-signature": seal} if protect else {}
            return self.get(f"{site}{address}?{text}&a_bogus={bogus}", headers)

        if kind == "user":
            profile = signed("/aweme/v1/web/user/profile/other/", {"sec_user_id": subject})
            yield profile
            user = _json(profile).get("user")
            if user and not user["is_ban"] and not user["secret"]:
                asked = {"sec_user_id": subject, "max_cursor": 0, "count": 18}
                yield signed("/aweme/v1/web/aweme/post/", asked, protect=True)
            return
        offset = 0
        for _ in range(scrolls + 1):
            asked = {"keyword": subject, "search_channel": "aweme_user_web", "offset": offset, "count": 10}
            yield (answer := signed("/aweme/v1/web/discover/search/", asked))
            offset = _json(answer).get("has_more") and _json(answer)["cursor"]
            if not offset:
                return


def _json(page):
    """Give the answer as JSON, as empty where it is none: then a page's script goes no further."""
    try:
        return json.loads(page.body)
    except ValueError:
        return {}


def _rendered(profile):
    """What Douyin's page shows of the profile it got; the works stand in their own answer."""
    told = _json(profile)
    user = told.get("user") or {}
    words, info, title = [told.get("status_msg") or ""], "", "抖音"
    if user.get("is_ban"):
        words = ["账号已被封禁", "由于违反《抖音社区自律公约》的相关规定，该账号已被封禁"]
    elif user:
        title = f"{user['nickname']}的抖音 - 抖音"
        info = f'<div data-e2e="user-info"><h1>{user["nickname"]}</h1></div>'
        info += f'<div data-e2e="user-tab-count">{user["aweme_count"]}</div>'
        words = ["私密账号"] if user["secret"] else []
        if not words and not user["aweme_count"]:
            words = ["暂无内容", "该账号还未发布过作品哦～"]
    text = info + "".join(f"<p>{word}</p>" for word in words)
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title></head><body>{text}</body></html>'.encode()
    )


def watches(watch, url):
    """Say whether a page's request is the watched one."""
    wanted, parts = urlsplit(watch.url), urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    same = all(
        query.get(name) == value if value is not None else name in query
        for name, value in watch.query.items()
    )
    return parts.path.endswith(wanted.path) and same


class _Staying(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


_OPENER = urllib.request.build_opener(_Staying, urllib.request.ProxyHandler({}))
