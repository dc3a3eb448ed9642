"""The week as a spreadsheet: every cell plain text, so that nothing in it can be a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Sequence

import xlsxwriter

from reports.figures import Week
from reports.rolls import Remark
from reports.wording import (
    BUCKETS,
    KINDS,
    NEXT,
    READINGS,
    RESULTS,
    STAGES,
    VERDICTS,
    WITNESSES,
    visible,
)
from reports.wording import newest_words as newest

_LONGEST = 32_000  # a cell holds 32,767 characters
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Row = Sequence[object]


def workbook(week: Week) -> bytes:
    """The sheets 账号, 案件, 疑似涉校名, 失效与改名, 备案事项, 平台."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    styles = {
        "head": book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1, "text_wrap": True}),
        "cell": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for name, widths, rows in _sheets(week):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                text = visible("" if value is None else str(value))[:_LONGEST]
                sheet.write_string(number, column, text, styles["cell" if number else "head"])
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(widths) - 1)
    book.close()
    return file.getvalue()


def _sheets(week: Week) -> list[tuple[str, Sequence[int], list[Row]]]:
    return [
        ("账号", (24, 12, 32, 16, 18, 12, 14, 26, 40), _accounts(week)),
        ("案件", (14, 20, 12, 32, 24, 16, 14, 14, 8, 12, 40, 40), _cases(week)),
        ("疑似涉校名", (32, 12, 16, 20, 48, 16, 12, 12, 12, 40), _suspects(week)),
        ("失效与改名", (24, 12, 32, 10, 14, 56, 36), _remarks(week.losses)),
        ("备案事项", (24, 12, 32, 10, 14, 56, 36), _remarks(week.filings)),
        ("平台", (14, 10, 10, 40, 12, 10, 10, 10, 10, 10, 40), _platforms(week)),
    ]


def _accounts(week: Week) -> list[Row]:
    rows: list[Row] = [
        ("单位", "平台", "账号名称", "本周状态", "最近更新", "依据", "最近看到", "没看到的原因", "主页")
    ]
    rows += (
        (
            unit.unit,
            line.title,
            line.name,
            BUCKETS[line.bucket],
            newest(line.newest) if line.newest else "",
            WITNESSES[line.newest.by] if line.newest else "",
            line.seen_on,
            line.not_read,
            line.link,
        )
        for unit in week.units
        for line in unit.accounts
    )
    return rows


def _cases(week: Week) -> list[Row]:
    rows: list[Row] = [
        (
            "案件",
            "单位",
            "平台",
            "账号名称",
            "事项",
            "阶段",
            "进入阶段",
            "期限",
            "临时",
            "结果",
            "情况",
            "规定",
        )
    ]
    rows += (
        (
            case.id,
            case.unit,
            case.title,
            case.name,
            KINDS[case.kind],
            STAGES[case.stage],
            case.stage_on,
            case.deadline or NEXT[case.stage],
            "临时" if case.provisional else "",
            RESULTS[case.result] if case.result else "",
            case.why,
            "；".join(clause.cited for clause in case.clauses),
        )
        for case in week.cases
    )
    return rows


def _suspects(week: Week) -> list[Row]:
    rows: list[Row] = [
        ("名称", "平台", "初步归类", "相近的名称", "理由", "认证", "首次看到", "最近看到", "来源", "主页")
    ]
    rows += (
        (
            suspect.name,
            suspect.title,
            READINGS[suspect.reading or ""],
            suspect.protected,
            "；".join(f"{reason.left}→{reason.right}：{reason.why}" for reason in suspect.reasons),
            suspect.verified,
            suspect.first_day,
            suspect.last_day,
            "人工登记" if suspect.by_hand else "搜索",
            suspect.link,
        )
        for suspect in week.suspects
    )
    return rows


def _remarks(remarks: Sequence[Remark]) -> list[Row]:
    rows: list[Row] = [("单位", "平台", "账号名称", "判断", "起算日", "情况", "规定")]
    rows += (
        (
            remark.unit,
            remark.title,
            remark.name,
            VERDICTS[remark.verdict],
            remark.since,
            remark.why,
            "；".join(clause.cited for clause in remark.clauses),
        )
        for remark in remarks
    )
    return rows


def _platforms(week: Week) -> list[Row]:
    rows: list[Row] = [
        ("平台", "可信夜数", "存疑夜数", "存疑原因", "应看", "看到", "失效", "被拒", "其他", "没轮到", "搜索")
    ]
    rows += (
        (
            line.title,
            line.believed,
            line.doubted,
            "；".join(f"{'、'.join(map(str, days))}：{why}" for why, days in line.doubts.items()),
            line.planned,
            line.found,
            line.gone,
            line.blocked,
            line.other,
            line.unseen,
            line.searched,
        )
        for line in week.platforms
    )
    return rows
