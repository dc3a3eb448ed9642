"""The holidays that people type in: `calendar.toml`, from the State Council's yearly notice."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from monitors.calendar import BUILT_IN_TO, DAY, Calendar, Pause


class CalendarError(Exception):
    """A calendar file that cannot be relied on; the message is Chinese and says where."""


def loaded(path: Path | None, vacations: Iterable[Pause] = ()) -> Calendar:
    """Read `calendar.toml` (None or absent: only the built-in years); raises `CalendarError`.

    A table a year, e.g. `[2027]` with `holidays` and `workdays`: lists of days and of [first, last].
    """
    pauses = tuple(vacations)
    for first, last in pauses:
        if last < first:
            raise CalendarError(f"假期 {first} 至 {last}：结束日早于开始日，请改正。")
    if path is None or not path.exists():
        return Calendar(pauses=pauses)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CalendarError(f"{path.name}：不是有效的 TOML（{error}）。") from error
    read = [_year(path.name, name, table) for name, table in tables.items()]
    return Calendar(
        holidays=frozenset(day for _, holidays, _ in read for day in holidays),
        workdays=frozenset(day for _, _, workdays in read for day in workdays),
        years=frozenset(year for year, _, _ in read),
        pauses=pauses,
    )


def _year(file: str, name: str, table: object) -> tuple[int, set[date], set[date]]:
    where = f"{file} [{name}]"
    if not re.fullmatch(r"20\d\d", name) or not isinstance(table, dict):
        raise CalendarError(f"{where}：表名应当是四位年份，例如 [2027]。")
    unknown = set(table) - {"notice", "holidays", "workdays"}
    if unknown:
        raise CalendarError(
            f"{where}：不认识 {'、'.join(sorted(unknown))}；可以写 holidays、workdays、notice。"
        )
    year = int(name)
    holidays = set(_days(f"{where} holidays", year, table.get("holidays", [])))
    workdays = set(_days(f"{where} workdays", year, table.get("workdays", [])))
    if both := holidays & workdays:
        raise CalendarError(f"{where}：{min(both)} 同时写在 holidays 和 workdays 里。")
    fixed = {date(year, 1, 1), date(year, 5, 1), date(year, 10, 1)}
    if year > BUILT_IN_TO and not fixed <= holidays:
        raise CalendarError(f"{where}：元旦、五一、国庆没有都写进 holidays，看起来没有填全。")
    return year, holidays, workdays


def _days(where: str, year: int, entries: object) -> Iterator[date]:
    for entry in entries if isinstance(entries, list) else [entries]:
        match entry if isinstance(entry, list) else [entry, entry]:
            # The end may lie in the next year only by a slip of the pen, so it is refused too.
            case [date() as first, date() as last] if _whole_days(first, last, year):
                yield from (first + n * DAY for n in range((last - first).days + 1))
            case _:
                raise CalendarError(f"{where}：“{entry}” 应当是 {year} 年的日期，或 [开始日, 结束日]。")


def _whole_days(first: date, last: date, year: int) -> bool:
    return type(first) is type(last) is date and first <= last and first.year == last.year == year
