"""The protected names as the matcher compares them: folded, weighted by information, with their turned orders."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, permutations

from monitors.names.folds import folded, is_han
from monitors.names.lexicon import places

MOST_BITS, LEAST_BITS = 10.0, 0.5
SUFFIX = re.compile(
    r"(?:高等专科学校|幼儿师范高等专科学校|(?:职业技术|职业|师范|科技|理工|工业|农业|医科|财经|外国语|工程|民族)?(?:大学|学院)|专科学校|学校)$"
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name to align with: `bits[k]` is the information of character k.

    The place it begins with ends at `place`, its suffix begins at `tail`.
    """

    text: str
    bits: tuple[float, ...]
    place: int
    tail: int

    @property
    def total(self) -> float:
        return sum(self.bits)


class Information:
    """How much a character tells about which school is meant: minus log2 of its share among all names."""

    def __init__(self, names: Iterable[str]) -> None:
        self._found: Counter[str] = Counter()
        self._names = 1
        for name in names:
            self._names += 1
            self._found.update(set(name))

    def bits(self, char: str) -> float:
        return min(MOST_BITS, max(LEAST_BITS, math.log2(self._names / (self._found[char] + 0.5))))


def reference(name: str, information: Information) -> Reference:
    """Give the reference of a Chinese name; what is not Han in it is left out."""
    text = "".join(char for char in folded(name) if is_han(char))
    found = SUFFIX.search(text)
    tail = found.start() if found and found.start() else len(text)
    place = next((n for n in (4, 3, 2) if text[:n] in places() and n <= tail), 0)
    return Reference(text, tuple(information.bits(char) for char in text), place, tail)


def turned(one: Reference) -> Sequence[Reference]:
    """Give the reference with its pieces in other orders, and spelled from the end."""
    text, size = one.text, len(one.text)
    orders: dict[tuple[int, ...], None] = {}
    base = tuple(range(size))
    cuts = [[0, one.tail, size]] if one.tail < size else []
    cuts += [[0, 2, one.tail, size]] if 3 < one.tail <= size else []
    cuts += [[0, 2, 4, one.tail, size]] if one.tail > 5 else []
    cuts += [[0, 2, size]] if size > 3 else []
    for cut in cuts:
        pieces: list[tuple[int, ...]] = [base[a:b] for a, b in pairwise(cut) if a < b]
        for order in permutations(pieces):
            orders[tuple(n for piece in order for n in piece)] = None
    for n in range(size - 1):
        orders[(*base[:n], n + 1, n, *base[n + 2 :])] = None
    orders[base[::-1]] = None
    seen = {text}
    found = []
    for turn in orders:
        spelled = "".join(text[n] for n in turn)
        if spelled not in seen:
            seen.add(spelled)
            found.append(Reference(spelled, tuple(one.bits[n] for n in turn), 0, size))
    return found
