"""Reads the files of the Unicode Character Database, Unihan and CLDR that the tables are computed from."""

from __future__ import annotations

import bz2
import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path

DATA = Path(__file__).parent.parent / "data"


def unihan(folder: Path, file: str, *keys: str) -> Iterator[tuple[str, str, str]]:
    """Give (character, key, value) for the wanted keys of one Unihan file, packed or not."""
    packed = folder / f"{file}.bz2"
    text = bz2.decompress(packed.read_bytes()).decode() if packed.exists() else (folder / file).read_text()
    for line in text.splitlines():
        if line.startswith("U+"):
            code, key, value = line.split("\t")
            if key in keys:
                yield chr(int(code[2:], 16)), key, value


def common_han() -> tuple[str, ...]:
    """Give the 6,763 characters of GB 2312, which every modern Chinese name can be written with."""
    found = []
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                found.append(bytes((high, low)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    return tuple(found)


def shipped(name: str, lines: Iterable[str]) -> Path:
    """Write one table; the bytes depend on the lines only, so that a rebuilt table can be compared."""
    path = DATA / name
    text = "".join(f"{line}\n" for line in lines)
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    else:
        path.write_text(text, encoding="utf-8")
    return path
