"""What of this machine would make tonight fail: browser and sandbox, fonts, disk, who may read the home, clock."""

from __future__ import annotations

import locale
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from crawlers import browser, sandbox
from monitors.nouns import SHANGHAI
from schedules import safekeeping
from schedules.browser import cjk_fonts, driver_starts
from schedules.config import Config
from schedules.home import Home

Row = dict[str, Any]


def entry(level: str, where: str, message: str, reason: str) -> Row:
    """One row of the check; `level` is ok, warning or error, `message` is Chinese."""
    return {"level": level, "where": where, "message": message, "reason": reason}


def machine(home: Home, config: Config) -> Iterator[Row]:
    """Give a row for each thing of the machine that was looked at."""
    yield _browser(config)
    if not driver_starts():
        message = "浏览器的驱动程序不能启动，要用浏览器的平台今晚看不了。请运行：apt-get install libatomic1"
        yield entry("error", "browser", message, "no_driver")
    if not cjk_fonts():
        yield entry(
            "warning", "browser", "没有中文字体，截图会是方块：apt-get install fonts-noto-cjk", "no_cjk_fonts"
        )
    if scarce := safekeeping.scarce(home, config):
        yield entry("error", "disk", scarce, "disk")
    if not os.access(home.path, os.W_OK):
        yield entry("error", "home", f"{home.path} 不可写，请检查权限", "home_read_only")
    yield from _private(home, config)
    if datetime.now(SHANGHAI).utcoffset() is None or datetime.now(SHANGHAI).year < 2026:
        yield entry("error", "clock", f"系统时间是 {datetime.now(SHANGHAI):%Y-%m-%d}，请校准", "clock")
    if locale.getpreferredencoding(do_setlocale=False).lower().replace("-", "") != "utf8":
        yield entry("warning", "locale", "系统编码不是 UTF-8，终端上的中文可能乱码", "locale")


def _browser(config: Config) -> Row:
    path = browser.found(config.browser.path)
    if path is None:
        message = (
            "找不到 Chromium，要用浏览器的平台今晚看不了。运行 make setup，或在 [browser] path 写它的位置"
        )
        return entry("error", "browser", message, "no_browser")
    if os.geteuid() != 0:
        return _sandbox(path)
    if not config.on_loopback:
        message = "以 root 运行时浏览器没有沙箱；正式运行请用专门的普通用户，见 docs/operations.md"
        return entry("warning", "browser", message, "root")
    return entry("ok", "browser", "找到了 Chromium", "browser")


def _sandbox(path: str) -> Row:
    """Start the browser as the night will; only so is it known whether its sandbox can be had here."""
    said = sandbox.tried(path, locked=True)
    if said is None:
        return entry("ok", "browser", "Chromium 能在自己的沙箱里启动", "browser")
    if not sandbox.refused(said):
        last = (said.strip().splitlines() or ["没有说原因"])[-1][:300]
        message = f"{path} 启动不了，要用浏览器的平台今晚看不了：{last}"
        return entry("error", "browser", message, "browser_fails")
    why = f"这台机器不让普通用户建立命名空间。{sandbox.remedy(path)}"
    if sandbox.tried(path, locked=False) is None:
        message = f"Chromium 的沙箱只靠属于 root 的 chrome-sandbox，在 docs/systemd 的单元里启动不了：{why}"
        return entry("warning", "browser", message, "sandbox_helper")
    message = f"Chromium 不能在自己的沙箱里启动，要用浏览器的平台今晚看不了：{why}"
    return entry("error", "browser", message, "no_sandbox")


def _private(home: Home, config: Config) -> Iterator[Row]:
    """What holds phones or secrets and can be read by other users of the machine."""
    if home.path.stat().st_mode & 0o011 == 0:
        return
    files: list[str | Path] = [config.register_.file, "ledger.sqlite3"]
    if home.database(config.database.url).password:
        files.append(home.settings)
    for one in config.channels.values():
        files += filter(None, (one.user_file, one.password_file, one.secret_file, one.url_file))
    if config.proxy:
        files += filter(None, (config.proxy.user_file, config.proxy.password_file))
    loose = [path for file in files if (path := home.path / file).exists() and path.stat().st_mode & 0o044]
    if loose:
        names = " ".join(str(path) for path in loose)
        message = f"本机的其他用户能读到联系方式或密钥。请运行 chmod go-rwx {names}"
        yield entry("warning", "home", message, "home_readable")
