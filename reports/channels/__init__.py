"""Channels carry messages to people: one file a kind, each saying honestly what became of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert inside a message."""

    number: str
    day: date
    urgent: bool
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address: `id` is the same at every attempt, `at` is aware."""

    id: int
    address: str
    entries: tuple[Entry, ...]
    repeated: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side took the message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was certainly not taken; `final` means that trying again is pointless."""

    error: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The message went out, but no answer came back."""

    error: str


Answer = Delivered | Refused | InDoubt


class Channel(Protocol):
    """One way of telling."""

    def holds(self, entries: Sequence[Entry]) -> int:
        """How many of the first entries fit into one message (at least 1)."""

    def send(self, letter: Letter) -> Answer:
        """Try once, waiting for the channel's own rate limit; what goes wrong is in the answer."""
