"""The browser's own sandbox where the kernel gives no namespaces: what is said of it, in advance and of the night."""

import json
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT
from tinycrawl import COMMAND, accounts, notes, order
from tinyserver import tiny

from crawlers import sandbox
from crawlers.browser import found
from crawlers.children import run
from monitors.nouns import Unreachable

# Nobody in particular, in a user namespace in which no further one can be made: a machine of its own in this respect.
_NOBODY = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--keep-caps")
_SHUT = (
    *_NOBODY, "sh", "-c",
    'echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --ambient-caps=-all --inh-caps=-all "$@"', "sh",
)  # fmt: skip


def _can(*line):
    return (
        shutil.which(line[0]) is not None
        and subprocess.run(line, capture_output=True, check=False).returncode == 0
    )


if not (_can(*_SHUT, "true") and not _can(*_SHUT, "unshare", "--user", "true")):
    pytest.skip("this machine cannot be shut for a test: no user namespaces", allow_module_level=True)


def asked(code, *arguments, before=_SHUT):
    line = [*before, sys.executable, "-c", f"import sys\nfrom crawlers import sandbox\n{code}", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_where_no_namespaces_can_be_made_the_browser_says_so_and_elsewhere_it_starts():
    code = "said = sandbox.tried(sys.argv[1], locked=True)\nprint(said and sandbox.refused(said))"
    assert asked(code, found(None)) == "True\n"
    assert asked(code, found(None), before=_NOBODY[:-1]) == "None\n"


def test_the_switch_that_is_off_is_the_one_that_is_named(tmp_path):
    assert "seccomp" in sandbox.remedy("/b", tmp_path)
    for switch, on, off in (
        ("user/max_user_namespaces", "15000", "0"),
        ("kernel/unprivileged_userns_clone", "1", "0"),
        ("kernel/apparmor_restrict_unprivileged_userns", "0", "1"),
    ):
        path = tmp_path / switch
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{on}\n")
        assert "sysctl" not in sandbox.remedy("/b", tmp_path)
        path.write_text(f"{off}\n")
        assert f"sysctl -w {switch.replace('/', '.')}={on}" in sandbox.remedy("/b", tmp_path)
        path.write_text(f"{on}\n")


def test_a_browser_that_fails_for_another_reason_is_not_taken_for_one_without_a_sandbox(tmp_path):
    broken = tmp_path / "chromium"
    broken.write_text("#!/bin/sh\necho 'error while loading shared libraries: libnss3.so' >&2; exit 127\n")
    broken.chmod(0o755)
    said = sandbox.tried(str(broken), locked=True)
    assert "libnss3.so" in said
    assert not sandbox.refused(said)
    assert "No such file" in sandbox.tried(str(tmp_path / "none"), locked=False)


def test_a_night_without_a_sandbox_tells_why_its_pages_were_not_read(tmp_path):
    with tiny() as server:
        end = run([order(server, tmp_path, *accounts("b1"))], command=(*_SHUT, *COMMAND))["tiny"]
    assert end.how == "done", end
    [note] = notes(tmp_path)
    assert isinstance(note.outcome, Unreachable)
    assert "沙箱" in note.outcome.why and "xunjian check" in note.outcome.why


def test_check_says_before_the_night_what_forbids_the_sandbox_and_how_to_allow_it(home):
    line = [*_SHUT, sys.executable, "-m", "schedules", "--home", str(home), "--json", "check"]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT, check=False, timeout=120)
    [row] = [row for row in map(json.loads, done.stdout.splitlines()) if row["where"] == "browser"]
    assert (done.returncode, row["level"], row["reason"]) == (1, "error", "no_sandbox"), done.stderr
    assert "sysctl -w user.max_user_namespaces=" in row["message"]
