"""Robots, the webhook and the sign of life behind the campus's proxy: through it, or refused before they left."""

import socket
from pathlib import Path

import pytest
from authority import Authority
from campusproxy import ANSWERS, LOGIN, campus_proxy
from standins import KEY, KINDS, SECRET, Webhook
from test_group_robots import letter, spec

from monitors.proxy import Proxy
from reports.channels import Delivered, InDoubt, Refused
from reports.switchboard import channel
from schedules import watch

HOST = "robot.yunling.example"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def secured(robot, authority):
    """Let a stand-in speak TLS as `HOST`; gives the address of it out there."""
    robot.server.socket = authority.keys(HOST).wrap_socket(robot.server.socket, server_side=True)
    return f"https://{HOST}{robot.path}"


def port(robot):
    return robot.server.server_address[1]


@pytest.mark.parametrize("kind", KINDS)
def test_every_robot_is_reached_through_it_with_its_login_and_by_its_own_name(kind, authority):
    robot = KINDS[kind]()
    url = secured(robot, authority)
    with campus_proxy({(HOST, 443): port(robot)}, LOGIN) as proxy:
        way = Proxy("127.0.0.1", proxy.port, login=LOGIN)
        where = channel(spec(kind, url, ca_file=authority.file, proxy=way), Path())
        assert where.send(letter()) == Delivered()
        assert proxy.wished == [(HOST, 443)]
    [(_, headers, _)] = robot.raw
    assert headers["Host"] == HOST
    assert not [name for name in headers if name.lower().startswith("proxy")], (
        "the login is the proxy's alone"
    )
    robot.close()


def test_a_robot_on_this_machine_or_named_as_direct_is_reached_beside_it():
    robot = Webhook()
    with campus_proxy({}) as proxy:
        way = Proxy("127.0.0.1", proxy.port, direct=("im.yunling.example",))
        assert channel(spec("webhook", robot.url, proxy=way), Path()).send(letter()) == Delivered()
        inner = channel(spec("webhook", "https://im.yunling.example/x", proxy=way), Path()).send(letter())
        assert isinstance(inner, Refused) and "代理" not in inner.error
        assert proxy.heads == []
    robot.close()


@pytest.mark.parametrize("how", ANSWERS)
def test_what_the_proxy_refuses_has_not_left_and_is_told_as_the_proxys_doing(how):
    with campus_proxy({}) as proxy:
        proxy.how = how
        way = Proxy("127.0.0.1", proxy.port, login=LOGIN)
        url = f"https://{HOST}/send?key={KEY}"
        answer = channel(spec("wecom", url, proxy=way), Path()).send(letter())
        assert isinstance(answer, Refused) and answer.everything and not answer.final
        assert f"校园代理 127.0.0.1:{proxy.port}" in answer.error
        assert not [one for one in (KEY, SECRET, *LOGIN.split(":")[1:]) if one in answer.error]


def test_a_proxy_that_opens_tls_gets_no_message(authority, tmp_path):
    robot = Webhook()
    url = secured(robot, Authority(tmp_path / "campus", "Campus Inspection"))
    with campus_proxy({(HOST, 443): port(robot)}) as proxy:
        way = Proxy("127.0.0.1", proxy.port)
        answer = channel(spec("webhook", url, ca_file=authority.file, proxy=way), Path()).send(letter())
        assert isinstance(answer, Refused) and "证书不可信" in answer.error
        assert "拆开了加密连接" in answer.error and f":{proxy.port}" in answer.error
    assert robot.raw == []
    robot.close()


def test_silence_after_the_message_left_is_a_doubt_through_it_too(authority):
    robot = Webhook()
    url = secured(robot, authority)
    robot.moods = ["drop"]
    with campus_proxy({(HOST, 443): port(robot)}) as proxy:
        way = Proxy("127.0.0.1", proxy.port)
        answer = channel(spec("webhook", url, ca_file=authority.file, proxy=way), Path()).send(letter())
        assert isinstance(answer, InDoubt) and f"校园代理 127.0.0.1:{proxy.port}" in answer.error
    robot.close()


def test_the_sign_of_life_goes_through_it_and_its_failure_names_it(authority, monkeypatch, caplog):
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    flight = Webhook()
    secured(flight, authority)
    address = f"https://{HOST}/ping/secret-part"
    with campus_proxy({(HOST, 443): port(flight)}, LOGIN) as proxy:
        assert watch.ping(address, Proxy("127.0.0.1", proxy.port, login=LOGIN))
        assert flight.raw[0][0] == "/ping/secret-part"
        assert not watch.ping(address, Proxy("127.0.0.1", proxy.port))
        assert "407" in caplog.text and f"校园代理 127.0.0.1:{proxy.port}" in caplog.text
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        assert not watch.ping(address, Proxy("127.0.0.1", nobody.getsockname()[1], login=LOGIN))
    assert "secret-part" not in caplog.text and LOGIN.partition(":")[2] not in caplog.text
    flight.close()
