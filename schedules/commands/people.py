"""Commands by which people say what they met and what they think of it: sight and decide, one or many."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, get_args

import typer
from sqlalchemy import Connection

from crawlers.platforms import platforms
from monitors import accounts, namesakes, sightings, tables
from monitors.nouns import Case, Decision, Profile, Word
from monitors.records import STAGES, decided
from monitors.register.problems import Refused
from monitors.register.vocabulary import standard
from monitors.sightings import Met
from monitors.trail import CaseError
from schedules.commands.casework import append, case_of, held_law, subject_of
from schedules.console import UNUSABLE, Session, day_of, fail, say, session, today
from schedules.sheets import BadSheet, Entry, Headings, entries

SIGHTINGS: Headings = {
    "platform": ("平台", "平台类型", "所在平台", "platform"),
    "name": ("名称", "账号名称", "昵称", "账号", "name"),
    "link": ("链接", "主页链接", "网址", "link", "url"),
    "by": ("发现人", "登记人", "谁", "by"),
}
DECISIONS: Headings = {
    "key": ("编号", "案件", "key", "case"),
    "word": ("意见", "判断", "as", "word"),
    "why": ("理由", "原因", "why"),
    "until": ("有效至", "截止日期", "until"),
    "by": ("谁", "决定人", "by"),
}
WORDS: Mapping[Word, tuple[str, ...]] = {
    "fine": ("fine", "没有问题", "无问题", "正常"),
    "imitation": ("imitation", "仿冒", "假冒"),
    "unsure": ("unsure", "拿不准", "不确定"),
}


class BadRow(Exception):
    """What somebody said cannot be recorded; the text says why, in Chinese."""


def attach(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (decide, sight):
        app.command()(command)


# ── decisions ───────────────────────────────────────────────────────────────────────────────────


def decide(
    key: Annotated[
        str | None, typer.Argument(metavar="KEY", help="A sighting's key, a case id or an alert's number.")
    ] = None,
    word: Annotated[str | None, typer.Option("--as", metavar="fine|imitation|unsure")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO")] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="TEXT")] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DATE", help="fine only until this day.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.xlsx", help="Many words at once: all of them or none."),
    ] = None,
) -> None:
    """Record a person's word on a sighting or a case; it is remembered for good."""
    if file is not None:
        count = _taken_in(file, DECISIONS, ("key", "word", "why"), by, _decided_row)
        say(f"已记下 {count} 条意见。")
        return
    if not (key and word and by and why):
        fail("要写全：xunjian decide KEY --as fine|imitation|unsure --by 姓名 --why 理由", UNUSABLE)
    if word not in get_args(Word):
        fail(f"--as 只能是 fine（没有问题）、imitation（仿冒）或 unsure（拿不准），而不是 “{word}”", UNUSABLE)
    said: Word = next(one for one in get_args(Word) if one == word)
    decision = Decision(key, said, today(), by, why, day_of(until) if until else None)
    here = session()
    with here.ledger.writing() as connection:
        try:
            moved = _decide(here, connection, decision)
        except (BadRow, CaseError) as error:
            fail(str(error))
    say("已记下。" + (f"案件 {moved.id} 现在：{STAGES[moved.trail[-1].stage]}" if moved else ""))


def _decide(here: Session, connection: Connection, word: Decision) -> Case | None:
    """Record one word; give the case that it moved, None when it moved none."""
    if numbered := subject_of(connection, word.key):
        # A name is remembered by its account, anything else by its case.
        word = replace(word, key=numbered.key if numbered.kind == "sighting" else numbered.case)
    found = case_of(connection, word.key)
    met = sightings.met_before(connection).get(found.key if found else word.key)
    if found is None and met is None:
        raise BadRow(f"没有案件或疑似账号叫 “{word.key}”。用 xunjian findings 或 xunjian cases 查它的编号。")
    steps = decided(found, word, today=today())
    values = asdict(word) | {"name": met.profile.name if met else None, "at": datetime.now(UTC)}
    connection.execute(tables.decision.insert().values(**values))
    return append(here, connection, found, steps) if found and steps else None


def _decided_row(here: Session, connection: Connection, entry: Entry, by: str) -> str | None:
    """Record one row; a row of an exported list on which nobody has said anything is passed over."""
    key, said, why = entry.text("key"), entry.text("word"), entry.text("why")
    if not said and not why:
        return None
    word = next((word for word, said_as in WORDS.items() if said.lower() in said_as), None)
    if not key:
        raise BadRow("“编号”没有填。")
    if word is None:
        raise BadRow(f"“意见”只能写 没有问题、仿冒 或 拿不准，而不是“{said}”。")
    if not why:
        raise BadRow("“理由”没有填。")
    _named(by)
    _decide(here, connection, Decision(key, word, today(), by, why, entry.day("until")))
    return key


# ── sightings ───────────────────────────────────────────────────────────────────────────────────


