"""The starter's register: the accounts of the rehearsal in a workbook such as an office keeps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import Member, day, scenario
from crawlers.rehearsal.life import Life
from crawlers.rehearsal.wechat.addresses import album_link, article_link
from monitors.nouns import SHANGHAI

COLUMNS = (
    ("序号", 6),
    ("创建单位", 24),
    ("平台层级", 9),
    ("平台", 12),
    ("账号名称", 26),
    ("账号ID", 20),
    ("主页链接", 36),
    ("账号类型", 10),
    ("是否认证", 9),
    ("认证主体", 28),
    ("创建时间", 12),
    ("备案时间", 12),
    ("年审时间", 12),
    ("主管领导", 10),
    ("负责人", 10),
    ("负责人职务", 14),
    ("联系电话", 16),
    ("内容范围", 20),
    ("状态", 8),
    ("信息源", 48),
    ("备注", 20),
)
# Each sheet was filled in by another hand, and they do not agree on the platforms' names.
WORDS = {
    "一级": {"weibo": "微博", "wechat": "微信公众号", "bilibili": "哔哩哔哩", "douyin": "抖音"},
    "二级": {"weibo": "新浪微博", "wechat": "微信公众号", "bilibili": "B站", "douyin": "抖音号"},
    "三级": {"weibo": "微博", "wechat": "微信订阅号", "bilibili": "bilibili", "douyin": "抖音"},
}
SHEETS = {"一级": "一级平台（学校）", "二级": "二级平台（单位）", "三级": "三级平台（学生组织）"}
NOTES = (
    "填表说明：1. 账号ID与主页链接至少填一项；微信公众号填原始ID（gh_ 开头），并在信息源中填合集或文章链接。",
    "2. 账号更名、更换负责人、注销，请在5个工作日内书面报党委宣传部更新本表。",
    "填表人：　　　　　　　　单位负责人签字：　　　　　　　　（盖章）",
)

Cell = str | int | date | None


def written(workbook: Path, anchor: date | None = None) -> Path:
    """Write the register as it stands on the day `anchor`, by default today in Shanghai; give its path."""
    anchor = anchor or datetime.now(SHANGHAI).date()
    with xlsxwriter.Workbook(str(workbook), {"strings_to_urls": False}) as book:
        book.set_properties({"title": f"{scenario().school.name}新媒体平台备案台账"})
        styles = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
            "head": book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1, "align": "center"}),
            "cell": book.add_format({"border": 1, "text_wrap": True, "valign": "top"}),
            "date": book.add_format({"border": 1, "num_format": "yyyy-mm-dd", "valign": "top"}),
        }
        for tier, name in SHEETS.items():
            rows = [row for member_tier, row in _rows(anchor) if member_tier == tier]
            _fill(book.add_worksheet(name), name, rows, anchor, styles)
    return workbook


def _fill(
    sheet: Worksheet, name: str, rows: list[tuple[Cell, ...]], anchor: date, styles: dict[str, Format]
) -> None:
    title = f"{scenario().school.name}新媒体平台备案台账·{name}"
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, title, styles["title"])
    sheet.set_row(0, 30)
    sheet.write_string(1, 0, f"牵头单位：党委宣传部　　更新日期：{anchor:%Y年%m月%d日}")
    for column, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(2, column, heading, styles["head"])
    for number, row in enumerate(rows, 1):
        _write(sheet, number + 2, (number, *row), styles)
    foot = len(rows) + 4
    sheet.write_string(foot, 0, f"合计：{len(rows)} 个账号")
    for line, note in enumerate(NOTES, 1):
        sheet.write_string(foot + line, 0, note)
    sheet.freeze_panes(3, 5)
    sheet.autofilter(2, 0, 2 + len(rows), len(COLUMNS) - 1)


def _write(sheet: Worksheet, line: int, row: Iterable[Cell], styles: dict[str, Format]) -> None:
    for column, value in enumerate(row):
        if isinstance(value, date):
            sheet.write_datetime(line, column, value, styles["date"])
        elif isinstance(value, int):
            sheet.write_number(line, column, value, styles["cell"])
        else:
            sheet.write_string(line, column, value or "", styles["cell"])


def _rows(anchor: date) -> list[tuple[str, tuple[Cell, ...]]]:
    """Give (tier, cells after the running number), sorted by unit as offices do."""
    rows = []
    for number, (platform, member) in enumerate(scenario().registered(), 101):
        tier, unit = member.tier or "二级", member.unit or ""
        handle, link = _address(platform, member)
        created = day(anchor, member.created)
        cells = (
            unit,
            tier,
            WORDS[tier][platform],
            member.name,
            handle,
            link,
            member.type,
            "是" if member.verified_as else "否",
            member.verified_as,
            created,
            day(anchor, min(member.created + 3, -1)),
            _reviewed(member, anchor),
            "李某某" if tier == "一级" else None,
            "张某某" if tier != "三级" else "王某某",
            "指导教师" if tier == "三级" else "宣传工作负责人",
            # No country has this number, so nobody can be called by it.
            f"+000-0000-{number:04}",
            "招生宣传与咨询" if "招生" in member.name else "校园资讯",
            member.filed_as,
            _witnesses(member, anchor) if platform == "wechat" else None,
            None,
        )
        rows.append((tier, cells))
    return sorted(rows, key=lambda row: (str(row[1][0]), str(row[1][2]), str(row[1][3])))


def _reviewed(member: Member, anchor: date) -> date | None:
    """Give the day of the yearly review: of accounts older than a year, and of a few of these too long ago."""
    if member.created > -365 or member.filed_as == "注销":
        return None
    return day(anchor, -400 if len(member.name) == 11 else -150)


def _address(platform: str, member: Member) -> tuple[str, str | None]:
    """Give handle and link; some rows have only the link, as people copy what the address bar shows."""
    link = platforms()[platform].facts.profile_url(member.handle)
    only_link = link is not None and member.tier != "一级" and len(member.name) % 3 == 0
    return ("" if only_link else member.handle), link


def _witnesses(member: Member, anchor: date) -> str:
    """Give the links under which an account without a public page shows life."""
    life = Life(member, anchor, scenario().school.vacations)
    newest = next(life.posts(datetime.combine(anchor, time(), SHANGHAI)), None)
    links = [album_link(member)] if member.in_album and newest else []
    links += [article_link(member, newest)] if newest else []
    return "\n".join(links)
