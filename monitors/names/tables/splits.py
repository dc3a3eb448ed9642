"""Computes how characters come apart side by side (利 = 禾 + 刂) from pictures, Unihan radicals and strokes.

python -m monitors.names.tables.splits /usr/share/unicode    (in an environment with Pillow)

A character is cut at its lightest columns; each side is compared with all characters of as many strokes as
the side must have. A line is the character and its splits; a radical is given in its side form and in full.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from monitors.names.tables.ink import Array, cropped, large
from monitors.names.tables.unicode_files import common_han, shipped, unihan

# radical number: the forms it takes at a side, then the forms in which a writer types it
SIDES = {
    9: ("亻", "亻人"), 15: ("冫", "冫"), 18: ("刂", "刂刀"), 19: ("力", "力"), 26: ("卩", "卩"),
    30: ("口", "口"), 32: ("土", "土"), 38: ("女", "女"), 39: ("子孑", "子"), 46: ("山", "山"),
    47: ("川", "川"), 48: ("工", "工"), 50: ("巾", "巾"), 57: ("弓", "弓"), 59: ("彡", "彡"),
    60: ("彳", "彳"), 61: ("忄", "忄心"), 62: ("戈", "戈"), 64: ("扌", "扌手"), 66: ("攵攴", "攵攴"),
    69: ("斤", "斤"), 70: ("方", "方"), 72: ("日", "日"), 74: ("月", "月"), 75: ("木", "木"),
    76: ("欠", "欠"), 78: ("歹", "歹"), 79: ("殳", "殳"), 85: ("氵", "氵水"), 86: ("火", "火"),
    91: ("片", "片"), 93: ("牜", "牛"), 94: ("犭", "犭犬"), 96: ("王", "王玉"), 98: ("瓦", "瓦"),
    102: ("田", "田"), 108: ("皿", "皿"), 109: ("目", "目"), 111: ("矢", "矢"), 112: ("石", "石"),
    113: ("礻示", "礻示"), 115: ("禾", "禾"), 117: ("立", "立"), 119: ("米", "米"), 120: ("纟糹", "纟糸"),
    124: ("羽", "羽"), 128: ("耳", "耳"), 130: ("月", "月肉"), 137: ("舟", "舟"), 142: ("虫", "虫"),
    145: ("衤", "衤衣"), 147: ("见", "见"), 148: ("角", "角"), 149: ("讠訁", "讠言"), 154: ("贝", "贝"),
    158: ("身", "身"), 159: ("车車", "车"), 163: ("阝", "阝邑"), 164: ("酉", "酉"),
    167: ("钅釒", "钅金"), 157: ("足", "足"), 170: ("阝", "阝阜"), 172: ("隹", "隹"), 177: ("革", "革"), 181: ("页頁", "页"),
    184: ("饣", "饣食"), 187: ("马", "马"), 195: ("鱼", "鱼"), 196: ("鸟", "鸟"), 211: ("齿", "齿"),
}  # fmt: skip
SURE, FAIR = 1.27, 1.05  # of 1.5: without and with the radical that Unihan names
VOUCHED = 0.72


class Parts:
    """All characters that can be a side, drawn once and kept by their number of strokes."""

    def __init__(self, strokes: dict[str, int]) -> None:
        self.strokes = strokes
        groups: dict[int, list[tuple[str, Array]]] = defaultdict(list)
        forms = "".join(form for form, _ in SIDES.values())
        rest = [chr(c) for c in range(0x4E00, 0x9FA6) if strokes.get(chr(c), 99) <= 14]
        for char in dict.fromkeys([*forms, *common_han(), *rest]):
            vector = cropped(large(char))
            if vector is not None and char in strokes:
                groups[strokes[char]].append((char, vector))
        self.groups = {n: ([c for c, _ in g], np.stack([v for _, v in g])) for n, g in groups.items()}

    def nearest(self, side: Array, strokes: int) -> Iterator[tuple[str, float]]:
        """Give the three characters of that many strokes that the side resembles most."""
        if strokes in self.groups:
            chars, vectors = self.groups[strokes]
            likeness = vectors @ side
            yield from ((chars[n], float(likeness[n])) for n in np.argsort(-likeness)[:3])


def sides(char: str) -> Iterator[tuple[Array, Array]]:
    """Give left and right part for cuts at the lightest columns."""
    picture = large(char)
    ink = picture.sum(0)
    columns = np.where(ink > 0)[0]
    first, width = int(columns[0]), int(columns[-1] - columns[0])
    middle = range(int(first + 0.2 * width), int(first + 0.8 * width) + 1)
    light = [x for x in middle if ink[x] <= ink[x - 1] + 200 and ink[x] <= ink[x + 1] + 200]
    for x in sorted(light, key=lambda x: float(ink[x]))[:10]:
        left, right = cropped(picture[:, :x]), cropped(picture[:, x:])
        if left is not None and right is not None:
            yield left, right


def _candidates(side: Array, count: int, forms: str, parts: Parts) -> dict[str, float]:
    """Give what a side may be; Unihan vouches for the radical, whose side form is often narrower."""
    found = dict(parts.nearest(side, count))
    for form in forms:
        if parts.strokes.get(form) == count:
            found[form] = max(VOUCHED, found.get(form, 0.0))
    return found


def split(char: str, radical: int, parts: Parts) -> tuple[str, str] | None:
    """Give the two sides of a character, None where it does not come apart."""
    forms = SIDES.get(radical, ("", ""))[0]
    total = parts.strokes[char]
    best, pair = 0.0, None
    for left, right in sides(char):
        for count in range(1, total):
            rights = _candidates(right, total - count, forms, parts)
            for a, p in _candidates(left, count, forms, parts).items():
                for b, q in rights.items():
                    named = (a in forms) != (b in forms)
                    score = min(p, q) + (p + q) / 4 + (0.2 if named else 0.0)
                    if score > best and score >= (FAIR + 0.2 if named else SURE):
                        best, pair = score, (a, b)
    return pair


def written(char: str, radical: int, pair: tuple[str, str]) -> str:
    """Give the ways to type a split: with each form of the radical."""
    a, b = pair
    forms, typed = SIDES.get(radical, ("", ""))
    ways = [a + b, *(f + b for f in typed if a in forms), *(a + f for f in typed if b in forms)]
    return f"{char}\t{' '.join(dict.fromkeys(ways))}"


def main() -> None:
    folder = Path(sys.argv[1])
    strokes, radicals = {}, {}
    for char, key, value in unihan(folder, "Unihan_IRGSources.txt", "kTotalStrokes", "kRSUnicode"):
        if key == "kTotalStrokes":
            strokes[char] = int(value.split()[0])
        else:
            radicals[char] = int(value.split()[0].split(".")[0].rstrip("'"))
    parts = Parts(strokes)
    found = []
    for char in common_han():
        pair = split(char, radicals[char], parts)
        if pair:
            found.append(written(char, radicals[char], pair))
    print(shipped("splits.tsv", found), len(found))


if __name__ == "__main__":
    main()
