"""Origins: which substitute base address stands for a platform's own origin, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from urllib.parse import urljoin, urlsplit

_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> str:
    """Give `scheme://host[:port]` in lower case, a default port dropped; '' when the url has none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    if not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = "" if port in (None, _PORTS.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{host}{shown}"


def _after_origin(url: str) -> str:
    parts = urlsplit(url)
    rest = url.partition("://")[2][len(parts.netloc) :]
    return rest if rest.startswith("/") else f"/{rest}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Origins:
    """The mapping of `[origins]`: origin -> substitute base address."""

    mapping: Mapping[str, str]

    @cached_property
    def _bases(self) -> dict[str, str]:
        return {origin(key): base.rstrip("/") for key, base in self.mapping.items()}

    @cached_property
    def endpoints(self) -> frozenset[tuple[str, int]]:
        """Host and port of every substitute: the only private addresses that a visit may touch."""
        parts = [urlsplit(base) for base in self._bases.values()]
        return frozenset((p.hostname or "", p.port or _PORTS.get(p.scheme, 0)) for p in parts)

    @cached_property
    def on_loopback(self) -> bool:
        """Say whether there are substitutes and all of them are on this machine."""
        hosts = {host for host, _ in self.endpoints}
        return bool(hosts) and all(host == "localhost" or _is_loopback(host) for host in hosts)

    def covers(self, url: str) -> bool:
        """Say whether the original address has a substitute."""
        return origin(url) in self._bases

    def substitute(self, url: str) -> str:
        """Give the address to ask instead of the original one; the same when it has no substitute."""
        base = self._bases.get(origin(url))
        return url if base is None else base + _after_origin(url)

    def original(self, url: str) -> str:
        """Give the platform's own address for one below a substitute; any other stays as it is."""
        best = ""
        found = url
        for source, base in self._bases.items():
            if len(base) > len(best) and url.startswith(base) and url[len(base) :][:1] in ("", "/", "?", "#"):
                best, found = base, source + (url[len(base) :] or "/")
        return found

    def target(self, asked: str, location: str) -> str:
        """Give the original address that a redirect of `asked` (original) points to.

        A location that is no address is given back as it is. One that begins with a slash means the
        platform's own root, also where the substitute stands in a folder.
        """
        try:
            actual = urljoin(self.substitute(asked), location)
        except ValueError:
            return location
        back = self.original(actual)
        if back != actual or not self.covers(asked):
            return back
        if origin(actual) == origin(self.substitute(asked)):
            return origin(asked) + _after_origin(actual)
        return actual
