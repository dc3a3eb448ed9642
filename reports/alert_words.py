"""The words of an alert: what happened, which rule asks for what, what to do now and how to answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

from monitors.nouns import Stage
from reports.channels import COMMAND, HOMEPAGE, HOW
from reports.people import Role
from reports.told import Doubt, Missed, Need, News, Restored, Told, Undelivered
from reports.wording import RESULTS, STAGES, WITNESSES, newest_words, visible

_TITLES: Mapping[Stage, str] = {
    "suspected": "请人工核实",
    "opened": "发现问题，已立案",
    "notice_issued": "请发整改通知",
    "notice_received": "整改通知已送达",
    "circular": "期限已到，可公开通报",
    "closure_recommended": "期限已到，建议关停",
    "closed": "已结案",
}
_TO_DO: Mapping[Stage, str] = {
    "suspected": (
        "请人工核实，不作为通报依据。请用已登录的手机看一眼这个账号，把看到的最近更新日期登记下来；"
        "如果账号没有问题，登记后不再提醒。"
    ),
    "opened": "已按规定立案，留有记录。如果情况有误，请告诉我们，可以撤回。",
    "notice_issued": "请向该单位发出整改通知，并登记单位收到通知的日期；整改期限从收到之日算起。",
    "notice_received": "已登记单位收到整改通知，整改期限开始计算。账号恢复更新或改正后会自动结案。",
    "circular": "整改期限已过，账号仍未改正。按规定可以公开通报；通报是否发出由人决定，发出后请登记日期。",
    "closure_recommended": (
        "通报后的期限已过，账号仍未改正。按规定建议关停；是否关停由有关部门决定，本系统只作提醒和记录。"
    ),
    "closed": "案件已结，不需要再做什么。",
}
_TO_UNIT: Mapping[Stage, str] = {
    "suspected": "请核对这个账号的情况，并告诉宣传部，谢谢。",
    "opened": "请核对这个账号的情况；如已处理或情况不符，请与宣传部联系，谢谢。",
    "notice_issued": (
        "请贵单位尽快更新或整改；不再使用的账号，请按规定注销并报备。"
        "如已处理或情况不符，请与宣传部联系，谢谢。"
    ),
    "notice_received": "请在期限前更新或整改；不再使用的账号，请按规定注销并报备。谢谢。",
    "circular": "整改期限已过，按规定可以公开通报。请尽快处理；如已处理或情况不符，请与宣传部联系。",
    "closure_recommended": "通报后的期限已过，按规定已建议关停。如仍需使用，请尽快与宣传部联系。",
    "closed": "案件已结，不需要再做什么。",
}
_DOUBTFUL_TO_DO = "请人工核实，不作为通报依据。请核对实际情况并登记；如果没有问题，登记后不再提醒。"
_SIGHTING_TO_DO = (
    "请人工核实，不作为通报依据。名称相近只是线索；请判断它是否冒用校名、只是借用校名，还是与学校无关，"
    "判断登记后会一直记住。"
)
_REVERTED = "上一步已由人工撤回，以现在的阶段为准。"

# How to answer: the verb and what follows the alert's number, then what it says.
_TAKEN_UP = ("ack", "", "已着手处理，不再重复提醒")
_FINE = ("decide", "--as fine --why 理由 ", "核实过，没有问题")
_ANSWERS: Mapping[Stage, tuple[tuple[str, str, str], ...]] = {
    "suspected": (("attest", "--last-post 日期 ", "在手机上看到的最近更新日期"), _FINE, _TAKEN_UP),
    "opened": (_FINE, _TAKEN_UP),
    "notice_issued": (("step", "--to notice_received --on 日期 ", "单位已收到通知"), _FINE, _TAKEN_UP),
    "notice_received": (),
    "circular": (("step", "--to circular --on 日期 ", "通报已经发出"), _TAKEN_UP),
    "closure_recommended": (("step", "--to closed --on 日期 ", "账号已注销或关停"), _TAKEN_UP),
    "closed": (),
}
_SIGHTING_ANSWERS = (
    ("decide", "--as imitation --why 理由 ", "是仿冒，立案"),
    ("decide", "--as fine --why 理由 ", "与学校无关或已同意，不再提示"),
    ("decide", "--as unsure --why 理由 ", "看过，拿不准"),
)


def words(step: News, role: Role) -> tuple[str, str]:
    """Title and text, in Chinese, for somebody of that role; `{number}` stands for the alert's own number."""
    match step:
        case Told():
            return f"{_title(step)}：{visible(step.account)}（{step.title}）", _told_text(step, role)
        case Doubt():
            return _doubt_words(step)
        case Restored():
            return _restored_words(step)
        case Missed():
            return _missed_words(step)
        case Undelivered():
            return _undelivered_words(step)
        case Need():
            return step.title, f"情况：{visible(step.why)}\n\n{step.remedy}"
        case _:
            assert_never(step)


def _told_text(step: Told, role: Role) -> str:
    facts = list(_facts(step))
    if role != "unit_head" and step.papers:
        # The papers lie on the server, where units do not come.
        facts.append("文书：" + "、".join(f"notices/{paper}.docx" for paper in step.papers))
    return "\n".join([*facts, "", _to_do(step, role), *_answers(step, role)])


def _title(step: Told) -> str:
    if step.reverted:
        return "已撤回上一步"
    if step.kind == "unseen":
        return "账号连续未能查看" if step.stage != "closed" else "账号已能查看"
    if step.kind == "sighting" and step.stage == "suspected":
        return "发现名称涉及校名的账号，请判断"
    if step.kind == "gone" and step.stage != "closed":
        return f"账号看不到了，{_TITLES[step.stage]}"
    if step.stage == "closed" and step.result:
        return f"已结案（{RESULTS[step.result]}）"
    return _TITLES[step.stage]


