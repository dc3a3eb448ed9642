"""The life of a case: who takes which step, on which day, and what never moves it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitors.calendar import Calendar, Limit, add_months
from monitors.cases import advance
from monitors.nouns import Case, Decision, Newest, Step, Verdict
from monitors.records import decided, record, revert
from monitors.rules import load
from monitors.trail import NIGHT, CaseError, Records, deadline, replayed

SIAS = next(one for one in load(["sias-2020"]) if one.rule == "silence")
NCWU = next(one for one in load(["ncwu-2023"]) if one.rule == "zombie")
GONE = next(one for one in load(["sias-2020"]) if one.rule == "gone")
NAME = next(one for one in load(["sias-2020"]) if one.rule == "unapproved-name")
UNSEEN = next(one for one in load([]) if one.rule == "unseen")
PLAIN = Calendar()
DAY = timedelta(days=1)
BEGUN = date(2026, 11, 20)
LAST = datetime(2026, 9, 1, 2, tzinfo=UTC)


def verdict(says="Breach", *, of=SIAS, fresh=True, since=date(2026, 11, 2), newest=LAST):
    seen = Newest(newest, "exact") if newest else None
    return Verdict("weibo:1", of.policy, of.rule, of.kind, says, "原因。", fresh, since, seen)


def case(*trail, of=SIAS, episode=1):
    return Case("weibo:1", of.policy, of.rule, of.kind, episode, tuple(trail), "C1")


def night(held, day, given=None, *, of=SIAS, done=False, decision=None, calendar=PLAIN):
    given = given or verdict(of=of)
    return advance(held, given, of, day, Records(done, decision), calendar=calendar)


def stages(steps):
    return [step.stage for step in steps]


def noticed(of=SIAS, day=BEGUN):
    return case(*night(None, day, verdict(of=of), of=of), of=of)


def grown(held, *steps):
    return replace(held, trail=(*held.trail, *steps))


def received(on, held=None):
    held = held or noticed()
    return grown(held, record(held, "notice_received", on, "张老师", "已签收", today=on))


# ── the first night ─────────────────────────────────────────────────────────────────────────────


def test_a_proven_breach_is_suspected_opened_and_noticed_in_one_night():
    steps = night(None, BEGUN)
    assert stages(steps) == ["suspected", "opened", "notice_issued"]
    assert all(step.on == BEGUN and step.by == NIGHT and step.why for step in steps)
    assert SIAS.clause in steps[1].why


def test_a_suspicion_stays_a_suspicion_until_it_is_proven():
    held = case(*night(None, BEGUN, verdict("Suspected")))
    assert stages(held.trail) == ["suspected"]
    for n in range(1, 300):
        assert night(held, BEGUN + n * DAY, verdict("Suspected")) == []
    assert stages(night(held, BEGUN + DAY)) == ["opened", "notice_issued"]


def test_a_suspicion_that_is_cleared_closes_as_remedied():
    held = case(*night(None, BEGUN, verdict("Suspected")))
    [step] = night(held, BEGUN + DAY, verdict("Clear"))
    assert (step.stage, step.result) == ("closed", "remedied")


@pytest.mark.parametrize("says", ["Clear", "Unknown"])
def test_without_a_breach_there_is_no_case(says):
    assert night(None, BEGUN, verdict(says)) == []


def test_a_rule_without_a_notice_stops_at_opened():
    silent = replace(SIAS, notice=False, circular_after=None, closure_after=None)
    assert stages(night(None, BEGUN, of=silent)) == ["suspected", "opened"]


def test_a_rule_that_makes_no_case_makes_none():
    for says in ("Breach", "Suspected", "Unknown"):
        assert night(None, BEGUN, verdict(says, of=UNSEEN), of=UNSEEN) == []


# ── waiting times ───────────────────────────────────────────────────────────────────────────────


def test_a_notice_waits_for_its_record_for_ever():
    held = noticed()
    assert deadline(replayed(held.trail), SIAS, Records(), PLAIN) is None
    for n in range(1, 400):
        assert night(held, BEGUN + n * DAY) == []


@pytest.mark.parametrize(
    ("on", "first"),
    [
        ("2026-11-20", "2026-12-21"),
        ("2026-11-30", "2026-12-31"),
        ("2026-12-28", "2027-01-29"),
        ("2027-01-28", "2027-03-01"),
        ("2027-01-29", "2027-03-01"),
        ("2027-01-31", "2027-03-01"),
        ("2028-01-31", "2028-03-01"),
    ],
)
def test_the_circular_is_due_the_day_after_a_month_from_the_recorded_receipt(on, first):
    on, first = date.fromisoformat(on), date.fromisoformat(first)
    held = received(on)
    due = deadline(replayed(held.trail), SIAS, Records(), PLAIN)
    assert (due.day, due.provisional) == (first, False)
    assert night(held, first - DAY) == []
    assert stages(night(held, first)) == ["circular"]


def test_closure_waits_for_the_day_on_which_the_circular_really_went_out():
    held = received(BEGUN)
    held = grown(held, *night(held, date(2026, 12, 21)))
    assert night(held, date(2027, 12, 1)) == []
    held = grown(held, record(held, "circular", date(2027, 1, 5), "张老师", "已通报", today=date(2027, 1, 6)))
    assert replayed(held.trail).published_on == date(2027, 1, 5)
    assert deadline(replayed(held.trail), SIAS, Records(), PLAIN).day == date(2027, 2, 6)
    assert night(held, date(2027, 2, 5)) == []
    assert stages(night(held, date(2027, 2, 6))) == ["closure_recommended"]


def test_nothing_follows_the_recommendation_but_recovery_and_people():
    held = case(*(Step(s, BEGUN, NIGHT, "…") for s in ("suspected", "opened", "closure_recommended")))
    assert night(held, BEGUN + 900 * DAY) == []
    assert stages(night(held, BEGUN + 900 * DAY, verdict("Clear"))) == ["closed"]


def test_where_steps_are_assumed_done_the_months_run_from_the_days_they_were_taken():
    held, taken = noticed(), []
    for n in range(1, 120):
        steps = night(held, BEGUN + n * DAY, done=True)
        taken += [(step.stage, step.on.isoformat()) for step in steps]
        held = grown(held, *steps)
    assert taken == [("circular", "2026-12-21"), ("closure_recommended", "2027-01-22")]


def test_a_recorded_day_outranks_the_assumption():
    held = received(BEGUN + 10 * DAY)
    assert night(held, date(2026, 12, 21), done=True) == []
    assert stages(night(held, date(2026, 12, 31), done=True)) == ["circular"]


def test_a_text_without_waiting_times_goes_no_further_than_the_notice():
    held = received(BEGUN, noticed(NCWU))
    for done in (True, False):
        assert deadline(replayed(held.trail), NCWU, Records(done), PLAIN) is None
        assert all(night(held, BEGUN + n * DAY, of=NCWU, done=done) == [] for n in range(1, 900, 7))


def test_a_gap_of_many_nights_takes_one_step_and_not_two():
    held = received(BEGUN)
    assert stages(night(held, BEGUN + 400 * DAY)) == ["circular"]


def test_a_vacation_stops_a_waiting_time():
    vacation = Calendar(pauses=((date(2026, 12, 1), date(2026, 12, 10)),))
    held = received(BEGUN)
    assert night(held, date(2026, 12, 30), calendar=vacation) == []
    assert stages(night(held, date(2026, 12, 31), calendar=vacation)) == ["circular"]


def test_a_wait_in_working_days_over_national_day():
    quick = replace(SIAS, circular_after=Limit(7, "working days"))
    # Received on 09-29: 09-30 is the 1st working day, 10-08 the 2nd, Saturday 10-10 the 4th, 10-14 the 7th.
    begun = date(2026, 9, 28)
    held = received(date(2026, 9, 29), noticed(day=begun))
    held_by = verdict(since=date(2026, 9, 28), newest=datetime(2026, 7, 1, tzinfo=UTC))
    assert night(held, date(2026, 10, 14), held_by, of=quick) == []
    assert stages(night(held, date(2026, 10, 15), held_by, of=quick)) == ["circular"]


def test_beyond_the_holiday_data_a_deadline_is_provisional_and_nothing_escalates():
    quick = replace(SIAS, circular_after=Limit(7, "working days"))
    held = received(date(2026, 12, 28))
    due = deadline(replayed(held.trail), quick, Records(), PLAIN)
    assert due.provisional
    assert due.day.year == 2027
    assert night(held, date(2027, 6, 1), of=quick) == []
    covered = replace(PLAIN, years=frozenset({2027}))
    assert stages(night(held, date(2027, 6, 1), of=quick, calendar=covered)) == ["circular"]


# ── nights that move nothing ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("says", ["Breach", "Suspected", "Clear", "Unknown"])
def test_a_night_without_fresh_evidence_moves_nothing(says):
    for held in (None, noticed(), received(BEGUN), case(*night(None, BEGUN, verdict("Suspected")))):
        assert night(held, BEGUN + 90 * DAY, verdict(says, fresh=False)) == []


@pytest.mark.parametrize("says", ["Suspected", "Unknown"])
def test_an_open_case_is_held_while_the_breach_is_not_proven_anew(says):
    assert night(received(BEGUN), BEGUN + 90 * DAY, verdict(says)) == []


def test_a_second_run_on_the_same_day_steps_no_case_twice():
    held = noticed()
    assert night(held, BEGUN) == []
    suspected = case(*night(None, BEGUN, verdict("Suspected")))
    assert night(suspected, BEGUN) == []
    closed = grown(held, *night(held, BEGUN + DAY, verdict("Clear")))
    assert night(closed, BEGUN + DAY) == []


def test_a_clock_set_back_steps_no_case():
    assert night(received(BEGUN + 3 * DAY), BEGUN + 2 * DAY, verdict("Clear")) == []


# ── recovery and episodes ───────────────────────────────────────────────────────────────────────


def test_recovery_closes_at_any_stage_and_a_new_silence_is_a_new_episode():
    held = received(BEGUN)
    held = grown(held, *night(held, date(2026, 12, 21)))
    [closed] = night(held, date(2026, 12, 25), verdict("Clear"))
    assert (closed.stage, closed.result, closed.by) == ("closed", "remedied", NIGHT)
    held = grown(held, closed)
    steps = night(held, date(2027, 3, 1), verdict(since=date(2027, 3, 1)))
    assert stages(steps) == ["suspected", "opened", "notice_issued"]


def test_a_post_within_a_gap_ends_the_old_case_and_its_deadline():
    held = received(BEGUN)
    posted = datetime(2026, 11, 25, 4, tzinfo=UTC)
    silent_again = verdict(since=date(2027, 1, 26), newest=posted)
    [closed] = night(held, date(2027, 2, 1), silent_again)
    assert (closed.stage, closed.result) == ("closed", "remedied")
    held = grown(held, closed)
    assert night(held, date(2027, 2, 1), silent_again) == []
    assert stages(night(held, date(2027, 2, 2), silent_again))[0] == "suspected"


def test_a_post_that_comes_to_light_later_ends_a_case_that_began_before_its_time_and_begins_another():
    # Opened on 11-20 for a silence since 09-01; in a gap the unit showed that it had posted on 11-10.
    held = received(BEGUN)
    shown = verdict(since=date(2027, 1, 11), newest=datetime(2026, 11, 10, 4, tzinfo=UTC))
    [closed] = night(held, date(2027, 2, 1), shown)
    assert (closed.stage, closed.result) == ("closed", "remedied")
    held = grown(held, closed)
    assert stages(night(held, date(2027, 2, 2), shown)) == ["suspected", "opened", "notice_issued"]
    # One whose limit had passed when it began goes on.
    before = verdict(since=BEGUN, newest=datetime(2026, 9, 19, 4, tzinfo=UTC))
    assert stages(night(received(BEGUN), date(2027, 2, 1), before)) == ["circular"]


# ── people ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("stage", "on", "says"),
    [
        ("notice_received", date(2026, 11, 19), "早于"),
        ("notice_received", date(2026, 12, 2), "还没有到"),
        ("circular", date(2026, 11, 25), "可以登记：单位已收到整改通知、已结案"),
        ("closure_recommended", date(2026, 11, 25), "不能登记"),
        ("opened", date(2026, 11, 25), "不能登记"),
        ("suspected", date(2026, 11, 25), "不能登记"),
    ],
)
def test_a_record_that_does_not_fit_is_refused_with_the_reason(stage, on, says):
    with pytest.raises(CaseError, match=says):
        record(noticed(), stage, on, "张老师", "", today=date(2026, 12, 1))


@pytest.mark.parametrize("by", ["", " ", NIGHT])
def test_a_record_names_a_person(by):
    with pytest.raises(CaseError, match="--by"):
        record(noticed(), "notice_received", BEGUN, by, "", today=BEGUN)


def test_a_recorded_day_is_corrected_by_recording_it_again():
    held = received(BEGUN + 3 * DAY)
    today = BEGUN + 4 * DAY
    held = grown(held, record(held, "notice_received", BEGUN + DAY, "张老师", "日期写错", today=today))
    assert deadline(replayed(held.trail), SIAS, Records(), PLAIN).day == date(2026, 12, 22)
    held = grown(held, *night(held, date(2026, 12, 22)))
    today = date(2027, 1, 1)
    for on in (date(2026, 12, 28), date(2026, 12, 23)):
        held = grown(held, record(held, "circular", on, "张老师", "", today=today))
    assert deadline(replayed(held.trail), SIAS, Records(), PLAIN).day == date(2027, 1, 24)
    with pytest.raises(CaseError, match="2026-12-22"):
        record(held, "circular", date(2026, 12, 21), "张老师", "", today=today)


def test_people_close_a_case_as_cancelled_and_the_same_silence_does_not_come_back():
    held = received(BEGUN)
    closed = record(held, "closed", BEGUN + 5 * DAY, "张老师", "账号已注销", today=BEGUN + 6 * DAY)
    assert closed.result == "cancelled"
    held = grown(held, closed)
    assert night(held, BEGUN + 30 * DAY) == []
    with pytest.raises(CaseError, match="结案"):
        record(held, "notice_received", BEGUN + 7 * DAY, "张老师", "", today=BEGUN + 9 * DAY)


def word(says, on=BEGUN, until=None, by="李老师"):
    return Decision("C1", says, on, by, "看过了", until)


def test_a_persons_no_is_remembered_until_a_new_breach_begins():
    held = noticed()
    fine = word("fine", BEGUN + DAY)
    [closed] = decided(held, fine, today=BEGUN + DAY)
    assert (closed.result, closed.by, closed.why) == ("mistaken", "李老师", "看过了")
    held = grown(held, closed)
    for n in range(2, 800, 30):
        assert night(held, BEGUN + n * DAY, decision=fine) == []
        assert night(held, BEGUN + n * DAY) == []
    anew = verdict(since=BEGUN + 90 * DAY, newest=None)
    assert stages(night(held, BEGUN + 90 * DAY, anew, decision=fine))[0] == "suspected"


def test_an_exemption_that_ends_is_reviewed_before_it_goes_on():
    until = BEGUN + 40 * DAY
    fine = word("fine", BEGUN + DAY, until)
    held = noticed()
    [closed] = decided(held, fine, today=BEGUN + DAY)
    assert closed.result == "exempt"
    held = grown(held, closed)
    assert night(held, until, decision=fine) == []
    [again] = night(held, until + DAY, decision=fine)
    assert again.stage == "suspected"
    assert "到期" in again.why
    second = case(again, episode=2)
    assert stages(night(second, until + 2 * DAY, decision=fine)) == ["opened", "notice_issued"]


def test_a_word_that_makes_no_sense_is_refused():
    with pytest.raises(CaseError, match="fine"):
        decided(noticed(), word("imitation", until=BEGUN + DAY), today=BEGUN)
    with pytest.raises(CaseError, match="过去"):
        decided(noticed(), word("fine", until=BEGUN - DAY), today=BEGUN)
    with pytest.raises(CaseError, match="台账之外"):
        decided(noticed(), word("imitation"), today=BEGUN)


def test_an_exemption_may_end_today():
    [closed] = decided(noticed(), word("fine", until=BEGUN), today=BEGUN)
    assert closed.result == "exempt"


def test_calling_an_opened_sighting_an_imitation_again_changes_nothing():
    held = case(Step("suspected", BEGUN, NIGHT, "…"), Step("opened", BEGUN, "李老师", "…"), of=NAME)
    assert decided(held, word("imitation"), today=BEGUN) == []


def test_unsure_changes_nothing():
    assert decided(noticed(), word("unsure"), today=BEGUN) == []
    assert stages(night(None, BEGUN, decision=word("unsure")))[-1] == "notice_issued"


# ── a step back ─────────────────────────────────────────────────────────────────────────────────


def test_a_won_appeal_takes_the_circular_back_and_the_month_runs_anew():
    held = received(BEGUN)
    held = grown(held, *night(held, date(2026, 12, 21)))
    back = revert(held, "张老师", "申诉成立", today=date(2026, 12, 28))
    assert (back.stage, back.reverts, back.why) == ("notice_received", True, "申诉成立")
    held = grown(held, back)
    assert replayed(held.trail).stage == "notice_received"
    assert night(held, date(2027, 1, 28)) == []
    assert stages(night(held, date(2027, 1, 29))) == ["circular"]


def test_a_notice_taken_back_is_not_issued_again_by_the_night():
    held = noticed()
    held = grown(held, revert(held, "张老师", "发错单位", today=BEGUN + DAY))
    assert replayed(held.trail).stage == "opened"
    assert all(night(held, BEGUN + n * DAY) == [] for n in range(2, 100))
    again = record(held, "notice_issued", BEGUN + 9 * DAY, "张老师", "重新发出", today=BEGUN + 9 * DAY)
    assert replayed(grown(held, again).trail).stage == "notice_issued"
    assert stages(night(held, BEGUN + 9 * DAY, verdict("Clear"))) == ["closed"]


def test_a_closed_case_can_be_taken_up_again():
    held = received(BEGUN)
    held = grown(held, record(held, "closed", BEGUN, "张老师", "", today=BEGUN))
    held = grown(held, revert(held, "张老师", "没有注销", today=BEGUN + DAY))
    state = replayed(held.trail)
    assert (state.stage, state.result, state.closed_on) == ("notice_received", None, None)


def test_a_step_back_from_a_published_circular_leads_to_the_stage_before_it():
    held = received(BEGUN)
    held = grown(held, *night(held, date(2026, 12, 21)))
    held = grown(held, record(held, "circular", date(2026, 12, 22), "张老师", "", today=date(2026, 12, 22)))
    held = grown(held, revert(held, "张老师", "申诉成立", today=date(2026, 12, 28)))
    state = replayed(held.trail)
    assert (state.stage, state.stage_on, state.published_on) == ("notice_received", BEGUN, None)


def test_the_first_step_cannot_be_taken_back_and_a_reason_is_needed():
    suspected = case(*night(None, BEGUN, verdict("Suspected")))
    with pytest.raises(CaseError, match="decide"):
        revert(suspected, "张老师", "…", today=BEGUN)
    with pytest.raises(CaseError, match="理由"):
        revert(noticed(), "张老师", " ", today=BEGUN)


@pytest.mark.parametrize(
    "trail",
    [
        (),
        (Step("opened", BEGUN, "张老师", "…", reverts=True),),
        (
            Step("suspected", BEGUN, NIGHT, "…"),
            Step("opened", BEGUN, NIGHT, "…"),
            Step("circular", BEGUN, "张老师", "…", reverts=True),
        ),
    ],
)
def test_a_trail_that_does_not_fit_together_is_refused(trail):
    with pytest.raises(CaseError):
        replayed(trail)


# ── sightings ───────────────────────────────────────────────────────────────────────────────────


def met(says="Suspected", *, fresh=True, since=BEGUN):
    return verdict(says, of=NAME, fresh=fresh, since=since, newest=None)


def seen(held, day, given=None, decision=None):
    return night(held, day, given or met(), of=NAME, decision=decision)


def test_a_sighting_waits_for_a_persons_word():
    held = case(*seen(None, BEGUN), of=NAME)
    assert stages(held.trail) == ["suspected"]
    assert all(seen(held, BEGUN + n * DAY) == [] for n in range(1, 200))


def test_a_persons_word_opens_it_and_the_next_night_notifies_even_unseen():
    held = case(*seen(None, BEGUN), of=NAME)
    imitation = word("imitation", BEGUN + DAY)
    opened = decided(held, imitation, today=BEGUN + DAY)
    assert [(s.stage, s.by) for s in opened] == [("opened", "李老师")]
    held = grown(held, *opened)
    steps = seen(held, BEGUN + 2 * DAY, met(fresh=False), imitation)
    assert [(s.stage, s.by) for s in steps] == [("notice_issued", NIGHT)]
    held = grown(held, *steps)
    assert all(seen(held, BEGUN + n * DAY, decision=imitation) == [] for n in range(3, 400))
    [closed] = seen(held, BEGUN + 400 * DAY, met("Clear"), imitation)
    assert closed.result == "remedied"


def test_a_sighting_decided_before_it_has_a_case_is_opened_or_left_alone():
    assert [(s.stage, s.by) for s in seen(None, BEGUN + DAY, decision=word("imitation"))] == [
        ("suspected", NIGHT),
        ("opened", "李老师"),
    ]
    assert seen(None, BEGUN + DAY, decision=word("fine")) == []


def test_a_sighting_called_fine_is_asked_again_only_under_another_name():
    held = case(*seen(None, BEGUN), of=NAME)
    fine = word("fine", BEGUN + DAY)
    held = grown(held, *decided(held, fine, today=BEGUN + DAY))
    assert all(seen(held, BEGUN + n * DAY, decision=fine) == [] for n in range(2, 900, 50))
    renamed = met(since=BEGUN + 60 * DAY)
    assert stages(seen(held, BEGUN + 60 * DAY, renamed, fine)) == ["suspected"]


def test_a_person_may_change_his_mind_about_a_sighting():
    held = case(*seen(None, BEGUN), of=NAME)
    held = grown(held, *decided(held, word("fine", BEGUN + DAY), today=BEGUN + DAY))
    second = word("imitation", BEGUN + 9 * DAY)
    assert decided(held, second, today=BEGUN + 9 * DAY) == []
    assert stages(seen(held, BEGUN + 10 * DAY, decision=second)) == ["suspected", "opened"]


# ── for all lives of a case ─────────────────────────────────────────────────────────────────────

ORDER = ["suspected", "opened", "notice_issued", "notice_received", "circular", "closure_recommended"]


class Life(RuleBasedStateMachine):
    """Nights and people in any order; what must hold whatever they do."""

    @initialize(done=st.booleans(), rule=st.sampled_from([SIAS, NCWU, GONE]))
    def born(self, done, rule):
        self.day, self.done, self.rule, self.decision = BEGUN, done, rule, None
        self.episodes: list[Case] = []
        self.stage = None

    @property
    def held(self):
        return self.episodes[-1] if self.episodes else None

    def take(self, steps):
        closed = self.held is None or replayed(self.held.trail).stage == "closed"
        if not steps:
            return
        if closed and not steps[0].reverts:
            assert steps[0].stage == "suspected"
            self.episodes.append(case(of=self.rule, episode=len(self.episodes) + 1))
        self.episodes[-1] = grown(self.held, *steps)

    @rule(
        days=st.integers(0, 45),
        says=st.sampled_from(["Breach", "Breach", "Suspected", "Unknown", "Clear"]),
        fresh=st.booleans(),
        recent=st.booleans(),
    )
    def a_night(self, days, says, fresh, recent):
        self.day += days * DAY
        newest = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC) if recent else LAST
        since = self.day if recent else date(2026, 11, 2)
        given = verdict(says, of=self.rule, fresh=fresh, since=since, newest=newest)
        before, state = self.held, self.held and replayed(self.held.trail)
        due = state and deadline(state, self.rule, Records(self.done), PLAIN)
        steps = advance(before, given, self.rule, self.day, Records(self.done, self.decision), calendar=PLAIN)
        if not fresh or says == "Unknown":
            assert steps == []
        if says == "Suspected":
            assert stages(steps) in ([], ["suspected"], ["closed"])
        # One step at a time; only the first night may open and notify together.
        assert len(steps) == 1 or stages(steps) in (
            [],
            ["suspected", "opened", "notice_issued"],
            ["opened", "notice_issued"],
        )
        for step in steps:
            if step.stage in ("circular", "closure_recommended"):
                assert due is not None
                assert self.day >= due.day > add_months(due.since, 1)
        self.take(steps)

    @precondition(lambda self: self.held)
    @rule(stage=st.sampled_from([*ORDER, "closed"]), back=st.integers(0, 60))
    def a_record(self, stage, back):
        try:
            step = record(self.held, stage, self.day - back * DAY, "张老师", "…", today=self.day)
        except CaseError:
            return
        assert step.stage in ("notice_received", "circular", "closed", "opened", "notice_issued")
        self.take([step])

    @precondition(lambda self: self.held)
    @rule()
    def a_step_back(self):
        try:
            self.take([revert(self.held, "张老师", "申诉", today=self.day)])
        except CaseError:
            assert {step.stage for step in replayed(self.held.trail).taken} == {"suspected"}

    @precondition(lambda self: self.held)
    @rule(says=st.sampled_from(["fine", "unsure"]), until=st.none() | st.integers(0, 90))
    def a_word(self, says, until):
        until = self.day + until * DAY if until is not None and says == "fine" else None
        self.decision = word(says, self.day, until)
        self.take(decided(self.held, self.decision, today=self.day))

    @invariant()
    def every_step_says_who_and_why_and_stages_are_never_skipped(self):
        for episode in getattr(self, "episodes", []):
            assert all(step.by and step.why for step in episode.trail)
            taken = [s for s in replayed(episode.trail).taken if s.stage != "closed"]
            numbers = [ORDER.index(step.stage) for step in taken]
            assert numbers == sorted(numbers)
            assert numbers[0] == 0
            # The only stage that may be passed over is the receipt, and only where it is assumed.
            for one, other in itertools.pairwise(numbers):
                assert other - one <= 1 or (self.done and (one, other) == (2, 4))

    @invariant()
    def the_state_is_the_replay(self):
        """Worked out apart from `replayed`: walk the trail with a plain stack."""
        for episode in getattr(self, "episodes", []):
            stack = []
            for step in episode.trail:
                if step.reverts:
                    left = stack[-1][0]
                    while stack[-1][0] == left:
                        stack.pop()
                else:
                    stack.append((step.stage, step.result))
            state = replayed(episode.trail)
            assert (state.stage, state.result) == stack[-1]
            assert (state.closed_on is None) == (state.stage != "closed")

    @invariant()
    def only_the_newest_episode_is_open(self):
        for episode in getattr(self, "episodes", [])[:-1]:
            assert replayed(episode.trail).stage == "closed"


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from(["Breach", "Unknown"])), max_size=20))
def test_without_recovery_a_case_only_goes_forward(nights):
    held, day, furthest = noticed(), BEGUN, 2
    for gap, says in nights:
        day += gap * DAY
        held = grown(held, *night(held, day, verdict(says), done=True))
        now = ORDER.index(replayed(held.trail).stage)
        assert now >= furthest
        assert says == "Breach" or now == furthest
        furthest = now
