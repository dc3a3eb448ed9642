"""Evidence: what a change, a step or a sighting rests on, kept by content hash and listed in a manifest."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors.notes import NoteFile
from monitors.nouns import Note, Sightings
from monitors.sightings import key_of
from monitors.tables import case, observation, sighting, step
from monitors.warc import warc

log = logging.getLogger(__name__)

_START = "0" * 64
# How the reason of a line begins that lists a file as gone for good.
_REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A note of tonight that must be kept, its line in its file, and the reasons."""

    note: Note
    line: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with one file of the evidence; `file` is relative to `evidence/`."""

    file: str
    problem: Literal["missing", "changed"]
    day: str | None = None
    key: str | None = None


def wanted(connection: Connection, day: date, noted: Sequence[Note]) -> Iterator[Exhibit]:
    """Give the notes of one platform's night that something rests on, as the ledger says after judging.

    It asks the ledger and not the judge, so that the night after a kill keeps what the killed one decided.
    """
    cited = _cited(connection, day)
    flagged = set(connection.execute(sa.select(sighting.c.key).where(sighting.c.first_day == day)).scalars())
    for line, note in enumerate(noted):
        why = [f"step {one}" for one in cited.get(f"{day}/{note.key}#{line}", ())]
        why += [f"sighting {key}" for key in _met(note) if key in flagged]
        why += _turned(connection, day, note)
        if why:
            yield Exhibit(note, line, tuple(why))


def _cited(connection: Connection, day: date) -> Mapping[str, list[str]]:
    cited: dict[str, list[str]] = {}
    for row in connection.execute(sa.select(step).where(step.c.on == day, step.c.evidence.is_not(None))):
        cited.setdefault(row.evidence, []).append(f"{row.case} {row.number} {row.stage}")
    return cited


def _met(note: Note) -> list[str]:
    if note.purpose != "search" or not isinstance(note.outcome, Sightings):
        return []
    return [key_of(note.platform, one) for one in note.outcome.sightings]


def _turned(connection: Connection, day: date, note: Note) -> list[str]:
    """Say from what the outcome has changed since the last night on which the same was asked."""
    if note.purpose not in ("account", "feed", "sighting"):
        return []
    seen = observation.c
    last = sa.select(sa.func.max(seen.day)).where(seen.key == note.key, seen.day < day).scalar_subquery()
    rows = connection.execute(
        sa.select(seen.note).where(seen.key == note.key, seen.day == last).order_by(seen.line)
    ).scalars()
    before = [one.outcome.outcome for one in rows if one.purpose == note.purpose]
    now = note.outcome.outcome
    if note.purpose == "sighting" and note.screenshot and not _pictured(connection, day, note.key):
        return [f"first picture of {note.key}"]
    return [f"outcome {before[-1]} -> {now}"] if before and before[-1] != now else []


def _pictured(connection: Connection, day: date, key: str) -> bool:
    """Has an earlier night left a picture of this account?"""
    seen = observation.c
    drawn = sa.type_coerce(seen.note, sa.Text).like('%"screenshot":"%')
    earlier = sa.select(seen.id).where(seen.key == key, seen.day < day, seen.outcome == "Found", drawn)
    return connection.execute(earlier.limit(1)).first() is not None


# ── keeping ─────────────────────────────────────────────────────────────────────────────────────


def keep(evidence: Path, file: NoteFile, day: date, exhibits: Sequence[Exhibit]) -> int:
    """Copy what the exhibits need from the night's bodies; gives how many lines the manifest grew by.

    Keeping the same again changes nothing. A body that is no longer there, or is not what its name says,
    is no evidence: a WARNING names the note, and nothing is kept of it. Raises `OSError` of the disk.
    """
    if not exhibits:
        return 0
    evidence.mkdir(parents=True, exist_ok=True)
    listed = {(e["file"], e["day"], e["key"], e["why"]) for e, _ in _entries(evidence) if e}
    fresh: list[dict[str, str]] = []
    for exhibit in exhibits:
        try:
            names = _kept(evidence, file, day, exhibit)
        except _Spoilt as error:
            log.warning("%s of %s cannot be kept as evidence: %s", exhibit.note.key, day, error)
            continue
        for name in names:
            entry = {"sha256": name.split(".")[0], "file": name, "day": day.isoformat()}
            entry |= {"key": exhibit.note.key, "why": "; ".join(exhibit.why)}
            if (name, entry["day"], entry["key"], entry["why"]) not in listed:
                fresh.append(entry)
    _append(evidence, fresh)
    return len(fresh)


class _Spoilt(Exception):
    """A body is missing or changed before it could be kept."""


def _kept(evidence: Path, file: NoteFile, day: date, exhibit: Exhibit) -> list[str]:
    note = exhibit.note
    bodies = {body.sha256: _body(file, body.sha256) for body in note.bodies if body.sha256}
    names = [_stored(evidence, warc(note, f"{day}/{note.key}#{exhibit.line}", bodies), ".warc.gz")]
    if note.screenshot:
        names.append(_stored(evidence, _body(file, note.screenshot), ".jpeg"))
    return names


def _body(file: NoteFile, digest: str) -> bytes:
    try:
        content = (file.bodies / digest).read_bytes()
    except FileNotFoundError:
        raise _Spoilt(f"body {digest} is missing") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise _Spoilt(f"body {digest} has changed")
    return content


def _stored(evidence: Path, content: bytes, suffix: str) -> str:
    name = hashlib.sha256(content).hexdigest() + suffix
    target = evidence / name
    if not target.exists():
        part = evidence / f"{name}.part"
        part.write_bytes(content)
        part.replace(target)
    return name


# ── the manifest ────────────────────────────────────────────────────────────────────────────────


def _manifest(evidence: Path) -> Path:
    return evidence / "manifest.jsonl"


def _append(evidence: Path, fresh: Sequence[Mapping[str, str]]) -> None:
    """Add lines, each bound to all before it by `chain`; what a kill left half written is cut off first."""
    path = _manifest(evidence)
    known = path.read_bytes() if path.exists() else b""
    whole = known[: known.rfind(b"\n") + 1]
    chain, as_sealed, count = _chained(whole), _as_sealed(evidence), whole.count(b"\n")
    with path.open("ab") as file:
        file.truncate(len(whole))
        for entry in fresh:
            text = json.dumps({**entry, "chain": chain}, ensure_ascii=False).encode() + b"\n"
            chain = hashlib.sha256(text).hexdigest()
            file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if as_sealed and (whole or fresh):  # A seal over what was changed would hide it.
        part = evidence / "manifest.seal.part"
        with part.open("w") as file:
            file.write(f"{count + len(fresh)} {chain}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(_seal(evidence))


def _seal(evidence: Path) -> Path:
    return evidence / "manifest.seal"


def _as_sealed(evidence: Path) -> bool:
    """Does the manifest still hold the line that was its last when it was sealed? A kill may have left more."""
    if not _seal(evidence).exists():
        return True  # Made before there were seals.
    number, _, digest = _seal(evidence).read_bytes().strip().partition(b" ")
    lines = _manifest(evidence).read_bytes().splitlines(keepends=True) if _manifest(evidence).exists() else []
    place = int(number) if number.isdigit() else 0
    return 0 < place <= len(lines) and hashlib.sha256(lines[place - 1]).hexdigest().encode() == digest


def _chained(whole: bytes) -> str:
    lines = whole.splitlines(keepends=True)
    return hashlib.sha256(lines[-1]).hexdigest() if lines else _START


def _entries(evidence: Path) -> Iterator[tuple[dict[str, str] | None, int]]:
    """Give each line of the manifest with its number; None for a line that is not as it was written."""
    path = _manifest(evidence)
    chain = _START
    for number, text in enumerate(path.read_bytes().splitlines(keepends=True) if path.exists() else (), 1):
        if not text.endswith(b"\n"):
            return  # A kill cut it, and the next night writes it again.
        try:
            entry = json.loads(text)
            sound = entry["chain"] == chain and {"sha256", "file", "day", "key", "why"} <= entry.keys()
        except (ValueError, TypeError, KeyError):
            entry, sound = None, False
        chain = hashlib.sha256(text).hexdigest()
        yield entry if sound else None, number


def verify(evidence: Path) -> tuple[int, list[Flaw]]:
    """Read every listed file again; gives how many there are and what is missing or changed.

    What was removed when its term was over, and is listed so, is not missing.
    """
    flaws: list[Flaw] = []
    files: dict[str, dict[str, str]] = {}
    number = 0
    for entry, number in _entries(evidence):
        if entry is None:
            flaws.append(Flaw(f"manifest.jsonl:{number}", "changed"))
        elif entry["why"].startswith(_REMOVED):
            files.pop(entry["file"], None)
        else:
            files.setdefault(entry["file"], entry)
    for name, entry in files.items():
        digest = _digest(evidence / name)
        if digest != entry["sha256"]:
            flaws.append(Flaw(name, "missing" if digest is None else "changed", entry["day"], entry["key"]))
    if number == 0 and any(evidence.glob("*.warc.gz")):
        flaws.append(Flaw("manifest.jsonl", "missing"))
    elif not _as_sealed(evidence) and not any(flaw.file.startswith("manifest.") for flaw in flaws):
        flaws.append(Flaw("manifest.jsonl", "changed"))
    return len(files), flaws


def remove(connection: Connection, evidence: Path, day: date, days: int) -> int:
    """Remove files that rest on nothing younger than `days` before `day`; gives how many.

    What an open case rests on, or one that was closed within these days, stays. Each removal is a line of the
    manifest, written before the file goes, so that one which a kill left is removed the next time.
    """
    before = day - timedelta(days=days)
    held = _held(connection, before)
    reasons: dict[str, list[dict[str, str]]] = {}
    gone: set[str] = set()
    for entry, _ in [*_entries(evidence), *([] if _as_sealed(evidence) else [(None, 0)])]:
        if entry is None:
            log.warning("no evidence is removed while its manifest is not as it was written")
            return 0
        if entry["why"].startswith(_REMOVED):
            reasons.pop(entry["file"], None)
            gone.add(entry["file"])
        else:
            reasons.setdefault(entry["file"], []).append(entry)
            gone.discard(entry["file"])
    past = [entries[-1] for entries in reasons.values() if not any(_needed(e, before, held) for e in entries)]
    if past:
        why = f"{_REMOVED} after {days} days"
        _append(evidence, [{**entry, "day": day.isoformat(), "why": why} for entry in past])
        log.info("%d files of evidence removed after %d days", len(past), days)
    for name in (*gone, *(entry["file"] for entry in past)):
        (evidence / name).unlink(missing_ok=True)
    return len(past)


def _held(connection: Connection, before: date) -> set[str]:
    """The cases that evidence must be kept for, and their accounts."""
    wanted = sa.or_(case.c.closed_on.is_(None), case.c.closed_on >= before)
    rows = connection.execute(sa.select(case.c.id, case.c.key).where(wanted))
    return {name for row in rows for name in row}


def _needed(entry: Mapping[str, str], before: date, held: set[str]) -> bool:
    if date.fromisoformat(entry["day"]) >= before or entry["key"] in held:
        return True
    return any(name in entry["why"] for name in held)


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
