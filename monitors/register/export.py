"""The yearly summary sheet: the register handed back in the office's own columns, one sheet a tier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from monitors.nouns import Account
from monitors.register.contacts import Contact
from monitors.register.groups import ChatGroup
from monitors.register.linkforms import forms
from monitors.register.workbook import Page, written

TIERS = ("一级", "二级", "三级")
NO_TIER = "未分级"


@dataclass(frozen=True, slots=True)
class Seen:
    """How an account was last seen: `state` and `findings` in words for the officer.

    `at_least` marks a day of last update after which there may be newer posts.
    """

    state: str
    last_update: date | None = None
    at_least: bool = False
    findings: tuple[str, ...] = ()


def exported(
    accounts: Sequence[Account],
    states: Mapping[str, Seen],
    target: Path,
    *,
    title: str = "网络媒体平台汇总表",
    groups: Sequence[ChatGroup] = (),
    contacts: Mapping[str, Contact] | None = None,
) -> None:
    """Write the summary as an `.xlsx` that `read` takes back without a difference.

    `states` by account key. With `contacts` the people are in it, and the file is its owner's only.
    """
    pages = [_totals(accounts, groups, title)]
    for tier, members in _by_tier(accounts):
        pages.append(_tier(tier, members, states, contacts, f"{title}（{tier}）"))
    if groups:
        pages.append(_groups(groups, states, contacts, f"{title}（互联网群组）"))
    written(target, pages, private=contacts is not None)


def _by_tier(accounts: Sequence[Account]) -> list[tuple[str, list[Account]]]:
    found: dict[str, list[Account]] = {tier: [] for tier in TIERS}
    for account in accounts:
        found.setdefault(account.tier or NO_TIER, []).append(account)
    return [(tier, members) for tier, members in found.items() if members]


def _totals(accounts: Sequence[Account], groups: Sequence[ChatGroup], title: str) -> Page:
    states = ("在用", "停用", "注销")
    counts: Counter[tuple[str, str, str]] = Counter(
        (a.tier or NO_TIER, forms()[a.platform].title, a.state) for a in accounts
    )
    lines = sorted({(tier, platform) for tier, platform, _ in counts})
    rows = []
    for tier, platform in lines:
        numbers = [counts[tier, platform, state] for state in states]
        rows.append([tier, platform, str(sum(numbers)), *map(str, numbers)])
    total = f"{len(accounts)} 个账号" + (f"，{len(groups)} 个群组" if groups else "")
    return Page("汇总", title, ("层级", "平台", "数量", *states), rows, total)


def _tier(
    tier: str,
    accounts: Sequence[Account],
    states: Mapping[str, Seen],
    contacts: Mapping[str, Contact] | None,
    title: str,
) -> Page:
    own = {a.key: contacts.get(a.key, Contact()) for a in accounts} if contacts is not None else {}
    people = _people(own)
    rows = [
        [
            str(number),
            *(give(account) for _, give in _COLUMNS),
            *(give(own[account.key]) for _, give in people),
            *_seen(states.get(account.key)),
        ]
        for number, account in enumerate(accounts, 1)
    ]
    headings = [heading for heading, _ in _COLUMNS] + [heading for heading, _ in people]
    counts = Counter(account.state for account in accounts)
    total = f"{len(accounts)} 个账号：" + "，".join(f"{state} {count} 个" for state, count in counts.items())
    return Page(tier, title, ("序号", *headings, "最近状态", "最后更新时间", "发现的问题"), rows, total, 5)


def _seen(seen: Seen | None) -> tuple[str, str, str]:
    if seen is None:
        return "", "", ""
    day = _day(seen.last_update)
    return seen.state, f"不早于 {day}" if seen.at_least and day else day, "\n".join(seen.findings)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


_COLUMNS: tuple[tuple[str, Callable[[Account], str]], ...] = (
    ("平台层级", lambda a: a.tier or ""),
    ("创建单位", lambda a: a.unit),
    ("平台", lambda a: forms()[a.platform].title),
    ("账号名称", lambda a: a.name),
    ("账号ID", lambda a: a.handle or ""),
    ("主页链接", lambda a: (forms()[a.platform].address(a.handle) or "") if a.handle else ""),
    ("其他标识", lambda a: " ".join(a.aliases)),
    ("账号类型", lambda a: a.type or ""),
    ("是否认证", lambda a: {True: "是", False: "否", None: ""}[a.verified]),
    ("认证主体", lambda a: a.verified_as or ""),
    ("创建时间", lambda a: _day(a.created_on)),
    ("备案时间", lambda a: _day(a.filed_on)),
    ("年审时间", lambda a: _day(a.reviewed_on)),
    ("内容范围", lambda a: a.scope or ""),
    ("申请说明", lambda a: a.purpose or ""),
    ("负责人职务", lambda a: a.officer or ""),
    ("状态", lambda a: a.state),
    ("信息源", lambda a: "\n".join(link.url for link in a.witnesses)),
    ("备注", lambda a: a.note or ""),
)


def _people(contacts: Mapping[str, Contact]) -> list[tuple[str, Callable[[Contact], str]]]:
    if not contacts:
        return []
    columns: list[tuple[str, Callable[[Contact], str]]] = [
        ("主管领导", lambda c: c.supervisor or ""),
        ("负责人", lambda c: c.leader or ""),
        ("联系电话", lambda c: c.phone or ""),
        ("邮箱", lambda c: c.email or ""),
        ("QQ", lambda c: c.qq or ""),
        ("管理员身份", lambda c: c.managers_status or ""),
    ]
    for place in range(max(len(contact.managers) for contact in contacts.values())):
        columns.append((f"管理员{place + 1}", _manager(place, "name")))
        columns.append((f"管理员{place + 1}手机", _manager(place, "phone")))
    return columns


def _manager(place: int, what: str) -> Callable[[Contact], str]:
    return lambda c: (getattr(c.managers[place], what) or "") if place < len(c.managers) else ""


def _groups(
    groups: Sequence[ChatGroup],
    states: Mapping[str, Seen],
    contacts: Mapping[str, Contact] | None,
    title: str,
) -> Page:
    headings = (
        "序号",
        "平台",
        "群名称",
        "群号",
        "创建单位",
        "成员数",
        "用途",
        "建群时间",
        "最近确认",
        "备注",
    )
    rows = []
    for number, group in enumerate(groups, 1):
        members = "" if group.members is None else str(group.members)
        days = _day(group.created_on), _day(group.confirmed_on)
        row = [
            str(number),
            forms()[group.platform].title,
            group.name,
            group.number or "",
            group.unit,
            members,
        ]
        row += [group.purpose or "", *days, group.note or ""]
        row += [contacts.get(group.key, Contact()).creator or ""] if contacts is not None else []
        row.append("\n".join(states[group.key].findings) if group.key in states else "")
        rows.append(row)
    people = ("创建人",) if contacts is not None else ()
    return Page("互联网群组", title, (*headings, *people, "发现的问题"), rows, f"{len(groups)} 个群组", 3)
