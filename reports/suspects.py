"""Unregistered accounts whose names an officer should look at, with the reasons character by character."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitors.nouns import Reading, Reason, Word
from reports.records import Met, Records, rows
from reports.terms import Terms


@dataclass(frozen=True, slots=True)
class SuspectLine:
    """One suspect; `word` is a person's judgement, None while nobody has given one."""

    key: str
    name: str
    title: str
    link: str | None
    reading: Reading | None
    score: float
    protected: str
    reasons: tuple[Reason, ...]
    verified: str
    first_day: date
    last_day: date
    new: bool
    by_hand: bool
    word: Word | None


def suspect_lines(records: Records, first: date, last: date, terms: Terms) -> tuple[SuspectLine, ...]:
    """Flagged names that no person has cleared and whose case is not closed, likeliest first."""
    words = _words(records, last)
    settled = _closed(records) | _cleared(records) | set(records.accounts)
    lines = [
        _line(met, words.get(met.key), first, terms)
        for met in records.met.values()
        if met.match.flag and words.get(met.key) != "fine" and met.key not in settled
    ]
    return tuple(sorted(lines, key=lambda line: (-line.score, line.name, line.key)))


def _words(records: Records, last: date) -> dict[str, Word]:
    """The latest word on each key that still holds at the week's end."""
    keys = {case.id: case.key for case in rows(records.cases)}
    words: dict[str, Word] = {}
    expired: set[str] = set()
    for row in rows(records.decisions):
        # A word can be given on the sighting or on its case.
        key = keys.get(row.key, row.key)
        if key in words or key in expired:
            continue
        if row.until is not None and row.until < last:
            expired.add(key)
        else:
            words[key] = row.word
    return words


def _closed(records: Records) -> set[str]:
    """Keys all of whose cases are closed."""
    stages = records.steps.groupby("case")["stage"].last()
    sightings = records.cases[records.cases["kind"] == "sighting"]
    state: dict[str, bool] = {}
    for case in rows(sightings):
        if case.id in stages.index:
            state[case.key] = state.get(case.key, True) and stages[case.id] == "closed"
    return {key for key, closed in state.items() if closed}


def _cleared(records: Records) -> set[str]:
    """Keys that no rule suspects any more: renamed, or gone."""
    verdicts = records.verdicts[records.verdicts["kind"] == "sighting"]
    return set(verdicts["key"]) - set(verdicts[verdicts["verdict"] == "Suspected"]["key"])


def _line(met: Met, word: Word | None, first: date, terms: Terms) -> SuspectLine:
    platform = met.key.partition(":")[0]
    profile = met.profile
    if profile.verified:
        verified = f"已认证：{profile.verified_as}" if profile.verified_as else "已认证"
    else:
        verified = "" if profile.verified is None else "未认证"
    return SuspectLine(
        key=met.key,
        name=profile.name,
        title=terms.title(platform),
        link=met.link or terms.link(platform, profile.handle),
        reading=met.match.reading,
        score=met.match.score,
        protected=met.match.protected or "",
        reasons=met.match.reasons,
        verified=verified,
        first_day=met.first_day,
        last_day=met.last_day,
        new=met.first_day >= first,
        by_hand=met.by_hand,
        word=word,
    )
