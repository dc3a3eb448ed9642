"""Whatever stands in a sheet, reading it ends with accounts and problems that name real rows."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from offices import HEAD, PATTERNS, SEC, TODAY

from monitors.nouns import Account
from monitors.register.gathering import Gathering
from monitors.register.grid import Failed, Row, Sheet
from monitors.register.reading import ALL
from monitors.register.vocabulary import standard

HEADINGS = [
    *HEAD,
    "创建时间",
    "管理员1",
    "手机",
    "是否认证",
    "状态",
    "信息源",
    "备注",
    "群名称",
    "成员数",
    "名称",
    "类型",
]
VALUES = [
    "微博",
    "B站",
    "抖音",
    "微信",
    "QQ群",
    "微搏",
    "1234567890",
    "yunling_edu",
    SEC,
    "云岭大学",
    "团委",
    "同上",
    "无",
]
VALUES += [
    "https://weibo.com/u/1234567890",
    "https://v.douyin.com/abc/",
    "13800138000",
    "合计",
    "注：",
    "示例",
    "2020年3月",
]
VALUES += ["javascript:x", "一、二级平台", "填表人：", "2099-01-01", "√", "已注销", "甲某、乙某"]
CELL = (
    st.sampled_from(VALUES)
    | st.sampled_from(HEADINGS)
    | st.none()
    | st.none()
    | st.integers(-5, 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.dates(date(1990, 1, 1))
    | st.builds(Failed, st.just("#REF!"))
    | st.text(max_size=12)
)


@st.composite
def sheets(draw):
    head = draw(st.permutations(HEADINGS).map(lambda words: words[: draw(st.integers(3, 12))]))
    rows = [Row(draw(st.integers(1, 3)), head)]
    for cells in draw(st.lists(st.lists(CELL, max_size=12), max_size=8)):
        rows.append(Row(rows[-1].number + draw(st.integers(1, 3)), cells))
    numbers = [row.number for row in rows]
    merged = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(numbers), st.integers(0, 11)),
            st.tuples(st.sampled_from(numbers), st.integers(0, 11)),
            max_size=6,
        )
    )
    return Sheet(draw(st.sampled_from(["台账", "微博", "微信群", "二级单位"])), rows, merged=merged)


@settings(max_examples=300, deadline=None)
@given(st.lists(sheets(), min_size=1, max_size=2, unique_by=lambda sheet: sheet.name))
def test_any_sheet_is_read_to_its_end(given_sheets):
    found = Gathering(PATTERNS, TODAY, ALL, standard())
    for sheet in given_sheets:
        found.sheet(sheet)
    doubles = found.doubles()
    rows = {(sheet.name, row.number) for sheet in given_sheets for row in sheet.rows}
    places = (
        [p.place for p in found.problems] + [k.place for k in found.kept] + [r.place for r in found.refused]
    )
    assert {(place.sheet, place.row) for place in places} <= rows
    assert {k.place for k in found.kept}.isdisjoint(
        {r.place for r in found.refused} - {k.place for k in found.kept}
    )
    kept = [row.subject for row in found.kept if row.place not in doubles]
    assert len({subject.key for subject in kept}) == len(kept)
    for subject in kept:
        assert subject.name
        assert subject.unit
        if isinstance(subject, Account) and subject.handle and subject.platform in PATTERNS:
            assert PATTERNS[subject.platform].fullmatch(subject.handle)
    said = "".join(f"{p!r}" for p in found.problems)
    assert "13800138000" not in said
