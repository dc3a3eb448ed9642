"""Sixty nights judged from the rehearsal's notes and told over every channel: who must hear what is reckoned apart.

The cases' trails are the ground (other tests reckon those with pen and paper); from them, and from the calendar,
this file says which alert each person must get in which night, and counts what the stand-ins took.
"""

import email
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from email import policy

import chinese_calendar
import ledgers
import portpicker
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from ledgers import written
from onfoot import OnFoot
from reckoning import ANCHOR, HOW, WALLED, day
from standins import KINDS, SECRET, Clock
from test_hundred_nights import notes_of

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage
from crawlers.rehearsal.walls import Wall
from monitors import casebook, tables
from monitors.judge import Visited, judge
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI, Note, Profile, Sightings
from reports import lost, sending
from reports.sending import Manner
from schedules import config, delivery, law, register, telling
from schedules.home import Home
from schedules.starter import register as starter_register

NIGHTS = 60
SEEN = ("weibo", "bilibili", "douyin")
VACATION = (day(40), day(49))
REMIND = 5
ACKED, ACKED_ON = "王老师", 12
LOOK_ALIKE, MET_ON = "云岭大学官方发布", 9
NUMBER = re.compile(r"编号：(XJ-\d{4}-\d{6})")

SETTINGS = """
[alerts]
remind_working_days = {remind}

[channels."群"]
kind = "wecom"
url = "{wecom}"
allow_plain = true

[channels."钉"]
kind = "dingtalk"
url = "{dingtalk}"
secret_file = "secret"
allow_plain = true

[channels."飞"]
kind = "feishu"
url = "{feishu}"
secret_file = "secret"
allow_plain = true

[channels."钩"]
kind = "webhook"
url = "{webhook}"
secret_env = "XUNJIAN_HOOK_SECRET"
allow_plain = true

[channels."信"]
kind = "mail"
host = "127.0.0.1"
port = {mail}
tls = "none"
sender = "xunjian@yunling.example"
allow_plain = true

[[people]]
name = "王老师"
role = "officer"
channel = "群"

[[people]]
name = "李老师"
role = "officer"
platforms = ["weibo"]
severity = "high"
channel = "钩"

[[people]]
name = "学校办公室"
role = "office"
channel = "钉"

[[people]]
name = "单位"
role = "unit_head"
units = {units}
channel = "飞"

[[people]]
name = "信息办"
role = "maintainer"
channel = "信"
address = "it@yunling.example"
"""


class Letterbox:
    """The mails that a mail server took."""

    def __init__(self):
        self.taken = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        self.taken.append(message.get_body(("plain",)).get_content().replace("\r\n", "\n"))
        return "250 OK"

    def texts(self):
        return self.taken


class Walk:
    """What sixty nights came to: the stand-ins, the cases, and what each night gave each of them."""

    def __init__(self):
        self.clock = Clock()
        self.robots = {kind: stand_in(self.clock) for kind, stand_in in KINDS.items()}
        self.letters = Letterbox()
        self.office = Controller(self.letters, hostname="127.0.0.1", port=portpicker.pick_unused_port())
        self.office.start()
        self.given = defaultdict(dict)

    @property
    def places(self):
        told = {"王老师": "wecom", "李老师": "webhook", "学校办公室": "dingtalk", "单位": "feishu"}
        return {name: self.robots[kind] for name, kind in told.items()} | {"信息办": self.letters}

    def close(self):
        self.office.stop()
        for robot in self.robots.values():
            robot.close()


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    walked = Walk()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XUNJIAN_HOOK_SECRET", SECRET)
        _walk(walked, Home(tmp_path_factory.mktemp("sixty")))
    yield walked
    walked.close()


def _walk(walked, home):
    written(home.path)
    starter_register.written(home.path / "台账.xlsx", ANCHOR)
    accounts, filing = register.taken_in(
        home, config.load(home.path), Ledger(ledgers.address(home.path)), ANCHOR
    )
    walked.accounts = accounts
    walked.units = sorted({a.unit for a in accounts.values() if a.platform in SEEN})[::2]
    path = home.path / "school.toml"
    settings = path.read_text(encoding="utf-8")
    (home.path / "secret").write_text(f"{SECRET}\n")
    urls = {kind: robot.url for kind, robot in walked.robots.items()}
    settings = settings.replace(
        "vacations = []", f'vacations = [["{VACATION[0]}", "{VACATION[1]}"]]'
    ) + SETTINGS.format(remind=REMIND, mail=walked.office.port, units=walked.units, **urls)
    path.write_text(settings, encoding="utf-8")
    loaded, ledger = config.load(home.path), Ledger(ledgers.address(home.path))
    held = law.law(loaded, home.path, accounts, filing)
    walls = [
        Wall(platform=name, how=HOW[name], nights=frozenset(day(n) for n in nights))
        for name, nights in WALLED.items()
    ]
    with Stage(scenario(), ANCHOR, ANCHOR, walls) as stage:
        for offset in range(NIGHTS):
            stage.clock = datetime.combine(day(offset), datetime.min.time(), SHANGHAI) + timedelta(hours=2.5)
            with ledger.writing() as connection:
                judged = judge(connection, held, day(offset), list(_visits(stage, accounts, offset)))
                telling.queue_night(connection, loaded, held, day(offset), judged)
            _tell(walked, home, loaded, ledger, offset)
    with ledger.reading() as connection:
        walked.cases = casebook.cases(connection)
        walked.rows = connection.execute(sa.select(tables.alert).order_by(tables.alert.c.id)).all()
        walked.doubts = connection.execute(
            sa.select(tables.platform_night).order_by(tables.platform_night.c.day)
        ).all()
        walked.backlog = sending.backlog(connection)
        walked.lost = lost.dead_letters(connection)


