"""`names` on the command line: a file or a stream of names in, one JSON line a name out."""

import json
import subprocess
import sys

from conftest import ROOT, xunjian

from schedules import config, law

SCHOOLS = [
    {
        "id": "yunling",
        "names": ["云岭大学", "云岭师范学院"],
        "abbrs": ["云岭大"],
        "english": "Yunling University",
        "english_abbr": ["YLU"],
        "weak_abbrs": [],
    },
    {"id": "qingshan", "names": ["青杉理工大学"], "abbrs": ["青理"], "english": "", "weak_abbrs": ["青理"]},
    {"id": "ynu", "names": ["云南大学"], "abbrs": ["云大"]},
]
KEYS = ["candidate", "school", "score", "flag", "reading", "kind", "protected", "reasons"]


def test_each_name_gets_one_line_with_the_best_of_many_schools(tmp_path, home):
    schools, names = tmp_path / "schools.json", tmp_path / "names.txt"
    schools.write_text(json.dumps(SCHOOLS, ensure_ascii=False), encoding="utf-8")
    names.write_bytes(
        "\ufeff云玲大学招生办\r\n\n青衫理工大学\n云南大学表白墙\n山间小店\n".encode()
        + b'{"candidate": "\\ud800\xe4\xba\x91\xe5\xb2\xad\xe5\xa4\xa7\xe5\xad\xa6", "x": 1}\n{not json\n\xff\xfe\n'
    )
    called = xunjian(home, "names", names, "--schools", schools)
    assert called.code == 0, called.err
    rows = called.rows
    assert [list(row) for row in rows] == [KEYS] * 7
    assert [(row["candidate"], row["school"]) for row in rows[:3]] == [
        ("云玲大学招生办", "yunling"),
        ("青衫理工大学", "qingshan"),
        ("云南大学表白墙", "ynu"),
    ]
    assert [row["flag"] for row in rows] == [True, True, True, False, True, False, False]
    assert all(0 <= row["score"] <= 1 and (row["score"] >= 0.5) == row["flag"] for row in rows)
    assert rows[0]["kind"] == "homophone1"
    assert {"left": "玲", "right": "岭", "why": "同音 líng/lǐng"} in rows[0]["reasons"]
    assert rows[3]["reading"] is None
    assert called.err == ""


def test_names_come_from_standard_input_too_and_are_scored_against_the_home(home):
    line = [sys.executable, "-m", "schedules", "--home", str(home), "--json", "names"]
    done = subprocess.run(
        line, input="云岭大学表白墙\n", capture_output=True, text=True, cwd=ROOT, timeout=240, check=True
    )
    (row,) = map(json.loads, done.stdout.splitlines())
    assert (row["flag"], row["protected"]) == (True, "云岭大学")


def test_a_file_that_cannot_be_read_is_named(tmp_path, home):
    called = xunjian(home, "names", tmp_path / "nothing.txt")
    assert called.code == 2
    assert "nothing.txt" in called.err


def test_the_settings_add_nicknames_and_schools_that_the_list_lacks(home):
    path = home / "school.toml"
    text = path.read_text(encoding="utf-8")
    added = '[school]\nnicknames = ["雾凇路职业技术学院"]\nother_schools = ["云灵大学"]\n'
    before = law.matcher(config.load(home), {})
    path.write_text(text.replace("[school]\n", added), encoding="utf-8")
    after = law.matcher(config.load(home), {})
    assert [m.score("雾凇路职业技术学院校友").flag for m in (before, after)] == [False, True]
    assert [m.score("云灵大学").flag for m in (before, after)] == [True, False]
