"""Makes all files of a week, then writes them: all or none, and none before all of them are made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from monitors.judge import Law
from reports import wording
from reports.pages import page, put, put_all
from reports.weekly import charts, pictures
from reports.weekly.figures import Week, days, figures
from reports.weekly.printing import Press, PressError
from reports.weekly.workbook import workbook

_WEEK = re.compile(r"\d{4}-W\d{2}")

# How long a list is before the rest of it folds; from how many on a list stands folded; and above how many
# accounts the units' tables do.
_LENGTHS: Mapping[str, int] = {"MANY": 25, "FEW": 10, "ALL": 80}


@dataclass(frozen=True)
class Written:
    """What was written; `lacking` says in Chinese what could not be made."""

    paths: tuple[Path, ...]
    lacking: str | None = None


def week(
    connection: Connection,
    label: str,
    law: Law,
    *,
    school: str,
    site: Path,
    evidence: Path | None = None,
    browser: str | None = None,
    url: str | None = None,
) -> Written:
    """Write the ISO week `label` (2026-W47) under `site`.

    `browser` is the Chromium for the paper and the pictures, `url` the address under which `site` is served.
    A failure (`OSError`) while writing leaves every older file as it was; without a browser there is no PDF.
    """
    told = figures(connection, label, law)
    with Press(browser) as press:
        suspects = pictures.with_pictures(connection, told.suspects, told.last, evidence, press)
        full = replace(told, suspects=suspects)
        told = replace(told, suspects=pictures.only_the_first(suspects))
        report = _rendered("report.html.j2", told, school)
        paper, lacking = _paper(press, report, url and f"{url.rstrip('/')}/{label}/report.html")
    files: dict[str, str | bytes] = {"report.html": report, "report.xlsx": workbook(told)}
    files["mail.html"] = _rendered("mail.html.j2", told, school, url=url and url.rstrip("/"))
    files |= dict(_units(full, school))
    files |= {"report.pdf": paper} if paper else {}
    paths = put_all({site / label / name: content for name, content in files.items()})
    _without_older(site / label, files)
    return Written((*paths, put(site / "index.html", _index(site, label, school))), lacking)


def _rendered(template: str, told: Week, school: str, **more: Any) -> str:
    return page(template, week=told, school=school, wording=wording, charts=charts, **_LENGTHS, **more)


def _paper(press: Press, report: str, address: str | None) -> tuple[bytes | None, str | None]:
    try:
        return press.paper(report, address), None
    except PressError as error:
        return None, str(error)


def _units(told: Week, school: str) -> Iterator[tuple[str, str]]:
    """A page for each unit with nothing of another's; page 0 holds the names that are the school's own."""
    yield "units/0.html", _rendered("unit.html.j2", told.of_unit(""), school, unit="", units=told.units)
    for unit in told.units:
        yield (
            f"units/{unit.number}.html",
            _rendered("unit.html.j2", told.of_unit(unit.unit), school, unit=unit.unit),
        )


def _without_older(folder: Path, files: Mapping[str, Any]) -> None:
    """Files of an earlier making that this one has not: they would contradict it."""
    for path in [*folder.glob("units/*.html"), folder / "report.pdf"]:
        if path.relative_to(folder).as_posix() not in files:
            path.unlink(missing_ok=True)


def _index(site: Path, label: str, school: str) -> str:
    labels = {found.parent.name for found in site.glob("*/report.html")} | {label}
    weeks = [
        (name, *days(name), (site / name / "report.pdf").exists())
        for name in sorted(labels, reverse=True)
        if _WEEK.fullmatch(name)
    ]
    return page("index.html.j2", school=school, weeks=weeks, wording=wording, charts=charts)
