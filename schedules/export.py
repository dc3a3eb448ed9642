"""What is handed out as a spreadsheet: the yearly summary, and findings, cases and decisions as lists."""

from __future__ import annotations

import getpass
import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from crawlers.platforms import platforms
from monitors import accounts, tables
from monitors.calendar import shanghai_day
from monitors.ledger import Ledger
from monitors.memory import Memory
from monitors.nouns import Account
from monitors.register.changes import Version
from monitors.register.contacts import Contact
from monitors.register.export import Seen, exported
from monitors.register.linkforms import forms
from monitors.register.workbook import Page, written
from monitors.standing import Standing
from reports.pages import discreet
from reports.wording import KINDS, RESULTS, STAGES, VERDICTS, WITNESSES

log = logging.getLogger(__name__)

Row = Mapping[str, Any]
Contacts = Mapping[str, Contact] | None

_WORDS = {"fine": "没有问题", "imitation": "仿冒", "unsure": "拿不准"}


def register(
    connection: Connection,
    version: Version,
    findings: Sequence[Row],
    target: Path,
    *,
    title: str,
    people: bool,
) -> None:
    """Write the accepted register as the yearly summary, with how each account was last seen."""
    told: dict[str, list[str]] = {}
    for row in findings:
        if row["verdict"] in ("Breach", "Suspected"):
            told.setdefault(row["key"], []).append(f"{VERDICTS[row['verdict']]}：{row['why']}")
    memory = Memory(connection, date.max)
    states = {
        account.key: _seen(account, memory.before(account.key), told.get(account.key, ()))
        for account in version.accounts
    }
    states |= {group.key: Seen("", findings=tuple(told.get(group.key, ()))) for group in version.groups}
    ordered = sorted(version.accounts, key=lambda one: (one.unit, one.platform, one.name, one.key))
    exported(
        ordered,
        states,
        target,
        title=title,
        groups=version.groups,
        contacts=version.contacts if people else None,
    )


def _seen(account: Account, standing: Standing | None, findings: Iterable[str]) -> Seen:
    newest = standing.newest if standing else None
    return Seen(
        state=_state(account, standing),
        last_update=shanghai_day(newest.at) if newest else None,
        at_least=bool(newest and newest.bound == "at_least"),
        findings=tuple(dict.fromkeys(findings)),
    )


def _state(account: Account, standing: Standing | None) -> str:
    if account.platform not in platforms():
        return "由人工登记" if standing and standing.newest else "平台没有可以自动查看的公开页面"
    if account.handle is None:
        return "没有账号ID，没有查看"
    if standing is None or standing.seen_on is None:
        return "还没有看到过"
    if absence := standing.absence:
        more = "" if absence.confirmed else "，待再次确认"
        return f"平台显示“{absence.says}”（{absence.last} 查看{more}）"
    if standing.hidden_since:
        return f"账号正常，作品不公开（{standing.seen_on} 查看）"
    return f"账号正常（{standing.seen_on} 查看）"


# ── working lists ───────────────────────────────────────────────────────────────────────────────


def findings(rows: Sequence[Row], target: Path, contacts: Contacts) -> None:
    """Write the open findings."""
    headings = (
        *("判定", "单位", "平台", "账号名称", "账号ID", "事项", "情况", "起算日", "最近更新", "依据"),
        *("规定", "案件", "阶段", "编号"),
    )
    lines = [
        (
            VERDICTS[row["verdict"]],
            row["unit"] or "",
            _title(row["platform"]),
            row["name"] or "",
            row["handle"] or "",
            KINDS[row["kind"]],
            row["why"],
            _text(row["since"]),
            _newest(row["newest"]),
            WITNESSES[row["witness"]] if row["witness"] else "",
            "；".join(row["clauses"]),
            row["case"] or "",
            STAGES[row["stage"]] if row["stage"] else "",
            row["key"],
        )
        for row in rows
    ]
    _list("发现", headings, lines, target, contacts)


