"""Where a visit may go: hosts by name before asking, addresses when connecting; one rule for both fetchers."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawlers.origins import Origins
from monitors.proxy import Proxy

_PORTS = {"http": 80, "https": 443}
# Names that no resolver of the open internet knows.
_INNER_NAMES = ("localhost", "local", "internal", "home.arpa")
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
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _matches(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def staged(hosts: Iterable[str], origins: Origins) -> bool:
    """Say whether a platform of these hosts plays on this machine, so that nothing of it is asked for live."""
    played = Egress(tuple(hosts), origins)
    return origins.on_loopback and any(played.admits(source) for source in origins.mapping)


@dataclass(frozen=True)
class Egress:
    """The hosts of one platform (`*.` for subdomains, `host:port` for an unusual port).

    `rehearsal`: nothing but the substitutes may be touched at all. `proxy`: the campus's, which then learns the
    addresses in our place; never those of substitutes.
    """

    hosts: tuple[str, ...]
    origins: Origins
    rehearsal: bool = False
    proxy: Proxy | None = None

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
        return self._substitute(host) or public(address)

    def by_proxy(self, host: str) -> bool:
        """Say whether a host is reached through the campus's proxy."""
        return self.proxy is not None and self.proxy.serves(host) and not self._substitute(host)

    def admits_unresolved(self, host: str) -> bool:
        """Say whether the proxy may be asked for a host: no inner address in any writing, and no inner name."""
        labels = host.rstrip(".").split(".")
        if ":" in host or re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1]):
            return public(host)
        return len(labels) > 1 and not any(
            f".{host.rstrip('.')}".endswith(f".{name}") for name in _INNER_NAMES
        )

    def _substitute(self, host: str) -> bool:
        return any(host == named for named, _ in self.origins.endpoints)
