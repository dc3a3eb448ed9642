"""The endless changes of inputs still run, find nothing in their first rounds, and would find what they are for."""

from random import Random

import pytest
from fuzz import feeds_changed, names_changed, registers_changed, settings_changed, visits_changed
from fuzz.grave import Grave

from crawlers.visits import load
from monitors.nouns import Blocked, Found, Gone, Newest, ShapeChanged

ROUNDS = (
    (visits_changed.a_round, 400),
    (feeds_changed.a_round, 6),
    (settings_changed.rules_round, 30),
    (settings_changed.school_round, 12),
    (names_changed.a_round, 6),
    (registers_changed.a_round, 4),
)


@pytest.mark.parametrize(("a_round", "count"), ROUNDS, ids=lambda one: getattr(one, "__module__", one))
def test_the_first_rounds_break_no_promise(a_round, count):
    for seed in range(count):
        a_round(Random(f"suite:{seed}"))


def rounds(count=400):
    """The first promise that some rounds break, and the input that was kept for it."""
    for seed in range(count):
        try:
            visits_changed.a_round(Random(f"suite:{seed}"))
        except Grave as grave:
            return grave
    return None


@pytest.mark.parametrize("careless", ["gone", "dated", "no wall"])
def test_a_careless_reader_is_found_out_and_its_visit_is_kept(monkeypatch, tmp_path, careless):
    honest = visits_changed.read

    def read(platform, visit):
        said = honest(platform, visit)
        if visit.kind == "search":
            return said
        if careless == "gone" and isinstance(said, ShapeChanged):
            return Gone("not_found", "没有这个账号")
        if careless == "dated" and isinstance(said, ShapeChanged):
            return Found(newest=Newest(visit.fetched_at, "exact"))
        return Found() if careless == "no wall" and isinstance(said, Blocked) else said

    # What the saved visits say at first is read honestly, and remembered.
    for folder in visits_changed.FOLDERS:
        visits_changed.first_reading(folder)
        visits_changed._short(folder)
    monkeypatch.setattr(visits_changed, "read", read)
    grave = rounds()
    assert grave is not None
    grave.keep(tmp_path / "kept")
    assert load(tmp_path / "kept").platform in str(grave)
