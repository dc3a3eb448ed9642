"""What people do with a case: steps they record, words they give, steps they take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from monitors.nouns import Case, Decision, Result, Stage, Step
from monitors.trail import NIGHT, CaseError, CaseState, replayed

STAGES: Mapping[Stage, str] = {
    "suspected": "待人工核实",
    "opened": "已立案",
    "notice_issued": "应发整改通知",
    "notice_received": "单位已收到整改通知",
    "circular": "应公开通报",
    "closure_recommended": "建议关停",
    "closed": "已结案",
}


def record(case: Case, stage: Stage, on: date, by: str, why: str, *, today: date) -> Step:
    """The step that a person records: a notice received, a circular that went out, a cancellation.

    `on` is the day on which it happened; recording the same stage again corrects it. After a step back also
    the next of the night's own first steps can be recorded.
    """
    state = _open(case, by)
    last = next(s for s in reversed(state.taken) if s.stage != stage or s.by == NIGHT)
    if on > today:
        raise CaseError(f"{on} 还没有到，只能登记已经发生的事。")
    if on < last.on:
        raise CaseError(f"{on} 早于“{STAGES[last.stage]}”的日期 {last.on}，请核对。")
    if stage == "closed":
        return Step("closed", on, by, why, "cancelled")
    if stage not in _recordable(state):
        raise CaseError(_refusal(state, stage))
    return Step(stage, on, by, why)


def decided(case: Case | None, decision: Decision, *, today: date) -> list[Step]:
    """The steps that a person's word brings about at once; the word itself is remembered anyway."""
    if decision.until and decision.word != "fine":
        raise CaseError("截止日期（--until）只用于“没有问题”（fine）。")
    if decision.until and decision.until < today:
        raise CaseError(f"截止日期 {decision.until} 已经过去。")
    if case and decision.word == "imitation" and case.kind != "sighting":
        raise CaseError("“仿冒”（imitation）只用于台账之外的疑似账号。")
    if case is None or replayed(case.trail).stage == "closed":
        return []
    state = _open(case, decision.by)
    if decision.word == "fine":
        result: Result = "exempt" if decision.until else "mistaken"
        return [Step("closed", today, decision.by, decision.why, result)]
    if decision.word == "imitation" and state.stage == "suspected":
        return [Step("opened", today, decision.by, decision.why)]
    return []


def revert(case: Case, by: str, why: str, *, today: date) -> Step:
    """A step back to the stage before, also from closed; the waiting time of the next step runs anew."""
    state = replayed(case.trail)
    _named(by)
    if not why.strip():
        raise CaseError("请写明退回的理由。")
    if state.before is None:
        raise CaseError("案件还在第一步，不能再退；认为没有问题的，请用 decide 写明。")
    return Step(state.before, today, by, why, reverts=True)


def _recordable(state: CaseState) -> tuple[Stage, ...]:
    if state.stage in ("notice_issued", "notice_received"):
        return ("notice_received",)
    if state.stage == "circular":
        return ("circular",)
    if state.reverted_on and state.stage == "suspected":
        return ("opened",)
    if state.reverted_on and state.stage == "opened":
        return ("notice_issued",)
    return ()


def _refusal(state: CaseState, stage: Stage) -> str:
    possible = "、".join(STAGES[one] for one in (*_recordable(state), "closed"))
    now = f"案件现在是“{STAGES[state.stage]}”"
    return f"{now}，不能登记“{STAGES[stage]}”；现在可以登记：{possible}。"


def _open(case: Case, by: str) -> CaseState:
    _named(by)
    state = replayed(case.trail)
    if state.stage == "closed":
        raise CaseError(f"案件已于 {state.closed_on} 结案；要重新打开，请退回一步（revert）。")
    return state


def _named(by: str) -> None:
    if not by.strip() or by.strip() == NIGHT:
        raise CaseError("请写明是谁登记的（--by）。")
