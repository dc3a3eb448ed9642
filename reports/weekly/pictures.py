"""Pictures of the accounts met, from the evidence: a small one of each, where a night kept one."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from reports.weekly.printing import Press, PressError
from reports.weekly.records import chunks
from reports.weekly.suspects import SuspectLine

MOST_BYTES = 40_000
MOST_PICTURES = 20


def with_pictures(
    connection: Connection, suspects: Sequence[SuspectLine], last: date, evidence: Path | None, press: Press
) -> tuple[SuspectLine, ...]:
    """The suspects with the first picture that was taken of each up to the day `last`."""
    if evidence is None or not suspects:
        return tuple(suspects)
    files = _taken(connection, [suspect.key for suspect in suspects], last, evidence)
    small = {file: _small(file, press) for file in sorted(set(files.values()))}
    return tuple(
        replace(suspect, picture=small[files[suspect.key]]) if suspect.key in files else suspect
        for suspect in suspects
    )


def only_the_first(suspects: Sequence[SuspectLine]) -> tuple[SuspectLine, ...]:
    """Pictures for as many as a report may hold; the others have theirs on the units' pages."""
    shown = [suspect.key for suspect in suspects if suspect.picture][:MOST_PICTURES]
    return tuple(one if one.key in shown else replace(one, picture=None) for one in suspects)


def _taken(connection: Connection, keys: Sequence[str], last: date, evidence: Path) -> dict[str, Path]:
    seen = tables.observation.c
    taken: dict[str, Path] = {}
    for some in chunks(keys):
        looks = sa.select(seen.key, seen.note).where(
            seen.key.in_(some), seen.outcome == "Found", seen.day <= last
        )
        for row in connection.execute(looks.order_by(seen.day, seen.id)):
            if row.key not in taken and row.note.screenshot:
                file = evidence / f"{row.note.screenshot}.jpeg"
                if file.is_file():
                    taken[row.key] = file
    return taken


def _small(file: Path, press: Press) -> str | None:
    picture: bytes | None = file.read_bytes()
    try:
        if picture and len(picture) > MOST_BYTES:
            picture = press.smaller(picture, MOST_BYTES)
    except PressError:
        return None
    return base64.b64encode(picture).decode() if picture else None
