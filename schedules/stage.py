"""Where the platforms are tonight: the rehearsal's own stage, or what the settings say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

import sqlalchemy as sa

from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from monitors import tables
from monitors.ledger import Ledger
from schedules.config import Config


@contextmanager
def origins(
    config: Config, ledger: Ledger, day: date, clock: datetime | None = None
) -> Iterator[Mapping[str, str]]:
    """The substitutes for the real origins; a rehearsal plays from the day of its first night on."""
    if not config.rehearsal:
        yield config.origins
        return
    with ledger.reading() as connection:
        first = connection.scalar(
            sa.select(sa.func.min(tables.run.c.day)).where(tables.run.c.kind == "night")
        )
    with Stage(scenario(), clock or datetime.now(UTC), anchor=first or day) as stage:
        yield {**stage.origins, **config.origins}
