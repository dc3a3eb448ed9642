"""The roll of all registered accounts: each in exactly one bucket, gathered by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from monitors.calendar import Calendar
from monitors.nouns import Account, Decision, Newest
from reports.terms import Terms
from reports.weekly import frames
from reports.weekly.casework import CaseLine
from reports.weekly.frames import Bucket, Said
from reports.weekly.records import YEAR, Known, Records

STRIP = 26
ACTIVE = 4

NotRead = Literal[
    "", "no_night", "not_visited", "doubted", "Blocked", "Ambiguous", "ShapeChanged", "Unreachable"
]


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One registered account at the week's end.

    `strip` are its last 26 weeks as letters of `frames.CELLS`, empty for one that is not in use or has no
    public page; `not_read` says why it was not seen in the week, whatever else is known of it.
    """

    key: str
    name: str
    platform: str
    title: str
    unit: str
    bucket: Bucket
    newest: Newest | None
    seen_on: date | None
    link: str | None
    not_read: NotRead
    strip: str

    @property
    def seen(self) -> bool:
        """Was it seen in the week, or was it none that could have been?"""
        return not self.not_read

    @property
    def seen_lately(self) -> bool:
        """Was it seen in one of the last four weeks?"""
        return bool(set("sqp") & set(self.strip[-ACTIVE:]))

    @property
    def active(self) -> bool:
        """Did it post in one of the last four weeks, as far as anybody saw?"""
        return "p" in self.strip[-ACTIVE:]


@dataclass(frozen=True)
class _Week:
    """What the bucket of an account is decided by."""

    breaches: set[str]
    suspicions: set[str]
    excused: set[str]
    unjudged: set[str]
    said: Mapping[str, Said]
    known: Mapping[str, Known]
    nights: frozenset[str]
    terms: Terms

    def bucket(self, account: Account) -> Bucket:
        key = account.key
        told, known = self.said.get(key), self.known.get(key)
        stated = told.stated if told else None
        shown = stated == "Found" and known is not None and known.newest is not None
        firsts: tuple[tuple[Bucket, bool], ...] = (
            ("retired", account.state != "在用"),
            ("breach", key in self.breaches),
            ("suspected", key in self.suspicions),
            ("exempt", key in self.excused),
            ("manual", not self.terms.readable(account.platform, account.handle)),
            ("unseen", stated is None),
            ("clear", shown and key not in self.unjudged),
        )
        return next((bucket for bucket, fits in firsts if fits), "unknown")


def account_lines(
    records: Records, cases: Iterable[CaseLine], terms: Terms, calendar: Calendar
) -> tuple[tuple[AccountLine, ...], frames.Grid]:
    """One line for each account in the register, and the year of those that can be looked at."""
    week = _judged(records, cases, terms)
    accounts = records.filed.accounts
    used = [k for k, a in accounts.items() if a.state == "在用" and terms.readable(a.platform, a.handle)]
    grid = frames.year_grid(records.weeks, used, records.first, _leaves(records, used, calendar))
    strips = dict(zip(used, frames.strips(grid, STRIP), strict=True))
    return tuple(_line(one, week, strips.get(key, "")) for key, one in accounts.items()), grid


def _judged(records: Records, cases: Iterable[CaseLine], terms: Terms) -> _Week:
    told = [row for row in records.verdicts if row.kind in ("activity", "gone", "name")]
    lines = list(cases)
    leaves = [word for word in leaves_of(records) if word.until and word.until >= records.last]
    return _Week(
        breaches={c.key for c in lines if c.open} | {r.key for r in told if r.verdict == "Breach"},
        suspicions={c.key for c in lines if c.stage == "suspected"}
        | {r.key for r in told if r.verdict == "Suspected"},
        excused={word.key for word in leaves},
        unjudged={row.key for row in told if row.kind == "activity"} - records.cleared,
        said=frames.said(records.visits),
        known=records.known,
        nights=frozenset(platform for day, platform, *_ in records.nights if day >= records.first),
        terms=terms,
    )


def _line(account: Account, week: _Week, strip: str) -> AccountLine:
    known = week.known.get(account.key, Known(None, None))
    told = week.said.get(account.key)
    missed = bool(strip) and (told is None or told.stated is None)
    return AccountLine(
        key=account.key,
        name=account.name,
        platform=account.platform,
        title=week.terms.title(account.platform),
        unit=account.unit,
        bucket=week.bucket(account),
        newest=known.newest,
        seen_on=known.seen_on,
        link=week.terms.link(account.platform, account.handle),
        not_read=_not_read(told, account.platform in week.nights) if missed else "",
        strip=strip,
    )


def _not_read(told: Said | None, had_night: bool) -> NotRead:
    if told is None:
        return "not_visited" if had_night else "no_night"
    refused: tuple[NotRead, ...] = ("Blocked", "Ambiguous", "ShapeChanged", "Unreachable")
    return next((one for one in refused if told.believed and one == told.last), "doubted")


def leaves_of(records: Records) -> list[Decision]:
    """The leaves that people gave, under the key of the account; a case's id stands for its account."""
    keys = {case.id: case.key for case in records.cases.values()}
    return [
        Decision(keys.get(word.key, word.key), word.word, word.on, word.by, word.why, word.until)
        for word in records.decisions
        if word.word == "fine" and word.until is not None
    ]


def _leaves(records: Records, keys: Iterable[str], calendar: Calendar) -> dict[str, list[int]]:
    """The weeks of the year, all of whose days are excused: by a vacation, or by a person's leave."""
    start = records.first - timedelta(weeks=YEAR - 1)
    mondays = [start + timedelta(weeks=number) for number in range(YEAR)]
    pauses = [_whole(monday, calendar) for monday in mondays]
    everybody = [number for number, paused in enumerate(pauses) if paused]
    weeks = {key: list(everybody) for key in keys} if everybody else {}
    for word in leaves_of(records):
        own = [
            number
            for number, monday in enumerate(mondays)
            if word.until and word.on <= monday + timedelta(days=6) and monday <= word.until
        ]
        weeks.setdefault(word.key, list(everybody)).extend(own)
    return weeks


def _whole(monday: date, calendar: Calendar) -> bool:
    return all(calendar.paused(monday + timedelta(days=number)) for number in range(7))
