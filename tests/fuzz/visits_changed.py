"""Saved visits with something lost, spoiled, put in or put elsewhere: none of it makes a fact of a failure."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

from crawlers.lines import line
from crawlers.platforms import platforms
from crawlers.reading import read
from crawlers.visits import Page, load, save
from fuzz.grave import Grave
from monitors.nouns import Ambiguous, Blocked, Found, Gone, Sightings, Unreachable

PAGES = Path(__file__).parent.parent / "pages"
FOLDERS = sorted(path.parent for path in PAGES.glob("*/*/visit.json") if path.parts[-3] in platforms())
BOTH = "同一次访问里既看到账号"
MARKS = re.compile(rb"""(?:class|id|data-e2e)=["']([^"'<>]+)["']""")
NEAR = timedelta(minutes=1)  # a post and the number that it got
REFUSALS = (401, 403, 405, 412, 418, 429, 432, 444, 500, 502, 503, 504)
NOTHING = (None, "", 0, 0.5, [], {}, "x", "账号", 10**30, -1, [[]], {"0": None}, "null", False)
# What an answer states twice, and the saved visits not always alike.
TWICE = {"pub_ts": "pub_time"}
# Where the first reading rests on one thing alone, without which the page honestly says another.
RESTS = {
    "wechat/album-same-name-other-id": "without the id the name decides",
    "wechat/wall-before-gravestone": "without the wall's words a gravestone",
    "douyin/wall-before-gravestone": "without the wall's words a gravestone",
    # In a new layout what the account wrote cannot be told from the platform's words: the living canary tells it.
    "douyin/page-signature-quotes-suspension": "without the mark of the account's own part",
    "douyin/page-signature-quotes-the-long-words": "without the mark of the account's own part",
    "wechat/item-with-an-account-word-below": "without its heading a notice about the account",
    "bilibili/cancelled-name-with-old-videos": "without the name nothing says that it was cancelled",
    "bilibili/cancelled-name-with-old-feed": "without the name nothing says that it was cancelled",
    "bilibili/videos-of-somebody-else": "without the author the address decides",
    "bilibili/search-of-videos": "without the list and with a count of nothing an empty search",
}
# What people write themselves, by the platforms' names for it.
WRITTEN = {"text", "raw_text", "desc", "description", "title", "sign", "signature", "digest", "summary"}
OFFICIAL = re.compile(r"verif|official|notice|tag|cert|cardlist|tips", re.IGNORECASE)


@cache
def saved(folder):
    return load(folder)


@cache
def of_platform(name):
    return tuple(saved(folder) for folder in FOLDERS if folder.parent.name == name)


def outcome(visit):
    return read(platforms()[visit.platform], visit)


@cache
def first_reading(folder):
    return outcome(saved(folder))


@cache
def walls(name):
    """Whole visits of one page that read as a wall."""
    return tuple(
        visit.pages[0]
        for visit in of_platform(name)
        if len(visit.pages) == 1 and isinstance(outcome(visit), Blocked)
    )


@cache
def said_by_platforms():
    """The sentences in which refusals and gravestones speak, which people may quote anywhere."""
    words = set()
    for folder in FOLDERS:
        if isinstance(first_reading(folder), Gone | Blocked | Ambiguous):
            for page in saved(folder).pages:
                plain = re.sub(
                    r"<script.*?</script>|<style.*?</style>|<[^>]+>",
                    "\n",
                    page.body.decode("utf-8", "replace"),
                    flags=re.S,
                )
                words |= {said.strip() for said in re.split(r'[\n"]', plain) if re.search("[一-鿿]{4}", said)}
    dates = (
        "2019年1月1日",
        "© 2019-2026",
        "2099-01-01 00:00",
        "3天前",
        "刚刚",
        "13月1日",
        "1970-01-01",
        "昨天 23:59",
    )
    return sorted(word for word in words if len(word) < 200) + list(dates)


# ── changes; each gives (visit, what of the first reading may now be weaker) ────────────────────


def places(value, path=()):
    """Every place in a JSON document but its root."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def put(value, path, given):
    """The document with another value at a place; `...` takes the member away."""
    if not path:
        return given
    key, *rest = path
    if isinstance(value, dict):
        if rest or given is not ...:
            return {**value, key: put(value[key], rest, given)}
        return {name: member for name, member in value.items() if name != key}
    changed = [put(value[key], rest, given)] if rest or given is not ... else []
    return [*value[:key], *changed, *value[key + 1 :]]


def at(value, path):
    """The value at a place."""
    for key in path:
        value = value[key]
    return value


def document(page):
    try:
        return json.loads(page.body)
    except ValueError:
        return None


def with_page(visit, number, page):
    return replace(visit, pages=(*visit.pages[:number], page, *visit.pages[number + 1 :]))


