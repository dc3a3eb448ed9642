"""What people are told of: a step of a case, an outage and its end, a night that failed, a message that died, a need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from monitors.nouns import FindingKind, NameMatch, Newest, Result, Stage
from monitors.rules import Measure, Rule, Severity
from reports.people import Role

# A name that claims to be official is urgent whatever else it is.
_OFFICIAL_KINDS = frozenset({"exact_official", "abbr_official"})
_OFFICIAL_WORDS = ("官方", "官微", "官博", "官号", "official")
_LOST: frozenset[Measure] = frozenset({"gone", "suspended"})
_FIRST_STAGES: frozenset[Stage] = frozenset({"suspected", "opened", "notice_issued"})


@dataclass(frozen=True, slots=True)
class Told:
    """One step of one case; `platform` is the id, `title` its Chinese name, `link` the public page.

    `others` are the further clauses that the same thing breaks (document and clause, what it asks);
    `letters` says which characters of a name stand for which; `evidence` names the note that the step rests
    on; `term` the waiting time that runs once a record is there. `papers` are the files in the home's
    `notices/` that the step needs, without their endings. `by_person`: somebody of the office recorded the
    step and need not be told of it; `reverted`: the step took the last one back.
    """

    case: str
    number: int
    stage: Stage
    kind: FindingKind
    account: str
    platform: str
    title: str
    unit: str
    document: str
    clause: str
    asks: str
    why: str
    others: tuple[tuple[str, str], ...] = ()
    letters: tuple[str, ...] = ()
    since: date | None = None
    newest: Newest | None = None
    deadline: date | None = None
    provisional: bool = False
    term: str = ""
    severity: Severity = "normal"
    result: Result | None = None
    evidence: str | None = None
    link: str | None = None
    papers: tuple[str, ...] = ()
    by_person: bool = False
    reverted: bool = False

    @property
    def about(self) -> str:
        """The step's identity in the alert table; a case is one account, rule and episode."""
        return f"step:{self.case}:{self.number}"

    @property
    def urgent(self) -> bool:
        """Urgent ones are sent at once, in quiet hours and vacations too; what comes later can wait."""
        return self.severity == "urgent" and self.stage in _FIRST_STAGES and not self.reverted


@dataclass(frozen=True, slots=True)
class Doubt:
    """A platform that is not believed since `first_day`; told to the maintainers once per outage."""

    platform: str
    title: str
    first_day: date
    why: str

    @property
    def about(self) -> str:
        """The outage's identity in the alert table."""
        return f"doubt:{self.platform}:{self.first_day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Restored:
    """The end of the outage that began on `first_day`; told to whoever was told of it."""

    platform: str
    title: str
    first_day: date

    @property
    def about(self) -> str:
        """The end's identity in the alert table."""
        return f"restored:{self.platform}:{self.first_day.isoformat()}"

    @property
    def outage(self) -> str:
        """The identity of the alert that told of the outage."""
        return Doubt(self.platform, self.title, self.first_day, "").about


@dataclass(frozen=True, slots=True)
class Missed:
    """The night of `day` did not run, or did not come to its end."""

    day: date
    why: str

    @property
    def about(self) -> str:
        """The missed night's identity in the alert table."""
        return f"missed:{self.day.isoformat()}"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Messages over one channel that were given up; `last` is the newest of them, `numbers` their alerts'."""

    channel: str
    last: int
    error: str
    numbers: tuple[str, ...]

    @property
    def about(self) -> str:
        """The identity of these dead letters in the alert table."""
        return f"dead:{self.channel}:{self.last}"


@dataclass(frozen=True, slots=True)
class Need:
    """Something without which a night to come fails, goes on with what is out of date, or cannot be put back.

    Told once for each `mark`; `roles` are those who can supply it. `why` and `remedy` are Chinese sentences.
    """

    topic: Literal["copy", "calendar", "disk", "register", "crawl"]
    mark: str
    title: str
    why: str
    remedy: str
    roles: frozenset[Role]

    @property
    def about(self) -> str:
        """The need's identity in the alert table."""
        return f"need:{self.topic}:{self.mark}"


News = Told | Doubt | Restored | Missed | Undelivered | Need


def gravity(rule: Rule, match: NameMatch | None) -> Severity:
    """How grave a step is: a lost account and a look-alike that calls itself official are always urgent."""
    if rule.measure in _LOST or (match is not None and _calls_itself_official(match)):
        return "urgent"
    return rule.severity_of(match.reading if match else None)


def _calls_itself_official(match: NameMatch) -> bool:
    claims = any(word in match.candidate.casefold() for word in _OFFICIAL_WORDS)
    return match.reading == "passes_off" and (claims or match.kind in _OFFICIAL_KINDS)
