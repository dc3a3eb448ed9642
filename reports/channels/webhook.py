"""The plain webhook: JSON for whatever the school has, signed over every byte of its body."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from reports.channels import Answer, Delivered, Entry, Letter, Pace, Refused
from reports.channels.posting import Address, Reply, refusal
from reports.channels.robots import fitting
from reports.letters import fullest, plain, subject
from reports.people import ChannelSpec
from reports.wording import visible

LIMIT = 256_000
SIGNATURE = "X-Hub-Signature-256"


def signature(secret: str, body: bytes) -> str:
    """`sha256=` and the HMAC of the body in hex, as most receivers can check it."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


class WebhookChannel:
    """Posts each message as one JSON object."""

    pace = Pace(per_minute=60)
    most = 8

    def __init__(self, spec: ChannelSpec) -> None:
        self._spec, self._address = spec, Address(spec)

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """As many as stay within what small receivers take."""
        return fitting(entries, lambda some: len(_body(fullest(some, rest))), LIMIT)

    def send(self, letter: Letter) -> Answer:
        """Post one message; an answer whose own code is not zero is a refusal, whatever its status."""
        body = _body(letter)
        headers = {"Idempotency-Key": f"{letter.entries[0].number}.{letter.id}"}
        if self._spec.secret:
            headers[SIGNATURE] = signature(self._spec.secret, body)
        posted = self._address.post(body, headers=headers)
        if not isinstance(posted, Reply):
            return posted
        return refusal(posted) or _own_word(posted, self._spec)


def _own_word(reply: Reply, spec: ChannelSpec) -> Answer:
    said = reply.said or {}
    for key in ("errcode", "code"):
        if key in said and said[key] not in (0, "0", 200):
            return Refused(f"对方拒绝：{spec.hushed(visible(str(said[key])))[:80]}", everything=True)
    for key in ("ok", "success"):
        if said.get(key) is False:
            return Refused(f"对方拒绝：{key} = false", everything=True)
    return Delivered()


def _body(letter: Letter) -> bytes:
    content: dict[str, Any] = {
        "message": letter.id,
        "repeated": letter.repeated,
        "part": letter.part,
        "parts": letter.parts,
        "sent_at": letter.at.isoformat(timespec="seconds"),
        "subject": subject(letter),
        "text": plain(letter),
        "rest": letter.rest,
        "alerts": [_entry(entry, brief=bool(letter.rest)) for entry in letter.entries],
    }
    return json.dumps(content, ensure_ascii=False).encode()


def _entry(entry: Entry, *, brief: bool) -> dict[str, Any]:
    told = {
        "number": entry.number,
        "numbers": entry.numbers,
        "day": entry.day.isoformat(),
        "urgent": entry.urgent,
        "title": entry.title,
        "link": entry.link,
    }
    if brief:
        return told
    facts = [{"label": label, "text": words} for label, words in entry.facts]
    answers = [{"means": means, "command": command} for means, command in entry.answers]
    return told | {"facts": facts, "to_do": entry.to_do, "answers": answers}
