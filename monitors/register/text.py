"""Text as offices type it: cleaned of what cannot be seen, and hidden where it is somebody's number."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Control characters, soft hyphen, zero-width and bidi marks, BOM, lone surrogates, noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\uffff\ud800-\udfff]"
)
# Those of them that Python counts as printable.
_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164")
# A joiner is part of an emoji and dirt anywhere else.
_STRAY_JOINER = re.compile("(?<![\U00010000-\U0010ffff\u2600-\u27bf\ufe0f])\u200d")
_SPACE = re.compile(r"\s+")
_HAN = r"\u3400-\u9fff\uf900-\ufaff\u3000-\u303f\uff00-\uffef"
_BROKEN_LINE = re.compile(rf"(?<=[{_HAN}])[ \t]*[\r\n]+[ \t]*(?=[{_HAN}])")
_PUNCTUATION = re.compile(r"[\s*※★☆·•:：,，、。.;；'\"“”‘’_\-—~～!！|]+")

_PHONE = r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[-—. ]?\d{4}[-—. ]?\d{4}(?!\d)"
_LANDLINE = r"(?<![0-9A-Za-z_])[(（]?0\d{2,3}[)）]?[-—. ]?\d{7,8}(?!\d)"
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_IDENTITY = r"(?<!\d)\d{17}[\dXx](?!\w)"
CONTACT = re.compile(f"{_MAIL}|{_IDENTITY}|{_PHONE}|{_LANDLINE}", re.ASCII)


_MARKS = "□☐☑☒■✓✔√✅"
_ANY, _TICK = f"[{_MARKS}]", "[☑☒■✓✔√✅]"
_OPTION_MARKS = re.compile(rf"[{_MARKS}\s（()）]+")
# A list of options: an empty box somewhere, or an empty pair of brackets beside a tick.
_BOXES = re.compile(r"[□☐]|[（(]\s*[)）].*[☑☒■✓✔√]|[☑☒■✓✔√].*[（(]\s*[)）]")


def seen(text: str) -> str:
    """Give the text without control characters, zero-width and bidi marks, and lone surrogates."""
    return _STRAY_JOINER.sub("", _UNSEEN.sub("", text))


def clean(text: str) -> str:
    """Give the text without unseen characters, spaces single and none at the ends."""
    if text.isprintable() and "  " not in text and _BLANK_LETTERS.isdisjoint(text):
        return text.strip()
    text = _BROKEN_LINE.sub("", seen(text))
    return _SPACE.sub(" ", text).strip()


def closed(text: str) -> str:
    """Clean, and close up characters set apart for looks: `文 学 院` is 文学院."""
    text = clean(text)
    parts = text.split(" ")
    if len(parts) > 1 and all(len(part) == 1 and ord(part) > 0x2E7F for part in parts):
        return "".join(parts)
    return text


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """Give the form in which words of the table are compared: width, case, spaces and marks removed."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", clean(text)).casefold())


def narrow(text: str) -> str:
    """Clean and turn full-width letters and digits into plain ones, for ids, links, dates and numbers."""
    return clean(unicodedata.normalize("NFKC", clean(text)))


def ticked(text: str) -> str:
    """Give the options that are ticked: `☑是 □否` is 是; nothing where none is; other text as it is."""
    if not _BOXES.search(text) or not _OPTION_MARKS.sub("", text).strip():
        return text
    if any(box in text for box in "（("):
        options = re.findall(rf"([^\s（(）)]+)\s*[（(]\s*({_TICK}?)\s*[)）]", text)
    elif re.match(_ANY, text.strip()):
        options = [(word, mark) for mark, word in re.findall(rf"({_ANY})\s*([^{_MARKS}]+)", text)]
    else:
        options = re.findall(rf"([^{_MARKS}\s]+)\s*({_ANY}?)", text)
    return " ".join(word.strip(" ，、;；/") for word, mark in options if re.fullmatch(_TICK, mark))


def hidden(text: str) -> str:
    """Give the text fit for a message: no phone number, mail address or identity number, not endless."""
    text = CONTACT.sub("〔不显示〕", narrow(text))
    return text if len(text) <= 60 else text[:60] + "…"


def scrubbed(text: str) -> str:
    """Give free text that leaves the register, with contact data taken out."""
    plain = narrow(text)
    return clean(CONTACT.sub("〔联系方式略〕", plain)) if CONTACT.search(plain) else clean(text)
