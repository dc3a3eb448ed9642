"""Scrapy's way out: Twisted's resolver, which passes on no address that may not be connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.egress import Egress

if TYPE_CHECKING:
    from twisted.internet.interfaces import IAddress, IHostResolution


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


@implementer(IHostnameResolver)
class CheckedResolver:
    """Twisted's resolver, checked between resolving and connecting, so that no answer can change after it."""

    def __init__(self, inner: Any, egress: Egress) -> None:
        self.inner = inner
        self.egress = egress

    def resolveHostName(
        self,
        resolutionReceiver: Any,
        hostName: str,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        sieve = _Sieve(resolutionReceiver, hostName, self.egress)
        return self.inner.resolveHostName(sieve, hostName, *args, **kwargs)
