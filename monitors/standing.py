"""The standing of one account: what the judge remembers of it, small enough to be kept with the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from monitors.nouns import GoneWhy, Newest, PostKind, Witness


@dataclass(frozen=True, slots=True)
class Agreed:
    """The whole answer that one witness gave on its last believed nights.

    `shown` is the Shanghai day of the newest post, None for "nothing was ever posted". `nights` counts the
    believed nights in a row that agree on it; `confirmed` says that they are enough to convict.
    """

    shown: date | None
    nights: int
    last: date
    confirmed: bool


@dataclass(frozen=True, slots=True)
class Testimony:
    """What one witness has shown so far.

    `newest` is the latest post it ever showed (a deleted one was life too), None if it never showed any;
    `looked` the last night on which it showed anything of the posts; `agreed` its last whole answer.
    """

    by: Witness
    newest: Newest | None
    looked: date
    agreed: Agreed | None = None


@dataclass(frozen=True, slots=True)
class Rise:
    """The counter of posts rose between two believed nights: something was posted in between."""

    after: datetime
    by: datetime
    night: date


@dataclass(frozen=True, slots=True)
class Absence:
    """The platform's statement that the account is gone; `nights` counts believed nights that agree."""

    why: GoneWhy
    says: str
    moved_to: str | None
    since: date
    nights: int
    last: date

    @property
    def confirmed(self) -> bool:
        """One night's word is not enough."""
        return self.nights >= 2


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that is remembered of one account.

    `first_looked` is the first night on which it was visited at all, `seen_on` the last with a believed
    statement about it (Found or Gone), `found_on` the last with Found, `found_nights` how many such nights
    there were since it last was gone. `name` and `verified` are as last shown (on `name_on`,
    `verified_on`), `name_since` and `verified_since` the nights on which that value was first shown.
    `weeks` are the Mondays of the last year's weeks in which some night saw a newest post. `testimonies` are
    of posts of every kind, `narrowed` of some kinds only, of witnesses that showed more than posts.
    """

    key: str
    first_looked: date | None = None
    first_seen: date | None = None
    found_on: date | None = None
    seen_on: date | None = None
    found_nights: int = 0
    testimonies: tuple[Testimony, ...] = ()
    rise: Rise | None = None
    total: int | None = None
    total_at: datetime | None = None
    hidden_since: date | None = None
    absence: Absence | None = None
    name: str | None = None
    name_on: date | None = None
    name_since: date | None = None
    verified: bool | None = None
    verified_as: str | None = None
    verified_on: date | None = None
    verified_since: date | None = None
    weeks: tuple[date, ...] = ()
    narrowed: tuple[tuple[tuple[PostKind, ...], Testimony], ...] = ()

    def counting(self, kinds: tuple[PostKind, ...]) -> Standing:
        """What is remembered where only posts of these kinds count as an update."""
        own = [testimony for counted, testimony in self.narrowed if counted == kinds]
        if not own:
            return self
        narrowed = {testimony.by for testimony in own}
        others = [testimony for testimony in self.testimonies if testimony.by not in narrowed]
        # A rise that any post explains hides none.
        return replace(self, testimonies=(*others, *own), rise=self.unexplained)

    @property
    def newest(self) -> Newest | None:
        """The most recent credible evidence of life, whoever gave it."""
        seen = [one.newest for one in self.testimonies if one.newest]
        if rise := self.unexplained:
            # Somewhere in between: the late edge is in favour of the unit.
            seen.append(Newest(rise.by, "at_least", "counter"))
        return max(seen, key=lambda newest: newest.at, default=None)

    @property
    def unexplained(self) -> Rise | None:
        """A rise of the counter for which no shown post accounts: the platform hides newer ones."""
        if self.rise and not any(t.newest and t.newest.at > self.rise.after for t in self.testimonies):
            return self.rise
        return None

    @property
    def empty(self) -> Agreed | None:
        """The platform's cross-checked word that nothing was ever posted, while nothing speaks against it."""
        page = next((t for t in self.testimonies if t.agreed and t.agreed.shown is None), None)
        return page.agreed if page and self.newest is None else None
