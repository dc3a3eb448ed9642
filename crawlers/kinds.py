"""What a list shows is of kinds: posts of the account's own, forwards, live rooms; each has a newest one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from crawlers.platforms import Posts
from monitors.nouns import POST_KINDS, Bound, Newest, PostKind

# Two lists of one account may date the same post some minutes apart.
SAME_POST = timedelta(hours=1)

Entry = tuple[PostKind, datetime | None, bool]
"""One entry of a list: its kind, when it was posted, whether it is pinned."""


def of(entries: Sequence[Entry], *, ended: bool) -> tuple[tuple[PostKind, datetime, bool], ...]:
    """Give the newest of each kind in a list, and whether the list tells it for certain.

    A pinned entry may be old, and newer ones of its kind may stand beyond the end of the page.
    """
    found = []
    for kind in POST_KINDS:
        dated = [(at, pinned) for own, at, pinned in entries if own == kind and at]
        if dated:
            told = ended or not all(pinned for _, pinned in dated)
            found.append((kind, max(at for at, _ in dated), told))
    return tuple(found)


def by_kind(newest: Newest | None, lists: Sequence[Posts]) -> tuple[tuple[PostKind, Newest], ...]:
    """Split the newest of all lists by kind, where some list shows more than posts of the account's own."""
    told: list[tuple[PostKind, datetime, bool]] = []
    for posts in lists:
        told += posts.kinds or ([("post", posts.newest, False)] if posts.newest else [])
    if newest is None or all(kind == "post" for kind, _, _ in told):
        return ()
    split = []
    for kind in POST_KINDS:
        at = max((when for own, when, _ in told if own == kind), default=None)
        if at:
            sure = any(own == kind and certain and at - when < SAME_POST for own, when, certain in told)
            bound: Bound = "exact" if sure and newest.bound == "exact" else "at_least"
            split.append((kind, Newest(at, bound, newest.by)))
    return tuple(split)
