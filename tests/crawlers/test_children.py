"""Children and their parent: how each end is told, and that nothing outlives anybody."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tinycrawl import ALIVE, COMMAND, accounts, notes, order
from tinyserver import tiny

from crawlers.children import Child, _marked, run
from crawlers.order import Errand
from monitors.nouns import Found, ShapeChanged, Sightings

HANGING = """
import signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("hanging", file=sys.stderr, flush=True)
while True:
    time.sleep(60)
"""


@pytest.fixture
def server():
    with tiny() as server:
        yield server


@pytest.fixture
def impatient(monkeypatch):
    """Steps towards the hard end follow each other within a second."""
    monkeypatch.setattr("crawlers.children._STEP_SECONDS", 1.0)


def until(true, seconds=60):
    ends = time.monotonic() + seconds
    while not (given := true()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.05)
    return given


def ended(child):
    return until(child.poll)


def stay(server, handle):
    """Make the visit of one handle last until the server ends; give when it has begun."""
    begun = threading.Event()

    def answer(handler):
        begun.set()
        time.sleep(60)

    server.answers[f"/api/x/posts?handle={handle}&p=1"] = answer
    server.answers[f"/api/card?handle={handle}"] = answer
    return begun


def test_progress_counts_the_notes_of_this_night_and_ends_at_all(server, tmp_path):
    told = []
    run([order(server, tmp_path, *accounts("a1"))], command=COMMAND)
    ends = run([order(server, tmp_path, ALIVE, *accounts("a2", "a3"))], told.append, COMMAND)
    assert ends["tiny"].how == "done"
    assert [p.total for p in told] == [3] * len(told)
    assert [p.done for p in told] == sorted({p.done for p in told})
    assert told[-1].done == 3


def test_a_child_that_breaks_says_why_in_its_last_line(server, tmp_path):
    child = Child(order(server, tmp_path, *accounts("a1")), (sys.executable, "-c", "raise OSError('盘满了')"))
    end = ended(child)
    assert (end.how, end.returncode, end.says) == ("crashed", 1, "OSError: 盘满了")


def test_a_full_disk_ends_the_child_as_crashed_and_keeps_what_was_noted(server, tmp_path):
    end = run([order(server, tmp_path, *accounts("a1", "full", "a2"))], command=COMMAND)["tiny"]
    assert (end.how, end.says) == ("crashed", "OSError: no space left")
    assert [n.subject for n in notes(tmp_path)] == ["a1"]


def test_a_child_without_memory_ends_as_crashed_and_the_next_round_makes_its_visits(server, tmp_path):
    starved = ("prlimit", f"--data={30 * 2**20}", *COMMAND)
    end = run([order(server, tmp_path, *accounts("a1"))], command=starved)["tiny"]
    assert end.how == "crashed"
    assert notes(tmp_path) == []
    assert run([order(server, tmp_path, *accounts("a1"))], command=COMMAND)["tiny"].how == "done"
    assert [n.subject for n in notes(tmp_path)] == ["a1"]


def test_a_defect_met_by_one_account_or_word_is_its_own_and_stands_in_the_log(server, tmp_path):
    errands = (*accounts("a1", "defect", "a2"), Errand("search", "defect"), Errand("search", "云岭"))
    end = run([order(server, tmp_path, *errands)], command=COMMAND)["tiny"]
    assert end.how == "done"
    told = [(n.subject, n.outcome) for n in notes(tmp_path)]
    assert told[1] == told[3] == ("defect", ShapeChanged("program: LookupError"))
    assert [type(outcome) for _, outcome in told] == [Found, ShapeChanged, Found, ShapeChanged, Sightings]
    assert [(n.requests, len(n.bodies)) for n in notes(tmp_path)][1] == (1, 1)
    log = next(tmp_path.rglob("tiny.log")).read_text(encoding="utf-8")
    assert log.count("ERROR crawlers.visitor: a defect of the program") == 2
    assert "LookupError: a platform file that breaks" in log


def test_the_scratch_of_a_killed_night_goes_with_the_next_and_that_of_a_running_one_stays(
    server, tmp_path, monkeypatch
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    killed, running, foreign = (tmp_path / f"xunjian-{name}" for name in ("killed", "running", "foreign.txt"))
    for scratch in (killed, running):
        (scratch / "profile").mkdir(parents=True)
        (scratch / "lock").touch()
    foreign.touch()
    with (running / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        child = Child(order(server, tmp_path / "notes", *accounts("a1")), COMMAND)
        assert not killed.exists()
        assert running.exists()
        assert foreign.exists()
        assert ended(child).how == "done"
        assert sorted(tmp_path.glob("xunjian-*")) == [foreign, running]


def test_while_a_child_runs_nobody_takes_its_scratch(server, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    begun = stay(server, "a1")
    first = Child(order(server, tmp_path / "one", *accounts("a1")), COMMAND)
    assert begun.wait(60)
    run([order(server, tmp_path / "two", *accounts("a2"))], command=COMMAND)
    assert first._scratch.path.exists()
    first.end()
    assert list(tmp_path.glob("xunjian-*")) == []


def test_a_child_killed_within_a_visit_leaves_every_note_before_it_and_no_browser(server, tmp_path):
    begun = stay(server, "b2")
    child = Child(order(server, tmp_path, *accounts("a1", "b1", "b2", "a3")), COMMAND)
    assert begun.wait(60)
    assert len(_marked(child._mark)) > 1
    os.kill(child._process.pid, signal.SIGKILL)
    end = ended(child)
    assert (end.how, end.returncode) == ("killed", -9)
    assert [n.subject for n in notes(tmp_path)] == ["a1", "b1"]
    until(lambda: not _marked(child._mark), 10)
    assert not child._scratch.path.exists()


def test_a_polite_end_drops_the_visit_under_way_and_takes_the_browser_along(server, tmp_path):
    begun = stay(server, "b2")
    child = Child(order(server, tmp_path, *accounts("a1", "b2", "a3")), COMMAND)
    assert begun.wait(60)
    end = child.end()
    assert end.how == "timeout"
    assert [n.subject for n in notes(tmp_path)] == ["a1"]
    assert not _marked(child._mark)


def test_a_paced_child_need_not_be_waited_for(server, tmp_path):
    child = Child(order(server, tmp_path, *accounts("a1", "a2"), pace=300.0), COMMAND)
    until(lambda: notes(tmp_path))
    since = time.monotonic()
    assert child.end().how == "timeout"
    assert time.monotonic() - since < 8


def test_a_hanging_child_is_killed_when_its_time_and_its_grace_are_over(server, tmp_path, impatient):
    child = Child(order(server, tmp_path, ALIVE, seconds=0.5), (sys.executable, "-c", HANGING), grace=0.5)
    end = ended(child)
    assert (end.how, end.returncode, end.says) == ("killed", -9, "hanging")


def test_a_browser_too_stuck_to_follow_is_ended_too(server, tmp_path, impatient):
    begun = stay(server, "b1")
    child = Child(order(server, tmp_path, *accounts("b1")), COMMAND)
    assert begun.wait(60)
    for process in _marked(child._mark):
        if process != child._process.pid:
            os.kill(process, signal.SIGSTOP)
    os.kill(child._process.pid, signal.SIGKILL)
    ended(child)
    until(lambda: not _marked(child._mark), 10)


def test_when_the_parent_is_killed_the_child_and_its_browser_end_by_themselves(server, tmp_path):
    begun = stay(server, "b1")
    lines = [
        "import sys; from pathlib import Path",
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})",
        "from tinycrawl import *; from types import SimpleNamespace",
        f"server = SimpleNamespace(origins={server.origins!r})",
        "from crawlers.children import Child",
        f"child = Child(order(server, Path({str(tmp_path)!r}), *accounts('b1')), COMMAND)",
        "print(child._mark, flush=True)",
        "import time; time.sleep(60)",
    ]
    parent = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], stdout=subprocess.PIPE, text=True)
    mark = parent.stdout.readline().strip()
    assert begun.wait(60)
    assert len(_marked(mark)) > 1
    parent.kill()
    parent.wait()
    parent.stdout.close()
    until(lambda: not _marked(mark), 15)


def test_two_platforms_are_crawled_at_once_and_one_that_breaks_takes_nobody_along(server, tmp_path):
    broken = order(server, tmp_path / "other", ALIVE)
    ends = run(
        [
            order(server, tmp_path, *accounts("a1")),
            type(broken)(**(_fields(broken) | {"platform": "nowhere"})),
        ],
        command=COMMAND,
    )
    assert {name: end.how for name, end in ends.items()} == {"tiny": "done", "nowhere": "crashed"}
    assert "nowhere" in ends["nowhere"].says


def _fields(record):
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def test_an_interrupted_parent_ends_every_child_first(server, tmp_path):
    begun = stay(server, "b1")
    seen = []

    def interrupt(progress):
        seen.append(progress)
        assert begun.wait(60)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([order(server, tmp_path, *accounts("b1"))], interrupt, COMMAND)
    assert not [p for p in Path("/proc").glob("[0-9]*") if _runs(p, str(tmp_path))]


def _runs(process, text):
    try:
        return text.encode() in (process / "cmdline").read_bytes()
    except OSError:
        return False


def test_a_child_is_given_no_secret_of_its_parent(server, tmp_path, monkeypatch):
    monkeypatch.setenv("MAIL_PASSWORD", "geheim")
    show = (sys.executable, "-c", "import os, sys; print(sorted(os.environ), file=sys.stderr); sys.exit(1)")
    end = ended(Child(order(server, tmp_path, ALIVE), show))
    assert "PATH" in end.says
    assert "MAIL_PASSWORD" not in end.says


def test_what_a_killed_writer_left_torn_is_passed_over_and_the_next_round_goes_on(server, tmp_path):
    run([order(server, tmp_path, *accounts("a1"))], command=COMMAND)
    with (tmp_path / "2026-11-20" / "tiny.jsonl").open("a") as file:
        file.write('{"platform":"tiny","purp')
    run([order(server, tmp_path, *accounts("a2"))], command=COMMAND)
    assert [n.subject for n in notes(tmp_path)] == ["a1", "a2"]
