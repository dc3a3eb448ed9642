"""The words by which an office means a heading, a platform, a state or a tier; a school may add its own."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz, process

from monitors.nouns import State
from monitors.register.phrases import field_of, named_for
from monitors.register.text import clean, folded

_BRACKETS = re.compile(r"[(（\[【〔](.*?)[)）\]】〕]", re.DOTALL)
_EITHER = re.compile(r"[/／、|]|以及|或者|及其|[或及和与]")
_ORDINAL = re.compile(r"^[(（]?[一二三四五六七八九十\d]{1,2}[)）]?[、.．]\s*")
_COUNTED = re.compile(r"^\s*(?:[①-⑳]|\d{1,2}[、.．)）])\s*")
_NUMBERED = re.compile(
    r"^(?:第?([一二三四五六七八九\d])[号]?)?(管理员|管理人员|运营人员|管理人|信息员|联系人|编辑)([一二三四五六七八九\d])?号?(.*)$"
)
_AFFIXES = re.compile(
    r"^(?:官方|新浪|学校|校园|腾讯)|(?:官方账号|官方帐号|账号|帐号|平台|官方|客户端|app|号)$"
)
# Behind every word of the table, of two columns of one field.
_PUT_TOGETHER = 1000
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading can mean: the fields it is a strong and a weak word for, and a manager's number.

    `rank`: how usual the word is for its first strong field; of two columns the more usual one counts.
    `both`: a column of names that asks for an id or a link in the same cell.
    """

    strong: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    number: int | None = None
    rank: int = 0
    both: bool = False

    @property
    def known(self) -> bool:
        return bool(self.strong or self.weak)


@dataclass(frozen=True, slots=True)
class PlatformWord:
    """A platform as an office names it: our id, and the kind of account where the word tells it too."""

    platform: str
    type: str | None = None


