"""Chromium's own sandbox: whether it can be had on this machine, and what stands in its way."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

SWITCHES = Path("/proc/sys")
_SECONDS = 60.0
_REFUSED = re.compile("sandboxing failed|usable sandbox|setuid sandbox|new namespace", re.IGNORECASE)
# Each switch of the kernel, the value that forbids, and what to run.
_FORBIDS = (
    ("user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=15000"),
    ("kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0（Ubuntu 23.10 起由 AppArmor 限制；"
        "也可以为 {executable} 单独写一个允许 userns 的 AppArmor 配置）",
    ),
)
_ELSEWHERE = (
    "内核的开关都允许，可能是容器的 seccomp 配置禁止（podman、docker 加 --security-opt seccomp=unconfined），"
    "或者程序运行在 chroot 里"
)


def refused(said: str) -> bool:
    """Does what a browser said that did not start mean that it got no sandbox?"""
    return _REFUSED.search(said) is not None


def tried(executable: str, *, locked: bool) -> str | None:
    """Start the browser once, with its sandbox and without a network; give what it said if it did not start.

    `locked`: as under `NoNewPrivileges`, where a helper that belongs to root cannot make the sandbox.
    """
    with TemporaryDirectory() as profile:
        line = [executable, "--headless", "--disable-gpu", f"--user-data-dir={profile}"]
        line += ["--host-resolver-rules=MAP * ~NOTFOUND", "--dump-dom", "about:blank"]
        lock = ("setpriv", "--no-new-privs") if locked and shutil.which("setpriv") else ()
        try:
            done = subprocess.run(
                [*lock, *line],
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    return None if done.returncode == 0 else done.stderr


def remedy(executable: str, switches: Path = SWITCHES) -> str:
    """Say in Chinese what forbids the namespaces of which the sandbox is made, and what to run."""
    lines = [line for switch, value, line in _FORBIDS if _value(switches / switch) == value]
    if not lines:
        return _ELSEWHERE
    ways = "；".join(lines).format(executable=executable)
    return f"请运行 {ways}，并写进 /etc/sysctl.d/ 使重启后仍有效"


def _value(switch: Path) -> str | None:
    return switch.read_text(encoding="ascii").strip() if switch.exists() else None
