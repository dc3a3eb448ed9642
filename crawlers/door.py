"""The browser's only way out: a SOCKS5 proxy on loopback that checks each host and each address.

Resolver rules alone stop unknown names, but not a known name that resolves to a private address, nor
another port on the loopback address of a rehearsal. Every connection of every page, frame and worker, and
every redirect below Playwright's eyes, comes through here by name and is connected to the checked address,
or led through the campus's proxy where there is one.
"""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from contextlib import suppress

from crawlers.egress import Egress
from crawlers.tunnel import Link, Tunnel, joined
from monitors.proxy import Barred

log = logging.getLogger(__name__)

_CONNECT_SECONDS = 10.0
_GRANTED = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
_REFUSED = b"\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"
_FAILED = b"\x05\x04\x00\x01\x00\x00\x00\x00\x00\x00"


class Door:
    """A running proxy; `port` is where the browser finds it."""

    def __init__(self, egress: Egress, tunnel: Tunnel | None = None) -> None:
        self.egress = egress
        self.tunnel = tunnel
        self.port = 0
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            host, port = await _wish(reader, writer)
            answer, link = await self._connect(host, port)
            writer.write(answer)
            if link:
                await joined((reader, writer), link)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()

    async def _connect(self, host: str, port: int) -> tuple[bytes, Link | None]:
        if not self.egress.admits_connection(host, port):
            log.info("browser refused: %s:%d is not a host of this platform", host, port)
            return _REFUSED, None
        if self.tunnel and self.egress.by_proxy(host):
            return await self._led(self.tunnel, host, port)
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return _FAILED, None
        addresses = dict.fromkeys(str(entry[4][0]) for entry in found)
        allowed = [a for a in addresses if self.egress.admits_address(host, a)]
        if not allowed:
            log.warning("browser refused: %s resolves to a private address; ask who runs its DNS", host)
            return _REFUSED, None
        for address in allowed:
            with suppress(OSError, asyncio.TimeoutError):
                opening = asyncio.open_connection(address, port)
                return _GRANTED, await asyncio.wait_for(opening, _CONNECT_SECONDS)
        return _FAILED, None

    async def _led(self, tunnel: Tunnel, host: str, port: int) -> tuple[bytes, Link | None]:
        if not self.egress.admits_unresolved(host):
            log.info("browser refused: %s is an inner name or address", host)
            return _REFUSED, None
        try:
            return _GRANTED, await tunnel.open(host, port)
        except Barred:
            return _FAILED, None


async def _wish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int]:
    """Take the greeting and the request of RFC 1928; give the host and port asked for."""
    _, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    writer.write(b"\x05\x00")
    version, command, _, kind = await reader.readexactly(4)
    if (version, command) != (5, 1):
        raise ValueError("only SOCKS5 CONNECT is spoken here")
    if kind == 3:
        host = (await reader.readexactly((await reader.readexactly(1))[0])).decode("ascii").lower()
    else:
        host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
    return host, int.from_bytes(await reader.readexactly(2), "big")
