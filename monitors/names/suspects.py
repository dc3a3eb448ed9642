"""Finds, for many names at once, the protected names that each could play on, with the evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from monitors.names.cells import Cells, ways
from monitors.names.competitors import Competitor, others
from monitors.names.evidence import Evidence, rivalled, weighed
from monitors.names.field import Field, Lay, best_each
from monitors.names.folds import Folded, folded, is_han
from monitors.names.gates import literal
from monitors.names.protected import Protected
from monitors.names.ranking import ranks
from monitors.names.references import Information, reference, turned
from monitors.names.rivals import UNMATCHED, Rivals
from monitors.names.shapes import splits

ROWS = 30_000
LEAST_BOUND, MOST_PAIRS = 0.6, 6  # a name must be able to hold this share of a protected name's bits
LEAST_SCORE, MOST_EVIDENCE, MOST_SCHOOL = 3.0, 2, 2  # bits; pieces weighed for one name, and of one school
TURNED_BOUND, TURNED_COST = 0.8, 1.5
WHOLE = 0.95  # share of the bits that nicknames and units must have, for only their very words count
LEAST_WORTH = 1.0  # bits held less what the missing ones take off
LEAST_RANK = 0.02  # evidence that ranks lower before near schools are asked is dropped; training keeps all


@dataclass(frozen=True, slots=True)
class _Laid:
    """One reading of a name laid along one reference; `worth` ranks it before it is weighed."""

    name: Cells
    number: int
    turned: bool
    lay: Lay
    worth: float


class Suspects:
    """The Chinese protected names of all schools, their turned orders, and the other schools."""

    def __init__(
        self, protected: Sequence[Protected], listed: Sequence[Competitor], least_rank: float = LEAST_RANK
    ) -> None:
        self._least_rank = least_rank
        self._protected = [one for one in protected if any(map(is_han, folded(one.text)))]
        own = [one.text for one in self._protected if one.role in ("full", "former")]
        rest = others(listed, own)
        self.information = Information([folded(one.name) for one in rest])
        references = [reference(one.text, self.information) for one in self._protected]
        self._own = Field(references, ROWS)
        self._word_for_word = {n for n, one in enumerate(self._protected) if one.role in ("nickname", "unit")}
        self._turned_from = [(n, other) for n, one in enumerate(references) for other in turned(one)]
        self._turned = Field([other for _, other in self._turned_from], ROWS)
        self._turns: dict[int, list[int]] = defaultdict(list)
        for place, (n, _) in enumerate(self._turned_from):
            self._turns[n].append(place)
        self._rivals = Rivals(rest, [one.text for one in self._protected], self.information)
        self._joins = {pair: char for pair, char in splits().items() if char in self._own.likeness.column}
        self._firsts = frozenset(pair[0] for pair in self._joins)

    def evidence(self, folds: Sequence[Folded]) -> list[list[Evidence]]:
        """Give for each folded name the evidence for its likeliest protected names, the best laid first."""
        readings = [
            (n, way)
            for n, one in enumerate(folds)
            for way in ways(one, self._joins, self._firsts)
            if way.codes
        ]
        found: dict[int, list[Evidence]] = defaultdict(list)
        near: dict[int, list[tuple[str, Cells]]] = {}
        for n, laid in self._laid(readings).items():
            for one in self._best(laid):
                found[n].append(self._weighed(folds[n], one))
                near.setdefault(n, [(folds[n].text, one.name)])
        self._rival(folds, found, near)
        for field in (self._own, self._turned):
            field.likeness.settle()
        self._rivals.settle()
        return [found.get(n, []) for n in range(len(folds))]

    def _best(self, laid: list[_Laid]) -> list[_Laid]:
        """Give the best laid, not all of one school, and the one that holds the largest share of its name."""
        schools: Counter[str] = Counter()
        found = []
        for one in sorted(laid, key=lambda one: -one.worth):
            school = self._protected[self._number(one)].school
            schools[school] += 1
            if schools[school] <= MOST_SCHOOL:
                found.append(one)
        fullest = max(
            found, key=lambda one: one.lay.score / self._own.totals[self._number(one)], default=None
        )
        kept = found[:MOST_EVIDENCE]
        return kept if fullest is None or fullest in kept else [*kept, fullest]

    def _number(self, laid: _Laid) -> int:
        return self._turned_from[laid.number][0] if laid.turned else laid.number

    def _laid(self, readings: list[tuple[int, Cells]]) -> dict[int, list[_Laid]]:
        if not readings:
            return {}
        bounds = self._own.bounds([way for _, way in readings])
        pairs, notes = [], []
        for (n, way), row, bound in zip(
            readings, best_each(bounds, LEAST_BOUND, MOST_PAIRS), bounds, strict=True
        ):
            for number in row:
                pairs.append((way, number))
                notes.append((n, float(bound[number])))
        found: dict[int, list[_Laid]] = defaultdict(list)
        again, again_notes = [], []
        for (way, number), (n, bound), lay in zip(pairs, notes, self._own.lay(pairs), strict=True):
            total = float(self._own.totals[number])
            if lay.score >= LEAST_SCORE:
                worth = lay.score - UNMATCHED * (total - lay.score)
                if worth > LEAST_WORTH and (number not in self._word_for_word or lay.score > WHOLE * total):
                    found[n].append(_Laid(way, number, False, lay, worth))
            if bound >= TURNED_BOUND and bound * total - lay.score > TURNED_COST:
                again += [(way, place) for place in self._turns[number]]
                again_notes += [n] * len(self._turns[number])
        for (way, place), n, lay in zip(again, again_notes, self._turned.lay(again), strict=True):
            if lay.score >= LEAST_SCORE:
                missing = float(self._turned.totals[place]) - lay.score
                worth = lay.score - UNMATCHED * missing - TURNED_COST
                found[n].append(_Laid(way, place, True, lay, worth))
        return found

    def _weighed(self, one: Folded, laid: _Laid) -> Evidence:
        field = self._turned if laid.turned else self._own
        text = field.references[laid.number]
        protected = self._protected[self._number(laid)]
        return weighed(one, laid.name, laid.lay.path, text, protected, field.likeness, laid.turned)

    def _rival(
        self,
        folds: Sequence[Folded],
        found: dict[int, list[Evidence]],
        near: dict[int, list[tuple[str, Cells]]],
    ) -> None:
        """Add to all evidence what the other schools make of the names; drop what even without them is hopeless."""
        literals = {n: self._rivals.literal(folds[n].text) for n in found}
        for n, some in found.items():
            found[n] = [rivalled(one, literals[n], []) for one in some]
        for n in self._hopeless(found):
            del found[n]
        order = list(found)
        if not order:
            return
        for n, rivals in zip(order, self._rivals.near([near[n][0] for n in order]), strict=True):
            found[n] = [rivalled(one, literals[n], rivals) for one in found[n]]

    def _hopeless(self, found: dict[int, list[Evidence]]) -> list[int]:
        if not self._least_rank:
            return []
        ranked = iter(ranks([one for some in found.values() for one in some]))
        best = {n: max(next(ranked) for _ in some) for n, some in found.items()}
        return [n for n, some in found.items() if best[n] < self._least_rank and not any(map(literal, some))]
