"""A name and its ids in one cell, as in 云岭文学（ylwx_2019）, taken apart."""

from __future__ import annotations

import re

from monitors.register.addresses import WRITTEN
from monitors.register.text import CONTACT, clean, folded, narrow

# That there is an account, without a word on which.
_MARK = re.compile(r"[√✓✔☑]|有|是|已?开通|已开|已建|已注册|\d{1,3}个?")
_LABEL = r"(?:(?:微信|微博|抖音|快手|小红书|头条|视频|b站|公众)?号?(?:id|uid|号|账号|原始id|名称|主页|链接|网址)\s*[:：]\s*)"
_ID = rf"{_LABEL}?(?P<id>[A-Za-z0-9][\w.\-]{{3,}})"
_FLAGS = re.IGNORECASE | re.ASCII
_BRACKETED = re.compile(rf"[（(\[【]\s*{_ID}\s*[)）\]】]", _FLAGS)
_BEHIND = re.compile(rf"(?<=[^\x00-\x7f])[ ,/|:，：／]+{_ID}$", _FLAGS)
_BEFORE = re.compile(rf"^{_LABEL}(?P<id>[A-Za-z0-9][\w.\-]{{3,}})[ ,/|，／]+(?=[^\x00-\x7f])", _FLAGS)
_ALONE = re.compile(_ID, _FLAGS)
_LABELLED = re.compile(f"^{_LABEL}", _FLAGS)


def taken_apart(text: str) -> tuple[str | None, str | None]:
    """Give the name and whatever tells the account beside it; a bare tick or count is neither.

    Several names come out line by line.
    """
    if _MARK.fullmatch(folded(text) or text.strip()):
        return None, None
    if CONTACT.search(narrow(text)):
        # Somebody's number or address is no part of an account; it is for the check of the name to say so.
        return text, None
    beside: list[str] = []

    def cut(match: re.Match[str]) -> str:
        beside.append(match.groupdict().get("id") or match[0])
        return "\n"

    rest = text.replace("\r", "\n")
    if WRITTEN.search(narrow(rest)):
        rest = WRITTEN.sub(cut, "\n".join(narrow(line) for line in rest.split("\n")))
    rest = _BRACKETED.sub(cut, rest)
    names: list[str] = []
    for line in re.split(r"[\n；;、]+", rest):
        piece = clean(line)
        piece = (
            _ALONE.sub(cut, piece) if _ALONE.fullmatch(piece) else _BEHIND.sub(cut, _BEFORE.sub(cut, piece))
        )
        piece = _LABELLED.sub("", piece)
        names += [name for part in piece.split("\n") if (name := part.strip(" :：,，/|"))]
    return "\n".join(names) or None, " ".join(beside) or None


def marked(text: str) -> bool:
    """Tell whether the cell only says that there is an account, or how many."""
    return _MARK.fullmatch(folded(text) or text.strip()) is not None
