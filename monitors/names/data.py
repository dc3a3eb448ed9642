"""Reads the shipped tables, each once."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from importlib.resources import files


def rows(name: str) -> Iterator[str]:
    """Go through the lines of a table in `data/`, comments and blank lines left out; nothing is kept."""
    packed = files("monitors.names").joinpath("data", name).read_bytes()
    text = (gzip.decompress(packed) if name.endswith(".gz") else packed).decode()
    return (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def lines(name: str) -> tuple[str, ...]:
    """Give the lines of a table, for one that is gone through often."""
    return tuple(rows(name))


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Give a table as first column -> the other columns."""
    return {row[0]: tuple(row[1:]) for row in (line.split("\t") for line in rows(name))}


@cache
def phrases() -> tuple[str, ...]:
    """Give the words of the language."""
    return tuple(line.split("\t")[0] for line in rows("phrases.tsv.gz"))
