"""Read and check a register of 5,000 rows, beside a bare calamine read of the same file."""

import datetime as dt
import os
import re
import resource
import tempfile
import time
from pathlib import Path

import xlsxwriter
from measures import Measure, peak, told
from python_calamine import CalamineWorkbook

from monitors.register.reading import read

ROWS = 5_000
TODAY = dt.date(2026, 11, 20)
PATTERNS = {
    "weibo": re.compile(r"[1-9]\d{4,9}"),
    "wechat": re.compile(r"gh_[0-9A-Za-z]{4,20}|[A-Za-z][-\w]{3,29}"),
    "bilibili": re.compile(r"[1-9]\d{0,15}"),
    "douyin": re.compile(r"MS4wLjABAAAA[\w-]{10,90}"),
}
HEAD = [
    "序号",
    "平台",
    "账号名称",
    "账号ID",
    "主页链接",
    "创建单位",
    "平台层级",
    "账号类型",
    "是否认证",
    "认证主体",
]
HEAD += [
    "创建时间",
    "备案时间",
    "主管领导",
    "负责人",
    "负责人职务",
    "联系电话",
    "邮箱",
    "管理员1",
    "管理员1手机",
    "备注",
]


def row(number):
    """Give one row; every fiftieth has a fault."""
    platform = ("微博", "微信公众号", "B站", "抖音")[number % 4]
    handle = {
        "微博": str(1_000_000_000 + number),
        "微信公众号": f"yunling_{number}",
        "B站": str(10_000 + number),
        "抖音": f"MS4wLjABAAAA{number:043}",
    }[platform]
    link = f"https://weibo.com/u/{handle}?from=page" if platform == "微博" else None
    name = None if number % 50 == 0 else f"云岭大学第{number}号"
    cells = [
        number,
        platform,
        name,
        handle,
        link,
        f"第{number % 200}学院",
        "二级",
        "订阅号",
        "是",
        "云岭大学",
    ]
    cells += [
        43_000 + number % 3000,
        "2020年3月",
        "甲某",
        "乙某",
        "院长",
        13_800_000_000 + number,
        "a@yunling.example",
    ]
    return [*cells, "丙某", f"139{number:08}", "每周更新"]


def written(path):
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("台账")
    for number, values in enumerate([["云岭大学新媒体台账"], HEAD, *(row(n) for n in range(1, ROWS + 1))]):
        sheet.write_row(number, 0, values)
    book.close()


def processor():
    """Give the seconds of processor time of this process and those it started."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def timed(work, repeat=5):
    """Give the result, and the fewest seconds of the wall clock and of the processor in some goes."""
    seconds, cpu = [], []
    for _ in range(repeat):
        start, busy = time.perf_counter(), processor()
        result = work()
        seconds.append(time.perf_counter() - start)
        cpu.append(processor() - busy)
    return result, min(seconds), min(cpu)


def measured():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "台账.xlsx"
        written(path)
        found, seconds, cpu = timed(lambda: read(path, PATTERNS, TODAY))
        assert len(found.accounts) + found.refused == ROWS
        opening = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        _, bare, bare_cpu = timed(lambda: CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python())
        yield Measure(
            f"register of {ROWS:,} rows read and checked", seconds, "s", "calamine alone", bare, at_most=3
        )
        yield Measure("  of this on the processor", cpu, "s", "calamine alone", bare_cpu)
        yield Measure("  memory", peak(), "MB")
        yield Measure("  memory of the process that opens it", opening, "MB")


if __name__ == "__main__":
    told(measured())
