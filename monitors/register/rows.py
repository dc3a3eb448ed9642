"""One row of the register becomes an account with its contact, or is set aside with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from monitors.nouns import Account
from monitors.register.cells import Cell, Cells
from monitors.register.contacts import Contact
from monitors.register.handles import Patterns, ShortLink
from monitors.register.identity import identity, witnesses
from monitors.register.linkforms import forms
from monitors.register.people import contact
from monitors.register.states import state_of
from monitors.register.text import CONTACT, hidden, narrow
from monitors.register.vocabulary import PlatformWord

Asks: TypeAlias = AbstractSet[Literal["leader", "manager", "own_staff"]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a row says of itself, as far as it can be read; a refused row is matched by it."""

    platform: str | None
    handle: str | None
    name: str | None
    unit: str | None

    @property
    def key(self) -> str | None:
        if self.platform is None or not (self.handle or self.name):
            return None
        return f"{self.platform}:{self.handle or f'name={self.name}'}"


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that was read: its account, its people, and links still to be resolved."""

    account: Account
    contact: Contact
    pending: tuple[ShortLink, ...]


def taken(cells: Cells, patterns: Patterns, today: date, asks: Asks) -> tuple[Known, Taken | None]:
    """Read one row; what is wrong is noted in `cells`. Without a platform or a name there is no account."""
    cells.failed()
    word, name, unit = platform_of_row(cells), name_of(cells), unit_of(cells)
    platform = word.platform if word else None
    people = contact(cells, asks)
    dates = {field: cells.day(field, today) for field in ("created_on", "filed_on", "reviewed_on")}
    state = state_of(cells)
    if platform is None or word is None:
        return Known(None, None, name, unit), None
    who = identity(cells, platform, name or "", patterns)
    known = Known(platform, who.handle, name, unit)
    if name is None or unit is None:
        return known, None
    _length(cells, platform, name)
    verified, verified_as = _verified(cells)
    tier = cells.text("tier")
    account = Account(
        platform=platform,
        handle=who.handle,
        name=name,
        unit=unit,
        tier=cells.vocabulary.tier(tier) if tier else cells.entry.context.tier,
        officer=people.post,
        type=cells.free("type") or word.type,
        state=state,
        verified=verified,
        verified_as=verified_as,
        created_on=dates["created_on"],
        filed_on=dates["filed_on"],
        aliases=tuple(who.aliases),
        witnesses=tuple(dict.fromkeys([*who.witnesses, *witnesses(cells)])),
        note=cells.free("note"),
        scope=cells.free("scope"),
        purpose=cells.free("purpose"),
        reviewed_on=dates["reviewed_on"],
    )
    return known, Taken(account, people, tuple(who.pending))


def platform_of_row(cells: Cells) -> PlatformWord | None:
    """Give the row's platform, from its cell or from what the sheet says; note an unknown one."""
    cell = cells.first("platform")
    if cell is None:
        if cells.entry.context.platform is None and cells.table.head.has("platform"):
            cells.say(
                "error", "missing", "“平台”没有填。请填微博、微信公众号、抖音、哔哩哔哩等。", "platform"
            )
        return _of_column(cells)
    word = cells.vocabulary.platform(cell.text, groups=cells.table.kind == "groups")
    if word:
        return _narrowed(cells, word)
    named = cells.vocabulary.platforms_in(cell.text)
    if len(named) > 1:
        message = f"“{cell.column.heading}”里写了几个平台：“{hidden(cell.text)}”。请一个平台一行。"
        cells.say("error", "several_platforms", message, cell)
        return None
    near = cells.vocabulary.nearest_platform(cell.text)
    guess = f"是不是“{near}”？" if near else ""
    message = f"平台“{hidden(cell.text)}”不认识。{guess}没有对应平台的请填“其他”。"
    cells.say("error", "unknown_platform", message, cell)
    return None


def _narrowed(cells: Cells, word: PlatformWord) -> PlatformWord:
    """Take 微信 with the type 视频号 or 小程序 for what it is."""
    kind = cells.text("type") if word.platform == "wechat" else None
    other = cells.vocabulary.platform(kind) if kind else None
    return other if other and other.platform in ("channels", "miniprogram") else word


