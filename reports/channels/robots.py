"""What the three group robots share: literal names, entries as lines, and the code in the body as the only success."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitors.nouns import SHANGHAI
from reports.channels import HOMEPAGE, Answer, Delivered, Entry, InDoubt, Letter, Refused
from reports.channels.posting import Reply, refusal
from reports.letters import heading, once_more, where_the_rest_lies
from reports.people import ChannelSpec
from reports.wording import visible

# Full-width forms: a reader sees the same name, the robot's markup sees no mark.
_INERT = str.maketrans({letter: chr(ord(letter) + 0xFEE0) for letter in "<>[]()*`~#@|\\{}!&$^"})
# An underscore inside a word (`notice_issued`) emphasises nothing.
_EMPHASIS = re.compile(r"(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])")
_ADDRESS = re.compile(r"(?<=[0-9A-Za-z])(://|\.(?=[A-Za-z]))")
_WIDE = str.maketrans(":/.", "：／．")
# Letters of one fact; what is longer is somebody's attempt at a message of his own.
_LONGEST = (600, 200, 80, 30)
# What a group reads on its phones needs not say twice: the title names the account, the reason its dates.
_LEFT_OUT = frozenset({HOMEPAGE, "账号", "最近更新", "起算日", "阶段", "案件", "文书"})


def inert(text: str, longest: int = _LONGEST[0]) -> str:
    """The text as it reads, with nothing in it that a robot's markup acts on: no link, no mention, no font."""
    wide = _ADDRESS.sub(lambda match: match[1].translate(_WIDE), visible(text)).translate(_INERT)
    wide = _EMPHASIS.sub("＿", wide)
    return wide if len(wide) <= longest else f"{wide[:longest]}……（太长，全文见周报）"


def target(link: str) -> str:
    """An address that cannot end its own link."""
    return "".join(letter if letter not in "()<>[]\"'\\ `" else f"%{ord(letter):02X}" for letter in link)


@dataclass(frozen=True, slots=True)
class Markup:
    """One robot's dialect: what stands around a title, a small line, a fact; what ends a line.

    `room`: bytes that one alert may take.
    """

    strong: Callable[[str], str]
    small: Callable[[str], str]
    fact: Callable[[str], str]
    line: str
    room: int


def titled(entry: Entry, longest: int = _LONGEST[0]) -> str:
    """An alert's title, made inert."""
    return ("【紧急】" if entry.urgent else "") + inert(entry.title, longest)


def facts(entry: Entry, longest: int) -> list[str]:
    """An alert's facts, each made inert; the address of a page is told as a link, apart."""
    return [
        f"{inert(label)}：{inert(words, longest)}" if label else inert(words, longest)
        for label, words in entry.facts
        if label not in _LEFT_OUT
    ]


def closing(entry: Entry) -> list[str]:
    """What to do and how to answer, as words of our own."""
    return [*(f"▶ {line}" for line in entry.to_do), *map("：".join, entry.answers)]


def signed(letter: Letter) -> str:
    """The last line: who says so, when, and where commands are run."""
    how = (
        "　命令在服务器上运行，或把编号告诉管巡检的同事" if any(one.answers for one in letter.entries) else ""
    )
    return f"新媒体巡检 {letter.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}{how if not letter.rest else ''}"


def numbered(entry: Entry) -> list[str]:
    """The lines of a brief entry under its title: number, unit, deadline."""
    said = dict(entry.facts)
    more = f"　{inert(said['单位'], 60)}" if "单位" in said else ""
    more += f"　期限 {inert(said['期限'], 60)}" if "期限" in said else ""
    return [f"编号：{number}{more}" for number in entry.numbers]


def bounded(written: Callable[[int], str], room: int) -> str:
    """What is written with facts as long as the room allows."""
    for longest in _LONGEST[:-1]:
        if len((whole := written(longest)).encode()) <= room:
            return whole
    return written(_LONGEST[-1])


def block(markup: Markup, entry: Entry, *, brief: bool) -> str:
    """One alert in a robot's markup; `brief` is its title and number."""
    if brief:
        return markup.line.join([markup.strong(titled(entry)), *map(markup.small, numbered(entry))])
    numbers = [f"编号：{number}" for number in entry.numbers]

    def written(longest: int) -> str:
        lines = [markup.strong(titled(entry, longest))]
        lines += [markup.small(f"{number}　日期：{entry.day}") for number in numbers]
        lines += map(markup.fact, facts(entry, longest))
        lines += [markup.fact(markup_link(f"打开{HOMEPAGE}", entry.link))] if entry.link else []
        # The empty line ends the quotation, which would take in what follows.
        return markup.line.join([*lines, "", *closing(entry)])

    return bounded(written, markup.room)


def text(markup: Markup, letter: Letter) -> str:
    """The whole message in a robot's markup."""
    first = [once_more(letter)] if letter.repeated else []
    first.append(markup.strong(inert(heading(letter))))
    if letter.rest:
        first.append(where_the_rest_lies(letter, markup_link))
    entries = [block(markup, entry, brief=bool(letter.rest)) for entry in letter.entries]
    return (markup.line * 2).join([*first, *entries, markup.small(signed(letter))])


def markup_link(title: str, link: str) -> str:
    """A link of our own making."""
    return f"[{title}]({target(link)})"


def fitting(entries: Sequence[Entry], size: Callable[[Sequence[Entry]], int], limit: int) -> int:
    """How many of the first entries stay within `limit` as `size` measures them; at least 1."""
    # Doubling first: a digest may hold hundreds of times what one message does.
    high = 1
    while high < len(entries) and size(entries[: 2 * high]) <= limit:
        high *= 2
    low, high = min(high, len(entries)), min(2 * high, len(entries))
    while low < high:
        middle = (low + high + 1) // 2
        if size(entries[:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Codes:
    """A robot's own words: under which keys it gives its code and its reason, and what its codes mean.

    `waits`: seconds during which a code will come again; `final`: codes that no time heals.
    """

    code: tuple[str, ...]
    reason: tuple[str, ...]
    waits: Mapping[int, float]
    final: frozenset[int]


def judged(reply: Reply | Refused | InDoubt, codes: Codes, spec: ChannelSpec) -> Answer:
    """Only the body's own zero is success; HTTP 200 alone says nothing."""
    if not isinstance(reply, Reply):
        return reply
    said = reply.said or {}
    given = next((said[key] for key in codes.code if type(said.get(key)) is int), None)
    if given is None:
        error = "回答里没有结果代码，不能当作已经收到；请核对 url"
        return refusal(reply) or Refused(error, everything=True)
    if given == 0:
        return refusal(reply) or Delivered()
    reason = next((str(said[key]) for key in codes.reason if said.get(key)), "")
    error = f"机器人拒绝：{given} {spec.hushed(visible(reason))[:200]}".rstrip()
    return Refused(
        error,
        final=given in codes.final,
        wait=max(codes.waits.get(given, 0), reply.wait),
        everything=given not in codes.final,
    )
