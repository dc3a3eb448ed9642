"""A name met under the name it plays on: which characters are the same, which differ, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from monitors.nouns import Reason


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the protected name over the run of the candidate that stands for it; either may be empty.

    `extra` is set where the candidate adds something before or after the whole protected name.
    """

    over: str
    under: str
    same: bool
    why: str = ""
    extra: bool = False


def aligned(candidate: str, protected: str, reasons: Sequence[Reason]) -> tuple[Piece, ...]:
    """The two names piece by piece; the reasons say what stands for what, the rest is compared as written."""
    if not protected:
        return (Piece("", candidate, same=True),)
    pieces: list[Piece] = []
    at = on = 0
    for reason, begin, over in _anchors(candidate, protected, reasons):
        if begin < at or over < on:
            continue
        pieces += _compared(candidate[at:begin], protected[on:over])
        pieces.append(Piece(reason.right, reason.left, same=False, why=reason.why))
        at, on = begin + len(reason.left), over + len(reason.right)
    pieces += _compared(candidate[at:], protected[on:])
    return _without_frame(pieces)


def _anchors(candidate: str, protected: str, reasons: Sequence[Reason]) -> list[tuple[Reason, int, int]]:
    """The reasons that name a differing run of each name, with where those runs begin.

    Runs that have a character in common are left out: letter by letter they tell more.
    """
    found = []
    for reason in reasons:
        if reason.left and reason.right and not set(reason.left) & set(reason.right):
            begin, over = candidate.find(reason.left), protected.find(reason.right)
            if begin >= 0 and over >= 0:
                found.append((reason, begin, over))
    return sorted(found, key=lambda one: one[1:])


def _compared(candidate: str, protected: str) -> list[Piece]:
    matcher = SequenceMatcher(None, protected, candidate, autojunk=False)
    pieces: list[Piece] = []
    for what, i, j, k, n in matcher.get_opcodes():
        over, under = protected[i:j], candidate[k:n]
        if what == "equal" or len(over) != len(under):
            pieces.append(Piece(over, under, same=what == "equal"))
        else:
            pieces += (Piece(a, b, same=False) for a, b in zip(over, under, strict=True))
    return pieces


def _without_frame(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """What stands before the first and after the last character of the protected name only adds to it."""
    inner = [number for number, piece in enumerate(pieces) if piece.over]
    if not inner:
        return tuple(pieces)
    return tuple(
        Piece("", piece.under, same=False, extra=True)
        if not piece.over and not inner[0] <= number <= inner[-1]
        else piece
        for number, piece in enumerate(pieces)
    )
