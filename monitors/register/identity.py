"""Which account a row means: its handle from ids, links and hyperlinks, or what is still to be resolved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, assert_never

from monitors.nouns import WitnessLink
from monitors.register.addresses import Hostile, addresses
from monitors.register.cells import Cell, Cells
from monitors.register.handles import Foreign, Handle, Patterns, PostLink, Several, ShortLink, handle_of
from monitors.register.linkforms import forms, platform_of, witness
from monitors.register.problems import refusing
from monitors.register.text import folded, hidden

_COLUMNS = ("original_id", "wechat_id", "id", "link")


@dataclass
class Identity:
    """Who a row says it is: a handle or none, further ids, and links that only the network resolves."""

    handle: str | None = None
    aliases: list[str] = field(default_factory=list)
    pending: list[ShortLink] = field(default_factory=list)
    witnesses: list[WitnessLink] = field(default_factory=list)


def identity(cells: Cells, platform: str, name: str, patterns: Patterns) -> Identity:
    """Give who the row means, noting in `cells` what is wrong or still open."""
    found, handles, strange = Identity(), [], []
    for cell in _candidates(cells, platform):
        pasted = _pasted(cells, cell, platform, name, patterns)
        match pasted:
            case Handle():
                handles.append((cell, pasted))
                found.aliases += pasted.aliases
            case ShortLink():
                found.pending.append(pasted)
                found.aliases += [pasted.alias] if pasted.alias else []
            case PostLink():
                found.witnesses.append(pasted.link)
                found.aliases += [pasted.alias] if pasted.alias else []
            case "strange" if not _says_nothing(cell, name):
                strange.append(cell)
    for cell in cells.all("alias"):
        found.aliases += re.split(r"[\s、，,；;]+", cell.text)
    _choose(cells, platform, handles, found)
    for cell in strange:
        _complain(cells, cell, platform, known=found.handle is not None)
    found.aliases = [alias for alias in dict.fromkeys(found.aliases) if alias and alias != found.handle]
    if found.handle is None and forms()[platform].page and not refusing(cells.problems):
        _unresolved(cells, platform, found)
    return found


def _says_nothing(cell: Cell, name: str) -> bool:
    """Tell whether a cell that is no account was not meant as one: the name again, or 见附件 for a link."""
    prose = not re.search(r"[A-Za-z0-9]", cell.text)
    return (
        folded(cell.text).removeprefix("@") == folded(name)
        or cell.column.field == "name"
        or (cell.column.field == "link" and prose)
    )


def _candidates(cells: Cells, platform: str) -> list[Cell]:
    """Give the cells that may tell the account; a column of another platform's ids does not count."""
    found = []
    for name in _COLUMNS:
        for cell in cells.all(name):
            own = (
                "wechat"
                if name in ("original_id", "wechat_id")
                else cells.vocabulary.implied(cell.column.heading)
            )
            if own in (None, platform):
                found.append(cell)
    if not found:
        # The name itself is often the link: blue, underlined, and with no column of its own.
        found = [cell for cell in cells.all("name") if cells.link(cell.column)]
    return found


def _pasted(
    cells: Cells, cell: Cell, platform: str, name: str, patterns: Patterns
) -> Handle | ShortLink | PostLink | Literal["strange"] | None:
    """Read one cell, then the hyperlink behind it; None where what is wrong has been noted already."""
    heading, foreign = cell.column.heading, None
    if cell.cut_off:
        message = f"“{heading}”被表格当成数字，后面几位已经丢失。请把这一格改成文本格式，重新填写完整。"
        cells.say("error", "truncated_number", message, cell)
        return None
    texts = [cell.text] if cell.column.field != "name" else []
    if texts and name and name in cell.text and name != cell.text:
        # The name is written again before the id: 云岭文学（ylwx_2019）.
        texts.append(cell.text.replace(name, " "))
    behind = cells.link(cell.column)
    for text in [*texts, behind] if behind else texts:
        try:
            pasted = handle_of(platform, text, patterns)
        except Hostile as hostile:
            message = f"“{heading}”里的链接不能用：{hostile}。请填平台主页的网址。"
            cells.say("error", "hostile_link", message, cell)
            return None
        match pasted:
            case Foreign():
                foreign = forms()[pasted.platform].title
            case Several():
                cells.say("error", "several_accounts", "一格里写了不止一个账号，请一行只写一个。", cell)
                return None
            case Handle() | ShortLink() | PostLink():
                return pasted
            case None:
                continue
            case _:
                assert_never(pasted)
    if foreign:
        own = forms()[platform].title
        message = f"平台写的是“{own}”，“{heading}”里却是“{foreign}”的链接，请核对是哪一个。"
        cells.say("error", "other_platform_link", message, cell)
        return None
    return "strange"


