"""Commands that look: read, capture, resolve, names, words."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from crawlers.lines import line
from crawlers.platforms import platforms
from crawlers.reading import read as reading
from crawlers.visits import NoVisit, load
from monitors import accounts
from monitors.names import Matcher, from_json
from monitors.nouns import NameMatch
from schedules import law
from schedules.commands import later
from schedules.console import FAILED, UNUSABLE, emit, fail, session

SECTION = (("candidate", "名称"), ("score", "分数"), ("flag", "提示"), ("kind", "类型"), ("protected", "像"))


def attach(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (read, capture, resolve, names, words):
        app.command()(command)


def read(directories: Annotated[list[Path], typer.Argument(metavar="DIR...")]) -> None:
    """Read saved visits again: one JSON line per folder."""
    wrong = False
    for folder in directories:
        try:
            visit = load(folder)
            if visit.platform not in platforms():
                raise NoVisit(f"没有叫 {visit.platform} 的平台")
        except NoVisit as error:
            wrong = True
            emit({"visit": str(folder), "outcome": "Unreadable", "why": str(error)})
            continue
        emit(line(folder, visit, reading(platforms()[visit.platform], visit)))
    raise typer.Exit(FAILED if wrong else 0)


def capture(
    platform: Annotated[str, typer.Argument(metavar="PLATFORM")],
    handle: Annotated[str | None, typer.Argument(metavar="HANDLE")] = None,
    search: Annotated[str | None, typer.Option("--search", metavar="WORD")] = None,
) -> None:
    """Make a saved visit from the platform, as a new test case."""
    later.say("capture")


def resolve() -> None:
    """Propose handles for register rows without one."""
    later.say("resolve")


def names(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="Names, one a line, or JSON lines; else standard input."),
    ] = None,
    schools: Annotated[
        Path | None, typer.Option(metavar="schools.json", help="Score against many schools.")
    ] = None,
) -> None:
    """Score names against the protected ones."""
    here = session()
    matcher = _matcher(schools)
    source = file.open(encoding="utf-8-sig") if file else sys.stdin
    with source:
        rows = (_row(found) for found in matcher.matches(_candidates(source)))
        if here.as_json or file is not None:
            for row in rows:
                emit(row)
        else:
            here.show(rows, SECTION)


def _matcher(schools: Path | None) -> Matcher:
    if schools is not None:
        try:
            return Matcher(from_json(schools.read_bytes()))
        except (OSError, ValueError) as error:
            fail(f"{schools} 读不出来：{error}", UNUSABLE)
    here = session()
    with here.ledger.reading() as connection:
        return law.matcher(here.config, accounts.accepted(connection))


def _candidates(lines: Iterable[str]) -> Iterator[str]:
    for text in lines:
        bare = text.rstrip("\r\n")
        if bare.startswith("{"):
            try:
                record = json.loads(bare)
            except ValueError:
                record = None
            if isinstance(record, dict) and isinstance(record.get("candidate"), str):
                yield record["candidate"]
                continue
        if bare.strip():
            yield bare


def _row(match: NameMatch) -> dict[str, object]:
    return {**asdict(match), "score": round(match.score, 4)}


def words(platform: Annotated[str | None, typer.Option("--platform", metavar="P")] = None) -> None:
    """Give this week's words for searching by hand in the apps."""
    here = session()
    if platform is not None and platform not in platforms():
        fail(f"没有叫 {platform} 的平台；有：{'、'.join(platforms())}", UNUSABLE)
    with here.ledger.reading() as connection:
        wanted = law.words(here.config, accounts.accepted(connection))
    rows = [
        {"platform": name, "title": one.facts.title, "word": word}
        for name, one in platforms().items()
        if platform in (None, name) and (platform or not one.facts.searchable)
        for word in wanted[:20]
    ]
    here.show(rows, (("title", "在这个应用里搜索"), ("word", "词")))
