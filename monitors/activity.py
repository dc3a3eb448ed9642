"""The fold of an account's observations into its standing, so that no night has to read old ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import assert_never

from monitors.calendar import monday, shanghai_day
from monitors.nouns import (
    SHANGHAI,
    Ambiguous,
    Blocked,
    Found,
    Gone,
    GoneWhy,
    Newest,
    Observation,
    PlatformFacts,
    PostKind,
    ShapeChanged,
    Unreachable,
)
from monitors.standing import Absence, Agreed, Rise, Standing, Testimony

__all__ = ["Standing", "attested", "fold"]

# So long a page may give no answer until its silence is taken for a wall, behind which a bound is a bound.
_PATIENCE = timedelta(days=7)
# What a rule may count as an update, short of everything.
_NARROWER: tuple[tuple[PostKind, ...], ...] = (("post",), ("post", "forward"), ("post", "live"))
# A year of weeks is as far back as anything tells of weeks with an update.
_WEEKS = 53


def attested(key: str, last_post: date, on: date) -> Observation:
    """A colleague's dated word, as an observation of the day on which it was given."""
    end_of_day = datetime.combine(last_post, time(23, 59, 59), SHANGHAI)
    given = datetime.combine(on, time(23, 59, 59), SHANGHAI)
    found = Found(newest=Newest(end_of_day, "exact", "hand"))
    return Observation(key, on, given, found, "hand", believed=True)


def fold(standing: Standing | None, observation: Observation, facts: PlatformFacts | None = None) -> Standing:
    """The standing after one more observation; in the order of nights.

    An observation that is not believed, or states nothing, leaves everything as it was.
    """
    held = standing or Standing(observation.key)
    if held.first_looked is None and observation.witness != "hand":
        held = replace(held, first_looked=observation.day)
    if not observation.believed:
        return held
    match observation.outcome:
        case Found() as found:
            return _found(held, observation, found, facts.agreeing_nights if facts else 1)
        case Gone() as gone:
            return _gone(held, observation, gone)
        case Blocked() | Ambiguous() | ShapeChanged() | Unreachable():
            return held
        case never:
            assert_never(never)


def _gone(held: Standing, seen: Observation, gone: Gone) -> Standing:
    said = held.absence
    if said and _same(said.why, gone.why):
        nights = said.nights + (said.last < seen.day)
        absence = Absence(gone.why, gone.says, gone.moved_to, said.since, nights, seen.day)
    else:
        absence = Absence(gone.why, gone.says, gone.moved_to, seen.day, 1, seen.day)
    return replace(held, absence=absence, seen_on=seen.day)


def _same(one: GoneWhy, other: GoneWhy) -> bool:
    # Platforms word a cancelled account now as cancelled, now as unknown.
    unknown = {"cancelled", "not_found"}
    return one == other or {one, other} <= unknown


def _found(held: Standing, seen: Observation, found: Found, needed: int) -> Standing:
    if seen.witness in ("hand", "feed"):
        # Someone else's word on the posts; it does not say that the platform still shows the account.
        return _posts(held, seen, found, needed, rose=False)
    rose = found.posts_total is not None and held.total is not None and found.posts_total > held.total
    after = _posts(held, seen, found, needed, rose)
    if rose and held.total_at:
        after = replace(after, rise=Rise(held.total_at, seen.seen_at, seen.day))
    if found.posts_total is not None:
        after = replace(after, total=found.posts_total, total_at=seen.seen_at)
    return _shown(after, held, seen, found)


def _shown(after: Standing, held: Standing, seen: Observation, found: Found) -> Standing:
    same_night = held.found_on == seen.day
    after = replace(
        after,
        first_seen=held.first_seen or seen.day,
        found_on=seen.day,
        seen_on=seen.day,
        found_nights=(0 if held.absence else held.found_nights) + (not same_night),
        absence=None,
        hidden_since=(held.hidden_since or seen.day) if found.hidden else None,
    )
    if found.name is not None:
        since = held.name_since if found.name == held.name else seen.day
        after = replace(after, name=found.name, name_on=seen.day, name_since=since)
    if found.verified is not None:
        told = (found.verified, found.verified_as)
        since = held.verified_since if told == (held.verified, held.verified_as) else seen.day
        after = replace(
            after, verified=told[0], verified_as=told[1], verified_on=seen.day, verified_since=since
        )
    return after


def _posts(held: Standing, seen: Observation, found: Found, needed: int, rose: bool) -> Standing:
    empty = found.newest is None and found.posts_total == 0 and not found.hidden
    if found.newest is None and (seen.broken or not empty):
        return held
    by = found.newest.by if found.newest else seen.witness
    before = next((t for t in held.testimonies if t.by == by), None)
    testimony = _testimony(before, seen, found.newest, 1 if by == "hand" else needed, rose)
    testimony = replace(testimony, looked=_looked(held, before, seen, found.newest))
    others = tuple(t for t in held.testimonies if t.by != by)
    weeks = held.weeks
    if found.newest:
        week = monday(shanghai_day(found.newest.at))
        recent = {w for w in (*weeks, week) if w > seen.day - timedelta(weeks=_WEEKS)}
        weeks = tuple(sorted(recent))
    narrowed = _narrowed(held, seen, found, needed, rose)
    return replace(held, testimonies=(*others, testimony), weeks=weeks, narrowed=narrowed)


def _looked(held: Standing, before: Testimony | None, seen: Observation, newest: Newest | None) -> date:
    """The last night that showed what there was; a visit that broke off is one only by a post not seen before."""
    last = before.looked if before else date.min
    life = before and newest and (before.newest is None or newest.at > before.newest.at)
    waited = seen.day - max(last, held.first_looked or seen.day) >= _PATIENCE
    return seen.day if not seen.broken or life or waited else last


def _narrowed(
    held: Standing, seen: Observation, found: Found, needed: int, rose: bool
) -> tuple[tuple[tuple[PostKind, ...], Testimony], ...]:
    """What the witness showed of some kinds only, from the first night on which it showed more than posts."""
    by = found.newest.by if found.newest else seen.witness
    before = {kinds: testimony for kinds, testimony in held.narrowed if testimony.by == by}
    if not before and not found.by_kind:
        return held.narrowed
    whole = next((t for t in held.testimonies if t.by == by), None)
    after = []
    for kinds in _NARROWER:
        counted = [newest for kind, newest in found.by_kind if kind in kinds]
        newest = max(counted, key=lambda one: one.at, default=None) if found.by_kind else found.newest
        was = before.get(kinds, whole)
        if newest or found.newest is None:
            testimony = _testimony(was, seen, newest, needed, rose)
        else:
            # Only others were shown: those that count may stand further down.
            testimony = was or Testimony(by, None, date.min)
        after.append((kinds, replace(testimony, looked=_looked(held, was, seen, newest))))
    return (*(pair for pair in held.narrowed if pair[1].by != by), *after)


def _testimony(
    before: Testimony | None, seen: Observation, newest: Newest | None, needed: int, rose: bool
) -> Testimony:
    by = newest.by if newest else seen.witness
    peak = before.newest if before else None
    if newest and (peak is None or newest.at > peak.at):
        peak = newest
    agreed = before.agreed if before else None
    if newest is None or newest.bound == "exact":
        shown = shanghai_day(newest.at) if newest else None
        agrees = agreed is not None and agreed.shown == shown and not rose
        nights = agreed.nights + (agreed.last < seen.day) if agreed and agrees else 1
        agreed = Agreed(shown, nights, seen.day, nights >= needed)
    return Testimony(by, peak, seen.day, agreed)
