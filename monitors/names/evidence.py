"""What speaks for and against a name that was laid along a protected one, as numbers and as facts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from monitors.names.alignment import Path
from monitors.names.cells import Cells
from monitors.names.folds import Folded, is_han
from monitors.names.lexicon import campus, cut, ordinary
from monitors.names.likeness import By, Likeness
from monitors.names.protected import Protected
from monitors.names.references import Reference
from monitors.names.rivals import UNMATCHED, Rival

_PLAIN = frozenset((By.SAME, By.VARIANT))
_STRONG = frozenset(("official", "unit", "service", "social", "year"))
_ABROAD = frozenset(
    "阿埃艾奥巴贝比波伯布达德迪蒂多厄尔菲弗佛夫福戈格哈赫霍基吉加杰卡凯科克库拉莱兰朗劳勒雷里利林隆卢鲁路罗洛马玛迈曼茅梅门蒙米密摩莫姆穆纳娜内尼涅纽努诺欧帕佩彭皮普齐奇乔切萨塞瑟沙圣施史什斯索塔泰坦特提廷图托瓦威韦维沃乌伍西希谢休逊雅亚耶伊因约扎詹泽兹佐"
)
_KINDS = frozenset("工师农医财科理交林海民政法外体电邮轻药航石矿地商技职美音传经贸警")  # 河工大 is not 河大


@dataclass(frozen=True, slots=True)
class Step:
    """One character of the protected name: the piece of the candidate that stands for it, and by what."""

    place: int
    char: str
    piece: str
    worth: float
    by: By
    bits: float
    at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One name beside one protected name. `steps` has the matched characters; `begin` and `end` bound the
    window in the folded text; `numbers` are the features that the ranking reads, named by `FEATURES`."""

    protected: Protected
    reference: Reference
    turned: bool
    steps: tuple[Step, ...]
    lost: str
    junk: str
    begin: int
    end: int
    score: float
    words: tuple[str, ...]
    numbers: dict[str, float]
    rival: Rival | None = None


@lru_cache(maxsize=30_000)
def _open_edge(left: str, right: str) -> bool:
    """Whether a word of the language runs across the point between two texts."""
    known = ordinary()
    return any(
        left[-a:] + right[:b] in known
        for a in range(1, min(3, len(left)) + 1)
        for b in range(1, min(3, len(right)) + 1)
    )


@lru_cache(maxsize=30_000)
def _covered(text: str) -> tuple[float, frozenset[str], tuple[str, ...]]:
    """Give which share of the Han characters campus words cover, their classes, and the words of the cut."""
    if not text:
        return 1.0, frozenset(), ()
    words = cut(text).words
    known = campus()
    size = sum(map(is_han, text))
    held = sum(len(word) for word in words if word in known and is_han(word[0]))
    classes = frozenset(name for word in words if word in known for name in known[word])
    return (held / size if size else 1.0), classes, words


def _steps(path: Path, name: Cells, folded: Folded, one: Reference, likeness: Likeness) -> list[Step]:
    found = []
    for cell, k in path.pairs:
        if cell is None or k is None:
            continue
        row = likeness.rows((name.codes[cell],))[0]
        column = likeness.column[one.text[k]]
        piece = folded.text[name.begins[cell] : name.ends[cell]]
        worth, by = float(likeness.worth[row, column]), By(int(likeness.by[row, column]))
        found.append(Step(k, one.text[k], piece, worth, by, one.bits[k], name.begins[cell]))
    return found


