"""The papers of a case come with the night, and with what a person records."""

from datetime import date, datetime

import docx
import ledgers
import pytest
from conftest import xunjian

from monitors import casebook
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI, Step
from monitors.trail import Records
from schedules import config, law, papers, register
from schedules.home import Home

DAY = date(2026, 3, 2)
KEY = "weibo:5720114005"


@pytest.fixture
def opened(home):
    """A home with one case that a person has stepped back from its notice."""
    here, settings = Home(home), config.load(home)
    ledger = Ledger(ledgers.address(here.path))
    accounts, filing = register.taken_in(here, settings, ledger, DAY)
    held = law.law(settings, home, accounts, filing)
    steps = [
        Step("suspected", DAY, "night", "久未更新"),
        Step("opened", DAY, "night", "久未更新"),
        Step("notice_issued", DAY, "night", "请发通知"),
    ]
    with ledger.writing() as connection:
        case = casebook.append(
            connection, None, (KEY, "sias-2020", "silence"), "activity", steps,
            rule=held.rule("sias-2020", "silence"), records=Records(), calendar=held.calendar,
        )  # fmt: skip
    yield here, settings, ledger, held, case.id
    ledger.close()


def test_what_a_kill_left_unwritten_is_written_the_next_time_and_nothing_is_written_twice(opened):
    here, settings, ledger, held, case = opened
    assert not here.notices.exists()
    written = papers.written(here, settings, ledger, held)
    assert sorted(path.name for path in written) == [
        f"{case}-notice_issued-feedback.docx",
        f"{case}-notice_issued-feedback.html",
        f"{case}-notice_issued.docx",
        f"{case}-notice_issued.html",
    ]
    text = "\n".join(p.text for p in docx.Document(here.notices / f"{case}-notice_issued.docx").paragraphs)
    assert "云岭大学" in text
    assert "就业指导中心" in text
    assert papers.written(here, settings, ledger, held) == []


def test_a_notice_that_a_person_issues_again_after_a_step_back_gets_a_paper_of_its_own(opened):
    here, _, _, _, case = opened
    assert xunjian(here.path, "revert", case, "--by", "王老师", "--why", "单位名称有误").code == 0
    today = datetime.now(SHANGHAI).date()
    again = xunjian(here.path, "step", case, "--to", "notice_issued", "--on", today, "--by", "王老师")
    assert again.code == 0, again.err
    assert {path.name for path in here.notices.glob("*.docx")} == {
        f"{case}-notice_issued-2.docx",
        f"{case}-notice_issued-2-feedback.docx",
    }
