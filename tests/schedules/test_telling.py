"""From the settings to the people: recipients, quiet hours, answers by number, the trial, the watch over the night."""

import json
import re
import shutil
from datetime import UTC, date, datetime, time, timedelta

import ledgers
import portpicker
import pytest
import sqlalchemy as sa
from ledgers import written
from standins import KEY, SECRET, DingTalk, Feishu, WeCom
from typer.testing import CliRunner

from monitors import tables
from monitors.ledger import Ledger
from monitors.nouns import SHANGHAI
from monitors.register.contacts import Contact
from schedules import config, delivery, watch
from schedules.cli import app
from schedules.config import ConfigError
from schedules.home import Home

DAY = datetime.now(SHANGHAI).date()
LONG_AGO = DAY - timedelta(days=100)
NUMBER = re.compile(r"编号：(XJ-\d{4}-\d{6})")

PEOPLE = """
[channels.group]
kind = "wecom"
url_env = "GROUP_URL"
allow_plain = true

[channels.ding]
kind = "dingtalk"
url = "{ding}"
secret_file = "ding.secret"
allow_plain = true

[channels.flight]
kind = "feishu"
url = "{flight}"
secret_env = "FLIGHT_SECRET"
allow_plain = true

[[people]]
name = "值班"
role = "officer"
channel = "group"

[[people]]
name = "各单位"
role = "unit_head"
units = ["{unit}"]
channel = "ding"

[[people]]
name = "信息办"
role = "maintainer"
channel = "flight"
"""


@pytest.fixture(scope="module")
def robots():
    found = Robots()
    yield found
    for robot in (found.group, found.ding, found.flight):
        robot.close()


class Robots:
    """The stand-ins at which the people read."""

    def __init__(self):
        self.group, self.ding, self.flight = WeCom(), DingTalk(), Feishu()
        # The pace of real robots is kept in other tests.
        self.group.too_often = self.ding.too_often = self.flight.too_often = lambda: None


@pytest.fixture(scope="module")
def template(robots, tmp_path_factory):
    """A home in which a night has judged one account long silent, by hand, and one look-alike."""
    with pytest.MonkeyPatch.context() as patch:
        town = Town(tmp_path_factory.mktemp("template") / "home", robots, patch)
        written(town.path)
        (town.path / "notes" / str(DAY)).mkdir(parents=True)
        town.replace('use = ["sias-2020"]', 'use = ["sias-2020", "ncwu-2023", "gov-2019"]')
        town.run("judge", "--day", str(DAY))
        live = (tables.account.c.platform == "wechat") & (tables.account.c.state == "在用")
        with town.ledger().reading() as connection:
            account = connection.execute(sa.select(tables.account).where(live).order_by("key")).first()
        (town.path / "ding.secret").write_text(f"{SECRET}\n")
        town.add(PEOPLE.format(ding=robots.ding.url, flight=robots.flight.url, unit=account.unit))
        town.run("attest", account.key, "--last-post", str(LONG_AGO), "--by", "周")
        link = "https://weibo.com/u/6999000111"
        town.run("sight", "weibo", "云岭大学官方招生办", "--link", link, "--by", "周")
        assert town.run("judge", "--day", str(DAY)).code == 0
    return town.path, account


@pytest.fixture
def town(tmp_path, template, robots, monkeypatch):
    """A copy of that home, with nothing told yet."""
    shutil.copytree(template[0], tmp_path / "home")
    ledgers.copied(template[0], tmp_path / "home")
    for robot in (robots.group, robots.ding, robots.flight):
        robot.taken.clear(), robot.raw.clear(), robot.moods.clear()
    return Town(tmp_path / "home", robots, monkeypatch, template[1])


