"""The 企业微信 group robot: Markdown of at most 4096 bytes, twenty messages a minute, the key in its address."""

from __future__ import annotations

import json
from collections.abc import Sequence

from reports.channels import Answer, Entry, Letter, Pace
from reports.channels.posting import Address
from reports.channels.robots import Codes, Markup, fitting, judged, text
from reports.letters import fullest
from reports.people import ChannelSpec

LIMIT = 4096
_MARKUP = Markup(
    strong=lambda words: f"**{words}**",
    small=lambda words: f'<font color="comment">{words}</font>',
    fact=lambda words: f"> {words}",
    line="\n",
    room=3200,
)
_CODES = Codes(
    code=("errcode",),
    reason=("errmsg",),
    # Too often; too many at once; the service itself is busy.
    waits={45009: 60, 45033: 60, -1: 60},
    # No such robot (or taken out of its group); a body that it does not take.
    final=frozenset({93000, 93004, 93008, 40008, 40058, 45002, 44004}),
)


class WeComChannel:
    """Posts to one robot of one group."""

    pace = Pace(per_minute=18)
    most = 6

    def __init__(self, spec: ChannelSpec) -> None:
        self._spec, self._address = spec, Address(spec)

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """As many as stay within the limit in UTF-8."""
        return fitting(entries, lambda some: len(text(_MARKUP, fullest(some, rest)).encode()), LIMIT)

    def send(self, letter: Letter) -> Answer:
        """Post one Markdown message."""
        body = {"msgtype": "markdown", "markdown": {"content": text(_MARKUP, letter)}}
        posted = self._address.post(json.dumps(body, ensure_ascii=False).encode())
        return judged(posted, _CODES, self._spec)
