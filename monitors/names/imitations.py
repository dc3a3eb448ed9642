"""Makes imitations of a name, kind by kind: the matcher turned round, for queries, for tests and for training."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from random import Random

from opencc import OpenCC

from monitors.names.data import lines, table
from monitors.names.folds import is_han, plain
from monitors.names.references import SUFFIX
from monitors.names.shapes import alike
from monitors.names.sounds import nearness, sounds, spoken, syllables, wide_nearness

Maker = Callable[[str, Random], str]

MARKS = "·-_.*|/~ ★☆❤➕🔥丨丶&+=^\u200b‍﻿­"
_INSTITUTIONS = ("学院", "大学", "职业学院", "职业技术学院", "技术学院", "理工大学", "学堂", "书院", "幼儿园", "技校", "中专",
                 "养猪场", "监狱", "精神病院", "疯人院", "大学校", "家里蹲大学", "分院", "夜校", "高中", "养老院",
                 "专修学院", "国际学院", "科技大学", "女子学院")  # fmt: skip


@cache
def _traditional() -> OpenCC:
    """Its dictionary takes 20 MB, and only makers of such forms need it."""
    return OpenCC("s2t")


@cache
def common() -> tuple[str, ...]:
    """Give the 3,755 commonest characters: what people type."""
    codes = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return tuple(c for c in (code.decode("gb2312", "ignore") for code in codes) if c)


@cache
def by_sound() -> dict[str, tuple[str, ...]]:
    """Give the common characters of each syllable."""
    found: dict[str, list[str]] = defaultdict(list)
    for char in common():
        if sounds(char):
            found[sounds(char)[0]].append(char)
    return {sound: tuple(chars) for sound, chars in found.items()}


@cache
def near_sounds(sound: str) -> tuple[str, ...]:
    return tuple(s for s in syllables() if s != sound and s in by_sound() and nearness(sound, s) > 0)


@cache
def compatible() -> dict[str, str]:
    """Give, for a character, the compatibility and circled signs that stand for it."""
    found: dict[str, str] = defaultdict(str)
    spans = ((0x2E80, 0x2FD6), (0x3192, 0x31A0), (0x3220, 0x3248), (0x3280, 0x32B1), (0xF900, 0xFADA))
    for code in (c for span in spans for c in range(*span)):
        cells = plain(chr(code))
        if len(cells) == 1 and is_han(cells) and unicodedata.category(chr(code)) != "Cn":
            found[cells] += chr(code)
    return dict(found)


@cache
def variant_forms() -> dict[str, str]:
    found: dict[str, str] = defaultdict(str)
    for char, row in table("variants.tsv").items():
        if is_han(char):
            for usual in row[0]:
                found[usual] += char
    return dict(found)


@cache
def emoji_for() -> dict[str, str]:
    """Give, for a character, the emoji whose Chinese words hold it."""
    found: dict[str, str] = defaultdict(str)
    for sign, row in table("emoji.tsv").items():
        for char in dict.fromkeys(row[0]):
            if is_han(char):
                found[char] += sign
    return dict(found)


@cache
def split_forms() -> dict[str, tuple[str, ...]]:
    rows = (line.split("\t") for name in ("splits-by-hand.tsv", "splits.tsv") for line in lines(name))
    return {char: tuple(way for way in ways.split() if len(way) == 2) for char, ways in rows}


def _places(text: str, rng: Random, many: int = 1, ok: Callable[[str], bool] = is_han) -> list[int]:
    good = [n for n, char in enumerate(text) if ok(char)]
    return rng.sample(good, min(many, len(good)))


def _with(text: str, changes: dict[int, str]) -> str:
    return "".join(changes.get(n, char) for n, char in enumerate(text))


def _homophone(char: str, sound: str, rng: Random) -> str:
    return rng.choice([c for c in by_sound().get(sound, ()) if c != char] or [char])


def homophones(text: str, rng: Random, share: float = 0.0) -> str:
    """Change one character, or about a share of all, for others of the same sound."""
    said = spoken(text)
    many = max(1, round(share * len(text)))
    return _with(
        text, {n: _homophone(text[n], said[n][0] if said[n] else "", rng) for n in _places(text, rng, many)}
    )


def near_homophone(text: str, rng: Random) -> str:
    """Change one character for one of a habitually confused sound."""
    said = spoken(text)
    good = [n for n in range(len(text)) if said[n] and near_sounds(said[n][0])]
    if not good:
        return text
    n = rng.choice(good)
    return _with(text, {n: rng.choice(by_sound()[rng.choice(near_sounds(said[n][0]))])})


def lookalikes(text: str, rng: Random, many: int = 1) -> str:
    """Change characters for look-alikes, closer ones more often."""
    changes = {}
    for n in _places(text, rng, many, lambda c: bool(alike(c))):
        near = sorted(alike(text[n]).items(), key=lambda pair: -pair[1])[:50]
        changes[n] = rng.choices([c for c, _ in near], [score**3 for _, score in near])[0]
    return _with(text, changes)


def split(text: str, rng: Random) -> str:
    """Pull one or two characters apart."""
    forms = split_forms()
    changes = {
        n: rng.choice(forms[text[n]])
        for n in _places(text, rng, rng.choice((1, 1, 2)), lambda c: bool(forms.get(c)))
    }
    return _with(text, changes)


def traditional(text: str, rng: Random) -> str:
    """Write in traditional characters, or some of them in rarer forms."""
    full = _traditional().convert(text)
    forms = variant_forms()
    changes = {n: rng.choice(forms[c]) for n, c in enumerate(text) if c in forms and rng.random() < 0.3}
    full = full if len(full) == len(text) else text
    return _with(full if rng.random() < 0.8 else text, changes)


def compatibles(text: str, rng: Random) -> str:
    """Use compatibility signs for what has them."""
    forms = compatible()
    good = _places(text, rng, rng.choice((1, 2, 3)), lambda c: c in forms)
    return _with(text, {n: rng.choice(forms[text[n]]) for n in good})


def separated(text: str, rng: Random) -> str:
    """Put marks, joiners or pictures between the characters."""
    if rng.random() < 0.6:
        return rng.choice(MARKS).join(text)
    return "".join(char + (rng.choice(MARKS) if rng.random() < 0.5 else "") for char in text)


def digits(text: str, rng: Random) -> str:
    """Write a digit for a character that sounds like it."""
    said, good = spoken(text), []
    for n, ways in enumerate(said):
        for digit in "0123456789":
            if ways and max((wide_nearness(d, ways[0]) for d in sounds(digit)), default=0) > 0:
                good.append((n, digit))  # noqa: PERF401
    if not good:
        return text
    n, digit = rng.choice(good)
    return _with(text, {n: digit})


def pictures(text: str, rng: Random) -> str:
    """Put an emoji for a character, seldom one that has nothing to do with it."""
    signs = emoji_for()
    wild = rng.random() < 0.2
    good = _places(text, rng, 1, lambda c: wild or c in signs)
    every = list(table("emoji.tsv"))
    return _with(text, {n: rng.choice(signs.get(text[n]) or every) for n in good})


def pinyin(text: str, rng: Random) -> str:
    """Spell the whole name, in one of the ways people do."""
    said = [ways[0] if ways else char for ways, char in zip(spoken(text), text, strict=True)]
    style = rng.randrange(6)
    if style == 0:
        return "".join(sound.capitalize() for sound in said)
    if style == 1:
        return "".join(said).upper()
    if style == 2:
        return rng.choice("_- .").join(said)
    if style == 3:
        return "".join(sound + str(rng.randint(1, 4)) for sound in said)
    return "".join(said)


def mixed(text: str, rng: Random) -> str:
    """Spell one or two characters in letters, whole or by their initial."""
    said = spoken(text)
    changes = {}
    for n in _places(text, rng, rng.choice((1, 1, 2))):
        sound = said[n][0] if said[n] else text[n]
        sound = sound[0] if rng.random() < 0.3 else sound
        changes[n] = sound.upper() if rng.random() < 0.3 else sound
    return _with(text, changes)


def reordered(text: str, rng: Random) -> str:
    """Put the pieces in another order, swap two neighbours, or spell it from the end."""
    found = SUFFIX.search(text)
    at = found.start() if found else 0
    ways = [text[::-1]] if rng.random() < 0.15 else []
    if at:
        ways += [text[at:] + text[:at]] * 2
        ways += [text[2:at] + text[:2] + text[at:], text[at:] + text[2:at] + text[:2]] if at > 3 else []
    n = rng.randrange(len(text) - 1)
    ways.append(text[:n] + text[n + 1] + text[n] + text[n + 2 :])
    return rng.choice(ways)


def dropped(text: str, rng: Random) -> str:
    """Lose a character, double one, or push another in."""
    n = rng.randrange(len(text))
    way = rng.randrange(3)
    if way == 0 and len(text) > 4:
        return text[:n] + text[n + 1 :]
    if way == 1:
        return text[: n + 1] + text[n:]
    return text[: n + 1] + rng.choice("小大我爱真假新老好的市人") + text[n + 1 :]


def resuffixed(text: str, rng: Random) -> str:
    """Swap the kind of school for another."""
    found = SUFFIX.search(text)
    head = text[: found.start()] if found and found.start() else text
    return head + rng.choice(_INSTITUTIONS)


HAN: dict[str, Maker] = {
    "homophone1": homophones,
    "homophone_multi": lambda text, rng: homophones(text, rng, rng.choice((0.4, 0.6, 1.0))),
    "near_homophone": near_homophone,
    "lookalike": lookalikes,
    "lookalike_multi": lambda text, rng: lookalikes(text, rng, 2),
    "split_chaizi": split,
    "variant_trad": traditional,
    "compat_radical": compatibles,
    "separators": separated,
    "digit": digits,
    "emoji_sub": pictures,
    "pinyin_full": pinyin,
    "pinyin_mixed": mixed,
    "word_order": reordered,
    "drop_insert": dropped,
    "suffix_swap": resuffixed,
}


def combined(text: str, rng: Random) -> str:
    """Use two or three disguises on one name."""
    gentle = (
        "homophone1",
        "near_homophone",
        "lookalike",
        "variant_trad",
        "compat_radical",
        "pinyin_mixed",
        "digit",
        "separators",
    )
    for kind in rng.sample(gentle, rng.choice((2, 2, 3))):
        text = HAN[kind](text, rng)
    return text
