"""What the night and people's records have to tell: steps with all their clauses, outages, reminders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import accounts, citations, findings, sightings, tables
from monitors.judge import Judged, Law, Taken
from monitors.nouns import Case, NameMatch, Newest, Verdict
from monitors.rules import OWN, Rule
from monitors.trail import NIGHT, Records, deadline, replayed
from reports import alerts, notices
from reports.alerts import Doubt, News, Restored, Told
from reports.pages import discreet
from reports.reminders import remind
from reports.told import gravity
from schedules.config import Config
from schedules.delivery import everybody

# ── what there is to tell ───────────────────────────────────────────────────────────────────────


def queue_night(connection: Connection, config: Config, law: Law, day: date, judged: Judged) -> None:
    """Queue what a night has to tell, in the transaction in which it was judged: steps, outages, reminders."""
    people = everybody(config, connection)
    held_by_key: dict[str, list[Verdict]] = {}
    for verdict in judged.verdicts:
        held_by_key.setdefault(verdict.key, []).append(verdict)
    news: list[News] = [
        _witnessed(connection, _told(law, taken, held_by_key[taken.case.key]), taken.case.key)
        for taken in judged.taken
    ]
    news += [_doubt(connection, law, day, name, why) for name, why in judged.doubts.items()]
    news += _restored(connection, law, day)
    alerts.queue(connection, news, people, day)
    if config.alerts.remind_working_days:
        remind(connection, people, day, config.alerts.remind_working_days, law.calendar)


def queue_record(connection: Connection, config: Config, law: Law, case: Case, day: date) -> None:
    """Queue what a step that a person recorded has to tell, in the transaction in which it was recorded."""
    rule = law.rule(case.policy, case.rule)
    if rule is None:
        return
    rows = [row for row in findings.held_on(connection, day) if row.key == case.key]
    held = [
        Verdict(r.key, r.policy, r.rule, r.kind, r.verdict, r.why, False, r.since, r.newest) for r in rows
    ]
    own = next((one for one in held if (one.policy, one.rule) == (case.policy, case.rule)), None)
    account = accounts.accepted(connection).get(case.key)
    met = sightings.met_before(connection).get(case.key)
    name = account.name if account else met.profile.name if met else case.key
    match = met.match if met and not account else None
    told = _worded(
        law, case, rule, held,
        account=name, unit=account.unit if account else "", why=_said(case, own), match=match,
        since=own.since if own else None, newest=own.newest if own else None,
    )  # fmt: skip
    news = [_witnessed(connection, told, case.key)]
    alerts.queue(connection, news, everybody(config, connection), day)


def _said(case: Case, verdict: Verdict | None) -> str:
    last = case.trail[-1]
    said = discreet(f"{last.by} 登记：{last.why}" if last.why else f"{last.by} 已登记")
    return f"{said}。{verdict.why}" if verdict and verdict.why and last.stage != "closed" else said


def _told(law: Law, taken: Taken, held: Sequence[Verdict]) -> Told:
    told = _worded(
        law, taken.case, taken.rule, held,
        account=taken.subject.name, unit=taken.subject.unit, why=taken.verdict.why,
        match=taken.subject.match, since=taken.verdict.since, newest=taken.verdict.newest,
        number=taken.number,
    )  # fmt: skip
    weight = taken.subject.gravity
    return replace(told, severity=weight.on(told.severity)) if weight else told


def _worded(
    law: Law,
    case: Case,
    rule: Rule,
    held: Sequence[Verdict],
    *,
    account: str,
    unit: str,
    why: str,
    match: NameMatch | None,
    since: date | None,
    newest: Newest | None,
    number: int | None = None,
) -> Told:
    """The step `number` of a case, its last by default, with everything that its alert tells."""
    number = number or len(case.trail)
    step, last = case.trail[number - 1], number == len(case.trail)
    platform, _, handle = case.key.partition(":")
    facts = law.facts.get(platform)
    state = replayed(case.trail)
    due = deadline(state, rule, Records(law.assume_done), law.calendar)
    term = {"notice_issued": rule.circular_after, "circular": rule.closure_after}.get(step.stage)
    nameless = handle.startswith("name=")
    return Told(
        case=case.id,
        number=number,
        stage=step.stage,
        kind=case.kind,
        account=account,
        platform=platform,
        title=facts.title if facts else platform,
        unit=unit,
        document=rule.document,
        clause=rule.clause,
        asks=rule.asks,
        why=why,
        others=tuple(_others(law, rule, held)) if step.stage != "closed" else (),
        letters=tuple(_letters(match)) if match else (),
        since=since,
        newest=newest,
        deadline=due.day if due else None,
        provisional=bool(due and due.provisional),
        term=str(term) if term else "",
        severity=gravity(rule, match),
        result=step.result,
        evidence=step.evidence,
        link=facts.profile_url(handle) if facts and not nameless else None,
        papers=tuple(notices.named(case)) if last else (),
        by_person=step.by != NIGHT,
        reverted=step.reverts,
    )


def _witnessed(connection: Connection, told: Told, key: str) -> Told:
    """A sighting rests on no visit of its own but on the search, or the person, that met it."""
    if told.kind != "sighting":
        return told
    hit, met = tables.query_hit.c, tables.sighting.c
    words = connection.scalars(sa.select(hit.word).where(hit.key == key).order_by(hit.word).limit(3)).all()
    seen = connection.execute(sa.select(met.last_day, met.by, met.link).where(met.key == key)).first()
    if seen is None:
        return told
    searched = "、".join(f"“{word}”" for word in words)
    how = f"搜索{searched}时看到" if words else f"由 {discreet(seen.by)} 登记" if seen.by else "看到"
    evidence = told.evidence or f"{seen.last_day} {how}"
    return replace(told, evidence=evidence, link=told.link or seen.link)


def _others(law: Law, rule: Rule, held: Sequence[Verdict]) -> Iterable[tuple[str, str]]:
    """Every other clause that the same thing breaks; beside a school's text our own convention says nothing."""
    for finding in citations.findings(held, law.rules):
        if citations.matter(finding.rule) != citations.matter(rule):
            continue
        for other in (finding.rule, *finding.others):
            if other != rule and other.policy != OWN:
                yield other.cited, other.asks


