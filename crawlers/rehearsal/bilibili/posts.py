"""Envelope, accounts and posts as all of Bilibili's addresses give them."""

from __future__ import annotations

from itertools import islice
from typing import Any

from crawlers.rehearsal.answers import Answer, Scene, told
from crawlers.rehearsal.life import Life, Post

FACE = "https://i1.hdslb.com/bfs/face/rehearsal.jpg"

NOT_THERE = {"code": -404, "message": "啥都木有", "ttl": 1}


def ok(data: Any) -> Answer:
    """Wrap data in the envelope."""
    return told({"code": 0, "message": "0", "ttl": 1, "data": data})


def living(scene: Scene, handle: str) -> Life | None:
    """Give the life behind a number, None where it can no longer be seen."""
    life = scene.known(handle)
    return life if life and life.state(scene.now) == "living" else None


def uploaded(scene: Scene, life: Life | None, most: int) -> list[Post]:
    """Give the `most` newest videos of an account."""
    listed = life.listed(scene.now) if life else iter(())
    return list(islice((post for post in listed if post.kind == "video"), most))


def bvid(post: Post) -> str:
    """Give a made-up BV number; it carries no time."""
    letters, number, text = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf", post.seconds, ""
    while number:
        number, place = divmod(number, 58)
        text += letters[place]
    return "BV1" + text.ljust(9, "F")


def title(post: Post) -> str:
    """Give the title of a post."""
    return f"校园记录 第{post.seconds % 997}期"


def official(verified: str) -> dict[str, Any]:
    """Give the mark of verification."""
    return {"role": 4 if verified else 0, "title": verified, "desc": "", "type": 1 if verified else -1}
