"""Where the platforms are tonight: the rehearsal's own stage, or what the settings say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime

import sqlalchemy as sa

from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from crawlers.rehearsal.walls import loaded
from monitors import tables
from monitors.ledger import Ledger
from schedules.config import Config, ConfigError
from schedules.home import Home


@contextmanager
def origins(
    home: Home, config: Config, ledger: Ledger, day: date, clock: datetime | None = None
) -> Iterator[Mapping[str, str]]:
    """The substitutes for the real origins; a rehearsal plays from the day of its first night on.

    Raises `ConfigError` for bad nights that the platforms do not know.
    """
    if not config.rehearsal:
        yield config.origins
        return
    with ledger.reading() as connection:
        first = connection.scalar(
            sa.select(sa.func.min(tables.run.c.day)).where(tables.run.c.kind == "night")
        )
    try:
        walls = loaded(home.walls) if home.walls.exists() else ()
        stage = Stage(scenario(), clock or datetime.now(UTC), first or day, walls)
    except ValueError as error:
        raise ConfigError(f"{home.walls} 不能用：{error}") from error
    with stage:
        yield {**stage.origins, **config.origins}
