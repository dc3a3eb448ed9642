"""The accounts of 云岭大学 and their neighbours: what each truly did on every day, whatever a visitor is shown."""

import calendar
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone

BEIJING = timezone(timedelta(hours=8))
START = date(2026, 1, 8)
SEED = 20260108
ALIVE = "alive"
HOURS = (0, 1, *range(7, 24))


def day(offset: int) -> date:
    return START + timedelta(days=offset)


def moment(on: date) -> datetime:
    """The minute at which the night of that day looks."""
    return datetime.combine(on, time(2, 30), BEIJING)


@dataclass(frozen=True)
class Post:
    """One post; `hidden` is never shown to a visitor but counted, `extra` names the peculiar ones."""

    at: datetime
    kind: str = "plain"
    hidden: bool = False
    pinned: bool = False
    deleted: date | None = None

    @property
    def ts(self) -> int:
        return int(self.at.timestamp())


@dataclass(frozen=True)
class Phase:
    """From one day on: how often the account posts (0 never) and in what state it is."""

    start: int
    every: int = 0
    state: str = ALIVE
    kind: str = "plain"
    hidden: bool = False


@dataclass(frozen=True)
class Account:
    """`names`: from which offset which name; `way` chooses how its page gets its data; `base` is the older count."""

    platform: str
    handle: str
    names: tuple[tuple[int, str], ...]
    phases: tuple[Phase, ...]
    unit: str = ""
    verified: str = ""
    created: date = date(2022, 3, 1)
    followers: int = 1234
    base: int = 300
    way: int = 0
    traits: frozenset[str] = frozenset()
    born: int = -9999
    registered: bool = True
    old: tuple[Post, ...] = ()
    posts: list[Post] = field(default_factory=list, compare=False)

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.handle}"

    def name(self, on: date) -> str:
        return [name for start, name in self.names if day(start) <= on][-1]

    def phase(self, on: date) -> Phase:
        return [phase for phase in self.phases if day(phase.start) <= on][-1]

    def state(self, on: date) -> str:
        return self.phase(on).state

    def made(self, on: date) -> list[Post]:
        return [post for post in self.posts if post.at <= moment(on)]

    def kept(self, on: date) -> list[Post]:
        """What stands on that day, hidden posts among it, newest first."""
        stand = [post for post in self.made(on) if post.deleted is None or post.deleted > on]
        return sorted(stand, key=lambda post: post.at, reverse=True)

    def shown(self, on: date) -> list[Post]:
        return [post for post in self.kept(on) if not post.hidden]

    def count(self, on: date) -> int:
        return self.base + len(self.kept(on))

    def last(self, on: date) -> date:
        """The day of the last thing it truly did, or of its creation."""
        made = self.made(on)
        return max(post.at for post in made).date() if made else self.created


def months_later(on: date, months: int) -> date:
    year, month = divmod(on.month - 1 + months, 12)
    last = calendar.monthrange(on.year + year, month + 1)[1]
    return date(on.year + year, month + 1, min(on.day, last))


def silent_too_long(account: Account, on: date) -> bool:
    """The rule of sias-2020: no update for more than two calendar months."""
    return months_later(account.last(on), 2) < on


def _written(account: Account) -> Iterator[Post]:
    """The posts that the phases make, at a steady pace with a little chance, and what it had before."""
    yield from account.old
    chance = random.Random(f"{SEED}{account.key}")
    ends = [phase.start for phase in account.phases[1:]] + [420]
    for phase, end in zip(account.phases, ends, strict=True):
        if not phase.every or phase.state != ALIVE:
            continue
        offset = phase.start
        while offset < end:
            at = datetime.combine(day(offset), time(chance.choice(HOURS), chance.randint(0, 59)), BEIJING)
            gone = day(offset + 12) if "deletes" in account.traits and chance.random() < 0.3 else None
            yield Post(at, phase.kind, phase.hidden, deleted=gone)
            offset += phase.every + (chance.randint(-1, 1) if phase.every > 1 else 0)


def _lived_on(account: Account) -> tuple[Phase, ...]:
    """Beyond the script, chance: busy spells, silences that break the rule, suspensions that end."""
    if not account.registered or "fixed" in account.traits:
        return account.phases
    chance = random.Random(f"{SEED}later{account.key}")
    phases, offset = list(account.phases), max(75, account.phases[-1].start + 25)
    if account.phases[-1].state not in (ALIVE, "suspended"):
        return account.phases
    while offset < 400:
        what = chance.choices(("busy", "silent", "suspended"), (5, 4, 1))[0]
        if what == "busy":
            phases.append(Phase(offset, chance.randint(2, 20), kind=account.phases[0].kind))
        elif what == "silent":
            phases.append(Phase(offset))
        else:
            phases.append(Phase(offset, 0, "suspended"))
        offset += chance.randint(15, 30) if what == "suspended" else chance.randint(25, 110)
        if what == "suspended":
            phases.append(Phase(offset, chance.randint(2, 9), kind=account.phases[0].kind))
            offset += chance.randint(25, 60)
    return tuple(phases)


def whole(account: Account) -> Account:
    """The account with its later life and all its posts."""
    lived = Account(**{**vars(account), "phases": _lived_on(account)})
    lived.posts.extend(_written(lived))
    return lived


def at(offset: int, hour: int = 10) -> datetime:
    return datetime.combine(day(offset), time(hour, 17), BEIJING)


def pinned(offset: int, kind: str = "plain") -> Post:
    return Post(at(offset), kind, pinned=True)


def utc(moment_: datetime) -> datetime:
    return moment_.astimezone(UTC)
