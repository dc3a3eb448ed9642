"""What several rooms' tests share: a starter home, and the command line as a process."""

import json
import os
import subprocess
import sys
from pathlib import Path

import commands
import hypothesis
import invented_ledger as invented
import pytest
import twoschools
from ledgers import databases, written  # noqa: F401 (a fixture)

ROOT = Path(__file__).parent.parent
# A hundred commands are started; none should compile the program anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A busy machine is slow, not wrong; and what the suite says of a commit must not depend on chance (`make fuzz` does).
hypothesis.settings.register_profile("steady", deadline=None, derandomize=True)
hypothesis.settings.load_profile("steady")


def pytest_collection_modifyitems(items):
    """The walks, which lie beside this file, go first: the last file of a run has one worker to itself."""
    items.sort(key=lambda item: item.path.parent != Path(__file__).parent)


class Called:
    """One run of `xunjian` as a process: its exit code, its JSON lines, its messages."""

    def __init__(self, process):
        self.code, self.out, self.err = process.returncode, process.stdout, process.stderr

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


def xunjian(home, *arguments, timeout=240, env=None):
    """Run the real command line on a home; in an environment `env`, started from nothing."""
    line = ["--home", str(home), *map(str, arguments)]
    if env is None:
        return Called(commands.command(line, ROOT, timeout))
    line = [sys.executable, "-m", "schedules", *line]
    return Called(
        subprocess.run(line, capture_output=True, text=True, timeout=timeout, cwd=ROOT, env=env, check=False)
    )


def started(home):
    """Write a starter home whose nights search for two words: a browser is slow, and few tests are about words."""
    written(home)
    settings = home / "school.toml"
    text = settings.read_text(encoding="utf-8")
    assert "words_a_night = 12" in text
    settings.write_text(text.replace("words_a_night = 12", "words_a_night = 2"), encoding="utf-8")


@pytest.fixture
def home(tmp_path):
    """A fresh starter home."""
    written(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def ledger(tmp_path):
    """An empty ledger, for the reports' tests."""
    held = invented.opened(tmp_path)
    yield held
    held.close()


@pytest.fixture
def full(ledger):
    """A ledger with an invented school's week in it."""
    with ledger.writing() as connection:
        invented.a_full_week(invented.Writer(connection))
    return ledger


@pytest.fixture(scope="session")
def matcher():
    """One matcher for the tests of names."""
    return twoschools.watching()
