"""What a check of the register says: each problem with its cell, and the refusal of a whole file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Level = Literal["warning", "error"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A row as the spreadsheet shows it: sheet name and row number, counted from 1."""

    sheet: str
    row: int

    def __str__(self) -> str:
        return f"工作表“{self.sheet}”第 {self.row} 行"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the officer should mend. An `error` sets the row aside unless `drops` is false.

    `letter` and `heading` name the column; `found` is what stands in the cell, never a phone number or a
    mail address; `message` says in Chinese what was found and what to do, `reason` is a stable code.
    """

    level: Level
    reason: str
    place: Place
    message: str
    letter: str | None = None
    heading: str | None = None
    found: str | None = None
    key: str | None = None
    drops: bool = True

    @property
    def column(self) -> str | None:
        """The column as people call it, `C（账号ID）`."""
        if self.letter is None:
            return None
        return f"{self.letter}（{self.heading}）" if self.heading else self.letter


def refusing(problems: Iterable[Problem]) -> bool:
    """Tell whether one of the problems sets its row aside."""
    return any(problem.level == "error" and problem.drops for problem in problems)


class Refused(Exception):
    """The whole file cannot be taken; `reason` is a stable code, `message` says in Chinese what to do."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
