"""Cases as the week's end saw them: new, escalated, open, closed; and the trend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

import pandas as pd

from monitors.nouns import FindingKind, Newest, Result, Stage
from reports.records import Records, rows
from reports.terms import Clause, Terms

_RANK: Mapping[str, int] = {stage: rank for rank, stage in enumerate(get_args(Stage))}
_WEEKS = 8

Change = Literal["new", "escalated", "closed", "returned", ""]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case at the week's end; `before` is its stage when the week began, None for a new one."""

    id: str
    key: str
    kind: FindingKind
    name: str
    title: str
    unit: str
    link: str | None
    stage: Stage
    stage_on: date
    opened_on: date
    before: Stage | None
    change: Change
    result: Result | None
    deadline: date | None
    provisional: bool
    since: date | None
    newest: Newest | None
    why: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """Cases open at the end of one week: breaches and those still to be confirmed by hand."""

    last: date
    opened: int
    suspected: int


def case_lines(records: Records, first: date, terms: Terms) -> tuple[CaseLine, ...]:
    """Every case that is open at the week's end or was closed in the week, gravest stage first.

    What nobody could look at (kind `unseen`) is no case for the officers and is left out.
    """
    trails = _trails(records, first)
    verdicts: dict[str, list[Any]] = {}
    for row in rows(records.verdicts):
        verdicts.setdefault(row.key, []).append(row)
    lines = []
    for case in rows(records.cases):
        if case.id not in trails.index or case.kind == "unseen":
            continue
        trail = trails.loc[case.id]
        if trail["stage"] == "closed" and trail["on"] < first:
            continue
        lines.append(_line(case, trail, verdicts.get(case.key, []), records, terms))
    return tuple(sorted(lines, key=lambda line: (-_RANK[line.stage], line.unit, line.name, line.id)))


def _trails(records: Records, first: date) -> pd.DataFrame:
    """Per case: the newest step, the day of the first one, and the stage when the week began."""
    steps = records.steps
    if steps.empty:
        return pd.DataFrame(columns=["stage", "on", "result", "opened", "before"])
    grouped = steps.groupby("case")
    trails = grouped[["stage", "on", "result"]].tail(1).set_index(steps.groupby("case").tail(1)["case"])
    trails["opened"] = grouped["on"].min()
    earlier = steps[steps["on"] < first].groupby("case").tail(1).set_index("case")["stage"]
    trails["before"] = earlier.reindex(trails.index).astype(object)
    return trails


def _line(case: Any, trail: Any, accused: Sequence[Any], records: Records, terms: Terms) -> CaseLine:
    own = (case.policy, case.rule)
    verdict = next((row for row in accused if (row.policy, row.rule) == own), None)
    name, unit, platform, handle = _who(case.key, records)
    known = records.known.get(case.key)
    stage: Stage = trail["stage"]
    before: Stage | None = None if pd.isna(trail["before"]) else trail["before"]
    # The case's own deadline belongs to its present stage; a week gone by must not borrow it.
    current = case.stage == stage and case.stage_on == trail["on"]
    result: Result | None = None if pd.isna(trail["result"]) else trail["result"]
    return CaseLine(
        id=case.id,
        key=case.key,
        kind=case.kind,
        name=name,
        title=terms.title(platform),
        unit=unit,
        link=terms.link(platform, handle),
        stage=stage,
        stage_on=trail["on"],
        opened_on=trail["opened"],
        before=before,
        change=_change(stage, before),
        result=result,
        deadline=case.deadline if current else None,
        provisional=bool(case.provisional) if current else False,
        since=verdict.since if verdict else None,
        newest=known.newest if known else None,
        why=verdict.why if verdict else "",
        clauses=_clauses(case, accused, terms),
    )


def _clauses(case: Any, accused: Iterable[Any], terms: Terms) -> tuple[Clause, ...]:
    """The case's own clause, then every other that the same thing breaks."""
    own = (case.policy, case.rule)
    others = [(row.policy, row.rule) for row in accused if row.verdict in ("Breach", "Suspected")]
    same = [other for other in others if terms.same_matter(own, other)]
    return tuple(terms.clause(*rule) for rule in dict.fromkeys([own, *same]))


def _who(key: str, records: Records) -> tuple[str, str, str, str | None]:
    if account := records.accounts.get(key):
        return account.name, account.unit, account.platform, account.handle
    platform, _, handle = key.partition(":")
    if met := records.met.get(key):
        return met.profile.name, "", platform, met.profile.handle
    return handle, "", platform, None


def _change(stage: Stage, before: Stage | None) -> Change:
    if stage == "closed":
        return "closed"
    if before is None or before == "closed":
        return "new"
    if _RANK[stage] > _RANK[before]:
        return "escalated"
    return "returned" if _RANK[stage] < _RANK[before] else ""


def trend(records: Records, last: date) -> tuple[Point, ...]:
    """The ends of the last eight weeks, oldest first; weeks before the first step are left out."""
    told = records.cases[records.cases["kind"] != "unseen"]["id"]
    steps = records.steps[records.steps["case"].isin(told)]
    points: list[Point] = []
    for week in range(_WEEKS - 1, -1, -1):
        end = last - timedelta(weeks=week)
        stages = steps[steps["on"] <= end].groupby("case")["stage"].last()
        if len(stages) or points:
            opened = int((~stages.isin(["closed", "suspected"])).sum())
            points.append(Point(end, opened, int((stages == "suspected").sum())))
    return tuple(points)
