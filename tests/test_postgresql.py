"""The ledger on PostgreSQL, started from the system's own packages for these tests alone."""

import os
import pwd
import shutil
import socket
import subprocess
from datetime import date
from pathlib import Path

import invented_ledger as invented
import pytest
import sqlalchemy as sa
from conftest import xunjian

from monitors import tables
from monitors.ledger import Ledger
from monitors.retention import Terms, purge

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
pytestmark = pytest.mark.skipif(BIN is None, reason="no PostgreSQL is installed (Debian: postgresql)")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The address of a server of our own, on a socket and a port of loopback, that ends with these tests."""
    place = tmp_path_factory.mktemp("postgresql")
    options = {"cwd": place}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
        other = pwd.getpwnam("postgres")
        options |= {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
        place = Path(
            subprocess.check_output(
                ["mktemp", "-d", "/tmp/xunjian-pg-XXXXXX"], text=True, **{**options, "cwd": "/tmp"}
            ).strip()
        )
        options["cwd"] = place
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    made = [
        BIN / "initdb",
        "-D",
        place / "data",
        "-U",
        "xunjian",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(made, check=True, capture_output=True, **options)
    flags = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place} -c fsync=off"
    running = [BIN / "pg_ctl", "-D", place / "data", "-o", flags, "-l", place / "log", "-w"]
    subprocess.run([*running, "start"], check=True, stdout=subprocess.DEVNULL, **options)
    try:
        yield f"postgresql+psycopg://xunjian@127.0.0.1:{port}"
    finally:
        subprocess.run(
            [*running, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, **options
        )
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def url(server, request):
    """A fresh database."""
    name = f"db_{abs(hash(request.node.name))}"
    admin = sa.create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    admin.dispose()
    return f"{server}/{name}"


def everything(connection, table):
    return list(map(tuple, connection.execute(sa.select(table).order_by(*table.primary_key))))


def test_a_full_week_reads_back_as_it_does_from_sqlite(url, tmp_path):
    held = {}
    for kind, address in (("postgresql", url), ("sqlite", "")):
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
    for address in (url, ""):
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
def test_a_night_a_week_and_the_commands_work_on_it(url, home):
    with (home / "school.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[database]\nurl = "{url}"\n')
    day = str(date(2026, 3, 2))
    night = xunjian(home, "night", "--day", day, "--platform", "bilibili", "--json")
    assert night.code == 0, night.err
    assert not (home / "ledger.sqlite3").exists()
    findings = xunjian(home, "findings", "--json")
    assert findings.rows
    week = xunjian(home, "week", "--json")
    assert week.code == 0, week.err
    again = xunjian(home, "judge", "--day", day)
    assert again.code == 0, again.err
    assert xunjian(home, "findings", "--json").rows == findings.rows
    refused = xunjian(home, "backup")
    assert refused.code == 1
    assert "pg_dump" in refused.err


def test_a_ledger_moves_over_with_all_its_rows_and_goes_on_counting(url, home, full, tmp_path):
    with full.reading() as connection:
        before = {table.name: everything(connection, table) for table in tables.metadata.sorted_tables}
    full.close()
    with (home / "school.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'\n[database]\nurl = "{url}"\n')
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
