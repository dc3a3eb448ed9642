"""The clock: when it starts what, that it catches up, that there is one, and that it ends at once."""

import json
import os
import signal
import threading
import time
from datetime import UTC, date, datetime, timedelta

import ledgers
import pytest
from conftest import xunjian
from processes import Running

from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI
from monitors.tables import platform_night, run
from schedules import config
from schedules.clock import missed_week, overdue, scheduled
from schedules.home import Home

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# A Friday.
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


def timed(home, **times):
    """Change times of `[schedule]` in the starter's settings."""
    path = home / "school.toml"
    text = path.read_text(encoding="utf-8")
    for name, value in times.items():
        old = {"night": '"02:00"', "week": '"mon 08:00"', "catch_up_hours": "6"}[name]
        assert text.count(f"\n{name} = {old}") == 1
        text = text.replace(
            f"\n{name} = {old}", f"\n{name} = {value if name == 'catch_up_hours' else repr(value)}"
        )
    path.write_text(text, encoding="utf-8")
    return Home(home), config.load(home)


def jobs(home, settings):
    return {job.id: job for job in scheduled(home, settings, threading.Event()).get_jobs()}


def following(job, now):
    return job.trigger.get_next_fire_time(None, now)


def test_the_night_starts_at_its_hour_in_shanghai_whatever_the_zone_of_the_machine(home, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        night = jobs(*timed(home, night="02:40"))["night"]
        due = following(night, NOW)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert due == datetime.fromisoformat("2026-11-21T02:40:00+08:00")
    assert due.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize("weekday", WEEKDAYS)
def test_the_week_is_told_on_the_weekday_that_was_named(home, weekday):
    due = following(jobs(*timed(home, week=f"{weekday} 07:15"))["week"], NOW)
    assert (WEEKDAYS[due.weekday()], due.strftime("%H:%M")) == (weekday, "07:15")
    assert timedelta(0) < due - NOW <= timedelta(days=7)


@pytest.mark.parametrize("hours", (6, 2))
def test_what_was_missed_twice_is_done_once_and_as_late_as_the_settings_allow(home, hours):
    for job in jobs(*timed(home, catch_up_hours=hours)).values():
        assert job.coalesce
        assert job.misfire_grace_time == hours * 3600
        assert job.max_instances == 1


def test_a_night_missed_before_midnight_is_still_due_after_it_and_no_longer_than_the_window(home):
    here, settings = timed(home, night="23:30", catch_up_hours=2)
    assert overdue(here, settings, NOW.replace(hour=0, minute=10))
    assert not overdue(here, settings, NOW.replace(hour=1, minute=31))
    assert not overdue(here, settings, NOW.replace(hour=23, minute=29))


def test_a_report_that_was_due_while_nothing_ran_is_made_once_the_clock_starts(home):
    here, settings = timed(home)
    assert missed_week(here, settings, NOW) is None
    with Ledger(ledgers.address(here.path)).writing() as connection:
        counts = dict.fromkeys(("planned", "found", "gone", "blocked", "other", "unseen", "requests"), 0)
        for day in (date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 20)):
            row = {"day": day, "platform": "weibo", "believed": True, "ended": "done", **counts}
            connection.execute(platform_night.insert().values(**row))
    # On Friday the report of Monday is still missing, and it is about the week before.
    assert missed_week(here, settings, NOW) == "2026-W46"
    report = home / "site/2026-W46/report.html"
    report.parent.mkdir(parents=True)
    report.write_text("<!doctype html>")
    os.utime(report, ((NOW - timedelta(days=5)).timestamp(),) * 2)
    assert missed_week(here, settings, NOW) == "2026-W46"
    os.utime(report, ((NOW - timedelta(days=4)).timestamp(),) * 2)
    assert missed_week(here, settings, NOW) is None
    # After weeks without a night there is nothing to report.
    assert missed_week(here, settings, NOW + timedelta(days=21)) is None


