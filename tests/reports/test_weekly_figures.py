"""The week's figures are sums over the ledger, nothing is concluded from absence, and a past week stays as it was."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import invented_ledger as invented
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invented_ledger import MONDAY, SUNDAY, Writer, at

from monitors import tables
from monitors.accounts import accept
from monitors.accounts import version as held_version
from monitors.nouns import Account, Blocked, Found, Gone, Newest, Reason
from monitors.register.acceptance import Applied
from monitors.register.changes import Version, changes
from monitors.register.groups import ChatGroup
from reports.weekly.alignment import aligned
from reports.weekly.figures import figures
from reports.weekly.frames import BUCKETS


def told(ledger, week=invented.WEEK, **law):
    with ledger.reading() as connection:
        return figures(connection, week, invented.law(**law))


def one_account(writer, **changes):
    facts = {"platform": "weibo", "handle": "1", "name": "云岭大学图书馆", "unit": "图书馆"} | changes
    return writer.account(Account(**facts)).key


def bucket_of(ledger, fill):
    with ledger.writing() as connection:
        fill(Writer(connection))
    [line] = told(ledger).accounts
    return line.bucket


def strip_of(ledger, fill, week=invented.WEEK):
    with ledger.writing() as connection:
        writer = Writer(connection)
        fill(writer, one_account(writer))
    [line] = told(ledger, week).accounts
    return line.strip


# ── sums ────────────────────────────────────────────────────────────────────────────────────────


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
            assert getattr(line.sums, column) == sum(getattr(night, column) for night in own)
        assert line.sums.believed == sum(night.believed for night in own)
        assert line.doubted == sum(not night.believed for night in own)


STAGES = ["suspected", "opened", "notice_issued", "notice_received", "circular", "closed"]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from("甲乙丙"), st.integers(0, 9), st.sampled_from([None, *STAGES])), max_size=25
    )
)
def test_any_mixture_of_fates_adds_up_and_equals_the_ledger(ledger, fates):
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.night(MONDAY, "weibo", planned=len(fates))
        for number, (unit, fate, stage) in enumerate(fates):
            key = one_account(writer, handle=str(number), unit=unit, state="停用" if fate == 0 else "在用")
            if fate > 3:
                writer.visit(key, MONDAY, Found(newest=Newest(at(MONDAY), "exact")))
                writer.known(key, MONDAY, Newest(at(MONDAY), "exact"))
            if fate in (5, 6):
                writer.verdict(key, "sias-2020", "silence", "activity", "Suspected")
            if fate in (6, 7):
                writer.verdict(key, "ncwu-2023", "zombie", "activity", "Breach")
            if stage:
                trail = (
                    [("suspected", MONDAY), (stage, MONDAY)] if stage != "suspected" else [(stage, MONDAY)]
                )
                writer.case(f"C-{number}", key, "sias-2020", "silence", "activity", trail, result="remedied")
        week = figures(connection, invented.WEEK, invented.law())
        connection.rollback()
    stages = Counter(stage for _, _, stage in fates)
    opened = len(fates) - stages[None] - stages["suspected"] - stages["closed"]
    assert sum(week.counts.values()) == sum(unit.total for unit in week.units) == len(fates)
    assert week.counts["retired"] == sum(fate == 0 for _, fate, _ in fates)
    assert week.now.open == len(week.open) == week.year.levels[-1].opened == opened
    assert sum(unit.open for unit in week.units) + week.unhoused == opened
    assert week.now.suspected == len(week.suspected) == week.year.levels[-1].suspected == stages["suspected"]
    assert week.now.remedied == stages["closed"]
    assert week.now.seen == sum(fate > 3 for _, fate, _ in fates)
    assert len(week.unread) == week.now.watched - week.now.seen
    assert week.counts["unseen"] == sum(
        1 <= fate <= 3 and stage in (None, "closed") for _, fate, stage in fates
    )


def test_the_open_case_of_an_account_that_left_the_register_is_counted_though_in_no_unit(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.case("C-1", key, "sias-2020", "silence", "activity", [("opened", MONDAY)])
        one_account(writer, handle="2")
        connection.execute(tables.account.update().where(tables.account.c.key == key).values(filed=False))
    week = told(ledger)
    assert (week.now.open, week.unhoused) == (1, 1)
    assert [(unit.total, unit.open) for unit in week.units] == [(1, 0)]
    assert week.open[0].name == "云岭大学图书馆"


# ── what may be concluded ───────────────────────────────────────────────────────────────────────


def test_an_account_behind_a_wall_all_week_is_unseen_and_not_silent(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Blocked("captcha"))
        writer.known(key, date(2026, 9, 2), Newest(at(date(2026, 9, 1)), "exact"))

    assert bucket_of(ledger, fill) == "unseen"
    [line] = told(ledger).unread
    assert (line.not_read, line.seen_on) == ("Blocked", date(2026, 9, 2))


def test_what_was_seen_on_a_doubted_night_does_not_count_as_seen(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo", doubt="对照账号读错")
        writer.visit(key, SUNDAY, Found(newest=Newest(at(SUNDAY), "exact")))

    assert bucket_of(ledger, fill) == "unseen"
    assert told(ledger).unread[0].not_read == "doubted"


def test_an_account_that_shows_no_date_is_not_called_free_of_problems(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Found())
        writer.known(key, SUNDAY)

    assert bucket_of(ledger, fill) == "unknown"


def test_an_account_that_the_platform_calls_gone_is_not_called_free_of_problems(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(MONDAY, "weibo")
        writer.night(SUNDAY, "weibo")
        writer.visit(key, MONDAY, Found(newest=Newest(at(MONDAY), "exact")))
        writer.visit(key, SUNDAY, Gone("cancelled", "该用户不存在"))
        writer.known(key, SUNDAY, Newest(at(MONDAY), "exact"))

    assert bucket_of(ledger, fill) == "unknown"


def test_an_account_whose_activity_no_rule_could_judge_is_not_called_free_of_problems(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo")
        writer.visit(key, SUNDAY, Found(hidden=True))
        writer.known(key, SUNDAY, Newest(at(date(2026, 11, 1)), "exact"))
        writer.verdict(key, "sias-2020", "silence", "activity", "Unknown", "不显示动态")

    assert bucket_of(ledger, fill) == "unknown"


def test_a_feed_counts_as_seen_though_the_platform_is_doubted(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.night(SUNDAY, "weibo", doubt="对照账号读错")
        writer.visit(key, SUNDAY, Found(newest=Newest(at(SUNDAY), "exact", "feed")), witness="feed")
        writer.known(key, SUNDAY, Newest(at(SUNDAY), "exact", "feed"))

    assert bucket_of(ledger, fill) == "clear"


def test_an_account_with_a_persons_leave_is_exempt(ledger):
    def fill(writer):
        key = one_account(writer)
        writer.decision(key, "fine", MONDAY, until=date(2026, 12, 31))

    assert bucket_of(ledger, fill) == "exempt"


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
    assert week.open == ()


@pytest.mark.parametrize(
    ("platform", "asked", "answered", "search"),
    [
        ("weibo", None, None, "never"),
        ("bilibili", None, None, "not_asked"),
        ("bilibili", 0, 0, "not_asked"),
        ("bilibili", 5, 0, "unanswered"),
        ("bilibili", 5, 3, "partly"),
        ("bilibili", 5, 5, "answered"),
    ],
)
def test_what_was_not_searched_is_never_a_zero(ledger, platform, asked, answered, search):
    with ledger.writing() as connection:
        Writer(connection).night(SUNDAY, platform, asked=asked, answered=answered)
    assert told(ledger).platforms[0].search == search


# ── strips ──────────────────────────────────────────────────────────────────────────────────────


def test_a_strip_says_silent_only_where_a_whole_answer_proves_it(ledger):
    def fill(writer, key):
        writer.known(key, MONDAY - timedelta(weeks=3), Newest(at(MONDAY - timedelta(weeks=3)), "exact"))
        writer.known(key, SUNDAY, Newest(at(MONDAY - timedelta(weeks=3)), "exact"))

    assert strip_of(ledger, fill).lstrip("-") == "pqqq"


def test_a_strip_never_says_silent_where_posts_may_be_hidden(ledger):
    def fill(writer, key):
        writer.known(key, MONDAY - timedelta(weeks=3), Newest(at(MONDAY - timedelta(weeks=3)), "at_least"))
        writer.known(key, SUNDAY, Newest(at(MONDAY - timedelta(weeks=3)), "at_least"))

    assert strip_of(ledger, fill).lstrip("-") == "puus"


def test_a_strip_shows_weeks_of_leave_as_exempt_and_a_post_in_them_as_a_post(ledger):
    def fill(writer, key):
        writer.known(key, MONDAY - timedelta(weeks=3), Newest(at(MONDAY - timedelta(weeks=3)), "exact"))
        writer.known(key, SUNDAY, Newest(at(MONDAY - timedelta(weeks=1)), "exact"))
        writer.decision(key, "fine", MONDAY - timedelta(weeks=2), until=MONDAY - timedelta(days=1))

    assert strip_of(ledger, fill).lstrip("-") == "pxpq"


def test_a_strip_takes_in_what_a_later_week_learnt_but_a_past_report_does_not(ledger):
    def fill(writer, key):
        writer.known(key, MONDAY - timedelta(weeks=2), Newest(at(MONDAY - timedelta(weeks=2)), "at_least"))
        writer.known(key, SUNDAY, Newest(at(SUNDAY), "at_least"), posted=[MONDAY - timedelta(days=1)])

    assert strip_of(ledger, fill).lstrip("-") == "ppp"
    assert told(ledger, "2026-W46").accounts[0].strip.lstrip("-") == "pu"


# ── cases ───────────────────────────────────────────────────────────────────────────────────────


def test_one_breach_cites_every_text_that_it_breaks(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.verdict(key, "sias-2020", "silence", "activity", "Breach")
        writer.verdict(key, "ncwu-2023", "zombie", "activity", "Breach")
        writer.verdict(key, "ncwu-2023", "no-leader", "filing", "Breach")
        writer.case("C-1", key, "ncwu-2023", "zombie", "activity", [("opened", MONDAY)])
    week = told(ledger)
    assert [clause.cited.split("》")[0] for clause in week.open[0].clauses] == [
        "《华北水利水电大学关于在全校开展网络媒体平台备案和互联网群组统计工作的通知",
        "《郑州西亚斯学院二级网络平台管理办法",
    ]
    assert {clause for case in week.cases for clause in case.clauses} <= set(week.numbers)


TRAILS = {
    "C-1": [("opened", MONDAY), ("notice_issued", MONDAY)],
    "C-2": [("opened", date(2026, 9, 1)), ("notice_received", date(2026, 9, 9)), ("circular", SUNDAY)],
    "C-3": [("opened", date(2026, 9, 1)), ("closed", SUNDAY)],
    "C-4": [("opened", date(2026, 9, 1)), ("closed", date(2026, 11, 1))],
    "C-5": [("opened", date(2026, 9, 1)), ("notice_issued", date(2026, 9, 1))],
    "C-6": [("suspected", date(2026, 11, 2)), ("opened", SUNDAY)],
}


def test_what_happened_is_told_from_the_trail_and_the_gravest_comes_first(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        for number, (case, trail) in enumerate(TRAILS.items()):
            key = one_account(writer, handle=str(number))
            writer.case(case, key, "sias-2020", "silence", "activity", trail, result="remedied")
    week = told(ledger)
    changes = {case.id: case.change for case in week.cases}
    assert changes == {"C-1": "new", "C-2": "further", "C-3": "closed", "C-5": "", "C-6": "further"}
    happened = {(event.case.id, event.what, event.stage) for event in week.events}
    assert happened == {
        ("C-1", "opened", "notice_issued"),
        ("C-2", "moved", "circular"),
        ("C-3", "closed", "closed"),
        ("C-6", "opened", "opened"),
    }
    assert [case.id for case in week.open] == ["C-2", "C-5", "C-1", "C-6"]
    assert (week.year.levels[-1].opened, week.year.levels[-2].opened) == (4, 3)  # before: C-2, C-3, C-5
    assert week.year.levels[-2].suspected == 1


def test_the_headline_changes_are_against_the_week_before(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        for offset in (-7, 0):
            writer.night(MONDAY + timedelta(days=offset), "weibo")
        for number, (case, trail) in enumerate(TRAILS.items()):
            key = one_account(writer, handle=str(number))
            writer.case(case, key, "sias-2020", "silence", "activity", trail, result="remedied")
    week = told(ledger)
    assert (week.now.open, week.changes["open"]) == (4, 1)
    assert (week.now.remedied, week.changes["remedied"]) == (1, 1)
    assert told(ledger, "2026-W46").changes == {}


def test_the_share_of_active_accounts_changes_in_points_and_not_at_all_where_either_week_knows_none(full):
    now = replace(told(full).now, active=6, known=8)
    assert now.active_share == 75
    assert now.since(replace(now, active=4))["active_share"] == 25
    assert now.since(replace(now, known=0))["active_share"] is None
    assert replace(now, known=0).since(now)["active_share"] is None


def test_a_week_names_its_own_days_and_a_week_without_a_night_has_no_newest(full):
    week, before = told(full), told(full, "2026-W10")
    assert (week.label, week.first, week.last) == (invented.WEEK, MONDAY, SUNDAY)
    assert week.first <= week.through <= week.last
    assert before.through is None
    assert told(full, "2026-W49").through is None
    assert week.year.believed[-1] is not None
    assert any(share is not None for share in week.year.active)
    assert all(a is None for a, b in zip(week.year.active, week.year.believed, strict=True) if b is None)


def test_a_week_whose_only_night_was_its_first_goes_as_far_as_that(ledger):
    with ledger.writing() as connection:
        Writer(connection).night(MONDAY, "weibo")
    assert told(ledger).through == MONDAY


def test_a_unit_s_week_is_its_own_lines_of_the_whole_week_and_nothing_else(full):
    week = told(full)
    parts = [week.of_unit(line.unit) for line in week.units]
    assert all(
        [line.unit for line in part.units] == [whole.unit]
        for part, whole in zip(parts, week.units, strict=True)
    )
    for section in ("cases", "events", "losses", "filings"):
        told_here = [one for part in parts for one in getattr(part, section)]
        units = {line.unit for line in week.units}
        of = (lambda one: one.case.unit) if section == "events" else (lambda one: one.unit)
        whole = [one for one in getattr(week, section) if of(one) in units]
        assert len(told_here) == len(whole), section
        assert all(of(one) == part.units[0].unit for part in parts for one in getattr(part, section))
    assert week.cases and week.events
    assert all(part.said == () for part in parts)


def test_a_deadline_follows_from_the_trail_and_is_not_that_of_a_later_stage(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        trail = [
            ("opened", MONDAY),
            ("notice_issued", MONDAY),
            ("notice_received", SUNDAY),
            ("circular", date(2026, 12, 25)),
        ]
        writer.case("C-1", key, "sias-2020", "silence", "activity", trail, deadline=date(2027, 1, 26))
    # "1 month after" the receipt on 22 November is over from 23 December on.
    assert told(ledger).open[0].deadline == date(2026, 12, 23)
    assert told(ledger, "2026-W52").open[0].deadline is None
    assert told(ledger, "2026-W52", assume_done=True).open[0].deadline == date(2027, 1, 26)


def test_a_published_circular_waits_for_its_term_and_not_for_a_decision(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.case(
            "C-1", key, "sias-2020", "silence", "activity", [("opened", MONDAY), ("circular", MONDAY)]
        )
        writer.put(
            tables.step, case="C-1", number=3, stage="circular", on=SUNDAY, by="王老师", why="", result=None,
            reverts=False, evidence=None, at=at(SUNDAY, 9),
        )  # fmt: skip
    [case] = told(ledger).open
    assert case.in_term and case.published_on == SUNDAY and case.deadline == date(2026, 12, 23)


# ── a week gone by ──────────────────────────────────────────────────────────────────────────────


def test_later_nights_later_words_and_later_registers_change_nothing_in_a_past_week(full):
    with full.writing() as connection:
        invented.a_year_before(Writer(connection), [], 3)
    before = told(full)
    later = SUNDAY + timedelta(days=3)
    with full.writing() as connection:
        writer = Writer(connection)
        writer.run(SUNDAY + timedelta(days=1))
        writer.night(later, "weibo", planned=20, found=20)
        key = before.accounts[0].key
        writer.visit(key, later, Gone("cancelled", "该用户不存在"))
        writer.known(key, later, Newest(at(later), "exact"), posted=[MONDAY])
        connection.execute(
            tables.verdict.update().where(tables.verdict.c.verdict == "Breach").values(to_day=later)
        )
        writer.case("C-9", before.accounts[1].key, "sias-2020", "gone", "gone", [("opened", later)])
        writer.decision("bilibili:77000001", "fine", later)
        # Written down on Wednesday, about the Friday before.
        writer.decision("bilibili:77000002", "imitation", SUNDAY - timedelta(days=2), moment=at(later, 10))
        changed = before.accounts[2]
        connection.execute(
            tables.account.update()
            .where(tables.account.c.key == changed.key)
            .values(name="新名", unit="新单位")
        )
        record = connection.scalar(
            sa.select(tables.account.c.record).where(tables.account.c.key == changed.key)
        )
        connection.execute(
            tables.account.update()
            .where(tables.account.c.key == changed.key)
            .values(record=replace(record, name="新名", unit="新单位"))
        )
        gone = before.accounts[3]
        connection.execute(
            tables.account.update().where(tables.account.c.key == gone.key).values(filed=False)
        )
        extra = one_account(writer, handle="42424242", name="后来的账号", unit="新单位")
        writer.put(
            tables.register_version,
            id=2, sha256="1" * 64, day=later, at=at(later), by="night", accounts=63, refused=1,
            changes=[
                {"key": changed.key, "kind": "renamed", "before": changed.name, "after": "新名"},
                {"key": changed.key, "kind": "unit", "before": changed.unit, "after": "新单位"},
                {"key": extra, "kind": "added", "before": None, "after": "后来的账号"},
                {"key": gone.key, "kind": "removed", "before": gone.name, "after": None},
            ],
        )  # fmt: skip
    assert told(full) == before
    assert {line.name for line in told(full, "2026-W48").accounts} >= {"新名", "后来的账号"}


def test_a_record_made_late_about_an_earlier_week_is_told_in_the_week_in_which_it_was_made(ledger):
    friday, tuesday = SUNDAY - timedelta(days=2), SUNDAY + timedelta(days=2)
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.run(SUNDAY + timedelta(days=1))
        trail = [("opened", MONDAY), ("notice_issued", MONDAY)]
        writer.case("C-1", key, "sias-2020", "silence", "activity", trail)
        writer.put(
            tables.step, case="C-1", number=3, stage="notice_received", on=friday, by="王老师", why="",
            result=None, reverts=False, evidence=None, at=at(tuesday, 10),
        )  # fmt: skip
    assert told(ledger).open[0].stage == "notice_issued"
    later = told(ledger, "2026-W48")
    assert [(event.on, event.stage) for event in later.events] == [(friday, "notice_received")]
    assert later.open[0].change == "further"


def test_in_a_rehearsal_of_past_weeks_what_people_say_today_counts_at_once(ledger):
    today = date(2027, 3, 1)
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.put(
            tables.register_version, id=2, sha256="1" * 64, day=today, at=at(today, 1), by="check", accounts=1,
            refused=0, changes=[{"key": key, "kind": "added", "before": None, "after": "云岭大学图书馆"}],
        )  # fmt: skip
        writer.put(
            tables.run, kind="night", day=SUNDAY, started_at=at(today, 9), ended_at=at(today, 9), exit=0
        )
        writer.night(SUNDAY, "weibo")
        found = invented.match("芸岭大学", "云岭大学", "passes_off", 0.9, "homophone1")
        writer.sighting("bilibili", "a", "芸岭大学", found, SUNDAY)
        writer.sighting("douyin", "hand", "芸岭大学", found, today, last=today, by="陈老师")
        writer.case("C-1", key, "sias-2020", "silence", "activity", [("opened", MONDAY)])
        writer.decision("bilibili:a", "fine", today, moment=at(today, 10))
        writer.put(
            tables.step, case="C-1", number=2, stage="closed", on=today, by="王老师", why="", result="mistaken",
            reverts=False, evidence=None, at=at(today, 10),
        )  # fmt: skip
    week = told(ledger)
    assert [line.key for line in week.accounts] == [key]
    assert [(suspect.key, suspect.by) for suspect in week.suspects] == [("douyin:hand", "陈老师")]
    assert week.open == ()
    assert week.year.levels[-1].opened == 0
    # A night of the next week closes this one: what is said after it is not told here.
    with ledger.writing() as connection:
        writer = Writer(connection)
        later = SUNDAY + timedelta(days=1)
        writer.put(
            tables.run, kind="night", day=later, started_at=at(today, 11), ended_at=at(today, 11), exit=0
        )
        writer.decision("bilibili:a", "imitation", today, moment=at(today, 12))
    assert [said.decision.word for said in told(ledger).said] == ["fine"]


def test_a_person_s_word_on_the_last_post_counts_from_the_day_it_was_given(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        key = one_account(writer)
        writer.known(key, MONDAY - timedelta(weeks=2), Newest(at(date(2026, 8, 1)), "at_least"))
        writer.put(
            tables.attestation, key=key, last_post=date(2026, 11, 10), by="李老师", link=None,
            on=SUNDAY, at=at(SUNDAY, 9),
        )  # fmt: skip
    assert told(ledger).accounts[0].newest.by == "hand"
    assert told(ledger, "2026-W46").accounts[0].newest.by == "page"


def an_alert(writer, number, day, *, role="officer", urgent=False, person="王老师", **message):
    """One alert in a message of its own, in the state that `message` gives; `None` for one never sent."""
    if message:
        values = {
            "status": "sent",
            "repeated": False,
            "started_at": None,
            "sent_at": None,
            "next_at": at(day),
        }
        writer.put(
            tables.message, id=number, channel="mail", address="a@b.cn", urgent=urgent, attempts=8,
            **(values | message),
        )  # fmt: skip
    writer.put(
        tables.alert, number=f"XJ-2026-{number:06d}", about=f"step:{number}:1", person=person, role=role,
        day=day, urgent=urgent, title=f"第 {number} 件事", text="", message=number if message else None,
    )  # fmt: skip


def test_alerts_that_reached_nobody_by_the_end_of_the_week_are_listed_until_four_weeks_are_over(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        an_alert(writer, 1, SUNDAY, status="sent", sent_at=at(SUNDAY, 7))
        an_alert(writer, 2, SUNDAY, status="dead", started_at=at(SUNDAY, 7))
        an_alert(writer, 3, MONDAY - timedelta(days=21), status="waiting")
        an_alert(writer, 4, MONDAY - timedelta(days=22), status="dead")
        an_alert(writer, 5, SUNDAY)
        an_alert(writer, 6, SUNDAY, status="in_doubt", repeated=True, started_at=at(SUNDAY, 9))
        an_alert(writer, 7, SUNDAY + timedelta(days=1), status="dead")
    lost = told(ledger).untold
    assert [(one.number[-1], one.person, one.doubtful) for one in lost] == [
        ("3", "王老师", False), ("2", "王老师", False), ("5", "王老师", False), ("6", "王老师", True),
    ]  # fmt: skip


def test_what_was_sent_given_up_or_revived_since_changes_nothing_in_a_past_week(ledger):
    after = SUNDAY + timedelta(days=2)
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.run(SUNDAY + timedelta(days=1))
        an_alert(writer, 1, SUNDAY, status="dead", started_at=at(SUNDAY, 9))
        an_alert(writer, 2, SUNDAY, status="waiting", started_at=at(SUNDAY, 9))
        an_alert(writer, 3, SUNDAY, status="in_doubt", started_at=at(SUNDAY, 9))
        an_alert(writer, 4, SUNDAY, status="sent", sent_at=at(SUNDAY, 3))
    before = told(ledger).untold
    assert [one.number[-1] for one in before] == ["1", "2", "3"]
    with ledger.writing() as connection:
        message = tables.message
        for number, status in ((1, "sent"), (2, "dead"), (3, "in_doubt")):
            values = {"status": status, "repeated": number == 3, "started_at": at(after, 9)}
            values["sent_at"] = at(after, 9) if status == "sent" else None
            connection.execute(message.update().where(message.c.id == number).values(**values))
    assert told(ledger).untold == before
    assert [one.number[-1] for one in told(ledger, "2026-W48").untold] == ["2", "3"]


def test_a_vacation_that_holds_alerts_back_has_lost_none_of_them(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        an_alert(writer, 1, MONDAY)
        an_alert(writer, 2, MONDAY, urgent=True)
        an_alert(writer, 3, MONDAY, role="maintainer")
    law = invented.law()
    law = replace(law, calendar=law.calendar.pausing([(MONDAY, SUNDAY)]))
    with ledger.reading() as connection:
        week = figures(connection, invented.WEEK, law)
    assert [one.number[-1] for one in week.untold] == ["2", "3"]
    assert len(told(ledger).untold) == 3


def test_an_empty_ledger_and_a_week_beyond_the_clock_are_fine(ledger):
    week = told(ledger)
    assert week.accounts == week.platforms == week.open == ()
    assert sum(week.counts.values()) == 0 and week.before is None and week.through is None
    with ledger.writing() as connection:
        Writer(connection).night(date(2027, 1, 9), "weibo")
    assert told(ledger, "2027-W01").through == date(2027, 1, 9)


@pytest.mark.parametrize("label", ["2026-W54", "2026-47", "last", "20x6-W01"])
def test_what_is_no_week_is_refused_with_words_that_say_how_to_write_one(ledger, label):
    with pytest.raises(ValueError, match=f"没有“{label}”这一周；应写成 2026-W47 这样"):
        told(ledger, label)


# ── look-alikes ─────────────────────────────────────────────────────────────────────────────────


def test_a_suspect_that_a_person_cleared_does_not_come_back_until_the_date_passes(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        found = invented.match("芸岭大学", "云岭大学", "passes_off", 0.9, "homophone1")
        for handle in "abc":
            writer.sighting("bilibili", handle, "芸岭大学", found, MONDAY)
        writer.decision("bilibili:a", "fine", MONDAY)
        writer.decision("bilibili:b", "fine", MONDAY, until=MONDAY + timedelta(days=2))
    suspects = told(ledger).suspects
    assert [suspect.key for suspect in suspects] == ["bilibili:b", "bilibili:c"]
    assert suspects[0].word.until == MONDAY + timedelta(days=2)


def test_a_suspect_is_told_as_it_was_met_that_week_and_by_which_search(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        late = SUNDAY + timedelta(days=4)
        then = invented.match("芸岭大学", "云岭大学", "passes_off", 0.9, "homophone1")
        now = invented.match("云岭大学招生", "云岭大学", "passes_off", 0.99, "exact_official")
        writer.sighting("bilibili", "a", "云岭大学招生", now, late, last=late)
        for day, name, found in [
            (MONDAY, "芸岭大学", then),
            (SUNDAY, "芸岭大学", then),
            (late, "云岭大学招生", now),
        ]:
            writer.meeting("bilibili:a", day, name, found)
        for word, day in [("云岭", MONDAY), ("云岭大学", SUNDAY)]:
            writer.put(tables.query_hit, platform="bilibili", word=word, key="bilibili:a", first_day=day)
    [suspect] = told(ledger).suspects
    assert (suspect.name, suspect.first_day, suspect.last_day, suspect.words) == (
        "芸岭大学", MONDAY, SUNDAY, ("云岭",),
    )  # fmt: skip
    [renamed] = told(ledger, "2026-W48").suspects
    assert (renamed.name, renamed.first_day, renamed.new) == ("云岭大学招生", late, True)


def test_of_two_suspects_the_active_one_stands_first_and_one_verified_as_another_body_last(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        found = invented.match("芸岭大学", "云岭大学", "passes_off", 0.9, "homophone1")
        asleep = Newest(at(MONDAY - timedelta(days=500)), "exact")
        awake = Newest(at(MONDAY), "at_least")
        writer.sighting("bilibili", "a", "芸岭大学", found, MONDAY, verified=True, verified_as="芸岭有限公司")
        writer.sighting("bilibili", "b", "芸岭大学", found, MONDAY, newest=asleep)
        writer.sighting("bilibili", "c", "芸岭大学", found, MONDAY)
        writer.sighting("bilibili", "d", "芸岭大学", found, MONDAY, newest=awake)
    assert [suspect.key[-1] for suspect in told(ledger).suspects] == ["d", "c", "b", "a"]


def test_a_suspect_belongs_to_the_unit_whose_name_it_plays_on(full):
    with full.writing() as connection:
        found = invented.match(
            "云岭大学图书館", "云岭大学图书馆", "passes_off", 0.9, "variant_trad", ("館", "馆", "繁体")
        )
        Writer(connection).sighting("bilibili", "lib", "云岭大学图书館", found, MONDAY)
    week = told(full)
    assert {suspect.unit for suspect in week.suspects} == {"", "图书馆"}
    own = week.of_unit("图书馆")
    assert [suspect.name for suspect in own.suspects] == ["云岭大学图书館"]
    assert {line.unit for line in own.accounts} == {"图书馆"}


def test_reasons_that_the_two_names_show_already_are_left_out(ledger):
    with ledger.writing() as connection:
        reasons = [
            ("云", "云", "相同"),
            ("玲", "岭", "近音"),
            ("云玲大学", "云岭大学", "命中"),
            ("处", "处", "校园用语"),
        ]
        found = invented.match("云玲大学处", "云岭大学", "passes_off", 0.9, "near_homophone", *reasons)
        Writer(connection).sighting("bilibili", "a", "云玲大学处", found, MONDAY)
        plain = invented.match(
            "云岭大学", "云岭大学", "passes_off", 1.0, "exact",
            ("云岭大学", "云岭大学", "相同"), ("云岭大学", "云岭大学", "命中 17.1/17.1 比特"),
        )  # fmt: skip
        Writer(connection).sighting("bilibili", "b", "云岭大学", plain, MONDAY)
        twin = ("云岭大学", "云岭大学", "与台账里的账号同名")
        found = invented.match("云岭大学", "云岭大学", "passes_off", 1.0, "exact", twin)
        Writer(connection).sighting("weibo", "c", "同名", found, MONDAY)
    told_by = {suspect.name: [reason.why for reason in suspect.reasons] for suspect in told(ledger).suspects}
    assert told_by == {
        "云玲大学处": ["近音", "校园用语"],
        "云岭大学": ["一字不差"],
        "同名": ["与台账里的账号同名"],
    }


def test_the_weights_of_the_matcher_are_told_in_per_cent_and_what_is_the_same_not_at_all(ledger):
    with ledger.writing() as connection:
        reasons = [
            ("学大岭云", "学大岭云", "相同"),
            ("学大岭云", "云岭大学", "颠倒了次序"),
            ("学大岭云", "云岭大学", "命中 15.0/20.0 比特"),
            ("岭大", "岭南大学", "反证：也像这所学校，命中 10.6/10.6 比特"),
        ]
        found = invented.match("学大岭云", "云岭大学", "plays_on", 0.9, "word_order", *reasons)
        Writer(connection).sighting("bilibili", "a", "学大岭云", found, MONDAY)
    [suspect] = told(ledger).suspects
    assert [reason.why for reason in suspect.reasons] == [
        "颠倒了次序",
        "吻合 75%（越罕见的字分量越重）",
        "反证：也像这所学校，吻合 100%（越罕见的字分量越重）",
    ]


@pytest.mark.parametrize(
    ("candidate", "protected", "reasons", "expected"),
    [
        ("华山大学官方", "花山大学", [("华", "花", "同音")], "花/华! 山大学=山大学 +官方"),
        ("云 岭大学", "云岭大学", [], "云=云 / ! 岭大学=岭大学"),
        ("云岭大鞋", "云岭大学", [("鞋", "学", "近音")], "云岭大=云岭大 学/鞋!"),
        ("我爱yunling大学", "云岭大学", [("yunling", "云岭", "拼音")], "+我爱 云岭/yunling! 大学=大学"),
        ("云岭大学墙", "云岭大学", [("云岭大学墙", "云岭大学", "含有")], "云岭大学=云岭大学 +墙"),
        (
            "云玲大学处",
            "云岭大学",
            [("云玲大学", "云岭大学", "命中"), ("玲", "岭", "近音")],
            "云=云 岭/玲! 大学=大学 +处",
        ),
        ("云岭", "云岭大学", [], "云岭=云岭 大学/!"),
        ("XYZ", "云岭大学", [], "云岭大学/XYZ!"),
    ],
)
def test_a_name_lies_under_the_name_it_plays_on_with_what_differs_marked(
    candidate, protected, reasons, expected
):
    pieces = aligned(candidate, protected, [Reason(*reason) for reason in reasons])
    shown = " ".join(
        f"+{p.under}" if p.extra else f"{p.over}={p.under}" if p.same else f"{p.over}/{p.under}!"
        for p in pieces
    )
    assert shown == expected
    assert "".join(piece.under for piece in pieces) == candidate
    assert "".join(piece.over for piece in pieces) == protected


def test_a_chat_group_that_must_be_confirmed_stands_among_the_filings_and_on_its_units_page(ledger):
    group = ChatGroup("wechat_group", "教工群", "文学院", members=200)
    with ledger.writing() as connection:
        writer = Writer(connection)
        one_account(writer, unit="文学院")
        one_account(writer, handle="2", unit="图书馆")
        moment = at(MONDAY - timedelta(days=30))
        writer.put(
            tables.register_version, sha256="0" * 64, day=moment.date(), at=moment, by="甲", accounts=2,
            refused=0, changes=[],
        )  # fmt: skip
        writer.put(tables.chat_group, key=group.key, record=group)
        writer.verdict(group.key, "sias-2020", "filed-late", "filing", "Breach", why="一个学期没有确认。")
    week = told(ledger)
    [line] = week.filings
    assert (line.name, line.unit, line.why) == ("教工群", "文学院", "一个学期没有确认。")
    pages = {unit: week.of_unit(unit).filings for unit in ("文学院", "图书馆")}
    assert [len(found) for found in pages.values()] == [1, 0]


def accepted(writer, *groups, moment, accounts=("文学院", "图书馆")):
    """The register as the program takes it, at this moment."""
    before = held_version(writer.connection)
    held = tuple(Account("weibo", str(n), f"云岭大学{unit}", unit) for n, unit in enumerate(accounts, 1))
    version = Version(accounts=held, groups=groups)
    told = Applied(version, (), (), tuple(changes(before or Version(), version)))
    accept(writer.connection, told, sha256="0" * 64, day=moment.date(), by="甲", refused=0)
    newest = sa.select(sa.func.max(tables.register_version.c.id)).scalar_subquery()
    version = tables.register_version
    writer.connection.execute(version.update().where(version.c.id == newest).values(at=moment))


def test_chat_groups_that_came_left_or_moved_since_change_nothing_in_a_past_week(ledger):
    then, after = at(MONDAY - timedelta(days=30)), at(SUNDAY + timedelta(days=3))
    left = ChatGroup("wechat_group", "教工群", "文学院")
    moved = ChatGroup("qq_group", "新生群", "文学院", number="123456")
    with ledger.writing() as connection:
        writer = Writer(connection)
        connection.execute(tables.register_version.delete())
        accepted(writer, left, moved, moment=then)
        for group in (left, moved):
            writer.verdict(group.key, "sias-2020", "filed-late", "filing", "Breach", why="没有确认。")
    before = told(ledger)
    assert [(line.name, line.unit) for line in before.filings] == [("教工群", "文学院"), ("新生群", "文学院")]
    new = ChatGroup("wechat_group", "读书群", "图书馆")
    with ledger.writing() as connection:
        writer = Writer(connection)
        writer.run(SUNDAY + timedelta(days=1))
        accepted(writer, replace(moved, name="老生群", unit="图书馆"), new, moment=after)
        writer.verdict(new.key, "sias-2020", "filed-late", "filing", "Breach", why="没有确认。", day=MONDAY)
    assert told(ledger).filings == before.filings
    later = told(ledger, "2026-W48")
    assert [(line.name, line.unit) for line in later.filings] == [("老生群", "图书馆"), ("读书群", "图书馆")]
    assert later.filed.edited == {
        "group_added": 1, "group_removed": 1, "group_renamed": 1, "group_unit": 1,
    }  # fmt: skip


def test_an_account_on_a_platform_without_a_night_is_told_apart_from_one_whose_turn_did_not_come(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        one_account(writer)
        one_account(writer, platform="douyin")
        writer.night(SUNDAY, "weibo", planned=1, unseen=1, requests=4)
    week = told(ledger)
    assert {line.platform: line.not_read for line in week.unread} == {
        "weibo": "not_visited", "douyin": "no_night",
    }  # fmt: skip
    assert [line.sums.requests for line in week.platforms] == [4, 0]


def test_an_account_lost_long_ago_is_not_news_of_this_week(ledger):
    with ledger.writing() as connection:
        writer = Writer(connection)
        for number, since in enumerate((date(2026, 9, 1), MONDAY, None)):
            key = one_account(writer, handle=str(number))
            writer.verdict(key, "sias-2020", "gone", "gone", "Breach", f"第 {number} 个", since)
    assert {line.why: line.fresh for line in told(ledger).losses} == {
        "第 0 个": False, "第 1 个": True, "第 2 个": True,
    }  # fmt: skip
