"""Whole nights against four platforms played from their documented shapes alone, in weather drawn by a fixed seed.

`XUNJIAN_STANDIN_NIGHTS` says how many; `make long` walks all 200.
"""

import os
from collections.abc import Iterator

import pytest
from standin.server import Standin
from standin.walk import Walk, home

NIGHTS = int(os.environ.get("XUNJIAN_STANDIN_NIGHTS", "200"))

pytestmark = [pytest.mark.long, pytest.mark.timeout(24 * 3600)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A register of 28 accounts, walked night after night; what was said wrongly is kept, in order."""
    standin = Standin()
    walk = Walk(home(tmp_path_factory.mktemp("standin") / "home", standin), standin)
    for offset in range(NIGHTS):
        walk.night(offset)
    yield walk
    standin.close()


@pytest.mark.parametrize(
    "matter",
    ["exit", "accused", "missed", "innocent", "look-alike", "standin"],
)
def test_no_night_says_what_was_not_so_nor_keeps_silent_about_what_was(walked: Walk, matter: str) -> None:
    assert [text for kind, text in walked.deviations if kind == matter] == []


def test_the_walk_met_walls_and_calm_alike(walked: Walk) -> None:
    assert len(walked.codes) == NIGHTS
    assert NIGHTS < 12 or set(walked.codes.values()) == {0, 3}
