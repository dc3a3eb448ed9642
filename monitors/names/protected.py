"""The names that are watched over: full, short, former, English, initials and units, each with its role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from monitors.names.data import table

Role = Literal["full", "former", "short", "english", "initials", "unit", "nickname"]


@dataclass(frozen=True, slots=True)
class Protected:
    """One protected name of the school with the id `school`.

    A `weak` name (华水, 民政学院) is also a piece of ordinary words: it says nothing without a campus word.
    """

    school: str
    text: str
    role: Role = "full"
    weak: bool = False


class SchoolEntry(BaseModel):
    """One school of a `schools.json` file."""

    model_config = ConfigDict(extra="forbid")

    id: str
    names: list[str] = []
    abbrs: list[str] = []
    english: str | list[str] = ""
    english_abbr: list[str] = []
    weak_abbrs: list[str] = []


_ENTRIES = TypeAdapter(list[SchoolEntry])


def nicknames_of(name: str) -> tuple[str, ...]:
    """Give the nicknames of a school that share no character with its name, as far as the shipped list knows."""
    row = table("nicknames.tsv").get(name.strip())
    return tuple(row[0].split("|")) if row else ()


def of_school(
    school: str,
    names: Sequence[str],
    *,
    former: Sequence[str] = (),
    short: Sequence[str] = (),
    english: Sequence[str] = (),
    initials: Sequence[str] = (),
    units: Sequence[str] = (),
    nicknames: Sequence[str] = (),
    weak: Iterable[str] = (),
) -> tuple[Protected, ...]:
    """Give the protected names of one school, with its usual nicknames; a text counts once, an empty one not."""
    frail = set(weak)
    usual = [name for own in (*names, *former) for name in nicknames_of(own)]
    given: list[tuple[Role, Sequence[str]]] = [
        ("full", names),
        ("former", former),
        ("short", short),
        ("english", english),
        ("initials", initials),
        ("unit", units),
        ("nickname", (*nicknames, *usual)),
    ]
    found: dict[str, Protected] = {}
    for role, texts in given:
        for text in texts:
            if text.strip():
                found.setdefault(text.strip(), Protected(school, text.strip(), role, text in frail))
    return tuple(found.values())


def from_json(text: str | bytes) -> tuple[Protected, ...]:
    """Read a `schools.json`; raises `pydantic.ValidationError` where it has another form."""
    found: list[Protected] = []
    for entry in _ENTRIES.validate_json(text):
        english = [entry.english] if isinstance(entry.english, str) else entry.english
        found += of_school(
            entry.id,
            entry.names[:1],
            former=entry.names[1:],
            short=entry.abbrs,
            english=english,
            initials=entry.english_abbr,
            weak=entry.weak_abbrs,
        )
    return tuple(found)
