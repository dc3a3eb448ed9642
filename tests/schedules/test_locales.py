"""Whatever locale a shell or a cron job has: Chinese is printed, and the register has one name."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

BARE = {"PATH": os.defpath}
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    ("locale", "encoding"),
    (
        (ASCII, "utf-8"),
        ({"LANG": "C", "PYTHONIOENCODING": "ascii"}, "utf-8"),
        # A terminal with a Chinese of its own keeps it.
        (ASCII | {"PYTHONIOENCODING": "gb18030"}, "gb18030"),
    ),
)
def test_chinese_is_printed_and_named_in_every_locale(tmp_path, locale, encoding):
    home = tmp_path / "home"
    line = [sys.executable, "-m", "schedules", "--home", home, "init"]
    done = subprocess.run(line, capture_output=True, cwd=ROOT, env=BARE | locale, check=False, timeout=240)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert "已写好" in done.stderr.decode(encoding)
    assert (home / "台账.xlsx").exists()
