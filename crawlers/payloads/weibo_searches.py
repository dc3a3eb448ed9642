"""What Weibo's three ways of searching for users answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from parsel import Selector

from crawlers.payloads.weibo import NOTHING_HERE, payload, person
from crawlers.platforms import Asked, Results
from crawlers.shapes import Json, Missing, text
from crawlers.texts import count, strip_marks
from crawlers.visits import Page
from monitors.nouns import Ambiguous, Count, Profile

UID = re.compile(r"weibo\.com/(?:u/)?(\d{5,})")


def mobile(page: Page, asked: Asked) -> Results | Ambiguous:
    """Read the mobile search: groups of users, in which the same one may stand twice."""
    data = payload(page)
    groups = [card.get("card_group") or [card.value] for card in data["cards"].members()]
    items = [item for group in groups for item in Json(group, "data.cards[].card_group").members()]
    hits = [item for item in items if item.get("user.id") or item.get("user.idstr")]
    if not hits:
        return Ambiguous(NOTHING_HERE)
    people = tuple(
        replace(one, followers=one.followers or _fans(hit)) for hit in hits for one in _people([hit["user"]])
    )
    # The number of the next page is null at the end; where it is not even named, nobody knows.
    info = data.get("cardlistInfo")
    told = isinstance(info, dict) and "page" in info
    return Results(people, more=info["page"] is not None if told else None)


def _fans(hit: Json) -> Count | None:
    """Read `粉丝：1.2万` under the name."""
    line = hit.get("desc2")
    return count(line.rpartition("：")[2]) if isinstance(line, str) and "粉丝" in line else None


def suggestions(page: Page, asked: Asked) -> Results | Ambiguous:
    """Read the suggestion box: a few users, never all, so `more` cannot be known."""
    data = payload(page)
    if data.get("users") is None and data.get("user") is None:
        return Ambiguous("联想框里没有用户一栏")
    boxes = [Json(data.get(key), f"data.{key}") for key in ("users", "user")]
    users = [user for box in boxes for user in ([box] if box.get("id") else box.members())]
    return Results(_people(users), more=None)


def _people(users: Sequence[Json]) -> tuple[Profile, ...]:
    return tuple(replace(p, name=strip_marks(p.name)) for p in map(person, users) if p.name)


def html(page: Page, asked: Asked) -> Results:
    """Read the search page; that nothing was found needs its own words in the usual place."""
    document = Selector(text(page), type="html")
    box = document.css("#pl_user_feedList")
    cards = box.css(".card-user-b")
    if not cards and not box.css(".card-no-result"):
        raise Missing("#pl_user_feedList .card-user-b")
    profiles = tuple(profile for profile in map(_hit, cards) if profile.name)
    if cards and not profiles:
        raise Missing("#pl_user_feedList .card-user-b .info .name")
    # A page that was cut off tells nothing of what would follow.
    ended = b"</html>" in page.body.lower()[-200:]
    return Results(profiles, more=True if document.css("a.next") else False if ended else None)


def _hit(card: Selector) -> Profile:
    uid = UID.search(" ".join(card.css("a::attr(href)").getall()))
    verified = bool(card.css('.info i[class*="icon-vip"]'))
    reason = card.css(".info a[title]::attr(title)").get("").strip()
    return Profile(
        handle=uid[1] if uid else None,
        name="".join(card.css(".info .name").xpath(".//text()").getall()).strip(),
        verified=verified,
        verified_as=reason or None if verified else None,
        followers=count(card.xpath('.//span[contains(., "粉丝")]//a/text()').get()),
    )
