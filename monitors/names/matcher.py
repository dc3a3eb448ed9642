"""Scores a name met on a platform against all protected names and says which it plays on, and why."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from opencc import OpenCC
from pypinyin import lazy_pinyin
from rapidfuzz import fuzz

from monitors.names.protected import Protected
from monitors.nouns import NameMatch, Reason

FLAG = 0.5
_SIMPLE = OpenCC("t2s")


def folded(text: str) -> str:
    """Give the text in its plainest form: NFKC, simplified, lower case, letters and digits only."""
    plain = _SIMPLE.convert(unicodedata.normalize("NFKC", text)).casefold()
    return "".join(c for c in plain if c.isalnum())


class Matcher:
    """All protected names of one or many schools, ready to be compared with names."""

    def __init__(
        self,
        protected: Sequence[Protected],
        *,
        competitors: Sequence[str] = (),
        allowed: Iterable[str] = (),
        registered: Iterable[str] = (),
    ) -> None:
        self._refs = [(one, folded(one.text), " ".join(lazy_pinyin(folded(one.text)))) for one in protected]
        own = {fold for _, fold, _ in self._refs}
        self._others = {folded(name) for name in competitors} - own
        self._allowed = {folded(word) for word in allowed}
        self._registered = {folded(name) for name in registered}

    def match(self, name: str) -> NameMatch | None:
        """Give the match if an officer should look at the name, else None."""
        found = self.score(name)
        return found if found.flag else None

    def matches(self, names: Iterable[str]) -> Iterator[NameMatch]:
        """Give one match a name, in the order of the names, with memory flat in their number."""
        return map(self.score, names)

    def score(self, name: str) -> NameMatch:
        """Give the best school and its score, flagged or not."""
        fold = folded(name)
        if fold in self._registered:
            return NameMatch(name, None, 0.0, False, None, "registered", None)
        if any(word in fold for word in self._allowed if word):
            return NameMatch(name, None, 0.0, False, None, "allowed", None)
        sound = " ".join(lazy_pinyin(fold))
        best, score, literal = None, 0.0, False
        for one, text, spoken in self._refs:
            holds = len(text) > 2 and text in fold
            value = 1.0 if holds else 0.9 * fuzz.partial_ratio(spoken, sound) / 100 if len(text) > 3 else 0.0
            if value > score:
                best, score, literal = one, value, holds
        if best is None or any(other in fold for other in self._others if len(other) > len(best.text)):
            return NameMatch(name, None, 0.0, False, None, "none", None)
        flag = literal or score > 0.85
        return NameMatch(
            name,
            best.school,
            score if flag else score / 2,
            flag,
            "passes_off" if flag else None,
            "exact" if literal else "homophone_multi",
            best.text,
            (Reason(name, best.text, "原样含有受保护名称" if literal else "读音相近"),),
        )
