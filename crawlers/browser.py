"""A Chromium: finding one, and starting it so that it speaks to nobody but through our door."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

# The headless shell is the same engine without a desktop's windows: half the processor time and memory.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_BUILDS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium_headless_shell-*/chrome-linux*/headless_shell",
    "chromium_headless_shell-*/chrome-headless-shell-linux*/chrome-headless-shell",
)
_LAUNCH_MILLISECONDS = 30_000

# Playwright's own defaults turn off most talk behind the user's back; the door refuses what is left, and
# this keeps it from being tried. Port 9 is nobody: the two services have no switch of their own that works.
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--component-updater=url-source=http://127.0.0.1:9/",
    "--gaia-url=http://127.0.0.1:9/",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-quic",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)


def found(path: str | None) -> str | None:
    """Give the executable of a Chromium: the configured one, else on `$PATH`, else one of Playwright's.

    A configured path that is no executable gives None: another browser than the one asked for is no answer.
    """
    if path:
        return shutil.which(str(Path(path).expanduser()))
    named = next(filter(None, map(shutil.which, _NAMES)), None)
    return _unwrapped(Path(named)) if named else _playwrights_own()


def _unwrapped(path: Path) -> str:
    """Debian's script for the shell would stay between us and the browser: killing one would leave the other."""
    itself = path.parent.parent / "lib/chromium/chromium-headless-shell"
    return str(itself if path.name == itself.name and os.access(itself, os.X_OK) else path)


def _playwrights_own() -> str | None:
    where = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or "~/.cache/ms-playwright").expanduser()
    builds = [build for pattern in _BUILDS for build in where.glob(pattern) if os.access(build, os.X_OK)]
    newest = max(builds, key=lambda build: (_revision(build), "shell" in build.parts[-1]), default=None)
    return str(newest) if newest else None


def _revision(build: Path) -> int:
    number = re.search(r"-(\d+)$", build.parts[-3])
    return int(number[1]) if number else 0


def launch_options(executable: str, door_port: int, substituted: bool) -> dict[str, Any]:
    """Give Playwright's launch options; `door_port` is the proxy on loopback that all traffic must take.

    The resolver rules stand behind the proxy: whatever does not take it cannot resolve any name.
    """
    args = [
        *_QUIET,
        f"--proxy-server=socks5://127.0.0.1:{door_port}",
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    ]
    if substituted:
        # A substitute answers for several origins from one, which the same-origin rules would refuse.
        args.append("--disable-web-security")
    if os.geteuid() == 0:
        args.append("--no-sandbox")
    return {
        "executable_path": executable,
        # Playwright gives the sandbox up unless it is asked for.
        "chromium_sandbox": os.geteuid() != 0,
        "args": args,
        "timeout": _LAUNCH_MILLISECONDS,
        "handle_sigint": False,
        "handle_sigterm": False,
        "handle_sighup": False,
    }
