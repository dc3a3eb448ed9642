"""Who hears of which step, in what words, and under which number."""

from datetime import date

import pytest
import sqlalchemy as sa
from invented_ledger import at

from monitors import tables
from monitors.nouns import Newest
from reports.alerts import Doubt, Restored, Told, queue
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


def test_of_the_steps_that_a_case_takes_in_one_night_the_last_is_told(ledger):
    taken = [
        step(stage="suspected"),
        step(number=2, stage="opened"),
        step(number=3, stage="notice_issued"),
        step(case="C-2", stage="suspected"),
    ]
    alerts = queued(ledger, *taken)
    assert [(row.about, row.person) for row in alerts] == [
        ("step:C-1:3", "王老师"),
        ("step:C-1:3", "图书馆馆长"),
        ("step:C-2:1", "王老师"),
    ]


def test_every_clause_is_cited_with_what_it_asks(ledger):
    told = step(others=(("《另一办法》 二.4", "三个月不更新的应当注销。"), ("《第三办法》 四", "")))
    [alert] = queued(ledger, told, people=(OFFICER,))
    lines = alert.text.split("\n")
    assert [line for line in lines if line.startswith("规定：")] == [
        "规定：某办法 第六条（四）",
        "规定：《另一办法》 二.4",
        "规定：《第三办法》 四",
    ]
    assert lines.index("要求：三个月不更新的应当注销。") == lines.index("规定：《另一办法》 二.4") + 1


def test_an_alert_names_its_evidence_the_letters_of_the_name_and_its_own_number(ledger):
    told = step(
        kind="sighting",
        stage="suspected",
        evidence="2026-11-20/weibo:1#4",
        letters=("“耘”对应“云”：同音 yún", "“岭大学”对应“岭大学”：相同"),
    )
    [alert] = queued(ledger, told, people=(OFFICER,))
    assert "证据：巡检记录 2026-11-20/weibo:1#4" in alert.text
    assert "名称：“耘”对应“云”：同音 yún" in alert.text
    for word in ("imitation", "fine", "unsure"):
        assert f"xunjian decide {alert.number} --as {word}" in alert.text


@pytest.mark.parametrize(
    ("stage", "verbs"),
    [
        ("suspected", ["attest", "decide", "ack"]),
        ("notice_issued", ["step", "decide", "ack"]),
        ("notice_received", []),
        ("circular", ["step", "ack"]),
        ("closure_recommended", ["step", "ack"]),
        ("closed", []),
    ],
)
def test_each_stage_names_the_verbs_that_answer_it(ledger, stage, verbs):
    [alert] = queued(ledger, step(stage=stage, result="remedied"), people=(OFFICER,))
    said = [line for line in alert.text.split("\n") if "xunjian " in line]
    assert [line.partition("xunjian ")[2].split()[0] for line in said] == verbs
    assert all(alert.number in line for line in said)


def test_a_term_that_waits_for_a_record_is_named_and_a_running_one_has_its_date(ledger):
    waiting = queued(ledger, step(stage="notice_issued", term="1 个月"))[0].text
    assert "期限：自登记单位收到通知之日起 1 个月" in waiting
    running = queued(ledger, step(case="C-2", stage="notice_issued", term="1 个月", deadline=DAY))[0].text
    assert "期限：2026-11-20" in running


def test_a_name_that_plays_with_our_own_marks_stays_a_name(ledger):
    [alert] = queued(ledger, step(account="云岭{number}大学", why="{number}"), people=(OFFICER,))
    assert alert.title.endswith("云岭{number}大学（微博）") and "情况：{number}" in alert.text


def test_the_end_of_an_outage_is_told_once_to_whoever_heard_of_it(ledger):
    second = Person("信息办乙", "maintainer", platforms=("weibo",))
    queued(ledger, Doubt("weibo", "微博", DAY, "对照账号读错"), people=(MAINTAINER, second, OFFICER))
    newcomer = Person("新来的", "maintainer")
    ended = Restored("weibo", "微博", DAY)
    alerts = queued(ledger, ended, people=(MAINTAINER, second, newcomer, OFFICER), day=date(2026, 11, 25))
    assert [row.person for row in alerts] == ["信息办", "信息办乙"]
    assert "恢复可信" in alerts[0].title and "2026-11-20" in alerts[0].text
    assert queued(ledger, ended, people=(MAINTAINER, second), day=date(2026, 11, 26)) == []


def test_urgent_news_is_urgent_only_at_its_beginning(ledger):
    for stage, urgent in (("opened", True), ("notice_issued", True), ("circular", False), ("closed", False)):
        told = step(case=f"C-{stage}", stage=stage, severity="urgent", result="remedied")
        assert [row.urgent for row in queued(ledger, told, people=(OFFICER,))] == [urgent], stage


def test_whoever_wants_only_urgent_news_hears_how_it_ended(ledger):
    urgent_only = Person("只看紧急", "officer", urgent_only=True)
    queued(ledger, step(severity="urgent"), people=(urgent_only,))
    queued(ledger, step(case="C-2"), people=(urgent_only,))
    ends = [
        step(case=case, number=2, stage="closed", result="remedied", severity=severity)
        for case, severity in (("C-1", "urgent"), ("C-2", "normal"))
    ]
    assert [row.about for row in queued(ledger, *ends, people=(urgent_only,))] == ["step:C-1:2"]


def test_what_somebody_recorded_is_told_to_others_and_a_step_back_to_those_who_had_heard(ledger):
    queued(ledger, step(stage="notice_issued"))
    received = step(number=2, stage="notice_received", by_person=True)
    assert [row.person for row in queued(ledger, received)] == ["图书馆馆长"]
    back = step(number=3, stage="notice_issued", by_person=True, reverted=True)
    [alert] = queued(ledger, back)
    assert (alert.person, alert.urgent) == ("图书馆馆长", False)
    assert alert.title.startswith("已撤回上一步") and "xunjian" not in alert.text
