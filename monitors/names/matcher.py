"""Scores names met on platforms against all protected names and says which they play on, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import islice

from monitors.names.competitors import Competitor, others, universities
from monitors.names.evidence import Evidence
from monitors.names.folds import Folded, disguises, fold, folded
from monitors.names.gates import FLAG, gated
from monitors.names.kinds import kind_of, reading_of, spelled_kind
from monitors.names.latin import Latin, Spelling
from monitors.names.lexicon import cut, known
from monitors.names.protected import Protected
from monitors.names.ranking import ranks
from monitors.names.reasons import reasons_of, spelled_reasons
from monitors.names.suspects import Suspects
from monitors.nouns import NameKind, NameMatch

CHUNK = 2000
LONGEST = 10_000  # characters of a name that are read; no platform allows a hundredth of that
_PIECE, _STEP = 96, 64  # longer names are judged in overlapping pieces of so many folded characters


class Matcher:
    """All protected names of one or many schools, ready to be compared with names.

    `competitors` are schools that the shipped list lacks; `allowed` words clear every name that holds one;
    `registered` names are the school's own accounts.
    """

    def __init__(
        self,
        protected: Sequence[Protected],
        *,
        competitors: Sequence[str] = (),
        allowed: Iterable[str] = (),
        registered: Iterable[str] = (),
    ) -> None:
        self._protected = tuple(protected)
        self._competitors = tuple(competitors)
        self._allowed = [word for word in map(folded, allowed) if word]
        filed = tuple(registered)
        self._registered = frozenset(map(folded, filed)) - {""}
        self._signs = frozenset("".join(filed))

    # Made when the first name comes: it takes a second and 100 MB, and most commands compare none.

    @cached_property
    def _watched(self) -> tuple[Protected, ...]:
        return tuple(one for one in self._protected if one.role != "unit" or not known(folded(one.text)))

    @cached_property
    def _listed(self) -> tuple[Competitor, ...]:
        return (*universities(), *(Competitor(name) for name in self._competitors))

    @cached_property
    def _suspects(self) -> Suspects:
        return Suspects(self._watched, self._listed)

    @cached_property
    def _latin(self) -> Latin:
        own = [one.text for one in self._protected if one.role in ("full", "former")]
        return Latin(self._watched, others(self._listed, own))

    def match(self, name: str) -> NameMatch | None:
        """Give the match if an officer should look at the name, else None."""
        found = self.score(name)
        return found if found.flag else None

    def score(self, name: str) -> NameMatch:
        """Give the best school and its score, flagged or not."""
        return self._scored([name])[0]

    def matches(self, names: Iterable[str]) -> Iterator[NameMatch]:
        """Give one match a name, in the order of the names, with memory flat in their number."""
        source = iter(names)
        while chunk := list(islice(source, CHUNK)):
            yield from self._scored(chunk)

    def _scored(self, names: Sequence[str]) -> list[NameMatch]:
        found: list[NameMatch | None] = []
        pieces: list[Folded] = []
        owners: list[int] = []
        for n, name in enumerate(names):
            one = fold(name[:LONGEST])
            found.append(self._settled(name, one.text))
            if found[n] is None:
                cuts = list(_cut(one))
                pieces += cuts
                owners += [n] * len(cuts)
        for n, (one, evidence, score) in zip(owners, self._judged(pieces), strict=True):
            known_before = found[n]
            if known_before is None or score > known_before.score:
                found[n] = _answer(names[n], one, evidence, score)
        return [one or _answer(name, fold(""), None, 0.0) for one, name in zip(found, names, strict=True)]

    def _settled(self, name: str, text: str) -> NameMatch | None:
        # A registered name is written in many ways, but not with signs that nobody sees or that only look like its own.
        plain = text in self._registered and disguises(name) <= self._signs
        kind: NameKind | None = "registered" if plain else None
        if kind is None and any(word in text for word in self._allowed):
            kind = "allowed"
        return NameMatch(name, None, 0.0, False, None, kind, None) if kind else None

    def _judged(self, pieces: Sequence[Folded]) -> Iterator[tuple[Folded, Evidence | Spelling | None, float]]:
        """Give the best piece of evidence for each text, with its score."""
        every = self._suspects.evidence(pieces)
        ranked = iter(ranks([one for some in every for one in some]))
        for text, some in zip(pieces, every, strict=True):
            scores = [gated(one, next(ranked)) for one in some]
            score = max(scores, default=0.0)
            best = _clearest(some, scores)
            for spelled in self._latin.spellings(text)[:1]:
                if spelled.score > score:
                    best, score = spelled, spelled.score
            yield text, best, score


def _clearest(some: Sequence[Evidence], scores: Sequence[float]) -> Evidence | Spelling | None:
    """Give, of the best school's evidence, what lies closest to the name: it explains best. They come in that order."""
    if not some:
        return None
    best = scores.index(max(scores))
    school, least = some[best].protected.school, min(scores[best], FLAG)
    return next(
        one
        for one, score in zip(some, scores, strict=True)
        if one.protected.school == school and score >= least
    )


def _cut(one: Folded) -> Iterator[Folded]:
    """Give the text, in overlapping pieces if it is long."""
    size = len(one.text)
    for begin in range(0, max(1, size - _PIECE + _STEP), _STEP) if size > _PIECE else (0,):
        piece = slice(begin, begin + _PIECE if size > _PIECE else size)
        yield Folded(one.original, one.text[piece], one.spans[piece], one.gaps[piece])


def _answer(name: str, one: Folded, found: Evidence | Spelling | None, score: float) -> NameMatch:
    if found is None:
        return NameMatch(name, None, score, False, None, "none", None)
    protected = found.protected
    if score < FLAG:
        rival = isinstance(found, Evidence) and bool(found.numbers["whole"])
        return NameMatch(
            name, protected.school, score, False, None, "other_school" if rival else "none", protected.text
        )
    if isinstance(found, Evidence):
        kind, words, reasons = kind_of(one, found), found.words, reasons_of(one, found)
    else:
        kind, reasons = spelled_kind(found), spelled_reasons(found)
        words = (*cut(one.text[: found.begin]).words, *cut(one.text[found.end :]).words)
    return NameMatch(
        name, protected.school, score, True, reading_of(kind, words), kind, protected.text, reasons
    )
