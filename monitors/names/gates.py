"""Rules above the learned rank: what always asks for a look, and what never does by itself."""

from __future__ import annotations

from monitors.names.evidence import Evidence
from monitors.names.likeness import By

FLAG = 0.5  # the score from which a name is flagged
_FLOOR, _CEILING = 0.55, 0.45  # a rule lifts scores above the one or pushes them below the other
_CLEAR = 0.7  # a likeness of this worth is seen or heard at once
_PLAIN = (By.SAME, By.VARIANT)


def lifted(score: float) -> float:
    """Give a score that is flagged for certain; the order among lifted scores stays."""
    return max(score, _FLOOR + (1 - _FLOOR) * score)


def lowered(score: float) -> float:
    """Give a score that is not flagged; the order among lowered scores stays."""
    return min(score, _CEILING * score)


def gated(evidence: Evidence, rank: float) -> float:
    """Give the score of one piece of evidence, the rules applied to its rank."""
    if _foreign(evidence) or _bare(evidence):
        return lowered(rank)
    if _literal(evidence):
        return lifted(rank)
    return lowered(rank) if _frail(evidence) else rank


def literal(evidence: Evidence) -> bool:
    """Whether the protected name stands in the name whole, in some fold."""
    return not (evidence.lost or evidence.junk or evidence.turned) and all(
        step.by in _PLAIN for step in evidence.steps
    )


def _literal(evidence: Evidence) -> bool:
    """Whether a telling name stands in the text whole, at the edges of words."""
    numbers = evidence.numbers
    return (
        literal(evidence)
        and len(evidence.reference.text) > 2
        and not evidence.protected.weak
        and numbers["gain"] >= 0
        and not (numbers["road"] or numbers["abroad"])
    )


def _foreign(evidence: Evidence) -> bool:
    """Whether another school's name stands in the text word for word and explains more of it than ours."""
    numbers = evidence.numbers
    if numbers["margin"] >= 0:
        return False
    if numbers["whole_reach"] > 0 and numbers["whole_margin"] < 0:
        return True
    return numbers["whole_reach"] >= 0 and not literal(evidence) and numbers["whole_margin"] < 0


def _frail(evidence: Evidence) -> bool:
    """Whether two characters, which are a piece of ordinary words too, stand there without a second sign of intent."""
    if len(evidence.steps) > 2 and not evidence.protected.weak:
        return False
    numbers = evidence.numbers
    if numbers["junk_han"] or (numbers["least"] < _CLEAR and numbers["altered"] == len(evidence.steps)):
        return True
    spelled = numbers["by_pinyin"] == len(evidence.steps)  # a gap between two syllables is no disguise
    letters = numbers["by_pinyin"] and not numbers["run_on"]
    return not (numbers["campus"] or ((numbers["gaps"] or letters) and not spelled) or numbers["by_sign"])


def _bare(evidence: Evidence) -> bool:
    """Whether a nickname or a unit's name is only resembled, or a unit's stands beside another school's.

    Every school has such units, and nicknames are made of other schools' words.
    """
    role = evidence.protected.role
    return role in ("nickname", "unit") and (
        not literal(evidence) or (role == "unit" and bool(evidence.numbers["beside"]))
    )