def _letters(match: NameMatch) -> Iterable[str]:
    """Which characters of a name stand for which of the protected one, and why."""
    # How much a letter weighs is for the maker of the matcher, not for an officer.
    for reason in (one for one in match.reasons if "比特" not in one.why):
        stands = f"“{reason.left}”对应“{reason.right}”" if reason.right else f"“{reason.left}”"
        yield f"{stands}：{reason.why}"


# ── outages ─────────────────────────────────────────────────────────────────────────────────────


def _doubt(connection: Connection, law: Law, day: date, platform: str, why: str) -> Doubt:
    """An outage begins on the first doubted night after the last believed one."""
    night = tables.platform_night.c
    mine = night.platform == platform
    believed = connection.scalar(sa.select(sa.func.max(night.day)).where(mine, night.believed))
    since = sa.select(sa.func.min(night.day)).where(mine, sa.not_(night.believed))
    first = connection.scalar(since.where(night.day > believed) if believed else since)
    return Doubt(platform, law.facts[platform].title, first or day, why)


def _restored(connection: Connection, law: Law, day: date) -> Iterable[Restored]:
    """The outages that end tonight: the newest one told of each platform that is believed again."""
    night, alert = tables.platform_night.c, tables.alert.c
    for platform in connection.scalars(sa.select(night.platform).where(night.day == day, night.believed)):
        told = sa.select(sa.func.max(alert.about)).where(
            alert.about.startswith(f"doubt:{platform}:", autoescape=True)
        )
        about = connection.scalar(told)
        if about and (first := date.fromisoformat(about.rsplit(":", 1)[1])) < day:
            yield Restored(platform, law.facts[platform].title, first)
