"""`python -m crawlers.rehearsal`: hold the stage open for people and print the origins to aim at it."""

from __future__ import annotations

import argparse
import sys
import threading
from datetime import date, datetime
from pathlib import Path

from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from crawlers.rehearsal.walls import loaded
from monitors.nouns import SHANGHAI


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m crawlers.rehearsal", description=__doc__)
    parser.add_argument("--day", type=date.fromisoformat, default=datetime.now(SHANGHAI).date(), metavar="D")
    parser.add_argument("--anchor", type=date.fromisoformat, metavar="D", help="the day the lives count from")
    parser.add_argument("--port", type=int, default=0, metavar="N")
    parser.add_argument("--walls", type=Path, metavar="FILE", help="a TOML file of [[wall]] tables")
    asked = parser.parse_args()
    walls = loaded(asked.walls) if asked.walls else ()
    with Stage(scenario(), asked.day, asked.anchor, walls, asked.port) as stage:
        lines = (f'"{real}" = "{substitute}"' for real, substitute in stage.origins.items())
        sys.stdout.write("[origins]\n" + "\n".join(lines) + "\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stderr.write("\n")


if __name__ == "__main__":
    main()
