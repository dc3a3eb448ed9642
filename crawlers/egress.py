"""Where a visit may go: hosts by name before asking, addresses when connecting, for Scrapy's fetcher."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.origins import Origins

if TYPE_CHECKING:
    from twisted.internet.interfaces import IAddress, IHostResolution

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def public(address: str) -> bool:
    """Say whether an IP address is one of the open internet, whatever it is wrapped in."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64 or (int(ip) >> 32) == 0:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return public(str(inner))
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


@dataclass(frozen=True)
class Egress:
    """The hosts of one platform (`*.` for subdomains, `host:port` for an unusual port).

    `rehearsal`: nothing but the substitutes may be touched at all.
    """

    hosts: tuple[str, ...]
    origins: Origins
    rehearsal: bool = False

    def admits(self, url: str) -> bool:
        """Say whether the original address may be asked; the one check before every request and hop."""
        if any(c <= " " or c in '\\"<>' for c in url):
            return False
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme)
        except ValueError:
            return False
        if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc or port is None:
            return False
        if not self._named(parts.hostname, port):
            return False
        return self.origins.covers(url) or not self.rehearsal

    def admits_connection(self, host: str, port: int) -> bool:
        """Say whether a browser may open a connection to what it calls `host`."""
        if (host, port) in self.origins.endpoints:
            return True
        return not self.rehearsal and self._named(host, port)

    def _named(self, host: str, port: int) -> bool:
        usual = port in _PORTS.values()
        return any(_matches(host, p) if usual else f"{host}:{port}" == p for p in self.hosts)

    def admits_address(self, host: str, address: str) -> bool:
        """Say whether `address`, to which `host` resolved just now, may be connected to."""
        return any(host == named for named, _ in self.origins.endpoints) or public(address)


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
