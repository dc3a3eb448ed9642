"""Computes variants, readings and emoji words from Unicode data.

python -m monitors.names.tables.characters /usr/share/unicode

The folder holds UCD, Unihan and CLDR as Debian's packages unicode-data and unicode-cldr-core lay them out.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from monitors.names.tables.unicode_files import common_han, shipped, unihan

VARIANT_KEYS = (
    "kZVariant",
    "kSemanticVariant",
    "kSpecializedSemanticVariant",
    "kSimplifiedVariant",
    "kTraditionalVariant",
    "kSpoofingVariant",
)
NUMERALS = dict(
    zip("1 2 3 4 5 6 7 8 9 10 100 1000".split(), "一 二 三 四 五 六 七 八 九 十 百 千".split(), strict=True)
)
RARE = 0.02  # a reading met in under 2 % of a character's uses sounds wrong to everybody
Usual = dict[str, list[tuple[str, str]]]


def _marks(value: str) -> list[str]:
    return [chr(int(word.split("<")[0][2:], 16)) for word in value.split()]


def variants(folder: Path) -> list[str]:
    """Give `character, usual characters, look-alikes` for what is another form of a common character."""
    common = set(common_han())
    links: dict[str, set[str]] = defaultdict(set)
    like: dict[str, set[str]] = defaultdict(set)
    for char, key, value in unihan(folder, "Unihan_Variants.txt", *VARIANT_KEYS):
        for other in _marks(value):
            group = like if key == "kSpoofingVariant" else links
            group[char].add(other)
            group[other].add(char)
    for char, _, value in unihan(folder, "Unihan_NumericValues.txt", "kAccountingNumeric", "kOtherNumeric"):
        for word in value.split():
            if word in NUMERALS:
                links[char].add(NUMERALS[word])
    for line in (folder / "EquivalentUnifiedIdeograph.txt").read_text().splitlines():
        codes, _, target = line.partition("#")[0].partition(";")
        if target.strip():
            first, _, last = codes.strip().partition("..")
            for code in range(int(first, 16), int(last or first, 16) + 1):
                links[chr(code)].add(chr(int(target.strip(), 16)))
    lines = []
    for char in sorted(links.keys() | like.keys()):
        near = links[char] | {far for other in links[char] if other not in common for far in links[other]}
        usual = sorted((near & common) - {char})
        alike = sorted((like[char] & common) - set(usual) - {char})
        if usual or alike:
            lines.append(f"{char}\t{''.join(usual)}\t{''.join(alike)}")
    return lines


_TONES = {mark: (vowel, tone) for vowel, marks in {
    "a": "āáǎà", "e": "ēéěè", "i": "īíǐì", "o": "ōóǒò", "u": "ūúǔù", "v": "ǖǘǚǜ", "n": "\0ńňǹ", "m": "\0ḿ\0\0",
}.items() for tone, mark in enumerate(marks, 1)}  # fmt: skip


def spelled(marked: str) -> str:
    """Give `lüè` as `lve4`: plain letters, v for ü, the tone as a digit (5 where there is none)."""
    letters, tone = "", 5
    for mark in marked.replace("ü", "v"):
        letter, number = _TONES.get(mark, (mark, 0))
        letters, tone = letters + letter, number or tone
    return f"{letters}{tone}"


def readings(folder: Path) -> list[str]:
    """Give `character, readings` with the commonest first; readings nobody uses today are left out."""
    counted: dict[str, list[tuple[int, str]]] = defaultdict(list)
    listed: dict[str, list[str]] = defaultdict(list)
    main: dict[str, str] = {}
    keys = ("kMandarin", "kHanyuPinlu", "kXHC1983")
    for char, key, value in unihan(folder, "Unihan_Readings.txt", *keys):
        if key == "kMandarin":
            main[char] = spelled(value.split()[0])
        elif key == "kHanyuPinlu":
            for word in value.split():
                sound, _, count = word.rstrip(")").partition("(")
                counted[char].append((int(count), spelled(sound)))
        else:
            listed[char] += [spelled(word.split(":")[1]) for word in value.split()]
    lines = []
    for char in sorted(main):
        if not "一" <= char <= "鿿":
            continue
        total = sum(count for count, _ in counted[char])
        modern = [sound for count, sound in sorted(counted[char], reverse=True) if count >= RARE * total]
        sounds = dict.fromkeys([*modern[:1], main[char], *modern, *(listed[char] if not modern else ())])
        lines.append(f"{char}\t{' '.join(s for s in sounds if not s.endswith('5') or len(sounds) == 1)}")
    return lines


def emoji(folder: Path) -> list[str]:
    """Give `emoji, words` from the Chinese annotations, the name first."""
    words: dict[str, list[str]] = defaultdict(list)
    tree = ElementTree.parse(folder / "cldr/common/annotations/zh.xml")
    for entry in tree.iter("annotation"):
        sign = entry.get("cp", "").replace("\ufe0f", "")
        if len(sign) == 1 and ord(sign) > 0x2000:
            said = [word.strip() for word in (entry.text or "").split("|")]
            words[sign] = [*said, *words[sign]] if entry.get("type") == "tts" else [*words[sign], *said]
    return [f"{sign}\t{' '.join(dict.fromkeys(said))}" for sign, said in sorted(words.items())]


def main() -> None:
    folder = Path(sys.argv[1])
    for name, lines in {
        "variants.tsv": variants(folder),
        "readings.tsv.gz": readings(folder),
        "emoji.tsv": emoji(folder),
    }.items():
        print(shipped(name, lines), len(lines))


if __name__ == "__main__":
    main()
