"""Which characters look alike, come apart into others, or are other forms of one another."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache, lru_cache

from monitors.names.data import lines, table
from monitors.names.folds import plain
from monitors.names.sounds import sounds

_RADICALS = frozenset(
    "亻氵扌钅讠纟阝刂忄犭礻衤攵攴饣丬彳口土女子山川工巾弓日月木火田目石禾立米虫贝足身车酉页马鱼鸟人心手水金言衣食犬玉王力又刀寸斤方戈欠隹"
)
_PAIR = re.compile(r"(.)(\d\d)")


@lru_cache(maxsize=256)
def alike(char: str) -> dict[str, float]:
    """Give look-alikes of a protected character, each with the likeness of its picture (0.45 to 0.99)."""
    row = table("glyphs.tsv.gz").get(char)
    found: dict[str, float] = {}
    for other, score in _PAIR.findall(row[0]) if row else ():
        for cell in dict.fromkeys((other, plain(other))):
            if len(cell) == 1 and cell != char:
                found[cell] = max(found.get(cell, 0.0), int(score) / 100)
    for other in spoofs().get(char, ""):
        found[other] = max(found.get(other, 0.0), 0.9)
    for other in _sides().get(char, ()):
        found[other] = max(found.get(other, 0.0), 0.55)
    return found


@cache
def _sides() -> dict[str, set[str]]:
    """Give, for a character, those that are one of its sides and those that it is a side of (同 and 洞)."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines("splits.tsv"):
        char, ways = line.split("\t")
        for side in ways.split()[0]:
            if len(sounds(side)) and side not in _RADICALS:
                found[char].add(side)
                found[side].add(char)
    return found


@cache
def spoofs() -> dict[str, str]:
    """Give, for a character, those that Unihan lists as its spoofing variants."""
    found: dict[str, str] = defaultdict(str)
    for char, row in table("variants.tsv").items():
        for other in row[1] if len(row) > 1 else "":
            found[other] += char
            found[char] += other
    return dict(found)


@cache
def variants(char: str) -> frozenset[str]:
    """Give the folded characters that are other forms of this one (仝 of 同) though common themselves."""
    return _variants().get(char, frozenset())


@cache
def _variants() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for char, row in table("variants.tsv").items():
        for other in row[0]:
            one, two = plain(char), plain(other)
            if len(one) == len(two) == 1 and one != two:
                found[two].add(one)
                found[one].add(two)
    return {char: frozenset(others) for char, others in found.items()}


@cache
def splits() -> dict[str, str]:
    """Give pairs of cells that make a character when pushed together: 禾刂 -> 利."""
    found: dict[str, str] = {}
    for line in (*lines("splits.tsv"), *lines("splits-by-hand.tsv")):
        char, ways = line.split("\t")
        for way in ways.split():
            cells = "".join(map(plain, way))
            for pair in dict.fromkeys((way, cells)):
                if len(pair) >= 2:
                    found.setdefault(pair, char)
    return found
