"""What Bilibili answers: the card, the lists of videos, the feed of all posts, the search for users."""

from __future__ import annotations

from crawlers import kinds
from crawlers.platforms import NOTHING, Asked, Nothing, Posts, Results, Shown
from crawlers.shapes import Json, Missing, decoded, is_id
from crawlers.texts import count, instant, strip_marks
from crawlers.visits import Page
from monitors.nouns import Ambiguous, Gone, Newest, PostKind, Profile

# Ids of sys_notice; 8, 16 and 36 are disputes, 20 is a memorial.
FREEZING = ("5", "11", "22", "24", "25", "31", "34")


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


def card(page: Page, asked: Asked) -> Shown | Gone:
    """Read the public card; `spacesta` -2 is a suspended account."""
    data = _payload(page)
    face = data["card"].object()
    _own(face["mid"], asked)
    if str(face.get("spacesta")) == "-2":
        return Gone("suspended", "spacesta -2")
    verified, verified_as = _badge(face, "official_verify", "Official")
    videos, articles = count(data.get("archive_count")), count(data.get("article_count"))
    # The card counts videos and columns, never 图文: only both zero may later agree with an empty feed.
    total = None if videos is None or (not videos.value and articles and articles.value) else videos.value
    fans = count(data.get("follower")) or count(face.get("fans"))
    return Shown("card", _name(face.get("name")), verified, verified_as, fans, posts_total=total)


def info(page: Page, asked: Asked) -> Shown | Gone:
    """Read the profile that the space page itself asks for; it alone tells of a freeze."""
    data = _payload(page)
    _own(data["mid"], asked)
    notice = _name(data.get("sys_notice.content"))
    if str(data.get("silence")) in ("1", "True") or str(data.get("sys_notice.id")) in FREEZING:
        return Gone("suspended", notice or "silence 1")
    verified, verified_as = _badge(data, "official")
    return Shown("info", _name(data.get("name")), verified, verified_as)


def stat(page: Page, asked: Asked) -> Shown:
    """Read the followers."""
    data = _payload(page)
    _own(data["mid"], asked)
    return Shown("stat", followers=count(data["follower"].value))


def videos(page: Page, asked: Asked) -> Shown | Ambiguous | Nothing:
    """Read a list of videos, of the lax or the strict address; it never holds other posts."""
    data = _payload(page)
    lax = page.path.endswith("ByKeywords")
    items = (data["archives"] if lax else Json(data["list"].get("vlist"), "data.list.vlist")).members()
    total = count(data.get("page.total" if lax else "page.count"))
    if not items:
        if page.query.get("pn", "1") != "1":
            return NOTHING
        if data.get("is_risk"):
            raise Missing("data.list.vlist[0]")
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


def pinned(page: Page, asked: Asked) -> Shown | Nothing:
    """Read the pinned video, which stands in no list; 53016 says that there is none."""
    if decoded(page)["code"].integer() == 53016:
        return NOTHING
    data = _payload(page)
    _own(data.at("owner.mid"), asked)
    newest = instant(data.get("pubdate"), asked.fetched_at)
    return Shown("pinned", _name(data.get("owner.name")), posts=Posts(newest, whole=False, pinned_only=True))


def feed(page: Page, asked: Asked) -> Shown | Ambiguous | Nothing:
    """Read the feed of all posts; a forward stands at its own time, a live room leaves its record."""
    data = _payload(page)
    if data["items"].value is None:
        raise Missing("data.items")
    items = data["items"].members()
    first, more = not page.query.get("offset"), bool(data.get("has_more"))
    if not items:
        if not first:
            return NOTHING
        if more:
            return Ambiguous("动态列表是空的，却说还有更多")
        return Shown("feed", posts=Posts(None, whole=True, total=0), says_empty=True)
    writers = [str(item.get("modules.module_author.mid")) for item in items]
    own = [item for item, writer in zip(items, writers, strict=True) if writer == asked.handle]
    if not own:
        raise Missing("data.items[].modules.module_author.mid")
    authors = [item.at("modules.module_author") for item in own]
    dates = [
        instant(author.get("pub_ts"), asked.fetched_at) or instant(author.get("pub_time"), asked.fetched_at)
        for author in authors
    ]
    pinned = [item.get("modules.module_tag.text") == "置顶" for item in own]
    entries = list(zip(map(_kind, own), dates, pinned, strict=True))
    # An entry that does not tell who wrote it may be the newest.
    posts = Posts(
        max(filter(None, dates), default=None),
        whole=first and None not in dates and all(map(is_id, writers)),
        pinned_only=all(pinned),
        kinds=kinds.of(entries, ended=not more),
    )
    verified, verified_as = _badge(authors[0], "official_verify")
    return Shown("feed", _name(authors[0].get("name")), verified, verified_as, posts=posts)


def _kind(item: Json) -> PostKind:
    named = (str(item.get("type")), str(item.get("modules.module_dynamic.major.type")))
    if any("_TYPE_LIVE" in name for name in named):
        return "live"
    return "forward" if named[0] == "DYNAMIC_TYPE_FORWARD" or item.get("orig") else "post"


def users(page: Page, asked: Asked) -> Results | Ambiguous:
    """Read a page of the search; without a hit `result` is absent, and only `numResults` proves that."""
    data = _payload(page)
    number = count(data.get("page")) or count(page.query.get("page"))
    pages = count(data.get("numPages"))
    more = number.value < pages.value if number and pages else None
    if not data.get("result"):
        hits = data["numResults"].integer()
        past = number and pages and number.value > pages.value
        if hits and not past:
            return Ambiguous(f"搜索说有 {hits} 个结果，却一个也没有给")
        return Results((), more=False)
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


def by_name(page: Page, asked: Asked) -> Results | Nothing:
    """Read the exact names' ids; a name without one is no search that found nothing."""
    pairs = Json(_payload(page).get("uid_list"), "data.uid_list").members()
    profiles = tuple(Profile(pair["uid"].id(), pair["name"].text()) for pair in pairs)
    return Results(profiles, more=None) if profiles else NOTHING


def key(page: Page, asked: Asked) -> Nothing:
    """Recognise the cookie and the signing keys; logged out, code -101 is normal there."""
    data = decoded(page)["data"]
    data["b_3" if page.path.endswith("/spi") else "wbi_img"]
    return NOTHING
