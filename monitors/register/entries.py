"""The rows below a heading: accounts and groups told from notes, sums, signatures, sections and samples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from monitors.register.columns import BESIDE, PEOPLE, TELLING, Head
from monitors.register.grid import Row, Sheet, Value
from monitors.register.text import clean
from monitors.register.together import taken_apart
from monitors.register.vocabulary import PlatformWord, Vocabulary

_NOTE = re.compile(
    r"^(?:[*※＊]|注[:：意\d]|注$|备注|说明|填表|填报|制表|附注|附[:：]|合计|总计|小计|共计|总数|统计[人表时日:：]|审核|审批|复核|签字|签名|盖章|公章|经办|"
    r"联系人|联系电话|报送|日期|负责人(?:签|（签|\(签|[:：])|单位(?:负责人|（|\(|盖章|公章|[:：])|部门(?:负责人|（|\(|[:：])|以上|以下|本表|此表|"
    r"total\b|sum\b|note\b|notes\b|remarks?\b)",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(?:本页|全校|学校)?(?:合计|总计|小计|共计|总数)\s*[:：]?\s*(?:\d+\s*个?|[（(][^（）()]{0,6}[)）])?"
)
_OF_MANAGER = frozenset({"manager", "phone", "email", "qq", "manager_status"})
_SIGNED = re.compile(
    r"[（(]?(?:盖章|公章|签字|签章|签名)[)）]?|^(?:填表|填报|审核|审批|制表|联系|负责|日期|时间)[^\s]{0,6}[:：]|[:：]$"
)
# A title between the rows that is nothing but a unit: 三、文学院（5个）.
BODY = re.compile(
    r"(?:[一二三四五六七八九十\d]{1,3}[、.．\s]+|[（(][一二三四五六七八九十\d]{1,3}[)）]\s*)?(?P<unit>[^\s\d:：，。、]{1,18}"
    r"(?:学院|书院|研究院|部|处|中心|委|委员会|办|办公室|系|馆|室|所|社|协会|学会|联合会|学生会|医院|附中|附小|出版社|杂志社|工会))"
    r"\s*(?:[（(]共?\s*\d+\s*个?[)）])?"
)


@dataclass(frozen=True)
class Context:
    """What a sheet's name, a title or a section says for rows that have no column for it."""

    platform: PlatformWord | None = None
    unit: str | None = None
    tier: str | None = None
    said_by: str = ""


@dataclass(frozen=True)
class Entry:
    """One row that is an account or a chat group: its cells by column, blanks of merged cells filled in."""

    row: int
    values: Mapping[int, Value]
    context: Context
    more: tuple[Mapping[int, Value], ...] = ()


@dataclass(frozen=True)
class Table:
    """A heading with its entries; `examples` are the rows that the office marked as samples."""

    sheet: Sheet
    kind: Literal["accounts", "groups"]
    head: Head
    context: Context
    entries: Sequence[Entry] = ()
    examples: Sequence[int] = ()

    def missing(self) -> tuple[str, ...]:
        """Name the required columns that are absent and that nothing else makes up for."""
        name = "群名称" if self.kind == "groups" else "账号名称"
        wanted = (
            (
                "平台",
                self.head.has("platform") or self.context.platform is not None or self._all_say("platform"),
            ),
            (name, self.head.has("name", "group_name")),
            ("创建单位", self.head.has("unit") or self.context.unit is not None or self._all_say("unit")),
        )
        return tuple(title for title, there in wanted if not there)

    def _all_say(self, what: Literal["platform", "unit"]) -> bool:
        """Tell whether titles between the rows name the platform or the unit of every row."""
        return bool(self.entries) and all(getattr(entry.context, what) for entry in self.entries)

    @property
    def sectioned(self) -> bool:
        """Whether only titles between the rows name the units."""
        return not self.head.has("unit") and self.context.unit is None and self._all_say("unit")

    def unknown(self) -> list[str]:
        """Give the texts of the heading that mean nothing to the register."""
        known = {column.index for column in self.head.columns}
        rows = [row for row in self.sheet.rows if self.head.top <= row.number <= self.head.row]
        texts = [written(v) for row in rows for i, v in enumerate(row.values) if i not in known]
        return [text for text in texts if text]


