"""Who hears of it, over what and when: people, channels and rounds of sending, as the settings say."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from monitors import tables
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI
from reports import sending, switchboard
from reports.channels import Channel, Entry, Letter, Refused
from reports.outbox import Shelf
from reports.people import Person
from reports.sending import Manner, Sent
from schedules.config import Config, ConfigError
from schedules.home import Home
from schedules.lock import Held, alone

log = logging.getLogger(__name__)

# A round of sending that another process is in the middle of; after that its alerts wait for the next.
SENDING_SECONDS = 300.0


def everybody(config: Config, connection: Connection) -> tuple[Person, ...]:
    """The people of the settings; who is to be found in the register becomes one person per unit there."""
    people: list[Person] = []
    for person in config.told:
        people += _of_register(connection, person) if person.address == "register" else [person]
    return tuple(people)


def _of_register(connection: Connection, person: Person) -> Iterable[Person]:
    account, contact = tables.account.c, tables.contact.c
    filed = (
        sa.select(account.unit, contact.record)
        .join_from(tables.account, tables.contact, contact.key == account.key)
        .where(account.filed)
        .order_by(account.unit, account.key)
    )
    given: set[str] = set()
    for unit, record in connection.execute(filed):
        if unit in given or (person.units and unit not in person.units) or not record.email:
            continue
        given.add(unit)
        # A cell may hold several addresses; the first is the unit's.
        address = re.split(r"[\s;；、,，/]+", record.email.strip())[0]
        yield Person(
            f"{person.name}（{unit}）", person.role, person.channel, address, (unit,),
            person.platforms, person.severity, person.urgent_only,
        )  # fmt: skip


def on_trial(config: Config) -> tuple[Person, ...]:
    """Whom a test message goes to: the people of the settings, and a mail channel's own sender where it has none.

    Readers out of the register are spared.
    """
    people = [person for person in config.told if person.address != "register"]
    reached = {person.channel for person in people}
    return (
        *people,
        *(
            Person("测试", "maintainer", name, channel.sender)
            for name, channel in config.channels.items()
            if channel.kind == "mail" and name not in reached
        ),
    )


class Shut:
    """A channel that cannot be opened as it is configured: its messages wait until somebody puts it right."""

    pace = None
    most = 1_000_000

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """Messages are made by whoever can be opened."""
        return 20

    def send(self, letter: Letter) -> Refused:
        """Say what is wrong with the settings."""
        return Refused(self.reason, everything=True)


def channels(config: Config, home: Home) -> dict[str, Channel]:
    """Every channel by name; one that cannot be opened refuses its own messages and stops no other."""
    opened = switchboard.opened((), home.path)
    for name in config.channels:
        try:
            opened[name] = switchboard.channel(config.channel_spec(name, home.path), home.path)
        except (ConfigError, ValueError) as error:
            opened[name] = Shut(str(error))
    return opened


# ── a round of sending ──────────────────────────────────────────────────────────────────────────


def manner(config: Config, home: Home, *, timely: bool, day: date | None = None) -> Manner:
    """How to send now: `timely` keeps quiet hours, a `day` keeps the vacation that it lies in."""
    address = config.reports.url
    shelf = Shelf(home.served("alerts"), f"{address.rstrip('/')}/alerts") if address else None
    return Manner(
        retry_minutes=config.alerts.retry_minutes,
        dead_after=config.alerts.dead_after,
        quiet=timely and _quiet(config, datetime.now(SHANGHAI)),
        resting=day is not None and any(first <= day <= last for first, last in config.policy.vacations),
        shelf=shelf or Shelf(home.messages),
    )


def _quiet(config: Config, now: datetime) -> bool:
    if config.alerts.quiet is None:
        return False
    start, end = config.alerts.quiet
    at = now.strftime("%H:%M")
    return start <= at < end if start < end else at >= start or at < end


def sent(home: Home, config: Config, ledger: Ledger, how: Manner) -> Sent | None:
    """One round of sending; None when another process is in the middle of one."""
    try:
        with alone(home.sending, ledger, "发送提醒", SENDING_SECONDS):
            return round_of(home, config, ledger, how)
    except Held as error:
        log.warning("tonight's alerts are left for the next round of sending: %s", error)
        return None


def round_of(home: Home, config: Config, ledger: Ledger, how: Manner) -> Sent:
    """One round of sending; the caller holds the lock."""
    with ledger.reading() as connection:
        people = everybody(config, connection)
    return sending.send(ledger, channels(config, home), people, datetime.now(UTC), how)
