"""Commands that keep and hand out records: export, evidence, backup, restore."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from monitors.nouns import SHANGHAI
from schedules import lock
from schedules.commands import later
from schedules.console import Session, fail, say, session


def attach(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (export, backup, restore):
        app.command()(command)
    app.command("evidence")(evidence)


def export(
    what: Annotated[str, typer.Argument(metavar="register|findings|cases|decisions")],
    to: Annotated[Path, typer.Option("--to", metavar="FILE.xlsx")],
    with_contacts: Annotated[bool, typer.Option("--with-contacts")] = False,
) -> None:
    """Write a spreadsheet."""
    later.say(f"export {what}")


def evidence(what: Annotated[str, typer.Argument(metavar="verify")]) -> None:
    """Say whether the evidence is intact."""
    later.say(f"evidence {what}")


def backup() -> None:
    """Copy the ledger, whole and checked, into backups/."""
    here = session()
    source = _file(here)
    here.ledger.close()
    target = here.home.backups / f"ledger-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}.sqlite3"
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    # A connection of its own, so that neither a night nor the week waits for the copy.
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(part),))
    _checked(part)
    part.replace(target)
    say(f"已备份到 {target}")


def restore(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Put a backup in the place of the ledger; the present one is kept beside it."""
    here = session()
    target = _file(here)
    _checked(file)
    try:
        with lock.held(here.home.lock, "恢复备份"):
            part = target.with_suffix(".part")
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
                part.unlink(missing_ok=True)
                connection.execute("VACUUM INTO ?", (str(part),))
            kept = target.with_name(f"{target.name}.before-{datetime.now(SHANGHAI):%Y%m%d-%H%M%S}")
            if target.exists():
                with closing(sqlite3.connect(target)) as connection:
                    connection.execute("VACUUM INTO ?", (str(kept),))
            for extra in ("-wal", "-shm"):
                target.with_name(target.name + extra).unlink(missing_ok=True)
            part.replace(target)
    except lock.Held as error:
        fail(str(error))
    say(f"已恢复 {file}；原来的留在 {kept.name}")


def _file(here: Session) -> Path:
    url = make_url(here.home.database(here.config.database.url))
    if url.get_backend_name() != "sqlite" or not url.database:
        fail("台账库不在 SQLite 里；请用 pg_dump 和 pg_restore 备份与恢复。")
    return Path(url.database)


def _checked(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            said = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT 1 FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        fail(f"{path} 不是完好的备份：{error}")
    if said != "ok":
        fail(f"{path} 不是完好的备份：{said}")