def spoilt(visit, rng):
    """One to three values of a JSON page are gone or senseless; members of lists stay where they are."""
    number = rng.randrange(len(visit.pages))
    value = document(visit.pages[number])
    if not isinstance(value, dict):
        return None
    for _ in range(rng.choice((1, 1, 2, 3))):
        # A list may come as an object with numbers for keys; without a member it is another whole list.
        found = [path for path in places(value) if isinstance(path[-1], str) and not path[-1].isdigit()]
        if not found:
            return None
        path = rng.choice(found)
        # In the place of a number, nought is no loss but a statement.
        counted = isinstance(at(value, path), int)
        given = rng.choice([one for one in NOTHING if not counted or one is None or one != 0])
        value = put(value, path, ... if rng.random() < 0.5 else given)
        if path[-1] in TWICE:
            value = put(value, path[:-1], {**at(value, path[:-1]), TWICE[path[-1]]: None})
    body = json.dumps(value, ensure_ascii=False).encode()
    return with_page(visit, number, replace(visit.pages[number], body=body))


def cut(visit, rng):
    """A page ends too early."""
    number = rng.randrange(len(visit.pages))
    page = visit.pages[number]
    return with_page(visit, number, replace(page, body=page.body[: rng.randrange(len(page.body) + 1)]))


def renamed(visit, rng):
    """One class, id or variable of a page that is no JSON is called otherwise, everywhere in it."""
    number = rng.randrange(len(visit.pages))
    page = visit.pages[number]
    if page.body.lstrip()[:1] in (b"", b"{", b"["):
        return None
    words = MARKS.findall(page.body)
    word = rng.choice(rng.choice(words).split() or [b"x"]) if words else b"x"
    return with_page(visit, number, replace(page, body=page.body.replace(word, b"renamed")))


def scrambled(visit, rng):
    """Some bytes are others."""
    number = rng.randrange(len(visit.pages))
    body = bytearray(visit.pages[number].body)
    for _ in range(rng.randint(1, 20)):
        if body:
            body[rng.randrange(len(body))] = rng.randrange(256)
    return with_page(visit, number, replace(visit.pages[number], body=bytes(body)))


def refused(visit, rng):
    """Every page comes with the status of a refusal, or not at all."""
    pages = tuple(
        replace(page, status=rng.choice(REFUSALS))
        if rng.random() < 0.8
        else Page(page.url, 0, error=rng.choice(("timeout", "dns", "robots", "redirects")))
        for page in visit.pages
    )
    return replace(visit, pages=pages)


def walled(visit, rng):
    """A wall stands among the pages, or in the place of one."""
    pages = list(visit.pages)
    wall = rng.choice(walls(visit.platform))
    if rng.random() < 0.5:
        pages.insert(rng.randint(0, len(pages)), wall)
    else:
        number = rng.randrange(len(pages))
        pages[number] = replace(wall, url=pages[number].url)
    return replace(visit, pages=tuple(pages))


def fewer(visit, rng):
    """Pages are missing, doubled, or come in another order."""
    pages = [page for page in visit.pages for _ in range(rng.choice((0, 1, 1, 1, 2)))]
    rng.shuffle(pages)
    return replace(visit, pages=tuple(pages))


def foreign(visit, rng):
    """The answers are those of another account than the one asked for."""
    named = (
        all(document(page) and visit.handle.encode() in page.body for page in visit.pages)
        if visit.handle
        else False
    )
    linked = any("__biz=" in page.url for page in visit.pages)  # such a link says by itself whose it is
    if visit.kind != "account" or not visit.handle or visit.handle.startswith("http") or linked:
        return None
    other = "".join(rng.choice("123456789") if c.isdigit() else c for c in visit.handle)
    if other == visit.handle:
        other = f"{visit.handle[:-1]}{'x' if visit.handle[-1] != 'x' else 'y'}"
    if not named or rng.random() < 0.5:
        return replace(visit, handle=other, name=None)
    pages = tuple(replace(page, url=page.url.replace(visit.handle, other)) for page in visit.pages)
    return replace(visit, handle=other, name=None, pages=pages)


def quoted(visit, rng):
    """People quote what the platform says of walls, graves and days in what they write themselves."""
    pages = []
    for page in visit.pages:
        value = document(page)
        for path in list(places(value)) if isinstance(value, dict) else ():
            own = path[-1] in WRITTEN and not OFFICIAL.search(".".join(map(str, path)))
            node = at(value, path)
            if own and isinstance(node, str) and node and node != "置顶" and rng.random() < 0.5:
                value = put(value, path, f"{node} {rng.choice(said_by_platforms())}")
        pages.append(
            page if value is None else replace(page, body=json.dumps(value, ensure_ascii=False).encode())
        )
    changed = replace(visit, pages=tuple(pages))
    return None if changed == visit else changed


def shifted(visit, rng):
    """The clock of the visit is another."""
    return replace(visit, fetched_at=visit.fetched_at + timedelta(hours=rng.randint(-24 * 500, 24 * 500)))


# ── promises ────────────────────────────────────────────────────────────────────────────────────


def nothing_from_nothing(before, after):
    """A visit that stated nothing states nothing."""
    if isinstance(before, Found | Gone | Sightings):
        return None
    if isinstance(after, Gone | Sightings):
        return "a fact came out of a failure"
    return "a date came out of a failure" if isinstance(after, Found) and after.newest else None