def weighed(  # noqa: PLR0917
    folded: Folded,
    name: Cells,
    path: Path,
    one: Reference,
    protected: Protected,
    likeness: Likeness,
    turned: bool = False,
) -> Evidence:
    """Give the evidence for one path; the rivals' part of the numbers is added by the matcher."""
    steps = _steps(path, name, folded, one, likeness)
    begin, end = name.begins[path.begin], name.ends[path.end - 1]
    text = folded.text
    left, window, right = text[:begin], text[begin:end], text[end:]
    matched = {step.place for step in steps}
    lost = [k for k in range(len(one.text)) if k not in matched]
    junk = "".join(
        text[name.begins[cell] : name.ends[cell]] for cell, k in path.pairs if k is None and cell is not None
    )
    numbers = _strength(one, steps, lost, junk)
    numbers |= _company(left, window, right, steps)
    numbers["run_on"] = float(_runs_on(folded, begin) or _runs_on(folded, end))
    numbers["gaps"] = float(sum(folded.gaps[begin + 1 : end]))
    numbers["weak"] = float(protected.weak)
    numbers["full"] = float(protected.role in ("full", "former"))
    numbers["unit"] = float(protected.role == "unit")
    numbers["turned"] = float(turned)
    words = (*_covered(left)[2], *_covered(right)[2])
    lost_text = "".join(one.text[k] for k in lost)
    return Evidence(
        protected, one, turned, tuple(steps), lost_text, junk, begin, end, path.score, words, numbers
    )


def _runs_on(folded: Folded, place: int) -> bool:
    """Whether a run of letters goes on across the point: fud|ge, but not Fudan|Wall or fudan|_wall."""
    text = folded.text
    if not 0 < place < len(text) or folded.gaps[place]:
        return False
    before, here = folded.original[folded.spans[place - 1][0]], folded.original[folded.spans[place][0]]
    return (
        text[place - 1].isascii()
        and text[place - 1].isalpha()
        and text[place].isascii()
        and (text[place].isalpha() and not (here.isupper() and before.islower()))
    )


def _strength(one: Reference, steps: list[Step], lost: list[int], junk: str) -> dict[str, float]:
    counts = [0] * len(By)
    held = literal = beyond = 0.0
    least_core = least = 1.0
    for step in steps:
        counts[step.by] += 1
        value = step.worth * step.bits
        held += value
        literal += step.bits if step.by in _PLAIN else 0.0
        least = min(least, step.worth)
        if step.place < one.tail:
            least_core = min(least_core, step.worth)
            beyond += value if step.place >= one.place else 0.0
    core = any(step.place < one.tail for step in steps)
    return {
        "total": one.total,
        "held": held,
        "ratio": held / one.total,
        "literal": literal,
        "literal_ratio": literal / one.total,
        "size": float(len(one.text)),
        "altered": float(len(steps) - counts[By.SAME] - counts[By.VARIANT]),
        "by_sound": float(counts[By.SOUND] + counts[By.OTHER_READING]),
        "by_near": float(counts[By.NEAR_SOUND]),
        "by_shape": float(counts[By.GLYPH]),
        "by_sign": float(counts[By.DIGIT] + counts[By.EMOJI]),
        "by_pinyin": float(counts[By.PINYIN]),
        "by_letter": float(counts[By.LETTER]),
        "by_join": float(counts[By.JOINED]),
        "least": least_core if core else least,
        "lost_core": sum(one.bits[k] for k in lost if k < one.tail),
        "lost_tail": float(sum(k >= one.tail for k in lost)),
        "lost": float(len(lost)),
        "lost_first": float(0 in lost),
        "beyond": beyond,
        "beyond_total": sum(one.bits[one.place : one.tail]),
        "junk_kind": float(sum(char in _KINDS for char in junk)),
        "junk_han": float(sum(map(is_han, junk))),
        "junk_other": float(sum(not is_han(char) for char in junk)),
    }


_ROAD = re.compile(
    r"^(?:[东西南北中前后]?(?:路|街|巷|桥|站|村|镇|乡|里|弄|道|坊|区|县|市|店|门)|地铁|公交|立交|隧道|胡同|附近)"
)
_HOUSE = re.compile(
    r"^.{0,6}?(?:大学|学院|学校|书院|学堂|分院|分校|监狱|医院|病院|疯人院|养老院|幼儿园|养.场|驾校|技校|中专|职高|[^电]影院)"
)


