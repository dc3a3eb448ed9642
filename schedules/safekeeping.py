"""The ledger's copies: made whole and checked, one a night and so many of them, and put back."""

from __future__ import annotations

import logging
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from sqlalchemy import URL, Connection

from monitors.ledger import Ledger
from monitors.tables import metadata
from schedules.config import Config
from schedules.home import Home

log = logging.getLogger(__name__)

# How what is said of a night without its copy begins.
NOT_COPIED = "备份没有做成"
_GB = 1 << 30
_ROOM = _GB
_NIGHTLY = "night-????-??-??.sqlite3"


class Unsound(Exception):
    """A file is no whole ledger; the text says which and why, in Chinese."""


class Lost(Exception):
    """The ledger's file is gone or blank while copies of it are there; the text says what to do, in Chinese."""


def opened(home: Home, config: Config) -> Ledger:
    """Open the home's ledger, or make the first; raises `Lost` rather than begin anew beside copies of one."""
    path = file_of(home, config)
    if path and _is_blank(path) and (sound := newest_sound(home.backups)):
        raise Lost(
            f"台账库 {path} {'是空的' if path.exists() else '不见了'}，而它的备份还在。"
            f"请运行 xunjian restore {quote(str(sound))}；"
            f"确实要从头开始，请先把 {home.backups} 移到别处。"
        )
    return Ledger(home.database(config.database.url))


def file_of(home: Home, config: Config) -> Path | None:
    """Where the ledger lies; None when it is in a database server, which has means of its own."""
    url = home.database(config.database.url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _reading(path: Path) -> closing[sqlite3.Connection]:
    """A connection of its own, so that neither a night nor the week waits for a copy."""
    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


def _is_blank(path: Path) -> bool:
    """Is there no file, or one without a single table, as a crash or a careless hand leaves it? Not a broken one."""
    if not path.exists():
        return True
    try:
        with _reading(path) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master").fetchone() is None
    except sqlite3.Error:
        return False


def copied(source: Path, target: Path) -> None:
    """Copy a ledger, whole and checked, while others work with it; raises `Unsound`, and leaves no half file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        with _reading(source) as connection:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                raise Unsound(f"{source} 不是完好的台账库：{said}")
            connection.execute("VACUUM INTO ?", (str(part),))
        checked(part)
        part.replace(target)
    except sqlite3.Error as error:
        raise Unsound(f"{source} 没有备份成：{error}") from error
    finally:
        part.unlink(missing_ok=True)


def checked(path: Path) -> None:
    """Raise `Unsound` when the file is no whole ledger."""
    try:
        with _reading(path) as connection:
            said = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            connection.execute("SELECT 1 FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise Unsound(f"{path} 不是完好的备份：{error}") from error
    if said != "ok":
        raise Unsound(f"{path} 不是完好的备份：{said}")


def nightly(home: Home, config: Config, day: date) -> str | None:
    """Copy the ledger after a night and let the oldest nightly copies go; gives what went wrong.

    A copy that fails lets none go: it may be the last sound one.
    """
    source = file_of(home, config)
    if source is None:
        return None
    try:
        copied(source, home.backups / f"night-{day.isoformat()}.sqlite3")
    except (Unsound, OSError) as error:
        log.warning("the ledger was not copied after the night: %s", error)
        return f"{NOT_COPIED}：{error}"
    for old in sorted(home.backups.glob(_NIGHTLY))[: -config.keep.backups]:
        old.unlink()
        log.info("nightly copy %s removed, %d are kept", old.name, config.keep.backups)
    return None


def scarce(home: Home, config: Config) -> str | None:
    """Say in Chinese that the disk may be full before long: a copy, its check and a night need so much."""
    path = file_of(home, config)
    wanted = max(_ROOM, 3 * path.stat().st_size if path and path.exists() else 0)
    free = shutil.disk_usage(home.path).free
    if free >= wanted:
        return None
    return (
        f"{home.path} 所在的磁盘只剩 {free / _GB:.1f} GB，少于巡检和备份需要的 {wanted / _GB:.1f} GB，请清理"
    )


def put_back(copy: Path, ledger: Path, kept: Path) -> None:
    """Put a copy in the place of the ledger, which goes to `kept` as it is, broken or not; raises `Unsound`."""
    checked(copy)
    part = ledger.with_name(f"{ledger.name}.restoring")
    copied(copy, part)
    if ledger.exists():
        try:
            copied(ledger, kept)
        except Unsound:
            for extra in ("", "-wal"):
                if (beside := ledger.with_name(ledger.name + extra)).exists():
                    shutil.copy2(beside, kept.with_name(kept.name + extra))
    for extra in ("-wal", "-shm"):
        ledger.with_name(ledger.name + extra).unlink(missing_ok=True)
    part.replace(ledger)


def newest_sound(backups: Path) -> Path | None:
    """The newest copy that is whole."""
    for path in sorted(backups.glob("*.sqlite3"), key=lambda path: path.stat().st_mtime, reverse=True):
        try:
            checked(path)
        except Unsound:
            continue
        return path
    return None


def carried_over(copy: Path, url: URL) -> int:
    """Fill an empty ledger behind another address with all rows of a copy; gives how many. Raises `Unsound`."""
    with TemporaryDirectory() as folder:
        # Brought to the newest shape first, and not in its place: a copy stays what it was.
        source = Path(folder) / "ledger.sqlite3"
        checked(copy)
        copied(copy, source)
        old, new = Ledger(URL.create("sqlite", database=str(source))), Ledger(url)
        try:
            with old.reading() as rows, new.writing() as connection:
                return _poured(rows, connection)
        finally:
            old.close()
            new.close()


def _poured(rows: Connection, connection: Connection) -> int:
    for table in metadata.sorted_tables:
        if connection.execute(sa.select(table).limit(1)).first() is not None:
            raise Unsound(f"数据库里的表 {table.name} 已经有内容。备份只能恢复到一个空的数据库里。")
    count = 0
    for table in metadata.sorted_tables:
        for part in rows.execute(sa.select(table).order_by(*table.primary_key)).mappings().partitions(1000):
            connection.execute(sa.insert(table), [dict(row) for row in part])
            count += len(part)
        numbered = table.autoincrement_column
        if numbered is not None and connection.dialect.name == "postgresql":
            sequence = sa.func.pg_get_serial_sequence(f'"{table.name}"', numbered.name)
            last = sa.select(sa.func.coalesce(sa.func.max(numbered), 0) + 1).scalar_subquery()
            connection.execute(sa.select(sa.func.setval(sequence, last, False)))
    return count
