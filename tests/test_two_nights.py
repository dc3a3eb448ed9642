"""Two whole nights of the starter home, through sockets and a real browser, and what they leave behind."""

import re
from collections import Counter
from datetime import date

import ledgers
import openpyxl
import pytest
from conftest import started, xunjian
from standins import KINDS, SECRET, Today

PHONE = "000-0000-0101"
NIGHTS = ("2026-03-02", "2026-03-03")
CHANNEL = """
[channels.{kind}]
kind = "{kind}"
url = "{url}"
secret_file = "secret"
allow_plain = true

[[people]]
name = "{kind} 值班"
role = "officer"
channel = "{kind}"
"""
FOLDER = """
[[people]]
name = "文件夹"
role = "officer"
channel = "folder"
"""


@pytest.fixture(scope="module")
def robots():
    """A stand-in of each robot, at which an officer reads."""
    standing = {kind: stand_in(Today()) for kind, stand_in in KINDS.items()}
    yield standing
    for robot in standing.values():
        robot.close()


@pytest.fixture(scope="module")
def walked(tmp_path_factory, robots):
    """The home after two nights and its week, with what each night printed."""
    home = tmp_path_factory.mktemp("walk") / "home"
    started(home)
    _with_telephone(home / "台账.xlsx")
    (home / "secret").write_text(SECRET)
    with (home / "school.toml").open("a", encoding="utf-8") as settings:
        settings.write(FOLDER + "".join(CHANNEL.format(kind=k, url=r.url) for k, r in robots.items()))
    nights = [xunjian(home, "night", "--day", day, "--json") for day in NIGHTS]
    week = xunjian(home, "week", "--json")
    return home, nights, week


def _with_telephone(register):
    """Fill in the register's column of telephone numbers, as offices do."""
    book = openpyxl.load_workbook(register)
    for sheet in book:
        head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "联系电话")
        for row in range(head.row + 1, sheet.max_row - 3):
            sheet.cell(row, head.column).value = PHONE
    book.save(register)


