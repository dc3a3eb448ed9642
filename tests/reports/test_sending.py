"""Nothing that was queued is lost, and what may have arrived before says so."""

import json
import os
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from test_alerts import queued, step

from monitors import tables
from reports.channels import Delivered, InDoubt, Refused
from reports.people import Person
from reports.sending import Manner, Sent, backlog, send, trial
from reports.switchboard import opened

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


class Robot:
    """A channel that writes down each letter before it gives the next of its answers."""

    pace = None

    def __init__(self, log, *answers, holding=100, most=100):
        self.log = log
        self.answers = list(answers)
        self.holding, self.most = holding, most

    def holds(self, entries, rest=""):
        return min(self.holding, len(entries))

    def send(self, letter):
        line = json.dumps(
            [
                [number for entry in letter.entries for number in entry.numbers],
                letter.repeated,
                letter.address,
            ]
        )
        descriptor = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(descriptor, (line + "\n").encode())
        os.close(descriptor)
        return self.answers.pop(0) if self.answers else Delivered()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def said(log):
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def statuses(ledger):
    with ledger.reading() as connection:
        return list(connection.scalars(sa.select(tables.message.c.status).order_by(tables.message.c.id)))


WANG = Person("王老师", "officer", "robot", "a")
LI = Person("李老师", "officer", "robot", "a")
ZHAO = Person("赵老师", "officer", "robot", "b")
MAINTAINER = Person("信息办", "maintainer", "robot", "m")
PEOPLE = (WANG, LI, ZHAO, MAINTAINER)


def test_people_who_share_an_address_get_one_message(ledger, log):
    queued(ledger, step(), step(case="C-2"), people=PEOPLE)
    assert send(ledger, {"robot": Robot(log)}, PEOPLE, NOW) == Sent(sent=2)
    assert [(len(numbers), address) for numbers, _, address in said(log)] == [(4, "a"), (2, "b")]
    assert send(ledger, {"robot": Robot(log)}, PEOPLE, NOW) == Sent()


def test_a_flood_is_cut_between_alerts_and_nothing_is_left_out(ledger, log):
    people = (WANG, MAINTAINER)
    queued(ledger, *(step(case=f"C-{number}") for number in range(500)), people=people)
    assert send(ledger, {"robot": Robot(log, holding=40)}, people, NOW).sent == 13
    told = [number for numbers, _, _ in said(log) for number in numbers]
    assert sorted(told) == [f"XJ-2026-{number:06d}" for number in range(1, 501)]


def test_a_refusal_is_tried_again_by_the_schedule_and_dies_in_the_end(ledger, log):
    people = (WANG, MAINTAINER)
    queued(ledger, step(), people=people)
    robot = Robot(log, *[Refused("连不上")] * 4)

    def attempt(minutes):
        now = NOW + timedelta(minutes=minutes)
        return send(ledger, {"robot": robot}, people, now, Manner(retry_minutes=(1, 5), dead_after=4))

    assert attempt(0) == Sent(waiting=1, errors=("robot：连不上",))
    assert attempt(0.5).errors == ()
    assert attempt(1).errors == attempt(6).errors == ("robot：连不上",)
    assert attempt(10.5).errors == ()
    given_up = attempt(11)
    assert (given_up.dead, given_up.sent) == (1, 1)  # the maintainer's word of it
    assert attempt(600) == Sent(dead=1)
    assert [address for _, _, address in said(log)] == ["a"] * 4 + ["m"]
    assert [repeated for _, repeated, _ in said(log)] == [False] * 5
    with ledger.reading() as connection:
        assert backlog(connection) == {"waiting": 0, "in_doubt": 0, "dead": 1}


def test_a_final_refusal_is_not_tried_again_until_the_address_changes(ledger, log):
    queued(ledger, step(), people=(WANG, MAINTAINER))
    channels = {"robot": Robot(log, Refused("没有这个人", final=True))}
    assert send(ledger, channels, (WANG, MAINTAINER), NOW).dead == 1
    moved = (Person("王老师", "officer", "robot", "new"), MAINTAINER)
    assert send(ledger, channels, moved, NOW).sent == 1
    assert [address for _, _, address in said(log)] == ["a", "m", "new"]


def test_a_doubt_is_repeated_once_marked_and_then_left_to_people(ledger, log):
    people = (WANG, MAINTAINER)
    queued(ledger, step(), people=people)
    channels = {"robot": Robot(log, InDoubt("没有回答"), InDoubt("没有回答"))}
    for hours in range(4):
        sent = send(ledger, channels, people, NOW + timedelta(hours=hours))
    assert sent == Sent(in_doubt=1)
    assert [repeated for _, repeated, _ in said(log)] == [False, True]
    with ledger.reading() as connection:
        assert backlog(connection) == {"waiting": 0, "in_doubt": 1, "dead": 0}


def test_quiet_hours_hold_all_but_the_urgent(ledger, log):
    people = (WANG, MAINTAINER)
    queued(ledger, step(), step(case="C-2", severity="urgent"), people=people)
    sent = send(ledger, {"robot": Robot(log)}, people, NOW, Manner(quiet=True))
    assert (sent.sent, sent.waiting) == (1, 1)
    assert said(log)[0][0] == ["XJ-2026-000002"]
    assert send(ledger, {"robot": Robot(log)}, people, NOW).sent == 1


def test_one_dead_channel_does_not_hold_up_another(ledger, log, tmp_path):
    people = (WANG, Person("张老师", "officer", "folder"), MAINTAINER)
    queued(ledger, step(), people=people)
    channels = opened([], tmp_path) | {"robot": Robot(log, Refused("连不上"))}
    sent = send(ledger, channels, people, NOW)
    assert (sent.sent, sent.waiting) == (1, 1)


def test_somebody_who_left_is_represented_by_the_same_role(ledger, log):
    queued(ledger, step(), people=(WANG, MAINTAINER))
    assert send(ledger, {"robot": Robot(log)}, (ZHAO, MAINTAINER), NOW).sent == 1
    assert said(log)[0][2] == "b"


def test_the_folder_holds_readable_files_with_number_and_mark(ledger, tmp_path):
    queued(ledger, step(account="<b>云岭</b>\u202e"), people=())
    assert send(ledger, opened([], tmp_path), (), NOW).sent == 1
    text, page = sorted((tmp_path / "messages").iterdir(), key=lambda path: path.suffix, reverse=True)
    assert text.name == "2026-11-21-XJ-2026-000001.txt"
    assert "编号：XJ-2026-000001" in text.read_text(encoding="utf-8")
    assert "可能重复" not in text.read_text(encoding="utf-8")
    html = page.read_text(encoding="utf-8")
    assert "<b>云岭" not in html and "&lt;b&gt;云岭&lt;/b&gt;" in html
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html


def test_a_folder_that_cannot_be_written_keeps_the_message(ledger, tmp_path):
    (tmp_path / "messages").write_text("in the way")
    queued(ledger, step(), people=())
    assert send(ledger, opened([], tmp_path), (), NOW).waiting == 1
    (tmp_path / "messages").unlink()
    assert send(ledger, opened([], tmp_path), (), NOW + timedelta(minutes=1)).sent == 1


def test_a_trial_reaches_every_address_once_and_leaves_no_trace(ledger, log):
    answers = trial({"robot": Robot(log)}, PEOPLE, NOW)
    assert [(channel, address) for channel, address, _ in answers] == [
        ("robot", "a"),
        ("robot", "b"),
        ("robot", "m"),
    ]
    assert statuses(ledger) == []
