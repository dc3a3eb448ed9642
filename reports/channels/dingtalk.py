"""The 钉钉 group robot: Markdown, signed in the query, twenty messages a minute or ten minutes of silence."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from urllib.parse import urlencode

from reports.channels import Answer, Entry, Letter, Pace
from reports.channels.posting import Address
from reports.channels.robots import Codes, Markup, fitting, inert, judged, text
from reports.letters import fullest, subject
from reports.people import ChannelSpec

# Of the message's text; readers of a phone have less patience than the robot.
LIMIT = 5000
_MARKUP = Markup(
    strong=lambda words: f"**{words}**",
    small=lambda words: words,
    fact=lambda words: f"> {words}",
    # A bare end of line is none here.
    line="  \n",
    room=4000,
)
_CODES = Codes(
    code=("errcode",),
    reason=("errmsg",),
    # Too often: it hears nothing for ten minutes. The signature (310000) fails until clock or secret is right.
    waits={130101: 610, 410100: 610, 90030: 610, 660026: 610, -1: 60},
    # No such token, robot stopped or removed, words that the platform does not take.
    final=frozenset({300001, 400101, 400102, 400105, 400106, 430101, 430102, 430103, 430104}),
)


def signature(secret: str, milliseconds: int) -> str:
    """The robot's signature over the moment, in Base64."""
    said = hmac.new(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256)
    return base64.b64encode(said.digest()).decode()


class DingTalkChannel:
    """Posts to one robot of one group; nobody is mentioned."""

    pace = Pace(per_minute=18)
    most = 6

    def __init__(self, spec: ChannelSpec) -> None:
        self._spec, self._address = spec, Address(spec)

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """As many as stay within the limit in UTF-8."""
        return fitting(entries, lambda some: len(text(_MARKUP, fullest(some, rest)).encode()), LIMIT)

    def send(self, letter: Letter) -> Answer:
        """Post one Markdown message, signed at this moment."""
        body = {
            "msgtype": "markdown",
            "markdown": {"title": inert(subject(letter))[:100], "text": text(_MARKUP, letter)},
            "at": {"isAtAll": False},
        }
        posted = self._address.post(json.dumps(body, ensure_ascii=False).encode(), self._signed())
        return judged(posted, _CODES, self._spec)

    def _signed(self) -> str:
        if not self._spec.secret:
            return ""  # a robot that goes by keyword or by address
        moment = time.time_ns() // 1_000_000
        return urlencode({"timestamp": moment, "sign": signature(self._spec.secret, moment)})
