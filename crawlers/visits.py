"""A visit: the responses captured for one account or one search, in memory and as a saved folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from monitors.nouns import VisitKind, WitnessLink


@dataclass(frozen=True)
class Page:
    """One response. `url` is the original address as asked; `status` 0: no answer, and `error` says why."""

    url: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    final_url: str | None = None
    error: str | None = None

    @property
    def address(self) -> str:
        """Where the answer really came from."""
        return self.final_url or self.url

    @property
    def path(self) -> str:
        """The path that was asked for, empty when the address is none."""
        return _split(self.url).path

    @property
    def query(self) -> dict[str, str]:
        """What the address asked with."""
        return dict(parse_qsl(_split(self.url).query, keep_blank_values=True))


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


@dataclass(frozen=True)
class Target:
    """What a visit asks for: an account by its handle, with what the register knows of it.

    `at` is the clock of the visit (aware), which a rehearsal of another day shifts.
    """

    handle: str
    name: str | None = None
    aliases: tuple[str, ...] = ()
    witnesses: tuple[WitnessLink, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Visit:
    """All pages of one visit, in the order they arrived; `fetched_at` is aware."""

    platform: str
    kind: VisitKind
    fetched_at: datetime
    pages: tuple[Page, ...]
    handle: str | None = None
    name: str | None = None
    keyword: str | None = None


class NoVisit(Exception):
    """The folder is not a saved visit; the text says why, in Chinese."""


def load(folder: Path) -> Visit:
    """Read a saved visit; raise `NoVisit` when the folder is none."""
    try:
        record = json.loads((folder / "visit.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoVisit("没有 visit.json") from None
    except (OSError, ValueError, RecursionError) as error:
        raise NoVisit(f"visit.json 读不出来：{type(error).__name__}") from error
    try:
        return _visit(record, folder)
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise NoVisit(f"visit.json 不合格式：{type(error).__name__} {error}") from error


def _visit(record: dict[str, Any], folder: Path) -> Visit:
    fetched_at = datetime.fromisoformat(record["fetched_at"])
    if fetched_at.tzinfo is None:
        raise ValueError("fetched_at 没有时区")
    kind: VisitKind = record["kind"]
    if kind not in ("account", "search"):
        raise ValueError(f"kind 应为 account 或 search，而不是 {kind!r}")
    handle = record["handle"] if kind == "account" else None
    return Visit(
        platform=str(record["platform"]),
        kind=kind,
        fetched_at=fetched_at,
        pages=tuple(_page(page, folder) for page in record["pages"]),
        handle=None if handle is None else str(handle),
        name=record.get("name"),
        keyword=str(record["keyword"]) if kind == "search" else None,
    )


def _page(record: dict[str, Any], folder: Path) -> Page:
    body = record.get("body")
    if body is not None and Path(body).name != body:
        raise ValueError(f"body 必须是本目录里的文件名，而不是 {body!r}")
    return Page(
        url=str(record["url"]),
        status=int(record["status"]),
        headers={str(k).lower(): str(v) for k, v in (record.get("headers") or {}).items()},
        body=(folder / body).read_bytes() if body else b"",
        final_url=record.get("final_url"),
        error=record.get("error"),
    )


def save(visit: Visit, folder: Path) -> None:
    """Write the visit as a folder with `visit.json` and one file per body."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for number, page in enumerate(visit.pages, 1):
        body = f"{number}.body" if page.body else None
        if body:
            (folder / body).write_bytes(page.body)
        record: dict[str, Any] = {
            "url": page.url,
            "status": page.status,
            "headers": dict(page.headers),
            "body": body,
        }
        record |= {"final_url": page.final_url} if page.final_url else {}
        record |= {"error": page.error} if page.error else {}
        pages.append(record)
    subject = (
        {"handle": visit.handle, "name": visit.name}
        if visit.kind == "account"
        else {"keyword": visit.keyword}
    )
    record = {"platform": visit.platform, "kind": visit.kind, **subject}
    record |= {"fetched_at": visit.fetched_at.isoformat(), "pages": pages}
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (folder / "visit.json").write_text(text + "\n", encoding="utf-8")