def _company(left: str, window: str, right: str, steps: list[Step]) -> dict[str, float]:
    """Give what the words around the window, and across its edges, say."""
    whole = left + window + right
    after, after_classes, after_words = _covered(right)
    before, before_classes, _ = _covered(left)
    free = cut(whole)
    forced = cut(left).cost + 1.0 + cut(right).cost
    strong = (after_classes - {"weak"}) & _STRONG
    return {
        "left": float(sum(map(is_han, left))),
        "right": float(sum(map(is_han, right))),
        "latin_left": float(sum(char.isascii() for char in left)),
        "latin_right": float(sum(char.isascii() for char in right)),
        "after": after,
        "before": before,
        "strong": 0.5 * bool(strong) + 0.5 * bool(strong and "weak" not in after_classes),
        "strong_before": float(bool(before_classes & _STRONG)),
        "ends": float(bool(after_words) and bool(campus().get(after_words[-1], frozenset()) & _STRONG)),
        "campus": float(bool((after_classes | before_classes) & _STRONG or (left and before == 1.0))),
        "bare": float(not left and not right),
        "gain": free.cost - forced,
        "edge_right": float(_open_edge(window, right) and after < 1.0),
        "edge_left": float(_open_edge(left, window) and before < 1.0),
        "word": float(window in ordinary()),
        "words": cut(window).cost / max(1.0, len(window)),
        **_torn(free.words, steps),
        "road": float(
            bool(_ROAD.match(right)) and (len(after_words[0]) == 1 or after_words[0] not in campus())
        ),
        "house": float(bool(_HOUSE.match(right))),
        "abroad": float(bool(right[:1]) and right[0] in _ABROAD and window[-1] in _ABROAD)
        + float(bool(left) and left[-1] in _ABROAD and window[0] in _ABROAD),
    }


def _torn(words: tuple[str, ...], steps: list[Step]) -> dict[str, float]:
    """Give what the words of the best cut of the whole text explain of the matched cells.

    `innocent` and `schoolish` are the shares of the altered ones that lie in an ordinary or a campus word, `torn`
    the share of all that lie in a word which goes on beyond what is matched.
    """
    known, school = ordinary(), campus()
    held = {place for step in steps for place in range(step.at, step.at + len(step.piece))}
    altered = {step.at for step in steps if step.by not in _PLAIN}
    innocent = schoolish = torn = place = 0
    for word in words:
        cells = range(place, place + len(word))
        place += len(word)
        if len(word) < 2 or not (word in known or word in school):
            continue
        inside = sum(cell in altered for cell in cells)
        innocent, schoolish = (
            (innocent, schoolish + inside) if word in school else (innocent + inside, schoolish)
        )
        if not all(cell in held for cell in cells):
            torn += sum(step.at in cells for step in steps)
    many = max(1, len(altered))
    return {"innocent": innocent / many, "schoolish": schoolish / many, "torn": torn / max(1, len(steps))}


def rivalled(evidence: Evidence, literal: list[Rival], near: list[Rival]) -> Evidence:
    """Give the evidence with what the other schools make of the same stretch of the name."""
    rivals = [one for one in (*literal, *near) if one.begin < evidence.end and one.end > evidence.begin]
    whole = [one for one in rivals if one.whole]
    best = max(rivals, key=lambda one: one.worth, default=None)
    strict = max(whole, key=lambda one: (one.end - one.begin, one.total), default=None)
    own = evidence.score - UNMATCHED * (evidence.reference.total - evidence.score)
    numbers = evidence.numbers | {
        "beside": float(bool(literal)),
        "margin": own - (best.worth if best else 0.0),
        "rival": best.score if best else 0.0,
        "rival_ratio": best.score / best.total if best else 0.0,
        "rival_size": float(len(best.text)) if best else 0.0,
        "rival_reach": float((best.end - best.begin) - (evidence.end - evidence.begin)) if best else -9.0,
        "whole": strict.total if strict else 0.0,
        "whole_size": float(len(strict.text)) if strict else 0.0,
        "whole_margin": evidence.numbers["literal"] - (strict.total if strict else 0.0),
        "whole_reach": float((strict.end - strict.begin) - (evidence.end - evidence.begin))
        if strict
        else -9.0,
    }
    return replace(evidence, numbers=numbers, rival=best)
