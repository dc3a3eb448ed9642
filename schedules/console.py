"""What every command shares: the home it works on, JSON or text out, errors in Chinese, exit codes."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI
from reports.wording import NAME_KINDS, STAGES, VERDICTS
from schedules import config, safekeeping
from schedules.config import Config, ConfigError
from schedules.home import Home

DONE, FAILED, UNUSABLE, UNBELIEVED = 0, 1, 2, 3
console = Console(stderr=True, highlight=False)


@dataclass
class Session:
    """One call of the command line."""

    home: Home
    as_json: bool

    @cached_property
    def config(self) -> Config:
        """The home's settings; an unusable file ends the command with exit code 2."""
        try:
            return config.load(self.home.path)
        except ConfigError as error:
            fail(str(error), UNUSABLE)

    @cached_property
    def ledger(self) -> Ledger:
        return safekeeping.opened(self.home, self.config)

    def show(self, rows: Iterable[Mapping[str, Any]], columns: Sequence[tuple[str, str]] = ()) -> None:
        """Print rows: one JSON object a line, or a table of the named columns (key, heading)."""
        if self.as_json:
            for row in rows:
                emit(row)
            return
        table = Table()
        for _, heading in columns:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(
                *(_plain(_WORDS.get(key, {}).get(value, value)) for key, value in _cells(row, columns))
            )
        Console(highlight=False, markup=False).print(table)


def _cells(row: Mapping[str, Any], columns: Sequence[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    for key, _ in columns:
        value = row.get(key)
        yield key, value if isinstance(value, Hashable) else _plain(value)


# What JSON gives as the contract's words, a person reads in Chinese.
_WORDS: Mapping[str, Mapping[Any, str]] = {
    "stage": STAGES,
    "verdict": VERDICTS,
    "level": {"ok": "正常", "warning": "注意", "error": "错误"},
    "origin": {
        "name": "校名",
        "freed": "空出的名称",
        "addition": "校名加字",
        "imitation": "仿写",
        "unit": "校内单位",
    },
    "flag": {True: "请看", False: ""},
    "kind": NAME_KINDS,
    "problem": {"missing": "不见了", "changed": "内容变了"},
}
_HALVES = re.compile("[\ud800-\udfff]")  # halves of surrogate pairs, which no encoding can write
_OPENED: ContextVar[Session] = ContextVar("session")


def opened(home: Home, *, as_json: bool) -> None:
    """Open the session of this call."""
    _OPENED.set(Session(home, as_json))


def session() -> Session:
    """The session that the global options opened."""
    return _OPENED.get()


def closed() -> None:
    """Close the ledger, if this call opened it: then all of it is in its one file."""
    if (here := _OPENED.get(None)) and "ledger" in vars(here):
        here.ledger.close()


def emit(row: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of standard output."""
    text = json.dumps(row, ensure_ascii=False, default=_encoded)
    sys.stdout.write(_HALVES.sub(lambda half: f"\\u{ord(half[0]):04x}", text) + "\n")
    sys.stdout.flush()


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, set | tuple | frozenset):
        return list(value)
    raise TypeError(type(value).__name__)


def _plain(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, Mapping):
        return " ".join(_plain(part) for part in value.values())
    return str(value)


def say(text: str) -> None:
    """A message for the person at the terminal: on standard error, never in the data."""
    console.print(text, markup=False, soft_wrap=True)


def fail(text: str, code: int = FAILED) -> NoReturn:
    """Say what is wrong and end the command."""
    say(text)
    raise typer.Exit(code)


def today() -> date:
    """The Shanghai day it is now."""
    return datetime.now(SHANGHAI).date()


def day_of(text: str | None) -> date:
    """Read a `--day`; today when there is none."""
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"日期 “{text}” 不对，应写成 2026-11-20 这样", UNUSABLE)
