"""Computes which characters look alike: cosines of their pictures in two faces of Noto CJK.

python -m monitors.names.tables.glyphs    (in an environment with Pillow)

A line is a common character and, closest first, its look-alikes, each with two digits: 大<TAB>犬94太90.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitors.names.tables.ink import Array, aligned, blurred, drawn, stretched
from monitors.names.tables.unicode_files import DATA, common_han, shipped

SANS, SERIF, THIN = "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc"
LEAST, LEAST_RARE, BLOCK = 0.40, 0.58, 400  # rare ones must be closer
MOST, MOST_RARE, MOST_VIEW = 70, 20, 20  # by all views together, and of common ones by each view alone


def targets(common: tuple[str, ...]) -> list[str]:
    """Give the characters that names are made of: the 3,755 of the first level and those of the schools."""
    schools = (DATA / "universities.tsv").read_text(encoding="utf-8")
    return [char for n, char in enumerate(common) if n < 3755 or char in schools]


def lines(kept: list[str], others: list[str], common: set[str], by_view: list[Array]) -> list[str]:
    """Give one line a kept character with its closest look-alikes, common ones before rare ones."""
    found = []
    usual = np.array([other in common for other in others])
    for char, *views in zip(kept, *by_view, strict=True):
        row = np.max(views, axis=0)
        chosen = set(_closest(row, usual, LEAST, MOST)).union(
            *(_closest(np.where(row >= LEAST, view, 0.0), usual, 0.0, MOST_VIEW) for view in views)
        )
        order = [*sorted(chosen, key=lambda n: -row[n]), *_closest(row, ~usual, LEAST_RARE, MOST_RARE)]
        close = [(others[n], float(row[n])) for n in order]
        found.append(f"{char}\t" + "".join(f"{c}{min(99, round(100 * s))}" for c, s in close if c != char))
    return found


def _closest(row: Array, group: NDArray[np.bool_], least: float, most: int) -> list[int]:
    """Give the places of the highest values of a group, the highest first."""
    order = np.argsort(np.where(group, -row, 1.0))[: most + 1]
    return [int(n) for n in order if group[n] and row[n] > least]


def views(chars: list[str]) -> list[tuple[float, list[Array]]]:
    """Give ways to look at the characters: what each takes off the likeness, and pictures in each face."""
    faces = [drawn(chars, SANS), drawn(chars, SERIF)]
    size = int(faces[0].shape[1] ** 0.5)
    whole = [aligned(face) for face in faces]
    soft = [aligned(blurred(face, 2.0)) for face in faces]
    found = [(0.0, whole), (0.1, soft), (0.02, [aligned(stretched(chars, face)) for face in (SANS, THIN)])]
    left = faces[0].reshape(-1, size, size)
    for part in (
        left[:, :, : size // 2],
        left[:, :, size // 2 :],
        left[:, : size // 2],
        left[:, size // 2 :],
    ):
        side = aligned(np.ascontiguousarray(part).reshape(len(chars), -1))
        found.append((0.08, [side, *whole]))  # a common half and much of the whole
    return found


def likeness(looks: list[tuple[float, list[Array]]], rows: list[int]) -> list[Array]:
    """Give, for each view, the likeness of the characters in `rows` to all."""
    found = []
    for less, pictures in looks:
        share = [1 / len(pictures)] * len(pictures) if len(pictures) == 2 else [0.5, 0.25, 0.25]
        view = np.full((len(rows), len(pictures[0])), -less, np.float32)
        for weight, picture in zip(share, pictures, strict=True):
            view += weight * (picture[rows] @ picture.T)
        found.append(view)
    return found


def main() -> None:
    common = common_han()
    signs = [chr(c) for span in ((0x3041, 0x3097), (0x30A1, 0x30FB), (0x3105, 0x3130)) for c in range(*span)]
    others = [chr(c) for c in range(0x4E00, 0x9FA6)] + signs
    kept = targets(common)
    place = {char: n for n, char in enumerate(others)}
    looks, usual = views(others), set(common) | set(signs)
    table = []
    for begin in range(0, len(kept), BLOCK):
        block = kept[begin : begin + BLOCK]
        table += lines(block, others, usual, likeness(looks, [place[char] for char in block]))
    print(shipped("glyphs.tsv.gz", table), len(table))


if __name__ == "__main__":
    main()
