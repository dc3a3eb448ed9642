"""The time inside a post's id: a date from a bare link, without asking the platform."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

_BASE62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIBO_EPOCH = 515483463
_BILIBILI_EPOCH = 1498838400
_FIRST, _LAST = datetime(2009, 8, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)

_WEIBO = re.compile(r"/(?:(?:status|detail|statuses)|(?:u/)?\d{6,11})/([0-9a-zA-Z]{9,16})/?", re.ASCII)
_DOUYIN = re.compile(r"/(?:share/)?(?:video|note|slides)/(\d{17,20})/?", re.ASCII)
_BILIBILI = re.compile(r"/(?:(?:opus|dynamic|detail)/)?(\d{16,20})/?", re.ASCII)


def posted_at(link: str) -> datetime | None:
    """Give the instant (UTC) that the id in a post's link carries; None for any other link.

    Douyin ids are some seconds older than the post, Weibo video ids up to minutes; WeChat links and
    Bilibili's BV ids carry no time. A made-up id may tell a future: whoever asks compares it with today.
    """
    try:
        parts = urlsplit(link.strip())
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https"):
        return None
    if _of(host, "weibo.com", "weibo.cn"):
        return _weibo(parts.path)
    if _of(host, "douyin.com", "iesdouyin.com"):
        found = _DOUYIN.fullmatch(parts.path)
        return douyin_time(found[1] if found else parse_qs(parts.query).get("modal_id", [""])[0])
    if host in ("t.bilibili.com", "www.bilibili.com", "m.bilibili.com"):
        return _bilibili(host, parts.path)
    return None


def douyin_time(aweme_id: object) -> datetime | None:
    """Give the instant inside a Douyin work's id, sent as number or digits; None for anything else."""
    text = str(aweme_id)
    if not (text.isascii() and text.isdigit() and 17 <= len(text) <= 20):
        return None
    return _plausible(int(text) >> 32)


def weibo_mid(bid: str) -> int:
    """Give the number of a Weibo post from its short form: from the right, four letters are seven digits."""
    groups = [bid[max(0, end - 4) : end] for end in range(len(bid), 0, -4)][::-1]
    numbers = [sum(_BASE62.index(c) * 62**n for n, c in enumerate(reversed(group))) for group in groups]
    return int("".join([str(numbers[0]), *(f"{number:07d}" for number in numbers[1:])]))


def _weibo(path: str) -> datetime | None:
    found = _WEIBO.fullmatch(path)
    if not found:
        return None
    number = int(found[1]) if found[1].isdigit() else weibo_mid(found[1])
    return _plausible((number >> 22) + _WEIBO_EPOCH) if len(str(number)) == 16 else None


def _bilibili(host: str, path: str) -> datetime | None:
    found = _BILIBILI.fullmatch(path)
    if not found or (host != "t.bilibili.com" and path.count("/", 1) == 0):
        return None
    return _plausible((int(found[1]) >> 32) + _BILIBILI_EPOCH)


def _of(host: str, *domains: str) -> bool:
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _plausible(seconds: int) -> datetime | None:
    if not _FIRST.timestamp() <= seconds < _LAST.timestamp():
        return None
    return datetime.fromtimestamp(seconds, UTC)
