"""Several texts on one account at once: the strictest finding leads and all clauses are cited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import get_args

from monitors.nouns import Verdict, VerdictKind
from monitors.rules import OWN, Measure, Rule, Severity

_GRAVITY: tuple[VerdictKind, ...] = ("Breach", "Suspected", "Unknown", "Clear")
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
# Different measures of one thing.
_SAME: dict[Measure, Measure] = {"never_posted": "silence"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong (or not known) about one account: the strictest verdict and every rule it breaks."""

    lead: Verdict
    rule: Rule
    others: tuple[Rule, ...] = ()

    @property
    def cited(self) -> tuple[str, ...]:
        """Every clause, the leading one first."""
        return tuple(rule.cited for rule in (self.rule, *self.others))


def findings(verdicts: Iterable[Verdict], rules: Iterable[Rule]) -> list[Finding]:
    """Group the verdicts that are worth telling, per account and measure, in the order they came."""
    known = {(rule.policy, rule.rule): rule for rule in rules}
    groups: dict[tuple[str, Measure], list[tuple[Verdict, Rule]]] = defaultdict(list)
    for verdict in verdicts:
        rule = known.get((verdict.policy, verdict.rule))
        if rule and _worth_telling(verdict, rule):
            groups[verdict.key, matter(rule)].append((verdict, rule))
    return [_finding(group) for group in groups.values()]


def matter(rule: Rule) -> Measure:
    """What a rule is about: rules about the same matter make one finding, and one case."""
    return _SAME.get(rule.measure, rule.measure)


def _worth_telling(verdict: Verdict, rule: Rule) -> bool:
    if verdict.verdict == "Unknown":
        # That the posts are not known is told; of the rest only what began on some day and is not settled.
        return rule.measure in ("silence", "never_posted") or verdict.since is not None
    return verdict.verdict != "Clear"


def _finding(group: list[tuple[Verdict, Rule]]) -> Finding:
    (lead, rule), *rest = sorted(group, key=_strictness)
    accused = [other for verdict, other in rest if verdict.verdict != "Unknown"]
    return Finding(lead, rule, tuple(accused))


def _strictness(one: tuple[Verdict, Rule]) -> tuple[int, bool, int, date]:
    verdict, rule = one
    # A school's text goes before the patrol's own convention.
    own = rule.policy == OWN
    return _GRAVITY.index(verdict.verdict), own, -_SEVERITIES.index(rule.severity), verdict.since or date.max
