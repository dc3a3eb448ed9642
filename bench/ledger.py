"""How long judging a night, a weekly report and a purge take after years of nights, and how the ledger grows.

`python bench/ledger.py [YEARS] [ACCOUNTS]`, by default 10 years of nights of 1,000 accounts. Beside the judging stands a bare
scan over the same observations. The years before the last three nights are not judged but written as judging would
leave them: visits, weeks, a closed case a year of every fifth account, 100 strangers a year, and what was told of them.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from measures import Measure, numbers, told
from pydantic import TypeAdapter

from crawlers.platforms import platforms
from monitors import accounts, holidays, rules, tables
from monitors.hearing import Filing
from monitors.judge import Law, Visited, judge
from monitors.ledger import Ledger
from monitors.memory import Memory, observed
from monitors.names import Matcher, of_school
from monitors.nouns import SHANGHAI, Account, Found, Gone, NameMatch, Newest, Note, Profile
from monitors.register.acceptance import Applied
from monitors.register.changes import Version
from monitors.retention import Terms, purge
from reports import weekly

LAST = date(2026, 11, 20)
PLATFORM = next(iter(platforms()))
STRANGERS = 100


def night(day: date, count: int) -> list[Note]:
    """One night's notes: four fifths of the accounts post daily, the rest went silent one after the other."""
    at = datetime(day.year, day.month, day.day, 2, 30, tzinfo=SHANGHAI)
    alive = Found(name="canary", newest=Newest(at - timedelta(hours=5), "exact"))
    notes = [
        Note(PLATFORM, "canary_alive", "1", at, alive),
        Note(PLATFORM, "canary_absent", "2", at, Gone("not_found", "无")),
    ]
    for number in range(count):
        silent = number % 5 == 0
        quiet_since = min(day, LAST - timedelta(days=30 + number % 300)) if silent else day
        newest = datetime.combine(quiet_since, at.timetz()) - timedelta(hours=9)
        shown = Found(
            name=f"云岭大学{number}", verified=True, newest=Newest(newest, "exact"), posts_total=100
        )
        notes.append(Note(PLATFORM, "account", str(number), at, shown, requests=2))
    return notes


def visits(day: date, notes: list[Note], count: int) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    """The rows that a night's visits leave."""
    yield (
        tables.observation,
        [
            {
                "day": day, "platform": PLATFORM, "line": line, "key": note.key, "seen_at": note.seen_at,
                "outcome": note.outcome.outcome, "witness": "page", "note": note,
            }
            for line, note in enumerate(notes)
        ],
    )  # fmt: skip
    counts = {"planned": count, "found": count, "gone": 0, "blocked": 0, "other": 0, "unseen": 0}
    row = {"day": day, "platform": PLATFORM, "believed": True, "requests": 2 * count, "ended": "done"}
    yield tables.platform_night, [row | counts]
    began = datetime(day.year, day.month, day.day, 2, tzinfo=SHANGHAI)
    yield tables.run, [{"kind": "night", "day": day, "started_at": began, "ended_at": began, "exit": 0}]


def week(monday: date, count: int) -> list[dict[str, Any]]:
    """The rows of one week of every account."""
    newest = Newest(datetime(monday.year, monday.month, monday.day, tzinfo=UTC) + timedelta(days=5), "exact")
    row = {"monday": monday, "seen_on": monday + timedelta(days=6), "posted": [monday.isoformat()]}
    return [{"key": f"{PLATFORM}:{n}", "newest": newest, "quiet_since": None, **row} for n in range(count)]


def closed(number: str, key: str, kind: str, day: date) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    """A case that was opened on `day`, told and closed, as the years leave hundreds."""
    rule = "silence" if kind == "activity" else "name"
    what = {"key": key, "policy": "sias-2020", "rule": rule}
    ends = day + timedelta(days=40)
    state = {
        "stage": "closed",
        "stage_on": ends,
        "closed_on": ends,
        "result": "remedied",
        "provisional": False,
    }
    yield tables.case, [{"id": number, "kind": kind, "episode": day.year, "opened_on": day, **what, **state}]
    at = datetime(day.year, day.month, day.day, 2, 30, tzinfo=SHANGHAI)
    stages = ("suspected", "opened", "notice_issued", "notice_received", "closed")
    step = {"case": number, "by": "night", "why": "两个月没有更新，超过规定。", "reverts": False, "at": at}
    yield (
        tables.step,
        [
            step | {"number": n, "stage": stage, "on": day + timedelta(days=10 * n)}
            for n, stage in enumerate(stages, 1)
        ],
    )
    text = "账号：云岭大学某账号\n单位：某学院\n" + "说明：按规定应当及时更新，请核对。\n" * 10
    alert = {"person": "宣传部", "role": "officer", "urgent": False, "title": "请发整改通知", "text": text}
    message = int(number[1:5]) * 1_000_000 + int(number[-6:])
    sent = {"channel": "mail", "address": "office@yunling.example", "status": "sent", "urgent": False}
    yield tables.message, [{"id": message, "attempts": 1, "next_at": at, "repeated": False, **sent}]
    for n in (1, 3, 5):
        about = {
            "about": f"step:{number}:{n}",
            "number": f"XJ-{number[1:]}-{n}",
            "day": day,
            "message": message,
        }
        yield tables.alert, [alert | about]
    told_of = {"kind": kind, "verdict": "Suspected", "why": "", "from_day": day, "to_day": ends}
    yield tables.verdict, [what | told_of]