class Vocabulary:
    """The table of `words.toml`, with a school's own words added."""

    def __init__(self, table: Mapping[str, Any]) -> None:
        self.table = table
        self._strong = _inverted({field: words["strong"] for field, words in table["headings"].items()})
        self._weak = _inverted({field: words.get("weak", ()) for field, words in table["headings"].items()})
        self._implied = _inverted(table["implied"])
        self._platforms = _inverted(table["platforms"])
        self._groups = _inverted(table["groups"])
        self._types = _inverted(table["types"])
        self._tiers = _inverted(table["tiers"])
        self._states = _inverted(table["states"])
        self._verified = _inverted(table["verified"])
        self._cells = {kind: frozenset(map(folded, words)) for kind, words in table["cells"].items()}
        self._blank = frozenset(table["cells"]["blank"]) | self._cells["blank"] - {""}
        self._meanings: dict[str, Meaning] = {}

    def heading(self, text: str) -> Meaning:
        """Give what a heading cell means, tried whole, without brackets, and by its parts."""
        if text not in self._meanings:
            self._meanings[text] = self._heading(text)
        return self._meanings[text]

    def _heading(self, text: str) -> Meaning:
        if not text or len(text) > 40:
            return Meaning()
        text = _ORDINAL.sub("", clean(text))
        bare = _BRACKETS.sub("", text)
        parts = [part for part in _EITHER.split(bare) if part]
        forms = [text, _BRACKETS.sub(r"\1", text), bare, *(parts if len(parts) > 1 else ())]
        for form in forms:
            meaning = self._word(folded(form))
            if meaning.known:
                return self._with_others(meaning, text, parts)
        for form in forms:
            if field := field_of(folded(form)):
                return self._with_others(Meaning((field,), (), None, _PUT_TOGETHER), text, parts)
        return Meaning()

    def _with_others(self, meaning: Meaning, text: str, parts: Sequence[str]) -> Meaning:
        """Widen 微信号/UID, which holds ids of every platform, and 账号名称及ID, which holds the name too."""
        asked = [*parts, *_BRACKETS.findall(text)]
        others = {self._word(folded(part)).strong[:1] or (field_of(folded(part)),) for part in asked}
        if not meaning.strong or not others & {("id",), ("wechat_id",), ("original_id",), ("link",)}:
            return meaning
        if meaning.strong[0] == "name":
            return replace(meaning, both=True)
        several = meaning.strong[0] in ("wechat_id", "original_id") and len(others) > 1
        return replace(meaning, strong=("id",)) if several else meaning

    def _word(self, word: str) -> Meaning:
        strong, weak = self._strong.get(word, ()), self._weak.get(word, ())
        if strong or weak:
            return Meaning(strong, weak, None, self._rank(strong[0], word) if strong else 0)
        match = _NUMBERED.fullmatch(word)
        digit = match and (match[1] or match[3])
        if not match or not digit:
            return Meaning()
        number = _DIGITS.get(digit) or int(digit)
        rest = match[4].removeprefix("的")
        if rest in ("", "姓名", "名称", "姓名手机", "姓名电话", "姓名及手机", "姓名及电话", "信息"):
            return Meaning(("manager",), (), number)
        fields = self._strong.get(rest, ())
        return Meaning(
            tuple(f for f in fields if f in ("phone", "email", "qq", "manager_status")), (), number
        )

    def _rank(self, field: str, word: str) -> int:
        words = [folded(synonym) for synonym in self.table["headings"][field]["strong"]]
        return words.index(word) if word in words else 0

    def implied(self, heading: str) -> str | None:
        """Give the platform that a heading such as 公众号名称 tells."""
        word = folded(_BRACKETS.sub("", heading))
        if word in self._implied:
            return self._implied[word][0]
        platform = self._platform(named_for(word), False)
        # 主页链接 and 网站地址 are written over the links of every platform.
        return None if platform == "website" else platform

    def platform(self, text: str, *, groups: bool = False) -> PlatformWord | None:
        """Give the platform that a cell names, None when no word of the table fits."""
        text = _COUNTED.sub("", text)
        inner = " ".join(_BRACKETS.findall(text))
        for form in (text, _BRACKETS.sub("", text)):
            word = folded(form)
            platform = self._platform(word, groups) or self._platform(_AFFIXES.sub("", word), groups)
            if platform:
                return PlatformWord(platform, self._kind(platform, text, word, inner))
        parts = {found.platform for part in _EITHER.split(text) if (found := self._part(part, text))}
        if len(parts) == 1 and parts <= set(self.table["platforms"]):
            return PlatformWord(parts.pop())
        first = re.split(r"[:：\-—]", text)[0]
        if folded(first) in ("其他", "其它"):
            return PlatformWord("other", clean(text[len(first) + 1 :]) or None)
        return None

    def _platform(self, word: str, groups: bool) -> str | None:
        if groups and word in self._groups:
            return self._groups[word][0]
        return next(iter(self._platforms.get(word, ())), None)

    def _part(self, part: str, whole: str) -> PlatformWord | None:
        """Give what one part of `B站/哔哩哔哩` names; a part that names nothing must not be lost."""
        if part == whole:
            return None
        return self.platform(part) or PlatformWord(f"? {part}")

    def _kind(self, platform: str, text: str, word: str, inner: str) -> str | None:
        if platform == "other":
            named = clean(inner or text)
            return None if folded(named) in ("其他", "其它", "other", "others") else named
        return self._type(word) or self._type(folded(inner))

    def _type(self, word: str) -> str | None:
        return next(iter(self._types.get(word, ())), None)

    def platforms_in(self, text: str) -> set[str]:
        """Give the platforms whose words of two or more characters stand in a title or a sheet's name."""
        rest, found = folded(text), set()
        for word in sorted(self._platforms, key=len, reverse=True):
            if len(word) > 1 and word in rest and not (word.isascii() and len(word) < 4):
                found.add(self._platforms[word][0])
                rest = rest.replace(word, " ")
        return found

    def nearest_platform(self, text: str) -> str | None:
        """Give the platform word that was perhaps meant."""
        words = [word for words in self.table["platforms"].values() for word in words]
        best = process.extractOne(text, words, scorer=fuzz.ratio, processor=folded, score_cutoff=50)
        return best[0] if best else None

    def nearest_heading(self, title: str, texts: Sequence[str]) -> str | None:
        """Give that one of the texts which perhaps was meant for a heading."""
        best = process.extractOne(title, texts, scorer=fuzz.ratio, processor=folded, score_cutoff=60)
        return best[0] if best else None

    def tier(self, text: str) -> str:
        """Give 一级, 二级 or 三级, or the cell's own words where the table does not know them."""
        return next(iter(self._tiers.get(folded(text), ())), text)

    def tier_in(self, text: str) -> str | None:
        """Give the tier that a sheet's name or a section's title tells."""
        found = {tier for tier in ("一级", "二级", "三级") if tier in text}
        return found.pop() if len(found) == 1 else None

    def state(self, text: str) -> State | None:
        """Give the account's state, None where the word is not known."""
        for form in (text, _BRACKETS.sub("", text)):
            for state in self._states.get(folded(form) or form.strip(), ()):
                return _STATES[state]
        return None

    def verified(self, text: str) -> bool | None:
        """Give whether the cell says verified, None where it says neither."""
        for form in (text, _BRACKETS.sub("", text)):
            word = folded(form) or form.strip()
            if word in self._verified:
                return self._verified[word][0] == "yes"
        return None

    def blank(self, text: str) -> bool:
        """Tell whether the cell only says that there is nothing: 无, /, —, 暂无."""
        return not text or text in self._blank or folded(text) in self._blank

    def says(self, kind: str, text: str) -> bool:
        """Tell whether the whole cell is a word of the given kind (`same`, `example`, `not_outsourced`)."""
        word = folded(text)
        # A dash folds to nothing, as 〃 does, and means nothing.
        return word in self._cells[kind] if word else text.strip() in self.table["cells"][kind]

    def holds(self, kind: str, text: str) -> bool:
        """Tell whether a word of the given kind stands in the cell (`outsourced`)."""
        return any(word in folded(text) for word in self._cells[kind] if word)

    def outsourced(self, text: str) -> bool:
        """Tell whether what is said of the managers means that they are no staff of the school."""
        return not self.says("not_outsourced", text) and self.holds("outsourced", text)


