"""Channels carry messages to people: one file a kind, each saying honestly what became of a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

# The fact of an alert that is an address and not words.
HOMEPAGE = "主页"
_LONGEST_LINK = 500
# What stands over the ways to answer, each of which is a meaning and a command.
HOW = "答复（在服务器上运行，或把编号告诉管巡检的同事）："
COMMAND = "xunjian"


@dataclass(frozen=True, slots=True)
class Entry:
    """One alert inside a message; `others` are the numbers of the same alert for colleagues who read along.

    `text` is facts, a line each (`标签：内容`), a blank line, then what to do and how to answer.
    """

    number: str
    day: date
    urgent: bool
    title: str
    text: str
    others: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """Every number that this entry answers to, its own first."""
        return (self.number, *self.others)

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """(label, words) of each fact; a line without a label has an empty one."""
        lines = self.text.partition("\n\n")[0].split("\n")
        parted = (line.partition("：") for line in lines if line)
        return tuple((label, words) if mark else ("", label) for label, mark, words in parted)

    @property
    def closing(self) -> tuple[str, ...]:
        """What to do and how to answer, a line each."""
        return tuple(line for line in self.text.partition("\n\n")[2].split("\n") if line)

    @property
    def answers(self) -> tuple[tuple[str, str], ...]:
        """(meaning, command) of each way to answer."""
        parted = (line.partition(f"：{COMMAND} ") for line in self.closing)
        return tuple((meaning, f"{COMMAND} {rest}") for meaning, mark, rest in parted if mark)

    @property
    def to_do(self) -> tuple[str, ...]:
        """What to do, without the ways to answer."""
        return tuple(line for line in self.closing if line != HOW and f"：{COMMAND} " not in line)

    @property
    def link(self) -> str | None:
        """The public page that the alert is about, only ever an address of the web."""
        addresses = (words for label, words in self.facts if label == HOMEPAGE)
        web = (one for one in addresses if one.startswith(("https://", "http://")))
        return next((one for one in web if len(one) <= _LONGEST_LINK), None)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address: `id` is the same at every attempt, `at` is aware.

    A digest too large for one message is `part` of `parts`. With `rest`, the place where the full text
    lies, each alert is told in its title and number.
    """

    id: int
    address: str
    entries: tuple[Entry, ...]
    repeated: bool
    at: datetime
    part: int = 1
    parts: int = 1
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """The other side took the message."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The message was certainly not taken.

    `final`: trying again is pointless. `wait`: seconds for which trying again is pointless. `everything`:
    the channel as a whole does not take messages now, so that the next ones can wait too.
    """

    error: str
    final: bool = False
    wait: float = 0
    everything: bool = False


@dataclass(frozen=True, slots=True)
class InDoubt:
    """The message went out, but no answer came back."""

    error: str


Answer = Delivered | Refused | InDoubt


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel takes messages: so many in any minute, `gap` seconds apart.

    `rush`: the whole and half hours, at which everybody's timers fire, are left to others.
    """

    per_minute: int
    gap: float = 0
    rush: bool = False


class Channel(Protocol):
    """One way of telling."""

    @property
    def pace(self) -> Pace | None:
        """How fast it takes messages; None for any speed."""

    @property
    def most(self) -> int:
        """How many messages of one digest readers are asked to read in full."""

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """How many of the first entries fit into one message (at least 1)."""

    def send(self, letter: Letter) -> Answer:
        """Try once; what goes wrong is in the answer."""
