"""Real nights as processes that a test can kill, and everything that belongs to one of them."""

import os
import subprocess
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

from conftest import ROOT, Called

# A name of the kind that a night hands on to its children, and these to their browsers.
MARK = "XDG_XUNJIAN_TEST"


def until(true, seconds=120):
    """Give what `true` gives as soon as that is anything."""
    ends = time.monotonic() + seconds
    while not (given := true()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)
    return given


class Running:
    """One `xunjian` under way."""

    def __init__(self, home, *arguments, env=None):
        self.mark = uuid.uuid4().hex
        line = [sys.executable, "-m", "schedules", "--home", str(home), *map(str, arguments)]
        self.process = subprocess.Popen(
            line,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **(env or {}), MARK: self.mark},
        )

    def family(self, word=""):
        """The living processes that belong to it, itself among them; only those with `word` in their command."""
        mark = f"{MARK}={self.mark}".encode()
        found = {}
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if mark in (place / "environ").read_bytes().split(b"\0"):
                    found[int(place.name)] = (place / "cmdline").read_bytes().decode(errors="replace")
        return [pid for pid, command in found.items() if word in command]

    def child(self):
        [pid] = self.until(lambda: self.family("crawlers.child"))
        return pid

    def browser(self):
        """The browser itself, which all its other processes live by."""
        [pid] = self.until(lambda: self.family("--remote-debugging-pipe"))
        return pid

    def until(self, true, seconds=120):
        """Give what `true` gives as soon as that is anything, while this process lives."""
        return until(lambda: true() or self._alive(), seconds)

    def _alive(self):
        assert self.process.poll() is None, self.process.communicate()

    def ended(self, seconds=240):
        """Wait for its own end; what it was killed with is a negative code."""
        out, err = self.process.communicate(timeout=seconds)
        return Called(subprocess.CompletedProcess(self.process.args, self.process.returncode, out, err))

    def killed(self):
        """Kill it as a power cut would, and wait until nothing of it lives any more."""
        self.process.kill()
        self.ended()
        until(lambda: not self.family(), 30)