_STATES: Mapping[str, State] = {"在用": "在用", "停用": "停用", "注销": "注销"}


def _inverted(words: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, synonyms in words.items():
        for word in {folded(key), *(folded(synonym) or synonym for synonym in synonyms)}:
            found[word] = (*found.get(word, ()), key)
    return found


@cache
def standard() -> Vocabulary:
    """Give the table as it is delivered."""
    return Vocabulary(_table())


def _table() -> dict[str, Any]:
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def extended(own: Mapping[str, Sequence[str]]) -> Vocabulary:
    """Give the table with a school's own words: `{"创建单位": ["承办部门"], "weibo": ["校微"]}`.

    A key is a platform id or any word of the table for a heading or a platform. Raises `ValueError` in
    Chinese, naming the nearest known key, for any other.
    """
    table = _table()
    base = standard()
    for key, words in own.items():
        meaning, platform = base.heading(key), base.platform(key)
        if key in table["platforms"]:
            table["platforms"][key] = [*table["platforms"][key], *words]
        elif meaning.strong:
            table["headings"][meaning.strong[0]]["strong"].extend(words)
        elif platform:
            table["platforms"][platform.platform].extend(words)
        else:
            raise ValueError(f"同义词表里没有“{key}”这一栏或平台，是不是“{_nearest_key(base, key)}”？")
    return Vocabulary(table)


def _nearest_key(base: Vocabulary, key: str) -> str:
    known = [words["strong"][0] for words in base.table["headings"].values()] + list(base.table["platforms"])
    return str(process.extractOne(key, known, processor=folded)[0])
