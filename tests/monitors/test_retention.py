"""What the ledger lets go when its term is over, on real files: strangers nobody suspects, and words sent long ago."""

import logging
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import ledgers
import pytest
import sqlalchemy as sa
from test_judge_of_sightings import FIRST, KEY, LIBRARY, Nights

from monitors import casebook, retention, tables
from monitors.ledger import Ledger
from monitors.nouns import Count, Decision, Found, Newest, Profile
from monitors.records import decided
from monitors.retention import LET_GO, Terms, purge
from monitors.trail import Records

TERMS = Terms(strangers=100, contacts=100)
PERSON = Profile(None, "", verified=True, verified_as="昆明某某工作室", followers=Count(98765, True))
NAME = "云玲大学表白墙"


class Years(Nights):
    """Nights, people's words with all that follows from them, and purges."""

    def say(self, word, key=KEY, until=None):
        said = Decision(key, word, self.day - timedelta(days=1), "张", "看过", until)
        with self.ledger.writing() as connection:
            [*_, case] = casebook.cases(connection, tables.case.c.key == key)
            said = replace(said, key=case.id)
            values = {name: getattr(said, name) for name in ("key", "word", "by", "why", "until", "on")}
            at = datetime.combine(said.on, datetime.min.time(), UTC)
            connection.execute(tables.decision.insert().values(**values, at=at, name=NAME))
            if steps := decided(case, said, today=said.on):
                identity = (case.key, case.policy, case.rule)
                casebook.append(
                    connection,
                    case,
                    identity,
                    case.kind,
                    steps,
                    rule=self.law.rule(case.policy, case.rule),
                    records=Records(True, said),
                    calendar=self.law.calendar,
                )

    def later(self, days):
        self.day += timedelta(days=days)

    def purged(self, terms=TERMS):
        with self.ledger.writing() as connection:
            return dict(purge(connection, self.day, terms))

    def rows(self, table):
        with self.ledger.reading() as connection:
            return connection.execute(sa.select(table).order_by(*table.primary_key)).all()

    def histories(self):
        with self.ledger.reading() as connection:
            return {
                case.id: (case.key, [(step.stage, step.on, step.by, step.result) for step in case.trail])
                for case in casebook.cases(connection)
            }


@pytest.fixture
def years(tmp_path):
    ledger = Ledger(ledgers.address(tmp_path))
    yield Years(ledger)
    ledger.close()


def met_and_cleared(years):
    """Met by a search, looked at once, and called fine by a person."""
    years.night(NAME, shown=PERSON)
    at = datetime(2026, 11, 20, 4, tzinfo=UTC)
    years.night(NAME, shown=PERSON, looked=Found(NAME, True, "昆明某某工作室", newest=Newest(at, "at_least")))
    years.say("fine")
    years.night()


