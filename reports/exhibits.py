"""The evidence of a case as its papers show it: the visits with their hashes, and the picture that was taken."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.nouns import SHANGHAI, Case, Note, Sightings

# So many of the latest nights, and of the bodies of a visit, are named.
_NIGHTS, _BODIES = 7, 4
_seen, _night = tables.observation.c, tables.platform_night.c


@dataclass(frozen=True, slots=True)
class Picture:
    """A screenshot that is what its record says: its bytes, its size in pixels, and what to say of it."""

    jpeg: bytes
    width: int
    height: int
    caption: str


def nights(connection: Connection, case: Case) -> list[str]:
    """When a search met it, and the latest believed nights on which the platform stated something of it."""
    met = connection.execute(sa.select(tables.sighting).where(tables.sighting.c.key == case.key)).first()
    lines = [f"搜索时首次发现于 {met.first_day}，最近一次 {met.last_day}"] if met else []
    same = (_night.day == _seen.day) & (_night.platform == _seen.platform)
    days = connection.execute(
        sa.select(_seen.day)
        .join_from(tables.observation, tables.platform_night, same)
        .where(_seen.key == case.key, _seen.outcome.in_(("Found", "Gone")), _night.believed)
        .distinct()
        .order_by(_seen.day.desc())
        .limit(_NIGHTS)
    ).scalars()
    stated = "、".join(day.isoformat() for day in sorted(days))
    return [*lines, stated] if stated else lines


def lines(connection: Connection, case: Case, evidence: Path) -> list[str]:
    """The visit that the case's latest step rests on: its record, the hashes of what was read, its picture."""
    told: list[str] = []
    for cited, note in _visits(connection, case):
        told.append(f"巡检记录：{cited}（{_when(note)} 查看）")
        bodies = [body.sha256 for body in note.bodies if body.sha256]
        told += ["页面内容的 SHA-256：", *bodies[:_BODIES]] if bodies else []
        told += [f"（另有 {len(bodies) - _BODIES} 份）"] if len(bodies) > _BODIES else []
    pictured = _pictured(connection, case, evidence)
    if pictured:
        note, file = pictured
        told.append(f"截图：evidence/{file.name}（{_when(note)} 查看，文件名即 SHA-256）")
        if picture(connection, case, evidence) is None:
            told.append("截图文件与记录的 SHA-256 不符，没有附上，请查明原因。")
    return told


def picture(connection: Connection, case: Case, evidence: Path) -> Picture | None:
    """The case's screenshot; None where there is none, or where the file is not what its name says."""
    pictured = _pictured(connection, case, evidence)
    if pictured is None:
        return None
    note, file = pictured
    jpeg = file.read_bytes()
    if hashlib.sha256(jpeg).hexdigest() != note.screenshot:
        return None
    size = _size(jpeg)
    caption = f"截图：{_when(note)} 查看，SHA-256：{note.screenshot}"
    return Picture(jpeg, *size, caption) if size else None


def _size(jpeg: bytes) -> tuple[int, int] | None:
    """Width and height in pixels; None of what is no picture."""
    from docx.image import exceptions, image  # noqa: PLC0415 (slow to load, and most commands write no paper)

    broken = (
        exceptions.UnrecognizedImageError,
        exceptions.InvalidImageStreamError,
        exceptions.UnexpectedEndOfFileError,
    )
    try:
        read = image.Image.from_blob(jpeg)
    except broken:
        return None
    return read.px_width, read.px_height


def _visits(connection: Connection, case: Case) -> Iterator[tuple[str, Note]]:
    """The visit cited last; of an account that only searches met, the searches that a step rests on."""
    cited = next((step.evidence for step in reversed(case.trail) if step.evidence), None)
    note = _noted(connection, cited) if cited else None
    if cited and note:
        yield cited, note
        return
    days = {step.on for step in case.trail}
    on_those = _seen.day.in_(days) & (_seen.platform == case.key.partition(":")[0])
    for row in connection.execute(sa.select(tables.observation).where(on_those).order_by(_seen.id)):
        if row.note.purpose == "search" and case.key in _met(row.note):
            yield f"{row.day}/{row.key}#{row.line}", row.note


def _met(note: Note) -> list[str]:
    found = note.outcome.sightings if isinstance(note.outcome, Sightings) else ()
    return [f"{note.platform}:{one.handle or f'name={one.name}'}" for one in found]


def _noted(connection: Connection, cited: str) -> Note | None:
    visit, _, line = cited.rpartition("#")
    day, _, key = visit.partition("/")
    wanted = (_seen.day == date.fromisoformat(day)) & (_seen.key == key) & (_seen.line == int(line))
    note: Note | None = connection.execute(sa.select(_seen.note).where(wanted)).scalar()
    return note


def _pictured(connection: Connection, case: Case, evidence: Path) -> tuple[Note, Path] | None:
    """The picture of the visit cited; of an account met in a search, else the newest that was kept."""
    notes = [note for _, note in _visits(connection, case)]
    if case.kind == "sighting":
        looks = sa.select(_seen.note).where(_seen.key == case.key, _seen.outcome == "Found")
        notes += connection.execute(looks.order_by(_seen.id.desc())).scalars()
    for note in notes:
        file = evidence / f"{note.screenshot}.jpeg"
        if note.screenshot and file.is_file():
            return note, file
    return None


def _when(note: Note) -> str:
    return f"{note.seen_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
