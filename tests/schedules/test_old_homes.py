"""Homes as earlier programs left them: two nights, people's words between them, brought to today's shape.

`old_homes/` holds the ledgers as SQL, one a revision, each written by the program of that revision on the rehearsal platforms.
"""

import gzip
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from conftest import xunjian

from monitors.ledger import Ledger

OLD = Path(__file__).with_name("old_homes")
REVISIONS = sorted(path.name[:4] for path in OLD.glob("*.sql.gz"))
# What must come through as it was, whatever columns a newer shape adds.
KEPT = {
    "case": (
        "id",
        "key",
        "policy",
        "rule",
        "episode",
        "stage",
        "stage_on",
        "deadline",
        "closed_on",
        "result",
    ),
    "step": ("case", "number", "stage", "on", "by", "why", "result"),
    "decision": ("key", "word", "by", "why", "on"),
    "attestation": ("key", "last_post", "by", "on"),
    "alert": ("number", "about", "person", "title", "text"),
    "observation": ("platform", "day", "key", "outcome", "note"),
    "verdict": ("key", "policy", "rule", "verdict", "why"),
}


def home_of(tmp_path, revision):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    shutil.copy(OLD / "school.toml", home)
    shutil.copy(OLD / "register.csv", home / "台账.csv")
    with closing(sqlite3.connect(home / "ledger.sqlite3")) as ledger:
        ledger.executescript(gzip.decompress((OLD / f"{revision}.sql.gz").read_bytes()).decode())
        assert ledger.execute("SELECT version_num FROM alembic_version").fetchall() == [(revision,)]
    return home


def rows(home, table):
    with closing(sqlite3.connect(f"file:{home / 'ledger.sqlite3'}?mode=ro", uri=True)) as ledger:
        columns = ", ".join(f'"{column}"' for column in KEPT[table])
        return sorted(ledger.execute(f'SELECT {columns} FROM "{table}"').fetchall(), key=str)


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_ledger_of_every_released_shape_comes_through_with_all_that_was_recorded(tmp_path, revision):
    home = home_of(tmp_path, revision)
    before = {table: rows(home, table) for table in KEPT}
    assert all(before.values())
    Ledger(f"sqlite:///{home / 'ledger.sqlite3'}").close()
    for table, kept in before.items():
        assert rows(home, table) == kept, table


@pytest.mark.long
def test_the_first_night_of_the_new_program_takes_no_step_again_and_asks_nobody_twice(tmp_path):
    home = home_of(tmp_path, REVISIONS[0])
    cases, steps = rows(home, "case"), rows(home, "step")
    decided = {row[0] for row in rows(home, "decision")}
    called = xunjian(home, "night", "--day", "2026-11-18", "--json")
    assert called.code == 0, called.err
    after = rows(home, "step")
    assert set(steps) <= set(after)
    taken = [(case, stage) for case, _, stage, *_ in after]
    assert len(set(taken)) == len(taken)
    # Whoever was decided on has the case that he had, and no other.
    assert [row for row in rows(home, "case") if row[1] in decided] == [
        row for row in cases if row[1] in decided
    ]
