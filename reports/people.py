"""Who is told, and over what: people and channels as plain records, free of any configuration format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from monitors.proxy import Proxy
from monitors.rules import Severity

Role = Literal["officer", "unit_head", "office", "maintainer"]
ChannelKind = Literal["mail", "wecom", "dingtalk", "feishu", "webhook", "folder"]
Tls = Literal["starttls", "tls", "none"]

_MAILBOX = re.compile(r"[\w.+-]+@")
# A shorter part of an address is a word (`send`, `hook`) and no secret.
_SECRET = 6

# The channel that always exists: readable files under the home.
BUILT_IN_CHANNEL = "folder"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is told things.

    An empty `units` or `platforms` means all of them, except for a unit head, who answers only for the units
    named. `severity` is the least severity worth telling; `address` is for channels that need one (mail).
    """

    name: str
    role: Role
    channel: str = BUILT_IN_CHANNEL
    address: str = ""
    units: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    severity: Severity = "low"
    urgent_only: bool = False


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """One channel as configured, its secrets already taken from the environment.

    `proxy`: by which robots and webhooks are reached; mail and folders have no use for it.
    """

    name: str
    kind: ChannelKind
    path: Path | None = None
    host: str = ""
    port: int = 0
    tls: Tls = "starttls"
    sender: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    url: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    allow_plain: bool = False
    proxy: Proxy | None = None

    def hushed(self, text: str) -> str:
        """What the other side said, without the secrets and mailboxes that it may have said back."""
        parts = urlsplit(self.url)
        said = [self.url, self.secret, self.password, parts.query, parts.path.rsplit("/", 1)[-1]]
        said += [value for _, value in parse_qsl(parts.query)]
        for secret in sorted({one for one in said if len(one) >= _SECRET}, key=len, reverse=True):
            text = text.replace(secret, "……")
        return _MAILBOX.sub("***@", text)


BUILT_IN_PEOPLE = (Person("宣传部", "officer"), Person("维护人", "maintainer"))


def reachable(people: Sequence[Person]) -> tuple[Person, ...]:
    """The people, with the built-in one for each of officer and maintainer whom nobody was named for."""
    roles = {person.role for person in people}
    return (*people, *(person for person in BUILT_IN_PEOPLE if person.role not in roles))
