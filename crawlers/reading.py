"""The order of reading, once for all platforms: shown, wall, gravestone, several causes, no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from crawlers.platforms import Asked, Endpoint, Nothing, Platform, Results, Shown
from crawlers.shapes import UNREADABLE, Missing
from crawlers.visits import Page, Visit
from monitors.nouns import (
    AccountOutcome,
    Ambiguous,
    Blocked,
    BlockedBy,
    Found,
    Gone,
    Outcome,
    Profile,
    SearchOutcome,
    ShapeChanged,
    Sightings,
    Unreachable,
)

_REFUSALS: dict[int, BlockedBy] = {
    401: "login",
    **dict.fromkeys((403, 405, 412, 432, 444), "risk"),
    **dict.fromkeys((418, 429), "rate"),
}

Statement = Shown | Results | Nothing | Gone | Blocked | Ambiguous | ShapeChanged | Unreachable


def read(platform: Platform, visit: Visit) -> Outcome:
    """Read a whole visit; total: every visit gives an outcome, none raises."""
    asked = Asked(visit.handle, visit.name, visit.keyword, visit.fetched_at)
    statements = [statement(platform, page, asked) for page in visit.pages]
    if visit.kind == "search":
        return _search(statements, [_endpoint(platform, page)[0] for page in visit.pages])
    return _account(platform, statements, asked)


def walled(platform: Platform, visit: Visit) -> bool:
    """Say whether a page of the visit was a wall, also where the others tell enough; robots.txt is none."""
    asked = Asked(visit.handle, visit.name, visit.keyword, visit.fetched_at)
    said = (statement(platform, page, asked) for page in visit.pages)
    return any(isinstance(one, Blocked) and one.by != "robots" for one in said)


def statement(platform: Platform, page: Page, asked: Asked) -> Statement:
    """Say what one page states, in the fixed order."""
    if page.status == 0:
        return _unanswered(page.error or "没有回答")
    endpoint, address = _endpoint(platform, page)
    foreign = _foreign(address, asked)
    said: Statement = ShapeChanged("address of the asked account" if foreign else "known address")
    if endpoint and not foreign:
        said = _said(endpoint, page, asked)
        if isinstance(said, Shown | Results | Gone):
            return said
    # An answer with several causes, or none, may still be a wall: walls come before gravestones.
    worded = platform.wall(page) or _refused(page) or (None if foreign else platform.gravestone(page))
    if worded or not isinstance(said, ShapeChanged):
        return worded or said
    unclear = None if foreign else platform.several(page)
    if unclear is None and page.status >= 500:
        return Unreachable(f"HTTP {page.status}")
    return unclear or said


def _refused(page: Page) -> Blocked | None:
    """A status by which any site refuses, where the platform's own file knows no better."""
    return Blocked(_REFUSALS[page.status]) if page.status in _REFUSALS else None


def _said(endpoint: Endpoint, page: Page, asked: Asked) -> Statement:
    """Let the reader speak; the body of a refusal carries no account, whatever it holds."""
    if not 200 <= page.status < 300:
        return ShapeChanged(f"HTTP {page.status}")
    try:
        return endpoint.read(page, asked)
    except Missing as absent:
        return ShapeChanged(absent.path)
    except RecursionError:
        return ShapeChanged("less depth")


def _endpoint(platform: Platform, page: Page) -> tuple[Endpoint, re.Match[str]] | tuple[None, None]:
    for endpoint in platform.endpoints:
        address = endpoint.address.search(page.url)
        if address:
            return endpoint, address
    return None, None


def _foreign(address: re.Match[str] | None, asked: Asked) -> bool:
    """Tell whether the page was asked for another account, so that its words are about that one."""
    handle = address.groupdict().get("handle") if address else None
    return handle is not None and asked.handle is not None and handle != asked.handle


def _unanswered(error: str) -> Blocked | Unreachable:
    """A loop of redirects is a refusal, not an outage; so is robots.txt, which the crawl names this way."""
    if error == "robots":
        return Blocked("robots")
    return Blocked("risk") if "redirect" in error.lower() or "重定向" in error else Unreachable(error)


