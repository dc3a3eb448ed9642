"""Turns a folded name into cells: characters, pinyin syllables and characters put together from their sides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from monitors.names.folds import Folded
from monitors.names.sounds import syllables

SYLLABLE = 0x200000  # a cell from here on is a pinyin syllable, numbered by its place in `syllables`
JOINED = 0x300000  # from here on it is a character put together, plus its code point
MUTE = 0x400000  # from here on a letter of a word that is no pinyin; it stands for no character

_RUN = re.compile(r"[a-z][a-z1-5]*")
_TONED = re.compile(r"([a-z]+)[1-5]")
_LONGEST = 6
MOST_LONE = 3  # single letters stand for characters only where there are few of them


@dataclass(frozen=True, slots=True)
class Cells:
    """One way to read a name: `codes[i]` covers the folded characters from `begins[i]` to `ends[i]`."""

    codes: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]


@cache
def numbered() -> dict[str, int]:
    """Give the number of each syllable; lue and nue are typed for lüe and nüe."""
    found = {syllable: n for n, syllable in enumerate(syllables()) if syllable.isascii()}
    return found | {"lue": found["lve"], "nue": found["nve"]}


def readings_of(run: str, breaks: frozenset[int]) -> list[tuple[int, int]]:
    """Cut a run of letters into syllables, single letters where it must be; give (begin, end) pieces."""
    known, size = numbered(), len(run)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * size
    for end in range(1, size + 1):
        for begin in range(max(0, end - _LONGEST), end):
            piece = run[begin:end]
            one = len(piece) == 1
            if not one and piece not in known:
                continue
            cost = best[begin][0] + (1.6 if one else 1.0) + 1.2 * sum(begin < b < end for b in breaks)
            if cost < best[end][0]:
                best[end] = (cost, begin)
    pieces, end = [], size
    while end:
        pieces.append((best[end][1], end))
        end = best[end][1]
    return pieces[::-1]


def _run_cells(run: str, at: int, breaks: frozenset[int]) -> list[tuple[int, int, int]]:
    """Give (code, begin, end) for a run of letters and tone digits that begins at `at`."""
    groups = _TONED.findall(run)
    if len(groups) > 1 and sum(len(g) + 1 for g in groups) >= len(run) - 1:
        found = []
        for match in re.finditer(r"([a-z]+)[1-5]?", run):
            found += _run_cells(match[1], at + match.start(), frozenset())
        return found
    cells, place = [], 0
    for part in re.split(r"(\d)", run):
        if part.isdigit():
            cells.append((ord(part), at + place, at + place + 1))
        elif part:
            pieces = readings_of(part, frozenset(b - place for b in breaks))
            lone = sum(end - begin == 1 for begin, end in pieces)
            base = 0 if lone <= MOST_LONE and 2 * lone <= len(pieces) + 2 else MUTE
            for begin, end in pieces:
                piece = part[begin:end]
                code = base + ord(piece) if end - begin == 1 else SYLLABLE + numbered()[piece]
                cells.append((code, at + place + begin, at + place + end))
        place += len(part)
    return cells


def _breaks(folded: Folded, begin: int, end: int) -> frozenset[int]:
    """Give the places in a run of letters where the writer put a mark or a capital after small letters."""
    found = set()
    for place in range(begin + 1, end):
        (before, _), (here, _) = folded.spans[place - 1], folded.spans[place]
        capital = folded.original[here].isupper() and not folded.original[before].isupper()
        if folded.gaps[place] or capital:
            found.add(place - begin)
    return frozenset(found)


def _frozen(cells: list[tuple[int, int, int]]) -> Cells:
    codes, begins, ends = zip(*cells, strict=True) if cells else ((), (), ())
    return Cells(codes, begins, ends)


def ways(folded: Folded, joins: dict[str, str], firsts: frozenset[str]) -> list[Cells]:
    """Give the ways to read a name: as written, and with neighbours that make a character put together.

    `firsts` are the characters that the keys of `joins` begin with.
    """
    text = folded.text
    cells: list[tuple[int, int, int]] = []
    place = 0
    for run in _RUN.finditer(text):
        cells += [(ord(text[n]), n, n + 1) for n in range(place, run.start())]
        cells += _run_cells(run[0], run.start(), _breaks(folded, run.start(), run.end()))
        place = run.end()
    cells += [(ord(text[n]), n, n + 1) for n in range(place, len(text))]
    found = [_frozen(cells)]
    pushed = None if firsts.isdisjoint(text) else _pushed(cells, text, joins)
    if pushed:
        found.append(_frozen(pushed))
    if "xian" in text:
        found.append(_frozen(_xi_an(cells)))
    return found


def _pushed(
    cells: list[tuple[int, int, int]], text: str, joins: dict[str, str]
) -> list[tuple[int, int, int]] | None:
    """Put sides together from left to right; None where there is nothing to put together."""
    found, place, changed = [], 0, False
    while place < len(cells):
        for size in (3, 2):
            begin, end = cells[place][1], cells[min(place + size, len(cells)) - 1][2]
            char = joins.get(text[begin:end]) if end - begin == size else None
            if char:
                found.append((JOINED + ord(char), begin, end))
                place, changed = place + size, True
                break
        else:
            found.append(cells[place])
            place += 1
    return found if changed else None


def _xi_an(cells: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Read xian as the two syllables of 西安."""
    known, found = numbered(), []
    for code, begin, end in cells:
        if code == SYLLABLE + known["xian"]:
            found += [(SYLLABLE + known["xi"], begin, begin + 2), (SYLLABLE + known["an"], begin + 2, end)]
        else:
            found.append((code, begin, end))
    return found