def _of_column(cells: Cells) -> PlatformWord | None:
    """Give the platform that the sheet or the column says; a column of 其他 does not say which."""
    word = cells.entry.context.platform
    if word and word.platform == "other" and cells.table.head.platform:
        column = next(c for c in cells.table.head.columns if c.index in cells.table.head.own)
        message = f"“{column.heading}”一列看不出是哪个平台。请把这个账号另写一行，写明平台。"
        cells.say("error", "unknown_platform", message, column)
        return None
    return word


def name_of(cells: Cells) -> str | None:
    """Give the name of the account or group."""
    field = "group_name" if cells.table.kind == "groups" else "name"
    cell = cells.first(field)
    if cell is None:
        both = next((column for column in cells.table.head.by_field.get(field, ()) if column.both), None)
        if both:
            message = (
                f"“{both.heading}”一栏没有写账号名称。请填平台上显示的全称，账号ID或链接写在后面的括号里。"
            )
            cells.say("error", "missing", message, both)
        elif cells.table.head.has(field):
            title = "群名称" if cells.table.kind == "groups" else "账号名称"
            cells.say("error", "missing", f"“{title}”没有填。请填平台上显示的全称。", field)
        return None
    if CONTACT.search(narrow(cell.text)):
        message = f"“{cell.column.heading}”里有电话号码或邮箱，可能错了列。请只填账号名称。"
        cells.say("error", "contact_in_name", message, cell.column)
        return None
    if cell.column.both and len(cell.lines.split("\n")) > 1:
        cells.say("error", "several_accounts", "一格里写了不止一个账号，请一行只写一个。", cell)
        return None
    if "://" in cell.text:
        message = f"“{cell.column.heading}”里夹着网址，请把网址移到“主页链接”一列，这里只写名称。"
        cells.say("error", "link_in_name", message, cell)
        return None
    return cell.text.removeprefix("@").strip() or cell.text


def unit_of(cells: Cells) -> str | None:
    """Give the unit that runs the account, from its cell or from the title."""
    unit = cells.free("unit") or cells.entry.context.unit
    if unit is None and cells.table.head.has("unit"):
        message = "“创建单位”没有填。请填开办这个账号的单位；与上一行相同的也请写出来（或合并单元格）。"
        cells.say("error", "missing", message, "unit")
    return unit


def _length(cells: Cells, platform: str, name: str) -> None:
    longest, title = forms()[platform].longest, forms()[platform].title
    cell = cells.first("name") or cells.first("group_name")
    if len(name) > longest and cell:
        message = f"名称有 {len(name)} 个字，“{title}”最多 {longest} 个字。请填平台上显示的名称。"
        cells.say("error", "name_too_long", message, cell)


def _verified(cells: Cells) -> tuple[bool | None, str | None]:
    """Give whether the account is filed as verified and as whom: `是（云岭大学）` says both."""
    cell = next((c for c in _with_blanks(cells) if c[1]), None)
    verified_as = cells.free("verified_as")
    if cell is None:
        return None, verified_as
    column, text = cell
    verified = cells.vocabulary.verified(text)
    inside = re.search(r"[（(](.+)[)）]", text)
    if verified is None:
        message = f"“{column}”里的“{hidden(text)}”看不出是否认证，请填“是”或“否”。"
        cells.say("warning", "unclear_verified", message, "verified")
    elif verified and inside and not verified_as and len(inside[1]) > 3:
        verified_as = inside[1]
    return verified, verified_as


def _with_blanks(cells: Cells) -> list[tuple[str, str]]:
    """Give the cells of 是否认证 with 无 and 0, which elsewhere count as empty and here mean no."""
    found = []
    for column in cells.table.head.columns:
        value = cells.entry.values.get(column.index)
        if column.field == "verified" and isinstance(value, str | bool | int | float):
            text = narrow(Cell(column, value).text)
            if text and text not in ("-", "/", "—", "——", "\\"):
                found.append((column.heading, text))
    return found
