"""Which account a pasted text means: profile links of every form, share texts, bare ids."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import unquote

from monitors.nouns import WitnessLink
from monitors.register.addresses import Address, addresses
from monitors.register.linkforms import LinkForm, forms, platform_of
from monitors.register.text import CONTACT, folded, narrow

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")

Patterns: TypeAlias = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True)
class Handle:
    """The account's stable id, and other ids that stood beside it."""

    handle: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ShortLink:
    """Names the account, but only the platform can say which: a short link, a custom domain, a 抖音号.

    `url` is an address to follow, `alias` the name or number where one is written.
    """

    url: str | None = None
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class PostLink:
    """Leads to a work or a collection of works, not to an account."""

    link: WitnessLink
    alias: str | None = None


@dataclass(frozen=True, slots=True)
class Foreign:
    """A link of another platform than the row's."""

    platform: str


@dataclass(frozen=True, slots=True)
class Several:
    """More than one account in one cell."""

    handles: tuple[str, ...]


Pasted: TypeAlias = Handle | ShortLink | PostLink | Foreign | Several


def handle_of(platform: str, text: str, patterns: Patterns) -> Pasted | None:
    """Give the account that the text means on the platform, None when it means none.

    `patterns`: the whole of a handle, by platform; where a platform is absent its loose form in
    `links.toml` stands in. Raises `Hostile` for an address that must not be followed.
    """
    form = forms()[platform]
    text = narrow(text).strip("'\"`").rstrip("。,;、")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    whole = patterns.get(platform) or form.bare
    found = addresses(text)
    if platform == "website":
        return _website(found, whole)
    if platform == "other" and len(found) == 1:
        return Handle(found[0].plain.rstrip("/"))
    if found:
        return _linked(form, found, whole)
    return _bare(form, text, whole)


def _website(found: list[Address], whole: re.Pattern[str] | None) -> Handle | None:
    if len(found) != 1 or not found[0].url.lower().startswith("http"):
        return None
    path = re.split(r"[?#]", found[0].rest, maxsplit=1)[0]
    path = re.sub(r"/(?:index|main|default)\.\w+$", "/", path).rstrip("/")
    handle = found[0].host + path
    return Handle(handle) if _is(handle, whole) else None


def _linked(form: LinkForm, found: list[Address], whole: re.Pattern[str] | None) -> Pasted | None:
    pasted = [_pasted(form, address, whole) for address in found]
    own = [result for result in pasted if result]
    handles = {result.handle: result for result in own if isinstance(result, Handle)}
    if len(handles) > 1:
        return Several(tuple(handles))
    order: tuple[type, ...] = (Handle, ShortLink, PostLink, Foreign)
    for kind in order:
        for result in own:
            if isinstance(result, kind):
                return result
    return None


def _pasted(form: LinkForm, address: Address, whole: re.Pattern[str] | None) -> Pasted | None:
    for kind in ("account", "alias", "short", "album", "post"):
        for pattern in getattr(form, kind):
            match = pattern.match(address.plain)
            if not match:
                continue
            if kind == "account":
                handle = unquote(match["handle"])
                return Handle(handle) if _is(handle, whole) else None
            if kind == "alias":
                return ShortLink(address.url, unquote(match["alias"]))
            return ShortLink(address.url) if kind == "short" else _post(address, kind == "album")
    for inner in address.inner:
        for other in addresses(inner):
            if result := _pasted(form, other, whole):
                return result
    owner = platform_of(address)
    return Foreign(owner) if owner and owner != form.name and not form.owns(address) else None


def _post(address: Address, album: bool) -> PostLink:
    biz = re.search(r"[?&]__biz=([A-Za-z0-9+/]+=*)", unquote(address.rest))
    return PostLink(WitnessLink("album" if album else "article", address.url), biz[1] if biz else None)


def _is(handle: str, whole: re.Pattern[str] | None) -> bool:
    return whole is None or whole.fullmatch(handle) is not None


def _bare(form: LinkForm, text: str, whole: re.Pattern[str] | None) -> Pasted | None:
    """Read ids without a link; a mobile number is nobody's id, and a sentence is none."""
    aliases: tuple[str, ...] = ()
    if form.only_alias:
        aliases = tuple(match[0] for match in form.only_alias.finditer(text))
        text = form.only_alias.sub(" ", text)
    words = [word for word in re.split(r"[\s:：=,，、;；/()（）\[\]【】@|]+", text) if word]
    ids = [_unlabelled(form, word) for word in words if folded(word) not in form.labels and not _prose(word)]
    if any(CONTACT.fullmatch(word) for word in ids):
        return None
    if not words and aliases:
        return ShortLink(None, aliases[0])
    if whole is None:
        return Handle(ids[0]) if len(ids) == 1 and len(words) == 1 else None
    good = list(dict.fromkeys(word for word in ids if whole.fullmatch(word)))
    if good and len(good) == len(set(ids)):
        return _chosen(form, good, aliases)
    alias = form.bare_alias
    if not good and len(ids) == 1 and alias and alias.fullmatch(ids[0]):
        return ShortLink(None, ids[0])
    return None


def _chosen(form: LinkForm, good: list[str], aliases: tuple[str, ...]) -> Handle | Several:
    if len(good) == 1:
        return Handle(good[0], aliases)
    stable = [word for word in good if form.stable and form.stable.fullmatch(word)]
    if len(stable) == 1:
        return Handle(stable[0], (*(word for word in good if word not in stable), *aliases))
    return Several(tuple(good))


def _prose(word: str) -> bool:
    return not re.search(r"[A-Za-z0-9]", word)


def _unlabelled(form: LinkForm, word: str) -> str:
    """Take `UID` off `UID12345` and `微博` off `微博12345`."""
    for label in sorted(form.labels, key=len, reverse=True):
        if folded(word).startswith(label) and re.fullmatch(r"\d+", word[len(label) :]):
            return word[len(label) :]
    return word
