"""How long the weekly report takes for a large register with a year of nights behind it, and how large it is.

`python bench/report.py [ACCOUNTS] [PDF]`, by default 5,000 accounts in 200 units, four platforms, 365 nights. Beside it
stands the time of a bare read of the same rows. With PDF it is printed too.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from measures import Measure, numbers, told

from crawlers import browser
from crawlers.platforms import platforms
from monitors import accounts, holidays, rules, tables
from monitors.hearing import Filing
from monitors.judge import Law
from monitors.ledger import Ledger
from monitors.names import Matcher, of_school
from monitors.nouns import SHANGHAI, Account, Found, NameMatch, Newest, Note, Profile
from monitors.register.acceptance import Applied
from monitors.register.changes import Version
from reports import weekly

SUNDAY = date(2026, 11, 22)
WEEK = "2026-W47"


def measured(count: int, printed: bool) -> Iterator[Measure]:
    chance = random.Random(47)
    names = list(platforms())
    register = tuple(
        Account(
            names[n % len(names)], str(10**9 + n), f"云岭大学第{n % 200}学院官方账号{n}", f"第{n % 200}学院"
        )
        for n in range(count)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        ledger = Ledger(f"sqlite:///{path}")
        law = Law(
            rules.load(["sias-2020", "ncwu-2023"]),
            holidays.loaded(None),
            {p: one.facts for p, one in platforms().items()},
            Matcher(of_school("云岭大学", ["云岭大学"])),
            assume_done=True,
            absent_canary=dict.fromkeys(names, True),
            filing=lambda account: Filing(),
        )
        with ledger.writing() as connection:
            applied = Applied(Version(accounts=register), (), (), ())
            accounts.accept(connection, applied, sha256="0" * 64, day=SUNDAY, by="bench", refused=0)
            year(connection, register, chance)
        started, spent = time.perf_counter(), time.process_time()
        with ledger.reading() as connection:
            rows = sum(
                len(connection.execute(sa.select(t)).all()) for t in (tables.account, tables.account_week)
            )
        bare = time.perf_counter() - started
        started, spent = time.perf_counter(), time.process_time()
        with ledger.reading() as connection:
            written = weekly.week(
                connection, WEEK, law, school="云岭大学", site=Path(folder) / "site",
                browser=browser.found(None) if printed else None,
            )  # fmt: skip
        whole, spent = time.perf_counter() - started, time.process_time() - spent
        size = written.paths[0].stat().st_size / 1e6
        ledger.close()
    yield Measure(
        f"weekly report of {count:,} accounts, {len(written.paths)} files", whole, "s", f"bare read of {rows:,} rows",
        bare, at_most=None if printed else 5.0,
    )  # fmt: skip
    yield Measure("  of this on the processor", spent, "s")
    yield Measure("  report.html", size, "MB", at_most=3)


def year(connection: sa.Connection, register: tuple[Account, ...], chance: random.Random) -> None:
    """Rows as a year of nights leaves them; the last week's visits whole."""
    monday = SUNDAY - timedelta(days=6)
    insert = connection.execute
    nights = [
        {
            "day": SUNDAY - timedelta(days=back), "platform": name, "believed": chance.random() > 0.03,
            "planned": 1250, "found": 1200, "gone": 10, "blocked": 30, "other": 5, "unseen": 5,
            "asked": 12, "answered": 12, "requests": 2500, "ended": "done",
        }
        for back in range(365)
        for name in platforms()
    ]  # fmt: skip
    insert(tables.platform_night.insert(), [{"doubt": None, **night} for night in nights])
    silent = {account.key for account in register if chance.random() < 0.15}
    for back in range(52):
        first = monday - timedelta(weeks=back)
        rows = []
        for account in register:
            if chance.random() < 0.04:
                continue
            late = account.key in silent and back < 15
            last = monday - timedelta(weeks=15 if late else back, days=chance.randrange(7) - 3)
            exact = account.platform in ("weibo", "bilibili")  # rows as such platforms leave them
            rows.append(
                {
                    "key": account.key, "monday": first, "seen_on": first + timedelta(days=6),
                    "newest": Newest(_at(last), "exact" if exact else "at_least"),
                    "posted": [(last - timedelta(days=last.weekday())).isoformat()],
                    "quiet_since": last if exact else None,
                }
            )  # fmt: skip
        insert(tables.account_week.insert(), rows)
    for offset in range(7):
        day = monday + timedelta(days=offset)
        rows = [
            {
                "day": day, "platform": account.platform, "line": line, "key": account.key,
                "seen_at": _at(day), "outcome": "Found", "witness": "page",
                "note": Note(account.platform, "account", account.handle or "", _at(day), Found(account.name)),
            }
            for line, account in enumerate(register)
        ]  # fmt: skip
        insert(tables.observation.insert(), rows)
    _judged(connection, register, silent)


def _judged(connection: sa.Connection, register: tuple[Account, ...], silent: set[str]) -> None:
    """Verdicts of every rule on every account, a case for each silent one, and names met."""
    verdicts, cases, steps = [], [], []
    for place, account in enumerate(register):
        bad = account.key in silent
        why = "最近一次可信的更新是 2026-08-02（主页），到 2026-11-20 已超过 2 个月没有更新。" if bad else ""
        verdicts += [
            {
                "key": account.key, "policy": "sias-2020", "rule": rule, "kind": "filing" if number else "activity",
                "since": SUNDAY if bad else None, "verdict": "Breach" if bad and not number else "Clear",
                "newest": None, "why": why, "from_day": SUNDAY - timedelta(days=30), "to_day": None,
            }
            for number, rule in enumerate(["silence", *(f"rule-{n}" for n in range(13))])
        ]  # fmt: skip
        if bad:
            case, day = f"C2026-{place:06d}", SUNDAY - timedelta(days=place % 60)
            cases.append(
                {
                    "id": case, "key": account.key, "policy": "sias-2020", "rule": "silence", "kind": "activity",
                    "episode": 1, "stage": "notice_issued", "opened_on": day, "stage_on": day, "provisional": False,
                }
            )  # fmt: skip
            steps += [
                {
                    "case": case, "number": number, "stage": stage, "on": day, "by": "night", "why": "",
                    "reverts": False, "at": _at(day),
                }
                for number, stage in enumerate(("opened", "notice_issued"), 1)
            ]  # fmt: skip
    connection.execute(tables.verdict.insert(), verdicts)
    connection.execute(tables.case.insert(), cases)
    connection.execute(tables.step.insert(), steps)
    for number in range(60):
        name = f"云岭大鞋第{number}食堂"
        match = NameMatch(name, "云岭大学", 0.9, True, "plays_on", "near_homophone", "云岭大学")
        connection.execute(
            tables.sighting.insert().values(
                key=f"bilibili:{number}", platform="bilibili", handle=str(number), name=name, score=0.9,
                first_day=SUNDAY, last_day=SUNDAY, profile=Profile(str(number), name),
                match=asdict(match),
            )
        )  # fmt: skip


def _at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=SHANGHAI)


if __name__ == "__main__":
    told(measured(int(numbers((5_000,))[0]), "PDF" in sys.argv))
