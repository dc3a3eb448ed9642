"""Feeds with lines, tags and bytes changed: a lower bound from an entry's own date, or no fact."""

import re
from datetime import datetime
from functools import cache
from pathlib import Path

from crawlers.feeds import newest
from fuzz.grave import Grave
from monitors.nouns import Ambiguous, Found, ShapeChanged

FEEDS = Path(__file__).parent.parent / "pages" / "feeds"
NIGHT = datetime.fromisoformat("2026-11-16T02:41:07+08:00")
KINDS = ("text/xml", "application/json", "", "text/html; charset=gbk", "application/rss+xml; charset=utf-16")


@cache
def saved():
    return {
        path.name: path.read_bytes() for path in sorted(FEEDS.iterdir()) if path.suffix in (".xml", ".json")
    }


def a_round(rng):
    """Read one changed feed."""
    name, whole = rng.choice(sorted(saved().items()))
    lost = rng.random() < 0.6
    body = _fewer(whole, rng) if lost else _scrambled(whole, rng)
    before, after = newest(whole, "", NIGHT), newest(body, rng.choice(KINDS), NIGHT)
    told = None
    if not isinstance(after, Found | Ambiguous | ShapeChanged):
        told = "no outcome"
    elif isinstance(after, Found):
        late = after.newest.at > NIGHT or (lost and after.newest.at > _newest_of_all(name))
        told = "a date is newer than any entry" if late else None
        told = told or (None if after.newest.bound == "at_least" else "a feed is no proof of silence")
        told = told or ("a date without an entry" if not isinstance(before, Found) else None)
    if told:
        raise Grave(
            f"{told}: {name}\n  before {before}\n  after {after}",
            lambda to: (to.mkdir(parents=True), (to / name).write_bytes(body)),
        )


@cache
def _newest_of_all(name):
    """The newest date of any entry, posted or changed: without the one the other counts."""
    posted = re.sub(
        rb"<(/?)updated>", rb"<\1published>", re.sub(rb"<published>.*?</published>", b"", saved()[name])
    )
    changed = posted.replace(b"date_published", b"x").replace(b"date_modified", b"date_published")
    read = [newest(body, "", NIGHT) for body in (saved()[name], posted, changed)]
    return max((out.newest.at for out in read if isinstance(out, Found)), default=NIGHT)


def _fewer(whole, rng):
    """Without some of its tags, keys, or everything from a place on."""
    parts = re.split(rb"(?=<)|(?<=,)", whole)
    if rng.random() < 0.3:
        return whole[: rng.randrange(len(whole))]
    gone = set(rng.sample(range(len(parts)), min(len(parts), rng.randint(1, 4))))
    return b"".join(part for number, part in enumerate(parts) if number not in gone)


def _scrambled(whole, rng):
    body = bytearray(whole)
    for _ in range(rng.randint(1, 30)):
        body[rng.randrange(len(body))] = rng.randrange(256)
    return bytes(body)
