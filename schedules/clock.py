"""The clock: starts the night, the week and the sending of alerts as child processes, at their times."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from types import FrameType

import sqlalchemy as sa
from apscheduler.events import EVENT_JOB_MISSED, JobExecutionEvent
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from monitors.nouns import SHANGHAI
from monitors.tables import run
from schedules import safekeeping
from schedules.config import Config
from schedules.home import Home
from schedules.lock import busy, held

log = logging.getLogger(__name__)

# A machine that wakes within six hours still does its night; what was due twice is done once.
_GRACE = int(timedelta(hours=6).total_seconds())
_TELL_MINUTES = 7
_LOOK_SECONDS = 1.0


def serve(home: Home, config: Config) -> None:
    """Run until told to stop; raises `Held` beside another clock of the same home."""
    stopping = threading.Event()
    with held(home.path / "clock.lock", "xunjian serve"):
        scheduler = scheduled(home, config, stopping)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        try:
            scheduler.start()
        finally:
            stopping.set()


def _stop(number: int, frame: FrameType | None) -> None:
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
    if overdue(home, config, datetime.now(SHANGHAI)):
        soon = DateTrigger(datetime.now(SHANGHAI) + timedelta(seconds=1), timezone=SHANGHAI)
        jobs.append(("catch-up", catch_up, (home, config, stopping), soon))
    for job, work, arguments, trigger in jobs:
        scheduler.add_job(
            work,
            trigger,
            args=arguments,
            id=job,
            coalesce=True,
            misfire_grace_time=_GRACE,
            max_instances=1,
        )
    scheduler.add_listener(_missed, EVENT_JOB_MISSED)
    return scheduler


def overdue(home: Home, config: Config, now: datetime) -> bool:
    """Has tonight's time passed, within the grace, without a night that came to its end?"""
    due = datetime.combine(now.date(), time.fromisoformat(config.schedule.night), SHANGHAI)
    if not due <= now <= due + timedelta(seconds=_GRACE):
        return False
    ledger = safekeeping.opened(home, config)
    try:
        with ledger.reading() as connection:
            done = sa.select(run.c.id).where(run.c.kind == "night", run.c.exit.in_((0, 3)))
            done = done.where(run.c.started_at >= due.astimezone(UTC))
            return connection.execute(done.limit(1)).first() is None
    finally:
        ledger.close()


def catch_up(home: Home, config: Config, stopping: threading.Event) -> None:
    """Start the night that is due; one that is still under way may yet come to its end by itself."""
    while busy(home.lock):
        if stopping.wait(_LOOK_SECONDS):
            return
    if overdue(home, config, datetime.now(SHANGHAI)):
        command(home, ("night",), stopping)


def command(home: Home, words: tuple[str, ...], stopping: threading.Event) -> None:
    """Run one command of this program as a process of its own; a crash there is not a crash of the clock.

    When the clock stops, a night under way is left to finish by itself.
    """
    line = [sys.executable, "-m", "schedules", "--home", str(home.path), *words]
    process = subprocess.Popen(line, start_new_session=True)
    while (code := process.poll()) is None:
        if stopping.wait(_LOOK_SECONDS):
            return
    level = logging.INFO if code == 0 else logging.WARNING
    log.log(level, "%s ended with exit code %s", words[0], code)


def _missed(event: JobExecutionEvent) -> None:
    log.warning("%s was due at %s and has been missed", event.job_id, event.scheduled_run_time)
