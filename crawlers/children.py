"""The parent's side of a crawl: starts a child per platform, follows it, and ends it for certain."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from crawlers.order import Order, written
from crawlers.scratch import Scratch
from monitors.notes import NoteFile

How = Literal["done", "wall", "budget", "timeout", "killed", "crashed"]

COMMAND = (sys.executable, "-m", "crawlers.child")
GRACE_SECONDS = 90.0
_STEP_SECONDS = 10.0
_SWEEP_SECONDS = 3.0
_POLL_SECONDS = 0.1
_HOW: Mapping[int, How] = {0: "done", 10: "wall", 11: "budget", 12: "timeout"}
_ROOT = Path(__file__).parent.parent
_MARK = "XUNJIAN_CHILD"

# A child reads pages of strangers; it gets no variable that could hold a password.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LANGUAGE",
    "TZ",
    "PLAYWRIGHT_BROWSERS_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
)
_PASSED_ON_PREFIXES = ("LC_", "XDG_", "PYTHON")


@dataclass(frozen=True)
class ChildEnd:
    """How a child ended; `says` is the last line of its log when it was killed or crashed."""

    platform: str
    how: How
    returncode: int
    says: str = ""


@dataclass(frozen=True)
class Progress:
    """How many of a child's errands have left a note."""

    platform: str
    done: int
    total: int


class Child:
    """One running child. Its notes, its order and its log lie in `notes/<day>/`."""

    def __init__(self, order: Order, command: Sequence[str] = COMMAND, grace: float = GRACE_SECONDS) -> None:
        order = replace(order, notes=order.notes.resolve())
        self.order = order
        self._notes = NoteFile.of(order.notes, order.day, order.platform).path
        self._offset = self._notes.stat().st_size if self._notes.exists() else 0
        self._done = 0
        self._log = self._notes.with_suffix(".log")
        self._mark = uuid.uuid4().hex
        self._scratch = Scratch()
        path = written(order, self._notes.with_suffix(".order.json"))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, str(path)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=_ROOT,
                env=self._environment(),
                start_new_session=True,
            )
        self._hand_over_login()
        polite = time.monotonic() + order.seconds + grace
        self._steps: list[tuple[float, Callable[[], None]]] = [
            (polite, self.close),
            (polite + _STEP_SECONDS, lambda: self._signal(signal.SIGTERM)),
            (polite + 2 * _STEP_SECONDS, lambda: self._signal(signal.SIGKILL)),
        ]
        self._forced = False

    def _environment(self) -> dict[str, str]:
        passed = {
            name: value
            for name, value in os.environ.items()
            if name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES)
        }
        return passed | {_MARK: self._mark, "TMPDIR": str(self._scratch.path)}

    def _hand_over_login(self) -> None:
        """Give the child what stands in no file and no environment, where others and its browser could see it."""
        if self.order.proxy:
            assert self._process.stdin is not None
            with suppress(OSError):
                self._process.stdin.write(self.order.proxy.login.encode() + b"\n")
                self._process.stdin.flush()

    def progress(self) -> Progress:
        """Count the notes that this child has left so far."""
        with suppress(FileNotFoundError), self._notes.open("rb") as file:
            file.seek(self._offset)
            new = file.read()
            self._offset += len(new)
            self._done += new.count(b"\n")
        total = len(self.order.errands)
        return Progress(self.order.platform, min(self._done, total), total)

    def poll(self) -> ChildEnd | None:
        """Give how the child ended, None while it runs; what has outlived its time is ended step by step."""
        while self._steps and time.monotonic() >= self._steps[0][0]:
            self._steps.pop(0)[1]()
        code = self._process.poll()
        return None if code is None else self._ended(code)

    def end(self) -> ChildEnd:
        """End the child now, by the same steps: politely, then SIGTERM, then SIGKILL."""
        now = time.monotonic()
        self._steps = [(now + n * _STEP_SECONDS, step) for n, (_, step) in enumerate(self._steps)]
        while (ended := self.poll()) is None:
            time.sleep(_POLL_SECONDS)
        return ended

    def close(self) -> None:
        """Ask the child to end; the visit under way is dropped."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        self._forced = True
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _ended(self, code: int) -> ChildEnd:
        self.close()
        _sweep(self._mark)
        self._scratch.remove()
        how: How = "killed" if self._forced or code < 0 else _HOW.get(code, "crashed")
        says = _last_line(self._log) if how in ("killed", "crashed") else ""
        return ChildEnd(self.order.platform, how, code, says)


def _marked(mark: str) -> list[int]:
    """Find the processes that a child has left behind, by the mark in their environment."""
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def _sweep(mark: str) -> None:
    """Kill what a child has left: a browser leads a process group of its own and may be too stuck to follow."""
    ends = time.monotonic() + _SWEEP_SECONDS
    while (left := _marked(mark)) and time.monotonic() < ends:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)


def _last_line(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = file.read().decode("utf-8", errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def run(
    orders: Sequence[Order],
    on_progress: Callable[[Progress], None] = lambda progress: None,
    command: Sequence[str] = COMMAND,
) -> dict[str, ChildEnd]:
    """Carry out one order per platform, all at once; give each platform's end.

    `on_progress` is called for each change. When this is interrupted, every child is ended first.
    """
    children = {order.platform: Child(order, command) for order in orders}
    told: dict[str, Progress] = {}
    ends: dict[str, ChildEnd] = {}
    try:
        while len(ends) < len(children):
            for name in children.keys() - ends.keys():
                end = children[name].poll()
                progress = children[name].progress()
                if told.get(name) != progress:
                    told[name] = progress
                    on_progress(progress)
                if end:
                    ends[name] = end
            time.sleep(_POLL_SECONDS)
    finally:
        left = [children[name] for name in children.keys() - ends.keys()]
        for child in left:
            child.close()
        for child in left:
            child.end()
    return ends
