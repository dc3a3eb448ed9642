"""Explains a match in Chinese: which piece of the name stands for which of the protected one, and by what."""

from __future__ import annotations

from collections.abc import Iterator

from monitors.names.evidence import Evidence, Step
from monitors.names.folds import Folded, is_han
from monitors.names.kinds import separated
from monitors.names.latin import Spelling
from monitors.names.lexicon import campus
from monitors.names.likeness import By
from monitors.names.sounds import sounds, toned
from monitors.nouns import Reason

NOTHING = "—"
CLOSE = 5.0  # bits: another school that explains the name so much less is not worth a line


def reasons_of(one: Folded, evidence: Evidence) -> tuple[Reason, ...]:
    """Give the alignment, what was moved or left out, the bits, the company, and what speaks against."""
    return (
        *_aligned(one, evidence),
        *_moved(one, evidence),
        Reason(
            written(one, evidence.begin, evidence.end),
            evidence.protected.text,
            f"命中 {sum(s.worth * s.bits for s in evidence.steps):.1f}/{evidence.reference.total:.1f} 比特",
        ),
        *_company(evidence.words),
        *_against(evidence),
    )


def written(one: Folded, begin: int, end: int) -> str:
    """Give the piece of the original that some cells came from."""
    return one.original[one.spans[begin][0] : one.spans[end - 1][1]] if end > begin else ""


def _aligned(one: Folded, evidence: Evidence) -> Iterator[Reason]:
    run: list[Step] = []
    for step in (*evidence.steps, None):
        why = _why(one, step) if step else ""
        if step and not why:
            run.append(step)
            continue
        if run:
            text = "".join(same.char for same in run)
            yield Reason(text, text, "相同")
            run = []
        if step:
            yield Reason(written(one, step.at, step.at + len(step.piece)), step.char, why)


def _why(one: Folded, step: Step) -> str:  # noqa: PLR0911
    """Give by what a piece stands for a character; empty where it is that character."""
    piece, char = written(one, step.at, step.at + len(step.piece)), step.char
    match step.by:
        case By.SAME if piece == char:
            return ""
        case By.SAME:
            return "繁体或异体" if is_han(piece) else "兼容字符或部首"
        case By.VARIANT:
            return "繁体或异体"
        case By.SOUND | By.OTHER_READING | By.NEAR_SOUND:
            word = {By.SOUND: "同音", By.OTHER_READING: "又音", By.NEAR_SOUND: "近音"}[step.by]
            return f"{word} {toned(step.piece)}/{toned(char)}"
        case By.GLYPH:
            return "形近"
        case By.DIGIT:
            return f"数字谐音 {'、'.join(sounds(step.piece))}/{toned(char)}"
        case By.EMOJI:
            return f"表情代字，表示或谐音“{char}”"
        case By.PINYIN:
            return f"拼音 {toned(char)}"
        case By.LETTER:
            return f"首字母 {toned(char)}"
        case By.JOINED:
            return "拆字"
        case By.NOTHING:
            return "不同"


def _moved(one: Folded, evidence: Evidence) -> Iterator[Reason]:
    window = written(one, evidence.begin, evidence.end)
    if evidence.turned:
        yield Reason(window, evidence.protected.text, "颠倒了次序")
    if evidence.lost:
        yield Reason(NOTHING, evidence.lost, "缺少或换掉了")
    if evidence.junk:
        yield Reason(evidence.junk, NOTHING, "夹在中间")
    elif separated(one, evidence.begin, evidence.end):
        yield Reason(window, evidence.protected.text, "中间夹有符号或看不见的字符")


def _company(words: tuple[str, ...]) -> Iterator[Reason]:
    known = campus()
    for word in dict.fromkeys(words):
        if known.get(word, frozenset()) - {"weak", "before"}:
            yield Reason(word, word, "旁证：校园用语")


def _against(evidence: Evidence) -> Iterator[Reason]:
    rival = evidence.rival
    if rival and evidence.numbers["margin"] < CLOSE:
        yield Reason(
            rival.text, rival.school, f"反证：也像这所学校，命中 {rival.score:.1f}/{rival.total:.1f} 比特"
        )


def spelled_reasons(one: Spelling) -> tuple[Reason, ...]:
    """Give why letters stand for a protected name."""
    if one.derived:
        why = f"“{one.protected.text}”的拼音首字母"
    elif one.protected.role == "initials":
        why = "英文缩写"
    else:
        why = "英文校名" if not one.typos else f"英文校名，有 {one.typos} 处拼写出入"
    return (Reason(one.written, one.protected.text, why),)
