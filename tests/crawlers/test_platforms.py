"""What every platform file must keep: its saved visits, its canaries, and readers that survive anything.

A platform that appears later is covered by being there; a saved visit by being a folder under tests/pages.
"""

import json
import sys
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crawlers.lines import line
from crawlers.platforms import platforms
from crawlers.reading import read
from crawlers.visits import Page, Visit, load
from monitors.nouns import (
    Ambiguous,
    Blocked,
    BlockedBy,
    Found,
    Gone,
    GoneWhy,
    Outcome,
    ShapeChanged,
    Sightings,
    Unreachable,
)

PAGES = Path(__file__).parent.parent / "pages"
NAMES = sorted(platforms())
FOLDERS = sorted(path.parent for path in PAGES.glob("*/*/visit.json"))
ACCOUNT_KINDS = {"Found", "Gone", "Blocked", "Ambiguous", "ShapeChanged", "Unreachable"}
SEARCH_KINDS = {"Sightings", "Blocked", "Ambiguous", "ShapeChanged", "Unreachable"}
WORDS = {*get_args(BlockedBy), *get_args(GoneWhy)}


@cache
def saved(folder: Path) -> tuple[Visit, dict]:
    return load(folder), json.loads((folder / "expected.json").read_text(encoding="utf-8"))


@cache
def visits(name: str) -> tuple[tuple[Visit, dict], ...]:
    return tuple(saved(folder) for folder in FOLDERS if folder.parent.name == name)


def outcome(visit: Visit) -> Outcome:
    return read(platforms()[visit.platform], visit)


def said(visit: Visit) -> dict:
    spoken = line("", visit, outcome(visit))
    del spoken["visit"]
    return spoken


# ── saved visits ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_a_saved_visit_reads_as_a_person_confirmed(folder):
    visit, expected = saved(folder)
    assert said(visit) == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_outcome_kind_has_a_saved_visit(name):
    kinds = {(visit.kind, expected["outcome"]) for visit, expected in visits(name)}
    assert {kind for whose, kind in kinds if whose == "account"} >= ACCOUNT_KINDS
    assert {kind for whose, kind in kinds if whose == "search"} >= SEARCH_KINDS


@pytest.mark.parametrize("name", NAMES)
def test_every_endpoint_has_a_saved_page(name):
    urls = [page.url for visit, _ in visits(name) for page in visit.pages]
    for endpoint in platforms()[name].endpoints:
        assert any(endpoint.address.search(url) for url in urls), f"no saved page of {endpoint.name}"


def _tables(name: str):
    """Give the module's tables whose entries end in a wall or a gravestone."""
    module = sys.modules[f"crawlers.platforms.{name}"]
    for constant, table in list(vars(module).items()):
        if isinstance(table, dict) and table and WORDS.issuperset(map(str, table.values())):
            yield module, constant, {key: {k: v for k, v in table.items() if k != key} for key in table}
        elif (
            isinstance(table, tuple) and table and all(isinstance(t, tuple) and t[-1] in WORDS for t in table)
        ):
            yield module, constant, {t[0]: tuple(other for other in table if other is not t) for t in table}


@pytest.mark.parametrize("name", NAMES)
def test_every_wall_and_every_gone_word_decides_some_saved_visit(name, monkeypatch):
    unused = []
    # What refuses everywhere would stand in for an entry.
    monkeypatch.setattr("crawlers.reading._REFUSALS", {})
    for module, constant, reduced in _tables(name):
        for entry, table in reduced.items():
            with monkeypatch.context() as patch:
                patch.setattr(module, constant, table)
                if all(said(visit) == expected for visit, expected in visits(name)):
                    unused.append(f"{constant}: {entry}")
    assert unused == []


# ── canaries ────────────────────────────────────────────────────────────────────────────────────


def _addresses(platform, handle):
    """Tell whether a visit can be made with it: a handle, or a link to one of the platform's own hosts."""
    return platform.handle.fullmatch(handle) or urlsplit(handle).hostname in platform.hosts


@pytest.mark.parametrize("name", NAMES)
def test_canaries_are_handles_of_the_platform(name):
    platform = platforms()[name]
    for handle in (platform.canaries.alive, platform.canaries.absent):
        assert handle is None or _addresses(platform, handle)
    assert platform.canaries.alive != platform.canaries.absent
    assert platform.name == name


@pytest.mark.parametrize("name", NAMES)
def test_saved_visits_are_of_handles_of_the_platform(name):
    for visit, _ in visits(name):
        assert visit.platform == name
        assert visit.kind == "search" or _addresses(platforms()[name], visit.handle)


# ── nothing but a typed outcome, and never a fact out of a failure ──────────────────────────────


def _account(name: str, url: str, body: bytes, status: int = 200) -> Visit:
    handle = next(visit.handle for visit, _ in visits(name) if visit.handle)
    return Visit(
        name,
        "account",
        datetime.fromisoformat("2026-11-20T02:30:00+08:00"),
        (Page(url, status, body=body),),
        handle,
    )


@cache
def _urls(name: str) -> tuple[str, ...]:
    """Give one saved address of each endpoint."""
    pages = [page.url for visit, _ in visits(name) for page in visit.pages]
    found = {e.name: url for e in platforms()[name].endpoints for url in pages if e.address.search(url)}
    return tuple(found.values())


def _fact(out: Outcome) -> bool:
    return isinstance(out, Gone | Sightings) or (isinstance(out, Found) and out.newest is not None)


