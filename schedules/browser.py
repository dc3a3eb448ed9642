"""Set-up of the browser: `python -m schedules.browser` finds a Chromium and CJK fonts, or installs them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys

from playwright._impl._driver import compute_driver_executable

from crawlers import browser


def cjk_fonts() -> bool:
    """Is there a font that can draw Chinese? Without fontconfig it cannot be known, and counts as no."""
    tool = shutil.which("fc-list")
    if tool is None:
        return False
    listed = subprocess.run([tool, ":lang=zh", "family"], capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip())


def driver_starts() -> bool:
    """Does the program start through which Playwright speaks to the browser? A bare Debian lacks its library."""
    node = compute_driver_executable()[0]
    return subprocess.run([node, "--version"], capture_output=True, check=False).returncode == 0


def missing() -> list[str]:
    """Give the Debian packages that this machine still needs."""
    packages = [] if browser.found(None) else ["chromium"]
    packages += [] if cjk_fonts() else ["fonts-noto-cjk", "fontconfig"]
    return packages + ([] if driver_starts() else ["libatomic1"])


def _offered() -> str:
    """Give the lightest Chromium that the distribution has."""
    light = "chromium-headless-shell"
    asked = subprocess.run(("apt-cache", "show", light), capture_output=True, check=False)
    return "chromium" if asked.returncode else light


def install(packages: list[str]) -> int:
    """Install with apt as root; else say the one line to run. Gives an exit code."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        offered = f"{sys.executable} -m playwright install chromium"
        print(f"缺少 {'、'.join(packages)}。请运行：sudo apt-get update && sudo {line}", file=sys.stderr)  # noqa: T201
        if "chromium" in packages:
            print(f"（没有管理员权限但能上外网时，浏览器也可以这样装：{offered}）", file=sys.stderr)  # noqa: T201
        return 1
    print(f"正在安装 {'、'.join(packages)} ...", file=sys.stderr)  # noqa: T201
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -qq", f"{line} -qq"):
        lightest = re.sub(r"\bchromium\b", _offered(), command)  # known only after the update
        done = subprocess.run(lightest.split(), env=quiet, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"安装没有成功：{command}\n{done.stdout}{done.stderr}", file=sys.stderr)  # noqa: T201
            return 1
    return 0


if __name__ == "__main__":
    wanted = missing()
    sys.exit(install(wanted) if wanted else 0)
