"""Commands around the night: init, check, night, judge, week, serve, tell, status."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from shlex import quote
from typing import Annotated, Any

import sqlalchemy as sa
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from crawlers import browser
from crawlers.children import Progress as Done
from crawlers.platforms import platforms
from monitors import tables
from monitors.accounts import accepted
from monitors.hearing import Filing
from monitors.holidays import CalendarError
from monitors.nouns import SHANGHAI, Blocked, Found, Gone
from monitors.register.problems import Refused
from monitors.strict import RuleError
from reports import lost, sending
from reports.channels import Delivered
from schedules import check as checks
from schedules import clock, delivery, law, lock, starter, state, watch
from schedules.config import ConfigError
from schedules.console import DONE, FAILED, UNUSABLE, Session, console, day_of, fail, say, session, today
from schedules.home import Home
from schedules.night import Earlier, Elsewhere, NightEnd, judge_again
from schedules.night import night as perform
from schedules.register import NothingAccepted

UNREADY = (ConfigError, RuleError, CalendarError, Refused, NothingAccepted)
Day = Annotated[
    str | None, typer.Option("--day", metavar="D", help="The day that is today, e.g. 2026-11-20.")
]


def attach(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (init, check, night, judge, week, serve, tell, status):
        app.command()(command)


def init(directory: Annotated[Path | None, typer.Argument(metavar="DIR")] = None) -> None:
    """Write a starter home: a commented school.toml and a register of an invented school."""
    home = Home.chosen(directory) if directory else session().home
    paths = starter.written(home.path)
    if not paths:
        fail(f"{home.path} 里已经有 school.toml，没有改动任何文件。")
    for path in paths:
        say(f"已写好 {path}")
    line = f"xunjian --home {quote(str(home.path))}"
    say(f"下一步：{line} check，然后 {line} night")


def check(
    live: Annotated[bool, typer.Option(help="Read each platform's canaries once.")] = False,
    accept: Annotated[bool, typer.Option(help="Accept a register that changes much.")] = False,
    by: Annotated[str | None, typer.Option(metavar="WHO", help="Who accepts.")] = None,
) -> None:
    """Say everything that would make tonight fail or lie."""
    if accept and not by:
        fail("--accept 要写明是谁接受：--by 姓名", UNUSABLE)
    if by and not accept:
        fail("--by 只与 --accept 一起使用", UNUSABLE)
    here = session()
    rows = list(
        checks.checked(
            here.home, here.config, here.ledger, today(), live=live, accept_by=by if accept else None
        )
    )
    shown = (
        rows
        if here.as_json
        else [
            row
            for row in rows
            if row.get("level") not in (None, "ok") or ("key" not in row and "level" in row)
        ]
    )
    here.show(shown, (("level", "级别"), ("where", "位置"), ("message", "说明")))
    raise typer.Exit(FAILED if any(row.get("level") == "error" for row in rows) else DONE)


def night(
    day: Day = None,
    platform: Annotated[
        list[str] | None, typer.Option(metavar="P", help="Only this platform; may be repeated.")
    ] = None,
    no_send: Annotated[bool, typer.Option("--no-send", help="Queue alerts, send nothing.")] = False,
) -> None:
    """Perform the whole night: crawl, judge, move cases, queue and send alerts."""
    here = session()
    config = here.config
    for name in platform or ():
        if name not in platforms():
            fail(f"没有叫 {name} 的平台；有：{'、'.join(platforms())}", UNUSABLE)
    if day and not config.on_loopback:
        fail("--day 只能在演练里用：正式巡查不能假装是另一天", UNUSABLE)
    with _said(), _stopped(), _progress() as progress:
        end = perform(
            here.home,
            config,
            here.ledger,
            day_of(day),
            given_day=day is not None,
            only=platform or (),
            send=not no_send,
            progress=progress,
        )
    _summary(end)
    if end.unsaved:
        say(end.unsaved)
    elif config.alerts.ping:
        watch.ping(config.alerts.ping, config.way_out(here.home.path))
    raise typer.Exit(end.exit)


@contextmanager
def _said() -> Iterator[None]:
    """Turn what a night refuses with into a message and an exit code."""
    try:
        yield
    except UNREADY as error:
        fail(str(error), UNUSABLE)
    except (lock.Held, Earlier, Elsewhere) as error:
        fail(str(error), FAILED)


@contextmanager
def _stopped() -> Iterator[None]:
    """Say what becomes of a night that is asked to stop."""
    try:
        yield
    except KeyboardInterrupt:
        fail("已按要求停下。看过的都已记下；再运行一次 xunjian night，就从停下的地方接着做。", FAILED)


@contextmanager
def _progress() -> Iterator[Any]:
    """A line per platform on a terminal, silence without one."""
    if not console.is_terminal:
        yield lambda done: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, Any] = {}

        def show(done: Done) -> None:
            if done.platform not in tasks:
                tasks[done.platform] = bars.add_task(platforms()[done.platform].facts.title, total=done.total)
            bars.update(tasks[done.platform], completed=done.done)

        yield show


def _summary(end: NightEnd) -> None:
    here = session()
    rows = []
    for one in end.visited:
        outcomes = Counter(type(n.outcome) for n in one.notes if n.purpose == "account")
        searches = [n for n in one.notes if n.purpose == "search"]
        rows.append(
            {
                "platform": one.platform,
                "title": platforms()[one.platform].facts.title,
                "planned": len(one.planned),
                "visited": outcomes.total(),
                "found": outcomes[Found],
                "gone": outcomes[Gone],
                "blocked": outcomes[Blocked],
                "searched": None if one.words is None else len(searches),
                "requests": sum(note.requests for note in one.notes),
                "doubt": end.judged.doubts.get(one.platform),
                "ended": one.ended,
            }
        )
    headings = (
        ("title", "平台"), ("planned", "账号"), ("visited", "看了"), ("found", "看到"), ("gone", "已不存在"),
        ("blocked", "被拦"), ("searched", "搜索"), ("requests", "请求"), ("doubt", "存疑"),
    )  # fmt: skip
    here.show(rows, headings)
    verdicts = Counter(v.verdict for v in end.judged.verdicts)
    say(
        f"{end.day}：台账 {end.accounts} 个账号；违规 {verdicts['Breach']} 项，待核实 {verdicts['Suspected']} 项；"
        f"案件走了 {len(end.judged.taken)} 步。"
    )
    if end.sent:
        places = "" if here.config.channels else f"（没有配置渠道，写在 {here.home.path / 'messages'}）"
        say(f"发出消息 {end.sent.sent} 封，待发 {end.sent.waiting} 封{places}。")
        for reason in end.sent.errors:
            say(f"没有发出：{reason}")


def judge(
    day: Annotated[str, typer.Option("--day", metavar="D")],
    reread: Annotated[bool, typer.Option(help="Read the kept bodies again.")] = False,
) -> None:
    """Judge a night again from its notes: the newest is completed, an older one only shown."""
    here = session()
    on = day_of(day)
    with _said():
        if reread:
            if not (here.home.notes / on.isoformat() / "bodies").exists():
                fail(
                    f"{on} 的原始页面不在了：没有那一晚，或者已过 [keep] bodies 的 {here.config.keep.bodies} 天。"
                )
            here.show(state.reread(here.home, on), state.REREAD_COLUMNS)
            return
        with here.ledger.reading() as connection:
            newest = connection.scalar(sa.select(sa.func.max(tables.platform_night.c.day)))
        if newest is None or on >= newest:
            end = judge_again(here.home, here.config, here.ledger, on)
            _summary(end)
            raise typer.Exit(end.exit)
        here.show(state.compared(here.home, here.config, here.ledger, on), state.COMPARED_COLUMNS)


def week(
    which: Annotated[str | None, typer.Option("--week", metavar="2026-W47", help="An ISO week.")] = None,
) -> None:
    """Write the weekly report into site/: page, PDF, spreadsheet, mail, a page for each unit, and the index."""
    from reports import weekly  # noqa: PLC0415 (slow to load, and no other command needs it)

    here = session()
    if here.config.reports.url:
        here.home.served()
        os.umask(0o022)
    with _said(), here.ledger.reading() as connection:
        wanted = which or state.report_week(connection, state.newest_night(connection) or today())
        held = law.law(here.config, here.home.path, accepted(connection), lambda account: Filing())
        try:
            written = weekly.week(
                connection,
                wanted,
                held,
                school=here.config.school.name,
                site=here.home.site,
                evidence=here.home.evidence,
                browser=browser.found(here.config.browser.path),
                url=here.config.reports.url,
            )
        except ValueError as error:
            fail(str(error), UNUSABLE)
    for path in written.paths:
        here.show([{"path": path}], (("path", "周报"),)) if here.as_json else say(f"周报：{path}")
    if written.lacking:
        fail(f"周报写好了，但没有 PDF：{written.lacking}")


def serve() -> None:
    """Run the clock: starts night, week and tell at their times until stopped."""
    here = session()
    with _said():
        clock.serve(here.home, here.config)


def tell(
    test: Annotated[bool, typer.Option("--test", help="Send a test message on each channel.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Try messages once more that had been given up.")
    ] = False,
    timely: Annotated[
        bool, typer.Option("--timely", help="Keep to quiet hours and vacations, as the clock does.")
    ] = False,
) -> None:
    """Send the alerts that are due."""
    here = session()
    with _said(), lock.alone(here.home.sending, here.ledger, "发送提醒", delivery.SENDING_SECONDS):
        if test:
            _tried(here)
            return
        if again:
            with here.ledger.writing() as connection:
                say(f"重新排队 {lost.revive(connection, datetime.now(UTC))} 封消息。")
        if timely:
            watch.look(here.config, here.ledger, datetime.now(SHANGHAI))
        how = delivery.manner(here.config, here.home, timely=timely, day=today() if timely else None)
        sent = delivery.round_of(here.home, here.config, here.ledger, how)
    row = {"sent": sent.sent, "waiting": sent.waiting, "in_doubt": sent.in_doubt, "dead": sent.dead}
    if timely and not (here.as_json or sent.sent or sent.errors):
        return  # the clock asks every few minutes: its journal is for what has happened
    here.show([row], (("sent", "已发"), ("waiting", "待发"), ("in_doubt", "不确定"), ("dead", "放弃")))
    for reason in sent.errors:
        say(f"没有发出：{reason}")
    raise typer.Exit(FAILED if sent.errors else DONE)


def _tried(here: Session) -> None:
    """Prove each channel; exit 1 when one of them did not take its test message."""
    opened = delivery.channels(here.config, here.home)
    answers = sending.trial(opened, delivery.on_trial(here.config), datetime.now(UTC))
    rows = [
        {
            "channel": name,
            "address": re.sub(r"(?<=^.)[^@]+", "***", address),
            "ok": isinstance(answer, Delivered),
            "answer": "对方已收下" if isinstance(answer, Delivered) else answer.error,
        }
        for name, address, answer in answers
    ]
    here.show(rows, (("channel", "渠道"), ("address", "收件地址"), ("answer", "结果")))
    raise typer.Exit(DONE if all(row["ok"] for row in rows) else FAILED)


def status() -> None:
    """Say for each platform and as a whole how things stand; exit 1 if a night is overdue."""
    here = session()
    rows = list(state.status(here.home, here.config, here.ledger, datetime.now(UTC)))
    here.show(rows[:-1], state.STATUS_COLUMNS)
    if here.as_json:
        here.show(rows[-1:])
    else:
        for sentence in state.sentences(rows[-1]):
            say(sentence)
    raise typer.Exit(FAILED if rows[-1]["overdue"] else DONE)
