"""A whole night of a large register on the local stage: how long it takes a visit, and the parent's peak memory.

`python bench/night.py [ACCOUNTS]`, by default 5,000 on Bilibili, of which the stage knows none: each visit asks, waits
for nothing, is stored and judged. Searches and sending are left out.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import xlsxwriter
from measures import Measure, numbers, peak, told

from schedules.starter import written

DAY = "2026-11-20"
TICK = 0.2


def large(home: Path, count: int) -> None:
    """Fill a starter home with so many accounts."""
    written(home)
    settings = home / "school.toml"
    text = settings.read_text(encoding="utf-8")
    assert "words_a_night = 12" in text
    settings.write_text(text.replace("words_a_night = 12", "words_a_night = 1"), encoding="utf-8")
    with xlsxwriter.Workbook(str(home / "台账.xlsx")) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, ("平台", "账号名称", "账号ID", "创建单位"))
        for number in range(count):
            row = ("哔哩哔哩", f"云岭大学第{number}号", str(7_000_000 + number), f"第{number % 200}学院")
            sheet.write_row(number + 1, 0, row)


def measured(count: int) -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        large(home, count)
        command = ("night", "--day", DAY, "--platform", "bilibili", "--no-send")
        line = [sys.executable, "-m", "schedules", "--home", str(home), *command]
        begun, most = time.monotonic(), 0.0
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as night:
            while night.poll() is None:
                # Between the look and the reading the process may have gone.
                most = max(most, _peak(night.pid))
                time.sleep(TICK)
            assert night.stderr is not None
            said = night.stderr.read()
        assert night.returncode == 0, said
        took = time.monotonic() - begun
        size = (home / "ledger.sqlite3").stat().st_size / 1e6
    yield Measure(f"night of {count:,} accounts, memory of the parent", most, "MB", at_most=250)
    yield Measure("  looked at, stored and judged", count / took, "accounts/s")
    yield Measure("  ledger after it", size, "MB")


def _peak(process: int) -> float:
    try:
        return peak(process)
    except (LookupError, FileNotFoundError, ProcessLookupError):
        return 0.0


if __name__ == "__main__":
    told(measured(int(numbers((5_000,))[0])))