@dataclass
class Rows:
    """Tells entries from the other rows of a table: notes, sums, signatures, sections, samples."""

    table: Table
    vocabulary: Vocabulary
    entries: list[Entry] = field(default_factory=list)
    examples: list[int] = field(default_factory=list)
    above: Mapping[int, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_number = {row.number: row for row in self.table.sheet.rows}
        self.context = self.table.context
        columns = self.table.head.columns
        self.own = {
            name: [c.index for c in columns if c.field == name] for name in {c.field for c in columns}
        }
        self.names = self.own.get("name", []) + self.own.get("group_name", [])
        self.ids = [
            index for name in ("id", "wechat_id", "original_id", "link") for index in self.own.get(name, [])
        ]

    def read(self, rows: Sequence[Row]) -> Table:
        for row in rows:
            self._row(row)
        return replace(self.table, entries=self.entries, examples=self.examples)

    def _row(self, row: Row) -> None:
        texts = [(index, text) for index, value in enumerate(row.values) if (text := written(value))]
        if not texts:
            return
        values = self._filled(row)
        if self.table.head.platform and not self._has_own(values):
            # The unit has no account on this platform.
            return
        first = texts[0][1]
        if self.vocabulary.says("example", first) or re.match(
            r"(?:示例|样例|例)[:：]", self._value("name", values)
        ):
            self.examples.append(row.number)
        elif self._guides(texts):
            return
        elif self._continues(row, values):
            last = self.entries[-1]
            self.entries[-1] = replace(last, more=(*last.more, values))
        elif len(texts) == 1 and (_NOTE.match(first) or not self._alone(texts[0][0], values)):
            self._section(first)
        elif self._is_entry(row, values, first):
            self.entries.append(Entry(row.number, self._apart(values), self.context))
            self.above = values

    def _filled(self, row: Row) -> dict[int, Value]:
        """Give the values by column; merged cells and 同上 take the value from above."""
        values: dict[int, Value] = {}
        for column in self.table.head.columns:
            value = row.at(column.index)
            top = self.table.sheet.merged.get((row.number, column.index))
            if value is None and top and top[1] == column.index and self.table.head.row < top[0] < row.number:
                above = self.by_number.get(top[0])
                value = above.at(column.index) if above else None
            if value is None and column.field in TELLING - {"name", "group_name"}:
                # A link by formula, of which the program that wrote it kept no value.
                value = self.table.sheet.links.get((row.number, column.index))
            if isinstance(value, str) and self.vocabulary.says("same", value.strip()):
                value = self.above.get(column.index)
            values[column.index] = value
        return values

    def _apart(self, values: Mapping[int, Value]) -> dict[int, Value]:
        """Give the values with names and ids that share a cell in columns of their own."""
        given = dict(values)
        for column in self.table.head.columns:
            if column.both and (text := written(values[column.index])) and not self.vocabulary.blank(text):
                text = str(values[column.index])
                given[column.index], given[column.index + BESIDE] = taken_apart(text)
        return given

    def _has_own(self, values: Mapping[int, Value]) -> bool:
        """Tell whether something stands in the columns of this platform; 无, 否 and × are nothing."""
        telling = {
            c.index for c in self.table.head.columns if c.index in self.table.head.own and c.field in TELLING
        }
        texts = [written(values.get(index)) for index in telling]
        return any(
            text and not self.vocabulary.blank(text) and self.vocabulary.verified(text) is not False
            for text in texts
        )

    def _value(self, name: str, values: Mapping[int, Value]) -> str:
        """Give what the row says in the columns of a field; `name` is that of a group, too."""
        columns = self.names if name == "name" else self.own.get(name, [])
        return next((text for index in columns if (text := written(values.get(index)))), "")

    def _guides(self, texts: Sequence[tuple[int, str]]) -> bool:
        """Tell whether the row explains how to fill in the columns."""
        guides = sum(
            text.strip("（()）*").startswith(tuple(self.vocabulary.table["cells"]["guide"]))
            for _, text in texts
        )
        return not self.entries and len(texts) > 1 and guides * 2 >= len(texts)

    def _continues(self, row: Row, values: Mapping[int, Value]) -> bool:
        """Tell whether the row is a further line of the account above: its name is merged into this row."""
        if not self.entries or any(row.at(index) is not None for index in (*self.ids, *self.names)):
            return False
        if self._more_people(row):
            return True
        own_platform = any(row.at(index) is not None for index in self.own.get("platform", []))
        return bool(self._value("name", values)) and not own_platform

    def _more_people(self, row: Row) -> bool:
        """Tell whether a row right below an account holds nothing but another manager of it."""
        filled = {
            column.field: text
            for column in self.table.head.columns
            if (text := written(row.at(column.index)))
        }
        below = row.number == self.entries[-1].row + 1 + len(self.entries[-1].more)
        signed = any(_NOTE.match(text) or _SIGNED.search(text) for text in filled.values())
        return below and "manager" in filled and not signed and filled.keys() <= _OF_MANAGER

    def _alone(self, only: int, values: Mapping[int, Value]) -> bool:
        """Tell whether a row's one cell is an account, since the rest of it is merged or said above."""
        if only in self.ids:
            return True
        platform, unit = self._value("platform", values), self._value("unit", values)
        said = self.context
        return only in self.names and bool(platform or said.platform) and bool(unit or said.unit)

    def _section(self, text: str) -> None:
        """Take a title between the rows for what it says: 二、二级单位账号, 微博."""
        if _NOTE.match(text) or len(text) > 30:
            return
        head, platforms = self.table.head, self.vocabulary.platforms_in(text)
        if not head.has("platform") and len(platforms) == 1:
            word = PlatformWord(platforms.pop())
            self.context = replace(self.context, platform=word, said_by=f"小标题“{text}”")
        if not head.has("tier") and (tier := self.vocabulary.tier_in(text)):
            self.context = replace(self.context, tier=tier)
        elif not head.has("unit") and not platforms and (unit := BODY.fullmatch(text)):
            self.context = replace(self.context, unit=unit["unit"])

    def _is_entry(self, row: Row, values: Mapping[int, Value], first: str) -> bool:
        beginning = [text for value in row.values[:4] if (text := written(value))][:2]
        if _SUM.fullmatch(first) or _SUM.fullmatch("".join(beginning)):
            return False
        word = self._value("platform", values)
        platform = self.vocabulary.platform(word, groups=True) if word else self.context.platform
        name, unit = self._value("name", values), self._value("unit", values) or self.context.unit
        if platform and name and unit:
            return True
        if _NOTE.match(first):
            return False
        if not (name and unit) and any(_SIGNED.search(written(value)) for value in row.values):
            return False
        if any(written(row.at(index)) for index in self.ids):
            return True
        columns = self.table.head.columns
        aside = {column.index for column in columns if column.field in PEOPLE or column.field == "ignored"}
        filled = sum(bool(written(row.at(c.index))) for c in columns if c.index not in aside)
        return bool(name) or filled >= (2 if word else 3)


def written(value: Value) -> str:
    """Give what stands in a cell, empty where nothing does."""
    return clean(value) if isinstance(value, str) else "" if value is None else str(value)
