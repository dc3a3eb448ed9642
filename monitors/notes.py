"""Notes as JSON lines: written by the crawl one by one, read back even when a kill cut the last one."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from pydantic import TypeAdapter, ValidationError

from monitors.nouns import Found, Note, ShapeChanged, Unreachable

_NOTE = TypeAdapter(Note)


def line(note: Note) -> str:
    """Give the note as one JSON line."""
    return _NOTE.dump_json(note).decode() + "\n"


def parsed(text: str) -> Note:
    """Read one JSON line; a line that is no note raises `ValidationError`."""
    return _NOTE.validate_json(text)


def broken_off(note: Note) -> bool:
    """Has a visit reached nobody, or left a mere bound because one of its pages gave no answer at all or a server's failure?

    Such a bound is the word of a dead line, server or browser: it may clear, but accuses nobody for the time being,
    and the visit may be made again.
    """
    if not isinstance(note.outcome, Found):
        return isinstance(note.outcome, Unreachable)
    newest = note.outcome.newest
    whole = newest is not None and newest.bound == "exact"
    return not whole and any(body.status == 0 or body.status >= 500 for body in note.bodies)


_DEFECT = "program: "


def defect(error: Exception) -> ShapeChanged:
    """Give the outcome of a visit that met a defect of our own program: nothing is known of the account."""
    return ShapeChanged(_DEFECT + type(error).__name__)


def met_defect(note: Note) -> bool:
    """Tell such a visit again."""
    return isinstance(note.outcome, ShapeChanged) and note.outcome.missing.startswith(_DEFECT)


def without_bodies(notes: Path, day: date, keep: int) -> None:
    """Delete the bodies of nights more than `keep` days before `day`; the notes themselves stay."""
    for bodies in notes.glob("*/bodies"):
        with suppress(ValueError):
            if date.fromisoformat(bodies.parent.name) < day - timedelta(days=keep):
                shutil.rmtree(bodies)


@dataclass
class NoteFile:
    """`notes/<day>/<platform>.jsonl` and the bodies beside it."""

    path: Path

    @classmethod
    def of(cls, notes: Path, day: str, platform: str) -> NoteFile:
        return cls(notes / day / f"{platform}.jsonl")

    @property
    def bodies(self) -> Path:
        return self.path.parent / "bodies"

    def open(self) -> TextIO:
        """Open for appending, flushed line by line; a torn last line of a killed writer is closed off."""
        self.bodies.mkdir(parents=True, exist_ok=True)
        torn = self.path.exists() and self.path.stat().st_size > 0 and not self._ends_whole()
        file = self.path.open("a", encoding="utf-8", buffering=1)
        if torn:
            file.write("\n")
        return file

    def _ends_whole(self) -> bool:
        with self.path.open("rb") as file:
            file.seek(-1, 2)
            return file.read(1) == b"\n"

    def read(self) -> Iterator[Note]:
        """Give each whole note; a torn or foreign line is passed over: its visit counts as not made."""
        if not self.path.exists():
            return
        with self.path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    yield parsed(text)
                except ValidationError:
                    continue

    def keep(self, body: bytes) -> str:
        """Store a body by its content hash and give the hash."""
        digest = hashlib.sha256(body).hexdigest()
        target = self.bodies / digest
        if not target.exists():
            part = target.with_suffix(".part")
            part.write_bytes(body)
            part.replace(target)
        return digest
