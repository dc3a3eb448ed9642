"""The sums of the report: pandas over typed frames, in and out of which only plain values go."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.weekly.records import YEAR, Rows

Bucket = Literal["clear", "breach", "suspected", "unknown", "exempt", "unseen", "manual", "retired"]
BUCKETS: tuple[Bucket, ...] = get_args(Bucket)

# One letter a week: nothing known yet, not seen, seen without proof of silence, silent, exempt, posted.
CELLS = "-usqxp"
_UNSEEN, _SEEN, _SILENT, _EXEMPT, _POSTED = range(1, 6)

# The columns of each frame and their types; days are ordinals.
_NIGHTS = {
    "day": "int64",
    "platform": "string",
    "believed": "bool",
    "doubt": "string",
    "asked": "Int64",
    "answered": "Int64",
    "planned": "int64",
    "found": "int64",
    "gone": "int64",
    "blocked": "int64",
    "other": "int64",
    "unseen": "int64",
    "requests": "int64",
}
_VISITS = {"key": "string", "outcome": "string", "witness": "string", "believed": "bool"}
_WEEKS = {"key": "string", "monday": "string", "posted": "string", "quiet_since": "string"}
_STEPS = {"case": "string", "number": "int64", "stage": "string", "on": "int64"}
_ROLL = {"unit": "string", "bucket": "string", "platform": "string"}

Grid = NDArray[np.int8]
Ints = NDArray[np.integer[Any]]


def _frame(rows: Rows, columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of exactly these columns and types; a value that does not fit raises."""
    frame = pd.DataFrame.from_records([tuple(row) for row in rows], columns=list(columns))
    for name in {"day", "on"} & set(columns):
        frame[name] = frame[name].map(date.toordinal)
    return frame.astype(dict(columns))


# ── nights ──────────────────────────────────────────────────────────────────────────────────────

SUMS = ("planned", "found", "gone", "blocked", "other", "unseen", "requests")


@dataclass(frozen=True, slots=True)
class NightSum:
    """One platform's week: what its visits came to, and its searches; `asked` is None where none can be made.

    `requests` are all that were made, canaries and searches included.
    """

    platform: str
    believed: int = 0
    asked: int | None = None
    answered: int = 0
    planned: int = 0
    found: int = 0
    gone: int = 0
    blocked: int = 0
    other: int = 0
    unseen: int = 0
    requests: int = 0


def night_sums(nights: Rows, first: date) -> dict[str, NightSum]:
    """The week's sums by platform."""
    frame = _frame(nights, _NIGHTS)
    week = frame[frame["day"] >= first.toordinal()]
    sums: dict[str, NightSum] = {}
    for platform, own in week.groupby("platform"):
        counts = own[list(SUMS)].sum()
        asked = own["asked"].dropna()
        sums[str(platform)] = NightSum(
            platform=str(platform),
            believed=int(own["believed"].sum()),
            asked=int(asked.sum()) if len(asked) else None,
            answered=int(own["answered"].fillna(0).sum()),
            **{name: int(counts[name]) for name in SUMS},
        )
    return sums


def believed_shares(nights: Rows, first: date) -> list[float | None]:
    """Of each of the year's weeks the share of platform nights that were believed; None without a night."""
    frame = _frame(nights, _NIGHTS)
    week = (frame["day"] - _year(first).toordinal()) // 7
    shares = frame["believed"].groupby(week).mean()
    return [float(shares[number]) if number in shares.index else None for number in range(YEAR)]


# ── visits ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Said:
    """What the week's visits to one account came to: the last believed statement, and the last visit."""

    stated: str | None
    last: str
    believed: bool


def said(visits: Rows) -> dict[str, Said]:
    """By account; who was not visited is not in it."""
    frame = _frame(visits, _VISITS)
    # A feed is another house than the platform: its word stands when the platform's does not.
    trusted = frame["believed"] | (frame["witness"] == "feed")
    stated = frame[trusted & frame["outcome"].isin(["Found", "Gone"])].drop_duplicates("key", keep="last")
    statements = dict(zip(stated["key"], stated["outcome"], strict=True))
    last = frame.drop_duplicates("key", keep="last")
    rows = zip(last["key"], last["outcome"], last["believed"], strict=True)
    return {key: Said(statements.get(key), outcome, bool(known)) for key, outcome, known in rows}


# ── the year, week by week ──────────────────────────────────────────────────────────────────────


def _year(first: date) -> date:
    return first - timedelta(weeks=YEAR - 1)


