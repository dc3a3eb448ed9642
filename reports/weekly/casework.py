"""Cases as the week's end saw them, and what happened to them in the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from monitors.calendar import Calendar
from monitors.nouns import Case, FindingKind, Newest, Result, Stage
from monitors.rules import Rule
from monitors.trail import NIGHT, CaseState, deadline, replayed
from monitors.trail import Records as Word
from reports.terms import Clause, Terms
from reports.weekly.records import Records

_RANK: Mapping[str, int] = {stage: rank for rank, stage in enumerate(get_args(Stage))}
# What waits for a person, most pressing first; a case in its waiting time comes after them, by its date.
_URGENCY: Mapping[str, int] = {"closure_recommended": 0, "circular": 1, "notice_issued": 2, "opened": 3}

Change = Literal["new", "further", "back", "closed", ""]


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
    published_on: date | None

    @property
    def in_term(self) -> bool:
        """Has a person recorded that the notice arrived or the circular went out, so that a term runs?"""
        return self.stage == "notice_received" or (self.stage == "circular" and self.published_on is not None)

    @property
    def open(self) -> bool:
        """An established breach of a registered account that is not settled; imitators are told of apart."""
        return self.kind != "sighting" and self.stage not in ("suspected", "closed")

    @property
    def urgency(self) -> tuple[int, date, str]:
        """The order in which cases want a decision."""
        return (9 if self.in_term else _URGENCY.get(self.stage, 9), self.deadline or self.stage_on, self.id)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in the week: a case began, moved, was taken back, or was closed.

    `recorded`: a person said so, as of a notice that arrived or a circular that went out.
    """

    on: date
    what: Literal["suspected", "opened", "moved", "back", "closed"]
    stage: Stage
    result: Result | None
    recorded: bool
    case: CaseLine


@dataclass(frozen=True, slots=True)
class Bench:
    """What cases are read with beside the ledger."""

    terms: Terms
    rules: Mapping[tuple[str, str], Rule]
    calendar: Calendar
    assume_done: bool


def case_lines(records: Records, bench: Bench) -> dict[str, CaseLine]:
    """Every case that is open at the week's end or had something happen to it in the week, by id.

    What nobody could look at (kind `unseen`) is no case for the officers and is left out.
    """
    accused: dict[str, list[Any]] = {}
    for row in records.verdicts:
        accused.setdefault(row.key, []).append(row)
    touched: dict[str, set[int]] = {}
    for one in records.happened:
        touched.setdefault(one.case, set()).add(one.number)
    lines = {}
    for case in records.cases.values():
        state = replayed(case.trail)
        if case.kind != "unseen" and (state.stage != "closed" or case.id in touched):
            before = _before(case, touched.get(case.id, set()))
            lines[case.id] = _line((case, state, before), accused.get(case.key, []), records, bench)
    return lines


def _line(
    at: tuple[Case, CaseState, Stage | None], accused: Sequence[Any], records: Records, bench: Bench
) -> CaseLine:
    case, state, before = at
    own = (case.policy, case.rule)
    verdict = next((row for row in accused if (row.policy, row.rule) == own), None)
    name, unit, platform, handle = who(case.key, records)
    known = records.known.get(case.key)
    rule = bench.rules.get(own)
    due = deadline(state, rule, Word(bench.assume_done), bench.calendar) if rule else None
    return CaseLine(
        id=case.id,
        key=case.key,
        kind=case.kind,
        name=name,
        title=bench.terms.title(platform),
        unit=unit,
        link=bench.terms.link(platform, handle),
        stage=state.stage,
        stage_on=state.stage_on,
        opened_on=state.begun_on,
        before=before,
        change=_change(state.stage, before),
        result=state.result,
        deadline=due.day if due else None,
        provisional=bool(due and due.provisional),
        since=verdict.since if verdict else None,
        newest=known.newest if known else None,
        why=verdict.why if verdict else "",
        clauses=_clauses(own, accused, bench.terms),
        published_on=state.published_on,
    )


def _before(case: Case, new: set[int]) -> Stage | None:
    """The stage when the week began; the week's own steps, also those recorded late, are not in it."""
    earlier = [step for number, step in enumerate(case.trail, 1) if number not in new]
    return replayed(earlier).stage if earlier else None


def _clauses(own: tuple[str, str], accused: Iterable[Any], terms: Terms) -> tuple[Clause, ...]:
    """The case's own clause, then every other that the same thing breaks."""
    others = [(row.policy, row.rule) for row in accused if row.verdict in ("Breach", "Suspected")]
    same = [other for other in others if terms.same_matter(own, other)]
    return tuple(terms.clause(*rule) for rule in dict.fromkeys([own, *same]))


def who(key: str, records: Records) -> tuple[str, str, str, str | None]:
    """Name, unit, platform and handle of whom a case is about; the unit is empty for one not in the register."""
    if account := records.filed.accounts.get(key) or records.filed.former.get(key):
        return account.name, account.unit, account.platform, account.handle
    platform, _, handle = key.partition(":")
    if met := records.met.get(key):
        return met.profile.name, "", platform, met.profile.handle
    return handle.removeprefix("name="), "", platform, None


def _change(stage: Stage, before: Stage | None) -> Change:
    if stage == "closed":
        return "closed"
    if before is None or before == "closed":
        return "new"
    if _RANK[stage] > _RANK[before]:
        return "further"
    return "back" if _RANK[stage] < _RANK[before] else ""


def events(records: Records, lines: Mapping[str, CaseLine]) -> tuple[Event, ...]:
    """What happened, day by day; opening and the notice of the same night are one event."""
    told: dict[tuple[str, date], Event] = {}
    for one in records.happened:
        line = lines.get(one.case)
        if line is None:
            continue
        step, slot = one.step, (one.case, one.step.on)
        what = told[slot].what if slot in told and told[slot].what in ("opened", "closed") else None
        if step.reverts:
            what = "back"
        elif step.stage in ("suspected", "opened", "closed"):
            what = step.stage
        told[slot] = Event(step.on, what or "moved", step.stage, step.result, step.by != NIGHT, line)
    return tuple(sorted(told.values(), key=lambda event: (event.on, event.case.unit, event.case.id)))
