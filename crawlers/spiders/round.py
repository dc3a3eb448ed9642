"""The spider of one platform's night: first the accounts, canaries before them, then the searches."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Spider

from crawlers.patrol import Patrol
from monitors.notes import line


class Round(Spider):
    """Walks the errands of a patrol; one crawl for both kinds, so that one browser is started for both."""

    name = "round"

    def __init__(self, patrol: Patrol, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.patrol = patrol

    async def start(self) -> AsyncIterator[Any]:
        """Make the visits here, one awaited after the other, each note on disk before the next begins.

        Nothing is left for Scrapy to queue: neither requests, of which two could then be under way, nor
        items, which a kill would lose.
        """
        visitor = self.patrol.visitor
        visitor.capture.engine = self.crawler.engine
        with visitor.notes.open() as file:
            async for note in self.patrol.walk():
                file.write(line(note))
        nothing: tuple[Any, ...] = ()
        for each in nothing:
            yield each
