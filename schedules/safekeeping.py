"""The ledger's copies: made whole and checked, one a night and so many of them, put back, and what to do when it is broken."""

from __future__ import annotations

import errno
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
from sqlalchemy.exc import DBAPIError

from monitors.ledger import Ledger, NewerLedger
from monitors.tables import metadata
from schedules.config import Config
from schedules.home import Home

log = logging.getLogger(__name__)

# How what is said of a night without its copy begins.
NOT_COPIED = "备份没有做成"
_NIGHTLY = "night-????-??-??.sqlite3"
_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE = (
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM,
)  # fmt: skip


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


def advice(error: Exception, home: Home) -> str | None:
    """Say in Chinese what is wrong with the ledger or the disk and what to do; None where it is neither."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, Lost):
        return str(error)
    if isinstance(cause, sqlite3.Error):
        return _of_ledger(cause, home)
    if isinstance(error, NewerLedger):
        return (
            "台账库是由更新版本的程序写的，这个版本读不了，没有改动它。请装回原来的新版本；"
            f"确实要退回旧版本，请先恢复升级前的备份：xunjian restore {home.backups}/文件名"
        )
    if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"磁盘满了：{cause.filename or home.path}。已有的文件没有改动；请腾出空间，再运行一次。"
    if isinstance(cause, OSError) and cause.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{cause.filename or home.path} 没有权限读写。请检查它属于哪个用户，以及磁盘是不是只读。"
    return None


def _of_ledger(error: sqlite3.Error, home: Home) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BROKEN:
        sound = newest_sound(home.backups)
        way = f"请运行 xunjian restore {quote(str(sound))}" if sound else f"{home.backups} 里没有完好的备份"
        return f"台账库坏了（{error}），没有再改动它。先停下 xunjian serve；{way}。坏的文件会留在旁边。"
    if code == sqlite3.SQLITE_FULL:
        return f"磁盘满了，台账库写不进去。已有的记录没有改动；请在 {home.path} 所在的磁盘上腾出空间，再运行一次。"
    if code in _UNWRITABLE:
        return f"台账库读写不了（{error}）。请检查 {home.path} 属于哪个用户，以及磁盘是不是只读、是不是完好。"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "台账库正被另一个进程占用，请稍后再试。"
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
