"""What stands between a page and its requests: substitutes for origins, and robots.txt for documents.

It works on the browser's own interception (CDP), since Playwright's `route` does not see the later hops
of a redirect. A live page without a robots gate has no interception at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import CDPSession, Error, Page

from crawlers.origins import Origins


@dataclass
class Routes:
    """The routes of one page. `gate` is robots.txt's refusal of an address, None where it is not asked."""

    origins: Origins
    gate: Callable[[str], Awaitable[str | None]] | None = None
    refused: str | None = None
    _hops: dict[str, str] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def attach(self, page: Page) -> None:
        """Begin to intercept; called before the page goes anywhere."""
        pattern = {"urlPattern": "*", "requestStage": "Request"}
        if not self.origins.mapping:
            if self.gate is None:
                return
            pattern["resourceType"] = "Document"
        session = await page.context.new_cdp_session(page)
        session.on("Fetch.requestPaused", lambda event: self._start(session, event))
        await session.send("Fetch.enable", {"patterns": [pattern]})

    def _start(self, session: CDPSession, event: dict[str, Any]) -> None:
        task = asyncio.create_task(self._pass_on(session, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, session: CDPSession, event: dict[str, Any]) -> None:
        url: str = event["request"]["url"]
        document = event["resourceType"] == "Document"
        wanted = self._wanted(event)
        decision: dict[str, Any] = {"requestId": event["requestId"]}
        refusal = await self.gate(wanted) if self.gate and document else None
        if refusal:
            self.refused = refusal
            method, more = "Fetch.failRequest", {"errorReason": "BlockedByClient"}
        else:
            method, more = _decided(url, self.origins.substitute(wanted), document)
        # The page may be closed, or the request given up, in between.
        with suppress(Error):
            await session.send(method, decision | more)

    def _wanted(self, event: dict[str, Any]) -> str:
        """Give the original address that a request is for, the later hops of a redirect included."""
        url: str = event["request"]["url"]
        before = self._hops.get(event.get("redirectedRequestId", ""))
        wanted = self.origins.original(url) if before is None else self.origins.target(before, url)
        self._hops[event["requestId"]] = wanted
        return wanted


def _decided(url: str, target: str, document: bool) -> tuple[str, dict[str, Any]]:
    if url == target:
        return "Fetch.continueRequest", {}
    if document:
        # The page must know where it stands, so that its relative requests go there too.
        headers = [{"name": "Location", "value": target}]
        return "Fetch.fulfillRequest", {"responseCode": 307, "responseHeaders": headers}
    return "Fetch.continueRequest", {"url": target}
