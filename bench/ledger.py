"""How long judging a night and writing the weekly report take after years of nights; prints seconds and sizes.

`python bench/ledger.py [YEARS] [ACCOUNTS]`, by default 10 years of nights of 1,000 accounts. Beside it stands the time of
a bare scan over the same observations.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from crawlers.platforms import platforms
from monitors import accounts, holidays, rules
from monitors.hearing import Filing
from monitors.judge import Law, Visited, judge
from monitors.ledger import Ledger
from monitors.memory import Memory, observed
from monitors.names import Matcher, of_school
from monitors.nouns import SHANGHAI, Account, Found, Gone, Newest, Note
from monitors.register.acceptance import Applied
from monitors.register.changes import Version
from monitors.tables import observation, platform_night
from reports import weekly

LAST = date(2026, 11, 20)


def night(name: str, day: date, count: int) -> list[Note]:
    """One night's notes: four fifths of the accounts post daily, the rest went silent one after the other."""
    at = datetime(day.year, day.month, day.day, 2, 30, tzinfo=SHANGHAI)
    alive = Found(name="canary", newest=Newest(at - timedelta(hours=5), "exact"))
    notes = [
        Note(name, "canary_alive", "1", at, alive),
        Note(name, "canary_absent", "2", at, Gone("not_found", "无")),
    ]
    for number in range(count):
        silent = number % 5 == 0
        quiet_since = min(day, LAST - timedelta(days=30 + number % 300)) if silent else day
        newest = datetime.combine(quiet_since, at.timetz()) - timedelta(hours=9)
        shown = Found(
            name=f"云岭大学{number}", verified=True, newest=Newest(newest, "exact"), posts_total=100
        )
        notes.append(Note(name, "account", str(number), at, shown, requests=2))
    return notes


def main(years: float, count: int) -> None:
    name = next(iter(platforms()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        ledger = Ledger(f"sqlite:///{path}")
        register = tuple(Account(name, str(n), f"云岭大学{n}", f"单位{n % 50}") for n in range(count))
        law = Law(
            rules.load(["sias-2020"]),
            holidays.loaded(None),
            {p: one.facts for p, one in platforms().items()},
            Matcher(of_school("云岭大学", ["云岭大学"])),
            assume_done=True,
            absent_canary=dict.fromkeys(platforms(), True),
            filing=lambda account: Filing(),
        )
        nights = int(365 * years)
        with ledger.writing() as connection:
            applied = Applied(Version(accounts=register), (), (), ())
            accounts.accept(connection, applied, sha256="0" * 64, day=LAST, by="bench", refused=0)
        for back in range(nights, 0, -1):
            day = LAST - timedelta(days=back)
            notes = night(name, day, count)
            with ledger.writing() as connection:
                rows = [
                    {
                        "day": day, "platform": name, "line": line, "key": note.key, "seen_at": note.seen_at,
                        "outcome": note.outcome.outcome, "witness": "page", "note": note,
                    }
                    for line, note in enumerate(notes)
                ]  # fmt: skip
                connection.execute(observation.insert(), rows)
                connection.execute(
                    platform_night.insert().values(
                        day=day, platform=name, believed=True, planned=count, found=count, gone=0, blocked=0,
                        other=0, unseen=0, requests=2 * count, ended="done",
                    )
                )  # fmt: skip
                if back <= 3:
                    memory = Memory(connection, day)
                    for key, seen in observed(day, notes, believed=True).items():
                        memory.fold(key, seen, law.facts[name])
                    memory.write()
        tonight = night(name, LAST, count)
        started = time.perf_counter()
        with ledger.writing() as connection:
            judged = judge(connection, law, LAST, [Visited(name, tonight, frozenset(), None, "done")])
        judging = time.perf_counter() - started
        started = time.perf_counter()
        with ledger.reading() as connection:
            weekly.week(
                connection,
                "2026-W47",
                law,
                school="云岭大学",
                site=Path(folder),
            )
        reporting = time.perf_counter() - started
        report = Path(folder) / "2026-W47" / "report.html"
        started = time.perf_counter()
        with ledger.reading() as connection:
            scanned = connection.scalar(sa.text("SELECT sum(length(note)) FROM observation"))
        scan = time.perf_counter() - started
        print(f"{nights} nights of {count} accounts, ledger {path.stat().st_size / 1e6:.0f} MB")
        print(f"judge a night  {judging:6.2f} s ({len(judged.taken)} steps)")
        print(f"weekly report  {reporting:6.2f} s ({report.stat().st_size / 1e6:.2f} MB)")
        print(f"bare scan      {scan:6.2f} s ({(scanned or 0) / 1e6:.0f} MB of notes)")


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 10, int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
