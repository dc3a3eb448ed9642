"""Every other university and college of the country, with former, short and English names and usual clippings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from monitors.names.data import lines
from monitors.names.folds import folded
from monitors.names.lexicon import places

_SUFFIX = re.compile(r"(高等专科学校|职业技术大学|职业技术学院|专科学校|职业大学|职业学院|大学|学院|学校)$")
_INSIDE = re.compile(r"职业技术|高等师范|幼儿师范|职业|技术")


@dataclass(frozen=True, slots=True)
class Competitor:
    """Another school: its present name, its former and short names, and its names in English."""

    name: str
    former: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    english: tuple[str, ...] = ()


@cache
def universities() -> tuple[Competitor, ...]:
    """Give the shipped list."""
    found = []
    for line in lines("universities.tsv")[1:]:
        name, _, *rest = line.split("\t")
        former, short, english = (tuple(word for word in cell.split("|") if word) for cell in rest)
        found.append(Competitor(name, former, short, english))
    return tuple(found)


def others(listed: Iterable[Competitor], own: Iterable[str]) -> tuple[Competitor, ...]:
    """Leave out the protected schools: whoever bears one of their full or former names is the same school."""
    listed = tuple(listed)
    mine = {folded(name) for name in own}
    present = {folded(one.name) for one in listed}
    kept = []
    for one in listed:
        former = {folded(name) for name in one.former} - present
        if folded(one.name) not in mine and not former & mine:
            kept.append(one)
    return tuple(kept)


def clipped(name: str) -> frozenset[str]:
    """Give the ways a school's name is usually clipped: 郑州经贸学院 -> 郑州经贸, 郑经院, 郑经贸."""
    found = _SUFFIX.search(name)
    if not found or not found.start():
        return frozenset()
    head, suffix = name[: found.start()], found[1]
    end = {"校": "专"}.get(suffix[-1], suffix[-1]) if suffix[-1] != "学" else "大"
    place = next((head[:n] for n in (4, 3, 2) if head[:n] in places()), "")
    core = _INSIDE.sub("", head.removeprefix(place)) or _INSIDE.sub("职", head.removeprefix(place))
    ways = {head, head + end, place + core, place + core + end}
    if place and core:
        pieces = [core[n : n + 2] for n in range(0, len(core), 2)]
        heads = "".join(piece[0] for piece in pieces)
        for start in {place[0], place, place[:2]}:
            ways |= {start + core[0] + end, start + heads + end, start + core, start + core[:2]}
            ways |= {start + core[:2] + end, start + heads, start + core[-1] + end}
            if "职" in head:
                ways |= {start + core[0] + "职" + end, start + "职" + end}
        ways |= {place + end, place[0] + end} if not core else set()
    elif head:
        ways |= {head[:2] + end, head[0] + end}
    # 河大学 is no clipping of 河北大学工商学院, but a piece of 河大学姐.
    return frozenset(
        way
        for way in ways
        if 2 <= len(way) < len(name) and (len(way) > 2 or way[-1] in "大院专") and not way.endswith("大学")
    )