class Town:
    """A home, the stand-ins, and the command line between them."""

    def __init__(self, path, robots, monkeypatch, account=None):
        self.path, self.home, self.account = path, Home(path), account
        self.group, self.ding, self.flight = robots.group, robots.ding, robots.flight
        monkeypatch.setenv("GROUP_URL", self.group.url)
        monkeypatch.setenv("FLIGHT_SECRET", SECRET)

    def add(self, text):
        with (self.path / "school.toml").open("a", encoding="utf-8") as file:
            file.write(text)

    def replace(self, old, new):
        path = self.path / "school.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *words):
        result = CliRunner().invoke(app, ["--home", str(self.path), "--json", *words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ran(result)

    def ledger(self):
        return Ledger(ledgers.address(self.home.path))

    def read(self, table):
        with self.ledger().reading() as connection:
            return connection.execute(sa.select(table).order_by(*table.primary_key)).all()

    def number(self):
        """The number under which the officer was told of the silent account."""
        [text] = [text for text in self.group.texts() if "请发整改通知" in text]
        return NUMBER.search(text)[1]


class Ran:
    def __init__(self, result):
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr

    @property
    def rows(self):
        return [json.loads(line) for line in self.out.splitlines()]


def test_a_case_goes_to_the_officer_and_the_unit_and_only_once(town):
    account = town.account
    told = town.run("tell")
    assert (told.code, told.rows[0]["waiting"]) == (0, 0)
    officer, unit = "\n".join(town.group.texts()), "\n".join(town.ding.texts())
    assert f"请发整改通知：{account.name}" in officer and f"请发整改通知：{account.name}" in unit
    assert "xunjian step" in officer and "xunjian" not in unit
    assert town.run("tell").rows[0]["sent"] == 0


def test_every_clause_that_the_silence_breaks_is_cited(town):
    town.run("tell")
    text = "\n".join(town.group.texts())
    cited = re.findall(r"规定：(《[^》]*》[^\n]*)", text)
    assert len(cited) >= 3
    assert {"郑州西亚斯", "华北水利水电"} <= {
        name for name in ("郑州西亚斯", "华北水利水电") if name in "".join(cited)
    }
    assert "第六条（四）" in text and "二．4" in text.replace("二.4", "二．4")


def test_an_answer_needs_only_the_number_of_the_alert(town):
    account, _ = town.account, town.run("tell")
    number = town.number()
    assert town.run("ack", number, "--by", "王").code == 0
    assert [row.acked_by for row in town.read(tables.alert) if row.number == number] == ["王"]
    received = town.run("step", number, "--to", "notice_received", "--on", str(DAY), "--by", "王")
    assert received.code == 0, received.err
    assert [row.stage for row in town.read(tables.case) if row.key == account.key] == ["notice_received"]
    assert town.run("decide", number, "--as", "fine", "--by", "王", "--why", "已停办").code == 0
    assert [row.result for row in town.read(tables.case) if row.key == account.key] == ["mistaken"]
    assert town.run("ack", "XJ-1999-000001", "--by", "王").code == 1
    refused = town.run("decide", "XJ-1999-000001", "--as", "fine", "--by", "王", "--why", "x")
    assert refused.code == 1 and "XJ-1999-000001" in refused.err


def test_a_word_by_number_on_a_look_alike_is_remembered_for_the_account(town):
    town.run("tell")
    [text] = [text for text in town.group.texts() if "【紧急】" in text]
    number = NUMBER.search(text)[1]
    assert town.run("decide", number, "--as", "fine", "--by", "王", "--why", "是我们的").code == 0
    assert [row.key for row in town.read(tables.decision)] == ["weibo:6999000111"]
    attested = town.run("attest", number, "--last-post", str(DAY), "--by", "王")
    assert attested.code == 1 and "台账里没有" in attested.err


def test_what_people_record_is_told_to_the_unit_and_not_to_those_who_recorded_it(town):
    town.run("tell")
    number = town.number()
    before = len(town.group.taken)
    town.run("step", number, "--to", "notice_received", "--on", str(DAY), "--by", "王")
    town.run("tell")
    assert "整改通知已送达" in town.ding.texts()[-1]
    case = town.read(tables.case)[0].id
    # A colleague's phone that somebody writes into a reason goes no further than the ledger.
    said = town.run("revert", case, "--by", "王", "--why", "日期记错，见 13900471105")
    assert said.code == 0
    town.run("tell")
    assert "已撤回上一步" in town.ding.texts()[-1] and "日期记错" in town.ding.texts()[-1]
    listed = town.run("cases")
    assert "日期记错" in listed.out
    assert not any("13900471105" in text for text in (said.err, listed.out, *town.ding.texts()))
    assert len(town.group.taken) == before


def test_quiet_hours_keep_the_digest_and_let_urgent_news_through(town):
    town.add('\n[alerts]\nquiet = ["00:00", "23:59"]\n')
    town.run("tell", "--timely")
    if datetime.now(SHANGHAI).strftime("%H:%M") == "23:59":
        pytest.skip("the one minute of the day that is not quiet")
    assert all("【紧急】" in text for text in town.group.texts()) and town.ding.taken == []
    assert town.run("tell").code == 0
    assert any("请发整改通知" in text for text in town.group.texts()) and town.ding.taken


def test_a_vacation_keeps_the_digest_for_the_morning_after(town):
    town.replace("vacations = []", f'vacations = [["{DAY}", "{DAY}"]]')
    town.run("tell", "--timely")
    assert ["【紧急】" in text for text in town.group.texts()] == [True] and town.ding.taken == []
    town.replace(f'vacations = [["{DAY}", "{DAY}"]]', "vacations = []")
    town.run("tell", "--timely")
    assert len(town.group.taken) == 2 and town.ding.taken
    # The clock asks every few minutes: nothing to send is nothing to say.
    assert CliRunner().invoke(app, ["--home", str(town.path), "tell", "--timely"]).output == ""


def test_a_channel_without_its_secret_stops_no_other(town, monkeypatch):
    monkeypatch.delenv("GROUP_URL")
    told = town.run("tell")
    assert told.code == 1 and "GROUP_URL" in told.err
    assert (town.group.taken, len(town.ding.taken)) == ([], 1)
    monkeypatch.setenv("GROUP_URL", town.group.url)
    with town.ledger().writing() as connection:
        connection.execute(tables.message.update().values(next_at=datetime.now(UTC)))
    assert town.run("tell").code == 0
    assert len(town.group.taken) == 2 and "可能重复" not in town.group.texts()[0]


def test_the_trial_says_for_each_channel_what_it_answered(town):
    town.flight.moods = [{"code": 19024, "msg": "Key Words Not Found"}]
    tried = town.run("tell", "--test")
    assert tried.code == 1
    assert {row["channel"]: row["ok"] for row in tried.rows} == {
        "group": True,
        "ding": True,
        "flight": False,
        "folder": True,
    }
    assert "19024" in next(row["answer"] for row in tried.rows if row["channel"] == "flight")
    assert town.read(tables.message) == []
    assert town.run("tell", "--test").code == 0
    assert KEY not in tried.out + tried.err and SECRET not in tried.out + tried.err


def test_given_up_messages_go_out_again_when_asked(town):
    town.group.moods = [{"errcode": 93000, "errmsg": "invalid webhook url"}]
    town.run("tell")
    status = town.run("status").rows[-1]
    assert status["queue"]["dead"] >= 1
    assert "没有送到" in town.flight.texts()[-1] and len(NUMBER.findall(town.flight.texts()[-1])) == 1
    assert town.run("tell", "--again").code == 0
    assert town.run("status").rows[-1]["queue"]["dead"] == 0
    assert len(town.group.taken) == 2


def test_units_are_found_in_the_register(town):
    town.replace(
        f'units = ["{town.account.unit}"]\nchannel = "ding"', 'channel = "post"\naddress = "register"'
    )
    town.add('\n[channels.post]\nkind = "mail"\nhost = "127.0.0.1"\nport = 9\nsender = "a@b.example"\n')
    units = {}
    with town.ledger().writing() as connection:
        for row in connection.execute(sa.select(tables.account).order_by("key").limit(6)).all():
            units.setdefault(row.unit, f"{row.key.partition(':')[0]}@yunling.example")
            contact = Contact(email=f"{units[row.unit]}；second@yunling.example")
            connection.execute(tables.contact.delete().where(tables.contact.c.key == row.key))
            connection.execute(tables.contact.insert().values(key=row.key, record=contact))
    with town.ledger().reading() as connection:
        people = delivery.everybody(config.load(town.path), connection)
        trial = delivery.on_trial(config.load(town.path))
    # A test message spares them, and the channel is proved at its own sender.
    assert [person.address for person in trial if person.channel == "post"] == ["a@b.example"]
    heads = [person for person in people if person.role == "unit_head"]
    assert {person.units[0]: person.address for person in heads} == units
    assert len({person.name for person in heads}) == len(heads) > 1


# ── the watch ───────────────────────────────────────────────────────────────────────────────────

DUE = datetime.combine(date(2026, 11, 20), time(2, 0), SHANGHAI)


def looked(town, at, *runs):
    """What the watch queues at an instant, after the nights (started, ended, exit, error) of the ledger."""
    ledger = town.ledger()
    with ledger.writing() as connection:
        connection.execute(tables.run.delete())
        for started, ended, code, error in runs:
            row = {
                "kind": "night",
                "day": DUE.date(),
                "started_at": started,
                "ended_at": ended,
                "exit": code,
                "error": error,
            }
            connection.execute(tables.run.insert().values(**row))
    watch.look(config.load(town.path), ledger, at)
    return [row.text for row in town.read(tables.alert) if row.about.startswith("missed:")]


def test_a_night_that_did_not_run_hangs_or_broke_off_is_told_once(town):
    before = (DUE - timedelta(days=1), DUE - timedelta(hours=22), 0, None)
    hours = timedelta(hours=1)
    assert looked(town, DUE + 9 * hours) == []
    assert looked(town, DUE + 5 * hours, before) == []
    assert looked(town, DUE + 5 * hours, before, (DUE, None, None, None)) == []
    assert looked(town, DUE + 9 * hours, before, (DUE, DUE + hours, 3, None)) == []
    [late] = looked(town, DUE + 7 * hours, before)
    assert "还没有开始" in late
    assert len(looked(town, DUE + 8 * hours, before)) == 1
    broken = looked(
        town, DUE + 25 * hours, before, (DUE + 24 * hours, DUE + 24.5 * hours, 1, "OSError: disk full")
    )
    assert len(broken) == 2 and "disk full" in broken[1]
    hanging = looked(town, DUE + 55 * hours, (DUE + 48 * hours, None, None, None))
    assert len(hanging) == 3 and "还没有结束" in hanging[2]


def test_the_sign_of_life_is_an_https_call_whose_failure_is_a_warning(town, caplog):
    town.flight.raw.clear()
    address = town.flight.url.replace(town.flight.path, "/ping/secret-part?x=1")
    assert watch.ping(address)
    assert town.flight.raw[0][0] == "/ping/secret-part?x=1"
    town.flight.moods = [500]
    assert not watch.ping(address)
    away = f"http://127.0.0.1:{portpicker.pick_unused_port()}/ping/secret-part"
    assert not watch.ping(away)
    assert not watch.ping("https://hc..example:99999/ping/secret-part")
    assert len(caplog.records) == 3 and "secret-part" not in caplog.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[alerts]\nping = "http://hc.example/x"', "https"),
        ('[alerts]\nquiet = ["22:00", "25:00"]', "quiet"),
        ("[alerts]\nremind_working_days = 0", "remind_working_days"),
        ("[alerts]\nretry_minutes = []", "retry_minutes"),
        ("[alerts]\nretry_minutes = [-5]", "retry_minutes"),
        ('[channels.x]\nkind = "wecom"', "url"),
        (
            '[channels.x]\nkind = "mail"\nhost = "h"\nsender = "a@b.c"\n'
            '[[people]]\nname = "n"\nrole = "office"\nchannel = "x"',
            "address",
        ),
        ('[[people]]\nname = "n"\nrole = "office"\nchannel = "nowhere"', "nowhere"),
        ('[channels.x]\nkind = "wecom"\nsecret_evn = "U"', "secret_env"),
    ],
)
def test_settings_that_would_lose_news_are_refused_in_words(home, text, said):
    with (home / "school.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{text}\n")
    with pytest.raises(ConfigError, match=said):
        config.load(home)


def test_a_secret_file_that_is_not_there_is_named_and_nothing_of_it_told(home):
    with (home / "school.toml").open("a", encoding="utf-8") as file:
        file.write('\n[channels.x]\nkind = "feishu"\nurl_file = "no/such"\n')
    with pytest.raises(ConfigError, match="no/such"):
        config.load(home).channel_specs(home)
