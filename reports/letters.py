"""Writes a message out: subject, plain text and HTML of the alerts that it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from monitors.nouns import SHANGHAI
from reports.channels import HOW, Entry, Letter
from reports.pages import page
from reports.wording import day_words, visible

REPEATED = "可能重复"
_ONCE_MORE = f"{REPEATED}：上次发送没有得到确认，这次再发一遍；编号相同的就是同一条提醒。"
# So many letters of a title fit into a subject line.
_SUBJECT = 60


def subject(letter: Letter) -> str:
    """One line; several alerts are counted, a single one is named."""
    urgent = "紧急 " if any(entry.urgent for entry in letter.entries) else ""
    again = f"{REPEATED} " if letter.repeated else ""
    return visible(f"{again}【新媒体巡检】{urgent}{_said(letter)}{_place(letter)}")


def heading(letter: Letter) -> str:
    """What stands over the alerts: how many, and of which night."""
    days = sorted({entry.day for entry in letter.entries})
    of = day_words(days[0], letter.at.date())
    if len(days) > 1:
        of += f"至 {day_words(days[-1], letter.at.date())}"
    count = f"：{len(letter.entries)} 件事" if len(letter.entries) > 1 else ""
    return f"新媒体巡检 {of}{count}{_place(letter)}"


def once_more(letter: Letter) -> str:
    """Why a message comes again; empty for one that does not."""
    return _ONCE_MORE if letter.repeated else ""


def where_the_rest_lies(letter: Letter, link: Callable[[str, str], str]) -> str:
    """Where to read in full what is told here in titles; `link` writes a link (words, address)."""
    if letter.rest.startswith(("https://", "http://")):
        return f"件数较多，这里只列标题和编号；原因、依据和怎么答复，见 {link('全文', letter.rest)}。"
    return f"件数较多，这里只列标题和编号；原因、依据和怎么答复，见{letter.rest}。"


def fullest(entries: Sequence[Entry], rest: str) -> Letter:
    """A letter of these entries, as long as it can become: for measuring."""
    late = datetime(2030, 12, 31, 23, 59, tzinfo=UTC)
    return Letter(0, "", tuple(entries), True, late, 9999, 9999, rest)


def plain(letter: Letter) -> str:
    """The message as text, every alert whole with its number (with `rest`: in title and number)."""
    parts = [_ONCE_MORE] if letter.repeated else []
    if len(letter.entries) > 1:
        parts.append(f"共 {len(letter.entries)} 条提醒{_place(letter)}。")
    if letter.rest:
        parts.append(where_the_rest_lies(letter, lambda words, address: f"{words}：{address} "))
    rule = f"{'─' * 20}\n" if len(letter.entries) > 1 and not letter.rest else ""
    for entry in letter.entries:
        urgent = "【紧急】" if entry.urgent else ""
        numbers = "\n".join(f"编号：{number}" for number in entry.numbers)
        whole = "" if letter.rest else f"\n日期：{entry.day}\n{entry.text}"
        parts.append(f"{rule}{urgent}{entry.title}\n{numbers}{whole}")
    parts.append(f"— 新媒体巡检 {letter.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    return "\n\n".join(parts) + "\n"


def html(letter: Letter) -> str:
    """The same as a small self-contained page, of tables and inline styles as mail readers keep them."""
    return page(
        "message.html.j2",
        subject=subject(letter),
        heading=heading(letter),
        once_more=once_more(letter),
        rest=where_the_rest_lies(letter, lambda words, address: words) if letter.rest else "",
        entries=letter.entries,
        brief=bool(letter.rest),
        how=HOW,
        at=letter.at.astimezone(SHANGHAI),
    )


def _said(letter: Letter) -> str:
    first = letter.entries[0].title
    if len(letter.entries) == 1:
        return first
    short = first if len(first) <= _SUBJECT else f"{first[:_SUBJECT]}……"
    return f"{len(letter.entries)} 条提醒，{short} 等"


def _place(letter: Letter) -> str:
    return f"（第 {letter.part} 页，共 {letter.parts} 页）" if letter.parts > 1 else ""
