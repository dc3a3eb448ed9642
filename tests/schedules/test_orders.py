"""The work order of a night begun again: only what is missing."""

from datetime import UTC, date, datetime

import ledgers
import pytest

from crawlers.platforms import platforms
from monitors.ledger import Ledger
from monitors.notes import NoteFile, defect, line
from monitors.nouns import Blocked, Body, Found, Newest, Note, Unreachable
from schedules import config, orders, register
from schedules.home import Home

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
BOUND = Found("云岭大学", newest=Newest(NOW, "at_least"))


@pytest.mark.parametrize(
    ("outcome", "statuses", "again"),
    [
        (Found("云岭大学", newest=Newest(NOW, "exact")), (200, 0), False),
        (BOUND, (200, 200), False),
        (Blocked("risk"), (412,), False),
        (BOUND, (200, 0), True),
        (Unreachable("连不上"), (0,), True),
        (defect(KeyError("mid")), (200,), True),
    ],
)
def test_a_visit_that_broke_off_or_met_a_defect_is_made_again_and_no_other(home, outcome, statuses, again):
    ledger, settings = Ledger(ledgers.address(home)), config.load(home)
    try:
        accounts, _ = register.taken_in(Home(home), settings, ledger, DAY)
        mine = [a for a in accounts.values() if a.platform == "bilibili" and a.handle][:2]
        evening = orders.Evening(DAY, home / "notes")
        bodies = tuple(
            Body(f"https://api.bilibili.com/{n}", status, None) for n, status in enumerate(statuses)
        )
        note = Note("bilibili", "account", mine[0].handle, NOW, outcome, bodies)
        with NoteFile.of(home / "notes", DAY.isoformat(), "bilibili").open() as file:
            file.write(line(note))
        with ledger.reading() as connection:
            plan = orders.plan(
                connection, settings, platforms()["bilibili"], mine, sightings={}, evening=evening
            )
    finally:
        ledger.close()
    visits = {errand.subject for errand in plan.order.errands if errand.purpose == "account"}
    assert (mine[0].handle in visits, mine[1].handle in visits) == (again, True)
