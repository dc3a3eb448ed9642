"""What the ledger remembers of each account: notes become observations, observations fold into standings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import Connection

from monitors import weeks
from monitors.activity import attested, fold
from monitors.notes import broken_off
from monitors.nouns import Found, Gone, Note, Observation, PlatformFacts, Sightings, Witness
from monitors.standing import Standing
from monitors.tables import attestation, observation, platform_night, standing

_STANDING = TypeAdapter(Standing)


def store(connection: Connection, day: date, platform: str, notes: Sequence[Note]) -> int:
    """Append the notes of a night that the ledger does not have yet; gives how many were new.

    A note's line number in its file is its identity, so storing the same file again changes nothing.
    """
    table = observation.c
    wanted = sa.select(sa.func.count()).where(table.day == day, table.platform == platform)
    known = connection.scalar(wanted) or 0
    rows = [
        {
            "day": day,
            "platform": platform,
            "line": line,
            "key": note.key,
            "seen_at": note.seen_at,
            "outcome": note.outcome.outcome,
            "witness": _witness(note),
            "note": note,
        }
        for line, note in enumerate(notes)
        if line >= known
    ]
    if rows:
        connection.execute(observation.insert(), rows)
    return len(rows)


def _witness(note: Note) -> Witness:
    if note.purpose == "feed":
        return "feed"
    newest = note.outcome.newest if isinstance(note.outcome, Found) else None
    return newest.by if newest else "page"


def observed(day: date, notes: Iterable[Note], *, believed: bool) -> dict[str, list[Observation]]:
    """Give what the notes say of accounts, by key, in the order of the visits."""
    seen = defaultdict(list)
    for line, note in enumerate(notes):
        if note.purpose in ("account", "feed", "sighting") and not isinstance(note.outcome, Sightings):
            # A feed is another house than the platform: its word stands when the platform's does not.
            trusted = believed or note.purpose == "feed"
            told = (note.key, day, note.seen_at, note.outcome, _witness(note), trusted, line)
            seen[note.key].append(Observation(*told, broken=broken_off(note)))
    return seen


class Memory:
    """The standings of all accounts as a night needs them: read once, folded, written once."""

    def __init__(self, connection: Connection, day: date) -> None:
        self._connection = connection
        self._day = day
        self._rows = {row.key: row for row in connection.execute(sa.select(standing))}
        self._new: dict[str, Standing] = {}
        self._seen: dict[str, Sequence[Observation]] = {}

    def before(self, key: str) -> Standing | None:
        """The standing before tonight; judging the same night again starts here as well."""
        row = self._rows.get(key)
        if row is None:
            return None
        text = row.record if row.day < self._day else row.prior
        return _STANDING.validate_json(text) if text else None

    def fold(self, key: str, seen: Sequence[Observation], facts: PlatformFacts | None) -> Standing | None:
        """The standing after tonight's observations; they are remembered at `write`."""
        after = self.before(key)
        for one in seen:
            after = fold(after, one, facts)
        if after is not None and seen:
            self._new[key] = after
            self._seen[key] = seen
        return after

    def moved(self, tonight: Mapping[str, Sequence[Observation]]) -> set[str]:
        """Who has moved by the platform's word, tonight's included: keys of accounts, and the ids moved to."""
        found: set[str | None] = set()
        for key, row in self._rows.items():
            held = self.before(key) if '"why":"moved"' in row.record else None
            if held and held.absence and held.absence.why == "moved":
                found |= {key, held.absence.moved_to}
        for key, seen in tonight.items():
            for one in seen:
                if isinstance(one.outcome, Gone) and one.outcome.why == "moved":
                    found |= {key, one.outcome.moved_to}
        return {name for name in found if name}

    def write(self) -> None:
        """Write the standings that tonight changed, and the week's rows."""
        folded = {key: (after, self._seen[key]) for key, after in self._new.items()}
        weeks.write(self._connection, self._day, folded)
        fresh: list[dict[str, object]] = []
        old: list[dict[str, object]] = []
        for key, after in self._new.items():
            before = self.before(key)
            prior = _STANDING.dump_json(before).decode() if before else None
            row = {
                "key": key,
                "day": self._day,
                "record": _STANDING.dump_json(after).decode(),
                "prior": prior,
            }
            (old if key in self._rows else fresh).append(row)
        if fresh:
            self._connection.execute(standing.insert(), fresh)
        if old:
            update = standing.update().where(standing.c.key == sa.bindparam("which"))
            values = [{"which": row.pop("key"), **row} for row in old]
            self._connection.execute(update, values)


def last_seen(connection: Connection) -> dict[str, date]:
    """Give the last night with a believed statement about each account that ever had one."""
    rows = connection.execute(sa.select(standing.c.key, standing.c.record))
    seen = {row.key: _STANDING.validate_json(row.record).seen_on for row in rows}
    return {key: day for key, day in seen.items() if day}


def attest(connection: Connection, key: str, last_post: date, on: date, facts: PlatformFacts | None) -> None:
    """Let a colleague's dated word count at once, for tonight's judging and for judging it again."""
    word = attested(key, last_post, on)
    row = connection.execute(sa.select(standing).where(standing.c.key == key)).first()
    after = fold(_STANDING.validate_json(row.record) if row else None, word, facts)
    if row is None:
        connection.execute(
            standing.insert().values(key=key, day=on, record=_dumped(after), prior=_dumped(after))
        )
        return
    prior = fold(_STANDING.validate_json(row.prior) if row.prior else None, word, facts)
    connection.execute(
        standing.update().where(standing.c.key == key).values(record=_dumped(after), prior=_dumped(prior))
    )


def _dumped(one: Standing) -> str:
    return _STANDING.dump_json(one).decode()


def standings_at(
    connection: Connection, day: date, facts: Mapping[str, PlatformFacts]
) -> dict[str, Standing]:
    """Replay everything up to and including `day`: what was known then, from the appended rows alone."""
    believed = {
        (row.day, row.platform)
        for row in connection.execute(sa.select(platform_night).where(platform_night.c.believed))
    }
    held: dict[str, Standing] = {}
    rows = connection.execute(
        sa.select(observation.c.day, observation.c.platform, observation.c.note)
        .where(observation.c.day <= day)
        .order_by(observation.c.day, observation.c.platform, observation.c.line)
    )
    words = [attested(row.key, row.last_post, row.on) for row in _attestations(connection, day)]
    for row in rows:
        while words and words[0].day < row.day:
            word = words.pop(0)
            held[word.key] = fold(held.get(word.key), word, facts.get(word.key.split(":", 1)[0]))
        trusted = (row.day, row.platform) in believed
        for key, seen in observed(row.day, [row.note], believed=trusted).items():
            for one in seen:
                held[key] = fold(held.get(key), one, facts.get(row.platform))
    for word in words:
        held[word.key] = fold(held.get(word.key), word, facts.get(word.key.split(":", 1)[0]))
    return held


def _attestations(connection: Connection, day: date) -> Sequence[sa.Row[tuple[object, ...]]]:
    return connection.execute(
        sa.select(attestation).where(attestation.c.on <= day).order_by(attestation.c.on, attestation.c.id)
    ).all()
