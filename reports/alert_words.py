"""The words of an alert: what happened, which rule asks for what, and what to do now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from monitors.nouns import Stage
from reports.people import Role
from reports.told import Doubt, Told
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
    "notice_issued": (
        "请贵单位尽快更新或整改；不再使用的账号，请按规定注销并报备。"
        "如已处理或情况不符，请与宣传部联系，谢谢。"
    ),
    "notice_received": "请在期限前更新或整改；不再使用的账号，请按规定注销并报备。谢谢。",
    "circular": "整改期限已过，按规定可以公开通报。请尽快处理；如已处理或情况不符，请与宣传部联系。",
    "closure_recommended": "通报后的期限已过，按规定已建议关停。如仍需使用，请尽快与宣传部联系。",
}
_DOUBTFUL_TO_DO = "请人工核实，不作为通报依据。请核对实际情况并登记；如果没有问题，登记后不再提醒。"
_SIGHTING_TO_DO = (
    "请人工核实，不作为通报依据。名称相近只是线索；请判断它是否冒用校名、只是借用校名，还是与学校无关，"
    "判断登记后会一直记住。"
)


def words(step: Told | Doubt, role: Role) -> tuple[str, str]:
    """Title and text, in Chinese, for somebody of that role."""
    if isinstance(step, Doubt):
        return _doubt_words(step)
    account = visible(step.account)
    title = f"{_title(step)}：{account}（{step.title}）"
    # The papers lie on the server, where units do not come.
    papers = [f"文书：notices/{paper}.docx" for paper in step.papers if role != "unit_head"]
    return title, "\n".join([*_facts(step), *papers, "", _to_do(step, role)])


def _title(step: Told) -> str:
    if step.kind == "unseen":
        return "账号连续未能查看" if step.stage != "closed" else "账号已能查看"
    if step.stage == "closed" and step.result:
        return f"已结案（{RESULTS[step.result]}）"
    return _TITLES[step.stage]


def _facts(step: Told) -> Iterator[str]:
    yield f"账号：{visible(step.account)}（{step.title}）"
    if step.unit:
        yield f"单位：{visible(step.unit)}"
    yield f"情况：{visible(step.why)}"
    if step.newest:
        yield f"最近更新：{newest_words(step.newest)}（依据：{WITNESSES[step.newest.by]}）"
    if step.since and step.stage != "closed":
        yield f"起算日：{step.since.isoformat()}"
    if step.document:
        yield f"规定：{step.document} {step.clause}"
    if step.asks:
        yield f"要求：{step.asks}"
    if step.deadline and step.stage not in ("suspected", "opened", "closed"):
        provisional = "（临时，节假日安排公布后会重新计算）" if step.provisional else ""
        yield f"期限：{step.deadline.isoformat()}{provisional}"
    if step.link and step.link.startswith(("https://", "http://")):
        yield f"主页：{visible(step.link)}"
    yield f"阶段：{STAGES[step.stage]}"
    yield f"案件：{step.case}"


def _to_do(step: Told, role: Role) -> str:
    if step.kind == "unseen":
        return "这不是账号的问题：巡检连续几晚没能看到它。请检查账号 ID、网络和该平台的访问情况。"
    if step.stage == "closed":
        thanks = "感谢及时处理。" if step.result in ("remedied", "cancelled") else "感谢核实。"
        return thanks + _TO_DO["closed"]
    if step.stage == "suspected" and step.kind != "activity":
        return _SIGHTING_TO_DO if step.kind == "sighting" else _DOUBTFUL_TO_DO
    if role == "unit_head":
        return _TO_UNIT[step.stage]
    return _TO_DO[step.stage]


def _doubt_words(doubt: Doubt) -> tuple[str, str]:
    return (
        f"{doubt.title}：巡检结果暂不可信",
        f"平台：{doubt.title}\n"
        f"开始：{doubt.first_day.isoformat()} 的夜间巡检\n"
        f"原因：{visible(doubt.why)}\n\n"
        "在恢复之前，这个平台的账号一律不作判断，也不会有账号因此立案或升级。"
        "请运行 xunjian check --live 查看现在从这里能看到什么。恢复前不再重复提醒。",
    )
