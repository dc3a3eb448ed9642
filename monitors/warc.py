"""A note and its responses as one WARC file, the form in which archives keep what a website said."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from monitors import notes
from monitors.nouns import Note


def warc(note: Note, place: str, bodies: Mapping[str, bytes]) -> bytes:
    """Write the note and its responses; the same note gives the same bytes, so that it is kept once.

    `place` names the note (`day/key#line`), `bodies` are the contents by their hashes.
    """
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    head = {"WARC-Date": f"{note.seen_at:%Y-%m-%dT%H:%M:%SZ}", "Content-Type": "application/json"}
    said = notes.line(note).encode()
    _record(writer, f"urn:xunjian:{place}", "resource", said, head | _identity(place, 0))
    for number, body in enumerate(note.bodies, 1):
        if body.status == 0:
            continue  # Nothing was answered; the note tells the address and the reason.
        content = bodies[body.sha256] if body.sha256 else b""
        head = {"WARC-Date": f"{note.seen_at:%Y-%m-%dT%H:%M:%SZ}"} | _identity(place, number)
        head |= {"WARC-Xunjian-Final-URI": body.final_url} if body.final_url else {}
        answer = StatusAndHeaders(str(body.status), list(body.headers), protocol="HTTP/1.1")
        _record(writer, body.url, "response", content, head, answer=answer)
    return out.getvalue()


def _identity(place: str, number: int) -> dict[str, str]:
    return {"WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{place}/{number}')}>"}


def _record(
    writer: Any, uri: str, kind: str, content: bytes, head: Mapping[str, str], *, answer: Any = None
) -> None:
    record = writer.create_warc_record(
        uri,
        kind,
        payload=io.BytesIO(content),
        length=len(content),
        warc_content_type=head.get("Content-Type", ""),
        warc_headers_dict=dict(head),
        http_headers=answer,
    )
    writer.write_record(record)
