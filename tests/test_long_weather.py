"""Two hundred whole nights in bad weather: refusals, captchas and broken lines drawn by a fixed seed, accounts that change.

The weather is too wild to reckon every step; what is reckoned from the scenario's text alone is who may be accused at
all, and who must be. `XUNJIAN_WEATHER_NIGHTS` says how many nights; `make long` walks all.
"""

import os
from datetime import date
from random import Random

import openpyxl
import pytest
from conftest import xunjian
from reckoning import ANCHOR, HOW, by_text, day, overdue
from scenariotext import posting_days, rows

from crawlers.rehearsal.server import ACTS
from crawlers.rehearsal.walls import FAULTS
from schedules.starter import register, written

NIGHTS = int(os.environ.get("XUNJIAN_WEATHER_NIGHTS", "200"))
PLATFORMS = ("weibo", "bilibili", "wechat", "douyin")
BAD = 0.25  # share of a platform's nights that are disturbed
# One account for each fate of the scenario; the others live through the same.
CHOSEN = {
    "weibo": ("就业指导中心", "后勤服务", "计算机学院", "农学院", "艺术学院", "校友会", "广播台"),
    "bilibili": ("招生办", "计算机学院", "艺术学院", "学生会", "研究生院", "广播台"),
    "wechat": ("研究生院", "后勤服务", "校友会", "国际交流", "农学院"),
    "douyin": ("艺术学院", "农学院", "学生会", "平安校园", "图书馆"),
}
BEYOND = {"opened", "notice_issued", "circular", "closure_recommended"}

pytestmark = [pytest.mark.long, pytest.mark.timeout(12 * 3600)]


def chosen():
    for name, row in rows():
        if row["name"].removeprefix("云岭大学") in CHOSEN[name]:
            yield name, row


def weather():
    """Give (platform, night, wall as TOML): a quarter of the nights, the platform's refusals and the line's faults."""
    draw = Random(20261121)
    refusals = {act.name: tuple(act.refusals) for act in ACTS}
    for offset in range(NIGHTS):
        for name in PLATFORMS:
            if draw.random() < BAD:
                how = draw.choice((*refusals[name], *FAULTS))
                after = draw.choice((0, 0, draw.randint(1, 12)))
                yield (
                    name,
                    offset,
                    f'[[wall]]\nplatform = "{name}"\nhow = "{how}"\nafter = {after}\nnights = ["{day(offset)}"]\n',
                )


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The cases by account, and the exit code and the doubted platforms of each night."""
    home = tmp_path_factory.mktemp("weather") / "home"
    written(home)
    book = openpyxl.load_workbook(register.written(home / "台账.xlsx", ANCHOR))
    names = {row["name"] for _, row in chosen()}
    for sheet in book:
        for line in range(sheet.max_row, 3, -1):
            filed = sheet.cell(line, 5).value
            if filed is not None and filed not in names:
                sheet.delete_rows(line)
    book.save(home / "台账.xlsx")
    (home / "walls.toml").write_text("\n".join(wall for _, _, wall in weather()), encoding="utf-8")
    ends = {}
    for offset in range(NIGHTS):
        night = xunjian(home, "night", "--day", day(offset), "--json", timeout=1800)
        ends[offset] = (night.code, {row["platform"] for row in night.rows if row["doubt"]}, night.err)
    return xunjian(home, "cases", "--json").rows, ends


def calm(platform):
    """The nights on which nothing disturbed the platform."""
    bad = {offset for name, offset, _ in weather() if name == platform}
    return [offset for offset in range(NIGHTS) if offset not in bad]


def steps(cases, platform, row, rule):
    """(stage, night) of all steps of an account's cases of a rule."""
    return [
        (step["stage"], (date.fromisoformat(step["on"]) - ANCHOR).days)
        for case in cases
        if case["key"] == f"{platform}:{row['handle']}" and case["rule"] == rule
        for step in case["trail"]
    ]


FATES = list(chosen())
each_fate = pytest.mark.parametrize(("platform", "row"), FATES, ids=[f"{n}-{r['name']}" for n, r in FATES])


@each_fate
def test_nobody_is_accused_of_a_silence_that_was_none(walked, platform, row):
    for stage, offset in steps(walked[0], platform, row, "silence"):
        if stage in BEYOND:
            last = posting_days(row, offset, ANCHOR)
            assert last and offset >= overdue(day(last[-1])), (stage, offset)


@each_fate
@pytest.mark.parametrize("rule", ["gone", "suspended", "moved"])
def test_nobody_is_said_to_have_gone_who_had_not(walked, platform, row, rule):
    begins = {
        "gone": row.get("cancelled"),
        "suspended": row.get("suspended"),
        "moved": row.get("moved", {}).get("on"),
    }
    for stage, offset in steps(walked[0], platform, row, rule):
        if stage in BEYOND:
            assert begins[rule] is not None, (stage, offset)
            assert begins[rule] <= offset, (stage, offset)
            assert rule != "suspended" or offset < row.get("restored", NIGHTS), (stage, offset)


@each_fate
def test_a_silence_that_the_public_view_proves_is_not_missed(walked, platform, row):
    """Within three calm nights of falling due, on the platforms whose lists are whole."""
    if platform not in HOW:
        pytest.skip("这个平台只给下限，沉默不能由公开页面证明")
    proven = 0
    for offset in calm(platform):
        view = by_text(row, offset)
        silent = view is not None and view[0] is not None and view[1] and offset >= overdue(view[0])
        proven = proven + 1 if silent and not row.get("unlisted") else 0
        if proven >= 3:
            told = [night for stage, night in steps(walked[0], platform, row, "silence") if stage in BEYOND]
            assert told, offset
            assert min(told) <= offset, offset


@each_fate
def test_an_end_that_the_platform_declares_is_not_missed(walked, platform, row):
    """Within three calm nights; WeChat declares it only under an article that is filed and still there."""
    ends = {"gone": row.get("cancelled"), "suspended": row.get("suspended")}
    for rule, begin in ends.items():
        if begin is None:
            continue
        told = [night for stage, night in steps(walked[0], platform, row, rule) if stage in BEYOND]
        nights = [offset for offset in calm(platform) if begin <= offset < row.get("restored", NIGHTS)]
        if len(nights) >= 3:
            assert told, rule
            assert min(told) <= nights[2] or begin < 0, rule


def test_every_calm_night_is_believed_and_every_night_ends(walked):
    for offset, (code, doubted, said) in walked[1].items():
        assert code in {0, 3}, (offset, said)
        bad = {name for name in PLATFORMS if offset not in calm(name)}
        assert doubted <= bad, (offset, doubted, bad, said)
