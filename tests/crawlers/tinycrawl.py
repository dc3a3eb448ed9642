"""Running a real child on the tiny platform, and what it left."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from crawlers.children import run
from crawlers.order import Errand, Order
from monitors.notes import NoteFile

DAY = "2026-11-20"
CLOCK = datetime(2026, 11, 19, 18, 30, tzinfo=UTC)
COMMAND = (sys.executable, str(Path(__file__).with_name("tinyplatform.py")))
ALIVE = Errand("canary_alive", "alive")


def accounts(*handles):
    return tuple(Errand("account", handle) for handle in handles)


def order(server, home, *errands, **more):
    """An order for the tiny platform; rehearsing on the server unless told otherwise."""
    usual = {"clock": CLOCK, "origins": server.origins, "pace": 0.0, "jitter": 0.0}
    return Order("tiny", DAY, home, errands, **(usual | more))


def notes(home):
    return list(NoteFile.of(home, DAY, "tiny").read())


def crawl(server, home, *errands, **more):
    """Carry the errands out; give how the child ended and its notes in order."""
    end = run([order(server, home, *errands, **more)], command=COMMAND)["tiny"]
    return end, notes(home)
