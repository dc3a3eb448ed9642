"""The watch over the nights: a good one is told to a dead man's switch; one missed, not copied or in need, to people."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from http.client import HTTPException
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import Connection

from crawlers.platforms import platforms
from monitors import tables
from monitors.calendar import Calendar
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI
from monitors.proxy import Barred, Proxy
from reports import alerts
from reports.alerts import Missed, Need
from reports.channels.posting import connected
from reports.people import Role
from schedules import delivery, safekeeping
from schedules.config import Config
from schedules.home import Home

log = logging.getLogger(__name__)

_run = tables.run.c
_UNSAVED = (
    "巡检本身照常进行，已有的备份都还留着。请检查磁盘空间、backups 文件夹属于哪个用户、磁盘是不是只读，"
    "再运行 xunjian backup 验证。备份恢复以前，每晚的日志和 xunjian status 里都有，不再另行提醒。"
)
_KEEPERS: frozenset[Role] = frozenset({"maintainer"})
# A night takes hours; what has not ended after six is told, though it may still be caught up on.
_HOURS = timedelta(hours=6)


def look(config: Config, ledger: Ledger, now: datetime) -> int:
    """Queue what is to be told of the newest night that was due; returns how many alerts that makes.

    A home that has never had a night is only being set up.
    """
    with ledger.writing() as connection:
        missed = _missed(connection, config, now)
        if missed is None:
            return 0
        return alerts.queue(connection, [missed], delivery.everybody(config, connection), missed.day)


def _missed(connection: Connection, config: Config, now: datetime) -> Missed | None:
    due = datetime.combine(now.date(), time.fromisoformat(config.schedule.night), SHANGHAI)
    if due > now:
        due -= timedelta(days=1)
    nights = sa.select(tables.run).where(_run.kind == "night")
    if connection.execute(nights.limit(1)).first() is None:
        return None
    since = nights.where(_run.started_at >= due.astimezone(UTC)).order_by(_run.id.desc())
    runs = connection.execute(since).all()
    if any(run.exit in (0, 3) for run in runs):
        return None
    if runs and runs[0].ended_at is not None:
        # It ended badly: that is known at once.
        return Missed(due.date(), f"运行中断：{runs[0].error or '没有留下原因'}")
    if now - due < _HOURS:
        return None
    if runs:
        return Missed(due.date(), f"{_at(runs[0].started_at)} 开始，到 {_at(now)} 还没有结束。")
    return Missed(due.date(), f"本应在 {_at(due)} 开始，到 {_at(now)} 还没有开始。")


def unsaved(config: Config, ledger: Ledger, day: date, why: str) -> int:
    """Queue that the night of `day` left no copy, once for all nights in a row; returns how many alerts."""
    with ledger.writing() as connection:
        first = _uncopied_since(connection) or day
        told = f"从 {first.isoformat()} 的夜间巡检起，{why}"
        need = Need("copy", first.isoformat(), "台账库的备份没有做成", told, _UNSAVED, _KEEPERS)
        return alerts.queue(connection, [need], delivery.everybody(config, connection), day)


def lacking(home: Home, config: Config, calendar: Calendar, day: date) -> Iterator[Need]:
    """Give what nights to come lack and the maintainers can supply; the same again each month."""
    month = f"{day:%Y-%m}"
    if ends := calendar.warning(day):
        remedy = "填好以后运行 xunjian check，它不再提示就对了。"
        yield Need("calendar", month, "节假日数据要补充", ends, remedy, _KEEPERS)
    if scarce := safekeeping.scarce(home, config):
        remedy = "磁盘满了以后，巡检和提醒都会停下。可以少留备份（[keep] backups），或换更大的磁盘。"
        yield Need("disk", month, "磁盘快满了", scarce, remedy, _KEEPERS)


def broken_off(platform: str, day: date) -> Need:
    """The crawl of a platform was killed or crashed: told once a month."""
    title = f"{platforms()[platform].facts.title}的巡检中途断了"
    why = f"{day.isoformat()} 的夜间巡检里，看这个平台的进程没有做完就结束了。看过的照常判断，没有看到的下一晚先看。"
    remedy = "多半是内存不够，或者是程序的毛病：请看 notes 文件夹里这一天这个平台的 .log 文件，再运行 xunjian night 补做。"
    return Need("crawl", f"{platform}:{day:%Y-%m}", title, why, remedy, _KEEPERS)


def needed(config: Config, ledger: Ledger, day: date, needs: Sequence[Need]) -> int:
    """Queue what has not been told of these needs; returns how many alerts."""
    if not needs:
        return 0
    with ledger.writing() as connection:
        return alerts.queue(connection, needs, delivery.everybody(config, connection), day)


def _uncopied_since(connection: Connection) -> date | None:
    """The first of the ended nights in a row that left no copy; None where the last one did."""
    first = None
    nights = sa.select(tables.run).where(_run.kind == "night", _run.exit.in_((0, 3)))
    for run in connection.execute(nights.order_by(_run.id.desc())):
        if (run.error or "").startswith(safekeeping.NOT_COPIED):
            first = run.day
        elif (run.summary or {}).get("copied", True):
            break
    return first


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def ping(address: str, proxy: Proxy | None = None) -> bool:
    """Call the address that expects a sign of life after each good night; a call that fails is a warning."""
    try:
        parts = urlsplit(address)
        connection = connected(parts.hostname or "", parts.port, secure=parts.scheme == "https", proxy=proxy)
        try:
            connection.request("GET", f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}")
            status = connection.getresponse().status
        finally:
            connection.close()
    except Barred as error:
        log.warning("the sign of life after the night was not taken: %s", error)
        return False
    except (OSError, HTTPException, ValueError) as error:
        # The address is a secret of its own: who knows it can keep the switch quiet.
        log.warning("the sign of life after the night was not taken: %s", type(error).__name__)
        return False
    if not 200 <= status < 300:
        log.warning("the sign of life after the night was not taken: HTTP %d", status)
    return 200 <= status < 300
