"""Which kind of imitation a name is, by what was done to the protected one and what stands around it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from monitors.names.evidence import Evidence, Step
from monitors.names.folds import Folded, is_han
from monitors.names.latin import CAPITAL_I, Spelling
from monitors.names.lexicon import campus, cut
from monitors.names.likeness import By
from monitors.names.protected import Role
from monitors.nouns import NameKind, Reading

_BY: Mapping[By, NameKind] = {
    By.SOUND: "homophone1", By.OTHER_READING: "homophone1", By.NEAR_SOUND: "near_homophone", By.GLYPH: "lookalike",
    By.DIGIT: "digit", By.EMOJI: "emoji_sub", By.PINYIN: "pinyin_mixed", By.LETTER: "pinyin_mixed",
    By.JOINED: "split_chaizi", By.VARIANT: "variant_trad",
}  # fmt: skip
_SEVERAL: Mapping[NameKind, NameKind] = {"homophone1": "homophone_multi", "lookalike": "lookalike_multi"}
_PART_OF_PICTURES = "\ufe0e\ufe0f\u20e3"
_OFFICIAL = frozenset(("official", "unit", "year"))
_OPEN: frozenset[NameKind] = frozenset(
    ("homophone_multi", "digit", "emoji_sub", "pinyin_mixed", "word_order")
)


def kind_of(one: Folded, evidence: Evidence) -> NameKind:
    """Give the one kind, or `combo` where different things were done."""
    if evidence.protected.role == "nickname":
        return "nickname"
    done: Counter[NameKind] = Counter(kind for step in evidence.steps if (kind := _done(one, step)))
    if all(step.by in (By.PINYIN, By.LETTER) for step in evidence.steps):
        begin, end = one.spans[evidence.begin][0], one.spans[evidence.end - 1][1]
        return "pinyin_full" if one.original[begin:end].isascii() else "latin_confusable"
    found: list[NameKind] = [
        _SEVERAL[kind] if count > 1 and kind in _SEVERAL else kind for kind, count in done.items()
    ]
    if "homophone_multi" in found or ("homophone1" in found and "near_homophone" in found):
        found = [
            "homophone_multi",
            *(k for k in found if k not in ("homophone1", "homophone_multi", "near_homophone")),
        ]
    found += _moved(one, evidence)
    if not found and evidence.protected.role == "short" and evidence.numbers["house"]:
        after = cut(one.text[evidence.end :]).words[0]
        if not _classes((after,)) & {"unit", "official"}:
            return "suffix_swap"
    if not found:
        return _literal_kind(evidence.protected.role, evidence.words, bool(evidence.numbers["bare"]))
    return found[0] if len(set(found)) == 1 else "combo"


def _done(one: Folded, step: Step) -> NameKind | None:
    """Give what was done to one character."""
    if step.by is not By.SAME:
        return _BY[step.by]
    begin, end = one.spans[step.at]
    written = one.original[begin:end]
    if written == step.char:
        return None
    return "variant_trad" if is_han(written) else "compat_radical"


def _moved(one: Folded, evidence: Evidence) -> list[NameKind]:
    """Give what was done to the row of characters as a whole."""
    found: list[NameKind] = []
    left, right = one.text[: evidence.begin], one.text[evidence.end :]
    if evidence.turned or (evidence.lost and evidence.lost in left):
        return ["word_order"]
    if _doubled(left, one.text[evidence.begin], right, one.text[evidence.end - 1]):
        found.append("drop_insert")
    if evidence.junk and any(map(is_han, evidence.junk)):
        found.append("drop_insert")
    elif evidence.junk or separated(one, evidence.begin, evidence.end):
        found.append("separators")
    if (
        evidence.lost
        and not evidence.numbers["lost_core"]
        and evidence.reference.tail < len(evidence.reference.text)
    ):
        found.append("suffix_swap" if evidence.numbers["lost_tail"] > 1 else "drop_insert")
    elif evidence.lost:
        found.append("drop_insert")
    return found


def separated(one: Folded, begin: int, end: int) -> bool:
    """Whether something that folds away, seen or unseen, stands between the cells."""
    return any(
        one.original[one.spans[n - 1][1] : one.spans[n][0]].strip(_PART_OF_PICTURES)
        for n in range(begin + 1, end)
    )


def _doubled(left: str, first: str, right: str, last: str) -> bool:
    """Whether the first or the last character stands twice (同同济大学), and not as part of a word (大学学生会)."""
    before, after = cut(left).words, cut(right).words
    return (bool(before) and before[-1] == first) or (bool(after) and after[0] == last)


def _classes(words: Iterable[str]) -> frozenset[str]:
    known = campus()
    return frozenset(name for word in words for name in known.get(word, ()))


def _literal_kind(role: Role, words: tuple[str, ...], bare: bool) -> NameKind:
    classes = _classes(words)
    official = bool(classes & _OFFICIAL) and "social" not in classes
    if role in ("short", "initials"):
        return "exact" if bare else "abbr_official" if official else "abbr_parody"
    return "exact" if bare else "exact_official" if official else "exact_unofficial"


def spelled_kind(one: Spelling) -> NameKind:
    """Give the kind of a name found in Latin letters."""
    plain = " ._-'&" if " " in one.wanted else ""
    strange = any(not (char.isalpha() or char in plain) for char in one.written)
    if strange or not one.written.isascii() or CAPITAL_I.search(one.written):
        return "latin_confusable"
    return "pinyin_initials" if one.derived else "english_variant"


def reading_of(kind: NameKind, words: Iterable[str]) -> Reading:
    """Say whether parents would take the name for the school's own, or see that it plays on it."""
    classes = _classes(words)
    if classes & {"official", "year"} and "social" not in classes:
        return "passes_off"
    if classes & {"social"} or kind in _OPEN or kind == "nickname":
        return "plays_on"
    return "passes_off"
