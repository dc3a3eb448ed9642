"""What the register itself shows: filed late, review overdue, nobody in charge, groups nobody stands by."""

from __future__ import annotations

from datetime import date

from monitors.hearing import Hearing
from monitors.nouns import Verdict, VerdictKind
from monitors.register.dates import coarse_end
from monitors.rules import OWN


def filed_late(hearing: Hearing) -> Verdict:
    """Judge the time between creation and filing; an account older than the text is not asked."""
    account, in_force = hearing.account, hearing.rule.in_force
    if account.created_on and account.filed_on is None and hearing.filing.listed_on:
        return _listed_late(hearing, account.created_on, hearing.filing.listed_on)
    if account.created_on is None or account.filed_on is None:
        return hearing.says("Unknown", "台账没有同时写明创建时间和备案时间。")
    # A creation known to the month or the year counts from its end.
    created = coarse_end(account.created_on)
    due = hearing.broken_from(created)
    if account.filed_on < due or (in_force and account.created_on < in_force):
        return hearing.says("Clear", f"{account.filed_on} 已备案。", fresh=True)
    if hearing.calendar.guessed(created, hearing.limit):
        return hearing.says(
            "Unknown", f"节假日数据只到 {hearing.calendar.covered_until}，还不能判断是否按期备案。"
        )
    why = f"账号创建于 {account.created_on}，{account.filed_on} 才备案，超过 {hearing.limit}。"
    return hearing.says("Breach", why, fresh=True, since=due)


def _listed_late(hearing: Hearing, created_on: date, listed_on: date) -> Verdict:
    """Judge an account without a filing date by the day it came into the register: only a suspicion."""
    created, in_force = coarse_end(created_on), hearing.rule.in_force
    due = hearing.broken_from(created)
    if listed_on < due or (in_force and created_on < in_force):
        return hearing.says("Clear", f"{listed_on} 已列入台账。", fresh=True)
    if hearing.calendar.guessed(created, hearing.limit):
        return hearing.says("Unknown", "台账没有写备案时间，节假日数据也不够判断是否按期备案。")
    why = f"账号创建于 {created_on}，{listed_on} 才列入台账，超过 {hearing.limit}；已按期备案的，请填上备案时间。"
    return hearing.says("Suspected", why, fresh=True, since=due)


def review_overdue(hearing: Hearing) -> Verdict:
    """Ask for the yearly review; only a suspicion, as a review may have been held and not written down.

    A register without any review in it does not keep them, and nothing is concluded.
    """
    last = hearing.account.reviewed_on or hearing.account.filed_on
    if not hearing.filing.keeps_reviews:
        return hearing.says("Unknown", "台账没有“年审时间”一栏。")
    if last is None:
        return hearing.says("Unknown", "台账没有写年审时间，也没有写备案时间。")
    what = "年审" if hearing.account.reviewed_on else "备案"
    due = hearing.broken_from(coarse_end(last))
    if due > hearing.day:
        return hearing.says("Clear", f"{last} 已{what}。", fresh=True)
    told = f"台账里最近的{what}是 {last}，已超过 {hearing.limit}；做过年审的，请填上年审时间。"
    return hearing.says("Suspected", told, fresh=True, since=due)


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


def outsourced(hearing: Hearing) -> Verdict:
    """Judge whether the register itself says that the account is run by somebody outside the school."""
    if hearing.filing.outsourced is None:
        return hearing.says("Unknown", "台账没有“管理员”一栏。")
    if not hearing.filing.outsourced:
        return hearing.says("Clear", "台账没有写由校外人员管理。", fresh=True)
    return hearing.says(
        "Breach", "台账写明账号由外包人员或校外机构管理，请改由本校在职人员管理。", fresh=True
    )


def manager_of_many(hearing: Hearing) -> Verdict:
    """Judge how many accounts one manager runs; more than the rule's count is a breach."""
    if hearing.filing.held is None:
        return hearing.says("Unknown", "台账没有“管理员”一栏。")
    if hearing.filing.held <= hearing.count:
        return hearing.says("Clear", f"同一管理员名下 {hearing.filing.held} 个账号。", fresh=True)
    why = f"同一管理员名下有 {hearing.filing.held} 个账号，超过 {hearing.count} 个，请另行安排人员。"
    return hearing.says(_weight(hearing), why, fresh=True)


def several_accounts(hearing: Hearing) -> Verdict:
    """Judge how many accounts a unit runs on one platform; more than the rule's count is a breach."""
    number = 1 + len(hearing.filing.siblings)
    if number <= hearing.count:
        return hearing.says("Clear", f"本单位在该平台有 {number} 个账号。", fresh=True)
    others = "、".join(hearing.filing.siblings)
    return hearing.says(_weight(hearing), f"本单位在该平台还有 {others}，请合并或说明用途。", fresh=True)


def _weight(hearing: Hearing) -> VerdictKind:
    """Where no text asks for it but the patrol's own convention, a person is asked to look, no more."""
    return "Suspected" if hearing.rule.policy == OWN else "Breach"


def group_unlisted(hearing: Hearing) -> Verdict:
    """Judge whether a chat group of so many members or more is listed with all that the list asks for."""
    group = hearing.filing.group
    if group is None or group.members is None:
        return hearing.says("Unknown", "台账没有写群成员数。")
    if group.members < hearing.count:
        return hearing.says("Clear", f"群成员 {group.members} 人，不到 {hearing.count} 人。", fresh=True)
    if not group.missing:
        return hearing.says("Clear", "登记齐全。", fresh=True)
    why = f"群成员 {group.members} 人，台账没有写{'、'.join(group.missing)}，请补填。"
    return hearing.says(_weight(hearing), why, fresh=True)


def group_unconfirmed(hearing: Hearing) -> Verdict:
    """Judge how long nobody has confirmed that a chat group is in use; a small one is not asked."""
    group = hearing.filing.group
    if group is None:
        return hearing.says("Unknown", "台账没有写这个群。")
    if group.members is not None and group.members < hearing.count:
        return hearing.says("Clear", f"群成员 {group.members} 人，不到 {hearing.count} 人。", fresh=True)
    due = hearing.broken_from(group.since)
    if due > hearing.day:
        return hearing.says("Clear", f"{group.since} 确认过。", fresh=True)
    told = f"最近确认是 {group.confirmed_on}" if group.confirmed_on else "台账没有写最近确认的日期"
    why = f"{told}，超过 {hearing.limit}没有确认。还在用的请确认并填上日期，不用的请解散。"
    return hearing.says("Suspected", why, fresh=True, since=due)
