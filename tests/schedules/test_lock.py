"""One night at a time: who comes second goes away at once and learns why."""

import os

import ledgers
from conftest import xunjian

from schedules.home import Home
from schedules.lock import held


def test_a_second_night_ends_at_once_and_says_who_is_at_work(home):
    with held(Home(home).lock, "2026-03-02 的夜间巡检"):
        second = xunjian(home, "night", "--day", "2026-03-02")
        status = xunjian(home, "status", "--json").rows[-1]
    assert second.code == 1
    said = second.err.replace("\n", "")
    assert "2026-03-02 的夜间巡检" in said
    assert f"进程 {os.getpid()}" in said
    assert status["running"].startswith("2026-03-02 的夜间巡检")
    assert xunjian(home, "status", "--json").rows[-1]["running"] is None
    assert ledgers.asked(home, "SELECT count(*) FROM run") == [(0,)]
    assert not (home / "notes").exists()
