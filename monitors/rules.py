"""Rules as data: what each published text asks, read from `policies/*.toml` and the school's own files."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from monitors.calendar import Limit
from monitors.nouns import PLATFORM_IDS, POST_KINDS, Account, FindingKind, PostKind
from monitors.strict import RuleError, StrictTable, nearest

Measure = Literal[
    "silence",
    "never_posted",
    "hidden",
    "gone",
    "suspended",
    "moved",
    "name_differs",
    "verification_differs",
    "still_shown",
    "cancellation_unfiled",
    "filed_late",
    "review_overdue",
    "no_leader",
    "no_manager",
    "outsourced",
    "manager_of_many",
    "several_accounts",
    "group_unlisted",
    "group_unconfirmed",
    "unseen",
    "name_match",
]
Severity = Literal["low", "normal", "high", "urgent"]

POLICIES = Path(__file__).parent / "policies"
# The patrol's own conventions: what no published text asks but the patrol itself must tell.
OWN = "patrol"

_KINDS: Mapping[Measure, FindingKind] = {
    "silence": "activity",
    "never_posted": "activity",
    "hidden": "activity",
    "gone": "gone",
    "suspended": "gone",
    "moved": "gone",
    "name_differs": "name",
    "unseen": "unseen",
    "name_match": "sighting",
}
_TIMED: frozenset[Measure] = frozenset(
    {"silence", "never_posted", "cancellation_unfiled", "filed_late", "review_overdue", "group_unconfirmed"}
)
_OF_POSTS: frozenset[Measure] = frozenset({"silence", "never_posted"})
_COUNTED: frozenset[Measure] = frozenset(
    {"manager_of_many", "several_accounts", "unseen", "group_unlisted", "group_unconfirmed"}
)

_POLICY_KEYS = ("policy", "document", "in_force", "checked_on", "rule")
_RULE_KEYS = (
    "rule", "clause", "asks", "quote", "checked_on", "measure", "more_than", "or_more", "count", "counts",
    "severity", "plays_on_severity", "case", "notice", "circular_after", "closure_after",
    "platforms", "tiers", "units", "types",
)  # fmt: skip


_SCOPES = ("platforms", "tiers", "units", "types")
_ALL: dict[str, Any] = dict.fromkeys(_SCOPES, ())


@dataclass(frozen=True, slots=True)
class Rule:
    """One clause as the judge carries it out.

    `asks` is the requirement in our own words; `quote` the text's, only where a school typed it in.
    `case`: a breach is followed as a case; without, it only stands among the findings.
    `limit` is the time a timed measure allows, `count` the number of a counted one, `counts`
    what a measure of posts takes for an update. `notice`: a notice goes
    to the unit when a case opens; `circular_after` and `closure_after`: the waiting time from the recorded
    receipt and the recorded circular, None where the text gives none (the night then goes no further).
    An empty scope holds for all; `units` are patterns such as `*学院`. An account created before `in_force`
    is not asked for what the text asks at creation.
    """

    policy: str
    rule: str
    document: str
    clause: str
    asks: str
    checked_on: date
    measure: Measure
    kind: FindingKind
    severity: Severity = "normal"
    plays_on_severity: Severity | None = None
    in_force: date | None = None
    quote: str | None = None
    limit: Limit | None = None
    count: int | None = None
    counts: tuple[PostKind, ...] = POST_KINDS
    case: bool = True
    notice: bool = False
    circular_after: Limit | None = None
    closure_after: Limit | None = None
    platforms: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def cited(self) -> str:
        """Document and clause, as a finding cites them."""
        return f"{self.document} {self.clause}"

    def holds_for(self, account: Account) -> bool:
        """Is the account in the rule's scope? What a row leaves empty matches only an empty scope."""
        return (
            (not self.platforms or account.platform in self.platforms)
            and (not self.tiers or account.tier in self.tiers)
            and (not self.types or account.type in self.types)
            and (not self.units or any(fnmatch.fnmatchcase(account.unit, unit) for unit in self.units))
        )

    def unmatched(self, subjects: Sequence[Account]) -> dict[str, tuple[str, ...]]:
        """The scopes in which no subject is, each with what it asks for; empty where the rule holds for some."""
        if any(self.holds_for(one) for one in subjects) or self.measure == "name_match":
            return {}
        scopes = {scope: getattr(self, scope) for scope in _SCOPES if getattr(self, scope)}
        alone = {
            scope: asked
            for scope, asked in scopes.items()
            if not any(replace(self, **_ALL | {scope: asked}).holds_for(one) for one in subjects)
        }
        return alone or scopes

    def severity_of(self, reading: str | None) -> Severity:
        """How grave a finding is; a name that only plays on the school's may weigh less."""
        return (self.plays_on_severity or self.severity) if reading == "plays_on" else self.severity


def load(names: Sequence[str], extra: Path | None = None) -> tuple[Rule, ...]:
    """Read the named policies, the patrol's own last; raises `RuleError`.

    A name is a file `<name>.toml` in `extra` (the folder of `school.toml`), else among the presets.
    """
    rules: list[Rule] = []
    for name in dict.fromkeys([*names, OWN]):
        rules += _policy(_file(name, extra))
    return tuple(rules)


