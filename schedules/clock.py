"""The clock: starts the night, the week and the sending of alerts as child processes, at their times."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from types import FrameType

import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitors.nouns import SHANGHAI
from monitors.tables import platform_night, run
from schedules import safekeeping, state
from schedules.config import Config
from schedules.home import Home
from schedules.lock import held, holder

log = logging.getLogger(__name__)

_TELL_MINUTES = 7
_LOOK_SECONDS = 1.0


def serve(home: Home, config: Config) -> None:
    """Run until told to stop, then end in order what was started; raises `Held` beside another clock of the home."""
    stopping = threading.Event()
    with held(home.path / "clock.lock", "xunjian serve"):
        scheduler = scheduled(home, config, stopping)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        try:
            scheduler.start()
        finally:
            stopping.set()
            if scheduler.running:
                scheduler.shutdown()


def _stop(number: int, frame: FrameType | None) -> None:
    """End; asked again, do not begin the ending anew."""
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, signal.SIG_IGN)
    raise SystemExit(0)


def scheduled(home: Home, config: Config, stopping: threading.Event) -> BlockingScheduler:
    """The scheduler with its jobs, not yet started; jobs live in memory only, the ledger knows what was done."""
    hour, minute = config.schedule.night.split(":")
    weekday, at = config.schedule.week.split()
    week_hour, week_minute = at.split(":")
    scheduler = BlockingScheduler(timezone=SHANGHAI)
    night = CronTrigger(hour=hour, minute=minute, timezone=SHANGHAI)
    week = CronTrigger(day_of_week=weekday, hour=week_hour, minute=week_minute, timezone=SHANGHAI)
    tell = IntervalTrigger(minutes=_TELL_MINUTES, timezone=SHANGHAI)
    jobs: list[tuple[str, Callable[..., None], tuple[object, ...], BaseTrigger]] = [
        ("night", command, (home, ("night",), stopping), night),
        ("week", command, (home, ("week",), stopping), week),
        ("tell", command, (home, ("tell", "--timely"), stopping), tell),
    ]
    now = datetime.now(SHANGHAI)
    if overdue(home, config, now) or missed_week(home, config, now):
        soon = DateTrigger(now + timedelta(seconds=1), timezone=SHANGHAI)
        jobs.append(("catch-up", catch_up, (home, config, stopping), soon))
    for job, work, arguments, trigger in jobs:
        scheduler.add_job(
            work,
            trigger,
            args=arguments,
            id=job,
            coalesce=True,
            misfire_grace_time=max(1, int(_window(config).total_seconds())),
            max_instances=1,
        )
    scheduler.add_listener(_missed, EVENT_JOB_MISSED)
    return scheduler


def _window(config: Config) -> timedelta:
    """A machine that wakes so late still does its night; what was due twice is done once."""
    return timedelta(hours=config.schedule.catch_up_hours)


def overdue(home: Home, config: Config, now: datetime) -> bool:
    """Has the time of the last night passed, within the window, without a night that came to its end?"""
    due = state.next_night(config, now) - timedelta(days=1)
    if now - due > _window(config):
        return False
    ledger = safekeeping.opened(home, config)
    try:
        with ledger.reading() as connection:
            done = sa.select(run.c.id).where(run.c.kind == "night", run.c.exit.in_((0, 3)))
            done = done.where(run.c.started_at >= due.astimezone(UTC))
            return connection.execute(done.limit(1)).first() is None
    finally:
        ledger.close()


def missed_week(home: Home, config: Config, now: datetime) -> str | None:
    """Give the week whose report was due last and has not been made since, if it had a night."""
    due = state.next_week(config, now) - timedelta(days=7)
    ledger = safekeeping.opened(home, config)
    try:
        with ledger.reading() as connection:
            label = state.report_week(
                connection, min(due.date(), state.newest_night(connection) or due.date())
            )
            monday = date.fromisocalendar(int(label[:4]), int(label[6:]), 1)
            night = platform_night.c.day
            there = sa.select(night).where(night >= monday, night < monday + timedelta(days=7)).limit(1)
            if due.date() >= monday + timedelta(days=14) or connection.execute(there).first() is None:
                return None
    finally:
        ledger.close()
    report = home.site / label / "report.html"
    over = datetime.combine(monday + timedelta(days=7), time(), SHANGHAI)
    made = report.exists() and datetime.fromtimestamp(report.stat().st_mtime, UTC) >= min(due, over)
    return None if made else label


def catch_up(home: Home, config: Config, stopping: threading.Event) -> None:
    """Start the night that is due, then the report; a night that is still under way may yet end by itself."""
    while holder(home.lock):
        if stopping.wait(_LOOK_SECONDS):
            return
    if overdue(home, config, datetime.now(SHANGHAI)):
        command(home, ("night",), stopping)
    week = missed_week(home, config, datetime.now(SHANGHAI))
    if week and not stopping.is_set():
        command(home, ("week", "--week", week), stopping)


def command(home: Home, words: tuple[str, ...], stopping: threading.Event) -> None:
    """Run one command of this program as a process of its own; a crash there is not a crash of the clock.

    When the clock stops, so does what it started, in order: left behind it would meet a program that is being
    upgraded, or a /tmp that the system has taken away. The next clock goes on where it was.
    """
    line = [sys.executable, "-m", "schedules", "--home", str(home.path), *words]
    process = subprocess.Popen(line, start_new_session=True)
    while (code := process.poll()) is None:
        if stopping.wait(_LOOK_SECONDS):
            process.terminate()
            process.wait()
            return
    level = logging.INFO if code == 0 else logging.WARNING
    log.log(level, "%s ended with exit code %s", words[0], code)


def _missed(event: JobExecutionEvent) -> None:
    log.warning("%s was due at %s and has been missed", event.job_id, event.scheduled_run_time)
