"""Unregistered accounts whose names an officer should look at, with the reasons character by character."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from monitors.gravity import gravity
from monitors.nouns import Count, Decision, Newest, Reading, Reason
from reports.terms import Terms
from reports.weekly.alignment import Piece, aligned
from reports.weekly.casework import CaseLine
from reports.weekly.records import Met, Records

# How the matcher counts: for its maker, not for an officer.
_BITS = re.compile(r"命中 ([\d.]+)/([\d.]+) 比特")


@dataclass(frozen=True, slots=True)
class SuspectLine:
    """One suspect; `word` is a person's last judgement, None while nobody has given one.

    `points` order the lines, from the name and what its profile shows. `unit` is the unit of the school on
    whose name it plays, empty where it is the school's own.
    `picture` is a small JPEG of its page, base64.
    """

    key: str
    name: str
    title: str
    link: str | None
    reading: Reading | None
    points: float
    protected: str
    pieces: tuple[Piece, ...]
    reasons: tuple[Reason, ...]
    verified: bool | None
    verified_as: str | None
    followers: Count | None
    newest: Newest | None
    first_day: date
    last_day: date
    new: bool
    words: tuple[str, ...]
    by: str | None
    word: Decision | None
    unit: str = ""
    case: str = ""
    picture: str | None = None

    @property
    def settled(self) -> bool:
        """Has a person said that it is an imitation?"""
        return self.word is not None and self.word.word == "imitation"


def suspect_lines(records: Records, cases: Mapping[str, CaseLine], terms: Terms) -> tuple[SuspectLine, ...]:
    """Flagged names that no person has cleared and whose case is not closed: new ones first, most pressing first."""
    words = _words(records)
    settled = _closed(records) | _cleared(records) | set(records.filed.accounts)
    units = {account.unit for account in records.filed.accounts.values()}
    opened = {
        case.key: case.id for case in cases.values() if case.kind == "sighting" and case.stage != "closed"
    }
    lines = []
    for met in records.met.values():
        word = words.get(met.key)
        fine = word is not None and word.word == "fine" and (word.until is None or word.until >= records.last)
        if met.match.flag and not fine and met.key not in settled:
            line = _line(met, word, terms, first=records.first, last=records.last)
            lines.append(replace(line, unit=_unit(line.protected, units), case=opened.get(met.key, "")))
    return tuple(sorted(lines, key=lambda s: (s.settled, not s.new, -s.points, s.name, s.key)))


def _words(records: Records) -> dict[str, Decision]:
    """The latest word on each key; one given on a case counts for its sighting."""
    keys = {case.id: case.key for case in records.cases.values()}
    return {keys.get(word.key, word.key): word for word in records.decisions}


def _closed(records: Records) -> set[str]:
    """Keys all of whose cases are closed."""
    state: dict[str, bool] = {}
    for case in records.cases.values():
        if case.kind == "sighting":
            state[case.key] = state.get(case.key, True) and case.trail[-1].stage == "closed"
    return {key for key, closed in state.items() if closed}


def _cleared(records: Records) -> set[str]:
    """Keys that have a case but that no rule suspects any more: renamed, or gone."""
    suspected = {row.key for row in records.verdicts if row.kind == "sighting" and row.verdict == "Suspected"}
    return {case.key for case in records.cases.values() if case.kind == "sighting"} - suspected


def _line(met: Met, word: Decision | None, terms: Terms, *, first: date, last: date) -> SuspectLine:
    platform = met.key.partition(":")[0]
    profile, match = met.profile, met.match
    protected = match.protected or ""
    return SuspectLine(
        key=met.key,
        name=profile.name,
        title=terms.title(platform),
        link=met.link or terms.link(platform, profile.handle),
        reading=match.reading,
        points=gravity(match, profile, last).points,
        protected=protected,
        pieces=aligned(profile.name, protected, match.reasons),
        reasons=_telling(match.reasons, protected),
        verified=profile.verified,
        verified_as=profile.verified_as,
        followers=profile.followers,
        newest=profile.newest,
        first_day=met.first_day,
        last_day=met.last_day,
        new=met.first_day >= first,
        words=met.words,
        by=met.by,
        word=word,
    )


def _telling(reasons: tuple[Reason, ...], protected: str) -> tuple[Reason, ...]:
    """The reasons that the two names, laid over each other, do not show already.

    Left out are those that call a run the same, and those that sum up finer ones; where nothing is left, the
    name holds the protected one as it is.
    """
    told = tuple(
        one
        for one in reasons
        if (one.left != one.right or one.left not in protected)
        and one.why != "相同"
        and not any(_within(other, one) for other in reasons)
    )
    told = told or tuple(one for one in reasons if one.why != "相同" and not _BITS.search(one.why))
    if reasons and not told:
        return (Reason(protected, protected, "一字不差"),)
    return tuple(replace(one, why=_BITS.sub(_share, one.why)) for one in told)


def _share(bits: re.Match[str]) -> str:
    return f"吻合 {float(bits[1]) / float(bits[2]):.0%}（越罕见的字分量越重）"


def _within(fine: Reason, whole: Reason) -> bool:
    parts = (fine.left, whole.left), (fine.right, whole.right)
    return fine.left != fine.right and all(part and part != all_ and part in all_ for part, all_ in parts)


def _unit(protected: str, units: set[str]) -> str:
    """The unit that a protected name belongs to: it is the unit's own, with or without the school's before it."""
    fitting = [unit for unit in units if unit and protected.endswith(unit)]
    return max(fitting, key=len, default="")