def cases(connection: Connection, rows: Sequence[Row], target: Path, contacts: Contacts) -> None:
    """Write all cases, closed ones too, each with its trail."""
    named = _names(connection)
    headings = (
        *("案件", "单位", "平台", "账号名称", "规定", "第几次", "阶段", "立案", "进入阶段", "期限", "结案"),
        *("结果", "经过", "编号"),
    )
    lines = [
        (
            row["case"],
            named.get(row["key"], ("", ""))[1],
            _title(row["key"].partition(":")[0]),
            named.get(row["key"], ("", ""))[0],
            f"{row['policy']} {row['rule']}",
            str(row["episode"]),
            STAGES[row["stage"]],
            _text(row["opened"]),
            _text(row["stage_on"]),
            _text(row["deadline"]) + ("（暂定）" if row["deadline"] and row["provisional"] else ""),
            _text(row["closed"]),
            RESULTS[row["result"]] if row["result"] else "",
            "\n".join(_step(step) for step in row["trail"]),
            row["key"],
        )
        for row in rows
    ]
    _list("案件", headings, lines, target, contacts)


def decisions(connection: Connection, target: Path) -> None:
    """Write every word that people have given, newest first."""
    table = tables.decision
    rows = connection.execute(sa.select(table).order_by(table.c.id.desc())).all()
    headings = ("日期", "编号", "名称", "意见", "谁", "理由", "有效至")
    lines = [
        (
            *(_text(r.on), r.key, r.name or "", _WORDS[r.word], discreet(r.by), discreet(r.why)),
            _text(r.until),
        )
        for r in rows
    ]
    _list("人工意见", headings, lines, target, None)


def _list(
    name: str,
    headings: tuple[str, ...],
    lines: Sequence[tuple[str, ...]],
    target: Path,
    contacts: Contacts,
) -> None:
    """Write one list; the last cell of a line is the key."""
    if contacts is not None:
        headings += ("主管领导", "负责人", "联系电话")
        people = [contacts.get(line[-1], Contact()) for line in lines]
        lines = [
            (*line, one.supervisor or "", one.leader or "", one.phone or "")
            for line, one in zip(lines, people, strict=True)
        ]
    page = Page(name, name, headings, lines, f"{len(lines)} 行", 1)
    written(target, [page], private=contacts is not None)


def _names(connection: Connection) -> dict[str, tuple[str, str]]:
    """Give (name, unit) by key, of accounts that left the register and of sightings too."""
    met = connection.execute(sa.select(tables.sighting.c.key, tables.sighting.c.name)).all()
    table = tables.account.c
    filed = connection.execute(sa.select(table.key, table.name, table.unit)).all()
    return {row.key: (row.name, "") for row in met} | {row.key: (row.name, row.unit) for row in filed}


def _title(platform: str) -> str:
    form = forms().get(platform)
    return form.title if form else platform


def _step(step: Row) -> str:
    why = f"：{step['why']}" if step["why"] else ""
    return f"{step['on']} {STAGES[step['stage']]}（{step['by']}）{why}"


def _newest(newest: Row | None) -> str:
    if newest is None:
        return ""
    return f"{'不早于 ' if newest['bound'] == 'at_least' else ''}{shanghai_day(newest['at'])}"


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


# ── contacts ────────────────────────────────────────────────────────────────────────────────────


def contacts(connection: Connection) -> Mapping[str, Contact]:
    """Give the people of the accepted register."""
    version = accounts.version(connection)
    return version.contacts if version else {}


def logged(ledger: Ledger, what: str, target: Path, day: date) -> str:
    """Write down that contacts are handed out, to which login of this machine; give that name."""
    who, now = getpass.getuser(), datetime.now(UTC)
    log.info("contacts handed out: export %s to %s by %s", what, target, who)
    summary = {"what": what, "file": str(target), "by": who, "contacts": True}
    row = {"kind": "export", "day": day, "started_at": now, "ended_at": now, "exit": 0, "summary": summary}
    with ledger.writing() as connection:
        connection.execute(tables.run.insert().values(**row))
    return who
