"""Folds a name to its plainest form and remembers where each character came from."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from opencc import OpenCC

from monitors.names.data import table

_SIMPLE = OpenCC("t2s")
_DOTS = frozenset("丶丨丿乀乁亅乚〇")  # strokes that stand for a dot or a bar between characters
_NAMED = re.compile(
    r"(?:MODIFIER LETTER )?(?:LATIN|REGIONAL INDICATOR SYMBOL|(?:NEGATIVE )?(?:CIRCLED|SQUARED) LATIN)"
    r" ?(?:CAPITAL|SMALL|LETTER|SUBSCRIPT)*(?: (?:CAPITAL|SMALL|LETTER))* ([A-Z])(?: WITH .*)?$"
)
# letters of other scripts that are drawn as a Latin one: the pairs are facts about their shapes
CONFUSABLE = {
    other: latin
    for latin, others in {
        "a": "🅰аαɑ∀ⲁ", "b": "🅱ЬьвВβБⲂᏏᖯƅ", "c": "сϲСⅽᴄⲥϹᏟ", "d": "ԁժᏧᑯԀ", "e": "еЕεєҽΕℯⲉᎬ", "f": "ϝҒғƒꜰ",
        "g": "ɡցԌԍᏀ", "h": "һНнΗհᎻⲎҺ", "i": "ıіІιΙӏıӀⲒⵏᛁ", "j": "јЈϳյᎫ", "k": "кКκΚқᏦⲔ", "l": "ⅼլᏞⳐ∣ǀ",
        "m": "мМΜⅿᎷⲘ", "n": "пηΝոиⲚՈ", "o": "🅾оОοΟօσ௦Ⲟ◯", "p": "🅿рРρΡⲢᏢ", "q": "ԛգՔզ", "r": "гᴦᏒяЯ",
        "s": "ѕЅꜱʂᏚտՏ", "t": "тТτΤᎢⲦ", "u": "υսцՍՄᴜ∪", "v": "νѵⅴᏙ∨Ѵ", "w": "ѡԝᏔшωաᎳ", "x": "×хХχΧⅹⲬ",
        "y": "уУγΥүҮʏⲨ", "z": "ᴢΖᏃⲌ",
    }.items()
    for other in others
}  # fmt: skip


_JOINERS = frozenset("\u200d\ufe0f")
# Radicals, and ideographs kept for the sake of older encodings.
_DRAWN_ALIKE = (("\u2e80", "\u2fdf"), ("\uf900", "\ufaff"), ("\U0002f800", "\U0002fa1f"))


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded name: `text` has one character a cell, `spans[i]` are its place in the original.

    `gaps[i]` is true where something that was dropped, but can be seen, stood before cell i.
    """

    original: str
    text: str
    spans: tuple[tuple[int, int], ...]
    gaps: tuple[bool, ...]


def is_han(char: str) -> bool:
    return "一" <= char <= "鿿" or "㐀" <= char <= "䶿" or "\U00020000" <= char <= "\U0003ffff"


@cache
def is_emoji(char: str) -> bool:
    """Whether a character is a picture; the table names marks of punctuation too, which only separate."""
    return char in table("emoji.tsv") and unicodedata.category(char)[0] not in "PLN" and not char.isascii()


def _usual(char: str) -> str:
    """Give the common simplified form of a Han character."""
    simple: str = _SIMPLE.convert(char)
    row = table("variants.tsv").get(simple)
    if row and len(row[0]) == 1 and not _is_common(simple):
        return row[0]
    return simple


def _is_common(char: str) -> bool:
    try:
        return len(char.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


def _letter(char: str) -> str:
    """Give the Latin letter that a letter is, or is drawn as; other letters stay."""
    if char in CONFUSABLE:
        return CONFUSABLE[char]
    if char.isascii():
        return char.lower()
    named = _NAMED.match(unicodedata.name(char, ""))
    return named[1].lower() if named else char


def _once(char: str) -> str:
    if char in _DOTS:
        return ""
    if is_emoji(char):
        return char
    if is_han(char):
        return _usual(char)
    category = unicodedata.category(char)
    if category[0] in "LN" or category == "So" or char in CONFUSABLE:
        letter = _letter(char)
        return letter if letter.isalnum() else ""
    return ""


@cache
def plain(char: str) -> str:
    """Give what one character folds to: nothing, itself or several; folding that again changes nothing."""
    if char in CONFUSABLE:  # before case is folded: Ν is drawn as N, its small form as v
        return CONFUSABLE[char]
    before, after = "", char
    for _ in range(4):
        before, after = after, "".join(_once(c) for c in _normal(after))
        if before == after:
            break
    return after


def _normal(text: str) -> str:
    rows = table("variants.tsv")
    equal = "".join(rows[c][0] if c < "㇀" and c in rows and len(rows[c][0]) == 1 else c for c in text)
    return text if is_emoji(text) else unicodedata.normalize("NFKC", equal).casefold()


@cache
def _visible(char: str) -> bool:
    """Whether a character that folds to nothing is seen: joiners, marks and direction signs are not."""
    return unicodedata.category(char)[0] not in "CM"


def fold(name: str) -> Folded:
    """Give the folded name; time and memory grow with its length only."""
    text: list[str] = []
    spans: list[tuple[int, int]] = []
    gaps: list[bool] = []
    gap = False
    for place, char in enumerate(name):
        cells = plain(char)
        if not cells:
            gap = gap or _visible(char)
        for cell in cells:
            text.append(cell)
            spans.append((place, place + 1))
            gaps.append(gap)
            gap = False
    return Folded(name, "".join(text), tuple(spans), tuple(gaps))


def folded(name: str) -> str:
    """Give the folded text alone."""
    return "".join(map(plain, name))


def disguises(name: str) -> frozenset[str]:
    """Give the signs of a name that nobody writes by himself: unseen ones within it, radicals and foreign letters.

    Joiners of pictures are none, nor is what hangs on the ends of a copied name.
    """
    found, before = set(), ""
    for char in name.strip("".join(char for char in set(name) if not _visible(char))):
        joins = char in _JOINERS and (before in _JOINERS or bool(before and is_emoji(before)))
        foreign = char in CONFUSABLE or any(first <= char <= last for first, last in _DRAWN_ALIKE)
        if foreign or (not _visible(char) and not joins):
            found.add(char)
        before = char
    return frozenset(found)
