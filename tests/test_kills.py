"""What `kill -9` leaves: of a child, of the night, of its browser, and between judging and sending."""

import email
import fcntl
import json
import os
import shutil
import signal
import socket
from email import policy

import pytest
from aiosmtpd.controller import Controller
from conftest import started, xunjian
from ledgers import asked, asked_early
from processes import Running

DAY = "2026-03-02"
NIGHT = ("night", "--day", DAY, "--platform", "bilibili", "--json")
# In the middle of the night: its posts are read in the browser, and it takes long.
HELD = "401720052"
MAIL = """
[channels.mail]
kind = "mail"
host = "127.0.0.1"
port = {port}
tls = "none"
sender = "xunjian@yunling.example"
allow_plain = true

[[people]]
name = "值班"
role = "officer"
channel = "mail"
address = "duty@yunling.example"
"""


@pytest.fixture
def home(tmp_path):
    """A starter home with short nights."""
    started(tmp_path / "home")
    return tmp_path / "home"


def notes(home):
    """The whole lines that the crawl has flushed."""
    path = home / "notes" / DAY / "bilibili.jsonl"
    return path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []


def told(lines):
    """(purpose, subject) of each whole note."""
    return [(note["purpose"], note["subject"]) for note in map(json.loads, lines)]


def cases(home):
    return xunjian(home, "cases", "--json").rows


def steps(home):
    """What the cases have come to, whatever their numbers are."""
    return {(row["key"], row["rule"], step["stage"]) for row in cases(home) for step in row["trail"]}


def slowed(home, seconds):
    """Make the answers about one account slow."""
    wall = {"platform": "bilibili", "how": "slow", "account": HELD, "path": "feed/space", "seconds": seconds}
    lines = [f"{key} = {json.dumps(value)}" for key, value in wall.items()]
    (home / "walls.toml").write_text("\n".join(["[[wall]]", *lines]), encoding="utf-8")


def cured(home):
    (home / "walls.toml").unlink()


class Letterbox:
    """A mail server's reader: keeps the text of each letter."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append(message.get_body(("plain",)).get_content().replace("\r\n", "\n"))
        return "250 OK"


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The home after one good night."""
    home = tmp_path_factory.mktemp("good") / "home"
    started(home)
    night = xunjian(home, *NIGHT)
    assert night.code == 0, night.err
    return home


@pytest.fixture
def before(undisturbed):
    """How many notes there are before the visit that is slowed."""
    place = told(notes(undisturbed)).index(("account", HELD))
    assert place > 4
    return place


@pytest.fixture
def unjudged(home, undisturbed):
    """A home whose night has been crawled, and no more."""
    shutil.copytree(undisturbed / "notes", home / "notes")
    return home


def complete(home, undisturbed, kept, unreached=0):
    """Go on with the night and compare everything with the undisturbed one; `unreached` visits are made again."""
    again = xunjian(home, *NIGHT)
    assert again.code == 0, again.err
    lines = notes(home)
    assert lines[: len(kept)] == kept
    visits = [one for one in told(lines) if not one[0].startswith("canary")]
    assert len(visits) <= len(set(visits)) + unreached
    expected = [one for one in told(notes(undisturbed)) if not one[0].startswith("canary")]
    assert sorted(set(visits)) == sorted(expected)
    stored = asked(home, "SELECT note FROM observation ORDER BY line")
    assert [json.loads(note) for (note,) in stored] == [json.loads(line) for line in lines]
    assert steps(home) == steps(undisturbed)
    # Of the steps that a case took tonight, the last is told.
    assert {about for (about,) in asked(home, "SELECT about FROM alert WHERE about LIKE 'step:%'")} == {
        f"step:{case}:{number}"
        for case, number in asked(home, 'SELECT "case", max(number) FROM step GROUP BY 1')
    }


