"""All benches one after the other, each in a process of its own, and one table of what they found: `python bench`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from measures import Measure, shown

SCRIPTS = ("names", "register", "crawl", "night", "ledger", "report")


def main() -> int:
    found, broken = [], []
    for name in SCRIPTS:
        print(f"{name} ...", file=sys.stderr, flush=True)
        command = [sys.executable, str(Path(__file__).with_name(f"{name}.py")), "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        found += [Measure(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode:
            broken.append(name)
    shown(found)
    for name in broken:
        print(f"bench/{name}.py ended with an error", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
