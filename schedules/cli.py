"""The command line: `xunjian COMMAND`."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from sqlalchemy.exc import DBAPIError

from monitors.ledger import NewerLedger, WrongEncoding
from schedules import console, safekeeping
from schedules.advice import advice
from schedules.commands import casework, looking, nightly, people, records
from schedules.home import Home

app = typer.Typer(
    name="xunjian",
    help="A nightly patrol of a school's social media accounts.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for commands in (nightly, casework, people, looking, records):
    commands.attach(app)


@app.callback()
def options(
    home: Annotated[
        Path | None, typer.Option(help="The home; else $XUNJIAN_HOME, else ./home. May follow the command.")
    ] = None,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="One JSON object a line on standard output. May follow the command."),
    ] = False,
) -> None:
    console.opened(Home.chosen(home), as_json=as_json)


def _global_first(arguments: list[str]) -> list[str]:
    """Move `--home DIR` and `--json` before the command: both may be written after it."""
    first: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "--json":
            first.append(argument)
        elif argument == "--home":
            first += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        elif argument.startswith("--home="):
            first.append(argument)
        else:
            rest.append(argument)
    return first + rest


def _stop(number: int, frame: FrameType | None) -> None:
    """End as on Ctrl-C, so that what was begun is left in order; asked again, do not begin the ending anew."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def _in_utf8() -> None:
    """Begin again in Python's UTF-8 mode under a locale without it.

    台账.xlsx must have one name for a shell in any locale and for the timers, and no terminal may break a command.
    """
    wanted = {"PYTHONUTF8": "1", "PYTHONIOENCODING": f"{_writes_chinese()}:replace"}
    utf8 = sys.getfilesystemencoding() == "utf-8" and all(
        stream is None or _can_write(stream.encoding) for stream in (sys.stdout, sys.stderr)
    )
    if not utf8 and not wanted.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], {**os.environ, **wanted})


def _writes_chinese() -> str:
    """The encoding of the terminal if it has Chinese, as GBK has, else UTF-8."""
    own = sys.stdout.encoding if sys.stdout else "utf-8"
    return own if _can_write(own) else "utf-8"


def _can_write(encoding: str) -> bool:
    try:
        return bool("巡检".encode(encoding))
    except (UnicodeEncodeError, LookupError):
        return False


def main() -> None:
    """Run the command line with the arguments of the process; what is written is its user's own."""
    _in_utf8()
    os.umask(0o077)
    signal.signal(signal.SIGTERM, _stop)
    try:
        app(args=_global_first(sys.argv[1:]), prog_name="xunjian")
    except (DBAPIError, sqlite3.Error, NewerLedger, WrongEncoding, safekeeping.Lost, OSError) as error:
        said = advice(error, console.session().home)
        if said is None:
            raise
        console.say(said)
        sys.exit(console.FAILED)
    finally:
        console.closed()
