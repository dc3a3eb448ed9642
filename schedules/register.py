"""The register's part of the night: read the office's file, take it in when it may be, else go on with the last."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime

from crawlers.platforms import platforms
from monitors import accounts
from monitors.hearing import Filing
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI, Account
from monitors.register.acceptance import Applied, applied
from monitors.register.changes import Version
from monitors.register.filing import filing
from monitors.register.problems import Refused
from monitors.register.reading import ALL, Reading, read
from monitors.register.rows import Asks
from monitors.register.vocabulary import extended
from monitors.rules import Measure, load
from monitors.strict import RuleError
from reports.people import Role
from reports.told import Need
from schedules.config import Config
from schedules.home import Home

log = logging.getLogger(__name__)

ACCEPT = "确认无误后运行：xunjian check --accept --by 姓名"
# Who keeps the office's file, and who can run the command.
_READERS: frozenset[Role] = frozenset({"officer", "maintainer"})
_LISTED = 10

_ASKED: Mapping[Measure, Asks] = {
    "no_leader": {"leader"},
    "no_manager": {"manager"},
    "outsourced": {"own_staff"},
}


class NothingAccepted(Exception):
    """There is no register that the night could go on with; the text says what to do, in Chinese."""


def reading(home: Home, config: Config, today: date) -> Reading:
    """Read the office's file as it is now; raises `Refused`."""
    patterns = {name: platform.handle for name, platform in platforms().items()}
    words = extended(config.register_.synonyms)
    return read(
        home.path / config.register_.file, patterns, today, vocabulary=words, asks=_asks(home, config)
    )


def _asks(home: Home, config: Config) -> Asks:
    """Give what the rules in use ask the register for; with rules that cannot be read, everything."""
    try:
        measures = {rule.measure for rule in load(config.policy.use, home.path)}
    except RuleError:
        return ALL
    return frozenset().union(*(asked for measure, asked in _ASKED.items() if measure in measures))


def taken_in(
    home: Home,
    config: Config,
    ledger: Ledger,
    day: date,
    *,
    needs: Callable[[Need], None] = lambda need: None,
) -> tuple[Mapping[str, Account], Callable[[Account], Filing]]:
    """Give the accounts to go on with tonight, and what the register says of the filing of each.

    A new file is accepted if it may be without asking; else the night goes on with the last accepted one
    and says so; `needs` hears what somebody has to do about it. Raises `NothingAccepted` when there is none.
    """
    with ledger.reading() as connection:
        before, latest = accounts.version(connection), accounts.latest(connection)
    try:
        # A rehearsal may walk days before the file was written; its dates are no errors for that.
        fresh = reading(home, config, max(day, datetime.now(SHANGHAI).date()))
    except Refused as error:
        if before is None:
            raise NothingAccepted(f"台账不能用，巡检没有可看的账号：{error}") from error
        log.warning("the register cannot be used, going on with the last accepted one: %s", error.reason)
        needs(
            _need(f"{error.reason}:{day:%Y-%m}", "台账读不了", str(error), "请改正后再运行 xunjian check。")
        )
        return _given(ledger, before)
    if before is not None and latest.sha256 == fresh.sha256:
        return _given(ledger, before)
    outcome = applied(fresh, before)
    if isinstance(outcome, Applied):
        accept(ledger, fresh, outcome, day, "xunjian")
        if fresh.refused:
            needs(_of_rows(fresh))
        return _given(ledger, outcome.version)
    if before is None:
        raise NothingAccepted(f"{outcome.message}{ACCEPT}")
    log.warning("the register changes too much to be taken in unasked; going on with the last accepted one")
    needs(_need(f"{fresh.sha256[:16]}:{day:%Y-%m}", "新的台账等待确认", outcome.message, ACCEPT))
    return _given(ledger, before)


def _need(mark: str, title: str, why: str, remedy: str) -> Need:
    told = f"{why}巡检仍按上一次采用的台账进行，新备案的账号还没有人看。"
    return Need("register", mark, f"{title}，巡检仍按旧台账进行", told, remedy, _READERS)


def _of_rows(fresh: Reading) -> Need:
    places = [str(row.place) for row in fresh.refused_rows]
    listed = "、".join(places[:_LISTED]) + (" 等" if len(places) > _LISTED else "")
    why = f"{listed}有错误，没有采用：备案过的账号按上一次的内容看，新的还没有人看。"
    remedy = "请运行 xunjian check，对照台账旁边标出问题的副本改正。"
    return Need("register", fresh.sha256[:16], f"台账里有 {len(places)} 行没有采用", why, remedy, _READERS)


def _given(ledger: Ledger, version: Version) -> tuple[Mapping[str, Account], Callable[[Account], Filing]]:
    with ledger.reading() as connection:
        added = accounts.added(connection)
    return {account.key: account for account in version.accounts}, filing(version, added)


def accept(ledger: Ledger, fresh: Reading, outcome: Applied, day: date, by: str) -> None:
    """Make it the accepted version."""
    with ledger.writing() as connection:
        accounts.accept(connection, outcome, sha256=fresh.sha256, day=day, by=by, refused=fresh.refused)
