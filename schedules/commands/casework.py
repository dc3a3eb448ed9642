"""Commands about findings and cases: findings, cases, attest, step, revert, ack."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, get_args

import sqlalchemy as sa
import typer
from sqlalchemy import Connection

from crawlers.ids import posted_at
from crawlers.platforms import platforms
from monitors import accounts, casebook, citations, sightings, tables
from monitors import findings as verdicts
from monitors.calendar import shanghai_day
from monitors.hearing import Filing
from monitors.judge import Law
from monitors.memory import attest as remember
from monitors.nouns import Case, Stage, Step, Verdict
from monitors.records import record
from monitors.records import revert as taken_back
from monitors.trail import CaseError, Records
from reports import answers
from reports.pages import discreet
from schedules import papers, telling
from schedules.console import UNUSABLE, Session, day_of, fail, say, session, today
from schedules.law import law

By = Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")]


def attach(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (findings, cases, attest, step, revert, ack):
        app.command()(command)


def held_law(here: Session, connection: Connection) -> Law:
    """Give what the school is judged by, without what only a night knows of filing."""
    filed, left = accounts.accepted(connection), accounts.left(connection)
    return law(here.config, here.home.path, filed, lambda account: Filing(), left)


def findings() -> None:
    """List the open breaches and suspicions, and what is not known."""
    here = session()
    with here.ledger.reading() as connection:
        rows = open_findings(here, connection)
    columns = (
        ("verdict", "判定"), ("platform", "平台"), ("name", "账号"), ("unit", "单位"), ("rule", "规则"),
        ("since", "起算日"), ("newest", "最近更新"), ("case", "案件"), ("stage", "阶段"),
    )  # fmt: skip
    here.show(rows, columns)


def open_findings(here: Session, connection: Connection) -> list[dict[str, Any]]:
    """Give the findings of the newest night, one row each with the keys of `--json`."""
    filed, met = accounts.accepted(connection), sightings.met_before(connection)
    filed |= {group.key: group for group, _ in accounts.groups(connection)}
    held = held_law(here, connection)
    open_cases = {
        (row.key, row.policy, row.rule): row
        for row in connection.execute(sa.select(tables.case).where(tables.case.c.closed_on.is_(None)))
    }
    rows = []
    for finding in citations.findings(_verdicts(connection), held.rules):
        lead = finding.lead
        about = [(lead.key, rule.policy, rule.rule) for rule in (finding.rule, *finding.others)]
        case = next((open_cases[one] for one in about if one in open_cases), None)
        account, sighting = filed.get(lead.key), met.get(lead.key)
        # A sighting without an open case has been answered by a person, or is no more.
        if account is None and (sighting is None or case is None):
            continue
        platform, _, handle = lead.key.partition(":")
        rows.append(
            {
                "key": lead.key,
                "kind": lead.kind,
                "platform": platform,
                "handle": None if handle.startswith("name=") else handle,
                "name": account.name if account else sighting.profile.name if sighting else None,
                "unit": account.unit if account else None,
                "policy": lead.policy,
                "rule": lead.rule,
                "verdict": lead.verdict,
                "since": lead.since,
                "newest": {"at": lead.newest.at, "bound": lead.newest.bound} if lead.newest else None,
                "witness": lead.newest.by if lead.newest else None,
                "case": case.id if case else None,
                "stage": case.stage if case else None,
                "why": lead.why,
                "clauses": finding.cited,
            }
        )
    return rows


def _verdicts(connection: Connection) -> list[Verdict]:
    return [
        Verdict(r.key, r.policy, r.rule, r.kind, r.verdict, r.why, False, r.since, r.newest)
        for r in verdicts.held_on(connection, date.max)
    ]


def cases(
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too (always with --json).")] = False,
) -> None:
    """List cases with stage and deadline."""
    here = session()
    with here.ledger.reading() as connection:
        rows = [r for r in all_cases(connection) if everything or here.as_json or not r["closed"]]
    columns = (
        ("case", "案件"),
        ("key", "账号"),
        ("rule", "规则"),
        ("stage", "阶段"),
        ("stage_on", "日期"),
        ("deadline", "期限"),
    )
    here.show(rows, columns)


def all_cases(connection: Connection) -> list[dict[str, Any]]:
    """Give every case, one row each with the keys of `--json`."""
    trails = {case.id: case.trail for case in casebook.cases(connection)}
    return [
        {
            "case": row.id,
            "key": row.key,
            "policy": row.policy,
            "rule": row.rule,
            "episode": row.episode,
            "stage": row.stage,
            "opened": row.opened_on,
            "stage_on": row.stage_on,
            "deadline": row.deadline,
            "provisional": row.provisional,
            "closed": row.closed_on,
            "result": row.result,
            "trail": [
                {"on": s.on, "stage": s.stage, "by": discreet(s.by), "why": discreet(s.why)}
                for s in trails[row.id]
            ],
        }
        for row in connection.execute(sa.select(tables.case).order_by(tables.case.c.id))
    ]


# ── what people say and do ──────────────────────────────────────────────────────────────────────


def case_of(connection: Connection, key: str) -> Case | None:
    """The case with this id, else the newest open one of the account, else its newest."""
    by_id = casebook.cases(connection, tables.case.c.id == key)
    if by_id:
        return by_id[0]
    of_key = casebook.cases(connection, tables.case.c.key == key)
    still = [case for case in of_key if case.trail and case.trail[-1].stage != "closed"]
    fitting = still or of_key
    return fitting[-1] if fitting else None


def append(here: Session, connection: Connection, case: Case, steps: list[Step]) -> Case:
    """Add the steps that people took to a case; give it as it stands then."""
    held = held_law(here, connection)
    word = casebook.decisions(connection).get(case.id) or casebook.decisions(connection).get(case.key)
    after = casebook.append(
        connection,
        case,
        (case.key, case.policy, case.rule),
        case.kind,
        steps,
        rule=held.rule(case.policy, case.rule),
        records=Records(here.config.assume_done, word),
        calendar=held.calendar,
    )
    telling.queue_record(connection, here.config, held, after, today())
    return after


def attest(
    key: Annotated[
        str,
        typer.Argument(
            metavar="KEY",
            help="An account of the register, e.g. channels:name=云岭大学, or an alert's number.",
        ),
    ],
    last_post: Annotated[str, typer.Option("--last-post", metavar="DATE")],
    by: By,
    link: Annotated[str | None, typer.Option("--link", metavar="URL", help="A link to the post.")] = None,
) -> None:
    """Record a colleague's dated word on when an account last posted."""
    here = session()
    day = day_of(last_post)
    if day > today():
        fail(f"{day} 还没有到，请核对日期。")
    told = posted_at(link) if link else None
    if told and shanghai_day(told) != day:
        fail(f"链接里的编号说明它发布于 {shanghai_day(told)}，与 {day} 不符，没有登记。请核对日期或链接。")
    with here.ledger.writing() as connection:
        numbered = _numbered(connection, key)
        key = numbered.key if numbered else key
        filed = accounts.accepted(connection)
        if key not in filed:
            fail(f"台账里没有 {key}。用 xunjian check --json 查账号的 key。")
        connection.execute(
            tables.attestation.insert().values(
                key=key, last_post=day, by=by, link=link, on=today(), at=datetime.now(UTC)
            )
        )
        platform = platforms().get(filed[key].platform)
        remember(connection, key, day, today(), platform.facts if platform else None)
    say(f"已登记：{filed[key].name} 最近更新于 {day}（{by}）" + ("，日期与链接相符。" if told else "。"))


