"""What is found on an account that is not about its activity: gone, renamed, or a matter of filing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from reports.terms import Clause, Terms
from reports.weekly.records import Records
from reports.weekly.units import pinyin


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding on an account that is not about its activity; `fresh`: it began in the week."""

    key: str
    name: str
    title: str
    unit: str
    link: str | None
    verdict: Literal["Breach", "Suspected", "Unknown"]
    since: date | None
    why: str
    clauses: tuple[Clause, ...]
    fresh: bool


def losses(records: Records, terms: Terms) -> tuple[Remark, ...]:
    """Accounts that are gone, suspended, moved or renamed, with those one night still has to confirm."""
    told = [row for row in records.verdicts if row.kind in ("gone", "name")]
    return _remarks([r for r in told if r.verdict != "Unknown" or r.since is not None], records, terms)


def filings(records: Records, terms: Terms) -> tuple[Remark, ...]:
    """What the register itself leaves to be done."""
    told = [row for row in records.verdicts if row.kind == "filing"]
    return _remarks([row for row in told if row.verdict in ("Breach", "Suspected")], records, terms)


def _remarks(verdicts: Sequence[Any], records: Records, terms: Terms) -> tuple[Remark, ...]:
    """One remark for each thing, with the clauses of all texts that say it."""
    subjects = {**records.filed.groups, **records.filed.accounts}
    same: dict[tuple[str, str], list[Any]] = {}
    for row in verdicts:
        if row.key in subjects:
            same.setdefault((row.key, row.why), []).append(row)
    remarks = []
    for (key, why), found in same.items():
        account = subjects[key]
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
                fresh=found[0].since is None or found[0].since >= records.first,
            )
        )
    return tuple(sorted(remarks, key=lambda remark: (pinyin(remark.unit), remark.name, remark.why)))
