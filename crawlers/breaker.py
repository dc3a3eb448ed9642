"""The circuit breaker: whether a wall was one account's own or the platform has closed for tonight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitors.nouns import Blocked, Found, Note, Unreachable

MOST_FORGIVEN = 3
MOST_UNREACHABLE = 3

Advice = Literal["go on", "ask again", "stop"]


@dataclass
class Breaker:
    """Watches the notes of one platform and one night; `ask again` means the living canary."""

    forgiven: int = 0
    unreachable: int = 0

    def after(self, note: Note) -> Advice:
        """Say what a visit's outcome means for the next one. A feed or a pasted link says nothing about the platform."""
        if note.purpose in ("feed", "link"):
            return "go on"
        if isinstance(note.outcome, Unreachable):
            self.unreachable += 1
            return self._doubt() if self.unreachable >= MOST_UNREACHABLE else "go on"
        self.unreachable = 0
        # robots.txt is a rule that was there before, not a wall that we ran into.
        if not isinstance(note.outcome, Blocked) or note.outcome.by == "robots":
            return "go on"
        return self._doubt() if note.purpose in ("account", "sighting") else "stop"

    def _doubt(self) -> Advice:
        return "ask again" if self.forgiven < MOST_FORGIVEN else "stop"

    def after_asking_again(self, note: Note) -> Advice:
        """Judge by the living canary: seen alive, the wall was the account's own."""
        self.forgiven += 1
        self.unreachable = 0
        return "go on" if isinstance(note.outcome, Found) else "stop"
