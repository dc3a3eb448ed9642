"""How a platform's search finds names: by letters, by sound, and by most of the characters."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from crawlers.rehearsal.answers import Scene
from crawlers.rehearsal.life import Life


def found(scene: Scene, keyword: str) -> list[Life]:
    """Give the living accounts that a search for `keyword` shows, the nearest and biggest first."""
    met = [(nearness(keyword, life.name(scene.now)), life) for life in scene.living()]
    met = [(near, life) for near, life in met if near > 0]
    met.sort(key=lambda pair: (-pair[0], -pair[1].member.followers, pair[1].member.handle))
    return [life for _, life in met]


def nearness(keyword: str, name: str) -> float:
    """Give 1 for the name itself, 0 for no hit: contained, sounding alike, or sharing most characters."""
    wanted, offered = folded(keyword), folded(name)
    if not wanted:
        return 0.0
    if wanted in offered:
        return len(wanted) / len(offered) / 2 + 0.5
    if len(wanted) > 1 and _sound(wanted) in _sound(offered):
        return 0.4
    shared = sum(1 for letter in set(wanted) if letter in offered) / len(set(wanted))
    return shared / 3 if shared > 0.5 and not wanted.isascii() else 0.0


@lru_cache(4096)
def folded(text: str) -> str:
    """Drop what a search does not look at: width, case, spaces, signs."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(letter for letter in plain if letter.isalnum())


@lru_cache(4096)
def _sound(text: str) -> str:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 (slow to load)

    return "".join(lazy_pinyin(text))


def marked(name: str, keyword: str, before: str, after: str) -> str:
    """Mark the keyword in a name the way result pages do."""
    return name.replace(keyword, f"{before}{keyword}{after}") if keyword else name


def rounded(count: int) -> str:
    """Give a counter as pages show it: 62.4万, 1.2亿, or the number itself."""
    if count >= 100_000_000:
        return f"{count / 100_000_000:.1f}亿"
    return f"{count / 10_000:.1f}万" if count >= 10_000 else str(count)
