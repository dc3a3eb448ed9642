"""How things stand: the status of the patrol, and an older night judged beside what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from crawlers.platforms import platforms
from crawlers.reading import read
from crawlers.visits import Page, Visit
from monitors import findings, tables
from monitors.accounts import accepted
from monitors.hearing import Filing
from monitors.ledger import Ledger
from monitors.memory import standings_at
from monitors.notes import NoteFile
from monitors.nouns import SHANGHAI, Note, Verdict
from monitors.verdicts import verdicts
from reports import sending
from schedules.config import Config
from schedules.home import Home
from schedules.law import law
from schedules.lock import holder

STATUS_COLUMNS = (
    ("platform", "平台"), ("last_believed", "最近可信的一晚"), ("last_night", "最近一晚"), ("doubt", "存疑"),
    ("searched", "搜索"), ("requests", "请求"), ("requests_per_account", "每账号请求"),
)  # fmt: skip
COMPARED_COLUMNS = (
    ("key", "账号"), ("rule", "规则"), ("recorded", "当时的判定"), ("verdict", "现在的判定"), ("same", "一致"),
)  # fmt: skip
REREAD_COLUMNS = (
    ("platform", "平台"), ("key", "对象"), ("recorded", "当时读作"), ("outcome", "现在读作"), ("same", "一致"),
)  # fmt: skip

# A night may take hours, and a machine may start late; a day and a half without one is overdue.
_OVERDUE = timedelta(hours=36)


def status(home: Home, config: Config, ledger: Ledger, now: datetime) -> Iterator[dict[str, Any]]:
    """One row per platform, then one for the whole.

    Beside the contract's keys that says when the newest whole night `ended`, whether one is `overdue`, what is `running`.
    """
    with ledger.reading() as connection:
        for name in platforms():
            if config.platform(name).enabled:
                yield _platform(connection, name)
        run = tables.run.c
        nights = run.kind == "night"
        done = connection.scalar(sa.select(sa.func.max(run.ended_at)).where(nights, run.exit.in_((0, 3))))
        errors = sa.select(run.day, run.error).where(run.error.is_not(None)).order_by(run.id.desc()).limit(5)
        yield {
            "next_night": next_night(config, now),
            "next_week": next_week(config, now),
            "queue": sending.backlog(connection),
            "last_errors": [f"{row.day} {row.error}" for row in connection.execute(errors)],
            "ended": done,
            "overdue": done is None or now - done > _OVERDUE,
            "running": holder(home.lock) or ledger.claimant("night"),
        }


def _platform(connection: Connection, name: str) -> dict[str, Any]:
    night = tables.platform_night
    mine = night.c.platform == name
    last = connection.execute(sa.select(night).where(mine).order_by(night.c.day.desc()).limit(1)).first()
    believed = connection.scalar(sa.select(sa.func.max(night.c.day)).where(mine, night.c.believed))
    searched = None
    if last is not None and last.asked is not None:
        searched = {"asked": last.asked, "answered": last.answered}
    return {
        "platform": name,
        "last_believed": believed,
        "last_night": last.day if last else None,
        "doubt": last.doubt if last else None,
        "searched": searched,
        "requests": last.requests if last else None,
        "requests_per_account": _per_account(connection, name, last.day) if last else None,
    }


def _per_account(connection: Connection, name: str, day: date) -> float | None:
    """How many requests a registered account took on the average of a night; what is left is canaries and searches."""
    table = tables.observation.c
    notes = connection.execute(
        sa.select(table.note).where(table.day == day, table.platform == name)
    ).scalars()
    made = [note.requests for note in notes if note.purpose == "account"]
    return round(sum(made) / len(made), 1) if made else None


def next_night(config: Config, now: datetime) -> datetime:
    """The next time at which `serve` starts a night (Shanghai)."""
    return _next(now, config.schedule.night, None)


def next_week(config: Config, now: datetime) -> datetime:
    """The next time at which `serve` makes a report (Shanghai)."""
    weekday, at = config.schedule.week.split()
    return _next(now, at, ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(weekday))


def _next(now: datetime, at: str, weekday: int | None) -> datetime:
    local = now.astimezone(SHANGHAI)
    moment = datetime.combine(local.date(), time.fromisoformat(at), SHANGHAI)
    while moment <= local or (weekday is not None and moment.weekday() != weekday):
        moment += timedelta(days=1)
    return moment


def sentences(whole: Mapping[str, Any]) -> Iterator[str]:
    """The last row of `status` for a reader."""
    if whole["running"]:
        yield f"正在进行：{whole['running']}"
    if whole["ended"] is None:
        yield "还没有完成过一次夜间巡检。"
    elif whole["overdue"]:
        yield "夜间巡检已经超过一天半没有完成。请检查 xunjian serve（或定时器）是否在运行。"
    yield f"下一次夜间巡检 {whole['next_night']:%Y-%m-%d %H:%M}，下一份周报 {whole['next_week']:%Y-%m-%d %H:%M}"
    queue = whole["queue"]
    yield f"提醒：待发 {queue['waiting']}，不确定 {queue['in_doubt']}，放弃 {queue['dead']}"
    for error in whole["last_errors"]:
        yield f"最近的错误：{error}"


def newest_night(connection: Connection) -> date | None:
    """The day of the newest night that was judged."""
    day: date | None = connection.scalar(sa.select(sa.func.max(tables.platform_night.c.day)))
    return day


def report_week(connection: Connection, newest: date) -> str:
    """The ISO week that a report is about after that night: on a Monday the week before, if it had a night."""
    night = tables.platform_night.c.day
    monday = newest - timedelta(days=newest.weekday())
    before = sa.select(night).where(night < monday, night >= monday - timedelta(days=7)).limit(1)
    last_week = newest == monday and connection.execute(before).first() is not None
    year, week, _ = (monday - timedelta(days=1) if last_week else newest).isocalendar()
    return f"{year}-W{week:02d}"


# ── a night of the past ─────────────────────────────────────────────────────────────────────────


def compared(home: Home, config: Config, ledger: Ledger, day: date) -> Iterator[dict[str, Any]]:
    """Judge an older night from the appended rows alone, beside what it recorded; changes nothing."""
    with ledger.reading() as connection:
        accounts = accepted(connection)
        held = law(config, home.path, accounts, lambda account: Filing())
        recorded = {
            (row.key, row.policy, row.rule): row.verdict
            for row in findings.held_on(connection, day)
            if row.kind != "sighting"
        }
        standings = standings_at(connection, day, held.facts)
    again: dict[tuple[str, str, str], Verdict] = {}
    for account in accounts.values():
        for verdict in verdicts(account, standings.get(account.key), held.rules, day, held.calendar):
            if verdict.kind != "filing":  # What the register said then is not kept row by row.
                again[verdict.key, verdict.policy, verdict.rule] = verdict
    for identity in sorted(recorded.keys() | again.keys()):
        key, policy, rule = identity
        then, now = recorded.get(identity), again.get(identity)
        if now is None:
            continue
        yield {
            "key": key,
            "policy": policy,
            "rule": rule,
            "recorded": then,
            "verdict": now.verdict,
            "same": then == now.verdict,
        }


def reread(home: Home, day: date) -> Iterator[dict[str, Any]]:
    """Read the kept bodies of a night again with today's readers; changes nothing."""
    for name, platform in platforms().items():
        file = NoteFile.of(home.notes, day.isoformat(), name)
        for note in file.read():
            if note.purpose == "feed":
                continue
            outcome = read(platform, visit_of(file, note))
            yield {
                "platform": name,
                "key": note.subject,
                "recorded": note.outcome.outcome,
                "outcome": outcome.outcome,
                "same": outcome == note.outcome,
            }


def visit_of(file: NoteFile, note: Note) -> Visit:
    """Give the visit that a note was read from; its bodies must still be there."""
    pages = tuple(
        Page(
            url=body.url,
            status=body.status,
            headers=dict(body.headers),
            body=(file.bodies / body.sha256).read_bytes() if body.sha256 else b"",
            final_url=body.final_url,
            error=body.error,
        )
        for body in note.bodies
    )
    at = note.seen_at.astimezone(UTC)
    if note.kind == "search":
        return Visit(note.platform, "search", at, pages, keyword=note.subject)
    return Visit(note.platform, "account", at, pages, handle=note.subject, name=note.name)
