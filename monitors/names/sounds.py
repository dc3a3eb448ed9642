"""How characters sound today, and how near two syllables are to each other's ear."""

from __future__ import annotations

import os
import re
from functools import cache, lru_cache
from types import ModuleType

from monitors.names.data import rows, table

SAME, NEAR, FAR, WIDE = 1.0, 0.8, 0.62, 0.62

_INITIAL = re.compile(r"^(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?(.*)$")
_ZERO = {"yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian", "yin": "in", "yang": "iang",
         "ying": "ing", "yong": "iong", "yo": "io", "yai": "iai", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
         "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "ui", "wan": "uan", "wen": "un", "wang": "uang",
         "weng": "ong"}  # fmt: skip
_INITIALS_NEAR = ("nl", "zhz", "chc", "shs", "hf", "rl")
_FINALS_NEAR = [("in", "ing"), ("en", "eng"), ("an", "ang"), ("ian", "iang"), ("uan", "uang"), ("un", "ong")]
_DIGITS = {"0": "ling dong", "1": "yi yao", "2": "er liang", "3": "san", "4": "si", "5": "wu", "6": "liu", "7": "qi",
           "8": "ba", "9": "jiu"}  # fmt: skip
_GROUPS = ("zh z j", "ch c q", "sh s x", "b p", "d t", "g k h", "n l r", "h f", "j q x")


@cache
def sounds(char: str) -> tuple[str, ...]:
    """Give the modern readings of a character or digit, the commonest first, without tones."""
    if char in _DIGITS:
        return tuple(_DIGITS[char].split())
    row = table("readings.tsv.gz").get(char)
    return tuple(dict.fromkeys(sound[:-1] for sound in row[0].split())) if row and row[0] else ()


@cache
def _pypinyin() -> ModuleType:
    """Load pypinyin with the phrases alone that tell it anything: all of them take 40 MB."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "1")
    import pypinyin  # noqa: PLC0415 (slow to load, and most commands need no readings)

    told = (line.split("\t") for line in rows("phrases.tsv.gz") if "\t" in line)
    pypinyin.load_phrases_dict({word: [[sound] for sound in read.split()] for word, read in told})
    return pypinyin


def _read(text: str, style: str) -> list[list[str]]:
    pypinyin = _pypinyin()
    found: list[list[str]] = pypinyin.pinyin(text, style=pypinyin.Style[style], v_to_u=False, errors=list)
    return found


@cache
def toned(char: str) -> str:
    """Give the commonest reading with its tone mark, for people; empty where none is known."""
    return _read(char, "TONE")[0][0] if sounds(char) and not char.isdigit() else ""


@lru_cache(maxsize=10_000)
def spoken(text: str) -> tuple[tuple[str, ...], ...]:
    """Give the readings of each character of a name, the one it has in this name first."""
    said = _read(text, "NORMAL")
    if len(said) != len(text):
        return tuple(sounds(char) for char in text)
    first = [row[0] if sounds(char) else "" for row, char in zip(said, text, strict=True)]
    return tuple(
        tuple(dict.fromkeys(([f] if f else []) + list(sounds(c)))) for f, c in zip(first, text, strict=True)
    )


@cache
def syllables() -> tuple[str, ...]:
    """Give all syllables of the tables, sorted."""
    return tuple(sorted({s[:-1] for row in table("readings.tsv.gz").values() for s in row[0].split()}))


@cache
def _parts(syllable: str) -> tuple[str, str]:
    """Give initial and final; ü is v, and y and w are no initials."""
    if syllable in _ZERO:
        return "", _ZERO[syllable]
    found = _INITIAL.match(syllable)
    initial, final = (found[1] or "", found[2]) if found else ("", syllable)
    if initial in ("j", "q", "x") and final.startswith("u"):
        final = "v" + final[1:]
    return initial, final


def _near_initials(a: str, b: str) -> bool:
    return a + b in _INITIALS_NEAR or b + a in _INITIALS_NEAR


@cache
def nearness(one: str, other: str) -> float:
    """Give 1 for the same syllable, less for one or two habitual confusions (n/l, zh/z, in/ing, h/f), else 0."""
    if one == other:
        return SAME
    (a, x), (b, y) = _parts(one), _parts(other)
    if (a, b) in (("h", "f"), ("f", "h")):  # hua is said fa, huang fang
        x, y = x.removeprefix("u") or "u", y.removeprefix("u") or "u"
    steps = (a != b) + (x != y)
    if (a == b or _near_initials(a, b)) and (x == y or (x, y) in _FINALS_NEAR or (y, x) in _FINALS_NEAR):
        return NEAR if steps < 2 else FAR
    return 0.0


@cache
def wide_nearness(one: str, other: str) -> float:
    """Give how far a digit's sound stretches: 9 (jiu) is written for 州 (zhou), 7 (qi) for 济 (ji)."""
    close = nearness(one, other)
    if close:
        return close
    (a, x), (b, y) = _parts(one), _parts(other)
    rhyme = x == y or {x, y} <= {"iu", "ou"} or {x, y} <= {"ao", "iao"} or {x, y} <= {"a", "ia", "ua"}
    alike = any(a in group.split() and b in group.split() for group in _GROUPS) or {a, b} == {"j", "q"}
    return WIDE if rhyme and alike else 0.0
