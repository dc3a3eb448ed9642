"""The night: config, register and rules; queries; crawl; notes; canaries; judge; cases; alerts; one row in `run`.

Start reading here. A platform lives in `crawlers/platforms/<name>.py`, a rule in
`monitors/policies/<text>.toml`, a channel in `reports/channels/<kind>.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from crawlers import browser, children
from crawlers.children import ChildEnd, Progress
from crawlers.platforms import Platform, platforms
from monitors import accounts as filed
from monitors import evidence, retention, sightings, tables
from monitors import judge as court
from monitors.judge import Judged, Law, Visited
from monitors.ledger import Ledger
from monitors.notes import NoteFile, met_defect, without_bodies
from monitors.nouns import SHANGHAI, Account
from reports.sending import Sent
from reports.told import Need
from schedules import delivery, papers, register, safekeeping, stage, telling, watch
from schedules import law as laws
from schedules.config import Config
from schedules.home import Home
from schedules.lock import alone
from schedules.orders import Evening, Plan, plan

log = logging.getLogger(__name__)

# The hour at which a night of a given day takes place.
NIGHT_HOUR = time(2, 30, tzinfo=SHANGHAI)


class Earlier(Exception):
    """The day asked for lies before a night that is judged already; the text says what to do, in Chinese."""


class Elsewhere(Exception):
    """The day asked for was judged from notes that are not here; the text says what to do, in Chinese."""


@dataclass
class NightEnd:
    """What a night came to, for the summary and for the row in `run`."""

    day: date
    judged: Judged
    visited: Sequence[Visited]
    sent: Sent | None = None
    accounts: int = 0
    unsaved: str | None = None

    @property
    def exit(self) -> int:
        """0, or 3 when some platform was not believed or its crawl broke off."""
        return 3 if self.judged.doubts or any(map(_broke_off, self.visited)) else 0


def night(
    home: Home,
    config: Config,
    ledger: Ledger,
    day: date,
    *,
    given_day: bool,
    only: Collection[str] = (),
    send: bool = True,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> NightEnd:
    """Perform the night of `day`; a second call completes the first and repeats no step.

    `given_day`: the day was asked for, so the clock is set to it; else the real clock holds. `only` names
    the platforms to visit, none means all. Raises `Held` beside another night, `Earlier` for a day before
    the newest judged one, `Elsewhere`, and what config, register and rules raise when there is nothing to go on with.
    """
    with alone(home.lock, ledger, f"{day} 的夜间巡检"), _run(ledger, day) as row:
        _refuse_earlier(ledger, day)
        _refuse_elsewhere(home, ledger, day)
        needs: list[Need] = []
        accounts, filing = register.taken_in(home, config, ledger, day, needs=needs.append)
        left = _left(ledger)
        law = laws.law(config, home.path, accounts, filing, left)
        clock = datetime.combine(day, NIGHT_HOUR) if given_day else None
        with stage.origins(home, config, ledger, day, clock) as origins:
            path = browser.found(config.browser.path)
            words = laws.words(config, accounts, law.matcher, day, left)
            evening = Evening(day, home.notes, clock, origins, path, words, config.way_out(home.path))
            plans = _plans(config, ledger, accounts, evening, only)
            ends = children.run([one.order for one in plans if one.order.errands], progress)
        visited = [_visited(home, one, ends.get(one.order.platform)) for one in plans]
        end = NightEnd(day, _judged(ledger, config, law, day, visited), visited, accounts=len(accounts))
        _keep(home, config, ledger, day, visited)
        papers.written(home, config, ledger, law)
        needs += watch.lacking(home, config, law.calendar, day)
        needs += [watch.broken_off(one.platform, day) for one in visited if _broke_off(one)]
        watch.needed(config, ledger, day, needs)
        how = delivery.manner(config, home, timely=not given_day, day=day) if send else None
        if how:
            end.sent = delivery.sent(home, config, ledger, how)
        _let_go(home, config, ledger, day)
        if unsaved := safekeeping.nightly(home, config, day):
            end.unsaved = row["error"] = unsaved
            # A round of its own: the copy comes last, so that it holds what became of the others.
            if watch.unsaved(config, ledger, day, unsaved) and how:
                delivery.sent(home, config, ledger, how)
        row.update(exit=end.exit, summary=_summary(end, copied=unsaved is None))
        return end


def judge_again(home: Home, config: Config, ledger: Ledger, day: date) -> NightEnd:
    """Judge the newest night from its notes, as after a kill: what is judged already stays as it is."""
    with alone(home.lock, ledger, f"{day} 的判定"), _run(ledger, day) as row:
        _refuse_earlier(ledger, day)
        _refuse_elsewhere(home, ledger, day)
        accounts, filing = register.taken_in(home, config, ledger, day)
        law = laws.law(config, home.path, accounts, filing, _left(ledger))
        plans = _plans(config, ledger, accounts, Evening(day, home.notes), ())
        noted = [
            one for one in plans if NoteFile.of(home.notes, day.isoformat(), one.order.platform).path.exists()
        ]
        visited = [_visited(home, one, None) for one in noted]
        end = NightEnd(day, _judged(ledger, config, law, day, visited), visited, accounts=len(accounts))
        _keep(home, config, ledger, day, visited)
        papers.written(home, config, ledger, law)
        row.update(exit=end.exit, summary=_summary(end, copied=False))
        return end


# ── the parts, in order ─────────────────────────────────────────────────────────────────────────


@contextmanager
def _run(ledger: Ledger, day: date) -> Iterator[dict[str, object]]:
    """One row in `run`, whatever becomes of the night."""
    row: dict[str, object] = {"exit": 1}
    with ledger.writing() as connection:
        wanted = tables.run.insert().values(kind="night", day=day, started_at=datetime.now(UTC))
        number = connection.scalar(wanted.returning(tables.run.c.id))
    try:
        yield row
    except KeyboardInterrupt:
        row["error"] = "按要求中途停下"
        raise
    except BaseException as error:
        row["error"] = f"{type(error).__name__}: {error}".partition("\n")[0][:500]
        raise
    finally:
        with ledger.writing() as connection:
            done = tables.run.update().where(tables.run.c.id == number)
            connection.execute(done.values(ended_at=datetime.now(UTC), **row))


def _refuse_earlier(ledger: Ledger, day: date) -> None:
    with ledger.reading() as connection:
        newest = connection.scalar(sa.select(sa.func.max(tables.platform_night.c.day)))
    if newest and day < newest:
        ahead = newest > datetime.now(SHANGHAI).date()
        raise Earlier(
            f"{newest} 的夜间巡检已经判定，不能再补 {day} 的；要看那一晚的判定，请用 xunjian judge --day {day}"
            + ("；那一天还没有到：如果机器的时钟曾经走快，请用 xunjian restore 放回走快以前的备份" * ahead)
        )


def _refuse_elsewhere(home: Home, ledger: Ledger, day: date) -> None:
    """Two machines may share a ledger, but a night is gone on with only where its notes are."""
    with ledger.reading() as connection:
        seen = sa.select(tables.observation.c.id).where(tables.observation.c.day == day).limit(1)
        known = connection.scalar(seen) is not None
    if known and not (home.notes / day.isoformat()).exists():
        raise Elsewhere(
            f"{day} 的夜间巡检已经判定，而 {home.notes} 里没有那一晚的记录：它是在另一台机器上做的，或者记录已被移走。"
            "请在原来的机器上运行，或等下一晚。"
        )


def _left(ledger: Ledger) -> list[str]:
    with ledger.reading() as connection:
        return filed.left(connection)


def _plans(
    config: Config, ledger: Ledger, accounts: Mapping[str, Account], evening: Evening, only: Collection[str]
) -> list[Plan]:
    with ledger.reading() as connection:
        met = sightings.met_before(connection)
        return [
            plan(connection, config, platform, accounts.values(), sightings=met, evening=evening)
            for platform in _tonight(config, only)
        ]


def _tonight(config: Config, only: Collection[str]) -> Iterator[Platform]:
    for name, platform in platforms().items():
        settings = config.platform(name)
        if (only and name not in only) or not settings.enabled:
            continue
        if settings.robots is None and not config.staged(name):
            log.warning("%s: no robots decision taken; left out tonight", name)
            continue
        yield platform


def _visited(home: Home, one: Plan, end: ChildEnd | None) -> Visited:
    notes = list(NoteFile.of(home.notes, one.order.day, one.order.platform).read())
    if end and end.says:
        log.warning("%s: the crawl was %s: %s", end.platform, end.how, end.says)
    if defects := [note.subject for note in notes if met_defect(note)]:
        log.warning(
            "%s: %d visits met a defect of the program, see %s.log beside the notes: %s",
            one.order.platform, len(defects), one.order.platform, ", ".join(defects[:5]),
        )  # fmt: skip
    return Visited(one.order.platform, notes, one.accounts, one.words, end.how if end else "done")


def _broke_off(one: Visited) -> bool:
    """Did the crawl die, with what it had not read yet? What it had read is judged."""
    return one.ended in ("killed", "crashed")


def _judged(ledger: Ledger, config: Config, law: Law, day: date, visited: Sequence[Visited]) -> Judged:
    """Judge, move the cases and queue the alerts, all in one transaction."""
    with ledger.writing() as connection:
        judged = court.judge(connection, law, day, visited)
        telling.queue_night(connection, config, law, day, judged)
    return judged


def _keep(home: Home, config: Config, ledger: Ledger, day: date, visited: Sequence[Visited]) -> None:
    """Keep what tonight's changes rest on; a full disk must not hold back the alerts about them."""
    try:
        with ledger.reading() as connection:
            for one in visited:
                exhibits = list(evidence.wanted(connection, day, one.notes))
                file = NoteFile.of(home.notes, day.isoformat(), one.platform)
                evidence.keep(home.evidence, file, day, exhibits)
            if config.keep.evidence:
                evidence.remove(connection, home.evidence, day, config.keep.evidence)
        without_bodies(home.notes, day, config.keep.bodies)
    except OSError as error:
        log.warning("evidence of %s could not be kept, run the night again: %s", day, error)


def _let_go(home: Home, config: Config, ledger: Ledger, day: date) -> None:
    """Let go what is past its term, before the copy is made of what is left."""
    terms = config.keep.terms
    letters = (home.messages, home.site / "alerts")
    files = [
        *retention.past_nights(home.notes, day, terms.strangers),
        *retention.past_letters(letters, day, terms.contacts),
    ]
    with ledger.writing() as connection:
        retention.purge(connection, day, terms, files)
    try:
        retention.remove(files)
    except OSError as error:
        log.warning("files past their term on %s could not be removed: %s", day, error)


def _summary(end: NightEnd, *, copied: bool) -> dict[str, object]:
    return {
        "copied": copied,
        "doubts": end.judged.doubts,
        "steps": len(end.judged.taken),
        "platforms": {one.platform: one.ended for one in end.visited},
    }
