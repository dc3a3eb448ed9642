"""Who hears of which step, in what words, and under which number."""

from datetime import date

import pytest
import sqlalchemy as sa
from invented_ledger import at

from monitors import tables
from monitors.nouns import Newest
from reports.alerts import Doubt, Told, queue
from reports.people import Person

DAY = date(2026, 11, 20)
OFFICER = Person("王老师", "officer")
HEAD = Person("图书馆馆长", "unit_head", units=("图书馆",))
OTHER_HEAD = Person("体育部主任", "unit_head", units=("体育部",))
OFFICE = Person("学校办公室", "office")
MAINTAINER = Person("信息办", "maintainer")
EVERYBODY = (OFFICER, HEAD, OTHER_HEAD, OFFICE, MAINTAINER)


def step(**changes):
    facts = {
        "case": "C-1",
        "number": 1,
        "stage": "opened",
        "kind": "activity",
        "account": "云岭大学图书馆",
        "platform": "weibo",
        "title": "微博",
        "unit": "图书馆",
        "document": "某办法",
        "clause": "第六条（四）",
        "asks": "两个月内要有更新",
        "why": "最近一次更新是 2026-08-01，已超过 2 个月。",
        "newest": Newest(at(date(2026, 8, 1)), "exact"),
    }
    return Told(**(facts | changes))


def rows(ledger):
    with ledger.reading() as connection:
        return connection.execute(sa.select(tables.alert).order_by(tables.alert.c.id)).all()


def queued(ledger, *steps, people=EVERYBODY, day=DAY):
    before = len(rows(ledger))
    with ledger.writing() as connection:
        count = queue(connection, steps, people, day)
    new = rows(ledger)[before:]
    assert len(new) == count
    return new


@pytest.mark.parametrize(
    ("stage", "expected"),
    [
        ("suspected", {"王老师"}),
        ("opened", {"王老师"}),
        ("notice_issued", {"王老师", "图书馆馆长"}),
        ("notice_received", {"王老师", "图书馆馆长"}),
        ("circular", {"王老师", "图书馆馆长", "学校办公室"}),
        ("closure_recommended", {"王老师", "图书馆馆长", "学校办公室"}),
    ],
)
def test_a_unit_hears_of_its_account_from_the_notice_on(ledger, stage, expected):
    assert {row.person for row in queued(ledger, step(stage=stage))} == expected


def test_only_those_who_heard_of_a_case_are_told_that_it_is_closed(ledger):
    closed = {"stage": "closed", "number": 9, "result": "remedied"}
    queued(ledger, step(stage="notice_issued", number=2))
    queued(ledger, step(stage="suspected", case="C-10"))
    assert {row.person for row in queued(ledger, step(**closed))} == {"王老师", "图书馆馆长"}
    assert {row.person for row in queued(ledger, step(case="C-10", **closed))} == {"王老师"}


def test_what_could_not_be_read_goes_to_the_maintainer_alone(ledger):
    doubt = Doubt("weibo", "微博", DAY, "对照账号读错")
    alerts = queued(ledger, doubt, step(kind="unseen", case="C-2"))
    assert [(row.person, row.about) for row in alerts] == [
        ("信息办", "doubt:weibo:2026-11-20"),
        ("信息办", "step:C-2:1"),
    ]
    assert "不是账号的问题" in alerts[1].text


def test_an_outage_and_a_step_are_told_once(ledger):
    doubt = Doubt("weibo", "微博", DAY, "对照账号读错")
    assert len(queued(ledger, doubt, step())) == 2
    assert queued(ledger, doubt, step(), day=date(2026, 11, 21)) == []


def test_a_new_episode_and_a_later_step_are_told_again(ledger):
    queued(ledger, step())
    assert len(queued(ledger, step(number=2), step(case="C-1-2"))) == 2


def test_people_choose_platforms_severity_and_urgency(ledger):
    people = (
        Person("只看抖音", "officer", platforms=("douyin",)),
        Person("只看严重", "officer", severity="high"),
        Person("只看紧急", "officer", urgent_only=True),
        Person("只管体育部", "officer", units=("体育部",)),
    )
    assert queued(ledger, step(), people=people) == []
    urgent = queued(ledger, step(number=2, severity="urgent"), people=people)
    assert {(row.person, row.urgent) for row in urgent} == {("只看严重", True), ("只看紧急", True)}


def test_with_nobody_configured_the_department_and_the_maintainer_are_told(ledger):
    doubt = Doubt("weibo", "微博", DAY, "对照账号读错")
    assert {(row.person, row.role) for row in queued(ledger, step(), doubt, people=())} == {
        ("宣传部", "officer"),
        ("维护人", "maintainer"),
    }


def test_numbers_run_through_the_year_and_begin_again(ledger):
    numbers = [row.number for row in queued(ledger, step(), step(case="C-2"))]
    numbers += [row.number for row in queued(ledger, step(number=3))]
    numbers += [row.number for row in queued(ledger, step(number=4), day=date(2027, 1, 1))]
    assert numbers == ["XJ-2026-000001", "XJ-2026-000002", "XJ-2026-000003", "XJ-2027-000001"]


def test_a_step_that_fails_leaves_no_alert(ledger):
    with pytest.raises(RuntimeError), ledger.writing() as connection:
        queue(connection, [step()], EVERYBODY, DAY)
        raise RuntimeError
    assert rows(ledger) == []


def test_a_suspicion_is_worded_as_a_request_and_never_as_a_breach(ledger):
    lower = Newest(at(date(2026, 8, 1)), "at_least")
    [alert] = queued(ledger, step(stage="suspected", newest=lower, why="看到的最近更新较早。"))
    assert alert.title == "请人工核实：云岭大学图书馆（微博）"
    assert "请人工核实，不作为通报依据" in alert.text
    assert "最近更新：不早于 2026-08-01（依据：主页）" in alert.text
    assert "立案" not in alert.text and "整改" not in alert.text


def test_an_alert_carries_clause_deadline_and_whether_it_is_provisional(ledger):
    told = step(stage="notice_received", deadline=date(2026, 12, 20), provisional=True)
    officer = queued(ledger, told)[0].text
    assert "规定：某办法 第六条（四）" in officer
    assert "要求：两个月内要有更新" in officer
    assert "期限：2026-12-20（临时" in officer
    assert "案件：C-1" in officer


def test_a_closed_case_thanks(ledger):
    [alert] = queued(ledger, step(stage="closed", result="remedied"), people=(OFFICER,))
    assert alert.title.startswith("已结案（已恢复更新或改正）")
    assert "感谢" in alert.text


def test_a_hostile_name_stays_on_its_line_with_marks(ledger):
    [alert] = queued(ledger, step(account="云岭\r\nBcc: a@b\u202e", why="a\nb"), people=(OFFICER,))
    assert "\n" not in alert.title and "\r" not in alert.title
    assert "云岭〔U+000D 回车〕〔U+000A 换行〕Bcc: a@b〔U+202E 强制右至左〕" in alert.title
    assert "情况：a〔U+000A 换行〕b" in alert.text.split("\n")


def test_five_hundred_steps_are_queued_in_one_go(ledger):
    alerts = queued(ledger, *(step(case=f"C-{number}") for number in range(1200)))
    assert len({row.number for row in alerts}) == 1200