def _file(name: str, extra: Path | None) -> Path:
    known = {path.stem: path for path in sorted(POLICIES.glob("*.toml"))}
    own = extra / f"{name}.toml" if extra and Path(name).name == name else None
    if own and own.is_file():
        return own
    if name in known and name != "template":
        return known[name]
    presets = [preset for preset in known if preset not in ("template", OWN)]
    raise RuleError(
        f"[policy] use：找不到规则“{name}”{nearest(name, presets)}。"
        f"可用的有：{'、'.join(presets)}；自己的规则请写成 school.toml 旁边的“{name}.toml”。"
    )


def _policy(path: Path) -> Iterable[Rule]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise RuleError(f"{path.name}：不是有效的 TOML（{error}）；请存为 UTF-8。") from error
    except OSError as error:
        raise RuleError(f"{path.name}：读不出来（{error.strerror}）。") from error
    policy = StrictTable(path.name, table)
    policy.only(_POLICY_KEYS)
    entries = table.get("rule", [])
    if not entries or not isinstance(entries, list):
        policy.refuse("rule", "没有写任何规则；每条规则以 [[rule]] 开头")
    if policy.text("policy") != path.stem:
        policy.refuse("policy", f"应当与文件名相同，写成“{path.stem}”")
    seen: set[str] = set()
    for number, entry in enumerate(entries, 1):
        named = entry.get("rule") if isinstance(entry, dict) else None
        rule = _rule(policy, StrictTable(f"{path.name} 规则“{named or f'第 {number} 条'}”", entry))
        if rule.rule in seen:
            policy.refuse("rule", f"“{rule.rule}”写了两次，每条规则的名字只能用一次")
        seen.add(rule.rule)
        yield rule


def _rule(policy: StrictTable, table: StrictTable) -> Rule:
    table.only(_RULE_KEYS)
    measure: Measure = table.choice("measure", get_args(Measure))
    rule = Rule(
        policy=policy.text("policy"),
        rule=table.text("rule"),
        document=policy.text("document"),
        clause=table.text("clause"),
        asks=table.text("asks"),
        checked_on=table.day("checked_on") or policy.day("checked_on") or table.missing("checked_on"),
        measure=measure,
        kind=_KINDS.get(measure, "filing"),
        severity=table.choice("severity", get_args(Severity), "normal"),
        plays_on_severity=table.choice("plays_on_severity", get_args(Severity), None),
        in_force=policy.day("in_force"),
        quote=table.text("quote", optional=True) or None,
        limit=_limit(table, measure),
        count=_count(table, measure),
        counts=_counts(table, measure),
        case=table.flag("case", default=True),
        notice=table.flag("notice"),
        circular_after=table.limit("circular_after"),
        closure_after=table.limit("closure_after"),
        **{scope: table.texts(scope) for scope in _SCOPES},
    )
    if rule.plays_on_severity and measure != "name_match":
        table.refuse("plays_on_severity", "只用于 name_match")
    for platform in rule.platforms:
        if platform not in PLATFORM_IDS:
            table.refuse("platforms", f"不认识平台“{platform}”{nearest(platform, PLATFORM_IDS)}")
    if rule.circular_after and not rule.notice:
        table.refuse("circular_after", "从整改通知签收之日起算，请同时写 notice = true")
    if rule.closure_after and not rule.circular_after:
        table.refuse("closure_after", "从通报之日起算，请同时写 circular_after")
    return rule


def _limit(table: StrictTable, measure: Measure) -> Limit | None:
    more, least = table.limit("more_than"), table.limit("or_more", inclusive=True)
    if measure in _TIMED and (more is None) == (least is None):
        table.refuse("more_than", "要写期限：“超过”写 more_than，“满”写 or_more，两者只写一个")
    if measure not in _TIMED and (more or least):
        table.refuse("more_than" if more else "or_more", f"{measure} 没有期限，请删去")
    return more or least


def _count(table: StrictTable, measure: Measure) -> int | None:
    count = table.entries.get("count")
    if (measure in _COUNTED) != (count is not None):
        table.refuse("count", f"{measure} 要写数目" if count is None else f"{measure} 没有数目，请删去")
    if count is not None and (type(count) is not int or count < 1):
        table.refuse("count", f"“{count}”应当是 1 以上的整数")
    return count


def _counts(table: StrictTable, measure: Measure) -> tuple[PostKind, ...]:
    named = table.texts("counts")
    if named and measure not in _OF_POSTS:
        table.refuse("counts", f"{measure} 不看发布的内容，请删去")
    if unknown := set(named) - set(POST_KINDS):
        table.refuse("counts", f"不认识“{min(unknown)}”{nearest(min(unknown), POST_KINDS)}")
    if named and "post" not in named:
        table.refuse("counts", "自己发布的内容（post）总要算")
    return tuple(kind for kind in POST_KINDS if kind in named) or POST_KINDS
