"""Ten years of nights through the real night, office, reports, copies and purges, in one run: only the crawl is played.

`make long` walks them all; `XUNJIAN_YEARS` says how many. The ledger breaks once and is lost once on the way.
"""

import copy
import hashlib
import os
import re
import resource
import sqlite3
import time
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import decade
import pytest
import sqlalchemy as sa
import time_machine
from decade import FIRST, LAST, RENAMED, STILL, VACATIONS, School, at, key
from ledgers import of_sqlite
from simulation import DAY, Desk

from crawlers import children
from monitors import casebook, tables
from monitors.nouns import Decision
from monitors.records import decided, record, revert
from monitors.trail import replayed
from reports import weekly
from schedules import config, night, register, safekeeping, stage
from schedules import law as laws
from schedules.advice import advice
from schedules.commands import casework
from schedules.console import Session
from schedules.home import Home
from schedules.starter import written

YEARS = float(os.environ.get("XUNJIAN_YEARS", "10"))
END = min(LAST, FIRST + timedelta(days=int(YEARS * 365.25) + 2))
# The night after this day finds the ledger broken, and the night after that one finds it gone.
BREAKS, IS_LOST = FIRST + timedelta(days=1210), FIRST + timedelta(days=2600)

# Its file is broken, lost and put back on the way.
pytestmark = [of_sqlite, pytest.mark.long, pytest.mark.timeout(3 * 3600)]

SETTINGS = f"""
rehearsal = true
[school]
name = "云岭大学"
short_names = ["云岭大"]
[register]
file = "台账.xlsx"
[policy]
use = ["sias-2020"]
vacations = {[[str(first), str(last)] for first, last in VACATIONS]}
[cases]
assume_done = false
[platforms.wechat]
enabled = false
[search]
words_a_night = 1
[channels.box]
kind = "folder"
path = "box"
[[people]]
name = "宣传部"
role = "officer"
channel = "box"
[[people]]
name = "信息办"
role = "maintainer"
channel = "box"
[alerts]
remind_working_days = 30
""".replace("'", '"')


