"""Headings put together from known words, which no list could hold: `phrases.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files


@cache
def phrases() -> Sequence[tuple[str, re.Pattern[str]]]:
    """Give (field, pattern of the whole folded heading), in the order in which they are to be tried."""
    table = tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))
    parts: dict[str, str] = {}
    for name, form in table["parts"].items():
        parts[name] = _filled(form, parts)
    return [(phrase["field"], re.compile(_filled(phrase["form"], parts))) for phrase in table["phrase"]]


def _filled(form: str, parts: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: parts[match[1]], form)


def field_of(heading: str) -> str | None:
    """Give the field that a folded heading means by its parts, None when it means none."""
    if len(heading) > 24:
        return None
    return next((field for field, form in phrases() if form.fullmatch(heading)), None)


@cache
def named_for(heading: str) -> str:
    """Give what stands before 名称, ID or 链接 in a folded heading: 微博 in 微博账号名称; else nothing."""
    match = re.fullmatch(
        r"(.+?)(?:官方)?(?:账号|帐号|账户|帐户)?的?"
        r"(?:名称|全称|昵称|名|id|uid|mid|号码?|主页|首页|链接|连接|地址|网址|url|二维码)+",
        heading,
    )
    return match[1] if match else ""
