"""Every command that the documents show exists, with the arguments and options that they show."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from schedules.cli import _global_first, app

ROOT = Path(__file__).parent.parent
PAGES = [*sorted(ROOT.glob("README*.md")), ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
UNITS = sorted((ROOT / "docs" / "systemd").glob("*.service"))
COMMANDS = typer.main.get_command(app)
# As a service's file or a shell calls it too.
CALLED = re.compile(r"^(?:ExecStart=)?(?:sudo -u \w+ )?(?:podman run .*-v \S+ |\S*/)?xunjian (.+)$")


def code(text):
    """The lines of the code blocks of a page, and its code spans."""
    fenced = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    for block in (*fenced, *re.findall(r"(?m)^ {4}\S.*$", text)):
        yield from block.splitlines()
    for span in re.findall(r"`([^`]+)`", text):
        yield " ".join(span.split())


def shown(page):
    """The words of each command on a page."""
    for line in code(page.read_text(encoding="utf-8")):
        if found := CALLED.match(line.strip()):
            yield shlex.split(found[1], comments=True)


def verbs(page):
    """The words of each code span in the first column of a table that begins with a command, or claims to.

    Only in tables whose heading is a command's: other tables name roles, files and settings.
    """
    inside = False
    for line in page.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("|"):
            inside = False
        elif cells[0] in ("command", "命令"):
            inside = True
        elif inside:
            yield from (span.split() for span in re.findall(r"`([^`]+)`", cells[0]))


def service(unit):
    """The words of the command that a unit starts."""
    return CALLED.match(re.search(r"^ExecStart=.*$", unit.read_text(encoding="utf-8"), re.MULTILINE)[0])[
        1
    ].split()


LINES = [(page.name, words) for page in PAGES for words in (*shown(page), *verbs(page))]
LINES += [(unit.name, service(unit)) for unit in UNITS]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
MADE = re.compile(r"^(?:sudo -u \w+ )?make (?:-C \S+ )?([a-z]+)\b")


def flaw(words):
    """What is wrong with a command as it is shown; None where nothing is."""
    words = _global_first(words)
    while words and words[0] in ("--json", "--home"):
        words = words[1 if words[0] == "--json" else 2 :]
    name, *rest = words
    if name not in COMMANDS.commands:
        return f"no command {name}"
    parameters = COMMANDS.commands[name].params
    options = {spelling: one for one in parameters for spelling in one.opts if spelling.startswith("-")}
    free = sum(not any(spelling.startswith("-") for spelling in one.opts) for one in parameters)
    several = any(one.nargs == -1 for one in parameters)
    waiting = iter(rest)
    for word in waiting:
        if not word.startswith("--"):
            free -= 1
        elif word not in options and word != "--help":
            return f"{name} has no {word}"
        elif word != "--help" and not options[word].is_flag and next(waiting, None) is None:
            return f"{name} {word} lacks its value"
    return f"{name} takes fewer words" if free < 0 and not several else None


def test_commands_are_found_on_every_page_that_shows_some():
    assert {"README.md", "README.zh-CN.md", "operations.md", "platforms.md"} <= {page for page, _ in LINES}
    assert len(LINES) > 30


def test_every_shown_command_exists_with_its_options():
    wrong = [
        (page, " ".join(words), why)
        for page, words in LINES
        if words[0] != "COMMAND" and (why := flaw(words))
    ]
    assert wrong == []


def test_every_make_target_that_is_shown_exists():
    called = {
        (page.name, found[1])
        for page in PAGES
        for line in code(page.read_text(encoding="utf-8"))
        if (found := MADE.match(line.strip()))
    }
    assert {target for _, target in called} >= {"run", "test", "setup", "long", "story"}
    assert [(page, target) for page, target in called if target not in TARGETS] == []


def test_every_file_that_a_page_points_to_exists():
    lost = [
        (page.name, to)
        for page in PAGES
        for to in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / to).exists()
    ]
    assert lost == []


def test_every_script_that_the_pages_and_the_image_run_is_there():
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in (*PAGES, ROOT / "Containerfile", ROOT / "Makefile")
    )
    named = set(
        re.findall(
            r"(?<![\w/<>.-])((?:tests|schedules|docs|crawlers|monitors|reports)/[\w/.-]+\.(?:py|sh|toml|md))\b",
            text,
        )
    )
    assert len(named) > 20
    # The page of faults names tests from the room of tests.
    places = (ROOT, ROOT / "tests")
    assert sorted(name for name in named if not any((at / name).exists() for at in places)) == []


def test_each_timer_has_its_service_and_no_unit_starts_two_clocks():
    timers = {timer.stem for timer in (ROOT / "docs" / "systemd").glob("*.timer")}
    assert timers == {unit.stem for unit in UNITS} - {"xunjian"}
    assert {unit.stem: service(unit)[0] for unit in UNITS} == {
        "xunjian": "serve",
        "xunjian-night": "night",
        "xunjian-week": "week",
        "xunjian-tell": "tell",
    }


@pytest.mark.parametrize(
    "line",
    [
        "nights",
        "night --dry",
        "judge --day",
        "tell --again now please",
        "--home x week --weekly",
        "week --week",
    ],
)
def test_a_command_that_does_not_exist_would_be_seen(line):
    assert flaw(line.split())


@pytest.mark.parametrize(
    "line", ["--home x night --day 2026-03-02 --json", "read a b c", "evidence verify", "check --help"]
)
def test_a_command_that_exists_is_not_complained_of(line):
    assert flaw(line.split()) is None