def sight(
    platform: Annotated[str | None, typer.Argument(metavar="PLATFORM")] = None,
    name: Annotated[str | None, typer.Argument(metavar="NAME")] = None,
    link: Annotated[str | None, typer.Option("--link", metavar="URL")] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="WHO")] = None,
    file: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE.xlsx", help="Many accounts at once: all of them or none."),
    ] = None,
) -> None:
    """Take in an account that a person met; it is judged like one found by a search."""
    if file is not None:
        count = _taken_in(file, SIGHTINGS, ("platform", "name"), by, _sighted_row)
        say(f"已登记 {count} 个账号，今晚的判定会把与校名相近的列为待核实。")
        return
    if not (platform and name and by):
        fail("要写全：xunjian sight 平台 名称 --by 姓名 [--link 网址]", UNUSABLE)
    if platform not in platforms():
        fail(f"没有叫 {platform} 的平台；有：{'、'.join(platforms())}", UNUSABLE)
    here = session()
    with here.ledger.writing() as connection:
        try:
            met = _sight(here, connection, (platform, name, link), by)
        except BadRow as error:
            fail(str(error))
    if here.as_json:
        here.show([_row(met)])
    elif met.match.flag:
        say(f"已登记 {met.key}：与“{met.match.protected}”相近，今晚的判定会把它列为待核实。")
    elif met.match.kind == "registered":
        say(
            f"已登记 {met.key}：名称与台账里的账号相同，可能就是它，不会列为待核实；如果就是它，请在台账里补上账号ID。"
        )
    else:
        say(f"已登记 {met.key}：名称与校名不相近，不会列为待核实。")


def _row(met: Met) -> dict[str, object]:
    match = met.match
    row = {"key": met.key, "name": met.profile.name, "score": match.score, "flag": match.flag}
    return row | {"reading": match.reading}


def _sight(here: Session, connection: Connection, what: tuple[str, str, str | None], by: str) -> Met:
    """Record what a person met: platform, name and link; raises `BadRow` for one of the school's own."""
    platform, name, link = what
    if link and not re.match(r"https?://", link):
        raise BadRow(f"链接要以 http:// 或 https:// 开头，而不是“{link}”。")
    handle = _handle_in(link, platforms()[platform].handle) if link else None
    key = f"{platform}:{handle or f'name={name}'}"
    filed = accounts.accepted(connection).values()
    for account in (one for one in filed if one.platform == platform):
        if key == account.key or handle in account.aliases:
            raise BadRow(f"{key} 是台账里的账号，不必登记。")
        if handle is None and name == account.name and account.state != "注销":
            raise BadRow(f"台账里有同名的“{name}”；如果遇到的不是它，请写明主页链接，好区分开。")
    law, profile = held_law(here, connection), Profile(handle, name)
    match = law.matcher.score(name)
    if match.kind == "registered":
        match = namesakes.judged(match, profile, filed, law.facts[platform], school=law.school)
    met = Met(key, platform, profile, match, today(), today(), link, by)
    before = sightings.met_before(connection).get(key) or sightings.recalled(connection, met)
    return sightings.remember(connection, met, before, None, today())


def _handle_in(link: str, pattern: re.Pattern[str]) -> str | None:
    """Give the one handle that a profile link names; None where there is none."""
    parts = [part for part in re.split(r"[/?&=#]", link) if pattern.fullmatch(part)]
    return parts[0] if len(set(parts)) == 1 else None


def _sighted_row(here: Session, connection: Connection, entry: Entry, by: str) -> str | None:
    word, name = entry.text("platform"), entry.text("name")
    known = standard().platform(word)
    _named(by)
    if not name:
        raise BadRow("“名称”没有填。")
    if known is None or known.platform not in platforms():
        titles = "、".join(one.facts.title for one in platforms().values())
        raise BadRow(f"平台“{word}”不在巡检的平台之列；有：{titles}。")
    return _sight(here, connection, (known.platform, name, entry.text("link") or None), by).key


def _named(by: str) -> None:
    if not by:
        raise BadRow("没有写是谁说的：加一列“谁”，或在命令里写 --by 姓名。")


# ── spreadsheets ────────────────────────────────────────────────────────────────────────────────


def _taken_in(
    file: Path,
    headings: Headings,
    required: tuple[str, ...],
    by: str | None,
    take: Callable[[Session, Connection, Entry, str], str | None],
) -> int:
    """Record every row in one transaction; a row that cannot be recorded is named, and then none is."""
    here = session()
    problems: list[str] = []
    places: dict[str, str] = {}
    try:
        found = entries(file, headings, required)
    except (BadSheet, Refused) as error:
        fail(f"{file}：{error}", UNUSABLE)
    with here.ledger.writing() as connection:
        for entry in found:
            try:
                key = take(here, connection, entry, entry.text("by") or by or "")
            except (BadRow, CaseError, ValueError) as error:
                problems.append(f"{entry.place}：{error}")
                continue
            if key in places:
                problems.append(f"{entry.place}：与{places[key]}说的是同一个（{key}），请只留一行。")
            elif key is not None:
                places[key] = entry.place
        if problems:
            fail("\n".join([*problems, f"有 {len(problems)} 行不能用，整个文件都没有登记。"]))
    return len(places)