def _visits(stage, accounts, offset):
    for name in SEEN:
        told = [note for note, _ in notes_of(OnFoot(stage, wire=False), name, accounts.values(), stage.clock)]
        words = None
        if name == "bilibili" and offset == MET_ON:
            met = Sightings((Profile("77000001", LOOK_ALIKE),), False)
            told.append(Note(name, "search", "云岭大学", stage.clock, met))
            words = 1
        yield Visited(name, told, frozenset(), words, "done")


def _tell(walked, home, loaded, ledger, offset):
    """Send as the night does, with time that passes only by waiting; then somebody answers one alert."""
    walked.clock.at = datetime.combine(day(offset), datetime.min.time(), SHANGHAI) + timedelta(
        hours=4, minutes=1
    )
    before = {name: len(place.texts()) for name, place in walked.places.items()}
    how = delivery.manner(loaded, home, timely=False, day=day(offset))
    how = Manner(how.retry_minutes, how.dead_after, how.quiet, how.resting, how.shelf, walked.clock)
    with ledger.reading() as connection:
        people = delivery.everybody(loaded, connection)
    sent = sending.send(ledger, delivery.channels(loaded, home), people, walked.clock.now(), how)
    assert sent.errors == ()
    for name, place in walked.places.items():
        walked.given[offset][name] = place.texts()[before[name] :]
    if offset == ACKED_ON:
        alert = tables.alert
        first = sa.select(sa.func.min(alert.c.id)).where(
            alert.c.person == ACKED, alert.c.about.like("step:%")
        )
        with ledger.writing() as connection:
            done = alert.update().where(alert.c.id == first.scalar_subquery())
            connection.execute(done.values(acked_by="王", acked_at=walked.clock.now()))
            walked.acked = connection.scalar(first)


# ── what must be heard, by pen ──────────────────────────────────────────────────────────────────


def working_days_after(start, count):
    on = start
    while count:
        on += timedelta(days=1)
        paused = VACATION[0] <= on <= VACATION[1]
        working = on.weekday() < 5 if on.year > 2026 else chinese_calendar.is_workday(on)
        count -= working and not paused
    return on


def severity(case):
    if case.rule in ("gone", "suspended"):
        return "urgent"
    return "high" if case.rule in ("silence", "never-posted", "unapproved-name") else "normal"


def hears(walked, name, case, stage, heard):
    platform, account = case.key.split(":")[0], walked.accounts.get(case.key)
    unit = account.unit if account else ""
    if name == "王老师":
        return True
    if name == "李老师":
        return (platform == "weibo" and severity(case) in ("high", "urgent")) or (stage == "closed" and heard)
    if stage == "closed":
        return heard
    if name == "学校办公室":
        return stage in ("circular", "closure_recommended")
    return unit in walked.units and stage in ("notice_issued", "circular", "closure_recommended")


def steps_to_hear(walked):
    """(person, case, step number, day) of every step that somebody must hear of."""
    for case in walked.cases:
        of_night = {step.on: number for number, step in enumerate(case.trail, 1)}
        heard = set()
        for on, number in sorted(of_night.items()):
            stage = case.trail[number - 1].stage
            for name in ("王老师", "李老师", "学校办公室", "单位"):
                if hears(walked, name, case, stage, name in heard):
                    heard.add(name)
                    yield name, case, number, on


def reminders_to_hear(walked):
    """(person, case, step number, day): five working days after each telling, until the case goes on."""
    acked = next(row.about for row in walked.rows if row.id == walked.acked)
    for name, case, number, on in steps_to_hear(walked):
        stage = case.trail[number - 1].stage
        # The rehearsal counts a notice as received and a circular as published: then a term runs.
        if stage not in ("suspected", "closure_recommended") and not (
            stage == "notice_issued" and case.kind != "activity"
        ):
            continue
        until = case.trail[number].on if len(case.trail) > number else day(NIGHTS)
        answered = f"step:{case.id}:{number}" == acked
        due = working_days_after(on, REMIND)
        while due < until:
            if answered and name in ("王老师", "李老师") and due > day(ACKED_ON):
                break
            yield name, case, number, due
            due = working_days_after(due, REMIND)


