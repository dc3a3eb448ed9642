"""Ranks evidence: boosted trees kept as plain arrays, walked with numpy. Rules stand above them in the matcher."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from monitors.names.evidence import Evidence

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RISING = (
    "held",
    "ratio",
    "literal",
    "literal_ratio",
    "least",
    "after",
    "strong",
    "margin",
    "whole_margin",
    "house",
    "campus",
    "ends",
    "beyond",
)
FALLING = (
    "lost_core",
    "lost",
    "lost_tail",
    "junk_han",
    "junk_other",
    "junk_kind",
    "beside",
    "schoolish",
    "torn",
    "run_on",
    "weak",
    "road",
    "abroad",
    "word",
    "innocent",
    "turned",
)
FEATURES = (
    *RISING, *FALLING, "total", "size", "altered", "by_sound", "by_near", "by_shape", "by_sign", "by_pinyin", "by_letter",
    "by_join", "lost_first", "left", "right", "latin_left", "latin_right", "before", "strong_before", "bare", "gain",
    "edge_right", "edge_left", "words", "gaps", "full", "unit", "rival", "rival_ratio", "rival_size", "rival_reach",
    "whole", "whole_size", "whole_reach", "beyond_total",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Trees:
    """All trees laid out in one row of nodes; a leaf leads to itself. `depth` steps reach every leaf."""

    roots: Ints
    feature: Ints
    threshold: Floats
    child: Ints
    value: Floats
    depth: int


@cache
def _trees() -> _Trees:
    packed = files("monitors.names").joinpath("data", "ranking.json.gz").read_bytes()
    model = json.loads(gzip.decompress(packed))
    order = [FEATURES.index(name) for name in model["features"]]
    roots: list[int] = []
    rows: list[tuple[int, float, int, int, float]] = []
    for tree in model["trees"]:
        begin, inner = len(rows), len(tree["nodes"])
        roots.append(begin)

        def place(child: int, begin: int = begin, inner: int = inner) -> int:
            return begin + child if child >= 0 else begin + inner - child - 1

        for split, bound, left, right in tree["nodes"]:
            rows.append((order[split], bound, place(left), place(right), 0.0))
        for value in tree["leaves"]:
            rows.append((0, np.inf, len(rows), len(rows), value))
    feature, threshold, left, right, value = zip(*rows, strict=True)
    child = np.stack([np.array(left), np.array(right)], axis=1).ravel()
    return _Trees(
        np.array(roots), np.array(feature), np.array(threshold), child, np.array(value), model["depth"]
    )


def ranks(evidence: Sequence[Evidence]) -> list[float]:
    """Give a rank between 0 and 1 for each piece of evidence; from 0.5 on it is likelier meant than not."""
    if not evidence:
        return []
    rows = np.array([[one.numbers[name] for name in FEATURES] for one in evidence])
    trees, flat = _trees(), rows.ravel()
    base = np.arange(len(rows))[:, None] * len(FEATURES)
    at = np.repeat(trees.roots[None, :], len(rows), axis=0)
    for _ in range(trees.depth):
        right = flat.take(base + trees.feature.take(at)) > trees.threshold.take(at)
        at = trees.child.take(2 * at + right)
    total = trees.value.take(at).sum(axis=1)
    return [float(rank) for rank in 1 / (1 + np.exp(-total))]
