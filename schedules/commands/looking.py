"""Commands that look: read, capture, resolve, names, words."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.progress import Progress

from crawlers.lines import line
from crawlers.order import Errand
from crawlers.platforms import platforms
from crawlers.reading import read as reading
from crawlers.visits import NoVisit, load
from monitors import accounts, queries
from monitors.names import Matcher, from_json
from monitors.nouns import NameMatch
from monitors.register.problems import Refused
from schedules import law, orders, register
from schedules import resolve as resolver
from schedules.capture import NotCaptured, account, captured, permitted, proposed
from schedules.console import FAILED, UNUSABLE, console, emit, fail, say, session, today
from schedules.lock import Held, held

SECTION = (("candidate", "名称"), ("score", "分数"), ("flag", "提示"), ("kind", "类型"), ("protected", "像"))

# As many as a person will really type into one app in a week.
BY_HAND = 20

PROPOSALS = (
    ("sheet", "工作表"),
    ("row", "行"),
    ("name", "账号名称"),
    ("proposed", "建议的账号ID"),
    ("evidence", "依据"),
    ("link", "链接"),
)


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
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where its folder goes; else tests/pages/PLATFORM."),
    ] = None,
) -> None:
    """Make a saved visit from the platform, as a new test case for a person to confirm."""
    one = platforms().get(platform)
    if one is None:
        fail(f"没有叫 {platform} 的平台；有：{'、'.join(platforms())}", UNUSABLE)
    if (handle is None) == (search is None):
        fail("要写账号编号或 --search 词，两者之一：xunjian capture 平台 编号", UNUSABLE)
    if handle and not one.handle.fullmatch(handle):
        fail(f"{handle} 不是{one.facts.title}的账号编号，请核对。", UNUSABLE)
    parent = to or Path("tests/pages") / platform
    if to is None and not parent.is_dir():
        fail(f"这里没有 {parent}；请在源码目录里运行，或用 --to 写明存到哪里", UNUSABLE)
    here = session()
    try:
        permitted(here.config, one, search=search is not None)
        errand = account(here.config, here.ledger, one, handle) if handle else Errand("search", search or "")
        visit = captured(here.home, here.config, here.ledger, one, errand, today=today())
    except (NotCaptured, Held) as error:
        fail(str(error))
    folder = proposed(one, visit, parent)
    emit(line(folder, visit, reading(one, visit)))
    say(
        f"已存到 {folder}。请对照网页核对 expected.json，确认后删去 unconfirmed 一行；在此之前测试不会通过。"
        "提交以前，请去掉与测试无关的个人信息。"
    )


def resolve() -> None:
    """Propose handles for register rows without one, for a person to write into the sheet."""
    here = session()
    try:
        found = register.reading(here.home, here.config, today())
        # One visitor at a time: beside a night the platforms would be asked twice as often.
        with held(here.home.lock, "查找账号ID"):
            rows = list(resolver.resolved(here.home, here.config, here.ledger, found, today()))
    except Refused as error:
        fail(f"台账读不出来：{error}", UNUSABLE)
    except Held as error:
        fail(str(error))
    here.show(rows, PROPOSALS)
    say(
        "以上只是建议，台账没有改动；请核对后自己填进“账号ID”一栏。" if rows else "台账里没有缺账号ID的账号。"
    )


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
    with _opened(file) as source, _progress() as bar:
        task = bar.add_task("比对名称", total=file.stat().st_size if file and file.is_file() else None)
        lines = _counted(source, lambda size: bar.advance(task, size))
        rows = (_row(found) for found in matcher.matches(_candidates(lines)))
        if here.as_json or file is not None:
            for row in rows:
                emit(row)
        else:
            here.show(rows, SECTION)


@contextmanager
def _opened(file: Path | None) -> Iterator[BinaryIO]:
    if file is None:
        yield sys.stdin.buffer
        return
    try:
        with file.open("rb") as source:
            yield source
    except OSError as error:
        fail(f"{file} 读不出来：{error.strerror}", UNUSABLE)


def _progress() -> Progress:
    """A bar on a terminal; elsewhere, and where the rows themselves go to the terminal, nothing."""
    return Progress(disable=not console.is_terminal or sys.stdout.isatty(), console=console, transient=True)


def _counted(source: BinaryIO, seen: Callable[[int], None]) -> Iterator[str]:
    """Give the lines as text and say how many bytes each took; bytes that are no UTF-8 become marks."""
    for row in source:
        seen(len(row))
        yield row.decode("utf-8", "replace").removeprefix("\ufeff")


def _matcher(schools: Path | None) -> Matcher:
    if schools is not None:
        try:
            return Matcher(from_json(schools.read_bytes()))
        except (OSError, ValueError) as error:
            fail(f"{schools} 读不出来：{error}", UNUSABLE)
    here = session()
    with here.ledger.reading() as connection:
        return law.matcher(here.config, accounts.accepted(connection), accounts.left(connection))


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
    return {
        "candidate": match.candidate,
        "school": match.school,
        "score": round(match.score, 6),
        "flag": match.flag,
        "reading": match.reading,
        "kind": match.kind,
        "protected": match.protected,
        "reasons": [{"left": one.left, "right": one.right, "why": one.why} for one in match.reasons],
    }


def words(platform: Annotated[str | None, typer.Option("--platform", metavar="P")] = None) -> None:
    """Give this week's words for searching by hand in the apps."""
    here = session()
    if platform is not None and platform not in platforms():
        fail(f"没有叫 {platform} 的平台；有：{'、'.join(platforms())}", UNUSABLE)
    with here.ledger.reading() as connection:
        filed, left = accounts.accepted(connection), accounts.left(connection)
        matcher = law.matcher(here.config, filed, left)
        listed = law.words(here.config, filed, matcher, today(), left)
        week = queries.by_hand(connection, listed, today(), room=BY_HAND)
        wanted = [platform] if platform else orders.by_hand(connection, here.config, today())
    rows = [
        {"platform": name, "title": platforms()[name].facts.title, "word": one.word, "origin": one.origin}
        for name in wanted
        for one in week
    ]
    here.show(rows, (("title", "在这个应用里搜索"), ("word", "词"), ("origin", "为什么")))
    if rows and not here.as_json:
        say("遇到可疑的账号，请登记：xunjian sight 平台 名称 --link 网址 --by 姓名。每周一换一批词。")
