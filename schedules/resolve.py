"""Handles for register rows without one: proposed with the evidence, for a person to write into the sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from crawlers import browser, children
from crawlers.order import Errand, Order
from crawlers.platforms import Owner, Platform, platforms
from crawlers.visits import Page
from monitors.ledger import Ledger
from monitors.notes import NoteFile
from monitors.nouns import Account, Ambiguous, Found, Gone, Note, Profile, Sightings
from monitors.register.handles import Handle, Patterns, handle_of
from monitors.register.linkforms import forms
from monitors.register.reading import Reading
from monitors.register.text import folded
from monitors.trust import searched, told, word_hit
from schedules import orders, stage
from schedules.config import Config
from schedules.home import Home
from schedules.state import visit_of

Row = dict[str, Any]
Pages = Callable[[Note], Sequence[Page]]

# So many of a row's articles and albums are asked whose they are.
_WORKS = 2


@dataclass(frozen=True)
class Proposal:
    """What was found for one row: a handle or none, why, and the link under which a person can look."""

    handle: str | None
    evidence: str
    link: str | None = None


def resolved(home: Home, config: Config, ledger: Ledger, reading: Reading, today: date) -> Iterator[Row]:
    """Give at least one row for each account without a handle; nothing is changed anywhere.

    Short links are asked where they lead, one request each, and articles whose they are; then the platform
    is searched for the name.
    """
    lacking = [one for one in reading.accounts if one.handle is None and one.state != "注销"]
    lacking = [one for one in lacking if forms()[one.platform].page]
    with TemporaryDirectory() as scratch, stage.origins(home, config, ledger, today) as origins:
        path = browser.found(config.browser.path)
        proxy = config.way_out(home.path)
        evening = orders.Evening(today, Path(scratch), None, origins, path, proxy=proxy)
        asked = [_order(config, one, lacking, reading, evening) for one in platforms().values()]
        children.run([order for order in asked if order.errands])
        files = {order.platform: NoteFile.of(order.notes, order.day, order.platform) for order in asked}
        notes = {name: list(file.read()) for name, file in files.items()}

        def pages(note: Note) -> Sequence[Page]:
            return visit_of(files[note.platform], note).pages

        told = [
            (account, one)
            for account in lacking
            for one in _proposals(config, account, reading, notes.get(account.platform, []), pages)
        ]
    for account, one in told:
        place = reading.rows[account.key]
        yield {
            "key": account.key,
            "sheet": place.sheet,
            "row": place.row,
            "platform": account.platform,
            "name": account.name,
            "unit": account.unit,
            "proposed": one.handle,
            "evidence": one.evidence,
            "link": one.link,
        }


def _order(
    config: Config, platform: Platform, lacking: Sequence[Account], reading: Reading, evening: orders.Evening
) -> Order:
    mine = [account for account in lacking if account.platform == platform.name]
    if not mine or not orders.looked_at(config, platform.name):
        return orders.ordered(config, platform, evening, ())
    links = dict.fromkeys(url for account in mine for url in _links(account, reading))
    errands = [Errand("link", url) for url in links]
    if platform.owner:
        works = {link: account.name for account in mine for link in _works(account)}
        errands += [Errand("account", link, name=name) for link, name in works.items()]
    if orders.searched(config, platform):
        word = config.platform(platform.name).canary_word or platform.canaries.word
        errands += [Errand("canary_word", word)] if word else []
        errands += [Errand("search", name) for name in dict.fromkeys(account.name for account in mine)]
    return orders.ordered(config, platform, evening, tuple(errands))


def _links(account: Account, reading: Reading) -> list[str]:
    return [short.url for short in reading.pending.get(account.key, ()) if short.url]


def _works(account: Account) -> list[str]:
    return [link.url for link in account.witnesses if link.kind != "feed"][:_WORKS]


def _proposals(
    config: Config, account: Account, reading: Reading, notes: Sequence[Note], pages: Pages
) -> Iterator[Proposal]:
    patterns = {name: one.handle for name, one in platforms().items()}
    title = forms()[account.platform].title
    if account.platform not in platforms():
        yield Proposal(None, f"巡检不能查看{title}，请人工填写账号ID或主页链接。")
        return
    if not orders.looked_at(config, account.platform):
        yield Proposal(None, f"{title}已停用，或还没有作 robots 决定，没有查看。")
        return
    found = [*_followed(account, reading, notes, patterns), *_written(account, notes, pages)]
    found += _searched(config, account, notes)
    named = [one for one in found if one.handle]
    more = "可以把它的一篇文章或一个合集的链接填进“信息源”，再运行一次。" if _owned(account) else ""
    if not named and more and not _works(account):
        found.append(Proposal(None, f"只凭名称查不出{title}的账号ID。{more}"))
    yield from named or found or [Proposal(None, f"没有可用的链接，{title}也不能从外面搜索，请人工查找。")]


def _owned(account: Account) -> bool:
    return platforms()[account.platform].owner is not None


def _written(account: Account, notes: Sequence[Note], pages: Pages) -> Iterator[Proposal]:
    """What the articles and albums of the row say of whose they are."""
    tell = platforms()[account.platform].owner
    answers = {note.subject: note for note in notes if note.purpose == "account"}
    for url in _works(account) if tell else ():
        note = answers.get(url)
        if note is None:
            yield Proposal(None, f"台账里的链接 {url} 这次没有轮到，请再运行一次。", url)
            continue
        assert tell
        whose = next((one for page in pages(note) if (one := tell(page)) and (one.handle or one.alias)), None)
        if whose is None:
            yield Proposal(None, f"台账里的链接 {url} 没有说明是哪个账号的：{told(note.outcome)}。", url)
        else:
            yield _signed(account, url, whose)


def _signed(account: Account, url: str, whose: Owner) -> Proposal:
    same = folded(whose.name or "") == folded(account.name)
    named = f"“{whose.name}”" if whose.name else "一个没有写明名称的账号"
    check = "与台账的名称一致，请核对" if same else f"台账写的是“{account.name}”，请核对是不是同一个账号"
    if whose.handle is None:
        more = f"页面只写了 __biz={whose.alias}，请在公众号资料页查微信号或原始 ID" if whose.alias else ""
        return Proposal(None, f"台账里的链接 {url} 是{named}的；{check}。{more}。", url)
    return Proposal(whose.handle, f"台账里的链接 {url} 是{named}的，页面写明了它的原始 ID；{check}。", url)


def _followed(
    account: Account, reading: Reading, notes: Sequence[Note], patterns: Patterns
) -> Iterator[Proposal]:
    answers: Mapping[str, Note] = {note.subject: note for note in notes if note.purpose == "link"}
    for url in _links(account, reading):
        note = answers.get(url)
        if note is None:
            yield Proposal(None, f"台账里的链接 {url} 这次没有轮到，请再运行一次。", url)
        elif not isinstance(note.outcome, Ambiguous):
            yield Proposal(None, f"台账里的链接 {url} 没有打开：{told(note.outcome)}。", url)
        else:
            yield _led(account, url, note.bodies[0].final_url, patterns)


def _led(account: Account, url: str, to: str | None, patterns: Patterns) -> Proposal:
    meant = handle_of(account.platform, to, patterns) if to else None
    if isinstance(meant, Handle):
        evidence = f"台账里的链接 {url} 转到这个账号的主页；请核对名称是不是“{account.name}”。"
        return Proposal(meant.handle, evidence, _page(account.platform, meant.handle) or to)
    return Proposal(None, f"台账里的链接 {url} 没有转到账号主页。", to or url)


def _searched(config: Config, account: Account, notes: Sequence[Note]) -> Iterator[Proposal]:
    if not orders.searched(config, platforms()[account.platform]):
        return
    note = next((n for n in notes if n.purpose == "search" and n.subject == account.name), None)
    if note is None or isinstance(note.outcome, Found | Gone):
        yield Proposal(None, f"搜索“{account.name}”这次没有轮到，请再运行一次。")
        return
    outcome = searched(note.outcome, hit=word_hit(notes))
    if not isinstance(outcome, Sightings):
        yield Proposal(None, f"搜索“{account.name}”没有成功：{told(outcome)}。")
        return
    same = [one for one in outcome.sightings if folded(one.name) == folded(account.name)]
    if not same:
        yield Proposal(None, f"搜索“{account.name}”，没有同名的账号。")
    for one in same:
        yield _met(account, one, len(same))


def _met(account: Account, profile: Profile, count: int) -> Proposal:
    words = {True: f"，已认证（{profile.verified_as or '主体不详'}）", False: "，未认证", None: ""}
    several = f"；同名的共有 {count} 个，请逐个核对" if count > 1 else ""
    evidence = f"搜索“{account.name}”，有同名账号{words[profile.verified]}{several}。"
    if profile.handle is None:
        return Proposal(None, f"{evidence}搜索结果不给出账号ID，请在应用里查看。")
    return Proposal(profile.handle, evidence, _page(account.platform, profile.handle))


def _page(platform: str, handle: str) -> str | None:
    return platforms()[platform].facts.profile_url(handle)