class Walk:
    """The years as they pass; `year` rows are printed as they end."""

    def __init__(self, path, monkeypatch):
        decade.on_stage(monkeypatch)
        self.school, self.home = School(), Home(path)
        written(path)
        self.home.settings.write_text(SETTINGS, encoding="utf-8")
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(children, "run", self.school.crawl)
        monkeypatch.setattr(stage, "origins", lambda *_: nullcontext({}))
        # Made anew each night they take three quarters of it; they change with the register and the year.
        monkeypatch.setattr(register, "reading", self._once(register.reading, lambda *_: self.edition))
        monkeypatch.setattr(
            laws, "words", self._once(laws.words, lambda *given: (self.edition, given[3].year))
        )
        self.edition = None
        self.desks = {key(n): Desk(world.people) for n, world in self.school.worlds.items()}
        self.reports, self.restored, self.years, self.exits = {}, [], [], Counter()
        self.said, self.cost = Counter(), Counter()

    @staticmethod
    def _once(make, known_by):
        made = {}

        def given(*arguments):
            name = known_by(*arguments)
            if name not in made:
                made.clear()
                made[name] = make(*arguments)
            return made[name]

        return given

    def walk(self):
        self.open()
        day = FIRST
        while day <= END:
            self.register(day)
            if day not in STILL:
                self.night(day)
            before = copy.deepcopy((self.desks, [one.said_on for one in self.school.strangers]))
            self.daytime(day)
            if day in (BREAKS, IS_LOST):
                self.harm(day)
                # The copy is from before the day, and what people recorded on it has to be recorded again.
                self.desks, said = before
                for one, on in zip(self.school.strangers, said, strict=True):
                    one.said_on = on
                self.daytime(day)
            if day.weekday() == 6 and (day - FIRST).days // 7 % 4 == 0:
                self.report(day)
            if (day.month, day.day) == (11, 20):
                self.year(day)
            day += DAY
        self.ledger.close()

    def open(self):
        self.config = config.load(self.home.path)
        self.ledger = safekeeping.opened(self.home, self.config)

    def register(self, day):
        changes = {one for span in decade.FILED.values() for one in span} | set(RENAMED.values())
        if day == FIRST or day in changes:
            self.edition = day
            self.school.register(self.home.path / "台账.xlsx", day)

    def night(self, day):
        started = time.perf_counter()
        with time_machine.travel(at(day, 2, 30), tick=True):
            end = night.night(self.home, self.config, self.ledger, day, given_day=True)
        self.exits[end.exit] += 1
        assert end.unsaved is None
        self.cost["night"] += time.perf_counter() - started

    def daytime(self, day):
        """The office answers; whoever has nothing to answer costs nothing."""
        started = time.perf_counter()
        with self.ledger.reading() as connection:
            still = tables.case.c.closed_on.is_(None)
            open_ones = casebook.cases(connection, still, tables.case.c.rule == "silence")
            met = casebook.cases(connection, still, tables.case.c.kind == "sighting")
        acts = [
            (case, self.desks[case.key].acts(day, *_stand(case)))
            for case in open_ones
            if case.key in self.desks
        ]
        acts += [(case, self._judged(day, case.key)) for case in met]
        if any(act for _, act in acts):
            here = Session(self.home, False)
            here.__dict__["ledger"], here.__dict__["config"] = self.ledger, self.config
            with time_machine.travel(at(day, 10), tick=True):
                for case, act in acts:
                    if act:
                        self._act(here, case, act, day)
        self.cost["daytime"] += time.perf_counter() - started

    def _judged(self, day, subject):
        one = next(one for one in self.school.strangers if subject.endswith(one.handle))
        if one.said_on is None and day >= one.met_on + timedelta(days=one.after):
            one.said_on = day
            return ("word", one.word)
        return None

    def _act(self, here, case, act, day):
        with self.ledger.writing() as connection:
            [case] = casebook.cases(connection, tables.case.c.id == case.id)
            match act:
                case ("exempt", until):
                    steps = self._word(
                        connection, Decision(case.id, "fine", day, "office", "豁免", until), case, day
                    )
                case ("word", word):
                    steps = self._word(connection, Decision(case.id, word, day, "office", "看过"), case, day)
                case ("record", stage_, on):
                    steps = [record(case, stage_, on, "office", "", today=day)]
                case ("revert",):
                    steps = [revert(case, "office", "申诉", today=day)]
            if steps:
                casework.append(here, connection, case, list(steps))

    def _word(self, connection, word, case, day):
        names = ("key", "word", "by", "why", "until", "on")
        values = {name: getattr(word, name) for name in names} | {"at": at(day, 10), "name": "某人"}
        connection.execute(tables.decision.insert().values(**values))
        return decided(case, word, today=day)

    # ── harm, and what helps ────────────────────────────────────────────────────────────────────

    def harm(self, day):
        """Break the file, or lose it; the next command finds it out and names the copy that helps."""
        self.ledger.close()
        path = self.home.path / "ledger.sqlite3"
        for extra in ("-wal", "-shm"):
            path.with_name(path.name + extra).unlink(missing_ok=True)
        if day == BREAKS:
            with path.open("r+b") as file:
                file.seek(4096)
                file.write(os.urandom(path.stat().st_size - 4096))
        else:
            path.unlink()
        with pytest.raises((sqlite3.DatabaseError, sa.exc.DatabaseError, safekeeping.Lost)) as found:
            self.open()
            self.night(day + DAY)
        said = advice(found.value, self.home)
        copied = Path(re.search(r"xunjian restore (\S+\.sqlite3)", said)[1])
        assert copied == self.home.backups / f"night-{day}.sqlite3"
        self.ledger.close()
        safekeeping.put_back(copied, path, path.with_name(f"{path.name}.before-{day}"))
        self.restored.append(day)
        self.open()

    # ── what is kept for the end ────────────────────────────────────────────────────────────────

    def report(self, day, again=False):
        year, number, _ = day.isocalendar()
        label = f"{year}-W{number:02d}"
        site = self.home.path / ("again" if again else "site")
        started = time.perf_counter()
        law = self.law()
        with time_machine.travel(at(day + DAY, 8), tick=True), self.ledger.reading() as connection:
            weekly.week(connection, label, law, school="云岭大学", site=site, evidence=self.home.evidence)
        self.cost["reports"] += time.perf_counter() - started
        files = {
            path.relative_to(site / label): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in (site / label).rglob("*.*")
        }
        self.reports.setdefault(label, (day, files))
        return label, files

    def law(self):
        with self.ledger.reading() as connection:
            here = Session(self.home, False)
            here.__dict__["ledger"], here.__dict__["config"] = self.ledger, self.config
            return casework.held_law(here, connection)

    def year(self, day):
        size = (self.home.path / "ledger.sqlite3").stat().st_size / 1e6
        with self.ledger.reading() as connection:
            rows = {
                name: connection.scalar(sa.select(sa.func.count()).select_from(table))
                for name, table in tables.metadata.tables.items()
            }
        memory = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
        self.years.append((day.year, size, memory, rows))
        kept = ("observation", "sighting", "forgotten", "case", "step", "alert", "verdict", "account_week")
        counts = " ".join(f"{name} {rows[name]}" for name in kept)
        cost = " ".join(f"{name} {seconds:.0f} s" for name, seconds in self.cost.items())
        print(f"\n{day}: ledger {size:.1f} MB, memory {memory:.0f} MB, {counts}; {cost}", flush=True)


