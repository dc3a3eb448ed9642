"""What a bench found: our figure, a peer's of the same run where there is one, and the bar that we set ourselves."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measure:
    """One line of the table; `at_least` and `at_most` bound `ours`, `ratio` bounds `ours / theirs` from below."""

    what: str
    ours: float
    unit: str
    peer: str = ""
    theirs: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    ratio: float | None = None

    @property
    def bar(self) -> str:
        bounds = (
            (">=", self.at_least, ""),
            ("<=", self.at_most, ""),
            (">=", self.ratio and self.ratio * 100, " %"),
        )
        return ", ".join(f"{sign} {bound:,g}{unit}" for sign, bound, unit in bounds if bound is not None)

    @property
    def met(self) -> bool:
        return (
            (self.at_least is None or self.ours >= self.at_least)
            and (self.at_most is None or self.ours <= self.at_most)
            and (self.ratio is None or not self.theirs or self.ours / self.theirs >= self.ratio)
        )


def told(measures: Iterable[Measure]) -> None:
    """Print what one script found: a table, or with --json one object a line."""
    found = list(measures)
    if "--json" in sys.argv:
        for one in found:
            print(json.dumps(asdict(one), ensure_ascii=False))
    else:
        shown(found)


def shown(measures: Iterable[Measure]) -> None:
    """Print the table of figures, peers, ratios and bars."""
    table = Table()
    for heading in ("", "ours", "peer", "theirs", "ratio", "bar", ""):
        table.add_column(heading, justify="right" if heading in ("ours", "theirs", "ratio") else "left")
    for one in measures:
        peers = (f"{one.theirs:,.3g} {one.unit}", f"{one.ours / one.theirs:.0%}") if one.theirs else ("", "")
        verdict = "" if not one.bar else "met" if one.met else "MISSED"
        table.add_row(one.what, f"{one.ours:,.4g} {one.unit}", one.peer, *peers, one.bar, verdict)
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def peak(process: int | str = "self") -> float:
    """Give the most memory in MB that a living process ever held (Linux: `VmHWM`)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise LookupError(process)


def numbers(default: tuple[float, ...]) -> tuple[float, ...]:
    """Give the sizes named on the command line, or the defaults in their places."""
    given = tuple(float(word) for word in sys.argv[1:] if word.replace(".", "", 1).isdigit())
    return given + default[len(given) :]
