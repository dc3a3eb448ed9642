"""The rehearsal's scenario read as text, apart from the package: who is filed, and on which days each posts."""

import tomllib
from datetime import timedelta
from functools import cache
from pathlib import Path

from crawlers import rehearsal

TEXT = Path(rehearsal.__file__).parent / "scenario"


def rows():
    """The registered accounts as the scenario's text states them, read apart from the package."""
    for name in ("weibo", "bilibili", "wechat", "douyin"):
        for row in tomllib.loads((TEXT / f"{name}.toml").read_text("utf-8"))["accounts"]:
            yield name, row


def posting_days(row, until, anchor, kinds=("post", "repost", "video", "text", "live")):
    """All days (as offsets) before the night `until` with a post, worked out from the row's text alone."""
    ends = [row.get("cancelled"), row.get("moved", {}).get("on")]
    ends += [row.get("suspended")] if "restored" not in row else []
    end = min([until, *(end for end in ends if end is not None)])
    days = {pin for pin in row.get("pins", ()) if pin < end} if "post" in kinds else set()
    for spell in row.get("posts", ()):
        first = spell.get("from", row.get("created", -900))
        phase, last = spell.get("to", first), spell.get("to", end - 1)
        if spell.get("kind", "post") not in kinds:
            continue
        for day in range(first, min(last, end - 1) + 1):
            held = "restored" in row and row["suspended"] <= day < row["restored"]
            if (
                (day - phase) % spell["every"] == 0
                and not held
                and not _idle(row, anchor + timedelta(days=day))
            ):
                days.add(day)
    return sorted(days)


def _idle(row, day):
    return row.get("rests") and any(first <= f"{day:%m-%d}" <= last for first, last in _vacations())


@cache
def _vacations():
    return tomllib.loads((TEXT / "school.toml").read_text("utf-8"))["school"]["vacations"]
