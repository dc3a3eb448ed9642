"""The other schools as explanations: what a name may mean instead of the protected one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from monitors.names.cells import JOINED, MUTE, SYLLABLE, Cells
from monitors.names.competitors import Competitor, clipped
from monitors.names.field import Field
from monitors.names.folds import folded
from monitors.names.references import Information, reference
from monitors.names.sounds import sounds, syllables

MOST, LONGEST, LEAST = 5, 22, 2.0  # schools laid along a name; characters of a name; bits held
UNMATCHED = 0.7  # what each bit of the other school's name that the candidate lacks takes off


@dataclass(frozen=True, slots=True)
class Rival:
    """Another school that explains a stretch of a name: `score` and `total` in bits, `whole` if word for word."""

    school: str
    text: str
    begin: int
    end: int
    score: float
    total: float
    whole: bool

    @property
    def worth(self) -> float:
        return self.score - UNMATCHED * (self.total - self.score)


class Rivals:
    """All names of the other schools; near ones are found by rapidfuzz and then laid along the candidate."""

    def __init__(self, listed: Sequence[Competitor], own: Iterable[str], information: Information) -> None:
        mine = {folded(name) for name in own}
        names: dict[str, str] = {}
        self._literal: dict[str, tuple[str, float]] = {}
        for one in listed:
            known = [folded(name) for name in (one.name, *one.former, *one.short)]
            for name in known:
                if len(name) > 1 and name not in mine:
                    names.setdefault(name, one.name)
        references = [reference(name, information) for name in names]
        kept = [(one, school) for one, school in zip(references, names.values(), strict=True) if one.text]
        for known_as, school in kept:
            self._literal.setdefault(known_as.text, (school, known_as.total))
        for other in listed:
            for way in clipped(folded(other.name)):
                if way not in mine and way not in self._literal:
                    bits = sum(information.bits(char) for char in way)
                    self._literal[way] = (other.name, bits)
        self._schools = [school for _, school in kept]
        self._field = Field([one for one, _ in kept], most_rows=3000)
        self._texts = [one.text for one, _ in kept]
        self._heard = ["".join(map(_voice, one.text)) for one, _ in kept]
        self._lengths = np.array([len(text) for text in self._texts], np.float32)
        self._per_length = self._field.totals / self._lengths

    def literal(self, text: str) -> list[Rival]:
        """Give the other schools' names and usual clippings that stand in a folded text word for word."""
        found = []
        for begin in range(len(text) - 1):
            for end in range(begin + 2, min(len(text), begin + LONGEST) + 1):
                hit = self._literal.get(text[begin:end])
                if hit:
                    found.append(Rival(hit[0], text[begin:end], begin, end, hit[1], hit[1], True))
        return found

    def near(self, names: Sequence[tuple[str, Cells]]) -> list[list[Rival]]:
        """Give, for each (folded text, cells), the other schools that fit some stretch of it best."""
        texts = ["".join(chr(code) if code < SYLLABLE else "?" for code in name.codes) for _, name in names]
        spoken = ["".join(_cell_voice(code) for code in name.codes) for _, name in names]
        alike = process.cdist(texts, self._texts, scorer=LCSseq.similarity, dtype=np.uint8)
        alike = alike.astype(np.float32)
        alike += process.cdist(spoken, self._heard, scorer=LCSseq.similarity, dtype=np.uint8)
        alike *= 0.5 * (1 + 0.35)
        alike -= 0.35 * self._lengths
        alike *= np.minimum(4.0, self._per_length)
        top = _highest(alike, MOST)
        pairs = [(name, int(n)) for (_, name), row in zip(names, top, strict=True) for n in row]
        found: list[list[Rival]] = [[] for _ in names]
        for place, ((name, n), laid) in enumerate(zip(pairs, self._field.lay(pairs), strict=True)):
            if laid.score >= LEAST:
                path = laid.path
                begin, end = name.begins[path.begin], name.ends[path.end - 1]
                total = float(self._field.totals[n])
                one = Rival(self._schools[n], self._texts[n], begin, end, laid.score, total, False)
                found[place // top.shape[1]].append(one)
        return found

    def settle(self) -> None:
        self._field.likeness.settle()


def _highest(values: NDArray[np.float32], many: int) -> NDArray[np.int64]:
    """Give the columns of the highest values of each row; the values are used up."""
    rows, found = np.arange(len(values)), []
    for _ in range(min(many, values.shape[1])):
        found.append(values.argmax(axis=1))
        values[rows, found[-1]] = -np.inf
    return np.stack(found, axis=1)


@cache
def _voice(char: str) -> str:
    said = sounds(char)
    return chr(0xE000 + _number()[said[0]]) if said else char


@cache
def _cell_voice(code: int) -> str:
    if code >= MUTE:
        return "?"
    if code >= JOINED:
        return _voice(chr(code - JOINED))
    return chr(0xE000 + code - SYLLABLE) if code >= SYLLABLE else _voice(chr(code))


@cache
def _number() -> dict[str, int]:
    return {syllable: n for n, syllable in enumerate(syllables())}
