"""One account before one rule on one day, and the words in which a verdict is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitors.calendar import Calendar, Limit
from monitors.nouns import POST_KINDS, Account, Newest, PostKind, Verdict, VerdictKind, Witness
from monitors.rules import Rule
from monitors.standing import Standing

WITNESSES: dict[Witness, str] = {
    "page": "主页",
    "feed": "订阅源",
    "album": "合集",
    "article": "文章",
    "counter": "作品数增加",
    "hand": "单位人工报告",
}


_NOT_COUNTED: dict[PostKind, str] = {"post": "原创", "forward": "转发", "live": "直播"}


@dataclass(frozen=True, slots=True)
class GroupFiling:
    """What the register says of one chat group; `missing` names the columns that others filled in.

    `since`: the last day on which anybody stood by the group: confirmed, else created, else listed.
    """

    members: int | None
    missing: tuple[str, ...]
    confirmed_on: date | None
    since: date


@dataclass(frozen=True, slots=True)
class Filing:
    """What the whole register says of one account; None where the register has no such column.

    `held` is the largest number of accounts that one of its managers runs; `siblings` names the other
    accounts of its unit on its platform; `keeps_reviews`: the register has yearly reviews in it at all.
    `listed_on`: the day on which a version of the register, not the first, brought the account in.
    `group` is set for a chat group, of which nothing else is said.
    No name or number of a person is in it.
    """

    has_leader: bool | None = None
    has_manager: bool | None = None
    held: int | None = None
    siblings: tuple[str, ...] = ()
    outsourced: bool | None = None
    keeps_reviews: bool = False
    listed_on: date | None = None
    group: GroupFiling | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """Everything a verdict may be drawn from; `day` is tonight's Shanghai day."""

    account: Account
    standing: Standing
    rule: Rule
    day: date
    calendar: Calendar
    filing: Filing = Filing()

    @property
    def limit(self) -> Limit:
        """The time that a timed measure allows."""
        if self.rule.limit is None:
            raise ValueError(f"{self.rule.policy} {self.rule.rule}: no limit")
        return self.rule.limit

    @property
    def count(self) -> int:
        """The number of a counted measure."""
        if self.rule.count is None:
            raise ValueError(f"{self.rule.policy} {self.rule.rule}: no count")
        return self.rule.count

    @property
    def left_out(self) -> str:
        """What the rule does not take for an update, in the words of a finding; empty when it takes all."""
        kinds = [_NOT_COUNTED[kind] for kind in POST_KINDS if kind not in self.rule.counts]
        return f"，不计{'和'.join(kinds)}" if kinds else ""

    def says(
        self,
        verdict: VerdictKind,
        why: str,
        *,
        fresh: bool = False,
        since: date | None = None,
        newest: Newest | None = None,
    ) -> Verdict:
        """A verdict of this rule on this account."""
        rule = self.rule
        return Verdict(
            self.account.key, rule.policy, rule.rule, rule.kind, verdict, why, fresh, since, newest
        )

    def broken_from(self, last: date) -> date:
        """The first day on which the rule's limit is broken, counted from `last`."""
        return self.calendar.broken_from(last, self.limit)

    def over(self, last: date, until: date, what: str) -> str:
        """Say that the limit was broken when last looked, and which pauses were left out of the count."""
        limit = f"{'已满' if self.limit.inclusive else '已超过'} {self.limit}"
        pauses = self.calendar.pauses_between(last, until)
        left_out = "、".join(f"{first} 至 {end}" for first, end in pauses)
        return f"到 {until} {limit}{what}" + (f"（{left_out} 不计时）" if pauses else "") + "。"
