"""How WeChat names accounts, albums and articles in its links."""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib

from crawlers.rehearsal.answers import Scene
from crawlers.rehearsal.cast import Member
from crawlers.rehearsal.life import Life, Post
from monitors.nouns import SHANGHAI

MP = "mp.weixin.qq.com"


def biz(member: Member) -> str:
    """Give the account's `__biz`, the Base64 form of a number."""
    number = 3_200_000_000 + zlib.crc32(member.handle.encode()) % 700_000_000
    return member.biz or base64.b64encode(str(number).encode()).decode()


def album(member: Member) -> str:
    """Give the number of the account's album."""
    digest = hashlib.sha256(member.handle.encode()).digest()
    return member.album or str(10**18 + int.from_bytes(digest[:7], "big"))


def album_link(member: Member) -> str:
    """Give the link of the account's album as an editor copies it."""
    return f"https://{MP}/mp/appmsgalbum?__biz={biz(member)}&action=getalbum&album_id={album(member)}"


def article_link(member: Member, post: Post) -> str:
    """Give the short link of an article."""
    return f"https://{MP}/s/{token(member, post)}"


def token(member: Member, post: Post) -> str:
    """Give the 22 letters that stand for an article in its short link."""
    name = struct.pack(">II", zlib.crc32(member.handle.encode()), post.seconds)
    tail = hashlib.sha256(name).digest()[:8]
    return base64.urlsafe_b64encode(name + tail).decode().rstrip("=")


def number(post: Post) -> int:
    """Give the number of a post, one for each day."""
    return 2_650_000_000 + post.seconds // 86_400


def long_link(member: Member, post: Post) -> str:
    """Give the long link of an article, as albums carry it."""
    sn = hashlib.md5(token(member, post).encode(), usedforsecurity=False).hexdigest()
    return f"http://{MP}/s?__biz={biz(member)}&mid={number(post)}&idx=1&sn={sn}&chksm=rehearsal#rd"


def title(post: Post) -> str:
    """Give the title of an article."""
    return f"【校园】{post.at.astimezone(SHANGHAI):%m月%d日}纪事"


def by_token(scene: Scene, letters: str) -> tuple[Life, Post] | None:
    """Give account and article of a short link, None where there is no such article."""
    given = (scene.life(member) for member in scene.members.values() if member.article == letters)
    if life := next(given, None):
        return life, next(life.posts(scene.now))
    try:
        crc, seconds = struct.unpack(">II", base64.urlsafe_b64decode(letters + "==")[:8])
    except (ValueError, struct.error):
        return None
    owned = (m for m in scene.members.values() if zlib.crc32(m.handle.encode()) == crc)
    life = next((scene.life(member) for member in owned), None)
    written = (post for post in life.posts(scene.now) if post.seconds == seconds) if life else iter(())
    post = next(written, None)
    return (life, post) if life and post else None


def by_number(scene: Scene, life: Life, letters: str) -> Post | None:
    """Give an account's article by the number in its long link."""
    if letters == life.member.article:
        return next(life.posts(scene.now))
    return next((post for post in life.posts(scene.now) if str(number(post)) == letters), None)


def by_biz(scene: Scene, name: str) -> Life | None:
    """Give the life of the account with that `__biz`."""
    return next((scene.life(m) for m in scene.members.values() if biz(m) == name), None)
