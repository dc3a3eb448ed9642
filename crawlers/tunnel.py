"""Ways through the campus's proxy: each is a connection that it was asked for by CONNECT, for both fetchers."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from functools import partial
from socket import gaierror
from urllib.parse import urlsplit

from monitors.proxy import LONGEST_HEAD, Barred, Proxy

log = logging.getLogger(__name__)

_SECONDS = 15.0

Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Tunnel:
    """Opens ways to hosts, and remembers by host why the last one was not given."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self._troubles: dict[str, str] = {}
        self._corridors: dict[tuple[str, int], asyncio.Server] = {}

    async def open(self, host: str, port: int) -> Link:
        """Give a connection that the proxy leads to the host; raises `Barred`."""
        try:
            link = await self._opened(host, port)
        except Barred as error:
            log.info("no way to %s:%d: %s", host, port, error)
            self._troubles[host] = str(error)
            raise
        self._troubles.pop(host, None)
        return link

    async def _opened(self, host: str, port: int) -> Link:
        if self.proxy.trouble:
            raise self.proxy.barred(self.proxy.trouble)
        writer = None
        try:
            async with asyncio.timeout(_SECONDS):
                reader, writer = await asyncio.open_connection(
                    self.proxy.host, self.proxy.port, limit=LONGEST_HEAD
                )
                writer.write(self.proxy.wish(host, port))
                head = await reader.readuntil(b"\r\n\r\n")
            self.proxy.granted(head, host, port)
            way = reader, writer
            writer = None
            return way
        except gaierror:
            raise self.proxy.barred("的域名解析不到，请核对 [proxy] url") from None
        except (OSError, EOFError, asyncio.LimitOverrunError) as error:
            raise self.proxy.unreached(error) from None
        finally:
            if writer:
                writer.close()

    async def corridor(self, host: str, port: int) -> int:
        """Give a port of this machine from which every connection is led to the host.

        Scrapy is given it as the host's address: what it says there, TLS included, is said to the host.
        """
        if (host, port) not in self._corridors:
            leading = partial(self._lead, host, port)
            self._corridors[host, port] = await asyncio.start_server(leading, "127.0.0.1", 0)
        address: tuple[str, int] = self._corridors[host, port].sockets[0].getsockname()
        return address[1]

    async def _lead(
        self, host: str, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            with suppress(Barred):
                await joined((reader, writer), await self.open(host, port))
        finally:
            writer.close()

    def close(self) -> None:
        """Close the corridors."""
        for corridor in self._corridors.values():
            corridor.close()

    def told(self, url: str, why: str) -> str:
        """Say why an address of a host behind the proxy gave no answer, with the proxy's part in it."""
        if trouble := self._troubles.get(urlsplit(url).hostname or ""):
            return trouble
        if why.startswith(("ERR_CERT_", "证书")):
            return self.proxy.between(why)
        return self.proxy.through(why)


async def joined(one: Link, other: Link) -> None:
    """Pour each side into the other until both have ended."""
    await asyncio.gather(_pour(one[0], other[1]), _pour(other[0], one[1]))


async def _pour(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
