"""The round of one platform on one night: errand after errand until all are done or something ends it."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Literal

from crawlers.breaker import Breaker
from crawlers.order import Errand
from crawlers.visitor import Spent, Visitor
from monitors.nouns import Note

log = logging.getLogger(__name__)

End = Literal["done", "wall", "budget", "timeout"]

_SEARCHES = ("canary_word", "search")


@dataclass
class Patrol:
    """What the spider walks: the accounts, then the searches, which get their share of the budget.

    `ended` says why the walk is over; None while it goes on, and for good when it broke off by an error.
    """

    visitor: Visitor
    breaker: Breaker = field(default_factory=Breaker)
    ended: End | None = None

    async def walk(self) -> AsyncIterator[Note]:
        """Carry out the errands one by one; what an early end leaves over gets no note."""
        order, spent = self.visitor.order, False
        searches = [errand for errand in order.errands if errand.purpose in _SEARCHES]
        others = [errand for errand in order.errands if errand.purpose not in _SEARCHES]
        for errands, kept in ((others, order.kept_for_searches if searches else 0), (searches, 0)):
            self.visitor.limit = order.budget - kept
            async for note in self._along(errands):
                yield note
            spent |= self.ended == "budget"
            if self.ended and not (self.ended == "budget" and kept):
                return
            self.ended = None
        self.ended = "budget" if spent else "done"

    async def _along(self, errands: Iterable[Errand]) -> AsyncIterator[Note]:
        for errand in errands:
            async for note in self._one(errand):
                log.info(
                    "%s %s: %s, %d requests", note.purpose, note.subject, note.outcome.outcome, note.requests
                )
                yield note
            if self.ended:
                log.info("the walk ends here: %s", self.ended)
                return

    async def _one(self, errand: Errand) -> AsyncIterator[Note]:
        if self.visitor.clock.passed >= self.visitor.order.seconds:
            self.ended = "timeout"
            return
        try:
            note = await self.visitor.visit(errand)
            yield note
            advice = "stop" if self.visitor.sent_away else self.breaker.after(note)
            # A wall behind a search's first answers is asked for once a night; what stays open goes on.
            self.visitor.brief |= self.visitor.walled
            if advice == "ask again" and (living := self._living()):
                again = await self.visitor.visit(living)
                yield again
                advice = self.breaker.after_asking_again(again)
                advice = "stop" if self.visitor.sent_away else advice
            if advice != "go on":
                self.ended = "wall"
        except Spent:
            self.ended = "budget"

    def _living(self) -> Errand | None:
        return next((e for e in self.visitor.order.errands if e.purpose == "canary_alive"), None)
