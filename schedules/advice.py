"""What is wrong with the ledger, its server or the disk, and what to do about it, in words."""

from __future__ import annotations

import errno
import sqlite3
from shlex import quote

from sqlalchemy.exc import DBAPIError, OperationalError

from monitors.ledger import NewerLedger, WrongEncoding
from schedules import safekeeping
from schedules.home import Home

_BROKEN = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE = (
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM,
)  # fmt: skip
_LOCK_NOT_AVAILABLE = "55P03"
# By the beginning of a server's SQLSTATE.
_OF_SERVER = {
    "53": "数据库服务器的磁盘、内存或连接数不够了。已有的记录没有改动；请它的管理员腾出来，再运行一次。",
    "57P": "数据库服务器正在停止或启动。已有的记录没有改动，请稍后再运行一次。",
    "25006": "数据库是只读的，多半是备用服务器。请让 school.toml 的 [database] url 指向主服务器。",
    "42501": "数据库的用户没有权限。请让数据库属于它：ALTER DATABASE 库名 OWNER TO 用户名。",
}


def advice(error: Exception, home: Home) -> str | None:
    """Say in Chinese what is wrong with the ledger or the disk and what to do; None where it is neither."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _of_file(cause, home)
    if isinstance(error, DBAPIError):
        return _of_server(error)
    if isinstance(cause, OSError):
        return _of_disk(cause, home)
    return _of_what_is_there(error, home)


def _of_what_is_there(error: Exception, home: Home) -> str | None:
    if isinstance(error, safekeeping.Lost):
        return str(error)
    if isinstance(error, NewerLedger):
        return (
            "台账库是由更新版本的程序写的，这个版本读不了，没有改动它。请装回原来的新版本；"
            f"确实要退回旧版本，请先恢复升级前的备份：xunjian restore {home.backups}/文件名"
        )
    if isinstance(error, WrongEncoding):
        return (
            f"台账库的数据库编码是 {error}，存不全中文。请新建一个 UTF-8 的数据库（createdb -E UTF8 -T template0 库名），"
            "再写进 school.toml 的 [database] url。"
        )
    return None


def _of_disk(error: OSError, home: Home) -> str | None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"磁盘满了：{error.filename or home.path}。已有的文件没有改动；请腾出空间，再运行一次。"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{error.filename or home.path} 没有权限读写。请检查它属于哪个用户，以及磁盘是不是只读。"
    return None


def _of_file(error: sqlite3.Error, home: Home) -> str | None:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BROKEN:
        sound = safekeeping.newest_sound(home.backups)
        way = f"请运行 xunjian restore {quote(str(sound))}" if sound else f"{home.backups} 里没有完好的备份"
        return f"台账库坏了（{error}），没有再改动它。先停下 xunjian serve；{way}。坏的文件会留在旁边。"
    if code == sqlite3.SQLITE_FULL:
        return f"磁盘满了，台账库写不进去。已有的记录没有改动；请在 {home.path} 所在的磁盘上腾出空间，再运行一次。"
    if code in _UNWRITABLE:
        return f"台账库读写不了（{error}）。请检查 {home.path} 属于哪个用户，以及磁盘是不是只读、是不是完好。"
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "台账库正被另一个进程占用，请稍后再试。"
    return None


def _of_server(error: DBAPIError) -> str | None:
    """What a database server says, in words for whoever looks after it; None where the program is at fault."""
    said = str(error.orig).strip().split("\n", 1)[0]
    code = str(getattr(error.orig, "sqlstate", None) or "")
    if code == _LOCK_NOT_AVAILABLE:
        return "台账库正被另一个进程占用，请稍后再试。"
    for beginning, words in _OF_SERVER.items():
        if code.startswith(beginning):
            return f"{words}（{said}）"
    if error.connection_invalidated or (not code and isinstance(error, OperationalError)):
        return (
            f"连不上台账库所在的数据库服务器，或者中途断开了（{said}）。已有的记录没有改动；请检查服务器是否在运行、"
            "数据库是否建好、school.toml 的 [database] url 里的用户和密码是否正确，再运行一次。"
        )
    return None
