"""Commands as processes of their own, forked from one that has loaded the program: that is most of a short command.

What is about starting, ending or the environment starts `python -m schedules` itself.
"""

import functools
import multiprocessing
import os
import subprocess
import sys
import tempfile
from multiprocessing import forkserver
from pathlib import Path

import schedules.cli


@functools.cache
def _forks():
    """Start the process that has imported it all; Python 3.11 does not tell it where modules lie."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "warm"])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    forkserver.ensure_running()
    del os.environ["PYTHONPATH"]
    if before is not None:
        os.environ["PYTHONPATH"] = before
    return context


def command(line, cwd, timeout):
    """Run `xunjian` with the arguments `line`; raise TimeoutExpired as `subprocess.run` does."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = (Path(folder) / name for name in ("out", "err"))
        process = _forks().Process(target=_run, args=(line, cwd, dict(os.environ), out, err))
        process.start()
        process.join(timeout)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(line, timeout, *(one.read_text() for one in (out, err)))
        return subprocess.CompletedProcess(line, process.exitcode, *(one.read_text() for one in (out, err)))


def _run(line, cwd, environment, *files):
    for number, file in enumerate(files, 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["xunjian", *line]
    schedules.cli.main()
