"""One night at a time: a file lock that says who holds it and that the kernel releases on any death."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from monitors.nouns import SHANGHAI


class Held(Exception):
    """Another process holds the lock; the text says which."""


@contextmanager
def held(path: Path, what: str) -> Iterator[None]:
    """Hold the lock at `path` for the block; raise `Held` at once when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "不明进程"
            raise Held(f"已有一个进程在运行：{holder}。等它结束再试。") from None
        file.seek(0)
        file.truncate()
        started = datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        file.write(f"{what}（进程 {os.getpid()}，{started} 开始）")
        file.flush()
        yield
        file.seek(0)
        file.truncate()