class TestTwoNights:
    def test_every_night_ends_well_and_believes_every_platform(self, walked):
        _, nights, _ = walked
        for night in nights:
            assert night.code == 0, night.err
            assert {row["platform"] for row in night.rows} == {"weibo", "bilibili", "wechat", "douyin"}
            assert [row["doubt"] for row in night.rows] == [None] * 4

    def test_every_filed_account_is_visited_every_night(self, walked):
        _, nights, _ = walked
        for night in nights:
            assert all(row["visited"] == row["planned"] > 0 for row in night.rows)

    def test_every_step_of_a_case_has_told_somebody(self, walked):
        home, _, _ = walked
        # Of the steps that a case takes in one night, the last is told.
        last = 'SELECT "case", max(number) FROM step GROUP BY "case", "on"'
        steps = {f"step:{case}:{number}" for case, number in ledgers.asked(home, last)}
        alerts = {about for (about,) in ledgers.asked(home, "SELECT about FROM alert")}
        [unsent] = ledgers.asked(
            home,
            "SELECT count(*) FROM alert LEFT JOIN message ON message.id = alert.message "
            "WHERE message.status IS NULL OR message.status != 'sent'",
        )
        assert steps
        assert steps <= alerts
        assert unsent == (0,)

    def test_every_robot_took_exactly_its_officers_alerts_each_once_and_refused_nothing(self, walked, robots):
        home, _, _ = walked
        rows = ledgers.asked(home, "SELECT person, number FROM alert")
        for kind, robot in robots.items():
            queued = sorted(number for person, number in rows if person == f"{kind} 值班")
            heard = [
                number for text in robot.texts() for number in re.findall(r"编号：(XJ-2026-\d{6})", text)
            ]
            assert sorted(heard) == queued
            assert len(queued) > 10
            assert robot.refused == []
            assert not any("可能重复" in text for text in robot.texts())

    def test_a_message_can_be_read_as_a_file_and_bears_the_numbers_of_its_alerts(self, walked):
        home, _, _ = walked
        texts = [path.read_text(encoding="utf-8") for path in sorted((home / "messages").glob("*.txt"))]
        assert texts
        assert "编号：XJ-2026-000001" in texts[0]

    def test_the_first_night_of_a_platform_that_hides_posts_only_suspects_and_the_second_opens(self, walked):
        home, _, _ = walked
        cases = {(row["key"], row["rule"]): row for row in xunjian(home, "cases", "--json").rows}
        # 就业指导中心 on Weibo: last post seventy days before the first night, pinned to nothing.
        trail = cases["weibo:5720114005", "silence"]["trail"]
        assert [(step["stage"], step["on"]) for step in trail] == [
            ("suspected", NIGHTS[0]),
            ("opened", NIGHTS[1]),
            ("notice_issued", NIGHTS[1]),
        ]

    def test_a_lower_bound_never_opens_a_case(self, walked):
        home, _, _ = walked
        bounds = {(f["key"], f["rule"]): f for f in xunjian(home, "findings", "--json").rows}
        held = [f for f in bounds.values() if f["newest"] and f["newest"]["bound"] == "at_least"]
        assert held
        assert {f["verdict"] for f in held} <= {"Suspected", "Unknown"}
        assert {f["stage"] for f in held} <= {None, "suspected"}

    def test_the_report_opens_and_is_whole(self, walked):
        home, _, week = walked
        assert week.code == 0, week.err
        page = (home / "site" / "2026-W10" / "report.html").read_text(encoding="utf-8")
        assert "云岭大学" in page
        assert "<script" not in page
        assert (home / "site" / "index.html").exists()

    def test_judging_the_newest_night_again_changes_nothing(self, walked):
        home, _, _ = walked
        before = xunjian(home, "cases", "--json").rows, xunjian(home, "findings", "--json").rows
        again = xunjian(home, "judge", "--day", NIGHTS[-1], "--json")
        assert again.code == 0, again.err
        assert (xunjian(home, "cases", "--json").rows, xunjian(home, "findings", "--json").rows) == before

    def test_judging_an_older_night_agrees_with_what_it_recorded(self, walked):
        home, _, _ = walked
        rows = xunjian(home, "judge", "--day", NIGHTS[0], "--json").rows
        assert len(rows) > 100
        assert [row for row in rows if not row["same"]] == []

    def test_the_kept_bodies_read_again_to_the_same_outcomes(self, walked):
        home, _, _ = walked
        rows = xunjian(home, "judge", "--day", NIGHTS[0], "--reread", "--json").rows
        assert len(rows) > 60
        assert [row for row in rows if not row["same"]] == []

    def test_a_night_already_done_visits_nothing_again_and_steps_no_case_twice(self, walked):
        home, nights, _ = walked
        before = xunjian(home, "cases", "--json").rows
        again = xunjian(home, "night", "--day", NIGHTS[-1], "--json")
        assert again.code == nights[-1].code
        assert Counter(row["requests"] for row in again.rows) == Counter(
            row["requests"] for row in nights[-1].rows
        )
        assert xunjian(home, "cases", "--json").rows == before

    def test_a_day_before_the_newest_night_is_refused(self, walked):
        home, _, _ = walked
        refused = xunjian(home, "night", "--day", "2026-03-01")
        assert refused.code == 1
        assert "judge --day 2026-03-01" in refused.err.replace("\n", "")

    def test_no_telephone_number_of_the_register_stands_in_any_output(self, walked):
        home, _, _ = walked
        assert PHONE in str(ledgers.asked(home, "SELECT record FROM contact"))
        outputs = [*home.glob("site/**/*.html"), *home.glob("messages/*"), *home.glob("notes/**/*.log")]
        for path in outputs:
            text = path.read_text(encoding="utf-8", errors="replace")
            assert PHONE not in text, path


def test_a_night_needs_a_register_it_can_read(home):
    (home / "台账.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    refused = xunjian(home, "night", "--day", str(date(2026, 3, 2)))
    assert refused.code == 2
    assert "台账" in refused.err