def no_grave_for_the_living(before, after):
    return (
        "an account that was shown is gone" if isinstance(before, Found) and isinstance(after, Gone) else None
    )


def no_older_exact_date(before, after):
    """What convicts is an exact date; a loss may weaken one and never make it older."""
    if not (isinstance(before, Found) and isinstance(after, Found)) or not after.newest:
        return None
    if after.newest.bound == "exact" and (not before.newest or before.newest.at - after.newest.at > NEAR):
        return "an exact date is older than what was to be seen"
    return None


def no_invented_date(before, after):
    if not isinstance(after, Found) or not after.newest:
        return None
    if isinstance(before, Found) and (not before.newest or after.newest.at > before.newest.at):
        return "a date is newer than any that was to be seen"
    return None


def no_lost_posts(before, after):
    """An account with posts is not one that never posted."""
    had = isinstance(before, Found) and (before.newest or before.posts_total)
    never = isinstance(after, Found) and after.posts_total == 0 and not after.newest
    return "an account with posts is said never to have posted" if had and never else None


def no_end_of_a_search(before, after):
    """A search that met somebody does not end up as one that met nobody and has no more."""
    met = isinstance(before, Sightings) and before.sightings
    return (
        "a search that met accounts is said to have met none"
        if met and isinstance(after, Sightings) and not after.sightings and after.more is False
        else None
    )


def no_end_from_nothing(before, after):
    """That a search has no more needs to be stated, not to be missing."""
    more = isinstance(before, Sightings) and before.more
    ended = isinstance(after, Sightings) and after.more is False
    return "a search that had more is said to have no more" if more and ended else None


def no_fact_at_all(before, after):
    # The platform's own word holds with whatever status it comes.
    if isinstance(before, Gone) and isinstance(after, Gone):
        return None
    return "a refusal is told as a fact" if isinstance(after, Found | Gone | Sightings) else None


def not_this_account(before, after):
    return "another account's page was taken for this one's" if isinstance(after, Found) else None


def all_the_same(before, after):
    def facts(out):
        if isinstance(out, Found):
            return (out.newest, out.posts_total, out.hidden, out.verified, out.name)
        if isinstance(out, Sightings):
            return (len(out.sightings), out.more)
        return out.outcome if isinstance(out, Gone) else "nothing"

    return "what people write changed what was read" if facts(before) != facts(after) else None


STRICT = (
    nothing_from_nothing,
    no_grave_for_the_living,
    no_older_exact_date,
    no_invented_date,
    no_lost_posts,
    no_end_of_a_search,
    no_end_from_nothing,
)
CHANGES = (
    (spoilt, STRICT),
    (cut, STRICT),
    # The link to the next page has no other mark than its name.
    (renamed, tuple(promise for promise in STRICT if promise is not no_end_from_nothing)),
    (scrambled, (nothing_from_nothing, no_grave_for_the_living)),
    (refused, (no_fact_at_all,)),
    (walled, STRICT),
    (fewer, (no_grave_for_the_living, no_invented_date)),
    (foreign, (not_this_account,)),
    (quoted, (all_the_same,)),
    (shifted, (nothing_from_nothing, no_grave_for_the_living)),
)


def always(visit, after):
    """Whatever was changed: of the right kind, writable, and not after the visit."""
    kinds = (Sightings, Blocked, Ambiguous, Unreachable) if visit.kind == "search" else (Found, Gone)
    wrong = isinstance(after, Found | Gone) if visit.kind == "search" else isinstance(after, Sightings)
    if wrong:
        return f"not of {kinds}"
    json.dumps(line("", visit, after), ensure_ascii=False).encode()
    dated = (
        [after.newest]
        if isinstance(after, Found)
        else [p.newest for p in after.sightings]
        if isinstance(after, Sightings)
        else []
    )
    late = [one for one in dated if one and one.at > visit.fetched_at]
    return "a date lies after the visit" if late else None


@cache
def _short(folder):
    visit = saved(folder)
    return [
        outcome(replace(visit, pages=visit.pages[:n] + visit.pages[n + 1 :])) for n in range(len(visit.pages))
    ]


def a_round(rng):
    """Change one saved visit in one way and hold the reading to what no change may bring about."""
    folder, (change, promises) = rng.choice(FOLDERS), rng.choice(CHANGES)
    visit, before = saved(folder), first_reading(folder)
    changed = change(visit, rng) if visit.pages else None
    if changed is None:
        return
    if isinstance(before, Ambiguous) and before.says.startswith(BOTH):
        return
    after = outcome(changed)
    if after in _short(folder) or f"{folder.parent.name}/{folder.name}" in RESTS:
        return
    told = always(changed, after) or next(
        filter(None, (promise(before, after) for promise in promises)), None
    )
    if told:
        where = f"{folder.parent.name}/{folder.name}, {change.__name__}"
        raise Grave(f"{told}: {where}\n  before {before}\n  after  {after}", lambda to: save(changed, to))
