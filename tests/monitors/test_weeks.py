"""What each week's nights learnt of an account, written night by night and filled in for an older ledger."""

from datetime import date, datetime, timedelta
from pathlib import Path

import invented_ledger as invented
import ledgers
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from invented_ledger import MONDAY, at

import monitors
from monitors import sightings, tables
from monitors.ledger import Ledger
from monitors.memory import Memory
from monitors.nouns import Blocked, Found, Gone, Newest, Note, Observation, PlatformFacts, Profile
from monitors.sightings import Met
from monitors.tables import account_week, meeting

KEY = "weibo:1"
FACTS = PlatformFacts("weibo", "微博", 2)


def night(ledger, day, outcome, *, believed=True, witness="page"):
    with ledger.writing() as connection:
        memory = Memory(connection, day)
        memory.fold(KEY, [Observation(KEY, day, at(day), outcome, witness, believed)], FACTS)
        memory.write()


def rows(ledger):
    with ledger.reading() as connection:
        return connection.execute(sa.select(account_week).order_by(account_week.c.monday)).all()


def shown(day, bound="exact", **more):
    return Found(newest=Newest(at(day, 15), bound), **more)


def test_a_week_has_one_row_with_its_last_sight_and_every_week_in_which_it_saw_a_post(ledger):
    night(ledger, MONDAY, shown(MONDAY - timedelta(days=4)))
    night(ledger, MONDAY + timedelta(days=3), shown(MONDAY + timedelta(days=2)))
    night(ledger, MONDAY + timedelta(days=5), Blocked("captcha"))
    [row] = rows(ledger)
    assert (row.monday, row.seen_on) == (MONDAY, MONDAY + timedelta(days=3))
    assert row.posted == [(MONDAY - timedelta(days=7)).isoformat(), MONDAY.isoformat()]
    assert row.newest == shown(MONDAY + timedelta(days=2)).newest


def test_a_doubted_night_and_a_wall_leave_no_row(ledger):
    night(ledger, MONDAY, shown(MONDAY), believed=False)
    night(ledger, MONDAY, Blocked("login"))
    assert rows(ledger) == []


def test_the_same_night_again_and_a_night_of_the_next_week_change_no_row_of_this_one(ledger):
    night(ledger, MONDAY, shown(MONDAY))
    before = rows(ledger)
    night(ledger, MONDAY, shown(MONDAY))
    assert rows(ledger) == before
    night(ledger, MONDAY + timedelta(days=8), shown(MONDAY + timedelta(days=7)))
    assert rows(ledger)[:1] == before and len(rows(ledger)) == 2


def test_silence_is_written_down_only_when_as_many_nights_agree_as_would_convict(ledger):
    old = date(2026, 8, 1)
    night(ledger, MONDAY, shown(old))
    assert rows(ledger)[0].quiet_since is None
    night(ledger, MONDAY + timedelta(days=1), shown(old))
    assert rows(ledger)[0].quiet_since == old


def test_silence_is_never_written_down_for_a_bound_a_rising_counter_or_hidden_posts(ledger):
    old = date(2026, 8, 1)
    for offset in range(3):
        night(ledger, MONDAY + timedelta(days=offset), shown(old, "at_least"))
    assert rows(ledger)[0].quiet_since is None
    night(ledger, MONDAY + timedelta(days=3), shown(old, posts_total=5))
    night(ledger, MONDAY + timedelta(days=4), shown(old, posts_total=6))
    night(ledger, MONDAY + timedelta(days=5), shown(old, posts_total=6))
    assert rows(ledger)[0].quiet_since is None
    assert rows(ledger)[0].posted[-1] == MONDAY.isoformat()  # the counter's word
    night(ledger, MONDAY + timedelta(days=6), Found(hidden=True))
    assert rows(ledger)[0].quiet_since is None


def test_an_account_that_is_gone_was_seen_but_is_not_called_silent(ledger):
    old = date(2026, 8, 1)
    night(ledger, MONDAY, shown(old))
    night(ledger, MONDAY + timedelta(days=1), shown(old))
    night(ledger, MONDAY + timedelta(days=2), Gone("cancelled", "该用户不存在"))
    [row] = rows(ledger)
    assert (row.seen_on, row.quiet_since) == (MONDAY + timedelta(days=2), None)


def test_every_day_on_which_a_sighting_is_met_keeps_its_name_and_reasons(ledger):
    with ledger.writing() as connection:
        for offset, name in enumerate(("芸岭大学", "芸岭大学", "云岭大学招生")):
            day = MONDAY + timedelta(days=offset)
            match = invented.match(name, "云岭大学", "passes_off", 0.9, "homophone1", ("芸", "云", "同音"))
            before = sightings.met_before(connection).get("bilibili:1")
            met = Met("bilibili:1", "bilibili", Profile("1", name), match, day, day)
            sightings.remember(connection, met, before, None, day)
            sightings.remember(connection, met, before or met, None, day)  # twice in one night
    with ledger.reading() as connection:
        kept = connection.execute(sa.select(meeting).order_by(meeting.c.day)).all()
    assert [row.profile.name for row in kept] == ["芸岭大学", "芸岭大学", "云岭大学招生"]
    assert kept[0].match["reasons"] == [{"left": "芸", "right": "云", "why": "同音"}]


def test_an_older_ledger_gets_its_weeks_from_its_notes(tmp_path):
    url = ledgers.address(tmp_path)
    _upgraded(url, "0001")
    engine = sa.create_engine(url)
    nights = {
        MONDAY - timedelta(days=6): (True, shown(MONDAY - timedelta(days=8))),
        MONDAY - timedelta(days=5): (False, shown(MONDAY - timedelta(days=5))),
        MONDAY + timedelta(days=1): (True, shown(MONDAY)),
        MONDAY + timedelta(days=2): (True, Blocked("login")),
    }
    with engine.begin() as connection:
        writer = invented.Writer(connection)
        for day, (believed, outcome) in nights.items():
            writer.night(day, "weibo", doubt=None if believed else "对照账号读错")
            writer.visit(KEY, day, outcome)
        # A search is no visit to an account.
        note = Note("weibo", "canary_alive", "9", datetime.now(invented.SHANGHAI), shown(MONDAY))
        writer.put(
            tables.observation, day=MONDAY + timedelta(days=1), platform="weibo", line=9, key="weibo:9",
            seen_at=at(MONDAY), outcome="Found", witness="page", note=note,
        )  # fmt: skip
        found = invented.match("芸岭大学", "云岭大学", "passes_off", 0.9, "homophone1")
        writer.sighting("bilibili", "a", "芸岭大学", found, MONDAY, last=MONDAY + timedelta(days=2))
    engine.dispose()
    ledger = Ledger(url)
    told = [(row.key, row.monday, row.seen_on, row.posted) for row in rows(ledger)]
    last = MONDAY - timedelta(days=7)
    assert told == [
        (KEY, last, MONDAY - timedelta(days=6), [(last - timedelta(days=7)).isoformat()]),
        (KEY, MONDAY, MONDAY + timedelta(days=1), [MONDAY.isoformat()]),
    ]
    assert rows(ledger)[1].newest == shown(MONDAY).newest
    with ledger.reading() as connection:
        met = connection.execute(sa.select(meeting.c.day).order_by(meeting.c.day)).scalars().all()
    assert met == [MONDAY, MONDAY + timedelta(days=2)]
    ledger.close()


def _upgraded(url, revision):
    config = Config()
    config.set_main_option("script_location", str(Path(monitors.__file__).parent / "migrations"))
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
