"""Commands that keep and hand out records: export, evidence, backup, restore."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Connection

from monitors import accounts
from monitors import evidence as exhibits
from monitors.nouns import SHANGHAI
from schedules import delivery, lock, safekeeping
from schedules import export as exports
from schedules.commands.casework import all_cases, open_findings
from schedules.console import UNUSABLE, Session, fail, say, session, today


def attach(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (export, backup, restore):
        app.command()(command)
    app.command("evidence")(evidence)


def export(
    what: Annotated[str, typer.Argument(metavar="register|findings|cases|decisions")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE.xlsx")],
    with_contacts: Annotated[
        bool, typer.Option("--with-contacts", help="With names and phones; who did it is written down.")
    ] = False,
) -> None:
    """Write a spreadsheet: the register as the yearly summary sheet, or a working list."""
    if what not in ("register", "findings", "cases", "decisions"):
        fail(f"不能导出 “{what}”；可以导出 register、findings、cases、decisions", UNUSABLE)
    if with_contacts and what == "decisions":
        fail("人工意见里没有联系方式，请去掉 --with-contacts", UNUSABLE)
    here = session()
    target = _target(here, to)
    # Written down first: contacts that nobody knows of must not be in a file.
    who = exports.logged(here.ledger, what, target, today()) if with_contacts else None
    try:
        with here.ledger.reading() as connection:
            _export(here, connection, what, target, with_contacts)
    except OSError as error:
        fail(f"{target} 写不进去：{error.strerror}。如果它正在 Excel 里打开，请先关闭。")
    if here.as_json:
        here.show([{"path": target}])
    say(f"已写入 {target}" + (f"。内有联系方式，只有本机用户 {who} 能读；这次导出已记录。" if who else ""))


def _target(here: Session, to: Path) -> Path:
    """The file to be written; what cannot be it ends the command."""
    target = to.expanduser().absolute()
    if target.suffix.lower() != ".xlsx":
        fail(f"--to 要写 .xlsx 文件，而不是 {to}", UNUSABLE)
    if not target.parent.is_dir():
        fail(f"没有文件夹 {target.parent}，请先建好它", UNUSABLE)
    if target.resolve() == (here.home.path / here.config.register_.file).resolve():
        fail(f"{to} 是台账本身，不能覆盖；请换一个文件名", UNUSABLE)
    return target


def _export(here: Session, connection: Connection, what: str, target: Path, with_contacts: bool) -> None:
    people = exports.contacts(connection) if with_contacts else None
    if what == "register":
        version = accounts.version(connection)
        if version is None:
            fail("还没有接受过台账，没有可以导出的。请先运行 xunjian check，再运行 xunjian night。")
        title = f"{here.config.school.name}网络媒体平台汇总表"
        rows = open_findings(here, connection)
        exports.register(connection, version, rows, target, title=title, people=with_contacts)
    elif what == "findings":
        exports.findings(open_findings(here, connection), target, people)
    elif what == "cases":
        exports.cases(connection, all_cases(connection), target, people)
    else:
        exports.decisions(connection, target)


def evidence(what: Annotated[str, typer.Argument(metavar="verify")]) -> None:
    """Say whether the evidence is intact: name every file that is missing or has changed."""
    if what != "verify":
        fail(f"xunjian evidence 后面只能写 verify，而不是 “{what}”", UNUSABLE)
    here = session()
    count, flaws = exhibits.verify(here.home.evidence)
    if not flaws:
        say(f"证据完好：{count} 个文件都与清单一致。")
        return
    rows = [asdict(flaw) for flaw in flaws]
    here.show(rows, (("file", "文件"), ("problem", "问题"), ("day", "日期"), ("key", "账号")))
    fail(f"证据有 {len(flaws)} 处与清单不符。请从备份中找回这些文件，并查明是谁动过它们。")


def backup() -> None:
    """Copy the ledger, whole and checked, into backups/."""
    here = session()
    source = _file(here)
    here.ledger.close()
    target = here.home.backups / f"ledger-{_stamp()}.sqlite3"
    try:
        safekeeping.copied(source, target)
    except safekeeping.Unsound as error:
        fail(str(error))
    say(f"已备份到 {target}")


def restore(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Put a backup in the place of the ledger; the present one is kept beside it. Fills an empty PostgreSQL too."""
    here = session()
    target = safekeeping.file_of(here.home, here.config)
    kept = target.with_name(f"{target.name}.before-{_stamp()}") if target else None
    try:
        with (
            lock.held(here.home.lock, "恢复备份"),
            lock.held(here.home.sending, "恢复备份", delivery.SENDING_SECONDS),
        ):
            if target and kept:
                safekeeping.put_back(file, target, kept)
            else:
                safekeeping.carried_over(file, here.home.database(here.config.database.url))
    except (lock.Held, safekeeping.Unsound) as error:
        fail(str(error))
    say(f"已恢复 {file}" + (f"；原来的留在 {kept.name}" if kept and kept.exists() else ""))


def _stamp() -> str:
    return f"{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}"


def _file(here: Session) -> Path:
    path = safekeeping.file_of(here.home, here.config)
    if path is None:
        fail("台账库不在 SQLite 里；请用 pg_dump 备份，用 pg_restore 恢复。")
    return path
