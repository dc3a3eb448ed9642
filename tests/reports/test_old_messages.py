"""A ledger of before, with messages in it, is brought to today's shape: nothing is lost, what was dead is told now."""

from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from ledgers import SERVER, address

import monitors.migrations
from monitors import ledger as ledgers
from monitors.ledger import Ledger
from reports.channels import Delivered
from reports.lost import dead_letters
from reports.people import Person
from reports.sending import send

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
MESSAGE = (
    "INSERT INTO message (channel, address, status, urgent, attempts, next_at, repeated, error) VALUES "
    "('group', 'a', '{}', false, 8, '2026-01-01 00:00:00.000000', false, '连不上')"
)
ALERT = (
    "INSERT INTO alert (number, about, person, role, day, urgent, title, text, message) VALUES "
    "('XJ-2026-{0:06d}', 'step:C-{0}:1', '王', 'officer', '2026-01-01', false, '请核实', '情况：旧', {1})"
)


class Group:
    """A channel that takes everything."""

    pace, most = None, 100

    def __init__(self):
        self.letters = []

    def holds(self, entries, rest=""):
        return len(entries)

    def send(self, letter):
        self.letters.append([entry.number for entry in letter.entries])
        return Delivered()


def before(url):
    """A ledger as it was before messages knew their parts."""
    engine = ledgers._engine(url, writes=True)
    config = Config()
    config.set_main_option("script_location", str(Path(monitors.migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        for number, status in enumerate(("dead", "waiting", "sent"), 1):
            connection.exec_driver_sql(MESSAGE.format(status))
            connection.exec_driver_sql(ALERT.format(number, number))
        connection.exec_driver_sql(ALERT.format(4, "NULL"))
    engine.dispose()


def test_old_messages_keep_their_alerts_and_old_dead_ones_are_told(tmp_path):
    url = address(tmp_path)
    before(url)
    ledger, group = Ledger(url), Group()
    with ledger.reading() as connection:
        assert [(lost.number, lost.error) for lost in dead_letters(connection)] == [
            ("XJ-2026-000001", "连不上")
        ]
        if not SERVER:  # which lets no broken link in
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    people = (Person("王", "officer", "group", "a"), Person("信息办", "maintainer", "group", "b"))
    assert send(ledger, {"group": group}, people, NOW).sent == 3
    ledger.close()
    told = sorted(group.letters)
    assert told == [["XJ-2026-000002"], ["XJ-2026-000004"], ["XJ-2026-000005"]]
