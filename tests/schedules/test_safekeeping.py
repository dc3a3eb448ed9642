"""The ledger's copies: one a night, so many of them, put back whole; and a broken ledger or a full disk in words."""

import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import ledgers
import pytest
import sqlalchemy as sa
from conftest import ROOT, xunjian
from ledgers import of_sqlite

from monitors import tables
from monitors.calendar import BUILT_IN_TO
from monitors.ledger import Ledger
from schedules import advice, config, safekeeping, watch
from schedules.home import Home
from schedules.starter import written

DAY = date(2026, 3, 2)


@pytest.fixture
def kept(home):
    """A starter home whose ledger holds a person's word."""
    said = xunjian(home, "sight", "bilibili", "云岭大学表白墙", "--by", "王老师")
    assert said.code == 0, said.err
    return home


def sightings(path):
    with closing(sqlite3.connect(path)) as ledger:
        return ledger.execute("SELECT count(*) FROM sighting").fetchone()[0]


def broken(path):
    """Spoil the middle of a database file as a bad disk would."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))
    for extra in ("-wal", "-shm"):
        path.with_name(path.name + extra).unlink(missing_ok=True)


@of_sqlite
def test_each_night_leaves_a_copy_and_only_the_newest_stay(kept, caplog):
    text = (kept / "school.toml").read_text(encoding="utf-8")
    (kept / "school.toml").write_text(re.sub(r"(?m)^backups = \d+", "backups = 3", text), encoding="utf-8")
    here, settings = Home(kept), config.load(kept)
    here.backups.mkdir()
    (here.backups / "ledger-20260101-000000.sqlite3").write_bytes(b"made by hand")
    for number in range(5):
        assert safekeeping.nightly(here, settings, DAY + timedelta(days=number)) is None
    names = sorted(path.name for path in here.backups.iterdir())
    assert names == [
        "ledger-20260101-000000.sqlite3",
        "night-2026-03-04.sqlite3",
        "night-2026-03-05.sqlite3",
        "night-2026-03-06.sqlite3",
    ]
    assert sightings(here.backups / names[-1]) == 1


@of_sqlite
def test_a_copy_of_a_broken_ledger_is_refused_and_lets_no_older_one_go(kept, caplog):
    here, settings = Home(kept), config.load(kept)
    assert safekeeping.nightly(here, settings, DAY) is None
    before = (here.backups / "night-2026-03-02.sqlite3").read_bytes()
    broken(kept / "ledger.sqlite3")
    assert "备份没有做成" in safekeeping.nightly(here, settings, DAY + timedelta(days=1))
    assert [(path.name, path.read_bytes()) for path in here.backups.iterdir()] == [
        ("night-2026-03-02.sqlite3", before)
    ]
    assert "not copied" in caplog.text


@of_sqlite
def test_what_is_put_back_is_the_ledger_of_the_copy_and_the_present_one_is_kept(kept):
    assert xunjian(kept, "backup").code == 0
    [copy] = (kept / "backups").iterdir()
    assert xunjian(kept, "sight", "bilibili", "云岭大学树洞", "--by", "王老师").code == 0
    assert sightings(kept / "ledger.sqlite3") == 2
    back = xunjian(kept, "restore", copy)
    assert back.code == 0, back.err
    assert sightings(kept / "ledger.sqlite3") == 1
    [before] = kept.glob("ledger.sqlite3.before-*")
    assert sightings(before) == 2
    assert xunjian(kept, "cases").code == 0


@of_sqlite
def test_a_broken_ledger_says_which_copy_to_put_back_and_that_one_helps(kept):
    assert safekeeping.nightly(Home(kept), config.load(kept), DAY) is None
    copy = kept / "backups" / "night-2026-03-02.sqlite3"
    (kept / "backups" / "night-2026-03-03.sqlite3").write_bytes(b"half a copy")
    broken(kept / "ledger.sqlite3")
    said = xunjian(kept, "findings")
    assert said.code == 1
    assert "台账库坏了" in said.err
    assert f"xunjian restore {copy}" in said.err.replace("\n", "")
    assert "Traceback" not in said.err
    back = xunjian(kept, "restore", copy)
    assert back.code == 0, back.err
    assert sightings(kept / "ledger.sqlite3") == 1
    assert list(kept.glob("ledger.sqlite3.before-*"))
    assert xunjian(kept, "findings").code == 0


@of_sqlite
def test_a_lost_ledger_is_not_begun_anew_beside_its_copies(kept):
    assert safekeeping.nightly(Home(kept), config.load(kept), DAY) is None
    copy = kept / "backups" / "night-2026-03-02.sqlite3"
    for extra in ("", "-wal", "-shm"):
        (kept / f"ledger.sqlite3{extra}").unlink(missing_ok=True)
    said = xunjian(kept, "findings")
    assert said.code == 1
    assert "不见了" in said.err and f"xunjian restore {copy}" in said.err.replace("\n", "")
    assert not (kept / "ledger.sqlite3").exists()
    assert xunjian(kept, "restore", copy).code == 0
    assert sightings(kept / "ledger.sqlite3") == 1


@of_sqlite
@pytest.mark.parametrize("how", ["no byte", "no table"])
def test_a_blank_ledger_is_not_begun_anew_beside_its_copies(kept, how):
    assert safekeeping.nightly(Home(kept), config.load(kept), DAY) is None
    copy, ledger = kept / "backups" / "night-2026-03-02.sqlite3", kept / "ledger.sqlite3"
    ledger.unlink()
    if how == "no byte":
        ledger.touch()
    else:
        with closing(sqlite3.connect(ledger)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    said = xunjian(kept, "findings")
    assert said.code == 1
    assert "是空的" in said.err and f"xunjian restore {copy}" in said.err.replace("\n", "")
    assert xunjian(kept, "restore", copy).code == 0
    assert sightings(ledger) == 1


@of_sqlite
def test_a_command_leaves_the_whole_ledger_in_its_one_file(kept):
    assert [path.name for path in kept.glob("ledger*")] == ["ledger.sqlite3"]


@of_sqlite
def test_a_home_may_lie_under_any_name(tmp_path):
    home = tmp_path / "甲 #1?x=y%41&z" / "home"
    written(home)
    assert xunjian(home, "sight", "bilibili", "云岭大学表白墙", "--by", "王老师").code == 0
    copied = xunjian(home, "backup")
    assert copied.code == 0, copied.err
    [copy] = (home / "backups").iterdir()
    back = xunjian(home, "restore", copy)
    assert back.code == 0, back.err
    assert sightings(home / "ledger.sqlite3") == 1
    assert [path.name for path in tmp_path.iterdir()] == [home.parent.name]


@of_sqlite
def test_what_is_no_whole_copy_is_not_put_back(kept, tmp_path):
    before = (kept / "ledger.sqlite3").read_bytes()
    half = tmp_path / "half.sqlite3"
    half.write_bytes(before[: len(before) // 2])
    (tmp_path / "text.sqlite3").write_text("no ledger")
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as other:
        other.execute("CREATE TABLE something (else_ INTEGER)")
    for name in ("half", "text", "other", "nothing"):
        refused = xunjian(kept, "restore", tmp_path / f"{name}.sqlite3")
        assert refused.code == 1, name
        assert "不是完好的备份" in refused.err
    assert sightings(kept / "ledger.sqlite3") == 1
    assert list(kept.glob("ledger.sqlite3.before-*")) == []


def test_a_ledger_of_a_newer_program_is_left_alone_and_told(kept):
    ledgers.changed(kept, "UPDATE alembic_version SET version_num = '9999'")
    said = xunjian(kept, "findings")
    assert said.code == 1
    assert "更新版本" in said.err and "restore" in said.err
    assert "Traceback" not in said.err


@of_sqlite
def test_a_full_disk_is_told_in_words_and_changes_nothing(kept):
    # No file may grow beyond what the ledger and its log have now, as on a disk without room.
    before = sightings(kept / "ledger.sqlite3")
    code = (
        "import resource, signal, sys; sys.dont_write_bytecode = True; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048));"
        "from schedules.cli import main; main()"
    )
    line = [
        sys.executable,
        "-c",
        code,
        "--home",
        str(kept),
        "sight",
        "bilibili",
        "云岭大学树洞",
        "--by",
        "王老师",
    ]
    full = subprocess.run(line, capture_output=True, text=True, timeout=240, cwd=ROOT, check=False)
    assert full.returncode == 1, full.stderr
    assert "磁盘" in full.stderr
    assert "Traceback" not in full.stderr
    assert sightings(kept / "ledger.sqlite3") == before


def test_a_device_without_room_is_told_as_a_full_disk(tmp_path):
    with pytest.raises(OSError) as refused:
        Path("/dev/full").write_bytes(b"x")
    said = advice.advice(refused.value, Home(tmp_path))
    assert "磁盘满了" in said and "腾出空间" in said


@of_sqlite
def test_what_the_program_writes_is_its_users_own(kept):
    assert xunjian(kept, "backup").code == 0
    loose = [
        path
        for path in kept.rglob("*")
        if path.name.startswith(("ledger", "backups")) and path.stat().st_mode & 0o077
    ]
    assert list(kept.glob("backups/*.sqlite3")) and loose == []


def test_a_home_that_is_made_is_its_owners_only(tmp_path):
    assert xunjian(tmp_path / "new", "init").code == 0
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "台账.xlsx").stat().st_mode & 0o777 == 0o600


@of_sqlite
def test_a_ledger_in_use_can_still_be_copied(kept):
    ledger = Ledger(f"sqlite:///{kept / 'ledger.sqlite3'}")
    with ledger.writing():
        assert xunjian(kept, "status").code in (0, 1)
        safekeeping.copied(kept / "ledger.sqlite3", kept / "copy.sqlite3")
    ledger.close()
    assert sightings(kept / "copy.sqlite3") == 1


def test_a_site_that_is_served_can_be_read_by_the_web_server_and_nothing_else_can(kept):
    with (kept / "school.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[reports]\nurl = "https://xunjian.yunling.example"\n')
    assert xunjian(kept, "week", "--week", "2026-W10").code == 0
    site = [kept / "site", *(kept / "site").rglob("*")]
    assert len(site) > 4
    assert {oct(path.stat().st_mode & 0o777) for path in site} == {"0o755", "0o644"}
    assert [path for path in kept.glob("ledger.sqlite3") if path.stat().st_mode & 0o077] == []


@of_sqlite
def test_a_night_whose_copy_fails_says_so_and_does_not_pass_for_a_good_one(kept):
    (kept / "backups").write_text("a file where the folder should be")
    day = f"{BUILT_IN_TO}-12-02"
    night = xunjian(kept, "night", "--day", day, "--platform", "bilibili", "--json")
    assert night.code == 0, night.err
    assert "备份没有做成" in night.err
    [whole] = [row for row in xunjian(kept, "status", "--json").rows if "last_errors" in row]
    assert "备份没有做成" in whole["last_errors"][0]
    told = [path.read_text(encoding="utf-8") for path in (kept / "messages").glob("*.txt")]
    assert len([text for text in told if "台账库的备份没有做成" in text and f"{day} 的夜间巡检" in text]) == 1
    # In December nobody has typed in the next year's holidays.
    assert len([text for text in told if "节假日数据要补充" in text]) == 1


@of_sqlite
def test_nights_in_a_row_without_a_copy_are_told_to_the_maintainer_once_and_a_later_failure_again(kept):
    ledger, settings = Ledger(f"sqlite:///{kept / 'ledger.sqlite3'}"), config.load(kept)
    told = []
    # Each night: what went wrong with its copy; None is a good one, "judged" a judging again, which makes no copy.
    for number, why in enumerate((None, "满了", "满了", "judged", "满了", None, "不能写")):
        day = DAY + timedelta(days=number)
        failed = f"备份没有做成：{why}" if why not in (None, "judged") else None
        if failed:
            told.append(watch.unsaved(settings, ledger, day, failed))
        with ledger.writing() as connection:
            row = {"day": day, "started_at": datetime.now(UTC), "exit": 0, "error": failed}
            copied = {"copied": why is None}
            connection.execute(tables.run.insert().values(kind="night", summary=copied, **row))
    with ledger.reading() as connection:
        alerts = connection.execute(sa.select(tables.alert).order_by(tables.alert.c.id)).all()
    ledger.close()
    assert told == [1, 0, 0, 1]
    assert [(row.role, row.about) for row in alerts] == [
        ("maintainer", "need:copy:2026-03-03"),
        ("maintainer", "need:copy:2026-03-08"),
    ]
    assert "满了" in alerts[0].text