def _complain(cells: Cells, cell: Cell, platform: str, *, known: bool) -> None:
    """Note a cell that is no account: an error, unless it is prose beside a cell that tells the account."""
    form, text = forms()[platform], cell.text
    if not form.page:
        return
    message = f"“{cell.column.heading}”里的“{hidden(text)}”不是“{form.title}”的账号。{form.hint}。"
    prose = not re.search(r"[A-Za-z0-9]", text) or not (form.strict or form.stable)
    cells.say("warning" if known and prose else "error", "bad_handle", message, cell)


def _choose(cells: Cells, platform: str, handles: Sequence[tuple[Cell, Handle]], found: Identity) -> None:
    """Take the handle on which the cells agree; where several may stand, the stable one or the link's."""
    form = forms()[platform]
    distinct: dict[str, tuple[Cell, str]] = {}
    for cell, handle in handles:
        key = handle.handle.casefold() if form.stable else handle.handle
        distinct.setdefault(key, (cell, handle.handle))
    firm = [entry for entry in distinct.values() if form.stable and form.stable.fullmatch(entry[1])]
    loose = [entry for entry in distinct.values() if entry not in firm]
    rivals = firm if len(firm) > 1 else loose if form.stable or form.strict else []
    if len(rivals) > 1:
        (first, one), (second, other) = rivals[:2]
        message = (
            f"“{first.column.heading}”和“{second.column.heading}”说的不是同一个账号"
            f"（{hidden(one)}、{hidden(other)}），请核对。"
        )
        cells.say("error", "id_link_differ", message, second)
        return
    chosen = [*firm, *reversed(loose)]
    if chosen:
        found.handle = chosen[0][1]
        found.aliases += [handle for _, handle in chosen[1:]]


def _unresolved(cells: Cells, platform: str, found: Identity) -> None:
    form = forms()[platform]
    if any(pending.url for pending in found.pending):
        reason, text = "short_link", "链接要联网才知道是哪个账号，先保留；可以用 resolve 查出来后填回台账"
    elif found.witnesses:
        reason, text = "post_link", f"链接是一篇作品，不是账号主页，先按信息源保留。{form.hint}"
    elif found.aliases:
        reason, text = "needs_link", f"只凭现有的号找不到主页，先保留。{form.hint}"
    else:
        reason, text = "unresolved", f"没有账号ID，也没有主页链接，先保留，但无法自动巡检。{form.hint}"
    at = next((cell for name in _COLUMNS for cell in cells.all(name)), None)
    cells.say("warning", reason, text + "。", at or ("id" if cells.table.head.has("id") else "link"))


def witnesses(cells: Cells) -> list[WitnessLink]:
    """Give the links of 信息源; a bad one is dropped with an error, and the row stays."""
    found: list[WitnessLink] = []
    for cell in cells.all("source"):
        pieces = [piece for piece in re.split(r"[\s；;、，|]+|,(?=http)", cell.text) if piece]
        if not any(re.search(r"[:/.]\w", piece) for piece in pieces) and (behind := cells.link(cell.column)):
            pieces = [behind]
        for piece in pieces:
            try:
                links = [
                    address for address in addresses(piece) if "/" in address.url or platform_of(address)
                ]
                why = "" if links or not re.search(r"[A-Za-z0-9]", piece) else "不是完整的网址"
            except Hostile as hostile:
                links, why = [], str(hostile)
            if why:
                heading = cell.column.heading
                message = f"“{heading}”里有一个链接不能用：{why}。这个链接已略去，本行其他内容照常；请改正。"
                cells.say("error", "source_dropped", message, cell, drops=False)
            found += [witness(address) for address in links]
    return found
