"""A whole night on a disk that fills up, sooner or later: words, nothing half applied, and whole the next time."""

import os
import subprocess

import pytest
from conftest import started, xunjian

pytestmark = pytest.mark.long
NIGHT = ("night", "--day", "2026-03-02", "--platform", "bilibili", "--json")


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """A file system of six megabytes in memory; only root may mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m,mode=0700", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """What the night finds where there is room."""
    home = tmp_path_factory.mktemp("roomy") / "home"
    started(home)
    assert xunjian(home, *NIGHT).code == 0
    return _found(home)


def _found(home):
    findings = xunjian(home, "findings", "--json").rows
    cases = xunjian(home, "cases", "--json").rows
    return (
        sorted(
            (one["key"], one["rule"], one["verdict"]) for one in findings if one["platform"] == "bilibili"
        ),
        sorted((one["key"], one["rule"], one["stage"], len(one["trail"])) for one in cases),
    )


@pytest.mark.parametrize("room", [150_000, 400_000, 700_000, 1_100_000])
def test_a_night_on_a_full_disk_fails_in_words_and_is_whole_when_there_is_room_again(disk, undisturbed, room):
    home = disk / f"home-{room}"
    started(home)
    assert xunjian(home, "findings").code == 0
    filler = disk / "filler"
    free = os.statvfs(disk)
    filler.write_bytes(bytes(free.f_bavail * free.f_frsize - room))
    full = xunjian(home, *NIGHT)
    assert full.code in (1, 3)
    assert "Traceback" not in full.err
    assert "磁盘满了" in full.err or "No space left" in full.err
    filler.unlink()
    partly = _found(home)
    assert set(partly[0]) <= set(undisturbed[0]) or not partly[0]
    again = xunjian(home, *NIGHT)
    assert again.code == 0, again.err
    assert _found(home) == undisturbed
    subprocess.run(["rm", "-rf", str(home)], check=True)
