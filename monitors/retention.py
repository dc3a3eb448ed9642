"""What is let go when its term is over: strangers whom nobody suspects any more, and words that were sent long ago.

Nothing that is let go says anything of a registered account, moves a case or begins one anew. All of a night's
purge is one transaction with the row in `purge` that tells of it; files go after it, and what a kill leaves of them
goes the next time.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.calendar import shanghai_day
from monitors.sightings import digest
from monitors.trail import NIGHT

log = logging.getLogger(__name__)

# What stands where the words about a forgotten stranger stood.
LET_GO = "（已过保存期限，不再保存）"

_alert, _message, _case, _decision = (
    tables.alert.c, tables.message.c, tables.case.c, tables.decision.c,
)  # fmt: skip
# Everything that the ledger holds of an account under its key, besides its case and what people said.
_OF_SIGHTING = (
    tables.meeting, tables.query_hit, tables.verdict, tables.observation, tables.standing, tables.account_week,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Terms:
    """Days after which things go; None keeps them.

    `strangers`: accounts met in searches about which no case is open and that no person called an imitation, and
    whatever else the searches showed; counted from the last meeting, the last word and the close of the case.
    `contacts`: addresses and texts of messages that were sent, and their files.
    """

    strangers: int | None
    contacts: int | None


def purge(connection: Connection, day: date, terms: Terms, files: Sequence[Path] = ()) -> Mapping[str, int]:
    """Let go what is past its term on `day`, and write down how many of what; gives the same.

    `files` are counted here and removed by the caller when this has been committed. A second call finds nothing.
    """
    gone = {"files": len(files)}
    if terms.strangers:
        before = day - timedelta(days=terms.strangers)
        gone["sightings"] = _strangers(connection, before)
        searches = tables.observation.c
        # The partial index serves a literal only.
        shown = searches.outcome == sa.literal_column("'Sightings'")
        past = tables.observation.delete().where(shown, searches.day < before)
        gone["searches"] = connection.execute(past).rowcount
    if terms.contacts:
        before = day - timedelta(days=terms.contacts)
        gone["texts"] = _texts(connection, before)
        gone["addresses"] = _addresses(connection, before)
    gone = {what: count for what, count in sorted(gone.items()) if count}
    if gone:
        row = {"day": day, "at": datetime.now(UTC), "gone": gone, "terms": asdict(terms)}
        connection.execute(tables.purge.insert().values(**row))
        told = ", ".join(f"{count} {what}" for what, count in gone.items())
        log.info("let go on %s, past their terms (%s): %s", day, _days(terms), told)
    return gone


def _days(terms: Terms) -> str:
    return ", ".join(f"{name} {days} days" for name, days in asdict(terms).items() if days)


# ── strangers ───────────────────────────────────────────────────────────────────────────────────


def _strangers(connection: Connection, before: date) -> int:
    """Forget each sighting that is past its term; one that was ever asked about leaves what its answer needs."""
    met = tables.sighting.c
    ours = sa.select(tables.account.c.key)
    past = sa.select(tables.sighting).where(met.last_day < before, met.key.not_in(ours))
    count, closed = 0, set[str]()
    for row in connection.execute(past.order_by(met.key)).all():
        cases = connection.execute(sa.select(_case.id, _case.closed_on).where(_case.key == row.key)).all()
        ids = [case.id for case in cases]
        said = sa.select(_decision.word, _decision.on).where(_decision.key.in_([row.key, *ids]))
        words = connection.execute(said.order_by(_decision.id)).all()
        if any(case.closed_on is None or case.closed_on >= before for case in cases):
            continue
        if words and (words[-1].word == "imitation" or words[-1].on >= before):
            continue
        _forget(connection, row, ids, remembered=bool(cases or words))
        closed.update(ids)
        count += 1
    if closed:
        _unnamed(connection, closed)
    return count


def _forget(connection: Connection, met: Any, cases: Sequence[str], *, remembered: bool) -> None:
    for table in _OF_SIGHTING:
        connection.execute(table.delete().where(table.c.key == met.key))
    connection.execute(tables.sighting.delete().where(tables.sighting.c.key == met.key))
    if not remembered:
        return
    kept = {"key": met.key, "platform": met.platform, "name": digest(met.platform, met.name)}
    days = {"first_day": met.first_day, "last_day": met.last_day}
    connection.execute(tables.forgotten.insert().values(**kept, **days))
    named = tables.decision.update().where(_decision.key.in_([met.key, *cases]))
    connection.execute(named.values(name=None))
    step = tables.step.c
    reasons = tables.step.update().where(step.case.in_(cases), step.by == NIGHT)
    connection.execute(reasons.values(why=LET_GO))


def _unnamed(connection: Connection, cases: set[str]) -> None:
    """Empty what was told of the cases of forgotten strangers, their names above all; in one pass for all of them."""
    told = sa.select(_alert.id, _alert.about).where(_alert.title != LET_GO, _alert.message.in_(_delivered()))
    past = [{"which": row.id} for row in connection.execute(told) if _subject(row.about) in cases]
    if past:
        emptied = tables.alert.update().where(_alert.id == sa.bindparam("which"))
        connection.execute(emptied.values(title=LET_GO, text=""), past)


# ── what was told ───────────────────────────────────────────────────────────────────────────────


def _delivered() -> sa.Select[tuple[int]]:
    """Messages for which no further attempt is made; what was given up can be sent again, and stays."""
    twice = sa.and_(_message.status == "in_doubt", _message.repeated)
    return sa.select(_message.id).where(sa.or_(_message.status == "sent", twice))


def _texts(connection: Connection, before: date) -> int:
    """Empty the texts of old alerts; of an open case they are needed for reminders."""
    # An alert of a case is `step:CASE:number` or `remind:CASE:number:times`.
    cases = set(connection.scalars(sa.select(_case.id).where(_case.closed_on.is_(None))))
    old = sa.select(_alert.id, _alert.about).where(
        _alert.day < before, _alert.text != "", _alert.message.in_(_delivered())
    )
    past = [row.id for row in connection.execute(old) if _subject(row.about) not in cases]
    if past:
        emptied = tables.alert.update().where(_alert.id == sa.bindparam("which")).values(text="")
        connection.execute(emptied, [{"which": number} for number in past])
    return len(past)


def _subject(about: str) -> str:
    return about.split(":")[1] if about.startswith(("step:", "remind:")) else ""


def _addresses(connection: Connection, before: date) -> int:
    young = sa.select(_alert.message).where(_alert.day >= before, _alert.message.is_not(None))
    past = tables.message.update().where(
        _message.address != "", _message.id.in_(_delivered()), _message.id.not_in(young)
    )
    return connection.execute(past.values(address="")).rowcount


# ── files ───────────────────────────────────────────────────────────────────────────────────────


def past_nights(notes: Path, day: date, days: int | None) -> Iterator[Path]:
    """Give the folders of nights that are past their term; the ledger has what they say of accounts."""
    for folder in sorted(notes.glob("????-??-??")) if days else ():
        with suppress(ValueError):
            if date.fromisoformat(folder.name) < day - timedelta(days=days or 0):
                yield folder


def past_letters(folders: Sequence[Path], day: date, days: int | None) -> Iterator[Path]:
    """Give the files of messages that are past their term, by the day in their name, else by their age."""
    for path in (path for folder in folders for path in sorted(folder.glob("*.*"))) if days else ():
        try:
            written = date.fromisoformat(path.name[:10])
        except ValueError:
            written = shanghai_day(datetime.fromtimestamp(path.stat().st_mtime, UTC))
        if written < day - timedelta(days=days or 0):
            yield path


def remove(files: Sequence[Path]) -> None:
    """Remove files and folders; raises `OSError` of the disk."""
    for path in files:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