def _account(platform: Platform, statements: Sequence[Statement], asked: Asked) -> AccountOutcome:
    shown = [s for s in statements if isinstance(s, Shown)]
    gone = [s for s in statements if isinstance(s, Gone)]
    walled = any(isinstance(s, Blocked | Unreachable | ShapeChanged) for s in statements)
    merged = platform.merge(shown, asked, walled) if shown else None
    if isinstance(merged, Found):
        if gone:
            return Ambiguous(f"同一次访问里既看到账号，平台又说：{gone[0].says}")
        # Words with a broken letter are not what the account is called: nothing is compared with them.
        return replace(merged, name=_legible(merged.name), verified_as=_legible(merged.verified_as))
    if gone:
        return gone[0]
    unclear = [*statements, merged] if merged else statements
    return _nothing_stated(unclear) or ShapeChanged("account")


def _legible(words: str | None) -> str | None:
    return None if words and UNREADABLE in words else words


def _search(statements: Sequence[Statement], endpoints: Sequence[Endpoint | None]) -> SearchOutcome:
    pages = [s for s in statements if isinstance(s, Results)]
    if not pages:
        return _nothing_stated(statements) or ShapeChanged("results")
    cut = any(isinstance(s, Blocked | Unreachable | ShapeChanged) for s in statements)
    unclear = any(isinstance(s, Ambiguous) for s in statements)
    lists: dict[str, list[bool | None]] = {}
    for said, endpoint in zip(statements, endpoints, strict=True):
        if isinstance(said, Results) and endpoint:
            lists.setdefault(endpoint.name, []).append(said.more)
    return Sightings(_met(pages), True if cut else None if unclear else _more(list(lists.values())))


def _more(lists: Sequence[Sequence[bool | None]]) -> bool | None:
    """Tell whether a list goes on: it has an end if any of its pages is the last, in whatever order they came."""
    ends = [False if False in pages else True if True in pages else None for pages in lists]
    return True if True in ends else False if False in ends else None


def _met(pages: Sequence[Results]) -> tuple[Profile, ...]:
    """Give whom the pages show, each once; a bare name is the one account shown with a handle and that name."""
    met: dict[tuple[str | None, str], Profile] = {}
    handles: dict[str, set[str]] = {}
    profiles = [profile for page in pages for profile in page.profiles]
    for profile in profiles:
        if profile.handle:
            handles.setdefault(profile.name, set()).add(profile.handle)
    for profile in profiles:
        known = handles.get(profile.name, set())
        handle = profile.handle or (next(iter(known)) if len(known) == 1 else None)
        key = (handle, "" if handle else profile.name)
        met[key] = _joined(met[key], profile) if key in met else profile
    return tuple(met.values())


def _joined(first: Profile, again: Profile) -> Profile:
    """Give one account met twice: what the first meeting does not tell, and the newer date."""
    dated = [one.newest for one in (first, again) if one.newest]
    return replace(
        first,
        handle=first.handle or again.handle,
        verified=again.verified if first.verified is None else first.verified,
        verified_as=first.verified_as or again.verified_as,
        followers=first.followers or again.followers,
        newest=max(dated, key=lambda newest: newest.at, default=None),
    )


def _nothing_stated(
    statements: Sequence[Statement],
) -> Blocked | Ambiguous | Unreachable | ShapeChanged | None:
    """Without a statement about the account, the strongest reason why there is none."""
    for kind in (Blocked, Ambiguous, Unreachable, ShapeChanged):
        for said in statements:
            if isinstance(said, kind):
                return said
    return None


def gathered(shown: Sequence[Shown]) -> Found:
    """Give who is shown: each trait from the first page that states it, an exact count before a rounded."""
    followers = [s.followers for s in shown if s.followers]
    return Found(
        name=next((s.name for s in shown if s.name), None),
        verified=next((s.verified for s in shown if s.verified is not None), None),
        verified_as=next((s.verified_as for s in shown if s.verified_as), None),
        followers=min(followers, key=lambda count: not count.exact, default=None),
    )
