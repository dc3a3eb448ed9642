"""Whole nights one after another, through sockets and a real browser, against the histories reckoned by hand.

`XUNJIAN_LONG_NIGHTS` says how many; `make long` walks all 120.
"""

import os
from collections import defaultdict
from datetime import date

import pytest
from conftest import xunjian
from reckoning import ANCHOR, HOW, WALLED, by_pen, by_what_was_shown, day
from scenariotext import rows

from monitors.notes import NoteFile
from schedules.starter import register, written

NIGHTS = int(os.environ.get("XUNJIAN_LONG_NIGHTS", "120"))
PLATFORMS = ("weibo", "bilibili", "wechat", "douyin")

pytestmark = [pytest.mark.long, pytest.mark.timeout(12 * 3600)]


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The exit code of each night, the cases of silence by key, and what each night showed of each account."""
    home = tmp_path_factory.mktemp("long") / "home"
    written(home)
    register.written(home / "台账.xlsx", ANCHOR)
    (home / "walls.toml").write_text("\n".join(walls()), encoding="utf-8")
    codes = {}
    for offset in range(NIGHTS):
        night = xunjian(home, "night", "--day", day(offset), "--json", timeout=1800)
        codes[offset] = (night.code, {row["platform"] for row in night.rows if row["doubt"]}, night.err)
    cases = defaultdict(list)
    for case in xunjian(home, "cases", "--json").rows:
        if case["rule"] == "silence":
            cases[case["key"]].append(history(case))
    return codes, cases, shown(home)


def walls():
    """The same bad nights as in the walk without a browser."""
    for name, offsets in WALLED.items():
        nights = ", ".join(f'"{day(offset)}"' for offset in sorted(offsets))
        yield f'[[wall]]\nplatform = "{name}"\nhow = "{HOW[name]}"\nnights = [{nights}]\n'


def history(case):
    """A case as the reckoning tells it: (stage, night, result) step by step."""
    last = len(case["trail"]) - 1
    return [
        (step["stage"], (date.fromisoformat(step["on"]) - ANCHOR).days, case["result"] if n == last else None)
        for n, step in enumerate(case["trail"])
    ]


def shown(home):
    """What the crawl noted of each account, by key and night."""
    seen = defaultdict(dict)
    for offset in range(NIGHTS):
        for name in PLATFORMS:
            for note in NoteFile.of(home / "notes", str(day(offset)), name).read():
                if note.purpose == "account":
                    seen[note.key][offset] = note.outcome
    return seen


def test_every_night_ends_as_its_walls_demand(walked):
    codes, _, _ = walked
    for offset, (code, doubted, said) in codes.items():
        walled = {name for name, nights in WALLED.items() if offset in nights}
        assert (code, doubted) == (3 if walled else 0, walled), (offset, said)


TEXTS = [(name, row) for name, row in rows() if name in WALLED]


@pytest.mark.parametrize(("platform", "row"), TEXTS, ids=[f"{n}-{r['name']}" for n, r in TEXTS])
def test_an_account_has_exactly_the_cases_that_scenario_and_rule_demand(walked, platform, row):
    _, cases, _ = walked
    assert cases.get(f"{platform}:{row['handle']}", []) == by_pen(platform, row, NIGHTS)


def test_where_only_lower_bounds_are_shown_the_cases_follow_what_was_shown(walked):
    _, cases, seen = walked
    filed = {f"{name}:{row['handle']}": row for name, row in rows() if name not in WALLED}
    followed = 0
    for key, row in filed.items():
        if row.get("filed_as", "在用") == "在用" and key in seen:
            assert cases.get(key, []) == by_what_was_shown(seen[key]), key
            followed += len(cases.get(key, []))
    assert followed


def test_no_step_was_taken_on_a_night_behind_a_wall(walked):
    _, cases, _ = walked
    for key, trails in cases.items():
        walled = WALLED.get(key.split(":")[0], set())
        assert not [night for trail in trails for _, night, _ in trail if night in walled], key