def _stand(case):
    state = replayed(case.trail)
    return state.stage, state.stage_on, state.published_on, state.begun_on


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    with pytest.MonkeyPatch.context() as monkeypatch:
        done = Walk(tmp_path_factory.mktemp("decade") / "home", monkeypatch)
        done.walk()
        done.open()
        yield done
        done.ledger.close()
    decade.simulation.overdue_from.cache_clear()


def cases(walk, *where):
    with walk.ledger.reading() as connection:
        return casebook.cases(connection, *where)


@pytest.mark.parametrize("number", range(decade.ACCOUNTS))
def test_the_cases_of_an_account_are_those_that_pen_and_paper_reckon(walk, number):
    history = [
        [("back" if s.reverts else s.stage, s.on, s.by, s.result) for s in case.trail]
        for case in cases(walk, tables.case.c.key == key(number), tables.case.c.rule == "silence")
    ]
    reckoned = walk.school.reckoned(number, (END - FIRST).days + 1)
    assert history == reckoned
    assert len(reckoned) > 1 or YEARS < 5


def test_nobody_was_asked_twice_about_a_stranger_and_a_no_holds_after_he_was_forgotten(walk):
    ends = {"fine": "mistaken", "imitation": None, "unsure": None}
    back = 0
    for one in walk.school.strangers:
        told = [
            [(step.stage, step.on, step.result) for step in case.trail]
            for case in cases(walk, tables.case.c.key == f"weibo:{one.handle}")
        ]
        if one.met_on is None:
            assert told == []
            continue
        assert len(told) == 1, one
        assert told[0][0] == ("suspected", one.met_on, None)
        if one.said_on and ends[one.word]:
            assert told[0][-1] == ("closed", one.said_on, "mistaken")
        back += (
            one.word == "fine" and one.said_on is not None and len(one.spans) > 1 and one.spans[1][0] <= END
        )
    with walk.ledger.reading() as connection:
        gone = connection.execute(sa.select(tables.purge)).all()
        names = set(connection.scalars(sa.select(tables.sighting.c.name)))
    past = [
        one
        for one in walk.school.strangers
        if one.word == "fine"
        and one.said_on
        and END - max(one.said_on, *(last for _, last in one.spans)) > 400 * DAY
    ]
    assert not {one.name for one in past} & names
    if YEARS >= 10:
        assert back >= 5
        assert len(past) > 10
        assert sum(row.gone.get("sightings", 0) for row in gone) >= len(past)


def test_every_alert_was_told_once_and_none_is_left(walk):
    letters = sorted((walk.home.path / "box").glob("*.txt"))
    numbers = Counter(
        re.findall(r"编号：(XJ-\d{4}-\d{6})", "\n".join(p.read_text(encoding="utf-8") for p in letters))
    )
    assert not [number for number, times in numbers.items() if times > 1]
    assert not [path for path in letters if "可能重复" in path.read_text(encoding="utf-8")]
    with walk.ledger.reading() as connection:
        alerts = connection.execute(
            sa.select(tables.alert.c.number, tables.alert.c.about, tables.alert.c.person)
        ).all()
        unsent = connection.scalar(sa.select(sa.func.count()).where(tables.message.c.status != "sent"))
    assert {row.number for row in alerts} == set(numbers)
    assert len({(row.about, row.person) for row in alerts}) == len(alerts) > 100 * YEARS / 10
    assert unsent == 0


def test_the_ledger_was_restored_twice_and_is_sound(walk):
    assert walk.restored == [day for day in (BREAKS, IS_LOST) if day <= END]
    safekeeping.checked(walk.home.path / "ledger.sqlite3")
    assert len(list(walk.home.backups.glob("night-*.sqlite3"))) == 14
    assert set(walk.exits) <= {0, 3}


def test_the_report_of_an_old_week_made_again_is_the_same_to_the_byte_but_for_who_was_forgotten(walk):
    labels = sorted(walk.reports)
    chosen = {labels[0], labels[len(labels) // 3], labels[-30:][0], labels[-2:][0], labels[-1]}
    for label in chosen:
        day, before = walk.reports[label]
        _, after = walk.report(day, again=True)
        whole = day > END - timedelta(days=300)
        for name in before if whole else ():
            assert before[name] == after[name], (label, name)
        # Unit pages hold only what is filed, but for strangers in the unit's own name.
        for name in (name for name in before if name.parent.name == "units" and name.name != "0.html"):
            assert before[name] == after[name], (label, name)


def test_memory_stays_flat_and_the_ledger_grows_by_the_same_every_year(walk):
    if YEARS < 4:
        pytest.skip("shorter than four years")
    memory = [row[2] for row in walk.years]
    assert memory[-1] - memory[1] < 40, memory
    sizes = [row[1] for row in walk.years]
    growth = [after - before for before, after in pairwise(sizes[1:])]
    assert max(growth) < 2 * (sum(growth) / len(growth)), sizes
