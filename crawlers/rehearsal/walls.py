"""The bad nights: who is refused when, how the platform says it, and what breaks on the line."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from crawlers.rehearsal.answers import About, Act

Fault = Literal["drop", "half", "slow", "drip", "500", "502", "503"]
FAULTS: tuple[str, ...] = get_args(Fault)


class Wall(BaseModel):
    """One disturbance of one platform.

    `how` is one of the platform's own refusals or a fault of the line; `nights` are Shanghai days, None for
    all of them. It hits everything, or only one `account`, only the searches, only addresses whose path
    contains `path`; and only `after` that many requests of the night. `seconds`: how slow a slow line is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    platform: str
    how: str
    nights: frozenset[date] | None = None
    account: str | None = None
    search: bool = False
    path: str = ""
    after: int = 0
    seconds: float = 0.5

    def hits(self, platform: str, today: date, path: str, about: About | None, before: int) -> bool:
        """Say whether this request runs into it; `before` requests of the platform went ahead tonight."""
        if platform != self.platform or before < self.after or self.path not in path:
            return False
        if self.nights is not None and today not in self.nights:
            return False
        if self.account is not None:
            return about is not None and (about.kind, about.subject) == ("account", self.account)
        return not self.search or (about is not None and about.kind == "search")


def loaded(path: Path) -> tuple[Wall, ...]:
    """Read walls from a TOML file of `[[wall]]` tables."""
    tables = tomllib.loads(path.read_text("utf-8")).get("wall", [])
    return tuple(Wall.model_validate(table) for table in tables)


def checked(walls: Iterable[Wall], acts: Iterable[Act]) -> tuple[Wall, ...]:
    """Give the walls, or raise `ValueError` naming what the platform can do instead."""
    known = {act.name: (*act.refusals, *FAULTS) for act in acts}
    walls = tuple(walls)
    for wall in walls:
        if wall.platform not in known:
            raise ValueError(f"no platform {wall.platform!r}; there are {', '.join(known)}")
        if wall.how not in known[wall.platform]:
            raise ValueError(
                f"{wall.platform} knows no {wall.how!r}; it knows {', '.join(known[wall.platform])}"
            )
    return walls
