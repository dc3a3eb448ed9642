"""Ranks evidence: boosted trees kept as plain arrays, walked with numpy. Rules stand above them in the matcher."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from monitors.names.evidence import Evidence

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
)
FALLING = (
    "lost_core",
    "lost",
    "lost_tail",
    "junk_han",
    "junk_other",
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
    "whole", "whole_size", "whole_reach",
)  # fmt: skip
DEPTH = 12


@cache
def _trees() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Give (feature, threshold, children, leaf value) of all trees, laid out one after the other."""
    packed = files("monitors.names").joinpath("data", "ranking.json.gz").read_bytes()
    model = json.loads(gzip.decompress(packed))
    place = {name: FEATURES.index(name) for name in model["features"]}
    order = [place[name] for name in model["features"]]
    nodes = max(len(tree["nodes"]) for tree in model["trees"])
    leaves = max(len(tree["leaves"]) for tree in model["trees"])
    count = len(model["trees"])
    feature = np.zeros((count, nodes), np.int64)
    threshold = np.full((count, nodes), np.inf)
    child = np.full((count, nodes, 2), -1, np.int64)
    value = np.zeros((count, leaves + 1))
    for n, tree in enumerate(model["trees"]):
        for m, (split, bound, left, right) in enumerate(tree["nodes"]):
            feature[n, m], threshold[n, m], child[n, m] = order[split], bound, (left, right)
        value[n, 1 : len(tree["leaves"]) + 1] = tree["leaves"]
    return feature, threshold, child, value


def ranks(evidence: Sequence[Evidence]) -> list[float]:
    """Give a rank between 0 and 1 for each piece of evidence; only their order and the threshold mean anything."""
    if not evidence:
        return []
    rows = np.array([[one.numbers[name] for name in FEATURES] for one in evidence])
    feature, threshold, child, value = _trees()
    trees = np.arange(len(feature))
    at = np.zeros((len(rows), len(feature)), np.int64)
    every = np.arange(len(rows))[:, None]
    for _ in range(DEPTH):
        inner = np.maximum(at, 0)
        right = rows[every, feature[trees, inner]] > threshold[trees, inner]
        at = np.where(at >= 0, child[trees, inner, right.astype(np.int64)], at)
    total = value[trees, -np.minimum(at, 0)].sum(axis=1)
    return [float(rank) for rank in 1 / (1 + np.exp(-total))]
