"""The 飞书 group robot: a card of at most 20 KB, signed in its body, away from the whole and half hours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import Any

from reports.channels import HOMEPAGE, Answer, Entry, Letter, Pace
from reports.channels.posting import Address
from reports.channels.robots import (
    Codes,
    bounded,
    closing,
    facts,
    fitting,
    inert,
    judged,
    markup_link,
    numbered,
    signed,
    titled,
)
from reports.letters import REPEATED, fullest, heading, once_more, where_the_rest_lies
from reports.people import ChannelSpec

# Of the whole body; 20 KB less room for the signature.
LIMIT = 20_000 - 400
# Alerts that one card shows before nobody reads on, and bytes for one of them.
_MOST_WHOLE, _MOST_BRIEF = 12, 60
_ROOM = 9000
_CODES = Codes(
    code=("code", "StatusCode"),
    reason=("msg", "StatusMessage"),
    # 19021 signature or clock, 19022 address, 19024 keyword: until somebody puts it right.
    waits={11232: 61, 11233: 61},
    # A body that it does not take, or a robot that is not there any more.
    final=frozenset({9499, 19001, 19002}),
)


def signature(secret: str, seconds: int) -> str:
    """The robot's signature over the moment: the moment and the secret are the key, the message is empty."""
    said = hmac.new(f"{seconds}\n{secret}".encode(), b"", hashlib.sha256)
    return base64.b64encode(said.digest()).decode()


class FeishuChannel:
    """Posts cards to one robot of one group; every word of others stands in plain text."""

    pace = Pace(per_minute=90, gap=0.25, rush=True)
    most = 4

    def __init__(self, spec: ChannelSpec) -> None:
        self._spec, self._address = spec, Address(spec)

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """As many as stay within the limit of the whole body."""
        few = entries[: _MOST_BRIEF if rest else _MOST_WHOLE]
        return fitting(few, lambda some: len(_written(_body(fullest(some, rest)))), LIMIT)

    def send(self, letter: Letter) -> Answer:
        """Post one card, signed at this moment."""
        body = _body(letter)
        if self._spec.secret:
            moment = int(time.time())
            body |= {"timestamp": str(moment), "sign": signature(self._spec.secret, moment)}
        return judged(self._address.post(_written(body)), _CODES, self._spec)


def _written(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _body(letter: Letter) -> dict[str, Any]:
    urgent = any(entry.urgent for entry in letter.entries)
    title = (f"{REPEATED} " if letter.repeated else "") + inert(heading(letter))
    elements = [_markdown(once_more(letter))] if letter.repeated else []
    if letter.rest:
        elements.append(_markdown(where_the_rest_lies(letter, markup_link)))
        elements.append(_plain("\n".join(_brief(entry) for entry in letter.entries)))
    else:
        for number, entry in enumerate(letter.entries):
            elements += [{"tag": "hr"}] if number else []
            elements += [_markdown(f"**{titled(entry)}**"), _plain(_whole(entry))]
            if entry.link:
                elements.append(_markdown(markup_link(f"打开{HOMEPAGE}", entry.link)))
    elements.append(_plain(signed(letter)))
    return {
        "msg_type": "interactive",
        "card": {
            "config": {"wide_screen_mode": True},
            "header": {
                "title": {"tag": "plain_text", "content": title},
                "template": "red" if urgent else "blue",
            },
            "elements": elements,
        },
    }


def _brief(entry: Entry) -> str:
    return "\n".join([titled(entry), *numbered(entry), ""])


def _whole(entry: Entry) -> str:
    numbers = [f"编号：{number}　日期：{entry.day}" for number in entry.numbers]
    return bounded(lambda longest: "\n".join([*numbers, *facts(entry, longest), *closing(entry)]), _ROOM)


def _plain(words: str) -> dict[str, Any]:
    return {"tag": "div", "text": {"tag": "plain_text", "content": words}}


def _markdown(words: str) -> dict[str, Any]:
    return {"tag": "div", "text": {"tag": "lark_md", "content": words}}
