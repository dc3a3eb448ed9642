"""The words around and across a name: campus words, ordinary words, places; and the best cut of a text into them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from monitors.names.data import lines, phrases
from monitors.names.folds import folded, is_han

LONGEST = 7
KNOWN, CAMPUS, LOOSE, RUN = (
    1.0,
    0.8,
    1.35,
    0.8,
)  # cost of an ordinary word, a campus word, a lone character, a run
_LINKS = frozenset("与和及暨")


@cache
def places() -> frozenset[str]:
    return frozenset(word for line in lines("places.txt") for word in line.split())


@cache
def ordinary() -> frozenset[str]:
    """Give ordinary words of two to four characters; places are among them."""
    short = (word for word in phrases() if 2 <= len(word) <= 4)
    own = (word for line in lines("words.txt") for word in line.split())
    return frozenset((*short, *own)) | places()


@cache
def campus() -> dict[str, frozenset[str]]:
    """Give each campus word with its classes."""
    found: dict[str, set[str]] = {}
    for name, (words,) in _campus_lines():
        for word in words.split():
            found.setdefault(folded(word), set()).add(name)
    return {word: frozenset(classes) for word, classes in found.items()}


def _campus_lines() -> Iterable[tuple[str, tuple[str, ...]]]:
    for line in lines("campus.tsv"):
        name, words = line.split("\t")
        yield name, (words,)


@dataclass(frozen=True, slots=True)
class Cut:
    """A text cut into words: what it costs, its words, and how many Han characters campus words cover."""

    cost: float
    words: tuple[str, ...]


@lru_cache(maxsize=30_000)
def cut(text: str) -> Cut:
    """Cut a folded text at least cost. Time grows with the length only."""
    words, known = campus(), ordinary()
    size = len(text)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(1e9, 0)] * size
    for begin in range(size):
        base = best[begin][0]
        end = begin + 1
        if not is_han(text[begin]):
            while end < size and not is_han(text[end]) and text[end].isdigit() == text[begin].isdigit():
                end += 1
            if base + RUN < best[end][0]:
                best[end] = (base + RUN, begin)
            if end == begin + 1:
                continue
        if base + LOOSE < best[begin + 1][0]:
            best[begin + 1] = (base + LOOSE, begin)
        for stop in range(begin + 1, min(size, begin + LONGEST) + 1):
            piece = text[begin:stop]
            cost = CAMPUS if piece in words else KNOWN if piece in known else None
            if cost is not None and base + cost < best[stop][0]:
                best[stop] = (base + cost, begin)
    pieces, end = [], size
    while end:
        pieces.append(text[best[end][1] : end])
        end = best[end][1]
    return Cut(best[size][0], tuple(reversed(pieces)))


def known(text: str) -> bool:
    """Whether a text is made of words that every school uses: 信息工程学院, not 乌拉尔学院."""
    words = cut(text).words
    return all(len(word) > 1 or word in _LINKS for word in words)