@pytest.mark.timeout(900)
class TestKills:
    def test_a_night_killed_midway_leaves_nobody_behind_and_is_completed(self, home, undisturbed, before):
        slowed(home, 60)
        night = Running(home, *NIGHT)
        night.until(lambda: len(notes(home)) == before)
        beside = xunjian(home, *NIGHT)
        assert beside.code == 1
        assert f"进程 {night.process.pid}" in beside.err.replace("\n", "")
        kept = notes(home)
        night.killed()
        assert cases(home) == []
        assert notes(home) == kept
        cured(home)
        complete(home, undisturbed, kept)

    def test_a_night_asked_to_stop_ends_in_order_and_goes_on_where_it_stopped(
        self, home, undisturbed, before
    ):
        slowed(home, 60)
        night = Running(home, *NIGHT)
        night.until(lambda: len(notes(home)) == before)
        kept = notes(home)
        night.process.terminate()
        ended = night.ended(40)
        assert ended.code == 1
        assert "从停下的地方接着做" in ended.err
        assert night.family() == []
        assert asked(home, "SELECT exit, error, ended_at IS NULL FROM run") == [(1, "按要求中途停下", 0)]
        assert asked(home, "SELECT count(*) FROM observation") == [(0,)]
        cured(home)
        complete(home, undisturbed, kept)

    def test_a_child_killed_midway_costs_only_the_visits_it_still_had(self, home, undisturbed, before):
        slowed(home, 60)
        night = Running(home, *NIGHT)
        night.until(lambda: len(notes(home)) == before)
        kept = notes(home)
        os.kill(night.child(), signal.SIGKILL)
        ended = night.ended()
        assert ended.code == 3, ended.err
        [row] = ended.rows
        assert (row["ended"], row["visited"], row["doubt"]) == ("killed", before - 2, None)
        messages = [path.read_text(encoding="utf-8") for path in (home / "messages").glob("*.txt")]
        assert len([text for text in messages if "哔哩哔哩的巡检中途断了" in text]) == 1
        assert night.family() == []
        assert steps(home) < steps(undisturbed)
        visited = {f"bilibili:{subject}" for _, subject in told(kept)}
        moved = {key for key, rule, _ in steps(home) if rule in ("silence", "name-differs")}
        assert moved <= visited
        cured(home)
        complete(home, undisturbed, kept)

    def test_a_browser_killed_midway_costs_no_more_than_the_visit_under_way(self, home, undisturbed, before):
        slowed(home, 4)
        night = Running(home, *NIGHT)
        night.until(lambda: len(notes(home)) == before)
        kept = notes(home)
        os.kill(night.browser(), signal.SIGKILL)
        ended = night.ended()
        assert ended.code == 0, ended.err
        assert night.family() == []
        assert steps(home) <= steps(undisturbed)
        cured(home)
        complete(home, undisturbed, kept, unreached=1)


@pytest.mark.timeout(900)
class TestBetweenJudgingAndSending:
    def test_a_night_killed_before_it_sends_loses_no_alert_and_doubles_none(self, unjudged):
        with (unjudged / "sending.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            night = Running(unjudged, *NIGHT)
            night.until(lambda: asked_early(unjudged, "SELECT number FROM alert"))
            night.killed()
        assert asked(unjudged, "SELECT count(*) FROM message") == [(0,)]
        assert xunjian(unjudged, *NIGHT).code == 0
        numbers = [number for (number,) in asked(unjudged, "SELECT number FROM alert")]
        text = "".join(path.read_text(encoding="utf-8") for path in (unjudged / "messages").glob("*.txt"))
        assert len(numbers) > 5
        assert [text.count(f"编号：{number}") for number in numbers] == [1] * len(numbers)
        assert "可能重复" not in text

    def test_an_attempt_that_was_under_way_goes_out_once_more_and_says_so(self, unjudged):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            with (unjudged / "school.toml").open("a", encoding="utf-8") as settings:
                settings.write(MAIL.format(port=port))
            night = Running(unjudged, *NIGHT)
            night.until(lambda: ("started",) in asked_early(unjudged, "SELECT status FROM message"))
            night.killed()
        post = Letterbox()
        office = Controller(post, hostname="127.0.0.1", port=port)
        office.start()
        try:
            assert xunjian(unjudged, *NIGHT).code == 0
            assert xunjian(unjudged, "tell").code == 0
        finally:
            office.stop()
        # What is urgent stands apart and goes first: that one was under way.
        marked, *others = post.letters
        assert "可能重复" in marked
        assert not any("可能重复" in letter for letter in others)
        numbers = [number for (number,) in asked(unjudged, "SELECT number FROM alert")]
        told = "".join(post.letters)
        assert [told.count(f"编号：{number}\n") for number in numbers] == [1] * len(numbers)
