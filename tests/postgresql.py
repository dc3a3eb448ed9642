"""The suite with its ledgers on PostgreSQL: a server of the system's own package, for one run, in a temporary place.

Run as a script it gives its arguments to pytest: `python tests/postgresql.py -n 2 tests/monitors`.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
MISSING = "no PostgreSQL is installed (Debian: postgresql)"
# Order of text, zone and room are set unlike SQLite's, so that nothing rests on them by accident.
CHINESE = ("-E", "UTF8", "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=zh")
SETTINGS = {
    "listen_addresses": "127.0.0.1", "timezone": "America/St_Johns", "max_connections": 300,
    "fsync": "off", "full_page_writes": "off",
}  # fmt: skip


class Server:
    """One server: its address, and how it is stopped and started again."""

    def __init__(self, place, options, locale):
        self._options = options
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        made = [BIN / "initdb", "-D", place / "data", "-U", "xunjian", "-A", "trust", "--no-sync", *locale]
        subprocess.run(made, check=True, capture_output=True, **options)
        settings = {"port": self._port, "unix_socket_directories": place} | SETTINGS
        flags = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._control = [BIN / "pg_ctl", "-D", place / "data", "-o", flags, "-l", place / "log", "-w"]
        self.start()

    @property
    def address(self):
        return f"postgresql+psycopg://xunjian@127.0.0.1:{self._port}"

    def start(self):
        subprocess.run([*self._control, "start"], check=True, stdout=subprocess.DEVNULL, **self._options)

    def stop(self):
        """End it at once, as a machine that loses its power does."""
        stopped = [*self._control, "-m", "immediate", "stop"]
        subprocess.run(stopped, check=True, stdout=subprocess.DEVNULL, **self._options)


@contextmanager
def serving(locale=CHINESE):
    """A server of our own on loopback that ends with the block."""
    options = {"cwd": "/tmp"}
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root.
        other = pwd.getpwnam("postgres")
        options |= {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
    made = subprocess.check_output(["mktemp", "-d", "/tmp/xunjian-pg-XXXXXX"], text=True, **options)
    place = Path(made.strip())
    try:
        server = Server(place, options, locale)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def main(arguments):
    """Run pytest with every ledger on one server; gives its exit code."""
    if BIN is None:
        print(f"nothing was run: {MISSING}", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with serving() as server:
        env = os.environ | {"XUNJIAN_TEST_SERVER": server.address}
        # A walk of many nights commits often, and a server takes longer over each than a file.
        line = [sys.executable, "-m", "pytest", "-o", "timeout=900", *arguments]
        return subprocess.run(line, env=env, cwd=Path(__file__).parent.parent, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
