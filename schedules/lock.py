"""One night at a time: a file lock of the home, and a claim where machines share a ledger; both end with any death."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TextIO

from monitors.ledger import Claimed, Ledger
from monitors.nouns import SHANGHAI

# Twice a second or so: whoever waits here waits for a round of sending, not for a night.
_AGAIN_SECONDS = 0.4
# Who only looks at a lock has it for an instant.
_LOOKED_AT = 0.5


class Held(Exception):
    """Another process holds the lock; the text says which."""


@contextmanager
def held(path: Path, what: str, wait: float = _LOOKED_AT) -> Iterator[None]:
    """Hold the lock at `path` for the block; raise `Held` when another process keeps it for `wait` seconds."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        ends = time.monotonic() + wait
        while not _taken(file):
            if time.monotonic() >= ends:
                file.seek(0)
                holder = file.read().strip() or "不明进程"
                raise Held(f"已有一个进程在运行：{holder}。等它结束再试。")
            time.sleep(_AGAIN_SECONDS)
        file.seek(0)
        file.truncate()
        started = datetime.now(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        file.write(f"{what}（进程 {os.getpid()}，{started} 开始）")
        file.flush()
        yield
        file.seek(0)
        file.truncate()


@contextmanager
def alone(path: Path, ledger: Ledger, what: str, wait: float = _LOOKED_AT) -> Iterator[None]:
    """Hold the lock at `path`, and what its name says in a ledger that other machines can reach; raises `Held`."""
    with held(path, what, wait), ExitStack() as stack:
        try:
            stack.enter_context(ledger.claimed(path.stem, wait))
        except Claimed as error:
            raise Held(f"同一个台账库正被另一台机器上的进程使用：{error}。等它结束再试。") from error
        yield


def holder(path: Path) -> str | None:
    """Give what the living process says of itself that holds the lock just now; None when there is none."""
    if not path.exists() or not (said := path.read_text(encoding="utf-8").strip()):
        return None
    with path.open("a+", encoding="utf-8") as file:
        return None if _taken(file) else said


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
