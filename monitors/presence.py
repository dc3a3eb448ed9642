"""Whether an account is there, and under the name and verification that were filed."""

from __future__ import annotations

import unicodedata

from monitors.hearing import Hearing
from monitors.nouns import GoneWhy, Verdict

_STATES: dict[GoneWhy, str] = {
    "cancelled": "已注销",
    "suspended": "已被封停",
    "moved": "已迁移",
    "not_found": "不存在",
}


def gone(hearing: Hearing) -> Verdict:
    """Judge whether the platform says, on two nights, that the account is cancelled or unknown."""
    return _gone(hearing, ("cancelled", "not_found"))


def suspended(hearing: Hearing) -> Verdict:
    """Judge whether the platform says, on two nights, that the account is suspended."""
    return _gone(hearing, ("suspended",))


def moved(hearing: Hearing) -> Verdict:
    """Judge whether the platform says, on two nights, that the account has moved."""
    return _gone(hearing, ("moved",))


def _gone(hearing: Hearing, whys: tuple[GoneWhy, ...]) -> Verdict:
    absence, found_on = hearing.standing.absence, hearing.standing.found_on
    if absence is None:
        if found_on is None:
            return hearing.says("Unknown", "还没有读到过这个账号。")
        return hearing.says("Clear", f"{found_on} 看得到账号。", fresh=found_on == hearing.day)
    says = f"平台说账号{_STATES[absence.why]}{_quoted(absence.says)}"
    if absence.why not in whys:
        return hearing.says("Unknown", f"{says}；由另一条规则判断。")
    if absence.moved_to:
        says += f"（新账号 {absence.moved_to}）"
    if not absence.confirmed:
        return hearing.says("Unknown", f"{says}；要再有一晚同样的答复才能认定。", since=absence.since)
    fresh = absence.last == hearing.day
    why = f"{says}；{absence.since} 起 {absence.nights} 晚都是如此。"
    return hearing.says("Breach", why, fresh=fresh, since=absence.since)


def _quoted(says: str) -> str:
    """The platform's own words, or the sign that it gives to programs, told apart."""
    says = says.strip().rstrip("。.")
    if not says:
        return ""
    return f"：“{says}”" if any("\u4e00" <= one <= "\u9fff" for one in says) else f"（给程序的标志是 {says}）"


def name_differs(hearing: Hearing) -> Verdict:
    """Judge whether the name shown is the one filed."""
    filed, shown = hearing.account.name, hearing.standing.name
    if shown is None:
        return hearing.says("Unknown", "还没有读到过平台上的名称。")
    fresh = hearing.standing.name_on == hearing.day
    if _plain(filed) == _plain(shown):
        return hearing.says("Clear", "平台上的名称与备案一致。", fresh=fresh)
    since = hearing.standing.name_since
    why = f"平台上的名称是“{shown}”，备案的名称是“{filed}”。"
    return hearing.says("Breach", why, fresh=fresh, since=since)


def verification_differs(hearing: Hearing) -> Verdict:
    """Judge whether the verification shown is the one filed."""
    account, standing = hearing.account, hearing.standing
    if account.verified is None or standing.verified is None:
        return hearing.says("Unknown", "台账没有写明是否认证，或平台没有显示。")
    fresh, since = standing.verified_on == hearing.day, standing.verified_since
    if account.verified != standing.verified:
        filed, shown = ("已认证", "没有认证") if account.verified else ("未认证", "已认证")
        return hearing.says("Breach", f"备案为{filed}，平台显示{shown}。", fresh=fresh, since=since)
    filed_as, shown_as = _plain(account.verified_as or ""), _plain(standing.verified_as or "")
    if filed_as in shown_as or shown_as in filed_as:
        return hearing.says("Clear", "平台上的认证与备案一致。", fresh=fresh)
    why = f"备案的认证主体是“{account.verified_as}”，平台显示“{standing.verified_as}”，请核对。"
    return hearing.says("Suspected", why, fresh=fresh, since=since)


def still_shown(hearing: Hearing) -> Verdict:
    """Judge an account filed as cancelled that two nights still showed."""
    standing = hearing.standing
    fresh = standing.found_on == hearing.day
    if standing.found_nights < 2:
        return hearing.says("Clear", "没有连续看到这个已注销的账号。")
    why = f"台账写明已注销，{standing.found_on} 平台上仍看得到，请确认注销是否办完。"
    return hearing.says("Suspected", why, fresh=fresh, since=standing.first_seen)


def cancellation_unfiled(hearing: Hearing) -> Verdict:
    """Judge how long a cancelled account has stood in the register as in use."""
    absence = hearing.standing.absence
    if absence is None:
        found_on = hearing.standing.found_on
        return hearing.says("Clear", "没有看到注销。", fresh=found_on == hearing.day)
    if absence.why not in ("cancelled", "not_found") or not absence.confirmed:
        return hearing.says("Unknown", "还没有认定账号已注销。")
    due = hearing.broken_from(absence.since)
    if due > hearing.day:
        return hearing.says("Clear", f"{absence.since} 起账号已不存在，备案期限未到。")
    if absence.last < due:
        return hearing.says("Unknown", f"{absence.since} 起账号已不存在，备案期限过后还没有再读到过它。")
    if hearing.calendar.guessed(absence.since, hearing.limit):
        until = hearing.calendar.covered_until
        return hearing.says("Unknown", f"节假日数据只到 {until}，还不能判断注销备案是否逾期。")
    why = f"{absence.since} 起账号已不存在，超过 {hearing.limit}，台账仍写在用，请办注销备案。"
    return hearing.says("Breach", why, fresh=absence.last == hearing.day, since=due)


def unseen(hearing: Hearing) -> Verdict:
    """Judge for how many nights nothing could be learnt; this accuses nobody."""
    standing = hearing.standing
    if standing.first_looked is None:
        return hearing.says("Unknown", "还没有去读过这个账号。")
    last = standing.seen_on
    nights = (hearing.day - last).days if last else (hearing.day - standing.first_looked).days + 1
    if nights < hearing.count:
        return hearing.says("Clear", "最近读到过。")
    told = f"上次读到是 {last}" if last else f"{standing.first_looked} 起从未读到"
    why = f"连续 {nights} 晚没有读到（{told}），请维护人员查明原因；这不说明账号有问题。"
    return hearing.says("Unknown", why, since=last or standing.first_looked)


def _plain(text: str) -> str:
    """Without the differences that nobody calls another name: width, case, spaces, invisible marks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cf", "Mn"))
