"""Where a visit may go: by name before it asks, by address when it connects, in both fetchers."""

import asyncio
import socket

import pytest

from crawlers.door import Door
from crawlers.egress import Egress, public
from crawlers.origins import Origins

HOSTS = ("weibo.com", "*.weibo.cn", "rss.example:8080")
LIVE = Egress(HOSTS, Origins({}))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.7", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.7", "fe80::1", "fe80::1%eth0",
        "fd00::1", "fec0::1", "ff02::1",
        "2002:7f00:1::", "2002:a00:7::1", "64:ff9b::7f00:1", "2001:db8::1", "2130706433", "nonsense",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_open_internet_is_refused(address):
    assert not public(address)


@pytest.mark.parametrize(
    "address", ["39.156.66.10", "2400:3200::1", "::ffff:39.156.66.10", "64:ff9b::279c:420a"]
)
def test_an_address_of_the_open_internet_is_let_through(address):
    assert public(address)


@pytest.mark.parametrize(
    "url",
    ["https://weibo.com/u/1", "http://weibo.com", "https://m.weibo.cn:443/x", "http://rss.example:8080/feed"],
)
def test_the_platforms_own_hosts_may_be_asked(url):
    assert LIVE.admits(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://weibo.cn/", "https://evilweibo.cn/", "https://weibo.com.evil.example/", "https://www.weibo.com/",
        "https://weibo.com:22/", "http://rss.example/feed", "ftp://weibo.com/", "file:///etc/passwd",
        "data:text/html,x", "javascript:1", "view-source:https://weibo.com/", "//weibo.com/", "",
        "http://internal\\@weibo.com/", "https://weibo.com\\@internal/", "https://weibo.com@internal/",
        "https://user:pass@weibo.com/", "https://weibo.com /", "https://weibo.com/\n", "https://weibo.com:x/",
        "http://127.0.0.1/", "http://2130706433/", "http://[::1]/", "http://[weibo.com]/",
    ],
)  # fmt: skip
def test_any_other_address_is_refused_before_it_is_asked(url):
    assert not LIVE.admits(url)


def test_a_rehearsal_may_touch_nothing_but_its_substitutes():
    rehearsal = Egress(HOSTS, Origins({"https://weibo.com": "http://127.0.0.1:8765/w"}), rehearsal=True)
    assert rehearsal.admits("https://weibo.com/x")
    assert not rehearsal.admits("https://m.weibo.cn/x")
    assert rehearsal.admits_connection("127.0.0.1", 8765)
    assert not rehearsal.admits_connection("127.0.0.1", 8766)
    assert not rehearsal.admits_connection("weibo.com", 443)


def test_a_private_address_is_let_through_only_for_the_substitute_that_is_named():
    partly = Egress(HOSTS, Origins({"https://weibo.com": "http://127.0.0.1:8765/w"}))
    assert partly.admits_address("127.0.0.1", "127.0.0.1")
    assert not partly.admits_address("m.weibo.cn", "127.0.0.1")


# ── the browser's door, spoken to as a browser does ─────────────────────────────────────────────


async def _knock(egress, host, port):
    """Ask the door for a connection; give its reply code, 0 for granted."""
    door = Door(egress)
    await door.open()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(b"\x05\x01\x00")
        assert await reader.readexactly(2) == b"\x05\x00"
        try:
            kind, name = b"\x01", socket.inet_aton(host)
        except OSError:
            kind, name = b"\x03", bytes([len(host)]) + host.encode()
        writer.write(b"\x05\x01\x00" + kind + name + port.to_bytes(2, "big"))
        code = (await reader.readexactly(10))[1]
        writer.close()
        return code
    finally:
        door.close()


def test_a_known_name_that_resolves_to_a_private_address_is_refused_when_connecting():
    with socket.create_server(("127.0.0.1", 0)) as inside:
        port = inside.getsockname()[1]
        named = Egress((f"localhost:{port}",), Origins({}))
        assert named.admits_connection("localhost", port)
        assert asyncio.run(_knock(named, "localhost", port)) == 2
        inside.setblocking(False)
        with pytest.raises(BlockingIOError):
            inside.accept()


def test_the_door_opens_to_a_substitute_and_to_no_other_port_beside_it():
    with socket.create_server(("127.0.0.1", 0)) as stage, socket.create_server(("127.0.0.1", 0)) as inside:
        port = stage.getsockname()[1]
        egress = Egress((), Origins({"https://weibo.com": f"http://127.0.0.1:{port}"}), rehearsal=True)
        assert asyncio.run(_knock(egress, "127.0.0.1", port)) == 0
        assert asyncio.run(_knock(egress, "127.0.0.1", inside.getsockname()[1])) == 2
        assert asyncio.run(_knock(egress, "169.254.169.254", 80)) == 2


@pytest.mark.parametrize(
    "noise", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x05\x01\x00\x05\x02\x00\x01", b"\x05" * 400]
)
def test_the_door_outlives_whatever_is_said_to_it(noise):
    async def say():
        door = Door(LIVE)
        await door.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(noise)
        writer.write_eof()
        assert not (await asyncio.wait_for(reader.read(), 5)).startswith(b"\x05\x00\x05\x00")
        door.close()
        return True

    assert asyncio.run(say())