def test_a_night_behind_one_of_a_clock_that_ran_ahead_says_which_copy_to_put_back(home):
    timed(home)
    counts = dict.fromkeys(("planned", "found", "gone", "blocked", "other", "unseen", "requests"), 0)
    with Ledger(ledgers.address(home)).writing() as connection:
        row = {"day": date(2999, 1, 1), "platform": "weibo", "believed": False, "ended": "done", **counts}
        connection.execute(platform_night.insert().values(**row))
    night = xunjian(home, "night")
    assert night.code == 1
    assert "走快以前的备份" in night.err.replace("\n", "")


def nights(home):
    return ledgers.asked(home, "SELECT id, exit, error FROM run WHERE kind = 'night'")


def noted(home):
    """What has left a note so far: purpose and subject, in order."""
    lines = [
        line for path in home.glob("notes/*/wechat.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    return [(note["purpose"], note["subject"]) for note in map(json.loads, lines)]


def test_a_night_that_broke_off_is_still_due_and_one_that_ended_is_not(home):
    here, settings = timed(home)
    at_three = NOW.replace(hour=3)
    assert overdue(here, settings, at_three)
    with Ledger(ledgers.address(home)).writing() as connection:
        begun = datetime(2026, 11, 19, 18, 0, 1, tzinfo=UTC)
        connection.execute(run.insert().values(kind="night", day=date(2026, 11, 20), started_at=begun))
    assert overdue(here, settings, at_three)
    for code, due in ((1, True), (0, False), (3, False)):
        ledgers.changed(home, "UPDATE run SET exit = :code", code=code)
        assert overdue(here, settings, at_three) is due, code
    assert not overdue(here, settings, NOW.replace(hour=1, minute=59))
    assert not overdue(here, settings, NOW.replace(hour=8, minute=1))


def stopped(clock):
    """Ask a clock to end; gives how long that took (seconds)."""
    since = time.monotonic()
    os.kill(clock.process.pid, signal.SIGTERM)
    assert clock.process.wait(60) == 0
    return time.monotonic() - since


def holder(home):
    lock = home / "clock.lock"
    return lock.read_text(encoding="utf-8") if lock.exists() else ""


def test_a_clock_started_late_catches_up_and_takes_its_night_along_when_it_is_stopped(home):
    # The night was due in the minute that is now; with one platform it is short.
    while (now := datetime.now(SHANGHAI)).strftime("%H:%M") == "23:59":
        time.sleep(1)
    timed(home, night=now.strftime("%H:%M"))
    text = (home / "school.toml").read_text(encoding="utf-8")
    for name in ("weibo", "bilibili", "douyin"):
        text = text.replace(f"[platforms.{name}]\nenabled = true", f"[platforms.{name}]\nenabled = false")
    (home / "school.toml").write_text(text, encoding="utf-8")

    clock = Running(home, "serve")
    clock.until(lambda: noted(home))
    assert stopped(clock) < 60
    assert not clock.family()
    assert "已按要求停下" in clock.ended().err
    # It ended in order: not killed, and nothing of it was judged.
    assert [(code, error) for _, code, error in nights(home)] == [(1, "按要求中途停下")]
    assert "正在进行" not in xunjian(home, "status").err
    before = noted(home)

    clock = Running(home, "serve")
    clock.until(lambda: f"进程 {clock.process.pid}" in holder(home))
    second = xunjian(home, "serve")
    assert second.code == 1
    assert f"进程 {clock.process.pid}" in second.err.replace("\n", "")
    clock.until(lambda: len(nights(home)) == 2 and nights(home)[1][1] is not None, 240)
    assert stopped(clock) < 60
    assert "WARNING" not in clock.ended().err
    # The next one went on where it was, and visited nobody twice; the canaries are asked each time.
    assert nights(home)[1][1:] == (0, None)
    assert noted(home)[: len(before)] == before
    seen = [(purpose, subject) for purpose, subject in noted(home) if not purpose.startswith("canary")]
    assert len(set(seen)) == len(seen)

    clock = Running(home, "serve")
    clock.until(lambda: f"进程 {clock.process.pid}" in holder(home))
    time.sleep(3)
    assert stopped(clock) < 10
    clock.ended()
    # What was caught up on is done, and not done again.
    assert len(nights(home)) == 2
