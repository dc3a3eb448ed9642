"""Reads the shipped tables, each once."""

from __future__ import annotations

import gzip
from functools import cache
from importlib.resources import files


@cache
def lines(name: str) -> tuple[str, ...]:
    """Give the lines of a table in `data/`, comments and blank lines left out."""
    packed = files("monitors.names").joinpath("data", name).read_bytes()
    text = (gzip.decompress(packed) if name.endswith(".gz") else packed).decode()
    return tuple(line for line in text.splitlines() if line.strip() and not line.startswith("#"))


@cache
def table(name: str) -> dict[str, tuple[str, ...]]:
    """Give a table as first column -> the other columns."""
    return {row[0]: tuple(row[1:]) for row in (line.split("\t") for line in lines(name))}
