"""The papers of a case, ready to print and stamp: notice, circular, recommendation to close, feedback form."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import casebook, tables
from monitors.nouns import Case, PlatformFacts, Stage
from monitors.rules import OWN, Rule
from monitors.trail import replayed
from reports import exhibits
from reports.exhibits import Picture
from reports.pages import put
from reports.terms import Terms
from reports.wording import STAGES, WITNESSES, newest_words, visible

log = logging.getLogger(__name__)

_FORMS: Mapping[Stage, tuple[str, ...]] = {
    "suspected": ("feedback",),
    "notice_issued": ("notice", "feedback"),
    "circular": ("circular",),
    "closure_recommended": ("closure",),
}
_BLANK = "＿＿＿＿＿＿"
_case, _verdict = tables.case.c, tables.verdict.c


@dataclass(frozen=True)
class Desk:
    """Where notices are written: `papers` takes them, `own` may hold the school's own forms."""

    school: str
    facts: Mapping[str, PlatformFacts]
    rules: Sequence[Rule]
    papers: Path
    own: Path
    evidence: Path

    def rule(self, case: Case) -> Rule | None:
        """The rule of a case, None when it is no longer in use."""
        return next((r for r in self.rules if (r.policy, r.rule) == (case.policy, case.rule)), None)


def named(case: Case) -> dict[str, str]:
    """The forms that the present stage of a case needs, by the names of their files without the ending.

    A stage that is taken once more, after a step back, gets papers of its own.
    """
    if case.kind == "unseen":
        return {}
    stage = replayed(case.trail).stage
    times = sum(
        step.stage == stage and not step.reverts and (number == 0 or case.trail[number - 1].stage != stage)
        for number, step in enumerate(case.trail)
    )
    stem = f"{case.id}-{stage}" + (f"-{times}" if times > 1 else "")
    needed = _FORMS.get(stage, ())
    return {stem + (f"-{form}" if number else ""): form for number, form in enumerate(needed)}


def write(connection: Connection, desk: Desk) -> list[Path]:
    """Write every paper that an open case needs and that is not there yet; gives the new ones.

    It asks the ledger, so that what a kill or a full disk left out is written the next time. A paper that
    is there is never touched: somebody may have edited it. One that cannot be written is a WARNING.
    """
    still = _case.closed_on.is_(None) & _case.stage.in_(_FORMS)
    papers: list[Path] = []
    for case in casebook.cases(connection, still):
        missing = {stem: form for stem, form in named(case).items() if not _there(desk, stem)}
        if not missing:
            continue
        from reports.forms import FormError  # noqa: PLC0415 (slow to load, and most nights write no paper)

        facts = filled(connection, desk, case)
        picture = exhibits.picture(connection, case, desk.evidence)
        for stem, form in missing.items():
            try:
                papers += _put(desk, stem, form, facts, picture)
            except (OSError, FormError) as error:
                log.warning("%s could not be written, the next night tries again: %s", stem, error)
    return papers


def _there(desk: Desk, stem: str) -> bool:
    return all((desk.papers / f"{stem}.{ending}").exists() for ending in ("docx", "html"))


def _put(
    desk: Desk, stem: str, form: str, facts: Mapping[str, str], picture: Picture | None
) -> Iterator[Path]:
    from reports import forms  # noqa: PLC0415 (as above)

    for ending, filling in (("docx", forms.word), ("html", forms.web)):
        path = desk.papers / f"{stem}.{ending}"
        if not path.exists():
            yield put(path, filling(form, facts, desk.own, picture))


# ── what is filled in ───────────────────────────────────────────────────────────────────────────


