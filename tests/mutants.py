"""`make mutants`: which small changes of the judge no test notices; outside the suite, with mutmut in its own place."""

import re
import subprocess
import sys
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "build" / "mutants"
TOOL = "mutmut==3.8.1"
CHANGED = (
    *("monitors/rules.py", "monitors/verdicts.py", "monitors/cases.py", "monitors/activity.py"),
    "reports/weekly/figures.py",
)
ASKED = (
    *("monitors/test_rules.py", "monitors/test_rule_refusals.py", "monitors/test_edges.py"),
    *("monitors/test_verdicts.py", "monitors/test_cases.py", "monitors/test_activity.py"),
    *("monitors/test_memory_of_broken_visits.py", "reports/test_weekly_figures.py"),
)


def tool():
    """The tool beside the program's own packages, which it only reads."""
    place = PLACE.with_name("mutants-tool")
    if not (place / "bin" / "mutmut").exists():
        venv.create(place, with_pip=True)
        subprocess.run([place / "bin" / "pip", "install", "--quiet", TOOL], check=True)
        ours = next(path for path in sys.path if path.endswith("site-packages"))
        next(place.glob("lib/python*/site-packages")).joinpath("ours.pth").write_text(f"{ours}\n")
    return place / "bin" / "mutmut"


def copied():
    """The checkout as it is, with the settings of the tool."""
    if not PLACE.exists():
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(PLACE)], check=True)
    subprocess.run(["git", "-C", str(PLACE), "fetch", "--quiet", "origin"], check=True)
    subprocess.run(
        ["git", "-C", str(PLACE), "checkout", "--quiet", "--force", "--detach", "FETCH_HEAD"], check=True
    )
    settings = PLACE / "pyproject.toml"
    text = re.sub(r"addopts = .*", 'addopts = "-q --strict-markers"', settings.read_text(encoding="utf-8"))
    lines = (
        "\n[tool.mutmut]",
        'source_paths = ["monitors", "reports", "schedules", "crawlers"]',
        f"only_mutate = {list(CHANGED)}",
        f"pytest_add_cli_args_test_selection = {[f'tests/{name}' for name in ASKED]}",
        'pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist"]',
    )
    settings.write_text(text + "\n".join(lines).replace("'", '"') + "\n", encoding="utf-8")


def main():
    """Change, test, and list by function what survived; `mutmut show NAME` in `build/mutants` shows one."""
    copied()
    mutmut = tool()
    subprocess.run([mutmut, "run", "--max-children", "1"], cwd=PLACE, check=False, stdout=subprocess.DEVNULL)
    said = subprocess.run(
        [mutmut, "results", "--all", "true"], cwd=PLACE, capture_output=True, text=True, check=True
    ).stdout
    found = [line.strip().rpartition(": ") for line in said.splitlines() if ": " in line]
    for name, _, how in found:
        if how in ("survived", "no tests"):
            print(name, how)
    print(", ".join(f"{how} {count}" for how, count in Counter(how for _, _, how in found).items()))


if __name__ == "__main__":
    main()
