"""The ledger on PostgreSQL, started from the system's own packages for these tests alone."""

import logging
import os
import random
import threading
import time
from datetime import date, timedelta

import invented_ledger as invented
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from conftest import xunjian
from postgresql import BIN, MISSING, serving
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from monitors import server as of_server
from monitors import sightings, tables
from monitors.ledger import Ledger, WrongEncoding
from monitors.nouns import Profile
from monitors.register.contacts import Contact
from monitors.retention import Terms, purge
from monitors.sightings import Met
from schedules import config, starter, state
from schedules.advice import advice
from schedules.home import Home
from schedules.lock import Held, alone
from schedules.night import Elsewhere, judge_again, night

pytestmark = pytest.mark.skipif(BIN is None, reason=MISSING)
DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def server():
    """A server of these tests' own, which some of them stop."""
    with serving() as own:
        yield own


def ordered(server, order):
    admin = sa.create_engine(f"{server.address}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(order)
    admin.dispose()


@pytest.fixture
def url(server):
    """A fresh database."""
    name = f"db_{random.getrandbits(48):x}"
    ordered(server, f"CREATE DATABASE {name}")
    return f"{server.address}/{name}"


def placed(home, url):
    """A starter home whose ledger lies there."""
    starter.written(home)
    with (home / "school.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[database]\nurl = "{url}"\n')
    return home


def everything(connection, table):
    return list(map(tuple, connection.execute(sa.select(table).order_by(*table.primary_key))))


def test_a_full_week_reads_back_as_it_does_from_sqlite(url, tmp_path):
    held = {}
    for kind, address in (("postgresql", url), ("sqlite", f"sqlite:///{tmp_path / 'ledger'}")):
        ledger = invented.opened(tmp_path, address)
        with ledger.writing() as connection:
            invented.a_full_week(invented.Writer(connection))
        with ledger.reading() as connection:
            held[kind] = {
                table.name: everything(connection, table) for table in tables.metadata.sorted_tables
            }
        ledger.close()
    assert held["postgresql"] == held["sqlite"]
    assert sum(map(len, held["sqlite"].values())) > 50


def test_a_purge_lets_the_same_go_as_it_does_on_sqlite(url, tmp_path):
    gone, left = [], []
    for address in (url, f"sqlite:///{tmp_path / 'ledger'}"):
        ledger = invented.opened(tmp_path, address)
        with ledger.writing() as connection:
            invented.a_full_week(invented.Writer(connection))
            sent = {"channel": "mail", "address": "a@yunling.example", "status": "sent", "urgent": False}
            connection.execute(
                sa.insert(tables.message).values(
                    id=9, **sent, attempts=1, next_at=invented.MADE_AT, repeated=False
                )
            )
            connection.execute(sa.update(tables.alert).values(message=9))
            told = {
                "number": "XJ-2026-900000",
                "about": "missed:2026-11-20",
                "person": "王",
                "role": "officer",
            }
            words = {
                "title": "标题",
                "text": "正文",
                "urgent": False,
                "day": date(2026, 11, 20),
                "message": 9,
            }
            connection.execute(sa.insert(tables.alert).values(**told, **words))
            connection.execute(sa.update(tables.case).values(closed_on=date(2026, 11, 22)))
        with ledger.writing() as connection:
            gone.append(purge(connection, date(2030, 1, 1), Terms(365, 365)))
        with ledger.reading() as connection:
            kept = [table for table in tables.metadata.sorted_tables if table.name != "purge"]
            left.append({table.name: everything(connection, table) for table in kept})
        ledger.close()
    assert gone[0] == gone[1]
    assert {"sightings", "texts", "addresses"} <= set(gone[0])
    assert left[0] == left[1]


def test_opening_it_again_changes_nothing(url):
    for _ in range(2):
        Ledger(url).close()
    engine = sa.create_engine(url)
    assert set(sa.inspect(engine).get_table_names()) == {*tables.metadata.tables, "alembic_version"}
    engine.dispose()


@pytest.mark.long
def test_a_night_a_week_and_the_commands_work_on_it(url, tmp_path):
    home = placed(tmp_path / "home", url)
    made = xunjian(home, "night", "--day", DAY, "--platform", "bilibili", "--json")
    assert made.code == 0, made.err
    assert not (home / "ledger.sqlite3").exists()
    findings = xunjian(home, "findings", "--json")
    assert findings.rows
    week = xunjian(home, "week", "--json")
    assert week.code == 0, week.err
    again = xunjian(home, "judge", "--day", DAY)
    assert again.code == 0, again.err
    assert xunjian(home, "findings", "--json").rows == findings.rows
    refused = xunjian(home, "backup")
    assert refused.code == 1
    assert "pg_dump" in refused.err


def test_a_ledger_moves_over_with_all_its_rows_and_goes_on_counting(url, tmp_path):
    full = invented.opened(tmp_path, f"sqlite:///{tmp_path / 'ledger.sqlite3'}")
    with full.writing() as connection:
        invented.a_full_week(invented.Writer(connection))
    with full.reading() as connection:
        before = {table.name: everything(connection, table) for table in tables.metadata.sorted_tables}
    full.close()
    home = placed(tmp_path / "home", url)
    moved = xunjian(home, "restore", tmp_path / "ledger.sqlite3")
    assert moved.code == 0, moved.err
    ledger = Ledger(url)
    with ledger.reading() as connection:
        assert {
            table.name: everything(connection, table) for table in tables.metadata.sorted_tables
        } == before
    with ledger.writing() as connection:
        fresh = sa.insert(tables.run).values(
            kind="night", day=date(2026, 11, 23), started_at=invented.MADE_AT
        )
        number = connection.scalar(fresh.returning(tables.run.c.id))
    assert number > max((row[0] for row in before["run"]), default=0)
    ledger.close()
    again = xunjian(home, "restore", tmp_path / "ledger.sqlite3")
    assert again.code == 1
    assert "空的数据库" in again.err


# ── what a server does otherwise than a file ────────────────────────────────────────────────────


def test_the_steps_of_the_years_lead_to_the_tables_of_today(url):
    Ledger(url).close()
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []
    engine.dispose()


def test_the_server_of_these_tests_sorts_text_unlike_a_file(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT x FROM (VALUES ('云'), ('a'), ('B')) AS t (x) ORDER BY x")
        assert [row[0] for row in rows] == ["云", "a", "B"]
    engine.dispose()


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_in_utf_8_is_refused_in_words(server, encoding, tmp_path):
    name = f"db_{encoding.lower()}"
    ordered(
        server,
        f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 "
        "LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'",
    )
    with pytest.raises(WrongEncoding) as refused:
        Ledger(f"{server.address}/{name}")
    said = advice(refused.value, Home("/home"))
    assert encoding in said and "UTF-8" in said and "createdb" in said
    if encoding == "LATIN1":
        told = xunjian(placed(tmp_path / "home", f"{server.address}/{name}"), "status")
        assert (told.code, told.err.strip()) == (1, said)


def test_a_refused_row_is_not_quoted(url):
    ledger = Ledger(url)
    whole = {"key": "weibo:1", "record": Contact(phone="13900471105", email="marked@yunling.example")}
    for row in (whole, {**whole, "key": None}):
        with pytest.raises(IntegrityError) as refused, ledger.writing() as connection:
            connection.execute(sa.insert(tables.contact), [whole, row])
        assert "contact" in str(refused.value)
        for said in (str(refused.value), str(refused.value.orig), repr(refused.value.orig)):
            assert "13900471105" not in said and "marked@" not in said and "weibo:1" not in said
    ledger.close()


def test_a_name_of_any_length_and_with_a_nul_in_it_is_kept_and_met_again(url):
    ledger = Ledger(url)
    random.seed(7)
    long = "".join(chr(random.randrange(0x4E00, 0x9FA5)) for _ in range(5000))
    for day in (DAY, DAY + timedelta(days=1)):
        with ledger.writing() as connection:
            before = sightings.met_before(connection)
            for name in (long, long + "二", "云岭\0大学"):
                profile = Profile(None, name)
                key = sightings.key_of("wechat", profile)
                match = invented.match(name, "云岭大学", "passes_off", 0.9, "homophone1")
                met = Met(key, "wechat", profile, match, day, day)
                sightings.remember(connection, met, before.get(key), "云岭大学", day)
    with ledger.reading() as connection:
        rows = connection.execute(sa.select(tables.sighting).order_by(tables.sighting.c.last_day)).all()
        assert len(rows) == 3
        assert {row.profile.name for row in rows} == {long, long + "二", "云岭\0大学"}
        assert {row.last_day for row in rows} == {DAY + timedelta(days=1)}
        assert "wechat:name=云岭\ufffd大学" in {row.key for row in rows}
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.query_hit)) == 3
    ledger.close()


def test_a_reader_sees_one_moment_whatever_is_written_meanwhile(url):
    ledger = Ledger(url)
    count = sa.select(sa.func.count()).select_from(tables.run)
    fresh = sa.insert(tables.run).values(kind="night", day=DAY, started_at=invented.MADE_AT)
    with ledger.reading() as connection:
        assert connection.scalar(count) == 0
        with ledger.writing() as other:
            other.execute(fresh)
        assert connection.scalar(count) == 0
    with ledger.reading() as connection:
        assert connection.scalar(count) == 1
    ledger.close()


def test_writers_take_turns_so_that_nobody_counts_on_what_another_is_changing(url):
    """Each reads the highest number and writes the next: without turns two would take the same."""
    ledger = Ledger(url)
    newest = sa.select(sa.func.coalesce(sa.func.max(tables.register_version.c.accounts), 0))
    row = {"sha256": "0", "day": DAY, "at": invented.MADE_AT, "by": "a", "refused": 0, "changes": []}

    def count(times):
        for _ in range(times):
            with ledger.writing() as connection:
                last = connection.scalar(newest)
                time.sleep(0.002)
                connection.execute(sa.insert(tables.register_version).values(accounts=last + 1, **row))

    writers = [threading.Thread(target=count, args=(10,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with ledger.reading() as connection:
        numbers = connection.scalars(sa.select(tables.register_version.c.accounts)).all()
    assert sorted(numbers) == list(range(1, 41))
    ledger.close()


def test_who_waits_too_long_for_his_turn_is_told_so(url, monkeypatch):
    monkeypatch.setattr(of_server, "_BUSY_SECONDS", 0.1)
    ledger = Ledger(url)
    with ledger.writing(), pytest.raises(OperationalError) as refused, ledger.writing():
        pass
    assert "占用" in advice(refused.value, Home("/home"))
    ledger.close()


# ── two machines with one ledger ────────────────────────────────────────────────────────────────


def test_two_machines_with_one_ledger_have_one_night_at_a_time(url, tmp_path):
    here, there = placed(tmp_path / "here", url), placed(tmp_path / "there", url)
    ledger = Ledger(url)
    with alone(Home(here).lock, ledger, "夜间巡检"):
        said = xunjian(there, "night", "--day", DAY, "--platform", "bilibili")
        *_, whole = state.status(Home(there), config.load(there), ledger, invented.MADE_AT)
        assert str(os.getpid()) in whole["running"]
    assert said.code == 1
    assert "另一台机器" in said.err and str(os.getpid()) in said.err
    assert not (there / "notes").exists()
    *_, whole = state.status(Home(there), config.load(there), ledger, invented.MADE_AT)
    assert whole["running"] is None
    ledger.close()


def test_one_claim_does_not_hold_up_the_other_and_ends_with_its_holder(url, tmp_path):
    ledger, other = Ledger(url), Ledger(url)
    here, there = Home(tmp_path / "here"), Home(tmp_path / "there")
    with alone(here.lock, ledger, "夜间巡检"):
        with alone(there.sending, other, "发送提醒"):
            pass
        with pytest.raises(Held, match="另一台机器"), alone(there.lock, other, "夜间巡检"):
            pass
    with alone(there.lock, other, "夜间巡检"):
        pass
    for one in (ledger, other):
        one.close()


def test_a_night_is_gone_on_with_only_where_its_notes_are(url, tmp_path):
    here, there = placed(tmp_path / "here", url), placed(tmp_path / "there", url)
    ledger = Ledger(url)
    with ledger.writing() as connection:
        invented.Writer(connection).visit("weibo:1", DAY, invented.Blocked("login"))
    home, settings = Home(there), config.load(there)
    with pytest.raises(Elsewhere, match=str(home.notes)):
        night(home, settings, ledger, DAY, given_day=True)
    with pytest.raises(Elsewhere):
        judge_again(home, settings, ledger, DAY)
    (here / "notes" / str(DAY)).mkdir(parents=True)
    assert judge_again(Home(here), settings, ledger, DAY).exit == 0
    ledger.close()


# ── a server that goes away ─────────────────────────────────────────────────────────────────────


def test_a_server_that_is_started_anew_is_waited_for_and_nothing_is_lost(server, url, caplog):
    ledger = Ledger(url)
    fresh = sa.insert(tables.run).values(kind="night", day=DAY, started_at=invented.MADE_AT)
    with ledger.writing() as connection:
        connection.execute(fresh)
    with ledger.reading() as connection:  # a connection that lies idle while the server goes away
        connection.execute(sa.select(tables.run))
    with pytest.raises(DBAPIError) as broken, ledger.writing() as connection:
        connection.execute(fresh)
        server.stop()
        connection.execute(fresh)
    said = advice(broken.value, Home("/home"))
    assert "没有改动" in said and "服务器" in said
    later = threading.Timer(1.5, server.start)
    later.start()
    with caplog.at_level(logging.WARNING), ledger.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(tables.run)) == 1
    later.join()
    assert "does not answer" in caplog.text
    ledger.close()


def test_a_claim_that_the_server_forgot_can_be_taken_by_another_and_ends_without_a_word(server, url):
    ledger = Ledger(url)
    with ledger.claimed("night", 0.5):
        server.stop()
        server.start()
        with ledger.claimed("night", 0.5):
            pass
    assert ledger.claimant("night") is None
    ledger.close()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [("missing", "does not exist"), ("nobody", "does not exist"), ("away", "refused"), ("poor", "没有权限")],
)
def test_a_ledger_that_cannot_be_reached_says_what_to_look_at(server, url, wrong, says, monkeypatch):
    monkeypatch.setattr(of_server, "PATIENCE_SECONDS", 1.0)
    if wrong == "poor":
        ordered(server, "CREATE ROLE poor LOGIN")
    address = {
        "missing": f"{server.address}/missing",
        "nobody": url.replace("xunjian@", "nobody@"),
        "away": "postgresql+psycopg://xunjian@127.0.0.1:1/db",
        "poor": url.replace("xunjian@", "poor@"),
    }[wrong]
    with pytest.raises(DBAPIError) as refused:
        Ledger(address)
    said = advice(refused.value, Home("/home"))
    assert says in said
    assert "[database] url" in said or "OWNER" in said