def stranger(number: int, match: Any, day: date) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
    """Somebody whom searches met six times."""
    key, profile = f"{PLATFORM}:6{number:09}", Profile(f"6{number:09}", match["candidate"])
    days = {"first_day": day, "last_day": day + timedelta(days=35)}
    row = {"platform": PLATFORM, "handle": profile.handle, "name": profile.name, "score": match["score"]}
    yield tables.sighting, [{"key": key, "profile": profile, "match": match, **row, **days}]
    met = [day + timedelta(days=7 * n) for n in range(6)]
    yield tables.meeting, [{"key": key, "day": one, "profile": profile, "match": match} for one in met]


def filled(connection: sa.Connection, day: date, count: int, match: Any) -> None:
    """One night of the past: its visits, on Mondays the week, and now and then a case or a stranger."""
    parts = [*visits(day, night(day, count), count)]
    if day.weekday() == 0:
        parts.append((tables.account_week, week(day, count)))
    place = day.timetuple().tm_yday
    for number in range(place, count // 5, 365):
        parts += closed(f"C{day.year}-{number + 1:06d}", f"{PLATFORM}:{5 * number}", "activity", day)
    if place <= STRANGERS:
        met = day.year * 1000 + place
        parts += stranger(met, match, day)
        parts += closed(f"C{day.year}-{500_000 + place:06d}", f"{PLATFORM}:6{met:09}", "sighting", day)
    for table, rows in parts:
        connection.execute(table.insert(), rows)


def measured(years: float, count: int) -> Iterator[Measure]:
    """Make the years, then judge, report, purge and scan."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        ledger = Ledger(f"sqlite:///{path}")
        filed = tuple(Account(PLATFORM, str(n), f"云岭大学{n}", f"单位{n % 50}") for n in range(count))
        matcher = Matcher(of_school("云岭大学", ["云岭大学"]))
        law = Law(
            rules.load(["sias-2020"]),
            holidays.loaded(None),
            {p: one.facts for p, one in platforms().items()},
            matcher,
            assume_done=True,
            absent_canary=dict.fromkeys(platforms(), True),
            filing=lambda account: Filing(),
        )
        match = TypeAdapter(NameMatch).dump_python(matcher.score("云玲大学"), mode="json")
        nights = int(365 * years)
        with ledger.writing() as connection:
            applied = Applied(Version(accounts=filed), (), (), ())
            accounts.accept(connection, applied, sha256="0" * 64, day=LAST, by="bench", refused=0)
        for back in range(nights, 0, -1):
            day = LAST - timedelta(days=back)
            with ledger.writing() as connection:
                filled(connection, day, count, match)
                if back <= 3:
                    memory = Memory(connection, day)
                    for key, seen in observed(day, night(day, count), believed=True).items():
                        memory.fold(key, seen, law.facts[PLATFORM])
                    this_week = tables.account_week.c.monday > LAST - timedelta(days=7)
                    connection.execute(tables.account_week.delete().where(this_week))
                    memory.write()
        name = f"{years:g} years of {count:,} accounts"
        yield Measure(f"{name}: ledger, a year", path.stat().st_size / 1e6 / years, "MB")
        for what, day in (("with all steps at once", LAST), ("an ordinary one", LAST + timedelta(days=1))):
            tonight = night(day, count)
            started = time.perf_counter()
            with ledger.writing() as connection:
                judge(connection, law, day, [Visited(PLATFORM, tonight, frozenset(), None, "done")])
            took = time.perf_counter() - started
            yield Measure(f"  judging a night, {what}", took, "s", "bare scan", scan(ledger), at_most=10)
        started = time.perf_counter()
        with ledger.reading() as connection:
            weekly.week(connection, "2026-W47", law, school="云岭大学", site=Path(folder))
        yield Measure("  weekly report", time.perf_counter() - started, "s", at_most=10)
        for what in ("of all the years", "of a night"):
            started = time.perf_counter()
            with ledger.writing() as connection:
                purge(connection, LAST + timedelta(days=1), Terms(365, 365))
            yield Measure(f"  purge {what}", time.perf_counter() - started, "s")


def scan(ledger: Ledger) -> float:
    """Seconds for a bare scan over the notes."""
    started = time.perf_counter()
    with ledger.reading() as connection:
        connection.scalar(sa.text("SELECT sum(length(note)) FROM observation"))
    return time.perf_counter() - started


if __name__ == "__main__":
    years, count = numbers((10, 1000))
    told(measured(years, int(count)))
