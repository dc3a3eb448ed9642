"""What ids stand for: a platform's Chinese title and public pages, a rule's text and clause."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from monitors.citations import matter
from monitors.nouns import PLATFORM_IDS, PlatformFacts
from monitors.rules import Rule

# Where no platform file gives a title.
_TITLES: Mapping[str, str] = {
    "website": "网站",
    "channels": "视频号",
    "miniprogram": "小程序",
    "qzone": "QQ 空间",
    "qq_public": "QQ 公众号",
    "zhihu": "知乎",
    "xiaohongshu": "小红书",
    "tieba": "百度贴吧",
    "toutiao": "今日头条",
    "kuaishou": "快手",
    "douyu": "斗鱼",
    "rmh": "人民号",
    "xhh": "新华号",
    "app": "客户端",
    "wechat_group": "微信群",
    "qq_group": "QQ 群",
    "weibo_group": "微博群",
    "dingtalk_group": "钉钉群",
    "other": "其他平台",
}


@dataclass(frozen=True, slots=True)
class Clause:
    """Document and clause, and what it asks in our own words."""

    cited: str
    asks: str


class Terms:
    """Looks up platforms and rules; a rule that is no longer in use is named by its id."""

    def __init__(self, facts: Mapping[str, PlatformFacts], rules: Iterable[Rule]) -> None:
        self._facts = facts
        self._rules = {(rule.policy, rule.rule): rule for rule in rules}

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """Everything in use, in the order of its texts."""
        return tuple(dict.fromkeys(Clause(rule.cited, rule.asks) for rule in self._rules.values()))

    def title(self, platform: str) -> str:
        """The platform's Chinese name."""
        if platform in self._facts:
            return self._facts[platform].title
        return _TITLES.get(platform, platform)

    def rank(self, platform: str) -> tuple[int, str]:
        """The usual order of platforms."""
        return (PLATFORM_IDS.index(platform) if platform in PLATFORM_IDS else len(PLATFORM_IDS), platform)

    def readable(self, platform: str, handle: str | None) -> bool:
        """Can the patrol look at this account by itself?"""
        return platform in self._facts and handle is not None

    def searchable(self, platform: str) -> bool:
        """Can the platform be searched at all from outside?"""
        return platform in self._facts and self._facts[platform].searchable

    def link(self, platform: str, handle: str | None) -> str | None:
        """The public page of an account, where there is one."""
        if handle is None or platform not in self._facts:
            return None
        return self._facts[platform].profile_url(handle)

    def same_matter(self, one: tuple[str, str], other: tuple[str, str]) -> bool:
        """Are two rules (policy, rule) about one and the same thing?"""
        left, right = self._rules.get(one), self._rules.get(other)
        if left is None or right is None:
            return one == other
        return matter(left) == matter(right)

    def clause(self, policy: str, rule: str) -> Clause:
        """What a rule cites and asks."""
        known = self._rules.get((policy, rule))
        return Clause(known.cited, known.asks) if known else Clause(f"{policy} {rule}（现已停用的规则）", "")
