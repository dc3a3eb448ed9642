"""Scrapy's way out: Twisted's resolver, which passes on no address that may not be connected to.

For a host behind the campus's proxy it gives the way through the proxy as the host's address.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.egress import Egress
from crawlers.tunnel import Tunnel

if TYPE_CHECKING:
    from twisted.internet.interfaces import IAddress


@implementer(IResolutionReceiver)
class _Sieve:
    """Passes on the addresses that may be connected to; with none left the name does not resolve."""

    def __init__(self, receiver: Any, host: str, egress: Egress) -> None:
        self.receiver = receiver
        self.host = host
        self.egress = egress

    def resolutionBegan(self, resolution: IHostResolution) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: IAddress) -> None:
        if self.egress.admits_address(self.host, str(getattr(address, "host", ""))):
            self.receiver.addressResolved(address)

    def resolutionComplete(self) -> None:
        self.receiver.resolutionComplete()


@implementer(IHostResolution)
class _Led:
    """The resolution of a host behind the proxy: a port of this machine that leads to it."""

    def __init__(self, receiver: Any, host: str, port: int, egress: Egress, tunnel: Tunnel) -> None:
        self.name = host
        receiver.resolutionBegan(self)
        self._task = asyncio.ensure_future(self._lead(receiver, port, egress, tunnel))

    async def _lead(self, receiver: Any, port: int, egress: Egress, tunnel: Tunnel) -> None:
        if egress.admits_unresolved(self.name):
            corridor = await tunnel.corridor(self.name, port)
            receiver.addressResolved(IPv4Address("TCP", "127.0.0.1", corridor))
        receiver.resolutionComplete()

    def cancel(self) -> None:
        self._task.cancel()


@implementer(IHostnameResolver)
class CheckedResolver:
    """Twisted's resolver, checked between resolving and connecting, so that no answer can change after it."""

    def __init__(self, inner: Any, egress: Egress, tunnel: Tunnel | None = None) -> None:
        self.inner = inner
        self.egress = egress
        self.tunnel = tunnel

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if self.tunnel and self.egress.by_proxy(hostName):
            return _Led(resolutionReceiver, hostName, portNumber, self.egress, self.tunnel)
        sieve = _Sieve(resolutionReceiver, hostName, self.egress)
        return self.inner.resolveHostName(sieve, hostName, portNumber, *args, **kwargs)
