"""Trains the ranking of the evidence: boosted trees, monotone where evidence must be, written as plain arrays.

python -m monitors.names.tables.ranking    (in an environment with lightgbm)

The samples come from `samples.py` alone. Schools named as arguments are never trained on: they are kept for measuring.
"""

from __future__ import annotations

import gzip
import json
import sys
from random import Random

import lightgbm
import numpy as np
from numpy.typing import NDArray

from monitors.names.competitors import universities
from monitors.names.folds import fold
from monitors.names.ranking import FALLING, FEATURES, RISING
from monitors.names.suspects import Suspects
from monitors.names.tables.samples import Sample, chosen, imitations, innocent
from monitors.names.tables.unicode_files import DATA

ROUNDS = (9, 10, 12, 13)  # seeds; every fourth has few schools and many imitations of each
SCHOOLS, EACH, CHUNK = 60, 3, 2000
TREES = {
    "objective": "binary", "learning_rate": 0.06, "num_leaves": 24, "min_child_samples": 30, "max_depth": 8,
    "lambda_l2": 2.0, "feature_fraction": 0.7, "bagging_fraction": 0.8, "bagging_freq": 1, "verbose": -1, "seed": 5,
    "monotone_constraints_method": "advanced",
}  # fmt: skip


def gathered(held: frozenset[str]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give features, labels and weights of all rounds."""
    rows, labels, weights = [], [], []
    listed = tuple(one for one in universities() if one.name not in held)
    for round_ in ROUNDS:
        rng = Random(round_)
        protected = chosen(listed, rng, SCHOOLS if round_ % 4 else 12)
        suspects = Suspects(protected, universities(), least_rank=0.0)
        own = {one.text for one in protected}
        rest = tuple(one for one in universities() if one.name not in own)
        good = list(imitations(protected, rng, EACH if round_ % 4 else 4 * EACH))
        samples = good + list(innocent(protected, rest, rng, 6 * len(good)))
        for begin in range(0, len(samples), CHUNK):
            chunk = samples[begin : begin + CHUNK]
            for sample, evidence in zip(chunk, suspects.evidence([fold(s.name) for s in chunk]), strict=True):
                for n, one in enumerate(e for e in evidence if _counts(sample, e.protected.school)):
                    rows.append([one.numbers[name] for name in FEATURES])
                    labels.append(float(sample.school is not None))
                    weights.append(1.0 if not n else 0.5)
        print(round_, len(rows), file=sys.stderr)
    return np.array(rows), np.array(labels), np.array(weights)


def _counts(sample: Sample, school: str) -> bool:
    return sample.school is None or sample.school == school


def exported(model: lightgbm.Booster) -> dict[str, object]:
    """Give the trees as arrays: feature, threshold, children (negative for leaves) and the values of leaves."""
    trees = []
    for tree in model.dump_model()["tree_info"]:
        nodes: list[tuple[int, float, int, int]] = []
        leaves: list[float] = []

        def walk(
            node: dict[str, object],
            nodes: list[tuple[int, float, int, int]] = nodes,
            leaves: list[float] = leaves,
        ) -> int:
            if "leaf_value" in node:
                leaves.append(round(float(node["leaf_value"]), 5))  # type: ignore[arg-type]
                return -len(leaves)
            place = len(nodes)
            nodes.append((0, 0.0, 0, 0))
            left, right = walk(node["left_child"]), walk(node["right_child"])  # type: ignore[arg-type]
            nodes[place] = (int(node["split_feature"]), round(float(node["threshold"]), 5), left, right)  # type: ignore[call-overload, arg-type]
            return place

        walk(tree["tree_structure"])
        trees.append({"nodes": nodes, "leaves": leaves})
    return {"features": list(FEATURES), "depth": TREES["max_depth"], "trees": trees}


def main() -> None:
    held = frozenset(sys.argv[1:])
    rows, labels, weights = gathered(held)
    signs = [1 if name in RISING else -1 if name in FALLING else 0 for name in FEATURES]
    data = lightgbm.Dataset(rows, labels, weight=weights)
    model = lightgbm.train(TREES | {"monotone_constraints": signs}, data, num_boost_round=260)
    text = json.dumps(exported(model), ensure_ascii=False, separators=(",", ":"))
    (DATA / "ranking.json.gz").write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(len(rows), labels.mean(), len(text))


if __name__ == "__main__":
    main()
