"""What people are told of: a step of a case, or an outage of a platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitors.nouns import FindingKind, Newest, Result, Stage
from monitors.rules import Severity


@dataclass(frozen=True, slots=True)
class Told:
    """One step of one case; `platform` is the id, `title` its Chinese name, `link` the public page.

    `papers` are the files in the home's `notices/` that the step needs, without their endings.
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
    since: date | None = None
    newest: Newest | None = None
    deadline: date | None = None
    provisional: bool = False
    severity: Severity = "normal"
    result: Result | None = None
    link: str | None = None
    papers: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The step's identity in the alert table."""
        return f"step:{self.case}:{self.number}"

    @property
    def urgent(self) -> bool:
        """Urgent ones are sent in quiet hours too."""
        return self.severity == "urgent"


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
