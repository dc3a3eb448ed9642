"""One breach through time: what the night may do with a case, one step at a time and never on a guess."""

from __future__ import annotations

from datetime import date

from monitors.calendar import Calendar, shanghai_day
from monitors.nouns import Case, Decision, Step, Verdict
from monitors.rules import Rule
from monitors.trail import NIGHT, CaseState, Deadline, Records, deadline, replayed


def advance(
    case: Case | None,
    verdict: Verdict,
    rule: Rule,
    day: date,
    records: Records,
    *,
    calendar: Calendar,
) -> list[Step]:
    """The steps that the night of `day` takes; most nights none.

    `case` is the newest case of this key and rule, open or closed. Steps that begin with `suspected` begin
    a new episode. A closed case is answered only from the day after.
    """
    if not rule.case:
        return []
    state = replayed(case.trail) if case else None
    if case and _dealt_with(case.trail[-1], day):
        return []
    if state is None or state.stage == "closed":
        return _begun(state, verdict, rule, day, records.decision)
    return _continued(state, verdict, rule, day, deadline(state, rule, records, calendar))


def _dealt_with(last: Step, day: date) -> bool:
    # A second run on the same day steps no case twice, and a clock set back steps none.
    return last.on > day or (last.on == day and last.by == NIGHT)


def _continued(state: CaseState, verdict: Verdict, rule: Rule, day: date, due: Deadline | None) -> list[Step]:
    if verdict.fresh and verdict.verdict == "Clear":
        return [Step("closed", day, NIGHT, f"已恢复正常，结案，谢谢。{verdict.why}", "remedied")]
    if verdict.kind == "sighting":
        # A person's word opened it and carries the notice: it need not be seen again first.
        return _notice(rule, day) if state.stage == "opened" and not state.reverted_on else []
    if not verdict.fresh or verdict.verdict == "Unknown":
        return []
    if _posted_since(state, verdict):
        return [Step("closed", day, NIGHT, f"立案后更新过，本案结案。{verdict.why}", "remedied")]
    if _of_another_silence(state, verdict):
        return [Step("closed", day, NIGHT, f"立案时期限其实还没有到，本案结案。{verdict.why}", "remedied")]
    return _moved(state, verdict, rule, day, due) if verdict.verdict == "Breach" else []


def _begun(
    last: CaseState | None, verdict: Verdict, rule: Rule, day: date, decision: Decision | None
) -> list[Step]:
    if not verdict.fresh or verdict.verdict not in ("Breach", "Suspected"):
        return []
    if _settled(last, verdict, day, decision):
        return []
    expired = decision and decision.word == "fine" and decision.until and decision.until < day
    why = f"豁免已于 {decision.until} 到期，请复核。{verdict.why}" if decision and expired else verdict.why
    suspected = Step("suspected", day, NIGHT, why)
    if verdict.verdict == "Breach" and not expired:
        return [suspected, *_opened(verdict, rule, day)]
    if verdict.kind == "sighting" and decision and decision.word == "imitation" and _about(decision, verdict):
        return [suspected, Step("opened", day, decision.by, decision.why)]
    return [suspected]


def _settled(last: CaseState | None, verdict: Verdict, day: date, decision: Decision | None) -> bool:
    """Has a person, or an earlier close, answered this very breach already?"""
    closed_on = last.closed_on if last else None
    if decision and _about(decision, verdict):
        if decision.word == "fine" and not _closed_after(closed_on, decision):
            return decision.until is None or day <= decision.until
        if decision.word == "imitation" and closed_on and decision.on >= closed_on:
            return False
    if last is None or closed_on is None:
        return False
    if day <= closed_on:
        return True
    return last.result != "remedied" and not (verdict.since and verdict.since > closed_on)


def _closed_after(closed_on: date | None, leave: Decision) -> bool:
    """Has a person closed the case once more since the leave ended? Then that close is the answer."""
    return bool(closed_on and leave.until and closed_on > leave.until)


def _about(decision: Decision, verdict: Verdict) -> bool:
    """A word holds for what it was given on; a breach (or a name) that began later is asked anew."""
    return verdict.since is None or verdict.since <= decision.on


def _posted_since(state: CaseState, verdict: Verdict) -> bool:
    # The silence that the case was about has ended, even if no night saw it end.
    return (
        verdict.kind == "activity"
        and verdict.newest is not None
        and shanghai_day(verdict.newest.at) >= state.begun_on
    )


def _of_another_silence(state: CaseState, verdict: Verdict) -> bool:
    # A post older than the case has come to light since, so that the limit passed only later: no notice and no
    # term of this case was due. What is broken now begins anew.
    return verdict.kind == "activity" and verdict.since is not None and verdict.since > state.begun_on


def _opened(verdict: Verdict, rule: Rule, day: date) -> list[Step]:
    return [Step("opened", day, NIGHT, f"依据{rule.cited}立案。{verdict.why}"), *_notice(rule, day)]


def _notice(rule: Rule, day: date) -> list[Step]:
    if not rule.notice:
        return []
    return [Step("notice_issued", day, NIGHT, f"依据{rule.cited}，请向单位发出通知并登记签收日期。")]


def _moved(state: CaseState, verdict: Verdict, rule: Rule, day: date, due: Deadline | None) -> list[Step]:
    if due:
        if due.provisional or day < due.day:
            return []
        if due.next == "circular":
            why = f"通知于 {due.since} 签收，满 {rule.circular_after}仍未改正，应当公开通报。{verdict.why}"
        else:
            why = (
                f"通报于 {due.since} 发出，满 {rule.closure_after}仍未改正，"
                f"建议关停，由学校决定。{verdict.why}"
            )
        return [Step(due.next, day, NIGHT, why)]
    if state.reverted_on:
        return []  # a person took it back: a step without a waiting time is a person's to take again
    if state.stage == "suspected":
        return _opened(verdict, rule, day)
    return _notice(rule, day) if state.stage == "opened" else []
