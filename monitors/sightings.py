"""Accounts that a search or a person met and whose name plays on a protected one, as the ledger keeps them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy import Connection

from monitors.nouns import Found, NameMatch, Profile
from monitors.tables import forgotten, meeting, query_hit, sighting

_MATCH = TypeAdapter(NameMatch)
# Letters; no platform allows as many, but a page may hold anything, and a server's index does not.
_ROOM = 100


@dataclass(frozen=True, slots=True)
class Met:
    """One sighting; `first_day` is the day on which it was first met under this name."""

    key: str
    platform: str
    profile: Profile
    match: NameMatch
    first_day: date
    last_day: date
    link: str | None = None
    by: str | None = None


def met_before(connection: Connection) -> dict[str, Met]:
    """Give all sightings by key."""
    return {
        row.key: Met(
            row.key,
            row.platform,
            row.profile,
            _MATCH.validate_python(row.match),
            row.first_day,
            row.last_day,
            row.link,
            row.by,
        )
        for row in connection.execute(sa.select(sighting))
    }


def key_of(platform: str, profile: Profile) -> str:
    """Give the key of an account met in a search: by its id, else by its name, of which a key has room for so much."""
    if profile.handle:
        return f"{platform}:{profile.handle}"
    name = profile.name.replace("\0", "\ufffd")
    if len(name) > _ROOM:
        name = f"{name[:_ROOM]}…{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"{platform}:name={name}"


def known_as(met: Mapping[str, Met], platform: str, profile: Profile) -> Met | None:
    """Give the sighting that this account is; a bare name is the one met with an id under that name."""
    known = met.get(key_of(platform, profile))
    if known or profile.handle:
        return known
    named = [one for one in met.values() if (one.platform, one.profile.name) == (platform, profile.name)]
    return named[0] if len(named) == 1 else None


def digest(platform: str, name: str) -> str:
    """Give what is kept of the name of a forgotten sighting."""
    return hashlib.sha256(f"{platform}\n{name}".encode()).hexdigest()


def recalled(connection: Connection, met: Met, *, by_name: bool = False) -> Met | None:
    """Give what was forgotten of an account that is met again, and make it a sighting once more; else None.

    Under the name that it had it keeps its first day, so that what a person said of it holds; under another its
    name is empty, which is a new name to everybody. `by_name`: one without an id is the only one that had its name.
    """
    name = digest(met.platform, met.profile.name)
    row = connection.execute(sa.select(forgotten).where(forgotten.c.key == met.key)).first()
    if row is None and by_name and met.profile.handle is None:
        same = sa.select(forgotten).where(forgotten.c.platform == met.platform, forgotten.c.name == name)
        rows = connection.execute(same.limit(2)).all()
        row = rows[0] if len(rows) == 1 else None
    if row is None:
        return None
    handle = None if ":name=" in row.key else row.key.partition(":")[2]
    profile = Profile(handle, met.profile.name if row.name == name else "")
    back = Met(row.key, met.platform, profile, met.match, row.first_day, row.last_day)
    connection.execute(forgotten.delete().where(forgotten.c.key == row.key))
    connection.execute(sighting.insert().values(key=back.key, **_values(back)))
    return back


def looked_at(connection: Connection, met: Met, shown: Found, day: date) -> Met:
    """Keep what a look at the account showed beyond the search; its name is judged by the caller."""
    fuller = _filled(
        Profile(
            met.profile.handle,
            met.profile.name,
            shown.verified,
            shown.verified_as,
            shown.followers,
            shown.newest,
        ),
        met.profile,
    )
    if fuller != met.profile:
        row = sighting.update().where(sighting.c.key == met.key)
        connection.execute(row.values(profile=fuller))
    met = replace(met, profile=fuller)
    _met_on(connection, met, day)
    return met


def _filled(fresh: Profile, before: Profile) -> Profile:
    """Fill in what this look did not show: what is not known says nothing against what was."""
    unknown = fresh.verified is None
    return replace(
        fresh,
        handle=fresh.handle or before.handle,
        verified=before.verified if unknown else fresh.verified,
        verified_as=before.verified_as if unknown else fresh.verified_as,
        followers=fresh.followers or before.followers,
        newest=fresh.newest or before.newest,
    )


def remember(connection: Connection, met: Met, before: Met | None, word: str | None, day: date) -> Met:
    """Write what was met tonight; the first day stays as long as the name does, and so does what was shown.

    Gives it as remembered.
    """
    if before and before.profile.name == met.profile.name:
        met = replace(met, profile=_filled(met.profile, before.profile))
        met = replace(met, first_day=before.first_day, link=met.link or before.link, by=met.by or before.by)
    if before is None:
        connection.execute(sighting.insert().values(key=met.key, **_values(met)))
    else:
        connection.execute(sighting.update().where(sighting.c.key == met.key).values(**_values(met)))
    _met_on(connection, met, day)
    if word is not None:
        hit = query_hit.c
        same = (hit.platform == met.platform) & (hit.word == word) & (hit.key == met.key)
        if connection.execute(sa.select(hit.key).where(same)).first() is None:
            connection.execute(
                query_hit.insert().values(platform=met.platform, word=word, key=met.key, first_day=day)
            )
    return met


def _values(met: Met) -> dict[str, Any]:
    return {
        "platform": met.platform,
        "handle": met.profile.handle,
        "name": met.profile.name,
        "first_day": met.first_day,
        "last_day": met.last_day,
        "profile": met.profile,
        "match": _MATCH.dump_python(met.match, mode="json"),
        "score": met.match.score,
        "link": met.link,
        "by": met.by,
    }


def _met_on(connection: Connection, met: Met, day: date) -> None:
    """Keep how it showed itself on this day; `sighting` will be overwritten by the next meeting."""
    same = (meeting.c.key == met.key) & (meeting.c.day == day)
    connection.execute(meeting.delete().where(same))
    match = _MATCH.dump_python(met.match, mode="json")
    connection.execute(meeting.insert().values(key=met.key, day=day, profile=met.profile, match=match))
