"""What the register itself shows: filed late, review overdue, nobody in charge, too many in one hand."""

from __future__ import annotations

from monitors.hearing import Hearing
from monitors.nouns import Verdict


def filed_late(hearing: Hearing) -> Verdict:
    """Judge the time between creation and filing; an account older than the text is not asked."""
    account, in_force = hearing.account, hearing.rule.in_force
    if account.created_on is None or account.filed_on is None:
        return hearing.says("Unknown", "台账没有同时写明创建时间和备案时间。")
    due = hearing.broken_from(account.created_on)
    if account.filed_on < due or (in_force and account.created_on < in_force):
        return hearing.says("Clear", f"{account.filed_on} 已备案。", fresh=True)
    if hearing.calendar.guessed(account.created_on, hearing.limit):
        return hearing.says(
            "Unknown", f"节假日数据只到 {hearing.calendar.covered_until}，还不能判断是否按期备案。"
        )
    why = f"账号创建于 {account.created_on}，{account.filed_on} 才备案，超过 {hearing.limit}。"
    return hearing.says("Breach", why, fresh=True, since=due)


def review_overdue(hearing: Hearing) -> Verdict:
    """Ask for the yearly review; only a suspicion, as the register keeps one date for filing and review."""
    filed = hearing.account.filed_on
    if filed is None:
        return hearing.says("Unknown", "台账没有写备案时间。")
    due = hearing.broken_from(filed)
    if due > hearing.day:
        return hearing.says("Clear", f"{filed} 已备案或年审。", fresh=True)
    why = f"台账里的备案时间是 {filed}，已超过 {hearing.limit}；做过年审的，请把备案时间改成年审日期。"
    return hearing.says("Suspected", why, fresh=True, since=due)


def no_leader(hearing: Hearing) -> Verdict:
    """Judge whether a responsible leader is filed."""
    return _filed(hearing, hearing.filing.has_leader, "主管领导")


def no_manager(hearing: Hearing) -> Verdict:
    """Judge whether a manager is filed."""
    return _filed(hearing, hearing.filing.has_manager, "管理员")


def _filed(hearing: Hearing, present: bool | None, what: str) -> Verdict:
    if present is None:
        return hearing.says("Unknown", f"台账没有“{what}”一栏。")
    if present:
        return hearing.says("Clear", f"台账已填{what}。", fresh=True)
    return hearing.says("Breach", f"台账没有填{what}，请补填。", fresh=True)


def manager_of_many(hearing: Hearing) -> Verdict:
    """Judge how many accounts one manager runs; more than the rule's count is a breach."""
    if hearing.filing.held is None:
        return hearing.says("Unknown", "台账没有“管理员”一栏。")
    if hearing.filing.held <= hearing.count:
        return hearing.says("Clear", f"同一管理员名下 {hearing.filing.held} 个账号。", fresh=True)
    why = f"同一管理员名下有 {hearing.filing.held} 个账号，超过 {hearing.count} 个，请另行安排人员。"
    return hearing.says("Breach", why, fresh=True)


def several_accounts(hearing: Hearing) -> Verdict:
    """Judge how many accounts a unit runs on one platform; more than the rule's count is a breach."""
    number = 1 + len(hearing.filing.siblings)
    if number <= hearing.count:
        return hearing.says("Clear", f"本单位在该平台有 {number} 个账号。", fresh=True)
    others = "、".join(hearing.filing.siblings)
    return hearing.says("Breach", f"本单位在该平台还有 {others}，请合并或说明用途。", fresh=True)
