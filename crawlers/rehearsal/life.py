"""The life of an account as a pure function of the instant: what is posted, named, closed or hidden when."""

from __future__ import annotations

import heapq
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import Literal

from crawlers.rehearsal.cast import Kind, Member, Spell, day
from monitors.nouns import SHANGHAI

State = Literal["unborn", "living", "cancelled", "suspended", "moved"]

HALF_A_YEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Post:
    """One post: its aware instant and what it is."""

    at: datetime
    kind: Kind
    pinned: bool = False

    @property
    def seconds(self) -> int:
        """Unix time in seconds."""
        return int(self.at.timestamp())


@dataclass(frozen=True)
class Life:
    """An account seen from an anchor, the Shanghai day that its offsets are counted from.

    `vacations`: pairs of month-day (`01-17`), the days between which an account that rests is silent.
    """

    member: Member
    anchor: date
    vacations: tuple[tuple[str, str], ...] = ()

    def posts(self, until: datetime) -> Iterator[Post]:
        """Give everything posted up to the aware instant `until`, newest first."""
        until = min(until, self._end())
        spells = [self._spell(spell, until) for spell in self.member.posts]
        pinned = sorted((self._pinned(offset) for offset in self.member.pins), key=_at, reverse=True)
        spells.append(post for post in pinned if post.at <= until)
        return heapq.merge(*spells, key=_at, reverse=True)

    def listed(self, until: datetime) -> Iterator[Post]:
        """Give what a visitor may see at `until`, newest first."""
        member = self.member
        if self._since(member.private, until):
            return iter(())
        seen = self.posts(until)
        if member.unlisted is not None:
            edge = _midnight(day(self.anchor, member.unlisted))
            seen = (post for post in seen if post.at < edge)
        if member.window:
            seen = takewhile(lambda post: post.at > until - HALF_A_YEAR, seen)
        return seen

    def count(self, until: datetime, *kinds: Kind) -> int:
        """Count the posts up to `until`, of all kinds or of those named."""
        until = min(until, self._end())
        total = 0
        for spell in self.member.posts:
            if not kinds or spell.kind in kinds:
                slots = self._slots(spell, until)
                total += len(slots) - sum(1 for slot in slots[:1] if self._instant(slot, spell.at) > until)
        if not kinds or "post" in kinds:
            total += sum(1 for offset in self.member.pins if self._pinned(offset).at <= until)
        return total

    def name(self, at: datetime) -> str:
        """Give the name the account bears at that instant."""
        renamed = self.member.renamed
        return renamed.to if renamed and self._since(renamed.on, at) else self.member.name

    def state(self, at: datetime) -> State:
        """Say how the account stands at that instant."""
        member = self.member
        if not self._since(member.created, at):
            return "unborn"
        if self._since(member.cancelled, at):
            return "cancelled"
        if member.moved and self._since(member.moved.on, at):
            return "moved"
        if self._since(member.suspended, at) and not self._since(member.restored, at):
            return "suspended"
        return "living"

    def private(self, at: datetime) -> bool:
        """Say whether the owner hides everything at that instant."""
        return self._since(self.member.private, at)

    def article_deleted(self, at: datetime) -> bool:
        """Say whether the filed article has been deleted by then."""
        return self._since(self.member.deleted, at)

    def _since(self, offset: int | None, at: datetime) -> bool:
        return offset is not None and at >= _midnight(day(self.anchor, offset))

    def _end(self) -> datetime:
        """The instant after which nothing is posted any more."""
        member = self.member
        ends = [member.cancelled, member.moved.on if member.moved else None]
        ends += [member.suspended] if member.restored is None else []
        days = [offset for offset in ends if offset is not None]
        return _midnight(day(self.anchor, min(days))) if days else datetime.max.replace(tzinfo=SHANGHAI)

    def _spell(self, spell: Spell, until: datetime) -> Iterator[Post]:
        slots = self._slots(spell, until)
        later = sum(1 for slot in slots[:1] if self._instant(slot, spell.at) > until)
        return (Post(self._instant(offset, spell.at), spell.kind) for offset in slots[later:])

    def _slots(self, spell: Spell, until: datetime) -> Sequence[int]:
        """Give the days with a post up to the day of `until`, newest first."""
        first = self.member.created if spell.first is None else spell.first
        today = until.astimezone(SHANGHAI).date().toordinal() - self.anchor.toordinal()
        phase = first if spell.last is None else spell.last
        newest = today if spell.last is None else min(today, spell.last)
        newest -= (newest - phase) % spell.every
        slots = range(newest, first - 1, -spell.every)
        if self.member.rests or self.member.restored is not None:
            return [offset for offset in slots if not self._silenced(offset)]
        return slots

    def _silenced(self, offset: int) -> bool:
        """Nobody posts from a suspended account; some do not in the vacations."""
        member = self.member
        if self.member.restored is not None and (member.suspended or 0) <= offset < self.member.restored:
            return True
        today = f"{day(self.anchor, offset):%m-%d}"
        return member.rests and any(start <= today <= end for start, end in self.vacations)

    def _pinned(self, offset: int) -> Post:
        return Post(self._instant(offset, time(9, 0)), "post", pinned=True)

    def _instant(self, offset: int, at: time) -> datetime:
        return _moment(self.member.handle, self.anchor, offset, at)


@lru_cache(1 << 17)
def _moment(handle: str, anchor: date, offset: int, at: time) -> datetime:
    """Nobody posts on the minute: up to 50 minutes are added, always the same ones for the same slot."""
    drift = zlib.crc32(f"{handle}/{offset}/{at}".encode())
    start = datetime.combine(day(anchor, offset), at, SHANGHAI)
    return start + timedelta(minutes=drift % 50, seconds=drift // 50 % 60)


def _at(post: Post) -> datetime:
    return post.at


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), SHANGHAI)
