"""Web addresses in pasted text: found, taken apart, and refused where they would lead somewhere else."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from monitors.register.text import narrow

_SCHEMES = r"https?|bilibili|snssdk\d+"
# An address ends at the first letter that is not plain; after `=` browsers show Chinese as it is.
_TAIL = r"(?:(?![,;|]+https?:)[!#-&*-;=?-~]|(?<==)[\u4e00-\u9fff]+)"
WRITTEN = re.compile(
    rf"(?:{_SCHEMES}):[/\\]+{_TAIL}+"
    rf"|(?<![\w@./:-])(?://)?(?:[a-z0-9-]+\.)+[a-z]{{2,18}}(?::\d+)?(?:[/?#]{_TAIL}*)?",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"(?:^|[\s,;，；(（])(javascript|data|file|view-source|vbscript|blob|about|ftp|gopher|jar|chrome|wss?|telnet|ssh):",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Address:
    """A web address: as written, its host in lower case without `www.`, and host with all that follows."""

    url: str
    host: str
    rest: str

    @property
    def plain(self) -> str:
        """`host/path?query#fragment`, the form that link patterns match."""
        return self.host + self.rest

    @property
    def inner(self) -> tuple[str, ...]:
        """The addresses that the query carries, as login and redirect pages do."""
        values = (unquote(value) for _, value in parse_qsl(urlsplit(self.rest).query))
        return tuple(value for value in values if value.lower().startswith(("http://", "https://")))


class Hostile(Exception):
    """The text holds an address that must not be followed; the text says why, in Chinese."""


def addresses(text: str) -> list[Address]:
    """Give the addresses in a pasted text, in order; raise `Hostile` where one leads astray."""
    text = narrow(text)
    if match := _FOREIGN.search(text):
        raise Hostile(f"“{match[1].lower()}:” 不是网页地址")
    return [found for match in WRITTEN.finditer(text) if (found := _address(match[0].rstrip(".,;:!?")))]


def _address(url: str) -> Address | None:
    scheme, separator, rest = url.partition(":")
    web = scheme.lower() in ("http", "https")
    if not separator or "/" not in rest[:1] + rest[:1]:
        web, rest = True, "//" + url.removeprefix("//")
        url = "https:" + rest
    if "\\" in url:
        raise Hostile("地址里有反斜杠")
    authority = re.split(r"[/?#]", rest.lstrip("/"), maxsplit=1)[0]
    if "@" in unquote(authority):
        raise Hostile("地址里夹带了“@”，可能通向别的网站")
    if not web:
        return Address(url, f"{scheme.lower()}:", rest.lstrip("/"))
    host = re.sub(r":\d*$", "", authority.lower()).rstrip(".")
    _public(host)
    tail = rest.lstrip("/")[len(authority) :]
    return Address(url, host.removeprefix("www."), tail)


def _public(host: str) -> None:
    inside = "." not in host or host.endswith((".localhost", ".local", ".internal", ".lan"))
    try:
        literal = ipaddress.ip_address(host.strip("[]"))
        mapped = getattr(literal, "ipv4_mapped", None) or literal
        inside = not mapped.is_global
    except ValueError:
        inside = inside or bool(re.fullmatch(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}", host))
    if inside:
        raise Hostile("地址只在本机或内网有效")
