"""A visit captured from the platform becomes a test case that fails until a person has confirmed it."""

import importlib.util
import json
from pathlib import Path

import pytest
from conftest import xunjian

OVER_ALL_SAVED_VISITS = Path(__file__).parents[1] / "crawlers" / "test_platforms.py"


def discovery_test(folder):
    """Run the very test that runs over each folder of tests/pages on this one."""
    spec = importlib.util.spec_from_file_location("over_all_saved_visits", OVER_ALL_SAVED_VISITS)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.test_a_saved_visit_reads_as_a_person_confirmed(folder)


def test_a_captured_visit_fails_its_test_until_the_mark_is_removed(home, tmp_path):
    done = xunjian(home, "capture", "bilibili", "401720060", "--to", tmp_path, "--json")
    assert done.code == 0, done.err
    (line,) = done.rows
    folder = Path(line["visit"])
    assert (line["handle"], line["outcome"], folder.parent) == ("401720060", "Found", tmp_path)
    expected = folder / "expected.json"
    proposed = json.loads(expected.read_text(encoding="utf-8"))
    assert next(iter(proposed)) == "unconfirmed"
    with pytest.raises(AssertionError):
        discovery_test(folder)
    del proposed["unconfirmed"]
    expected.write_text(json.dumps(proposed), encoding="utf-8")
    discovery_test(folder)
    assert all(
        page["url"].startswith("https://")
        for page in json.loads((folder / "visit.json").read_text())["pages"]
    )


@pytest.mark.parametrize(
    ("arguments", "says", "code"),
    [
        (["douyin", "--search", "云岭大学"], "xunjian words", 1),
        (["bilibili"], "两者之一", 2),
        (["bilibili", "12", "--search", "云岭大学"], "两者之一", 2),
        (["bilibili", "../../etc"], "不是哔哩哔哩的账号编号", 2),
        (["myspace", "12"], "没有叫 myspace 的平台", 2),
    ],
)
def test_what_cannot_be_captured_is_refused_with_the_reason(home, tmp_path, arguments, says, code):
    refused = xunjian(home, "capture", *arguments, "--to", tmp_path)
    assert (refused.code, says in refused.err.replace("\n", "")) == (code, True), refused.err
    assert list(tmp_path.glob("*-2*")) == []


def test_live_nothing_is_asked_before_the_robots_decision(home, tmp_path):
    settings = home / "school.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("rehearsal = true", "rehearsal = false"))
    refused = xunjian(home, "capture", "bilibili", "401720060", "--to", tmp_path)
    assert refused.code == 1
    assert "robots" in refused.err
