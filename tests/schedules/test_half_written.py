"""A night that meets a file somebody is just saving, or a home it may not write: words, and nothing half done."""

import logging
import os
import subprocess
from datetime import date

import pytest
from conftest import started, xunjian

from monitors import accounts
from schedules import config, safekeeping
from schedules.home import Home
from schedules.register import NothingAccepted, taken_in

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def accepted(tmp_path_factory):
    """A starter home whose register was taken in, with its ledger open."""
    path = tmp_path_factory.mktemp("accepted") / "home"
    started(path)
    home, settings = Home(path), config.load(path)
    ledger = safekeeping.opened(home, settings)
    given, _ = taken_in(home, settings, ledger, DAY)
    yield home, settings, ledger, given, (path / "台账.xlsx").read_bytes()
    ledger.close()


@pytest.mark.parametrize(
    "part", [None, 0.0, 0.01, 0.5, 0.99], ids=["gone", "empty", "begun", "half", "nearly"]
)
def test_a_register_that_is_just_being_saved_leaves_the_night_with_the_last_accepted_one(
    accepted, caplog, part
):
    home, settings, ledger, given, whole = accepted
    file = home.path / "台账.xlsx"
    file.unlink(missing_ok=True) if part is None else file.write_bytes(whole[: int(len(whole) * part)])
    with caplog.at_level(logging.WARNING):
        found, _ = taken_in(home, settings, ledger, DAY)
    assert found == given
    assert len(given) > 60
    assert "last accepted" in caplog.text
    file.write_bytes(whole)
    with ledger.reading() as connection:
        assert len(accounts.version(connection).accounts) == len(given)


@pytest.mark.parametrize("part", [0.0, 0.5])
def test_without_an_accepted_register_a_half_saved_one_ends_the_night_in_words(tmp_path, part):
    started(tmp_path / "home")
    home, settings = Home(tmp_path / "home"), config.load(tmp_path / "home")
    file = home.path / "台账.xlsx"
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * part)])
    ledger = safekeeping.opened(home, settings)
    with pytest.raises(NothingAccepted, match="台账不能用"):
        taken_in(home, settings, ledger, DAY)
    ledger.close()


def test_settings_cut_off_anywhere_are_read_or_refused_in_words(tmp_path):
    started(tmp_path / "home")
    file = tmp_path / "home" / "school.toml"
    whole = file.read_bytes()
    refused = 0
    for end in range(0, len(whole), 61):
        file.write_bytes(whole[:end])
        try:
            config.load(tmp_path / "home")
        except config.ConfigError as error:
            refused += 1
            assert "school.toml" in str(error)
    assert refused > 20


@pytest.mark.parametrize("body", [b"a = " + b"[" * 20_000, b"a = " + b"1" * 5_000, b"\xff\xfe[\x00", b"\x00"])
def test_settings_that_break_the_parser_are_refused_in_words(tmp_path, body):
    (tmp_path / "school.toml").write_bytes(body)
    with pytest.raises(config.ConfigError, match=r"school\.toml"):
        config.load(tmp_path)


@pytest.fixture
def small(tmp_path):
    """A file system of its own in memory; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def test_a_home_that_cannot_be_written_is_told_in_words_and_stays_as_it_is(small):
    home = small / "home"
    started(home)
    assert xunjian(home, "findings").code == 0
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
    night = xunjian(home, "night", "--day", DAY.isoformat())
    assert night.code == 1
    assert "只读" in night.err
    assert "Traceback" not in night.err
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
