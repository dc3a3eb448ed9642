"""Names in Latin letters, kept apart: initials as whole words, English names word by word."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product

from rapidfuzz.distance import OSA

from monitors.names.competitors import Competitor
from monitors.names.data import lines
from monitors.names.folds import Folded, fold, folded, is_han, plain
from monitors.names.lexicon import campus, cut
from monitors.names.protected import Protected
from monitors.names.sounds import spoken

_LEET = (
    str.maketrans("01234579@!$|+€£", "oizeastgaisltel"),
    str.maketrans("01234579@!$|+€£", "olzeastgaisitel"),
)
_LEETED = re.compile(
    r"(?<=[^\W\d_])[0-57-9@!$|+€£]+(?=[^\W\d_])|[0-57@!$|+€£](?=[^\W\d_]{2})|(?<=[^\W\d_]{2})[1@!$|+€£]+"
)
CAPITAL_I = re.compile(r"(?<=[A-Z])l(?=[A-Z])")  # UNlVERSITY
_YEAR = re.compile(r"(?:20)?[23]\d|\d")
_SMALL = frozenset(("of", "and", "the", "for", "in", "at", "a"))
_KINDS = ("university", "college", "institute", "academy", "school", "conservatory", "polytechnic")
MOST_WORDS = 30_000  # words met in names that are remembered
_DOUBLE = ("zh", "ch", "sh")


@dataclass(frozen=True, slots=True)
class Word:
    """A run of Latin letters in a folded name: where it stands and whether it is one word as written."""

    text: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Spelling:
    """A protected name found in Latin letters; `derived` if the letters come from the pinyin of a Chinese name."""

    protected: Protected
    written: str
    wanted: str
    derived: bool
    score: float
    typos: int
    begin: int
    end: int


@cache
def _words(line: int) -> frozenset[str]:
    return frozenset(lines("latin.txt")[line].split())


def words_of(one: Folded) -> list[Word]:
    """Cut the letters of a name into words: at what is no letter, at marks and where capitals begin."""
    found: list[Word] = []
    text, begin = one.text, -1
    for n, char in enumerate((*text, " ")):
        letter = "a" <= char <= "z"
        if begin >= 0 and (not letter or one.gaps[n] or _capital(one, n)):
            found.append(Word(text[begin:n], begin, n))
            begin = -1
        if letter and begin < 0:
            begin = n
    return found


def _capital(one: Folded, n: int) -> bool:
    before, here = one.original[one.spans[n - 1][0]], one.original[one.spans[n][0]]
    return here.isupper() and before.islower() and before.isascii() and here.isascii()


def _joined(words: Sequence[Word], one: Folded) -> list[Word]:
    """Give the words, and each stretch of neighbours as one word (U E S T C, D-M-U, HenU)."""
    found = list(words)
    for n in range(len(words)):
        text = words[n].text
        for m in range(n + 1, min(len(words), n + 8)):
            if words[m].begin != words[m - 1].end:
                break
            text += words[m].text
            if len(text) <= 40:
                found.append(Word(text, words[n].begin, words[m].end))
    return found


def _leet(one: Folded) -> list[Folded]:
    """Give the name with signs and digits read as the letters they are drawn like (t0ngji, Fud@n)."""
    turned = CAPITAL_I.sub("I", one.original)
    if turned != one.original:
        return [fold(turned)]
    if one.original.isalpha() or not _LEETED.search(one.original):
        return []
    ways = (_LEETED.sub(lambda match: match[0].translate(way), one.original) for way in _LEET)  # noqa: B023
    return [fold(way) for way in dict.fromkeys(ways)]


def _written(original: str, way: Folded, begin: int, end: int) -> str:
    """Give the piece of the name as it was written; signs read as letters keep their places."""
    return original[way.spans[begin][0] : way.spans[end - 1][1]]


@cache
def initials_of(text: str) -> frozenset[str]:
    """Give the initials of a Chinese name: hbslsddx, with zh, ch and sh also as two letters."""
    ways: list[tuple[str, ...]] = []
    for said in spoken("".join(filter(is_han, folded(text)))):
        if not said:
            return frozenset()
        first = said[0]
        ways.append((first[0], first[:2]) if first[:2] in _DOUBLE else (first[0],))
    if not 3 <= len(ways) <= 14:
        return frozenset()
    single = "".join(way[0] for way in ways)
    double = "".join(way[-1] for way in ways)
    few = ["".join(way) for way in product(*ways)] if sum(len(way) > 1 for way in ways) <= 2 else []
    return frozenset((single, double, *few))


def english_words(name: str) -> tuple[str, ...]:
    letters = "".join("" if char == "'" else plain(char) or " " for char in name)
    return tuple(re.findall(r"[a-z]+", letters))


class Latin:
    """The protected names in Latin letters and the English names of the other schools."""

    def __init__(self, protected: Sequence[Protected], rest: Iterable[Competitor]) -> None:
        self._exact: dict[str, list[tuple[Protected, bool]]] = {}
        self._english: list[tuple[Protected, tuple[str, ...]]] = []
        for one in protected:
            if one.role == "initials":
                self._exact.setdefault(folded(one.text), []).append((one, False))
            elif one.role == "english":
                self._english.append((one, english_words(one.text)))
            elif one.role in ("full", "former", "short") and any(map(is_han, one.text)):
                for letters in initials_of(one.text) | initials_of(
                    one.text.removesuffix("大学").removesuffix("学院")
                ):
                    self._exact.setdefault(letters, []).append((one, True))
        others = [english_words(name) for one in rest for name in one.english]
        own = [words for _, words in self._english]
        self._count: Counter[str] = Counter(word for words in (*others, *own) for word in set(words))
        self._total = len(others) + len(own) + 1
        own_sets = {frozenset(words) - _SMALL for words in own}
        self._others = {
            frozenset(w) - _SMALL: w for w in others if len(w) > 1 and frozenset(w) - _SMALL not in own_sets
        }
        self._telling = {word for words in own for word in words} - _SMALL - frozenset(_KINDS)
        self._met: dict[str, frozenset[str]] = {}
        self._places = {w for words in self._others for w in words if self._bits(w) > 4.0}

    def _bits(self, word: str) -> float:
        if word in _SMALL:
            return 0.0
        if word in _KINDS:
            return 0.7
        return min(9.0, math.log2(self._total / (self._count[word] + 0.5)))

    def spellings(self, one: Folded) -> list[Spelling]:
        """Give what is found, best first."""
        found: list[Spelling] = []
        for way in (one, *_leet(one)):
            words = words_of(way)
            if words:
                found += [
                    replace(hit, written=_written(one.original, way, hit.begin, hit.end))
                    for hit in (*self._as_initials(way, words), *self._as_english(way, words))
                ]
        return sorted(found, key=lambda hit: -hit.score)

    def _as_initials(self, one: Folded, words: list[Word]) -> list[Spelling]:
        found = []
        for word in _joined(words, one):
            for begin, end in _trimmed(word.text):
                letters = word.text[begin:end]
                for protected, derived in self._exact.get(letters, ()):
                    glued = len(letters) < len(word.text)
                    company = 1.0 if glued else _company(one, word)
                    score = _initials_score(letters, glued, derived, protected.weak, company)
                    found.append(
                        Spelling(
                            protected,
                            letters,
                            letters,
                            derived,
                            score,
                            0,
                            word.begin + begin,
                            word.begin + end,
                        )
                    )
        return found

    def _as_english(self, one: Folded, words: list[Word]) -> list[Spelling]:
        if sum(len(word.text) for word in words) < 8:
            return []
        found = []
        pieces = list(_unglued(words))
        met = frozenset().union(*(self._resembled(piece.text) for piece in pieces))
        for protected, wanted in self._english:
            hit = self._english_hit(pieces, wanted) if not met.isdisjoint(wanted) else None
            if hit:
                score, typos, begin, end = hit
                text = one.text[begin:end]
                found.append(Spelling(protected, text, " ".join(wanted), False, score, typos, begin, end))
        return found

    def _resembled(self, text: str) -> frozenset[str]:
        """Give the telling words of the protected names that a word is, or is by a slip."""
        if text not in self._met:
            if len(self._met) > MOST_WORDS:
                self._met.clear()
            self._met[text] = frozenset(word for word in self._telling if word == text or _near(text, word))
        return self._met[text]

    def _english_hit(self, pieces: list[Word], wanted: tuple[str, ...]) -> tuple[float, int, int, int] | None:
        """Find the wanted words among the pieces; give (score, slips, begin, end)."""
        total = sum(map(self._bits, wanted))
        held, slips, turns, places = 0.0, 0, 0, [-1]
        for word in wanted:
            if word not in _SMALL:
                place, slip = self._found(word, pieces, places)
                if place is not None:
                    held, slips = held + self._bits(word), slips + slip
                    turns += place < places[-1]
                    places.append(place)
        if len(places) < 2 or held < 4.0 or self._other_fits(pieces, held):
            return None
        first, last = min(places[1:]), max(places)
        inner = [pieces[n].text for n in range(first, last) if n not in places]
        foreign = sum(text not in wanted and text not in _words(0) for text in inner)
        foreign += sum(self._foreign(piece.text, wanted) for piece in pieces[max(0, first - 2) : first])
        foreign += bool(pieces[last + 1 :]) and pieces[last + 1].text == "of" and last == places[-1]
        kind = any(piece.text.startswith(_KINDS) or _near(piece.text, "university") for piece in pieces)
        share, missed = held / total, total - held
        score = 0.97 if share > 0.99 else 0.9 if share > 0.75 and missed < 4 else 0.6 if share > 0.6 else 0.2
        score -= (
            0.35 * foreign + 0.02 * slips + 0.05 * turns + (0.25 if not kind and len(wanted) < 4 else 0.0)
        )
        return max(0.0, score), slips, pieces[first].begin, pieces[last].end

    def _found(self, word: str, pieces: list[Word], used: list[int]) -> tuple[int | None, int]:
        """Give the place of a word, the next one after the last used if there are several, and whether by a slip."""
        order = sorted(range(len(pieces)), key=lambda n: (n < used[-1], abs(n - used[-1] - 1)))
        for n in order:
            text = pieces[n].text
            if n not in used and (
                text == word or (len(text) > 2 and word in _KINDS and word.startswith(text))
            ):
                return n, 0
        for n in order:
            text = pieces[n].text
            if n not in used and _near(text, word) and text not in self._count:
                return n, 1
        return None, 0

    def _foreign(self, text: str, wanted: tuple[str, ...]) -> bool:
        """Whether a word in front makes it another university: a place or a subject that ours does not have."""
        if text in wanted or text in _words(0):
            return False
        known = (
            self._places | _words(2) | {"southern", "northern", "east", "west", "north", "south", "central"}
        )
        return text in known or any(_near(text, word) for word in known)

    def _other_fits(self, pieces: list[Word], held: float) -> bool:
        """Whether another school's English name stands in the pieces and says more than ours."""
        texts = {piece.text for piece in pieces}
        for words in self._others:
            bits = sum(map(self._bits, words))
            if bits >= held and sum(word in texts for word in words) == len(words):
                return True
        return False