class TestStrangers:
    def test_of_a_stranger_who_was_cleared_and_not_met_again_nothing_stays_but_that_he_was(
        self, years, tmp_path
    ):
        met_and_cleared(years)
        years.later(100)
        assert years.purged() == {"sightings": 1, "searches": 3 + 3}
        assert years.met() == {}
        [row] = years.rows(tables.forgotten)
        assert (row.key, row.first_day) == (KEY, FIRST)
        for table in (tables.meeting, tables.query_hit, tables.verdict, tables.standing, tables.account_week):
            assert [one for one in years.rows(table) if one.key == KEY] == [], table.name
        assert years.cases() == [[("suspected", None), ("closed", "mistaken")]]
        assert [(one.by, one.why) for one in years.rows(tables.step)] == [("night", LET_GO), ("张", "看过")]
        [word] = years.rows(tables.decision)
        assert (word.word, word.why, word.name) == ("fine", "看过", None)
        years.ledger.close()
        whole = ledgers.whole(tmp_path)
        for said in (NAME, "昆明某某工作室", "98765"):
            assert said.encode() not in whole, said
            assert "".join(f"\\u{ord(one):04x}" for one in said).encode() not in whole, said

    def test_a_day_before_the_term_all_of_it_is_there(self, years):
        met_and_cleared(years)
        years.later(98)
        assert "sightings" not in years.purged()
        assert years.met()[KEY].profile.followers == Count(98765, True)

    def test_met_again_under_his_name_nobody_is_asked_a_second_time(self, years):
        met_and_cleared(years)
        years.later(100)
        years.purged()
        years.night(NAME, shown=PERSON)
        years.night(NAME, shown=PERSON)
        assert years.cases() == [[("suspected", None), ("closed", "mistaken")]]
        assert years.hits() == 1 + 1  # The two nights before the word count as one asking each.
        assert years.met()[KEY].first_day == FIRST
        assert years.rows(tables.forgotten) == []
        assert years.taken == []

    def test_met_again_without_his_id_it_is_him_by_his_name(self, years):
        met_and_cleared(years)
        years.later(100)
        years.purged()
        years.night(NAME, handle=None)
        assert list(years.met()) == [KEY]
        assert years.taken == []

    def test_met_again_under_another_name_he_is_asked_about_anew(self, years):
        met_and_cleared(years)
        years.later(100)
        years.purged()
        years.night("云岭大学招生办")
        assert years.cases()[1:] == [[("suspected", None)]]

    def test_another_account_of_his_name_is_asked_about(self, years):
        met_and_cleared(years)
        years.later(100)
        years.purged()
        years.night(NAME, handle="6200000007")
        assert [key for key, _ in years.histories().values()] == [KEY, "weibo:6200000007"]

    def test_who_is_suspected_or_was_called_an_imitation_stays_for_good(self, years):
        years.night("云玲大学官方", handle="6200000001")
        years.night("云玲大学教务处", handle="6200000002")
        years.say("imitation", "weibo:6200000002")
        years.night("山间小店", handle="6200000002")
        assert years.histories()["C2026-000002"][1][-1][0] == "closed"
        years.later(3000)
        assert years.purged() == {"searches": 6}
        assert set(years.met()) == {KEY, "weibo:6200000002"}

    def test_one_who_has_been_filed_since_keeps_what_was_seen_of_him(self, years):
        met_and_cleared(years)
        with years.ledger.writing() as connection:
            held = connection.execute(sa.select(tables.account)).one()._asdict()
            filed = replace(LIBRARY, handle="6200000001", name=NAME)
            row = {**held, "key": KEY, "handle": filed.handle, "name": NAME, "record": filed}
            connection.execute(tables.account.insert().values(**row))
        seen = len([row for row in years.rows(tables.observation) if row.key == KEY])
        years.later(100)
        years.purged()
        assert len([row for row in years.rows(tables.observation) if row.key == KEY]) == seen == 1
        assert len([row for row in years.rows(tables.standing) if row.key == KEY]) == 1

    def test_one_whom_a_person_met_and_no_rule_suspected_leaves_no_trace(self, years):
        with years.ledger.writing() as connection:
            row = {
                "key": KEY,
                "platform": "weibo",
                "handle": None,
                "name": "山间小店",
                "score": 0.0,
                "by": "李",
            }
            days = {"first_day": FIRST, "last_day": FIRST}
            profile = Profile(None, "山间小店")
            connection.execute(tables.sighting.insert().values(**row, **days, profile=profile, match={}))
        years.later(101)
        assert years.purged() == {"sightings": 1}
        assert years.rows(tables.forgotten) == years.rows(tables.sighting) == []

    @pytest.mark.parametrize("seed", range(2))
    def test_with_and_without_purges_the_cases_of_strangers_are_the_same(self, tmp_path, seed):
        lives = []
        for terms in (TERMS, Terms(None, None)):
            ledger = Ledger(ledgers.address(tmp_path / f"{terms.strangers}"))
            lives.append(_lived(Years(ledger), random.Random(seed), terms))
            ledger.close()
        assert lives[0] == lives[1]
        assert len(lives[0]) > 3


def _lived(years, dice, terms):
    """Three strangers who come and go under two names each, and people who say now this, now that."""
    for _ in range(45):
        for handle in ("6200000001", "6200000002", "6200000003"):
            open_ones = [
                i for i, (k, t) in years.histories().items() if k.endswith(handle) and t[-1][0] != "closed"
            ]
            names = ["云玲大学官方", "云玲大学官方", "云玲大学招生办"] + ["山间小店"] * bool(open_ones)
            shown, word = dice.choice(names), dice.choice(["fine", "fine", "fine", "unsure", "imitation"])
            until = dice.choice([None, None, years.day + timedelta(days=150)])
            says, meets = dice.random() < 0.5, dice.random() < 0.3
            if open_ones and says:
                years.say(word, f"weibo:{handle}", until if word == "fine" else None)
            if meets:
                years.night(shown, handle=handle)
        years.later(dice.randint(1, 60))
        years.purged(terms)
    return years.histories()


class TestThePurge:
    def test_it_writes_down_what_went_and_why_once_and_says_so_in_the_log(self, years, caplog):
        met_and_cleared(years)
        years.later(100)
        with caplog.at_level(logging.INFO, "monitors.retention"):
            years.purged()
            assert years.purged() == {}
        [row] = years.rows(tables.purge)
        assert (row.day, row.gone, row.terms) == (
            years.day,
            {"searches": 6, "sightings": 1},
            {"strangers": 100, "contacts": 100},
        )
        [said] = [one.getMessage() for one in caplog.records]
        assert "6 searches, 1 sightings" in said
        assert NAME not in said

    def test_killed_at_any_statement_it_has_done_nothing(self, years):
        met_and_cleared(years)
        _told(years, "张", FIRST)
        years.later(200)
        held = {table.name: years.rows(table) for table in tables.metadata.sorted_tables}
        engine, number, counted = years.ledger._writer, [0], [0]

        @sa.event.listens_for(engine, "before_cursor_execute")
        def strike(connection, cursor, statement, *_):
            counted[0] += 1
            if counted[0] == number[0]:
                raise KeyboardInterrupt

        for number[0] in range(1, 200):
            counted[0] = 0
            try:
                years.purged()
            except KeyboardInterrupt:
                for table in tables.metadata.sorted_tables:
                    assert years.rows(table) == held[table.name], (number[0], table.name)
                continue
            break
        sa.event.remove(engine, "before_cursor_execute", strike)
        assert number[0] > 12
        assert years.met() == {}

    def test_without_terms_everything_stays(self, years):
        met_and_cleared(years)
        years.later(9000)
        assert years.purged(Terms(None, None)) == {}


