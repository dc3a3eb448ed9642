"""The order of reading, written once for all platforms: shown, wall, gravestone, several causes, no answer."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawlers.platforms import Asked, Nothing, Platform, Results, Shown
from crawlers.shapes import Missing
from crawlers.visits import Page, Visit
from monitors.nouns import (
    AccountOutcome,
    Ambiguous,
    Blocked,
    Gone,
    Outcome,
    SearchOutcome,
    ShapeChanged,
    Sightings,
    Unreachable,
)

Statement = Shown | Results | Nothing | Gone | Blocked | Ambiguous | ShapeChanged | Unreachable


def read(platform: Platform, visit: Visit) -> Outcome:
    """Read a whole visit; total: every visit gives an outcome, none raises."""
    asked = Asked(visit.handle, visit.name, visit.keyword, visit.fetched_at)
    statements = [statement(platform, page, asked) for page in visit.pages]
    if visit.kind == "search":
        return _search(statements)
    return _account(platform, statements, asked)


def statement(platform: Platform, page: Page, asked: Asked) -> Statement:
    """Say what one page states, in the fixed order."""
    if page.status == 0:
        return Unreachable(page.error or "没有回答")
    missing = "known address"
    endpoint = next((e for e in platform.endpoints if e.address.search(_bare(page.url))), None)
    if endpoint:
        try:
            said = endpoint.read(page, asked)
        except Missing as absent:
            missing = absent.path
        else:
            if not isinstance(said, Ambiguous | Nothing):
                return said
            # An answer with several causes, or none, may still be a wall: walls come before gravestones.
            return platform.wall(page) or platform.gravestone(page) or said
    worded = platform.wall(page) or platform.gravestone(page) or platform.several(page)
    if worded:
        return worded
    if page.status >= 500:
        return Unreachable(f"HTTP {page.status}")
    return ShapeChanged(missing)


def _bare(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")


def _account(platform: Platform, statements: Sequence[Statement], asked: Asked) -> AccountOutcome:
    shown = [s for s in statements if isinstance(s, Shown)]
    gone = [s for s in statements if isinstance(s, Gone)]
    walled = any(isinstance(s, Blocked | Unreachable | ShapeChanged) for s in statements)
    if shown and gone:
        return Ambiguous(f"同一次访问里既看到账号，平台又说：{gone[0].says}")
    if shown:
        return platform.merge(shown, asked, walled)
    if gone:
        return gone[0]
    return _nothing_stated(statements) or ShapeChanged("account")


def _search(statements: Sequence[Statement]) -> SearchOutcome:
    pages = [s for s in statements if isinstance(s, Results)]
    if not pages:
        return _nothing_stated(statements) or ShapeChanged("results")
    met = {(p.handle or p.name): p for page in reversed(pages) for p in reversed(page.profiles)}
    ordered = dict.fromkeys((p.handle or p.name) for page in pages for p in page.profiles)
    cut = any(isinstance(s, Blocked | Unreachable | ShapeChanged | Ambiguous) for s in statements)
    return Sightings(tuple(met[key] for key in ordered), True if cut else pages[-1].more)


def _nothing_stated(
    statements: Sequence[Statement],
) -> Blocked | Ambiguous | Unreachable | ShapeChanged | None:
    """Without a statement about the account, the strongest reason why there is none."""
    for kind in (Blocked, Ambiguous, Unreachable, ShapeChanged):
        for said in statements:
            if isinstance(said, kind):
                return said
    return None
