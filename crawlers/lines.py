"""What `xunjian read` prints of one visit: the outcome as the contract's JSON object."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, assert_never

from crawlers.visits import Visit
from monitors.nouns import (
    SHANGHAI,
    Ambiguous,
    Blocked,
    Count,
    Found,
    Gone,
    Newest,
    Outcome,
    Profile,
    ShapeChanged,
    Sightings,
    Unreachable,
)


def line(folder: Path | str, visit: Visit, outcome: Outcome) -> dict[str, Any]:
    """Give one line: which visit, of whom, and the outcome with its own keys."""
    subject = {"handle": visit.handle} if visit.kind == "account" else {"keyword": visit.keyword}
    head = {"visit": str(folder), "platform": visit.platform, **subject, "outcome": outcome.outcome}
    return head | _own(outcome)


def _own(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Found():
            return _shown(outcome) | {"posts_total": outcome.posts_total, "hidden": outcome.hidden}
        case Gone(why=why, says=says, moved_to=moved_to):
            return {"why": why, "says": says} | ({"moved_to": moved_to} if moved_to else {})
        case Sightings(sightings=sightings, more=more):
            return {"sightings": [{"handle": p.handle} | _shown(p) for p in sightings], "more": more}
        case Blocked() | Ambiguous() | ShapeChanged() | Unreachable():
            return {key: value for key, value in asdict(outcome).items() if key != "outcome"}
        case _:
            assert_never(outcome)


def _shown(account: Found | Profile) -> dict[str, Any]:
    return {
        "name": account.name,
        "verified": account.verified,
        "verified_as": account.verified_as,
        "followers": _count(account.followers),
        "newest": _newest(account.newest),
    }


def _count(count: Count | None) -> dict[str, Any] | None:
    return {"value": count.value, "exact": count.exact} if count else None


def _newest(newest: Newest | None) -> dict[str, Any] | None:
    if newest is None:
        return None
    return {"at": newest.at.astimezone(SHANGHAI).isoformat(timespec="seconds"), "bound": newest.bound}
