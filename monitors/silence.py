"""How long an account has been silent: only a whole, agreed reading convicts; a lower bound only clears."""

from __future__ import annotations

from datetime import date, timedelta

from monitors.calendar import shanghai_day
from monitors.hearing import WITNESSES, Hearing
from monitors.nouns import Newest, Verdict, VerdictKind
from monitors.standing import Agreed, Standing

# A colleague's word stands for a look on the day it was given and for the nights of the week after it.
WORD_HOLDS = timedelta(days=7)


def silence(hearing: Hearing) -> Verdict:
    """Judge the time since the most recent credible post."""
    standing = hearing.standing
    if standing.absence:
        return hearing.says("Unknown", f"平台说账号已不可见（{standing.absence.says}），不判断更新。")
    newest = standing.newest
    if newest is None:
        return _nothing_counted(hearing) or hearing.says("Unknown", _nothing_known(standing))
    last = shanghai_day(newest.at)
    broken = hearing.broken_from(last)
    seen = f"最近一次可信的更新是 {last}（{WITNESSES[newest.by]}{hearing.left_out}）"
    if broken > hearing.day:
        return hearing.says("Clear", f"{seen}。", fresh=_fresh(hearing), newest=newest)
    if whole := _convicting(standing, last, broken):
        why = f"{seen}，{hearing.over(last, whole.last, '没有更新')}"
        fresh = whole.last <= hearing.day <= _holds(standing, whole)
        return hearing.says("Breach", why, fresh=fresh, since=broken, newest=newest)
    looked = max((t.looked for t in standing.testimonies), default=None)
    if looked and looked >= broken:
        why = f"{seen}，{hearing.over(last, looked, '看不到更新')}{_doubt(newest)}"
        return hearing.says("Suspected", why, fresh=looked == hearing.day, since=broken, newest=newest)
    why = f"{seen}；{broken} 起期限已过，但此后没有读到过它的内容，不作判断。"
    return hearing.says("Unknown", why, newest=newest)


def never_posted(hearing: Hearing) -> Verdict:
    """Judge an account that, as the platform says, never posted: counted from its creation or first sight."""
    standing = hearing.standing
    if standing.newest:
        return hearing.says("Clear", "账号发布过内容。", fresh=_fresh(hearing), newest=standing.newest)
    empty = standing.empty
    start = hearing.account.created_on or standing.first_seen
    if empty is None or start is None or standing.absence:
        return hearing.says("Unknown", _nothing_known(standing))
    fresh = empty.last == hearing.day
    broken = hearing.broken_from(start)
    origin = f"{'创建于' if hearing.account.created_on else '首次看到是'} {start}"
    if broken > hearing.day:
        return hearing.says("Clear", f"账号{origin}，还没有发布过内容，期限未到。", fresh=fresh)
    if empty.last < broken:
        return hearing.says("Unknown", f"账号{origin}；{broken} 起期限已过，但此后没有读到过它，不作判断。")
    why = f"账号{origin}，平台显示从未发布内容，{hearing.over(start, empty.last, '')}"
    verdict: VerdictKind = "Breach" if empty.confirmed else "Suspected"
    return hearing.says(verdict, why, fresh=fresh, since=broken)


def hidden(hearing: Hearing) -> Verdict:
    """Judge an account whose owner hides its posts: a person must ask."""
    standing = hearing.standing
    since = standing.hidden_since
    if since is None and standing.found_on is None:
        return hearing.says("Unknown", _nothing_known(standing))
    fresh = standing.found_on == hearing.day
    if since is None:
        return hearing.says("Clear", "账号没有隐藏作品。", fresh=fresh)
    return hearing.says("Suspected", f"{since} 起账号隐藏了作品，请人工确认。", fresh=fresh, since=since)


def _nothing_counted(hearing: Hearing) -> Verdict | None:
    """Suspect an account of which only was seen what the rule does not count, since the rule could be broken."""
    standing = hearing.standing
    looked = max((t.looked for t in standing.testimonies if t.newest is None and not t.agreed), default=None)
    start = hearing.account.created_on or standing.first_seen
    if not hearing.left_out or looked is None or start is None:
        return None
    broken = hearing.broken_from(start)
    if looked < broken:
        return None
    why = f"到 {looked} 没有看到算作更新的内容{hearing.left_out}，请人工确认。"
    return hearing.says("Suspected", why, fresh=looked == hearing.day, since=broken)


def _convicting(standing: Standing, last: date, broken: date) -> Agreed | None:
    """The newest whole answer, confirmed and given on or after `broken`, that leaves no later post open."""
    whole = [
        t.agreed
        for t in standing.testimonies
        if t.agreed and t.agreed.confirmed and t.agreed.last >= broken
        # Another witness saw a later post: this one's list is not whole after all.
        and t.newest and shanghai_day(t.newest.at) >= last
    ]  # fmt: skip
    return max(whole, key=lambda agreed: agreed.last, default=None)


def _holds(standing: Standing, whole: Agreed) -> date:
    by_hand = any(t.by == "hand" and t.agreed == whole for t in standing.testimonies)
    return whole.last + WORD_HOLDS if by_hand else whole.last


def _fresh(hearing: Hearing) -> bool:
    """Did tonight, or a colleague's word of the last week, show anything of the posts?"""
    standing, day = hearing.standing, hearing.day
    rise = standing.unexplained
    return bool(rise and rise.night == day) or any(
        t.looked <= day <= t.looked + (WORD_HOLDS if t.by == "hand" else timedelta())
        for t in standing.testimonies
    )


def _doubt(newest: Newest) -> str:
    if newest.bound == "at_least":
        return "访客可能看不到更新的内容，请人工确认。"
    return "还要再有一晚读到同样的结果才能认定。"


def _nothing_known(standing: Standing) -> str:
    if standing.hidden_since:
        return "账号隐藏了作品，看不到更新日期。"
    if standing.empty:
        return "平台显示账号从未发布内容。"
    if standing.found_on:
        return "看得到账号，但还没有读到过它的内容。"
    return "还没有读到过这个账号；没有公开页面的，请单位报告最近更新日期。"
