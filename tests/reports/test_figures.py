"""The week's figures are sums over the ledger, and nothing is concluded from absence."""

from collections import Counter
from datetime import date, timedelta

import invented_ledger as invented
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_ledger import MADE_AT, MONDAY, SUNDAY, Writer, at

from monitors import tables
from monitors.nouns import Account, Blocked, Found, Gone, Newest
from reports.figures import figures
from reports.rolls import BUCKETS


def told(ledger, week=invented.WEEK, made_at=MADE_AT):
    with ledger.reading() as connection:
        return figures(connection, week, invented.FACTS, invented.rules(), made_at)


def one_account(writer, **changes):
    facts = {"platform": "weibo", "handle": "1", "name": "云岭大学图书馆", "unit": "图书馆"} | changes
    return writer.account(Account(**facts)).key


def bucket_of(ledger, fill):
    with ledger.writing() as connection:
        fill(Writer(connection))
    [line] = told(ledger).accounts
    return line.bucket


def test_every_account_is_in_exactly_one_bucket_and_units_add_up(full):
    week = told(full)
    with full.reading() as connection:
        units = dict(
            connection.execute(
                sa.select(tables.account.c.unit, sa.func.count()).group_by(tables.account.c.unit)
            ).all()
        )
    assert sum(week.counts.values()) == sum(units.values()) == len(week.accounts)
    assert {unit.unit: unit.total for unit in week.units} == units
    for bucket in BUCKETS:
        assert sum(unit.counts[bucket] for unit in week.units) == week.counts[bucket]
    assert Counter(line.key for line in week.accounts).most_common(1)[0][1] == 1


def test_platform_numbers_are_the_sums_of_their_nights(full):
    week = told(full)
    with full.reading() as connection:
        nights = connection.execute(sa.select(tables.platform_night)).all()
    assert [line.title for line in week.platforms] == ["微博", "微信公众号", "哔哩哔哩", "抖音"]
    for line in week.platforms:
        own = [night for night in nights if night.platform == line.platform]
        for column in ("planned", "found", "gone", "blocked", "other", "unseen"):
            assert getattr(line, column) == sum(getattr(night, column) for night in own)
        assert line.believed == sum(night.believed for night in own)
        assert line.doubted == sum(not night.believed for night in own)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 9)), max_size=30))
def test_any_mixture_of_fates_adds_up(ledger, fates):
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.night(MONDAY, "weibo", planned=len(fates))
        for number, (unit, fate) in enumerate(fates):
            key = one_account(writer, handle=str(number), unit=unit, state="停用" if fate == 0 else "在用")
            if fate > 3:
                writer.visit(key, MONDAY, Found(newest=Newest(at(MONDAY), "exact")))
            if fate in (5, 6):
                writer.verdict(key, "sias-2020", "silence", "activity", "Suspected")
            if fate in (6, 7):
                writer.verdict(key, "ncwu-2023", "zombie", "activity", "Breach")
        week = figures(connection, invented.WEEK, invented.FACTS, invented.rules(), MADE_AT)
        connection.rollback()
    assert sum(week.counts.values()) == sum(unit.total for unit in week.units) == len(fates)
    assert week.counts["retired"] == sum(fate == 0 for _, fate in fates)
    assert week.counts["breach"] == sum(fate in (6, 7) for _, fate in fates)
    assert week.counts["suspected"] == sum(fate == 5 for _, fate in fates)
    assert week.counts["unseen"] == sum(fate in (1, 2, 3) for _, fate in fates)


def test_an_account_behind_a_wall_all_week_is_unseen_and_not_silent(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Blocked("captcha"))
        writer.standing(key, SUNDAY, Newest(at(date(2026, 9, 1)), "exact"), date(2026, 9, 2))

    assert bucket_of(ledger, fill) == "unseen"
    assert told(ledger).not_seen[0].not_read == "平台要求登录或验证，没能看到"