def outages(walked):
    """(platform, first doubted night, first believed one after it or None)."""
    for platform in WALLED:
        nights = [(row.day, row.believed) for row in walked.doubts if row.platform == platform]
        first = None
        for on, believed in nights:
            if not believed and first is None:
                first = on
            if believed and first is not None:
                yield platform, first, on
                first = None
        if first is not None:
            yield platform, first, None


def expected(walked):
    """What each person must have heard: about and day of each alert."""
    must = Counter()
    for name, case, number, on in steps_to_hear(walked):
        must[name, f"step:{case.id}:{number}", on] += 1
    times = Counter()
    for name, case, number, on in sorted(reminders_to_hear(walked), key=lambda one: one[3]):
        if on >= day(NIGHTS):
            continue
        times[name, case.id, number] += 1
        must[name, f"remind:{case.id}:{number}:{times[name, case.id, number]}", on] += 1
    for platform, first, end in outages(walked):
        must["信息办", f"doubt:{platform}:{first}", first] += 1
        if end:
            must["信息办", f"restored:{platform}:{first}", end] += 1
    return must


# ── what was heard ──────────────────────────────────────────────────────────────────────────────


def test_everybody_is_told_exactly_what_the_trails_and_the_calendar_demand(walk):
    told = Counter((row.person, row.about, row.day) for row in walk.rows)
    must = expected(walk)
    assert told - must == Counter()
    assert must - told == Counter()
    kinds = Counter(about.split(":")[0] for _, about, _ in must)
    assert min(kinds[kind] for kind in ("step", "remind", "doubt", "restored")) >= 2, kinds


def test_every_alert_arrives_once_at_its_own_person_and_none_is_marked(walk):
    numbers = defaultdict(set)
    for row in walk.rows:
        numbers[row.person].add(row.number)
    for name, place in walk.places.items():
        heard = [number for text in place.texts() for number in NUMBER.findall(text)]
        assert sorted(heard) == sorted(numbers[name]), name
        assert not any("可能重复" in text for text in place.texts())
    assert walk.backlog == {"waiting": 0, "in_doubt": 0, "dead": 0}
    assert walk.lost == []


def test_no_robot_refused_anything_and_all_are_signed(walk):
    assert {kind: robot.refused for kind, robot in walk.robots.items()} == {kind: [] for kind in KINDS}
    assert all(len(robot.taken) for robot in walk.robots.values())


def test_a_night_is_one_digest_and_what_is_urgent_stands_apart(walk):
    for offset, night in walk.given.items():
        for name, texts in night.items():
            urgent = [text for text in texts if "【紧急】" in text]
            usual = [text for text in texts if "【紧急】" not in text]
            parts = [re.search(r"第 \d+ 页，共 (\d+) 页", text) for text in usual]
            whole = int(parts[0][1]) if parts and parts[0] else 1
            assert len(usual) <= whole, (offset, name)
            assert len(urgent) <= 1, (offset, name)


def test_a_look_alike_that_calls_itself_official_is_told_as_urgent_with_its_letters(walk):
    [text] = [text for text in walk.given[MET_ON]["王老师"] if "【紧急】" in text]
    assert LOOK_ALIKE in text
    assert "名称：" in text and "证据：" in text and "规定：" in text
    number = NUMBER.search(text)[1]
    assert f"xunjian decide {number} --as imitation" in text


def test_a_vacation_is_silent_but_for_urgent_news_and_the_first_morning_is_one_digest(walk):
    kept = [row for row in walk.rows if VACATION[0] <= row.day <= VACATION[1]]
    usual = {row.number for row in kept if not row.urgent and row.role != "maintainer"}
    first = (VACATION[1] - ANCHOR).days + 1
    for offset in range((VACATION[0] - ANCHOR).days, first):
        for name in ("王老师", "李老师", "学校办公室", "单位"):
            assert all("【紧急】" in text for text in walk.given[offset][name])
    heard = {
        number for texts in walk.given[first].values() for text in texts for number in NUMBER.findall(text)
    }
    assert usual <= heard


def test_a_case_is_told_with_clause_deadline_evidence_and_the_way_to_answer(walk):
    texts = [text for night in walk.given.values() for text in night["李老师"] if "再次提醒" not in text]
    notices = [text for text in texts if "请发整改通知" in text]
    assert notices
    for text in notices:
        assert "规定：《郑州西亚斯学院" in text
        assert "期限：" in text
        assert re.search(r"证据：巡检记录 \d{4}-\d\d-\d\d/weibo:", text)
        assert re.search(r"xunjian step XJ-\d{4}-\d{6} --to notice_received", text)


def test_the_first_of_the_year_is_numbered_anew(walk):
    january = [row.number for row in walk.rows if row.day >= date(2027, 1, 1)]
    assert january[0] == "XJ-2027-000001"


def test_platforms_of_the_walk_are_real_ones():
    assert set(SEEN) <= set(platforms())
