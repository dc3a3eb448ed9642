"""What to search for, ranked: the names, the names with what impostors add, and the likeliest imitations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from monitors.likeliest import Scores, imitations
from monitors.names import Protected

Origin = Literal["name", "freed", "addition", "imitation", "unit"]

# What accounts that are not the school's put behind its name, the commonest first; {year} is this year's.
_ADDED = (
    *("招生办", "招生", "官方", "{year}新生群", "表白墙", "万能墙", "校园墙", "树洞"),
    *("新生", "教务处", "学生会", "校友会", "就业", "考研", "自考", "继续教育"),
)
# A school with three short and two former names has some eighty words, which a week of nights can ask.
_ADDED_TO_SHORT, _ADDED_TO_OTHERS = 5, 2
_ADDED_IN_ENGLISH = ("Admissions", "Official")
_IMITATIONS_OF_FULL, _IMITATIONS_OF_OTHERS = 16, 4
_UNITS = 6


@dataclass(frozen=True, slots=True)
class SearchWord:
    """One word to search for and why it is in the list."""

    word: str
    origin: Origin


def ranked(
    names: Sequence[Protected],
    scores: Scores,
    year: int,
    *,
    freed: Sequence[str] = (),
    units: Sequence[str] = (),
) -> tuple[SearchWord, ...]:
    """Give the words to search for, each once, in the order in which they are worth asking.

    `names` are the protected ones, of which those of units are passed over; `freed` the names of closed
    accounts; `units` the units of the school, the most active first; `scores` the matcher's `matches`.
    """
    own = [one for one in names if one.role != "unit"]
    # A closed account's name that holds the school's is met by searching for the school's as well.
    held = [name for name in freed if any(one.text in name for one in own)]
    words = [SearchWord(one.text, "name") for one in own]
    words += [SearchWord(name, "freed") for name in freed if name not in held]
    words += [SearchWord(text, "addition") for text in _in_turn([_additions(one, year) for one in own])]
    words += [SearchWord(name, "freed") for name in held]
    words += [SearchWord(text, "imitation") for text in _in_turn(_imitations(own, scores))]
    words += [SearchWord(text, "unit") for text in _of_units(own, units)]
    once = {one.word: one for one in reversed(words) if one.word}
    return tuple(once[word] for word in dict.fromkeys(one.word for one in words) if word in once)


def _additions(one: Protected, year: int) -> list[str]:
    if one.role == "english":
        return [f"{one.text} {word}" for word in _ADDED_IN_ENGLISH]
    many = {"full": len(_ADDED), "short": _ADDED_TO_SHORT}.get(one.role, _ADDED_TO_OTHERS)
    return [one.text + word.format(year=year) for word in _ADDED[:many]]


def _imitations(own: Sequence[Protected], scores: Scores) -> Iterator[list[str]]:
    """Of each Chinese name; one that a longer name holds is imitated with it."""
    for one in own:
        held = any(one.text in other.text for other in own if other is not one)
        if one.role in ("full", "short", "former") and not held:
            yield imitations(
                one.text, scores, _IMITATIONS_OF_FULL if one.role == "full" else _IMITATIONS_OF_OTHERS
            )


def _of_units(own: Sequence[Protected], units: Sequence[str]) -> list[str]:
    """Units are searched for with the school's name before them: 图书馆 alone is everybody's."""
    full = next((one.text for one in own if one.role == "full"), "")
    texts = [one.text for one in own]
    return [unit if any(t in unit for t in texts) else full + unit for unit in units[:_UNITS]]


def _in_turn(lists: Sequence[list[str]] | Iterator[list[str]]) -> list[str]:
    """Give the first of each list, then the second of each, and so on."""
    return [text for row in zip_longest(*lists) for text in row if text]