def test_what_was_seen_on_a_doubted_night_does_not_count_as_seen(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo", doubt="对照账号读错")
        writer.visit(key, SUNDAY, Found(newest=Newest(at(SUNDAY), "exact")))

    assert bucket_of(ledger, fill) == "unseen"


def test_an_account_that_shows_no_date_is_not_called_free_of_problems(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Found())
        writer.standing(key, SUNDAY, None, SUNDAY)

    assert bucket_of(ledger, fill) == "unknown"


def test_an_account_that_the_platform_calls_gone_is_not_called_free_of_problems(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(MONDAY, "weibo")
        writer.night(SUNDAY, "weibo")
        writer.visit(key, MONDAY, Found(newest=Newest(at(MONDAY), "exact")))
        writer.visit(key, SUNDAY, Gone("cancelled", "该用户不存在"))
        writer.standing(key, SUNDAY, Newest(at(MONDAY), "exact"), SUNDAY)

    assert bucket_of(ledger, fill) == "unknown"


def test_an_account_whose_activity_no_rule_could_judge_is_not_called_free_of_problems(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Found(hidden=True))
        writer.standing(key, SUNDAY, Newest(at(date(2026, 11, 1)), "exact"), SUNDAY)
        writer.verdict(key, "sias-2020", "silence", "activity", "Unknown", "不显示动态")

    assert bucket_of(ledger, fill) == "unknown"


def test_a_feed_counts_as_seen_though_the_platform_is_doubted(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo", doubt="对照账号读错")
        writer.visit(key, SUNDAY, Found(newest=Newest(at(SUNDAY), "exact", "feed")), witness="feed")
        writer.standing(key, SUNDAY, Newest(at(SUNDAY), "exact", "feed"), SUNDAY)

    assert bucket_of(ledger, fill) == "clear"


def test_one_breach_cites_every_text_that_it_breaks(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.verdict(key, "sias-2020", "silence", "activity", "Breach")
        writer.verdict(key, "ncwu-2023", "zombie", "activity", "Breach")
        writer.verdict(key, "ncwu-2023", "no-leader", "filing", "Breach")
        writer.case("C-1", key, "ncwu-2023", "zombie", "activity", [("opened", MONDAY)])
    [case] = told(ledger).open
    assert [clause.cited.split("》")[0] for clause in case.clauses] == [
        "《华北水利水电大学关于在全校开展网络媒体平台备案和互联网群组统计工作的通知",
        "《郑州西亚斯学院二级网络平台管理办法",
    ]


def test_a_night_beyond_the_wall_clock_is_told_too(ledger):
    with ledger.writing() as connection:
        Writer(connection).night(date(2027, 1, 9), "weibo")
    week = told(ledger, "2027-W01", MADE_AT)
    assert week.through == date(2027, 1, 9)
    assert week.platforms[0].believed == 1


def test_an_account_without_a_public_page_is_left_to_people(ledger):
    assert bucket_of(ledger, lambda writer: one_account(writer, platform="website", handle=None)) == "manual"


def test_a_suspicion_is_never_counted_as_a_breach(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Found(newest=Newest(at(date(2026, 8, 1)), "at_least")))
        writer.verdict(key, "sias-2020", "silence", "activity", "Suspected", since=MONDAY)
        writer.case("C-1", key, "sias-2020", "silence", "activity", [("suspected", MONDAY)])

    assert bucket_of(ledger, fill) == "suspected"
    week = told(ledger)
    assert [case.id for case in week.suspected] == ["C-1"]
    assert week.open == week.new == ()


def test_new_escalated_and_closed_are_told_from_the_trail(ledger):
    trails = {
        "C-1": [("opened", MONDAY), ("notice_issued", MONDAY)],
        "C-2": [("opened", date(2026, 9, 1)), ("notice_received", date(2026, 9, 9)), ("circular", SUNDAY)],
        "C-3": [("opened", date(2026, 9, 1)), ("closed", SUNDAY)],
        "C-4": [("opened", date(2026, 9, 1)), ("closed", date(2026, 11, 1))],
        "C-5": [("opened", date(2026, 9, 1)), ("notice_issued", date(2026, 9, 1))],
        "C-6": [("suspected", date(2026, 11, 2)), ("opened", SUNDAY)],
    }
    with ledger.writing() as connection:
        writer = Writer(connection)
        for number, (case, trail) in enumerate(trails.items()):
            key = one_account(writer, handle=str(number))
            writer.case(case, key, "sias-2020", "silence", "activity", trail, result="remedied")
    week = told(ledger)
    assert {case.id for case in week.new} == {"C-1"}
    assert {case.id for case in week.escalated} == {"C-2", "C-6"}
    assert {case.id for case in week.closed} == {"C-3"}
    assert {case.id for case in week.open} == {"C-1", "C-2", "C-5", "C-6"}
    assert week.trend[-1].opened == 4
    assert week.trend[-2].opened == 3  # C-2, C-3, C-5
    assert week.trend[-2].suspected == 1


def test_a_week_gone_by_is_told_as_it_was_then(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        trail = [("opened", MONDAY), ("notice_issued", MONDAY), ("closed", SUNDAY + timedelta(days=3))]
        writer.case("C-1", key, "sias-2020", "silence", "activity", trail, result="remedied")
        writer.verdict(key, "sias-2020", "silence", "activity", "Breach", to=SUNDAY + timedelta(days=3))
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Found(newest=Newest(at(date(2026, 8, 1)), "exact")))
        writer.standing(key, SUNDAY + timedelta(days=3), Newest(at(SUNDAY + timedelta(days=2)), "exact"))
    week = told(ledger, made_at=at(date(2026, 12, 9)))
    assert [case.stage for case in week.open] == ["notice_issued"]
    assert week.accounts[0].newest == Newest(at(date(2026, 8, 1)), "exact")
    assert told(ledger, "2026-W48", at(date(2026, 12, 9))).closed[0].result == "remedied"


def test_a_deadline_belongs_to_its_stage_only(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        trail = [("opened", MONDAY), ("notice_received", SUNDAY + timedelta(days=2))]
        writer.case("C-1", key, "sias-2020", "silence", "activity", trail, deadline=date(2026, 12, 25))
    assert told(ledger).open[0].deadline is None
    assert told(ledger, "2026-W48", at(date(2026, 11, 29))).open[0].deadline == date(2026, 12, 25)


def test_an_empty_ledger_and_a_first_week_are_fine(ledger):
    week = told(ledger)
    assert week.accounts == week.platforms == week.trend == ()
    assert sum(week.counts.values()) == 0


@pytest.mark.parametrize(
    ("asked", "answered", "words"),
    [
        (None, None, "未能搜索"),
        (0, 0, "本周没有安排搜索"),
        (5, 0, "问了 5 个词，都没有得到答复：未能搜索"),
        (5, 3, "问了 5 个词，3 个有答复，2 个未能搜索"),
        (5, 5, "问了 5 个词，都有答复"),
    ],
)
def test_what_was_not_searched_is_never_a_zero(ledger, asked, answered, words):
    with ledger.writing() as connection:
        Writer(connection).night(SUNDAY, "weibo", asked=asked, answered=answered)
    assert told(ledger).platforms[0].searched == words


def test_a_suspect_that_a_person_cleared_does_not_come_back_until_the_date_passes(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        found = invented.match("芸岭大学", "云岭大学", "passes_off", 0.9, "homophone1")
        for handle in "abc":
            writer.sighting("bilibili", handle, "芸岭大学", found, MONDAY)
        writer.decision("bilibili:a", "fine", MONDAY)
        writer.decision("bilibili:b", "fine", MONDAY, until=MONDAY + timedelta(days=2))
    assert [suspect.key for suspect in told(ledger).suspects] == ["bilibili:b", "bilibili:c"]
