"""Writes docs/licences.md: what is installed with the program, in which version and under which licence.

    python tests/licences.py

The packages are those of `requirements.lock`; the licence is what each package says of itself.
"""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "licences.md"
HEAD = """# Licences

What `requirements.lock` pins, under which licence, as each package says of itself. *Runs* are the packages that the
program needs, *develops* those that only tests and checks need. Written by `python tests/licences.py` after the lock has
been made anew; a test compares names and versions with the lock. "not installed here" are packages for
other systems or Python versions.

| package | version | for | licence |
| --- | --- | --- | --- |
"""


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned():
    """(name, version) of each package of the lock; some have another version for an older Python."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = re.findall(r"^([\w.-]+)(?:\[[^]]*])?==([^\s;]+)", lock, re.MULTILINE)
    return sorted({(plain(name), version) for name, version in found})


def needed():
    """The packages that the program needs, with what they need in their turn."""
    seen, waiting = set(), [("xunjian", {"postgresql"})]
    while waiting:
        name, extras = waiting.pop()
        try:
            requires = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for one in map(Requirement, requires):
            wanted = one.marker is None or any(one.marker.evaluate({"extra": e}) for e in (*extras, ""))
            if wanted and plain(one.name) not in seen:
                seen.add(plain(one.name))
                waiting.append((one.name, one.extras))
    return seen


def licence(name):
    """What a package says of its licence."""
    try:
        facts = distribution(name).metadata
    except PackageNotFoundError:
        return "not installed here"
    if facts["License-Expression"]:
        return facts["License-Expression"]
    classified = [
        c.split(" :: ")[-1] for c in facts.get_all("Classifier") or () if c.startswith("License ::")
    ]
    said = (facts["License"] or "").strip().splitlines()
    named = [c for c in classified if c != "OSI Approved"]
    return "; ".join(named) or (said[0] if said else "not stated")


def page():
    runs = needed()
    rows = [
        f"| {name} | {version} | {'runs' if name in runs else 'develops'} | {licence(name)} |"
        for name, version in pinned()
    ]
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(PAGE)
