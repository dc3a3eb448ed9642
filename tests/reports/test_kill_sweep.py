"""Killed at every statement, commit and step on the wire: nothing is lost, and every double says that it may be one.

Each of two nights is queued and sent over real sockets by a child that dies at its n-th step, for every n there is;
the parent then does the same night once more, as the next start of the program would.
"""

import os
import re
import shutil
import signal
import tempfile
from collections import Counter, defaultdict
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest
import sqlalchemy as sa
from ledgers import SERVER, address, copied
from sqlalchemy import event
from standins import SECRET, Clock, DingTalk, Feishu, WeCom
from test_alerts import DAY, step
from test_sending import NOW

from monitors import ledger as ledgers
from monitors import tables
from monitors.ledger import Ledger
from reports.alerts import Doubt, Restored, queue
from reports.people import ChannelSpec, Person
from reports.sending import Manner, send
from reports.switchboard import opened

NUMBER = re.compile(r"编号：(XJ-\d{4}-\d{6})")
PLACES = {"wecom": WeCom, "dingtalk": DingTalk, "feishu": Feishu}
PEOPLE = (
    Person("王", "officer", "wecom"),
    Person("馆长", "unit_head", "dingtalk", units=("图书馆",)),
    Person("维护", "maintainer", "feishu"),
)
NIGHTS = (
    (
        step(),
        step(case="C-2", stage="notice_issued"),
        step(case="C-3", severity="urgent"),
        Doubt("weibo", "微博", DAY, "对照账号读错"),
    ),
    (
        step(number=2, stage="closed", result="remedied"),
        step(case="C-2", number=2, stage="closed", result="cancelled"),
        Restored("weibo", "微博", DAY),
    ),
)
# Alerts of each night: officers hear of everything, the unit's head from the notice on.
QUEUED = (5, 4)


class Town:
    """The stand-ins, and what each of them has heard since it was last asked."""

    def __init__(self):
        self.robots = {name: stand_in(Clock()) for name, stand_in in PLACES.items()}
        # Rates are for other tests; here the same minute comes hundreds of times.
        for robot in self.robots.values():
            robot.too_often = lambda: None

    def channels(self, home):
        return opened(
            [
                ChannelSpec(name, name, url=one.url, secret=SECRET, allow_plain=True)
                for name, one in self.robots.items()
            ],
            home,
        )

    def heard(self):
        said = {name: robot.texts() for name, robot in self.robots.items()}
        for robot in self.robots.values():
            assert robot.refused == []
            robot.taken.clear()
        return said

    def close(self):
        for robot in self.robots.values():
            robot.close()


def one_night(url, town, home, night, hours=0):
    """Queue and send one night; done a second time, hours later, it only completes the first."""
    ledger = Ledger(url)
    at = NOW + timedelta(days=night, hours=hours)
    with ledger.writing() as connection:
        queue(connection, NIGHTS[night], PEOPLE, DAY + timedelta(days=night))
    send(ledger, town.channels(home), PEOPLE, at, Manner(clock=Clock()))
    ledger.close()


def doomed(url, town, home, night, kill_at):
    """Do a night in this process and die by SIGKILL at the given step."""
    left = [kill_at]

    def tick(*_):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def ticking(method):
        def stepped(self, *arguments, **options):
            tick()
            answer = method(self, *arguments, **options)
            tick()
            return answer

        return stepped

    for name in ("connect", "request", "getresponse"):
        setattr(HTTPConnection, name, ticking(getattr(HTTPConnection, name)))
    event.listen(sa.Engine, "before_cursor_execute", tick)
    event.listen(sa.Engine, "commit", tick)
    one_night(url, town, home, night)


def _share_compiled_statements(monkeypatch):
    """Hundreds of ledgers are opened here: what one has compiled serves them all, and the children too."""
    opened_as, shared = ledgers._engine, {}

    def engine(url, *, writes):
        made = opened_as(url, writes=writes)
        return made.execution_options(compiled_cache=shared)

    monkeypatch.setattr(ledgers, "_engine", engine)


@pytest.fixture
def room():
    """A place where syncing costs nothing: processes are killed here, not machines."""
    shared = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(dir=shared if shared.is_dir() else None))
    yield place
    shutil.rmtree(place)


def test_killed_at_any_step_nothing_is_lost_and_every_double_is_marked(room, monkeypatch):
    start = room / "start"
    Ledger(address(start)).close()
    monkeypatch.setattr(ledgers, "migrate", lambda engine: None)
    _share_compiled_statements(monkeypatch)
    town = Town()
    died = doubled = 0
    for night in range(len(NIGHTS)):
        killed, twice = swept(room, start, town, night)
        died, doubled = died + killed, doubled + twice
        one_night(address(start), town, room, night)
        town.heard()
    town.close()
    # Every step was tried, and some of the deaths lay between a message and the word of it.
    assert died >= (200 if SERVER is None else 150)
    assert 0 < doubled < died / 2


def swept(room, start, town, night):
    """Kill one night at each of its steps, in turn; gives how often, and how many messages came twice."""
    doubled = 0
    for kill_at in range(1, 1000):
        home = room / f"{night}-{kill_at}"
        home.mkdir()
        copied(start, home)
        url = address(home)
        child = os.fork()
        if child == 0:
            try:
                doomed(url, town, home, night, kill_at)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        one_night(url, town, home, night, hours=5)
        doubled += judged(url, town.heard(), night)
        shutil.rmtree(home)
        if os.WIFEXITED(status):
            return kill_at - 1, doubled
    pytest.fail("the night never came to its end")


def judged(url, said, night):
    """Everything that the night queued has arrived at its place; gives how many messages came twice."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        tonight = tables.alert.c.day == DAY + timedelta(days=night)
        rows = connection.execute(sa.select(tables.alert).where(tonight)).all()
        assert set(connection.scalars(sa.select(tables.message.c.status))) == {"sent"}
    engine.dispose()
    assert len({(row.about, row.person) for row in rows}) == len(rows) == QUEUED[night]
    due = defaultdict(set)
    for row in rows:
        due[next(person.channel for person in PEOPLE if person.name == row.person)].add(row.number)
    twice = 0
    for place, texts in said.items():
        seen = Counter()
        for text in texts:
            numbers = NUMBER.findall(text)
            marked = text.startswith("可能重复")
            assert marked or not any(seen[number] for number in numbers), (place, texts)
            twice += marked and any(seen[number] for number in numbers)
            seen.update(numbers)
        assert set(seen) == due[place]
        assert max(seen.values()) <= 2
    return twice