def _facts(step: Told) -> Iterator[str]:
    yield f"账号：{visible(step.account)}（{step.title}）"
    if step.unit:
        yield f"单位：{visible(step.unit)}"
    yield f"情况：{visible(step.why)}"
    for letters in step.letters:
        yield f"名称：{visible(letters)}"
    if step.newest:
        yield f"最近更新：{newest_words(step.newest)}（依据：{WITNESSES[step.newest.by]}）"
    if step.since and step.stage != "closed":
        yield f"起算日：{step.since.isoformat()}"
    if step.document:
        yield from _clause(f"{step.document} {step.clause}", step.asks)
    for cited, asks in step.others:
        yield from _clause(cited, asks)
    if deadline := _deadline(step):
        yield f"期限：{deadline}"
    if step.evidence:
        record = "巡检记录 " if "#" in step.evidence else ""
        yield f"证据：{record}{visible(step.evidence)}"
    if step.link and step.link.startswith(("https://", "http://")):
        yield f"{HOMEPAGE}：{visible(step.link)}"
    yield f"阶段：{STAGES[step.stage]}"
    yield f"案件：{step.case}"


def _clause(cited: str, asks: str) -> Iterator[str]:
    yield f"规定：{cited}"
    if asks:
        yield f"要求：{asks}"


def _deadline(step: Told) -> str:
    if step.stage in ("suspected", "opened", "closed"):
        return ""
    if step.deadline:
        provisional = "（临时，节假日安排公布后会重新计算）" if step.provisional else ""
        return f"{step.deadline.isoformat()}{provisional}"
    if step.term and step.stage in ("notice_issued", "circular"):
        since = "单位收到通知" if step.stage == "notice_issued" else "通报发出"
        return f"自登记{since}之日起 {step.term}"
    return "规定没有写明，请尽快处理" if step.stage in ("notice_issued", "notice_received") else ""


def _to_do(step: Told, role: Role) -> str:
    if step.reverted:
        return _REVERTED
    if step.kind == "unseen":
        return "这不是账号的问题：巡检连续几晚没能看到它。请检查账号 ID、网络和该平台的访问情况。"
    if step.stage == "closed":
        thanks = "感谢及时处理。" if step.result in ("remedied", "cancelled") else "感谢核实。"
        return thanks + _TO_DO["closed"]
    if role == "unit_head":
        return _TO_UNIT[step.stage]
    if step.stage == "suspected" and step.kind != "activity":
        return _SIGHTING_TO_DO if step.kind == "sighting" else _DOUBTFUL_TO_DO
    return _TO_DO[step.stage]


def _answers(step: Told, role: Role) -> Iterator[str]:
    if step.stage == "closed" or step.reverted:
        return
    if role == "unit_head":
        yield "答复时请报编号 {number}。"
        return
    answers = _ANSWERS[step.stage]
    if step.stage == "suspected" and step.kind != "activity":
        answers = _SIGHTING_ANSWERS if step.kind == "sighting" else (_FINE, _TAKEN_UP)
    if answers:
        yield HOW
    for verb, options, meaning in answers:
        yield f"{meaning}：{COMMAND} {verb} {{number}} {options}--by 姓名"


# ── for the maintainer ──────────────────────────────────────────────────────────────────────────


def _doubt_words(doubt: Doubt) -> tuple[str, str]:
    return (
        f"{doubt.title}：巡检结果暂不可信",
        f"平台：{doubt.title}\n"
        f"开始：{doubt.first_day.isoformat()} 的夜间巡检\n"
        f"原因：{visible(doubt.why)}\n\n"
        "在恢复之前，这个平台的账号一律不作判断，也不会有账号因此立案或升级。"
        "请运行 xunjian check --live 查看现在从这里能看到什么。恢复前不再重复提醒，恢复时会再说一声。",
    )


def _restored_words(restored: Restored) -> tuple[str, str]:
    return (
        f"{restored.title}：巡检结果恢复可信",
        f"平台：{restored.title}\n"
        f"开始：{restored.first_day.isoformat()} 的夜间巡检\n\n"
        "对照账号今晚读得正常，这个平台恢复判断。期间没有看到的账号会优先补看，不需要做什么。",
    )


def _missed_words(missed: Missed) -> tuple[str, str]:
    return (
        f"{missed.day.isoformat()} 的夜间巡检没有完成",
        f"日期：{missed.day.isoformat()}\n"
        f"情况：{visible(missed.why)}\n\n"
        "请运行 xunjian status 查看原因；排除后运行 xunjian night 补做，已经看过的不会重看。",
    )


def _undelivered_words(dead: Undelivered) -> tuple[str, str]:
    return (
        f"渠道 {visible(dead.channel)} 有 {len(dead.numbers)} 条提醒没有送到",
        f"渠道：{visible(dead.channel)}\n"
        f"原因：{visible(dead.error)}\n"
        f"提醒：{_listed(dead.numbers)}\n\n"
        "多次尝试后已放弃，收件人还不知道这些事。请改正渠道或地址的设置，用 xunjian tell --test 验证，"
        "再运行 xunjian tell --again 重发。",
    )


def _listed(numbers: tuple[str, ...]) -> str:
    if len(numbers) <= 20:
        return "、".join(numbers)
    return f"{'、'.join(numbers[:20])} 等，全部见周报"
