"""Writes a message out: subject, plain text and HTML of the alerts that it holds."""

from __future__ import annotations

from monitors.nouns import SHANGHAI
from reports.channels import Letter
from reports.pages import page
from reports.wording import visible

REPEATED = "可能重复"
_ONCE_MORE = f"{REPEATED}：上次发送没有得到确认，这次再发一遍；编号相同的就是同一条提醒。"


def subject(letter: Letter) -> str:
    """One line; several alerts are counted, a single one is named."""
    entries = letter.entries
    urgent = "紧急 " if any(entry.urgent for entry in entries) else ""
    said = entries[0].title if len(entries) == 1 else f"{len(entries)} 条提醒，{entries[0].title} 等"
    again = f"{REPEATED} " if letter.repeated else ""
    return visible(f"{again}【新媒体巡检】{urgent}{said}")


def plain(letter: Letter) -> str:
    """The message as text, every alert whole with its number."""
    parts = [_ONCE_MORE] if letter.repeated else []
    if len(letter.entries) > 1:
        parts.append(f"共 {len(letter.entries)} 条提醒。")
    for entry in letter.entries:
        urgent = "【紧急】" if entry.urgent else ""
        parts.append(f"{urgent}{entry.title}\n编号：{entry.number}\n日期：{entry.day}\n{entry.text}")
    parts.append(f"— 新媒体巡检 {letter.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    return "\n\n".join(parts) + "\n"


def html(letter: Letter) -> str:
    """The same as a small self-contained page."""
    return page(
        "message.html.j2",
        subject=subject(letter),
        once_more=_ONCE_MORE if letter.repeated else "",
        entries=letter.entries,
        at=letter.at.astimezone(SHANGHAI),
    )
