"""The week as a spreadsheet: every cell plain text, so that nothing in it can be a formula or a link."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, time
from typing import Any

import xlsxwriter

from monitors.nouns import SHANGHAI
from reports import wording
from reports.lost import Untold
from reports.pages import discreet
from reports.weekly.casework import CaseLine, Event
from reports.weekly.figures import Week
from reports.weekly.frames import BUCKETS, Counts
from reports.weekly.remarks import Remark
from reports.weekly.roll import AccountLine
from reports.weekly.suspects import SuspectLine
from reports.weekly.trust import PlatformLine
from reports.wording import count_words, newest_words, visible

_LONGEST = 32_000  # a cell holds 32,767 characters
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}

Row = Sequence[object]
# A sheet: its name, and each column's heading and width.
Columns = Sequence[tuple[str, int]]


def workbook(week: Week) -> bytes:
    """The sheets 账号, 案件, 本周事件, 疑似涉校名, 失效与改名, 备案事项, 单位, 平台, 没有送到的提醒, 一年, 规定."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    # The same week gives the same file.
    book.set_properties({"created": datetime.combine(week.last, time(), SHANGHAI)})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF0", "bottom": 1, "text_wrap": True})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    for name, columns, rows in _sheets(week):
        sheet = book.add_worksheet(name)
        last = 0
        for last, row in enumerate([[heading for heading, _ in columns], *rows]):
            for place, value in enumerate(row):
                text = visible("" if value is None else str(value))[:_LONGEST]
                sheet.write_string(last, place, text, cell if last else head)
        for place, (_, width) in enumerate(columns):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(last, 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    book.close()
    return file.getvalue()


def _sheets(week: Week) -> Iterator[tuple[str, Columns, Iterable[Row]]]:
    yield "账号", _ACCOUNTS, (_account(a) for unit in week.units for a in unit.accounts)
    yield "案件", _CASES, map(_case, week.cases)
    yield "本周事件", _EVENTS, map(_event, week.events)
    yield "疑似涉校名", _SUSPECTS, map(_suspect, week.suspects)
    yield "失效与改名", _REMARKS, map(_remark, week.losses)
    yield "备案事项", _REMARKS, map(_remark, week.filings)
    yield "单位", _UNITS, [*(_unit(u.unit, u.total, u.counts, u) for u in week.units), _total(week)]
    yield "平台", _PLATFORMS, map(_platform, week.platforms)
    yield "没有送到的提醒", _UNTOLD, map(_untold, week.untold)
    yield "一年", _YEAR, _year(week)
    yield (
        "规定",
        (("编号", 8), ("规定", 60), ("要求", 90)),
        ((number, clause.cited, clause.asks) for clause, number in week.numbers.items()),
    )


_WHO: Columns = (("单位", 24), ("平台", 12), ("账号名称", 32))
_ACCOUNTS = (
    *_WHO,
    *(("本周", 16), ("最近更新", 18), ("依据", 12), ("最近看到", 14), ("没看到的原因", 26), ("近26周", 30)),
    ("主页", 40),
)
_CASES = (
    ("案件", 14),
    *_WHO,
    *(("事项", 16), ("阶段", 18), ("进入阶段", 14), ("期限", 14), ("暂定", 8), ("结果", 20), ("情况", 40)),
    ("规定", 40),
)
_EVENTS = (("日期", 12), ("案件", 14), *_WHO, ("阶段", 18), ("结果", 20))
_SUSPECTS = (
    ("编号", 20),
    *(
        ("名称", 32),
        ("平台", 12),
        ("初步归类", 16),
        ("相近的名称", 20),
        ("理由", 48),
        ("认证", 16),
        ("粉丝", 10),
    ),
    *(("首次看到", 12), ("最近看到", 12), ("来源", 20), ("此前的判断", 14), ("主页", 40)),
)
_REMARKS = (*_WHO, ("判断", 12), ("起算日", 14), ("情况", 56), ("规定", 36))
_UNITS = (
    *(
        ("单位", 28),
        ("账号", 8),
        ("近四周有更新", 14),
        ("近四周看到", 14),
        ("未结案件", 10),
        ("到期的通知", 12),
    ),
    ("其中按期改正", 14),
    *((wording.BUCKETS[bucket], 14) for bucket in BUCKETS),
)
_PLATFORMS = (
    *(
        ("平台", 14),
        ("可信夜数", 10),
        ("存疑夜数", 10),
        ("存疑原因", 40),
        ("应看", 10),
        ("看到", 10),
        ("失效", 10),
    ),
    *(
        ("被拒", 10),
        ("答复不明", 10),
        ("没轮到", 10),
        ("请求", 10),
        ("搜索次数", 10),
        ("有答复", 10),
        ("搜索", 34),
    ),
)
_UNTOLD = (("编号", 18), ("日期", 14), ("给谁", 20), ("什么事", 60), ("是否可能已收到", 16))
_YEAR = (("周末", 14), ("未结案件", 12), ("待人工核实", 12), ("当周有更新的账号", 18), ("可信的夜晚", 14))


def _account(line: AccountLine) -> Row:
    return (
        *(line.unit, line.title, line.name, wording.BUCKETS[line.bucket]),
        newest_words(line.newest) if line.newest else "",
        wording.WITNESSES[line.newest.by] if line.newest else "",
        line.seen_on,
        wording.NOT_READ[line.not_read] if line.not_read else "",
        "".join(wording.CELL_MARKS[cell] for cell in line.strip),
        line.link,
    )


def _case(line: CaseLine) -> Row:
    return (
        *(line.id, line.unit, line.title, line.name, wording.KINDS[line.kind], wording.STAGES[line.stage]),
        *(line.stage_on, line.deadline or wording.NEXT[line.stage], "暂定" if line.provisional else ""),
        *(wording.RESULTS[line.result] if line.result else "", line.why, _cited(line)),
    )


def _event(event: Event) -> Row:
    case = event.case
    result = wording.RESULTS[event.result] if event.result else ""
    return (event.on, case.id, case.unit, case.title, case.name, wording.STAGES[event.stage], result)


def _suspect(line: SuspectLine) -> Row:
    verified = {True: "已认证", False: "未认证", None: ""}[line.verified]
    return (
        *(line.case or line.key, line.name, line.title, wording.READINGS[line.reading or ""], line.protected),
        "；".join(f"{one.left}→{one.right}：{one.why}" for one in line.reasons),
        f"{verified}：{line.verified_as}" if line.verified_as else verified,
        count_words(line.followers),
        *(line.first_day, line.last_day, "人工登记" if line.by else f"搜索 {'、'.join(line.words)}".strip()),
        *(wording.WORDS[line.word.word] if line.word else "", line.link),
    )


def _remark(line: Remark) -> Row:
    who = (line.unit, line.title, line.name)
    return (*who, wording.VERDICTS[line.verdict], line.since, line.why, _cited(line))


def _cited(line: CaseLine | Remark) -> str:
    return "；".join(clause.cited for clause in line.clauses)


def _unit(name: str, total: int, counts: Counts, sums: Any) -> Row:
    own = (name, total, sums.active, sums.seen, sums.open, sums.asked, sums.remedied)
    return (*own, *(counts[bucket] for bucket in BUCKETS))


def _total(week: Week) -> Row:
    def of(what: Callable[[Any], int]) -> int:
        return sum(what(unit) for unit in week.units)

    own = ("合计", len(week.accounts), week.now.active, week.now.known, week.now.open)
    answers = (of(lambda unit: unit.asked), of(lambda unit: unit.remedied))
    return (*own, *answers, *(week.counts[bucket] for bucket in BUCKETS))


def _platform(line: PlatformLine) -> Row:
    sums = line.sums
    doubts = "；".join(f"{'、'.join(map(str, days))}：{why}" for why, days in line.doubts.items())
    seen = (sums.planned, sums.found, sums.gone, sums.blocked, sums.other, sums.unseen, sums.requests)
    asked = (sums.asked, sums.answered if sums.asked else None, wording.SEARCHES[line.search])
    return (line.title, sums.believed, line.doubted, doubts, *seen, *asked)


def _untold(line: Untold) -> Row:
    told = (discreet(line.person), discreet(line.title))
    return (line.number, line.day, *told, "可能" if line.doubtful else "")


def _year(week: Week) -> Iterator[Row]:
    year = week.year
    for level, active, believed in zip(year.levels, year.active, year.believed, strict=True):
        shares = ("" if share is None else f"{share:.0%}" for share in (active, believed))
        yield (level.last, level.opened, level.suspected, *shares)