def filled(connection: Connection, desk: Desk, case: Case) -> dict[str, str]:
    """What a form can say of a case, each text with unseen characters marked; no contact is among them."""
    terms = Terms(desk.facts, desk.rules)
    held = connection.execute(
        sa.select(tables.verdict).where(_verdict.key == case.key, _verdict.to_day.is_(None))
    ).all()
    own = next((row for row in held if (row.policy, row.rule) == (case.policy, case.rule)), None)
    newest = own.newest if own else None
    who = _who(connection, case, terms)
    facts = {
        "school": desk.school,
        "number": case.id,
        **who,
        "why": own.why if own else case.trail[0].why,
        "basis": _basis(desk, case, held, terms),
        "newest": newest_words(newest) + (f"（依据：{WITNESSES[newest.by]}）" if newest else ""),
        "since": own.since.isoformat() if own and own.since else "—",
        "deadline": _deadline(connection, desk, case),
        "history": "；".join(_history(case)) or "—",
    }
    lines = {
        "nights": exhibits.nights(connection, case),
        "evidence": exhibits.lines(connection, case, desk.evidence),
    }
    return {name: visible(text) for name, text in facts.items()} | {
        name: "\n".join(visible(line) for line in given) or "—" for name, given in lines.items()
    }


def _history(case: Case) -> list[str]:
    """What went before; that it once was only suspected is nobody's business any more."""
    *before, _ = replayed(case.trail).taken
    return [f"{step.on} {STAGES[step.stage]}" for step in before if step.stage != "suspected"]


def _who(connection: Connection, case: Case, terms: Terms) -> dict[str, str]:
    platform, _, handle = case.key.partition(":")
    given = {"platform": terms.title(platform), "account": handle, "unit": _BLANK}
    link = terms.link(platform, None if handle.startswith("name=") else handle)
    account = connection.execute(sa.select(tables.account).where(tables.account.c.key == case.key)).first()
    met = connection.execute(sa.select(tables.sighting).where(tables.sighting.c.key == case.key)).first()
    whose = "贵单位的"
    if account:
        given |= {"account": account.name, "unit": account.unit}
    elif met:
        given["account"], link = met.name, met.link or link
        given["unit"] = _area(connection, met) or _BLANK
        whose = "在贵单位有关范围内发现的、未备案的"
    web = link and link.startswith(("https://", "http://"))
    return given | {"whose": whose, "link": link if link and web else "—"}


def _area(connection: Connection, met: Any) -> str | None:
    """The unit in whose name an account met in a search goes about; else somebody has to write it in."""
    unit = tables.account.c.unit
    filed = sa.select(unit).where(tables.account.c.filed, unit == met.match.get("protected"))
    return connection.execute(filed.limit(1)).scalar()


def _basis(desk: Desk, case: Case, held: Sequence[Any], terms: Terms) -> str:
    """The case's own clause, then every other that the same thing breaks; no unit is held to our conventions."""
    own = (case.policy, case.rule)
    accused = [row for row in held if row.verdict in ("Breach", "Suspected") and row.policy != OWN]
    broken = [(row.policy, row.rule) for row in accused]
    quotes = {(rule.policy, rule.rule): rule.quote for rule in desk.rules}
    said = []
    for rule in dict.fromkeys([own, *(other for other in broken if terms.same_matter(own, other))]):
        clause, quote = terms.clause(*rule), quotes.get(rule)
        asks = f"，要求：{clause.asks.rstrip('。')}" if clause.asks else ""
        said.append(clause.cited + (f"（原文：“{quote}”）" if quote else "") + asks)
    return "；".join(said) + "。"


def _deadline(connection: Connection, desk: Desk, case: Case) -> str:
    row = connection.execute(sa.select(tables.case).where(_case.id == case.id)).one()
    if row.deadline:
        provisional = "（临时，节假日安排公布后会重新计算）" if row.provisional else ""
        return f"于 {row.deadline.isoformat()} 之前{provisional}"
    rule = desk.rule(case)
    if rule and row.stage == "notice_issued" and rule.circular_after:
        return f"自签收本通知之日起 {rule.circular_after}内"
    if rule and row.stage == "circular" and rule.closure_after:
        return f"自本通报发出之日起 {rule.closure_after}内"
    return "尽快"
