"""The work order: what one platform's child process is told, as one JSON file, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter

from monitors.nouns import Purpose, WitnessLink
from monitors.proxy import Proxy

Robots = Literal["obey", "visit-registered", "visit-and-search"]


@dataclass(frozen=True, slots=True)
class Errand:
    """One visit to make; `subject` is a handle or, for a search, the keyword."""

    purpose: Purpose
    subject: str
    name: str | None = None
    aliases: tuple[str, ...] = ()
    witnesses: tuple[WitnessLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Order:
    """Everything a child needs for one platform on one night.

    `errands` come in the order to be visited, canaries first. `clock` is the instant the night pretends to
    start at (a rehearsal of another day), None for the real clock. `origins` maps an origin to a substitute
    base address. `pace` and `jitter` are seconds between requests; `budget` is the most requests of the
    night, of which the accounts leave `kept_for_searches` to the searches; `seconds` the time after which
    the child closes politely. `robots` is None only in rehearsal. `proxy`: the campus's, by which
    everything goes; its login is not written with the order.
    """

    platform: str
    day: str
    notes: Path
    errands: tuple[Errand, ...]
    clock: datetime | None = None
    origins: Mapping[str, str] = field(default_factory=dict)
    pace: float = 8.0
    jitter: float = 4.0
    budget: int = 150
    kept_for_searches: int = 0
    seconds: float = 3600.0
    search_pages: int = 3
    user_agent: str = "xunjian"
    robots: Robots | None = None
    browser: str | None = None
    proxy: Proxy | None = None


_ORDER = TypeAdapter(Order)


def written(order: Order, path: Path) -> Path:
    """Write the order as JSON and give its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    proxy = order.proxy and replace(order.proxy, login="")
    path.write_bytes(_ORDER.dump_json(replace(order, proxy=proxy), indent=1))
    return path


def loaded(path: Path) -> Order:
    """Read an order back."""
    return _ORDER.validate_json(path.read_bytes())