def _near(text: str, word: str) -> bool:
    """Whether two words differ by typing: one slip in five letters or more, two in nine."""
    allowed = 0 if len(word) < 5 else 1 if len(word) < 9 else 2
    return (
        allowed > 0
        and abs(len(text) - len(word)) <= allowed
        and OSA.distance(text, word, score_cutoff=allowed) <= allowed
    )


def _unglued(words: Iterable[Word]) -> Iterable[Word]:
    """Cut university and college out of words they are glued to: nankaiuniversitywall."""
    for word in words:
        found = re.search("|".join(_KINDS), word.text)
        cuts = [0, found.start(), found.end(), len(word.text)] if found else [0, len(word.text)]
        for a, b in zip(cuts, cuts[1:], strict=False):  # noqa: RUF007
            if a < b:
                yield Word(word.text[a:b], word.begin + a, word.begin + b)


def _trimmed(text: str) -> Iterable[tuple[int, int]]:
    """Give the bounds of a word, and of what is left of it without a campus word glued to it."""
    yield 0, len(text)
    for n in range(3, len(text)):
        if text[n:] in _words(0):
            yield 0, n
        if text[:-n] in _words(0) and len(text) - n <= 3:
            yield len(text) - n, len(text)


def _company(one: Folded, word: Word) -> float:
    """Give how much the rest of the name speaks of a school: 1 a campus word, 0.5 a year or nothing at all."""
    left, right = one.text[: word.begin], one.text[word.end :]
    rest = [piece for text in (left, right) for piece in cut(text).words]
    if any(piece in campus() or piece in _words(0) or piece in _words(1) for piece in rest):
        return 1.0
    strange = [piece for piece in rest if not _YEAR.fullmatch(piece) and len(piece) + piece.isascii() > 1]
    return 0.0 if strange else 0.5


_WORTH = {  # by the length of initials: with a campus word, alone or with a number, among strange words
    (2, False): (0.3, 0.05, 0.0), (3, False): (0.9, 0.6, 0.3), (4, False): (0.95, 0.8, 0.45), (5, False): (0.97, 0.93, 0.75),
    (2, True): (0.0, 0.0, 0.0), (3, True): (0.72, 0.3, 0.1), (4, True): (0.9, 0.7, 0.3), (5, True): (0.96, 0.92, 0.6),
}  # fmt: skip


def _initials_score(letters: str, glued: bool, derived: bool, weak: bool, company: float) -> float:
    """Give the worth of initials; `glued` ones are part of a longer run of letters."""
    row = _WORTH[max(2, min(5, len(letters))), derived]
    score = row[0] if company == 1.0 else row[1] if company else row[2]
    return max(0.0, score - 0.1 * (glued and len(letters) < 5) - 0.05 * (weak and len(letters) < 4))
