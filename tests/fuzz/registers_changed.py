"""Registers with cells, bytes and parts changed: read to the end or refused, and nobody's number told."""

import datetime as dt
import json
import tempfile
import zipfile
from pathlib import Path

import openpyxl

from crawlers.platforms import platforms
from fuzz.grave import Grave
from monitors.register.problems import Refused
from monitors.register.reading import read

TODAY = dt.date(2026, 11, 20)
SEC = "MS4wLjABAAAA" + "yunlingdaxue" * 3 + "Qx7"
PATTERNS = {name: platform.handle for name, platform in platforms().items()}
# Of contacts; the rest of a cell may be shown, these never.
PRIVATE = ("13912345678", "hidden.person@example.cn")
HEAD = [
    "平台",
    "账号名称",
    "账号ID",
    "主页链接",
    "创建单位",
    "状态",
    "创建时间",
    "主管领导",
    "管理员1",
    "手机",
    "邮箱",
]
ROWS = [
    [
        "微博",
        "云岭大学",
        6123450987,
        None,
        "党委宣传部",
        "在用",
        dt.date(2019, 3, 1),
        "党委副书记",
        "甲某",
        *PRIVATE,
    ],
    [
        "B站",
        "云岭大学团委",
        None,
        "https://space.bilibili.com/2718281828",
        "校团委",
        "在用",
        "2020年3月",
        "书记",
        "乙某",
        *PRIVATE,
    ],
    ["抖音", "云岭大学青年", SEC, None, "校团委", "停用", 44000, "书记", "丙某", *PRIVATE],
    [
        "微信公众号",
        "云岭大学图书馆",
        "gh_0a1b2c3d4e5f",
        None,
        "图书馆",
        "注销",
        "2021.5",
        "馆长",
        "丁某",
        *PRIVATE,
    ],
]
CELLS = (
    *("", " ", "\x00", "\ud800", "\u202e甲", "合计", "同上", "注：以上均为公开信息", "=1/0", "平台", "#REF!", "云" * 5000),
    *(0, -1, 1e308, 46346.5, True, None, dt.date(1899, 12, 31), dt.date(9999, 12, 31), dt.time(1, 2)),
    *("https://weibo.com/u/1", "javascript:alert(1)", "http://127.0.0.1/", "http://[::1", "https://weibo.com\\@x"),
    *("<script>", "{{7*7}}", "{% raw %}", "微博、抖音", "校团委\n校团委", "2026-02-30", "13月1日", PRIVATE[0]),
)  # fmt: skip


def saved(folder, rng):
    """A register of four rows with some cells changed, as a workbook or as text."""
    rows = [[*HEAD], *([*row] for row in ROWS)]
    for _ in range(rng.randint(0, 6)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(CELLS)
    if rng.random() < 0.3:
        rows.insert(rng.randrange(len(rows)), [rng.choice(CELLS) for _ in range(rng.randint(0, 14))])
    if rng.random() < 0.3:
        order = rng.sample(range(len(HEAD)), len(HEAD))
        rows = [[row[n] if n < len(row) else None for n in order] for row in rows]
    if rng.random() < 0.4:
        lines = (rng.choice((",", ",", ";", "\t")).join(_quoted(cell, rng) for cell in row) for row in rows)
        text = rng.choice(("\n", "\r\n", "\r")).join(lines)
        path = folder / "台账.csv"
        path.write_bytes(text.encode(rng.choice(("utf-8-sig", "utf-8", "gb18030", "utf-16")), "replace"))
        return path
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([_writable(cell) for cell in row])
    path = folder / "台账.xlsx"
    book.save(path)
    return path


def _quoted(cell, rng):
    text = "" if cell is None else str(cell)
    return f'"{text.replace(chr(34), chr(34) * 2)}"' if rng.random() < 0.5 else text


def _writable(cell):
    if not isinstance(cell, str):
        return cell
    return openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", cell.replace("\ud800", "")) or None


def spoilt(path, rng):
    """Change bytes of the file, or of one of its parts."""
    if rng.random() < 0.4:
        return
    if path.suffix == ".csv" or rng.random() < 0.4:
        body = bytearray(path.read_bytes())
        _scramble(body, rng)
        path.write_bytes(bytes(body))
        return
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = rng.choice(sorted(parts))
    body = bytearray(parts[name])
    _scramble(body, rng)
    parts[name] = bytes(body)
    if rng.random() < 0.1:
        del parts[name]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for part, data in parts.items():
            book.writestr(part, data)


def _scramble(body, rng):
    for _ in range(rng.randint(1, 8)):
        if not body:
            return
        where = rng.randrange(len(body))
        match rng.randrange(4):
            case 0:
                body[where] = rng.randrange(256)
            case 1:
                del body[where : where + rng.choice((1, 10, 200))]
            case 2:
                body[where:where] = bytes(rng.randrange(256) for _ in range(rng.choice((1, 10))))
            case _:
                del body[where:]


def a_round(rng):
    """Read one changed register; what is kept is whole, what is said names real rows and no contact."""
    with tempfile.TemporaryDirectory() as folder:
        path = saved(Path(folder), rng)
        spoilt(path, rng)
        held = path.read_bytes()
        told = _told(path)
    if told:
        raise Grave(
            f"{told}: {path.name}", lambda to: (to.mkdir(parents=True), (to / path.name).write_bytes(held))
        )


def _told(path):
    try:
        found = read(path, PATTERNS, TODAY)
    except Refused as refused:
        said = str(refused)
    else:
        for one in found.accounts:
            if not one.name or not one.unit:
                return "an account without a name or a unit was kept"
            if one.handle and one.platform in PATTERNS and not PATTERNS[one.platform].fullmatch(one.handle):
                return "a handle that is none was kept"
        if len(found.rows) != len(found.accounts) + len(found.groups):
            return "a kept row has no place"
        said = json.dumps(list(found.lines()), ensure_ascii=False)
        said.encode()
    # A number that stands in a cell of names is shown as that name: only the cells of contacts are private.
    return "a contact is told" if PRIVATE[1] in said else None
