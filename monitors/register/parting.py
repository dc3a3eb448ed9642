"""Headings that are several in one: a column or more for each platform, or tables side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from monitors.register.columns import BESIDE, PEOPLE, TELLING, Head, Written, columns_of
from monitors.register.grid import Row
from monitors.register.vocabulary import Meaning, PlatformWord, Vocabulary

_OF_PEOPLE = PEOPLE | {"post", "phone", "email", "qq", "manager_status", "unit", "ignored"}


def side_by_side(
    head: Head, written: Mapping[int, Written], sample: Sequence[Row], vocabulary: Vocabulary
) -> Iterator[Head]:
    """Give a heading for each of the tables that stand side by side under the same words."""
    order = sorted(written)
    texts = [written[index].text for index in order]
    for width in range(2, len(texts) // 2 + 1):
        if len(texts) % width == 0 and texts == texts[:width] * (len(texts) // width):
            for first in range(0, len(texts), width):
                mine = {index: written[index] for index in order[first : first + width]}
                yield Head(columns_of(mine, sample, vocabulary), head.top, head.row, head.below)
            return


def by_platform(
    head: Head, written: Mapping[int, Written], sample: Sequence[Row], vocabulary: Vocabulary
) -> Iterator[Head]:
    """Give a heading for each platform where two or more have columns of their own: 微博, 公众号, 抖音."""
    owners = _owners(written)
    apps = dict.fromkeys(app for app in owners.values() if app)
    if len({app.platform for app in apps}) < 2 and sum(found.bare for found in written.values()) < 2:
        return
    for app in apps:
        own = {index for index, owner in owners.items() if owner == app}
        named = any(
            "name" in (*found.meaning.strong, *found.meaning.weak)
            for index, found in written.items()
            if not found.bare and (index in own or owners[index] is None)
        )
        mine = {
            index: _bare(found, app) if found.bare and index in own and not named else found
            for index, found in written.items()
            if owners[index] in (app, None)
        }
        columns = columns_of(mine, sample, vocabulary)
        beside = frozenset(own | {index + BESIDE for index in own})
        yield Head(columns, head.top, head.row, head.below, platform=app, own=beside)


def _owners(written: Mapping[int, Written]) -> dict[int, PlatformWord | None]:
    """Give the platform to which each column belongs, None where it is about all of them.

    What is said several times over, and ids and links, belong to the platform on their left.
    """
    often = Counter(found.meaning.strong[:1] for found in written.values() if found.app is None)
    left: PlatformWord | None = None
    owners: dict[int, PlatformWord | None] = {}
    for index, found in sorted(written.items()):
        fields = (*found.meaning.strong, *found.meaning.weak)
        if found.app and (found.bare or set(fields) & TELLING):
            left = found.app
        again = bool(found.meaning.strong) and often[found.meaning.strong[:1]] > 1
        beside = bool(set(fields[:1]) & {"id", "link", "alias"}) or (again and fields[0] not in _OF_PEOPLE)
        owners[index] = found.app or (left if beside else None)
    return owners


def _bare(found: Written, app: PlatformWord) -> Written:
    field = "group_name" if app.platform.endswith("_group") else "name"
    return replace(found, meaning=Meaning((field,), both=field == "name"))
