"""A set of references that names are laid along, many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from monitors.names.alignment import JUNK, Path, path, scores
from monitors.names.cells import MUTE, SYLLABLE, Cells
from monitors.names.folds import is_emoji
from monitors.names.likeness import Floats, Likeness
from monitors.names.references import Reference
from monitors.names.sounds import spoken

EMOJI_JUNK, SIGN_JUNK = 0.1, 0.9
_BLOCK = 1500


@dataclass(slots=True)
class Lay:
    """A name laid along a reference: the score, and the path on demand, for few are looked at."""

    score: float
    _table: Floats
    _worth: Floats
    _bits: tuple[float, ...]
    _junk: list[float]

    @property
    def path(self) -> Path:
        return path(self._table, self._worth, self._bits, self._junk)


class Field:
    """References of one kind (protected names, or other schools) with what their characters may look like."""

    def __init__(self, references: Sequence[Reference], most_rows: int) -> None:
        self.references = tuple(references)
        said: dict[str, tuple[str, ...]] = {}
        for one in self.references:
            for char, sounds in zip(one.text, spoken(one.text), strict=True):
                said[char] = tuple(dict.fromkeys((*said.get(char, ()), *sounds)))
        self.likeness = Likeness(sorted(said), said, most_rows)
        column = self.likeness.column
        self._columns = [np.array([column[char] for char in one.text]) for one in self.references]
        self.totals: Floats = np.array([one.total for one in self.references], np.float32)

    @cached_property
    def _weights(self) -> Floats:
        """What each character is worth to each reference; only fields that are asked for bounds need it."""
        found: Floats = np.zeros((len(self.likeness.column), len(self.references)), np.float32)
        for n, one in enumerate(self.references):
            for char, bits in zip(one.text, one.bits, strict=True):
                found[self.likeness.column[char], n] += bits
        return found

    def bounds(self, names: Sequence[Cells]) -> Floats:
        """Give (names, references): the share of each reference's bits that a name could hold at most."""
        rows = [self.likeness.rows(name.codes) or [0] for name in names]
        starts = np.cumsum([0, *(len(row) for row in rows[:-1])])
        flat = np.fromiter((n for row in rows for n in row), np.int64)
        best = np.maximum.reduceat(self.likeness.worth[flat], starts, axis=0)
        empty = np.array([not name.codes for name in names])
        best[empty] = 0.0
        return np.asarray((best @ self._weights) / self.totals, np.float32)

    def lay(self, pairs: Sequence[tuple[Cells, int]]) -> list[Lay]:
        """Lay each (name, reference) pair, in their order."""
        found: dict[int, Lay] = {}
        order = sorted(range(len(pairs)), key=lambda n: len(pairs[n][0].codes))
        for begin in range(0, len(order), _BLOCK):
            block = order[begin : begin + _BLOCK]
            found |= zip(block, self._lay([pairs[n] for n in block]), strict=True)
        return [found[n] for n in range(len(pairs))]

    def _lay(self, pairs: Sequence[tuple[Cells, int]]) -> list[Lay]:
        cells = max(len(name.codes) for name, _ in pairs)
        chars = max(len(self.references[n].bits) for _, n in pairs)
        worth = np.zeros((len(pairs), cells, chars), np.float32)
        bits = np.zeros((len(pairs), chars), np.float32)
        junk = np.full((len(pairs), cells), JUNK, np.float32)
        costs = []
        for row, (name, n) in enumerate(pairs):
            columns = self._columns[n]
            rows = self.likeness.rows(name.codes)
            worth[row, : len(rows), : len(columns)] = self.likeness.worth[rows][:, columns]
            bits[row, : len(columns)] = self.references[n].bits
            cost = [_junk(code) for code in name.codes]
            junk[row, : len(cost)] = cost
            costs.append(cost)
        tables = scores(worth, bits, junk)
        best = tables.reshape(len(pairs), -1).max(axis=1).tolist()
        return [
            Lay(best[row], tables[row], worth[row], self.references[n].bits, costs[row])
            for row, (_, n) in enumerate(pairs)
        ]


@cache
def _junk(code: int) -> float:
    """Give what it costs, in bits, to pass a cell by inside a name: a picture or a sign less than a character."""
    if code < 0x80 or code >= MUTE:
        return SIGN_JUNK
    return EMOJI_JUNK if code < SYLLABLE and is_emoji(chr(code)) else JUNK


def best_each(bounds: NDArray[np.float32], least: float, most: int) -> list[list[int]]:
    """Give for each row the columns with a value of at least `least`, the `most` highest first."""
    found = []
    for row in bounds:
        good = np.flatnonzero(row >= least)
        found.append(good[np.argsort(-row[good], kind="stable")[:most]].tolist())
    return found
