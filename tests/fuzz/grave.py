"""What no change of an input may ever bring about, and what a round leaves behind when it did."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random


class Grave(AssertionError):
    """A promise was broken; `keep` writes the input that did it into a folder."""

    def __init__(self, told: str, keep: Callable[[Path], None]) -> None:
        super().__init__(told)
        self.keep = keep


@dataclass(frozen=True)
class Target:
    """One kind of input: `round` makes one from a seeded random and raises `Grave` where a promise is broken."""

    name: str
    round: Callable[[Random], None]