def step(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case's id, or an alert's number.")],
    to: Annotated[str, typer.Option("--to", metavar="STAGE", help="notice_received, circular or closed.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day on which it happened.")],
    by: By,
    why: Annotated[str, typer.Option("--why", metavar="TEXT")] = "",
) -> None:
    """Record what people did in a case."""
    here = session()
    stage: Stage | None = next((one for one in get_args(Stage) if one == to), None)
    if stage is None:
        fail(f"--to 没有 “{to}” 这一步；有：{'、'.join(get_args(Stage))}", UNUSABLE)
    with here.ledger.writing() as connection:
        found = _known(connection, case)
        try:
            taken = record(found, stage, day_of(on), by, why, today=today())
        except CaseError as error:
            fail(str(error))
        append(here, connection, found, [taken])
        held = held_law(here, connection)
    papers.written(here.home, here.config, here.ledger, held)
    say(f"已登记：案件 {found.id}，{on}，{to}（{discreet(by)}）。")


def revert(case: Annotated[str, typer.Argument(metavar="CASE")], by: By, why: Why) -> None:
    """Take the last step of a case back, with a reason."""
    here = session()
    with here.ledger.writing() as connection:
        found = _known(connection, case)
        try:
            taken = taken_back(found, by, why, today=today())
        except CaseError as error:
            fail(str(error))
        append(here, connection, found, [taken])
    say(f"已退回：案件 {found.id} 现在是 {taken.stage}（{discreet(by)}：{discreet(why)}）。")


def _known(connection: Connection, number: str) -> Case:
    numbered = _numbered(connection, number)
    number = numbered.case if numbered else number
    found = casebook.cases(connection, tables.case.c.id == number)
    if not found:
        fail(f"没有编号为 {number} 的案件。用 xunjian cases --all 查。")
    return found[0]


def ack(number: Annotated[str, typer.Argument(metavar="NUMBER", help="XJ-2026-000123")], by: By) -> None:
    """Record that an alert has been taken up."""
    here = session()
    with here.ledger.writing() as connection:
        if not answers.take_up(connection, number, by, datetime.now(UTC)):
            fail(f"没有编号为 {number} 的提醒。编号写在提醒里，形如 XJ-2026-000123。")
    say(f"已记下：{by} 已着手处理 {number}，不再重复提醒。")


def subject_of(connection: Connection, word: str) -> answers.Subject | None:
    """The case that the number of an alert stands for; None for anything that is no such number.

    Raises `CaseError` for a number that stands for none.
    """
    if not answers.is_number(word):
        return None
    found = answers.subject(connection, word)
    if found is None:
        raise CaseError(
            f"没有编号为 {word} 的提醒，或者它不是关于某个案件的。编号写在提醒里，形如 XJ-2026-000123。"
        )
    return found


def _numbered(connection: Connection, word: str) -> answers.Subject | None:
    try:
        return subject_of(connection, word)
    except CaseError as error:
        fail(str(error))
