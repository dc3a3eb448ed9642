"""The roll of all registered accounts: each in exactly one bucket, gathered by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import pandas as pd

from monitors.nouns import Account, Newest
from reports.casework import CaseLine
from reports.records import Known, Records, rows
from reports.terms import Clause, Terms

Bucket = Literal["clear", "breach", "suspected", "unknown", "unseen", "manual", "retired"]
BUCKETS: tuple[Bucket, ...] = get_args(Bucket)
_NOT_READ: Mapping[str, str] = {
    "Blocked": "平台要求登录或验证，没能看到",
    "Ambiguous": "平台的答复说不清",
    "ShapeChanged": "平台的页面变了样，读不懂",
    "Unreachable": "连不上平台",
}


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One registered account at the week's end; `not_read` says why it was not seen in the week."""

    key: str
    name: str
    title: str
    unit: str
    bucket: Bucket
    newest: Newest | None
    seen_on: date | None
    link: str | None
    not_read: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One unit: how many of its accounts are in each bucket, and the accounts."""

    unit: str
    counts: Mapping[Bucket, int]
    accounts: tuple[AccountLine, ...]

    @property
    def total(self) -> int:
        """All accounts of the unit."""
        return len(self.accounts)


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding on an account that is not about its activity: gone, renamed, or a matter of filing."""

    key: str
    name: str
    title: str
    unit: str
    link: str | None
    verdict: Literal["Breach", "Suspected", "Unknown"]
    since: date | None
    why: str
    clauses: tuple[Clause, ...]


def account_lines(records: Records, cases: Sequence[CaseLine], terms: Terms) -> tuple[AccountLine, ...]:
    """One line for each account in the register."""
    week = _Week(records, cases, terms)
    return tuple(week.line(account) for account in records.accounts.values())


class _Week:
    """What the bucket of an account is decided by."""

    def __init__(self, records: Records, cases: Sequence[CaseLine], terms: Terms) -> None:
        told = records.verdicts[records.verdicts["kind"].isin(["activity", "gone", "name"])]
        opened = {case.key for case in cases if case.stage not in ("suspected", "closed")}
        suspected = {case.key for case in cases if case.stage == "suspected"}
        self.breaches = opened | set(told[told["verdict"] == "Breach"]["key"])
        self.suspicions = suspected | set(told[told["verdict"] == "Suspected"]["key"])
        self.said, self.last_outcome = _visits(records.visits)
        self.unjudged = _unjudged(records.verdicts)
        self.known, self.terms = records.known, terms

    def line(self, account: Account) -> AccountLine:
        known = self.known.get(account.key, Known(None, None))
        bucket = self._bucket(account, known)
        return AccountLine(
            key=account.key,
            name=account.name,
            title=self.terms.title(account.platform),
            unit=account.unit,
            bucket=bucket,
            newest=known.newest,
            seen_on=known.seen_on,
            link=self.terms.link(account.platform, account.handle),
            not_read=_not_read(self.last_outcome.get(account.key)) if bucket == "unseen" else "",
        )

    def _bucket(self, account: Account, known: Known) -> Bucket:
        key = account.key
        if account.state != "在用":
            return "retired"
        if key in self.breaches:
            return "breach"
        if key in self.suspicions:
            return "suspected"
        if not self.terms.readable(account.platform, account.handle):
            return "manual"
        if key not in self.said:
            return "unseen"
        shown = self.said[key] == "Found" and known.newest is not None
        return "clear" if shown and key not in self.unjudged else "unknown"


def _unjudged(verdicts: pd.DataFrame) -> set[str]:
    """Accounts whose activity was judged by some rule, and cleared by none."""
    activity = verdicts[verdicts["kind"] == "activity"]
    return set(activity["key"]) - set(activity[activity["verdict"] == "Clear"]["key"])


def _visits(visits: pd.DataFrame) -> tuple[dict[str, str], dict[str, tuple[str, bool]]]:
    """The week's last believed statement on each account, and what its last visit came to."""
    # A feed is another house than the platform: its word stands when the platform's does not.
    trusted = visits["believed"].astype(bool) | (visits["witness"] == "feed")
    stated = visits[trusted & visits["outcome"].isin(["Found", "Gone"])]
    latest = visits.groupby("key").tail(1)
    outcomes = zip(latest["key"], latest["outcome"], latest["believed"], strict=True)
    said = stated.groupby("key").tail(1)
    return dict(zip(said["key"], said["outcome"], strict=True)), {
        key: (outcome, bool(believed)) for key, outcome, believed in outcomes
    }


def _not_read(last: tuple[str, bool] | None) -> str:
    if last is None:
        return "本周没有轮到"
    outcome, believed = last
    return _NOT_READ.get(outcome, "看到了，但当晚平台结果不可信") if believed else "当晚平台结果不可信"


def unit_lines(accounts: Iterable[AccountLine]) -> tuple[UnitLine, ...]:
    """The accounts by unit; the counts of a unit add up to its total."""
    held: dict[str, list[AccountLine]] = {}
    for line in accounts:
        held.setdefault(line.unit, []).append(line)
    return tuple(
        UnitLine(unit, bucket_counts(held[unit]), tuple(held[unit])) for unit in sorted(held, key=_pinyin)
    )


def _pinyin(text: str) -> bytes:
    # GB 18030 keeps the common characters in the order of their pinyin.
    return text.encode("gb18030", "replace")


def bucket_counts(accounts: Iterable[AccountLine]) -> dict[Bucket, int]:
    """How many accounts are in each bucket, all buckets named."""
    counts = pd.Series([line.bucket for line in accounts], dtype=object).value_counts()
    return {bucket: int(counts.get(bucket, 0)) for bucket in BUCKETS}


def losses(records: Records, terms: Terms) -> tuple[Remark, ...]:
    """Accounts that are gone, suspended, moved or renamed, with those one night still has to confirm."""
    verdicts = records.verdicts[records.verdicts["kind"].isin(["gone", "name"])]
    waiting = (verdicts["verdict"] == "Unknown") & verdicts["since"].notna()
    return _remarks(verdicts[verdicts["verdict"].isin(["Breach", "Suspected"]) | waiting], records, terms)


def filings(records: Records, terms: Terms) -> tuple[Remark, ...]:
    """What the register itself leaves to be done."""
    verdicts = records.verdicts
    wanted = (verdicts["kind"] == "filing") & verdicts["verdict"].isin(["Breach", "Suspected"])
    return _remarks(verdicts[wanted], records, terms)


def _remarks(verdicts: pd.DataFrame, records: Records, terms: Terms) -> tuple[Remark, ...]:
    """One remark for each thing, with the clauses of all texts that say it."""
    same: dict[tuple[str, str], list[Any]] = {}
    for row in rows(verdicts):
        if row.key in records.accounts:
            same.setdefault((row.key, row.why), []).append(row)
    remarks = []
    for (key, why), found in same.items():
        account = records.accounts[key]
        remarks.append(
            Remark(
                key=key,
                name=account.name,
                title=terms.title(account.platform),
                unit=account.unit,
                link=terms.link(account.platform, account.handle),
                verdict=found[0].verdict,
                since=found[0].since,
                why=why,
                clauses=tuple(dict.fromkeys(terms.clause(row.policy, row.rule) for row in found)),
            )
        )
    return tuple(sorted(remarks, key=lambda remark: (_pinyin(remark.unit), remark.name, remark.why)))