def _as_search(visit: Visit) -> Visit:
    return replace(visit, kind="search", handle=None, keyword="云岭大学")


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_is_never_a_fact_whichever_address_it_came_from(name):
    refusals = [
        page
        for visit, expected in visits(name)
        if expected["outcome"] in ("Blocked", "Unreachable") and len(visit.pages) == 1
        for page in visit.pages
    ]
    assert refusals
    for url in _urls(name):
        for refusal in refusals:
            visit = replace(_account(name, url, b""), pages=(replace(refusal, url=url),))
            for out in (outcome(visit), outcome(_as_search(visit))):
                assert not isinstance(out, Found | Gone | Sightings), (url, refusal)


@pytest.mark.parametrize("status", [401, 403, 405, 412, 418, 429, 432, 444])
@pytest.mark.parametrize("name", NAMES)
def test_a_status_that_refuses_is_a_wall_on_every_address_and_whatever_its_body_says(name, status):
    for url in _urls(name):
        for body in (b"", b"{}", b"<html>Not now</html>", "用户不存在".encode()):
            visit = _account(name, url, body, status)
            assert isinstance(outcome(visit), Blocked), (url, body)
            assert isinstance(outcome(_as_search(visit)), Blocked), (url, body)


@pytest.mark.parametrize("name", NAMES)
def test_a_wall_beside_an_unclear_visit_makes_no_fact_of_it(name):
    unclear = [
        v
        for v, e in visits(name)
        if v.kind == "account" and e["outcome"] in ("Blocked", "Ambiguous", "ShapeChanged")
    ]
    walls = [v.pages[0] for v, e in visits(name) if e["outcome"] == "Blocked" and len(v.pages) == 1]
    for visit in unclear:
        for wall in walls:
            for pages in ((*visit.pages, wall), (wall, *visit.pages)):
                out = outcome(replace(visit, pages=pages))
                assert not isinstance(out, Gone) and not (isinstance(out, Found) and out.newest), (
                    visit,
                    wall,
                )


@pytest.mark.parametrize("name", NAMES)
def test_other_platforms_pages_and_broken_bodies_are_never_a_fact(name):
    foreign = [page.body for other in NAMES if other != name for v, _ in visits(other) for page in v.pages]
    deep = b"[" * 20_000, b'{"data":' * 20_000, b"<div>" * 20_000, b'{"code":0,"ok":1,"data":' + b"[" * 20_000
    small = (
        b"",
        b" ",
        b"\x00",
        b"\xef\xbb\xbf",
        b"null",
        b"[]",
        b"{}",
        b"0",
        b'"x"',
        b"<html></html>",
        b"\xff" * 50,
    )
    for url in _urls(name):
        for body in (*deep, *small, *dict.fromkeys(foreign)):
            for status in (200, 404):
                visit = _account(name, url, body, status)
                assert not _fact(outcome(visit)), (url, body[:200])
                assert not _fact(outcome(_as_search(visit))), (url, body[:200])


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_answer_is_typed_and_a_cut_json_is_never_a_fact(name):
    for visit, _ in visits(name):
        for number, page in enumerate(visit.pages):
            for part in (1, len(page.body) // 3, len(page.body) // 2, len(page.body) - 1):
                cut = replace(page, body=page.body[: max(part, 0)])
                pages = (*visit.pages[:number], cut, *visit.pages[number + 1 :])
                out = outcome(replace(visit, pages=pages))
                assert isinstance(out, Outcome)
                if len(visit.pages) == 1 and page.body[:1] in (b"{", b"[") and 200 <= page.status < 300:
                    assert not isinstance(out, Found | Gone | Sightings), (visit, part)


def _mangled(value, draw):
    """Replace one value somewhere in a JSON document by a value of another kind."""
    if isinstance(value, dict) and value and draw(st.integers(0, 4)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: _mangled(value[key], draw)}
    if isinstance(value, list) and value and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(value) - 1))
        return [*value[:at], _mangled(value[at], draw), *value[at + 1 :]]
    return draw(st.sampled_from([None, True, 0, -1, 10**30, 1.5, "", "x", "账号", [], {}, [[]], {"0": None}]))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mangled_answer_is_typed(name, data):
    visit, _ = data.draw(st.sampled_from(visits(name)))
    pages = []
    for page in visit.pages:
        try:
            value = json.loads(page.body)
        except ValueError:
            pages.append(
                replace(
                    page, body=data.draw(st.binary(max_size=60)) + page.body[data.draw(st.integers(0, 200)) :]
                )
            )
        else:
            pages.append(replace(page, body=json.dumps(_mangled(value, data.draw)).encode()))
    out = outcome(replace(visit, pages=tuple(pages)))
    kinds = Found | Gone | Blocked | Ambiguous | ShapeChanged | Unreachable
    assert isinstance(
        out,
        (Sightings | Blocked | Ambiguous | ShapeChanged | Unreachable) if visit.kind == "search" else kinds,
    )
    json.dumps(line("", visit, out))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_random_bytes_are_never_a_fact(name, data):
    url = data.draw(st.sampled_from(_urls(name)))
    visit = _account(
        name,
        url,
        data.draw(st.binary(max_size=200)),
        data.draw(st.sampled_from([0, 200, 204, 302, 404, 502, 999])),
    )
    assert not _fact(outcome(visit))
    assert not _fact(outcome(_as_search(visit)))
