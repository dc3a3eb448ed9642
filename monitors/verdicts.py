"""The judge: each rule on each account, from what is remembered of it and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from monitors import filings, presence, silence
from monitors.calendar import Calendar
from monitors.hearing import Filing, Hearing
from monitors.nouns import Account, NameMatch, Verdict
from monitors.rules import Measure, Rule
from monitors.standing import Standing

# Every measure but `name_match`, which is not about a registered account.
_MEASURES: Mapping[Measure, Callable[[Hearing], Verdict]] = {
    "silence": silence.silence,
    "never_posted": silence.never_posted,
    "hidden": silence.hidden,
    "gone": presence.gone,
    "suspended": presence.suspended,
    "moved": presence.moved,
    "name_differs": presence.name_differs,
    "verification_differs": presence.verification_differs,
    "still_shown": presence.still_shown,
    "cancellation_unfiled": presence.cancellation_unfiled,
    "unseen": presence.unseen,
    "filed_late": filings.filed_late,
    "review_overdue": filings.review_overdue,
    "no_leader": filings.no_leader,
    "no_manager": filings.no_manager,
    "outsourced": filings.outsourced,
    "manager_of_many": filings.manager_of_many,
    "several_accounts": filings.several_accounts,
    "group_unlisted": filings.group_unlisted,
    "group_unconfirmed": filings.group_unconfirmed,
}
_OF_GROUPS: frozenset[Measure] = frozenset({"group_unlisted", "group_unconfirmed"})


@dataclass(frozen=True, slots=True)
class Exemption:
    """A person's leave for one account, both days included: no clock runs and nothing new is found.

    Without `policy` and `rule` it holds for every rule on the account.
    """

    key: str
    first: date
    last: date
    why: str
    policy: str | None = None
    rule: str | None = None

    def holds_for(self, key: str, rule: Rule) -> bool:
        """Is this leave about the account and the rule?"""
        return (self.key, self.policy or rule.policy, self.rule or rule.rule) == (key, rule.policy, rule.rule)


def verdicts(
    account: Account,
    standing: Standing | None,
    rules: Iterable[Rule],
    day: date,
    calendar: Calendar,
    *,
    exemptions: Sequence[Exemption] = (),
    filing: Filing | None = None,
) -> list[Verdict]:
    """One verdict of each rule in whose scope the account is; name matches are judged apart.

    `standing` is the one after all observations up to and including the night of `day`.
    """
    held = standing or Standing(account.key)
    given = []
    for rule in rules:
        about_groups = filing is not None and filing.group is not None
        if rule.measure == "name_match" or (rule.measure in _OF_GROUPS) != about_groups:
            continue
        if not rule.holds_for(account):
            continue
        leaves = [leave for leave in exemptions if leave.holds_for(account.key, rule)]
        clock = calendar.pausing((leave.first, leave.last) for leave in leaves)
        counted = held.counting(rule.counts)
        verdict = _verdict(Hearing(account, counted, rule, day, clock, filing or Filing()))
        given.append(_excused(verdict, leaves, day))
    return given


def sighting_verdict(
    key: str,
    match: NameMatch | None,
    rule: Rule,
    since: date,
    *,
    fresh: bool,
    gone: bool = False,
    signs: Sequence[str] = (),
) -> Verdict:
    """The verdict on an unregistered account: never more than a suspicion, a person decides.

    `since` is the day on which this name was first met under this key; `fresh` says that tonight's believed
    search or visit (or a person's word) showed it; `gone` that the platform confirmed its absence; `signs` are
    what its profile showed for and against.
    """
    if gone or match is None or not match.flag:
        why = "平台说账号已不存在。" if gone else "名称不再像学校或校内单位。"
        return Verdict(key, rule.policy, rule.rule, rule.kind, "Clear", why, fresh)
    reading = "容易被当成学校自己的账号" if match.reading == "passes_off" else "拿学校的名称做文章"
    how = "同名" if match.candidate == match.protected else "相近"
    near = f"，与“{match.protected}”{how}" if match.protected else ""
    shown = "".join(f"；{sign}" for sign in signs)
    why = f"“{match.candidate}”{near}，{reading}{shown}；是否冒名，请人工判断。"
    return Verdict(key, rule.policy, rule.rule, rule.kind, "Suspected", why, fresh, since)


def _excused(verdict: Verdict, leaves: Sequence[Exemption], day: date) -> Verdict:
    now = next((leave for leave in leaves if leave.first <= day <= leave.last), None)
    if now and verdict.verdict in ("Breach", "Suspected"):
        why = f"豁免至 {now.last}（{now.why}），期间不计时、不升级。"
        return replace(verdict, verdict="Unknown", why=why, fresh=False)
    return verdict


def _verdict(hearing: Hearing) -> Verdict:
    state = hearing.account.state
    if (hearing.rule.measure == "still_shown") != (state == "注销"):
        return hearing.says("Clear", f"台账状态为{state}，不适用这条规则。")
    if state == "停用":
        return hearing.says("Clear", "台账状态为停用，不作判断。")
    return _MEASURES[hearing.rule.measure](hearing)
