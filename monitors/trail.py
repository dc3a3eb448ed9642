"""The trail of a case: replayed it is the case's state, and with the rule it tells the next date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from monitors.calendar import Calendar, Limit
from monitors.nouns import Decision, Result, Stage, Step
from monitors.rules import Rule

# Who takes the steps that no person takes.
NIGHT = "night"


class CaseError(Exception):
    """A step that a case does not allow; the message is Chinese and says what to do."""


@dataclass(frozen=True, slots=True)
class Records:
    """What a case needs to know beside its trail.

    `assume_done`: a notice counts as received, a circular as published, on the day the step was taken.
    `decision`: the newest word on the case or its sighting.
    """

    assume_done: bool = False
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class CaseState:
    """A case as the replay of its trail; `taken` are the steps that no step back undid.

    `begun_on` is the day of the first step, `opened_on` the day it was opened (None while suspected),
    `stage_on` the day of the present stage, as recorded where people record it; `reverted_on` is set while
    the last thing that happened to the case was a step back.
    """

    taken: tuple[Step, ...]
    reverted_on: date | None

    @property
    def stage(self) -> Stage:
        return self.taken[-1].stage

    @property
    def stage_on(self) -> date:
        return self.taken[-1].on

    @property
    def begun_on(self) -> date:
        return self.taken[0].on

    @property
    def opened_on(self) -> date | None:
        return self.on("opened")

    @property
    def closed_on(self) -> date | None:
        return self.on("closed")

    @property
    def result(self) -> Result | None:
        return self.taken[-1].result

    @property
    def before(self) -> Stage | None:
        """The stage to which a step back leads, None at the first."""
        steps = _before(self.taken)
        return steps[-1].stage if steps else None

    def on(self, stage: Stage) -> date | None:
        """The day of the stage; of a recorded one the day that was recorded last."""
        return next((step.on for step in reversed(self.taken) if step.stage == stage), None)

    @property
    def published_on(self) -> date | None:
        """The day on which the circular really went out, as a person recorded it."""
        return next((s.on for s in reversed(self.taken) if s.stage == "circular" and s.by != NIGHT), None)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The first day on which the next step can be taken; `provisional` where that is a guess."""

    day: date
    provisional: bool
    next: Stage
    since: date


def replayed(trail: Sequence[Step]) -> CaseState:
    """The state that a trail leads to; a trail that does not fit together raises `CaseError`."""
    taken: list[Step] = []
    reverted_on = None
    for step in trail:
        if step.reverts:
            taken = _before(taken)
            if not taken or taken[-1].stage != step.stage:
                raise CaseError(f"案件记录不一致：{step.on} 退回的不是上一步。")
        else:
            taken.append(step)
        reverted_on = step.on if step.reverts else None
    if not taken:
        raise CaseError("案件没有任何记录。")
    return CaseState(tuple(taken), reverted_on)


def _before(taken: Sequence[Step]) -> list[Step]:
    return [step for step in taken if step.stage != taken[-1].stage]


def deadline(state: CaseState, rule: Rule, records: Records, calendar: Calendar) -> Deadline | None:
    """When the night can take the next step that has a waiting time; None while a record is awaited.

    After a step back the waiting time runs anew.
    """
    start: date | None
    wait: Limit | None
    to: Stage = "circular"
    done = records.assume_done
    match state.stage:
        case "notice_issued":
            start, wait = state.on("notice_issued") if done else None, rule.circular_after
        case "notice_received":
            start, wait = state.on("notice_received"), rule.circular_after
        case "circular":
            start = state.published_on or (state.on("circular") if done else None)
            to, wait = "closure_recommended", rule.closure_after
        case _:
            return None
    if start is None or wait is None:
        return None
    start = max(start, state.reverted_on or start)
    day = calendar.broken_from(start, wait)
    return Deadline(day, calendar.guessed(start, wait), to, start)
