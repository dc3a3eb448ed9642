"""The judge of a night: notes in, verdicts, cases and steps out, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import accounts, casebook, citations, findings, namesakes, queries, tables
from monitors.calendar import Calendar
from monitors.cases import advance
from monitors.gravity import Gravity, gravity
from monitors.hearing import Filing
from monitors.memory import Memory, observed, store
from monitors.names import Matcher
from monitors.nouns import (
    Account,
    Ambiguous,
    Blocked,
    Case,
    Decision,
    Found,
    Gone,
    NameMatch,
    Note,
    Observation,
    Outcome,
    PlatformFacts,
    Profile,
    Sightings,
    Step,
    Verdict,
)
from monitors.rules import Rule
from monitors.sightings import Met, key_of, known_as, looked_at, met_before, recalled, remember
from monitors.trail import Records, replayed
from monitors.trust import doubt, searched, unread, word_hit
from monitors.verdicts import Exemption, sighting_verdict, verdicts


@dataclass(frozen=True)
class Law:
    """What a night is judged by."""

    rules: tuple[Rule, ...]
    calendar: Calendar
    facts: Mapping[str, PlatformFacts]
    matcher: Matcher
    assume_done: bool
    absent_canary: Mapping[str, bool]
    filing: Callable[[Account], Filing]
    school: str = ""
    # Platforms whose answers tell the time of the world; those of a rehearsal play in another.
    live: Collection[str] = ()

    def rule(self, policy: str, name: str) -> Rule | None:
        """Give the rule in use, None when the school no longer uses it."""
        return next((r for r in self.rules if (r.policy, r.rule) == (policy, name)), None)


@dataclass(frozen=True)
class Visited:
    """What the crawl left of one platform: its notes, what had been planned, and how it ended."""

    platform: str
    notes: Sequence[Note]
    planned: frozenset[str]
    words: int | None
    ended: str


@dataclass(frozen=True)
class Subject:
    """Whom a step is about, and the note it rests on; `match` and `gravity` for an account met in a search."""

    name: str
    unit: str
    match: NameMatch | None = None
    evidence: str | None = None
    gravity: Gravity | None = None


@dataclass(frozen=True)
class Taken:
    """One step that the night took, with everything its alert tells."""

    case: Case
    number: int
    step: Step
    rule: Rule
    verdict: Verdict
    subject: Subject


@dataclass
class Judged:
    """What a night came to."""

    doubts: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


def judge(connection: Connection, law: Law, day: date, visited: Iterable[Visited]) -> Judged:
    """Judge the night of `day`; judging it again with more notes completes it and repeats no step."""
    court = _Court(connection, law, day)
    for one in visited:
        court.hear(one)
    court.judge_accounts()
    court.judge_groups()
    court.judge_sightings()
    court.memory.write()
    findings.record(connection, court.result.verdicts, day)
    return court.result


def _states(outcome: Outcome) -> bool:
    return isinstance(outcome, Found | Gone)


class _Court:
    """One night's sitting: reads the ledger once, then hears platform by platform."""

    def __init__(self, connection: Connection, law: Law, day: date) -> None:
        self.connection, self.law, self.day = connection, law, day
        self.memory = Memory(connection, day)
        self.accounts = accounts.accepted(connection)
        self.registered = {f"{a.platform}:{alias}" for a in self.accounts.values() for alias in a.aliases}
        self.cases = casebook.newest(connection)
        self.decisions = casebook.decisions(connection)
        by_id = {case.id: case.key for case in self.cases.values()}
        fine = (word for word in self.decisions.values() if word.word == "fine")
        self.cleared = {by_id.get(word.key, word.key): word for word in fine}
        self.sightings = met_before(connection)
        nights = tables.platform_night.c.day
        earlier = connection.scalar(sa.select(sa.func.max(nights)).where(nights < day))
        self.night_before = earlier or date.min
        self.tonight: dict[str, list[Observation]] = {}
        self.disbelieved: set[str] = set()
        self.result = Judged()

    # ── hearing what was seen ───────────────────────────────────────────────────────────────────

    def hear(self, visited: Visited) -> None:
        """Store a platform's notes, decide whether it is believed, and take in what it showed."""
        store(self.connection, self.day, visited.platform, visited.notes)
        absent, live = self.law.absent_canary[visited.platform], visited.platform in self.law.live
        wrong = doubt(visited.notes, absent=absent, live=live)
        if wrong:
            self.disbelieved.add(visited.platform)
        reason = wrong or unread(visited.notes)
        if reason:
            self.result.doubts[visited.platform] = reason
        self.tonight |= observed(self.day, visited.notes, believed=wrong is None)
        # Where only the accounts could not be read, the searches stand by their own canary word.
        asked, answered = self._searches(visited, believed=wrong is None)
        self._platform_night(visited, reason, asked, answered)

    def _searches(self, visited: Visited, *, believed: bool) -> tuple[int | None, int | None]:
        if visited.words is None:
            return None, None
        hit = word_hit(visited.notes)
        asked = answered = 0
        for note in visited.notes:
            if note.purpose != "search" or isinstance(note.outcome, Found | Gone):
                continue
            asked += 1
            outcome = searched(note.outcome, hit=hit)
            flagged = []
            if isinstance(outcome, Sightings):
                answered += 1
                flagged = [self._meet(visited.platform, one, note.subject) for one in outcome.sightings]
            # A word that was refused is asked again on the next night; one to which a platform that answers
            # others says something unclear has had its turn, or it would be asked for ever.
            turn = isinstance(outcome, Sightings) or (hit and isinstance(outcome, Ambiguous))
            if believed and turn:
                queries.asked(self.connection, visited.platform, note.subject, self.day, hit=any(flagged))
        return asked, answered

    def _meet(self, platform: str, profile: Profile, word: str) -> bool:
        known = known_as(self.sightings, platform, profile)
        key = known.key if known else key_of(platform, profile)
        if key in self.accounts or key in self.registered:
            return False
        match = self._score(platform, profile)
        # One that has taken a harmless name is remembered too: that is how its case ends.
        if not match.flag and (known is None or known.profile.name == profile.name):
            return False
        met = Met(key, platform, profile, match, self.day, self.day)
        if known is None and (known := recalled(self.connection, met, by_name=True)):
            met = replace(met, key=known.key)
        self.sightings[met.key] = met = remember(self.connection, met, known, word, self.day)
        return match.flag and not self._cleared(met)

    def _score(self, platform: str, profile: Profile) -> NameMatch:
        match = self.law.matcher.score(profile.name)
        if match.kind != "registered":
            return match
        return namesakes.judged(
            match,
            profile,
            self.accounts.values(),
            self.law.facts[platform],
            school=self.law.school,
            moved=self.memory.moved(self.tonight),
        )

    def _cleared(self, met: Met) -> bool:
        """Has a person said of this account, under this name, that it is fine?"""
        word = self.cleared.get(met.key)
        return (
            word is not None and word.on >= met.first_day and (word.until is None or word.until >= self.day)
        )

    def _platform_night(
        self, visited: Visited, reason: str | None, asked: int | None, answered: int | None
    ) -> None:
        visits = {n.key: n.outcome for n in visited.notes if n.purpose == "account"}
        found = sum(isinstance(o, Found) for o in visits.values())
        gone = sum(isinstance(o, Gone) for o in visits.values())
        blocked = sum(isinstance(o, Blocked) for o in visits.values())
        values = {
            "believed": reason is None,
            "doubt": reason,
            "asked": asked,
            "answered": answered,
            "planned": len(visited.planned),
            "found": found,
            "gone": gone,
            "blocked": blocked,
            "other": len(visits) - found - gone - blocked,
            "unseen": len(visited.planned - set(visits)),
            "requests": sum(note.requests for note in visited.notes),
            "ended": visited.ended,
        }
        table = tables.platform_night
        where = (table.c.day == self.day) & (table.c.platform == visited.platform)
        self.connection.execute(table.delete().where(where))
        self.connection.execute(table.insert().values(day=self.day, platform=visited.platform, **values))

    # ── judging ─────────────────────────────────────────────────────────────────────────────────

    def judge_accounts(self) -> None:
        """Judge every filed account by every rule in whose scope it is."""
        exemptions = self._exemptions()
        for account in self.accounts.values():
            seen = self.tonight.get(account.key, [])
            given = verdicts(
                account,
                self.memory.fold(account.key, seen, self.law.facts.get(account.platform)),
                self.law.rules,
                self.day,
                self.law.calendar,
                exemptions=exemptions.get(account.key, ()),
                filing=self.law.filing(account),
            )
            self._move(given, Subject(account.name, account.unit, evidence=self._evidence(seen)))

    def judge_groups(self) -> None:
        """Judge every chat group of the register by the rules about groups."""
        for group, filing in accounts.groups(self.connection):
            given = verdicts(group, None, self.law.rules, self.day, self.law.calendar, filing=filing)
            self._move(given, Subject(group.name, group.unit))

    def judge_sightings(self) -> None:
        """Judge everything met in a search, tonight or earlier, and what a later look at it showed."""
        rules = [rule for rule in self.law.rules if rule.measure == "name_match"]
        for key, known in self.sightings.items():
            if key in self.accounts or key in self.registered:
                continue
            seen = self.tonight.get(key, [])
            after = self.memory.fold(key, seen, self.law.facts.get(known.platform))
            shown = next((o.outcome for o in reversed(seen) if o.believed and _states(o.outcome)), None)
            met = self._looked_at(known, shown) if isinstance(shown, Found) else known
            fresh = self._just_met(known) or (isinstance(shown, Found) and bool(shown.name))
            gone = isinstance(shown, Gone) and bool(after and after.absence and after.absence.confirmed)
            weight = gravity(met.match, met.profile, self.day)
            given = [
                sighting_verdict(
                    key, met.match, rule, met.first_day, fresh=fresh or gone, gone=gone, signs=weight.signs
                )
                for rule in rules
                if not rule.platforms or met.platform in rule.platforms
            ]
            subject = Subject(met.profile.name, "", met.match, self._evidence(seen), weight)
            self._move(given, subject)

    def _just_met(self, known: Met) -> bool:
        """Has tonight's believed search shown it, or a person met it since the night before?"""
        if known.last_day == self.day:
            return known.platform not in self.disbelieved
        return known.by is not None and known.last_day >= self.night_before

    def _looked_at(self, known: Met, shown: Found) -> Met:
        """Take in what a look at a sighting showed; under another name it is met anew today."""
        met = looked_at(self.connection, known, shown, self.day)
        if not shown.name:
            return met
        profile = replace(met.profile, name=shown.name)
        met = replace(met, profile=profile, match=self._score(met.platform, profile))
        if shown.name == known.profile.name:
            return met
        met = replace(met, first_day=self.day, last_day=self.day)
        return remember(self.connection, met, known, None, self.day)

    def _move(self, given: Sequence[Verdict], subject: Subject) -> None:
        """Advance the cases of one account; one breach is one case, whoever of the texts led when it began."""
        self.result.verdicts += given
        rules = {(v.policy, v.rule): self.law.rule(v.policy, v.rule) for v in given}
        leads = {(f.lead.policy, f.lead.rule) for f in citations.findings(given, self.law.rules)}
        busy = {
            citations.matter(rule)
            for v in given
            if (rule := rules[v.policy, v.rule]) and self._open((v.key, v.policy, v.rule))
        }
        for verdict in given:
            rule = rules[verdict.policy, verdict.rule]
            assert rule is not None
            begins = not self._open((verdict.key, verdict.policy, verdict.rule))
            if begins and (citations.matter(rule) in busy or (verdict.policy, verdict.rule) not in leads):
                continue
            self._advance(verdict, rule, subject)

    def _open(self, identity: casebook.Identity) -> bool:
        case = self.cases.get(identity)
        return case is not None and replayed(case.trail).stage != "closed"

    def _advance(self, verdict: Verdict, rule: Rule, subject: Subject) -> None:
        identity = (verdict.key, verdict.policy, verdict.rule)
        case = self.cases.get(identity)
        records = Records(self.law.assume_done, self._word(verdict.key, case))
        steps = advance(case, verdict, rule, self.day, records, calendar=self.law.calendar)
        if not steps:
            return
        steps = [replace(step, evidence=step.evidence or subject.evidence) for step in steps]
        after = casebook.append(
            self.connection,
            case,
            identity,
            verdict.kind,
            steps,
            rule=rule,
            records=records,
            calendar=self.law.calendar,
        )
        self.cases[identity] = after
        first = len(after.trail) - len(steps) + 1
        for number, step in enumerate(steps, first):
            self.result.taken.append(Taken(after, number, step, rule, verdict, subject))

    def _word(self, key: str, case: Case | None) -> Decision | None:
        words = [self.decisions[k] for k in (key, case.id if case else "") if k in self.decisions]
        return max(words, key=lambda word: word.on, default=None)

    def _evidence(self, seen: Sequence[Observation]) -> str | None:
        """Name the note that tonight's verdict rests on."""
        stated = [o for o in seen if o.believed and _states(o.outcome)]
        return f"{self.day}/{stated[-1].key}#{stated[-1].id}" if stated else None

    def _exemptions(self) -> dict[str, list[Exemption]]:
        given: dict[str, list[Exemption]] = {}
        by_id = {case.id: case for case in self.cases.values()}
        for word in self.decisions.values():
            if word.word != "fine" or word.until is None:
                continue
            case = by_id.get(word.key)
            key = case.key if case else word.key
            policy, rule = (case.policy, case.rule) if case else (None, None)
            given.setdefault(key, []).append(Exemption(key, word.on, word.until, word.why, policy, rule))
        return given
