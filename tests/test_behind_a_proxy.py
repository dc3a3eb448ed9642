"""A whole live night on a server without a way out but the campus's proxy: nothing passes beside it, no failure accuses."""

import os
from datetime import UTC, datetime

import ledgers
import pytest
from authority import Authority
from campusproxy import LOGIN, campus_proxy
from conftest import started, xunjian
from farhosts import HOSTS, far_hosts
from standins import SECRET, Today, WeCom

from crawlers.browser import found
from crawlers.rehearsal.cast import scenario
from crawlers.rehearsal.server import Stage

pytestmark = pytest.mark.long

ROBOT = "robot.yunling.example"
PASSWORD = LOGIN.partition(":")[2]
SETTINGS = f"""
[proxy]
url = "{{url}}"
user_env = "CAMPUS_USER"
password_env = "CAMPUS_PASSWORD"

[channels.group]
kind = "wecom"
url_file = "robot"

[[people]]
name = "值班"
role = "officer"
channel = "group"

[[people]]
name = "信息办"
role = "maintainer"
channel = "group"

[alerts]
retry_minutes = [0]
ping = "https://{ROBOT}/alive"
"""


@pytest.fixture
def campus(tmp_path):
    """A live home of the rehearsal's school, whose platforms and robot stand behind a proxy with a login."""
    authority, home, robot = Authority(tmp_path / "authority"), tmp_path / "home", WeCom(Today())
    started(home)
    chromium = tmp_path / "chromium"
    trusting = f"--ignore-certificate-errors-spki-list={authority.spki}"
    chromium.write_text(f'#!/bin/sh\nexec {found(None)} {trusting} "$@"\n')
    chromium.chmod(0o755)
    robot.server.socket = authority.keys(ROBOT).wrap_socket(robot.server.socket, server_side=True)
    (home / "robot").write_text(f"https://{ROBOT}{robot.path}")
    with (
        Stage(scenario(), datetime.now(UTC)) as stage,
        far_hosts(stage, authority.keys(*HOSTS)) as far,
        campus_proxy(dict.fromkeys([(host, 443) for host in HOSTS], far.server_port), LOGIN) as proxy,
    ):
        proxy.ways[ROBOT, 443] = robot.server.server_address[1]
        text = (home / "school.toml").read_text(encoding="utf-8")
        for old, new in (
            ("rehearsal = true", "rehearsal = false"),
            ('# robots = "visit-and-search"', 'robots = "visit-and-search"'),
            ("jitter = 4.0", "jitter = 0\npace_seconds = 0.01"),
            ("[browser]\n", f'[browser]\npath = "{chromium}"\n'),
        ):
            assert old in text
            text = text.replace(old, new)
        (home / "school.toml").write_text(text + SETTINGS.format(url=proxy.url), encoding="utf-8")
        trust = {"SSL_CERT_FILE": str(authority.file)}
        login = {"CAMPUS_USER": "xunjian", "CAMPUS_PASSWORD": PASSWORD}
        # A proxy of the environment would be refused: nobody listens there.
        yield home, proxy, far, robot, os.environ | trust | login | {"https_proxy": "http://127.0.0.1:9"}
    robot.close()


def test_a_night_with_browser_search_robot_and_sign_of_life_goes_through_it_alone(campus):
    home, proxy, far, robot, env = campus
    night = xunjian(home, "night", "--platform", "bilibili", "--json", env=env)
    assert night.code == 0, night.err
    assert (night.rows[0]["doubt"], night.rows[0]["visited"]) == (None, night.rows[0]["planned"])
    assert night.rows[0]["searched"] == 2
    assert far.peers and far.peers <= proxy.out
    assert {host for host, _ in proxy.wished} >= {
        "api.bilibili.com",
        "space.bilibili.com",
        "search.bilibili.com",
        ROBOT,
    }
    assert robot.taken and any(path == "/alive" for path, _, _ in robot.raw)
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "robot"]
    assert not [content for content in written if PASSWORD.encode() in content or SECRET.encode() in content]
    assert PASSWORD not in night.out + night.err


def test_behind_a_proxy_that_refuses_nobody_is_accused_and_the_maintainer_reads_its_name(campus):
    home, proxy, far, robot, env = campus
    proxy.how = "denied"
    night = xunjian(home, "night", "--json", env=env)
    assert night.code == 3, night.err
    named = f"校园代理 127.0.0.1:{proxy.port} 不放行"
    assert len(night.rows) == 4 and all(named in row["doubt"] for row in night.rows)
    assert ledgers.asked(home, "SELECT count(*) FROM step") == [(0,)]
    assert far.asked == [] and robot.raw == []
    proxy.how = None
    assert xunjian(home, "tell", env=env).code == 0
    assert named in "".join(robot.texts())
