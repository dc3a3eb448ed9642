"""Lays names along references: local alignment of many pairs at once, and the path of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

JUNK, LOST, SWAPPED = 1.6, 0.35, 1.0  # bits: a cell between; share of the bits of a lost or replaced one
LEAST = 0.5  # below this worth a cell does not stand for the character


@dataclass(frozen=True, slots=True)
class Path:
    """How one name lies along a reference: pairs of (cell, character), with None for what has no partner.

    The first and the last pair are matches; `score` is in bits.
    """

    score: float
    pairs: tuple[tuple[int | None, int | None], ...]

    @property
    def begin(self) -> int:
        return next(cell for cell, _ in self.pairs if cell is not None)

    @property
    def end(self) -> int:
        return next(cell for cell, _ in reversed(self.pairs) if cell is not None) + 1


def scores(worth: Floats, bits: Floats, junk: Floats) -> Floats:
    """Give the tables of best local scores, shape (pairs, cells + 1, characters + 1).

    `worth` is (pairs, cells, characters), `bits` (pairs, characters), `junk` (pairs, cells): what it costs
    to pass a cell by. Padding must be worth 0 with bits 0.
    """
    count, cells, chars = worth.shape
    table = np.zeros((count, cells + 1, chars + 1), np.float32)
    stands = worth >= LEAST
    gain = np.where(stands, worth * bits[:, None, :], -(LOST * bits[:, None, :] + SWAPPED)).astype(np.float32)
    slide = np.zeros((count, chars + 1), np.float32)
    np.cumsum(LOST * bits, axis=1, out=slide[:, 1:])
    for n in range(cells):
        before, here = table[:, n], table[:, n + 1]
        np.subtract(before, junk[:, n, None], out=here)
        np.maximum(here[:, 1:], before[:, :-1] + gain[:, n], out=here[:, 1:])
        np.maximum(here, 0.0, out=here)
        here += slide
        np.maximum.accumulate(here, axis=1, out=here)
        here -= slide
    return table


def path(table: Floats, worth: Floats, bits: Sequence[float], junk: Sequence[float]) -> Path:
    """Walk back the best path of one pair through its own part of the tables."""
    cells, chars = len(junk), len(bits)
    part = table[: cells + 1, : chars + 1]
    n, k = divmod(int(part.argmax()), chars + 1)
    rows = part.tolist()
    stand = worth[:cells, :chars].tolist()
    score = rows[n][k]
    pairs: list[tuple[int | None, int | None]] = []
    while n > 0 and k > 0 and rows[n][k] > 1e-4:
        here, value = rows[n][k], stand[n - 1][k - 1]
        good = value >= LEAST
        gain = value * bits[k - 1] if good else -(LOST * bits[k - 1] + SWAPPED)
        if abs(rows[n - 1][k - 1] + gain - here) < 1e-3:
            pairs += [(n - 1, k - 1)] if good else [(n - 1, None), (None, k - 1)]
            n, k = n - 1, k - 1
        elif abs(rows[n - 1][k] - junk[n - 1] - here) < 1e-3:
            pairs.append((n - 1, None))
            n -= 1
        else:
            pairs.append((None, k - 1))
            k -= 1
    pairs.reverse()
    return Path(score, tuple(_trimmed(pairs)))


def _trimmed(pairs: list[tuple[int | None, int | None]]) -> list[tuple[int | None, int | None]]:
    """Cut off what has no partner at either end."""
    whole = [n for n, (cell, char) in enumerate(pairs) if cell is not None and char is not None]
    return pairs[whole[0] : whole[-1] + 1] if whole else []
