"""Canaries: whether a platform is believed tonight, from an account known to live and one that cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from monitors.calendar import shanghai_day
from monitors.nouns import (
    Ambiguous,
    Blocked,
    BlockedBy,
    Body,
    Found,
    Gone,
    Note,
    Outcome,
    SearchOutcome,
    ShapeChanged,
    Sightings,
    Unreachable,
)

# The living canary posts almost daily; a whole list that ends earlier is not the list of today.
LIVELY = timedelta(days=14)
# By so much may a clock differ from a platform's, and a cached answer's from both.
SKEW = timedelta(hours=6)
# So many accounts that all fail are no longer each one's own matter.
MANY = 3

_WALLS: dict[BlockedBy, str] = {
    "login": "要求登录",
    "captcha": "要求验证码",
    "rate": "限制访问频率",
    "risk": "风险拦截",
    "robots": "robots.txt 不允许",
}


def doubt(notes: Iterable[Note], *, absent: bool, live: bool = False) -> str | None:
    """Why nobody on the platform is judged tonight, in Chinese; None when its canaries read right.

    `notes` are the platform's notes of one night; `absent` says that it has a provably absent canary, `live`
    that its answers tell the time of the world, which then must be ours.
    A living canary read again after a wall may be walled: that only ends the night. What contradicts the
    truth (a living one gone or silent, an absent one found) is doubted whenever it was read.
    """
    notes = list(notes)
    alive, missing = [], []
    for note in notes:
        if note.purpose == "canary_alive":
            alive.append(note)
        elif note.purpose == "canary_absent":
            missing.append(note)
    return _alive(alive) or (_absent(missing) if absent else None) or (_another_time(notes) if live else None)


def _another_time(notes: Iterable[Note]) -> str | None:
    """What the platform's clock says of ours; of all answers the one nearest to it, for a cache keeps old ones."""
    apart = [note.seen_at - at for note in notes for body in note.bodies if (at := _answered_at(body))]
    nearest = min(apart, key=abs, default=timedelta(0))
    if abs(nearest) <= SKEW:
        return None
    way = "快" if nearest > timedelta(0) else "慢"
    hours = abs(nearest) // timedelta(hours=1)
    return f"本机的时间比平台的{way}了 {hours} 小时，请校准；校准以前看到的日期都不作数。"


def _answered_at(body: Body) -> datetime | None:
    """The time that an answer bears; None where it bears none that can be read."""
    try:
        at = parsedate_to_datetime(dict(body.headers).get("date", ""))
    except ValueError:
        return None
    return at if at.tzinfo else None


def _alive(notes: list[Note]) -> str | None:
    if not notes:
        return "没有读到应当正常的对照账号。"
    wrong = [reason for note in notes if (reason := _contradicts(note))]
    if wrong:
        return f"对照账号（应当正常）读成了：{wrong[0]}。"
    if not any(isinstance(note.outcome, Found) for note in notes):
        return f"对照账号（应当正常）没有读成：{told(notes[0].outcome)}。"
    return None


def _contradicts(note: Note) -> str | None:
    outcome = note.outcome
    if isinstance(outcome, Gone):
        return f"平台说“{outcome.says}”"
    if not isinstance(outcome, Found):
        return None
    if outcome.hidden or (outcome.newest is None and outcome.posts_total == 0):
        return "看不到任何发布内容"
    newest = outcome.newest
    if newest and newest.bound == "exact" and note.seen_at - newest.at > LIVELY:
        return f"最近更新停在 {shanghai_day(newest.at)}"
    return None


def _absent(notes: list[Note]) -> str | None:
    if not notes:
        return "没有读到应当不存在的对照账号。"
    if any(isinstance(note.outcome, Found) for note in notes):
        return "对照账号（应当不存在）读成了看得到。"
    if not any(isinstance(note.outcome, Gone) for note in notes):
        return f"对照账号（应当不存在）没有读成：{told(notes[0].outcome)}。"
    return None


def unread(notes: Iterable[Note]) -> str | None:
    """Why the platform is an outage although its canaries read right: every account that was asked for failed.

    Without a statement nobody is accused; but that nobody could be read must not stay untold. What the platform
    answers unclearly, what robots.txt keeps closed and what there was nothing to ask for is no failure.
    """
    notes = list(notes)
    visits = {note.key: note for note in notes if note.purpose in ("account", "sighting") and note.requests}
    if any(isinstance(note.outcome, Found | Gone) for note in visits.values()):
        return None
    failed = [note.outcome for note in visits.values() if _failed(note.outcome)]
    canary = [note.outcome for note in notes if note.purpose == "canary_alive"]
    # A single one is enough where the living canary, asked again, was refused as well.
    if len(failed) < (1 if canary and _failed(canary[-1]) else MANY):
        return None
    return f"对照账号读得正常，但看过的 {len(failed)} 个账号一个也没有读到：{told(failed[0])}。"


def _failed(outcome: Outcome) -> bool:
    if isinstance(outcome, Blocked):
        return outcome.by != "robots"
    return isinstance(outcome, ShapeChanged | Unreachable)


def word_hit(notes: Iterable[Note]) -> bool:
    """Did the canary word, which must hit, hit tonight?"""
    return any(
        note.purpose == "canary_word" and isinstance(note.outcome, Sightings) and note.outcome.sightings
        for note in notes
    )


def searched(outcome: SearchOutcome, *, hit: bool) -> SearchOutcome:
    """The search as it may be believed: an empty one is clean only if the canary word `hit`."""
    if isinstance(outcome, Sightings) and not outcome.sightings and not hit:
        return Blocked("risk")
    return outcome


def told(outcome: Outcome) -> str:
    """An outcome in the words of a message to the maintainer."""
    match outcome:
        case Found():
            words = "看得到账号"
        case Gone():
            words = f"平台说“{outcome.says}”"
        case Sightings():
            words = f"搜到 {len(outcome.sightings)} 个账号"
        case Blocked():
            words = f"被拦（{_WALLS[outcome.by]}）"
        case Ambiguous():
            words = f"答复有多种可能（{outcome.says}）"
        case ShapeChanged():
            words = f"页面格式变了（缺 {outcome.missing}）"
        case Unreachable():
            words = f"连不上（{outcome.why}）"
    return words