def year_grid(weeks: Rows, keys: Sequence[str], first: date, exempt: Mapping[str, Sequence[int]]) -> Grid:
    """Accounts by the year's weeks, each cell a place in `CELLS`.

    `exempt` names the weeks (0 to 51) in which nothing was asked of an account. What a later week learnt of
    an earlier one counts; a week is called silent only where whole answers prove it.
    """
    grid: Grid = np.zeros((len(keys), YEAR), np.int8)
    frame = _frame(weeks, _WEEKS)
    places = {key: number for number, key in enumerate(keys)}
    row = frame["key"].map(places)
    frame = frame[row.notna()]
    account = row.dropna().to_numpy(np.int64)
    week = frame["monday"].map(_weeks_of(frame["monday"], first)).to_numpy(np.int64)
    _since_first_seen(grid, account, week)
    grid[account, week] = _SEEN
    _silent(grid, account, week, frame["quiet_since"], first)
    for key, own in exempt.items():
        if key in places:
            grid[places[key], list(own)] = _EXEMPT
    _posted(grid, account, frame["posted"], first)
    return grid


def _weeks_of(days: pd.Series[str], first: date) -> dict[str, int]:
    start = _year(first).toordinal()
    return {day: (date.fromisoformat(day).toordinal() - start) // 7 for day in days.unique()}


def _since_first_seen(grid: Grid, account: Ints, week: Ints) -> None:
    begin = np.full(len(grid), YEAR, np.int64)
    np.minimum.at(begin, account, week)
    grid[np.arange(YEAR)[None, :] >= begin[:, None]] = _UNSEEN


def _silent(grid: Grid, account: Ints, week: Ints, since: pd.Series[str], first: date) -> None:
    """A whole answer proves every week from the one after its newest post to its own."""
    known = since.notna().to_numpy()
    weeks = since.dropna().map(_weeks_of(since.dropna(), first)).to_numpy(np.int64)
    begin = np.maximum(weeks + 1, 0)
    edges = np.zeros((len(grid), YEAR + 1), np.int64)
    own, last = account[known], week[known]
    holds = begin <= last
    np.add.at(edges, (own[holds], begin[holds]), 1)
    np.add.at(edges, (own[holds], last[holds] + 1), -1)
    grid[edges.cumsum(axis=1)[:, :YEAR] > 0] = _SILENT


def _posted(grid: Grid, account: Ints, posted: pd.Series[str], first: date) -> None:
    start = _year(first)
    read = {
        text: [(date.fromisoformat(day) - start).days // 7 for day in json.loads(text)]
        for text in posted.unique()
    }
    told = pd.DataFrame({"account": account, "week": posted.map(read).to_numpy()}).explode("week").dropna()
    week = told["week"].to_numpy(np.int64)
    inside = (week >= 0) & (week < YEAR)
    grid[told["account"].to_numpy(np.int64)[inside], week[inside]] = _POSTED


def strips(grid: Grid, count: int) -> list[str]:
    """The last `count` weeks of each account as letters of `CELLS`."""
    letters = np.frombuffer(CELLS.encode(), np.uint8)[grid[:, YEAR - count :]]
    return [bytes(row).decode() for row in letters]


def active_shares(grid: Grid) -> list[float | None]:
    """Of each of the year's weeks: the share of the accounts seen then that posted; None where none was seen."""
    seen = np.isin(grid, (_SEEN, _SILENT, _POSTED)).sum(axis=0)
    posted = (grid == _POSTED).sum(axis=0)
    return [float(one / all_) if all_ else None for one, all_ in zip(posted, seen, strict=True)]


# ── cases ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Level:
    """How many cases stood open at the end of one week: established ones, and those still to be confirmed."""

    last: date
    opened: int
    suspected: int


def levels(steps: Rows, cases: Iterable[str], last: date) -> list[Level]:
    """The ends of the year's weeks, oldest first."""
    frame = _frame(steps, _STEPS).sort_values(["case", "number"])
    frame = frame[frame["case"].isin(list(cases))]
    told = []
    for back in range(YEAR - 1, -1, -1):
        end = last - timedelta(weeks=back)
        stages = frame[frame["on"] <= end.toordinal()].drop_duplicates("case", keep="last")["stage"]
        opened = int((~stages.isin(["closed", "suspected"])).sum())
        told.append(Level(end, opened, int((stages == "suspected").sum())))
    return told


# ── the roll ────────────────────────────────────────────────────────────────────────────────────

Counts = Mapping[Bucket, int]


def tallies(roll: Sequence[tuple[str, Bucket, str]]) -> tuple[Counts, dict[str, Counts]]:
    """How many accounts are in each bucket, of all and by unit; rows are (unit, bucket, platform)."""
    frame = _frame(roll, _ROLL)
    table = pd.crosstab(frame["unit"], frame["bucket"]).reindex(columns=list(BUCKETS), fill_value=0)
    units = {str(unit): _counts(row) for unit, row in table.iterrows()}
    return _counts(table.sum()), units


def _counts(row: pd.Series[Any]) -> Counts:
    return {bucket: int(row[bucket]) for bucket in BUCKETS}
