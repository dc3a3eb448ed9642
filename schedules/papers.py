"""Has the papers of the open cases written into the home, after whatever moved a case."""

from __future__ import annotations

from pathlib import Path

from monitors.judge import Law
from monitors.ledger import Ledger
from reports import notices
from reports.notices import Desk
from schedules.config import Config
from schedules.home import Home


def written(home: Home, config: Config, ledger: Ledger, law: Law) -> list[Path]:
    """Write what is missing of the papers; gives the new files. What cannot be written is a warning."""
    desk = Desk(config.school.name, law.facts, law.rules, home.notices, home.templates, home.evidence)
    with ledger.reading() as connection:
        return notices.write(connection, desk)
