"""The imitations of a name that people would think of and type, the likeliest first: what to search for."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice

from monitors.names.data import phrases
from monitors.names.folds import folded, is_han
from monitors.names.imitations import by_sound, common, near_sounds, split_forms
from monitors.names.references import SUFFIX
from monitors.names.shapes import alike
from monitors.names.sounds import sounds, spoken, toned
from monitors.nouns import NameMatch

# How likely people are to imitate a name in this way, the plainest way being 1.
_HOMOPHONE, _TWO_HOMOPHONES, _NEAR, _LOOKALIKE, _SPLIT = 1.0, 0.6, 0.5, 0.8, 0.6
_SPELLED, _ONE_SPELLED, _DIGIT, _OTHER_KIND = 0.75, 0.5, 0.5, 0.5
_IN_SUFFIX = 0.6
_OTHER_TONE = 0.75
# Of one way at one place, only so many: the fourth homophone of a character is rarer than the first of another.
_HOMOPHONES_A_PLACE, _A_PLACE = 3, 2
_KINDS_OF_SCHOOL = ("大学", "学院", "职业技术学院", "技校", "家里蹲大学", "养猪场")

Scores = Callable[[Iterable[str]], Iterator[NameMatch]]


def imitations(name: str, scores: Scores, many: int) -> list[str]:
    """Give at most `many` imitations of a Chinese name that the matcher flags, the likeliest first.

    What holds the name itself is left out: the search for the name meets it. The same name gives the same
    list on every day and machine.
    """
    best: dict[str, float] = {}
    for text, likely in _candidates(name):
        if name not in text and likely > best.get(text, 0.0):
            best[text] = likely
    flagged = [(-best[one.candidate] * one.score, one.candidate) for one in scores(best) if one.flag]
    return [text for _, text in sorted(flagged)[:many]]


def _candidates(name: str) -> Iterator[tuple[str, float]]:
    if len(name) < 3 or not all(map(is_han, name)):
        return
    found = SUFFIX.search(name)
    tail = found.start() if found and found.start() else len(name)
    said = [ways[0] if ways else "" for ways in spoken(name)]
    swaps: list[list[tuple[str, float]]] = []
    for place, char in enumerate(name):
        worth = 1.0 if place < tail else _IN_SUFFIX
        swaps.append(_homophones(char, said[place], worth))
        others = [*swaps[-1], *_near(said[place], worth), *_drawn(char, worth), *_instead(char, worth)]
        yield from ((name[:place] + new + name[place + 1 :], likely) for new, likely in others)
        if said[place] and place < tail:
            yield name[:place] + said[place] + name[place + 1 :], _ONE_SPELLED
    for first in range(tail):
        for second in range(first + 1, tail):
            for (a, likely), (b, too) in zip(swaps[first][:1], swaps[second][:1], strict=False):
                text = name[:first] + a + name[first + 1 : second] + b + name[second + 1 :]
                yield text, _TWO_HOMOPHONES * likely * too
    if all(said):
        yield "".join(said), _SPELLED
    if tail < len(name):
        yield from ((name[:tail] + kind, _OTHER_KIND) for kind in _KINDS_OF_SCHOOL)


def _homophones(char: str, sound: str, worth: float) -> list[tuple[str, float]]:
    others = [other for other in by_sound().get(sound, ()) if other != char]
    tones = {other: 1.0 if toned(other) == toned(char) else _OTHER_TONE for other in others}
    likely = ((other, worth * _HOMOPHONE * tones[other] * _typed(other)) for other in others)
    return _top(likely, _HOMOPHONES_A_PLACE)


def _near(sound: str, worth: float) -> list[tuple[str, float]]:
    chars = (other for near in near_sounds(sound) for other in by_sound()[near]) if sound else ()
    return _top((other, worth * _NEAR * _typed(other)) for other in chars)


def _drawn(char: str, worth: float) -> list[tuple[str, float]]:
    everyday = set(common())
    return _top(
        (other, worth * _LOOKALIKE * near**2 * _typed(other))
        for other, near in alike(char).items()
        if other in everyday and folded(other) != char
    )


def _instead(char: str, worth: float) -> Iterator[tuple[str, float]]:
    """Give its two parts, and the digit that sounds exactly like it."""
    ways = (way for way in split_forms().get(char, ()) if way.isprintable() and max(way) <= "\uffff")
    for way in islice(ways, 1):
        yield way, worth * _SPLIT
    for digit in "0123456789":
        if sounds(digit)[0] in sounds(char)[:1]:
            yield digit, worth * _DIGIT


def _top(found: Iterator[tuple[str, float]], many: int = _A_PLACE) -> list[tuple[str, float]]:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:many]


@cache
def _frequencies() -> Counter[str]:
    return Counter(char for phrase in phrases() for char in phrase)


@cache
def _typed(char: str) -> float:
    """Give how readily a character comes to a typing hand, 0 to 1, from how many words it is in."""
    most = math.log(1 + max(_frequencies().values()))
    return math.log(1 + _frequencies()[char]) / most
