"""Keeps a channel's pace: waits until it takes a further message, whoever sent the ones before."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import sqlalchemy as sa

from monitors import tables
from monitors.ledger import Ledger
from reports.channels import Pace

_log = logging.getLogger(__name__)
_message = tables.message.c
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)


class Clock(Protocol):
    """The time by which rate limits are kept."""

    def now(self) -> datetime:
        """The present instant, aware."""

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""


class WallClock:
    """Real time."""

    def now(self) -> datetime:
        """The present instant, aware."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""
        time.sleep(seconds)


def keep_pace(ledger: Ledger, channel: str, pace: Pace | None, clock: Clock) -> None:
    """Wait until the channel takes a further message, counting what other processes sent over it."""
    while pace is not None:
        now = clock.now()
        with ledger.reading() as connection:
            recent = sa.select(_message.started_at).where(
                _message.channel == channel, _message.started_at > now - _MINUTE
            )
            started = sorted(connection.scalars(recent))
        wait = _wait(pace, started, now)
        if wait <= timedelta():
            return
        _log.info("waiting %.0f s for the pace of %s", wait.total_seconds(), channel)
        clock.sleep(wait.total_seconds())


def _wait(pace: Pace, started: Sequence[datetime], now: datetime) -> timedelta:
    free = now
    if len(started) >= pace.per_minute:
        free = started[-pace.per_minute] + _MINUTE + _SECOND
    if started:
        free = max(free, started[-1] + timedelta(seconds=pace.gap))
    if pace.rush and free.minute in (0, 30):
        free = free.replace(second=0, microsecond=0) + _MINUTE + _SECOND
    return free - now