def _told(years, person, day, about="doubt:weibo:2026-11-20", status="sent"):
    with years.ledger.writing() as connection:
        now = datetime(2026, 11, 20, tzinfo=UTC)
        values = {"channel": "mail", "address": "wang@yunling.example", "status": status, "urgent": False}
        made = tables.message.insert().values(**values, attempts=1, next_at=now, repeated=False)
        message = connection.scalar(made.returning(tables.message.c.id))
        words = {"title": "标题", "text": "正文", "person": person, "role": "officer", "urgent": False}
        row = {**words, "number": f"XJ-2026-{message:06d}", "about": about, "day": day, "message": message}
        connection.execute(tables.alert.insert().values(**row))


class TestWords:
    def test_of_what_was_sent_long_ago_neither_text_nor_address_stays(self, years):
        _told(years, "王", FIRST)
        _told(years, "王", FIRST + timedelta(days=60), "missed:2027-01-19")
        years.later(101)
        assert years.purged() == {"addresses": 1, "texts": 1}
        assert [(row.title, row.text) for row in years.rows(tables.alert)] == [("标题", ""), ("标题", "正文")]
        assert [row.address for row in years.rows(tables.message)] == ["", "wang@yunling.example"]

    def test_what_has_not_arrived_stays_whole(self, years):
        for place, status in enumerate(("dead", "waiting", "in_doubt", "started")):
            _told(years, "王", FIRST, f"missed:2026-11-{place + 10}", status)
        years.later(500)
        assert years.purged() == {}

    def test_of_an_open_case_the_words_are_needed_for_reminders(self, years):
        years.night("云玲大学官方")
        [case] = years.histories()
        _told(years, "王", FIRST, f"step:{case}:1")
        years.later(500)
        assert years.purged() == {"addresses": 1, "searches": 2}
        assert [row.text for row in years.rows(tables.alert)] == ["正文"]

    def test_the_alerts_about_a_forgotten_stranger_no_longer_name_him(self, years):
        met_and_cleared(years)
        [case] = years.histories()
        _told(years, "王", years.day, f"step:{case}:1")
        _told(years, "王", years.day, "step:C2026-999999:1")
        years.later(100)
        years.purged(Terms(100, None))
        assert [(row.title, row.text) for row in years.rows(tables.alert)] == [(LET_GO, ""), ("标题", "正文")]


class TestFiles:
    def test_the_nights_and_letters_past_their_term_are_the_ones_that_go(self, tmp_path):
        day = date(2027, 3, 10)
        for name in ("2027-01-01", "2027-02-08", "2027-02-09", "elsewhere"):
            (tmp_path / "notes" / name).mkdir(parents=True)
            (tmp_path / "notes" / name / "weibo.jsonl").write_text("{}")
        (tmp_path / "messages").mkdir()
        for name in ("2027-02-08-XJ-2027-000001.txt", "2027-02-09-XJ-2027-000002.txt"):
            (tmp_path / "messages" / name).write_text("提醒")
        nights = list(retention.past_nights(tmp_path / "notes", day, 29))
        letters = list(retention.past_letters((tmp_path / "messages", tmp_path / "nothing"), day, 29))
        assert [path.name for path in nights] == ["2027-01-01", "2027-02-08"]
        assert [path.name for path in letters] == ["2027-02-08-XJ-2027-000001.txt"]
        retention.remove([*nights, *letters])
        assert sorted(path.name for path in (tmp_path / "notes").iterdir()) == ["2027-02-09", "elsewhere"]
        assert list(retention.past_nights(tmp_path / "notes", day, None)) == []


def test_a_ledger_of_before_is_brought_to_this_shape_and_lets_go_what_it_held(years, tmp_path):
    met_and_cleared(years)
    with years.ledger.writing() as connection:
        for statement in (
            "DROP INDEX ix_observation_searches",
            "DROP TABLE purge",
            "DROP TABLE forgotten",
            "UPDATE alembic_version SET version_num = '0003'",
        ):
            connection.exec_driver_sql(statement)
    years.ledger.close()
    years.ledger = Ledger(ledgers.address(tmp_path))
    assert years.met()[KEY].profile.name == NAME
    years.later(100)
    assert years.purged() == {"sightings": 1, "searches": 6}
    with years.ledger.reading() as connection:
        assert "ix_observation_searches" in {
            one["name"] for one in sa.inspect(connection).get_indexes("observation")
        }
        if (
            connection.dialect.name == "sqlite"
        ):  # A server reads a table as small as this one without any index.
            plan = connection.exec_driver_sql(
                "EXPLAIN QUERY PLAN DELETE FROM observation WHERE outcome = 'Sightings' AND day < '2027-01-01'"
            )
            assert "ix_observation_searches" in str(plan.all())
