"""A reminder comes after so many working days, says which one it is, and ends with the first answer."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from test_alerts import EVERYBODY, HEAD, OFFICER, rows, step

from monitors import tables
from monitors.calendar import Calendar
from reports.alerts import queue
from reports.reminders import remind

FRIDAY = date(2026, 9, 18)
# Three working days later, for the Sunday between is one on which China works (调休).
TUESDAY = date(2026, 9, 22)


def case(ledger, number="C-1", stage="notice_issued", by="night", deadline=None, steps=1):
    """An open case of which officer and unit head have been told on that Friday."""
    with ledger.writing() as connection:
        held = {"key": f"weibo:{number}", "policy": "p", "rule": "r", "kind": "activity", "episode": 1}
        dates = {"stage": stage, "stage_on": FRIDAY, "deadline": deadline, "provisional": False}
        connection.execute(tables.case.insert().values(id=number, **held, **dates))
        for count in range(1, steps + 1):
            row = {
                "case": number,
                "number": count,
                "stage": stage,
                "on": FRIDAY,
                "by": by,
                "why": "",
                "reverts": False,
            }
            connection.execute(tables.step.insert().values(at=datetime.now(UTC), **row))
        told = step(case=number, number=steps, stage=stage, asks="要更新。", evidence="2026-09-18/weibo:1#1")
        queue(connection, [told], (OFFICER, HEAD), FRIDAY)


def reminded(ledger, day, people=EVERYBODY, after=3, calendar=None):
    """The reminders of one night."""
    before = len(rows(ledger))
    with ledger.writing() as connection:
        count = remind(connection, people, day, after, calendar or Calendar())
    new = rows(ledger)[before:]
    assert len(new) == count
    return [(row.person, row.about) for row in new]


def test_a_reminder_comes_every_so_many_working_days_and_never_earlier(ledger):
    case(ledger)
    for day in (date(2026, 9, 19), date(2026, 9, 20), date(2026, 9, 21)):
        assert reminded(ledger, day) == []
    first = [("王老师", "remind:C-1:1:1"), ("图书馆馆长", "remind:C-1:1:1")]
    assert reminded(ledger, TUESDAY) == first
    assert reminded(ledger, TUESDAY) == reminded(ledger, date(2026, 9, 24)) == []
    # 25 to 27 September are the Mid-Autumn holiday.
    assert reminded(ledger, date(2026, 9, 27)) == []
    assert reminded(ledger, date(2026, 9, 28)) == [(person, "remind:C-1:1:2") for person, _ in first]


def test_a_reminder_says_which_one_it_is_and_answers_to_its_own_number(ledger):
    case(ledger)
    reminded(ledger, TUESDAY)
    first, again = rows(ledger)[0], rows(ledger)[2]
    assert again.title == f"再次提醒：{first.title}" and not again.urgent
    assert again.text.startswith(f"提醒：这是第 1 次提醒。2026-09-18 已经告知（编号 {first.number}")
    assert "规定：" in again.text and "要求：" not in again.text and "证据：" not in again.text
    assert f"xunjian ack {again.number} " in again.text and f"xunjian ack {first.number} " not in again.text


@pytest.mark.parametrize("which", [0, 2])
def test_an_acknowledgement_of_any_of_them_ends_the_reminders_of_that_role(ledger, which):
    case(ledger)
    if which:
        reminded(ledger, TUESDAY)
    acked = rows(ledger)[which]
    with ledger.writing() as connection:
        alert = tables.alert
        done = alert.update().where(alert.c.id == acked.id)
        connection.execute(done.values(acked_by="王", acked_at=datetime.now(UTC)))
    later = date(2026, 9, 30)
    assert [person for person, _ in reminded(ledger, later)] == ["图书馆馆长"]


@pytest.mark.parametrize("key", ["C-1", "weibo:C-1"])
def test_a_decision_or_a_word_on_the_account_ends_them(ledger, key):
    case(ledger)
    case(ledger, "C-2")
    with ledger.writing() as connection:
        values = {"key": key, "word": "unsure", "by": "王", "why": "看过", "on": date(2026, 9, 21)}
        connection.execute(tables.decision.insert().values(at=datetime.now(UTC), **values))
        said = {"key": "weibo:C-2", "last_post": FRIDAY, "by": "王", "on": FRIDAY}
        connection.execute(tables.attestation.insert().values(at=datetime.now(UTC), **said))
    assert reminded(ledger, TUESDAY) == []


def test_what_was_said_before_the_alert_answers_nothing(ledger):
    case(ledger)
    with ledger.writing() as connection:
        values = {"key": "weibo:C-1", "word": "unsure", "by": "王", "why": "看过", "on": date(2026, 9, 1)}
        connection.execute(tables.decision.insert().values(at=datetime.now(UTC), **values))
    assert len(reminded(ledger, TUESDAY)) == 2


def test_nobody_is_reminded_while_a_term_runs_or_when_a_person_took_the_last_step(ledger):
    case(ledger, "C-1", deadline=date(2026, 10, 19))
    case(ledger, "C-2", stage="notice_received")
    case(ledger, "C-3", stage="circular", by="王")
    case(ledger, "C-4", stage="opened")
    assert reminded(ledger, date(2026, 11, 20)) == []


def test_a_case_that_went_on_is_not_reminded_of_its_earlier_step(ledger):
    case(ledger)
    with ledger.writing() as connection:
        row = {
            "case": "C-1",
            "number": 2,
            "stage": "circular",
            "on": FRIDAY,
            "by": "night",
            "why": "",
            "reverts": False,
        }
        connection.execute(tables.step.insert().values(at=datetime.now(UTC), **row))
        connection.execute(sa.update(tables.case).values(stage="circular"))
    assert reminded(ledger, TUESDAY) == []


def test_a_vacation_counts_no_days(ledger):
    case(ledger)
    resting = Calendar(pauses=((date(2026, 9, 19), date(2026, 10, 11)),))
    assert reminded(ledger, date(2026, 10, 13), calendar=resting) == []
    assert len(reminded(ledger, date(2026, 10, 14), calendar=resting)) == 2


def test_somebody_who_left_is_not_reminded(ledger):
    case(ledger)
    assert reminded(ledger, TUESDAY, people=(OFFICER,)) == [("王老师", "remind:C-1:1:1")]
