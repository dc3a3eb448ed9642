"""Writes the weekly report: a page and a spreadsheet for the week, and the index of all weeks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from monitors.nouns import SHANGHAI, PlatformFacts
from monitors.rules import Rule
from reports import wording
from reports.charts import bucket_bar, night_strip, trend_columns
from reports.figures import Week, days, figures
from reports.pages import page, put
from reports.rolls import BUCKETS
from reports.workbook import workbook

_WEEK = re.compile(r"\d{4}-W\d{2}")


def week(
    connection: Connection,
    label: str,
    facts: Mapping[str, PlatformFacts],
    rules: Iterable[Rule],
    *,
    school: str,
    site: Path,
    made_at: datetime,
) -> list[Path]:
    """Write the ISO week `label` (2026-W47) under `site` and return the paths written.

    Everything is made before anything is written, and each file is swapped whole: a failure (`OSError`)
    leaves the older report as it was. `made_at` is aware.
    """
    told = figures(connection, label, facts, rules, made_at)
    folder = site / label
    report, sheet = report_page(told, school, made_at), workbook(told)
    return [
        put(folder / "report.html", report),
        put(folder / "report.xlsx", sheet),
        put(site / "index.html", _index(site, label, school)),
    ]


def report_page(told: Week, school: str, made_at: datetime) -> str:
    """The report as one self-contained page."""
    return page(
        "report.html.j2",
        week=told,
        school=school,
        made_at=made_at.astimezone(SHANGHAI),
        buckets=BUCKETS,
        wording=wording,
        bar=bucket_bar(told.counts),
        trend=trend_columns(told.trend),
        strips={line.platform: night_strip(line.nights) for line in told.platforms},
    )


def _index(site: Path, label: str, school: str) -> str:
    labels = {found.parent.name for found in site.glob("*/report.html")} | {label}
    weeks = [(name, *days(name)) for name in sorted(labels, reverse=True) if _WEEK.fullmatch(name)]
    return page("index.html.j2", school=school, weeks=weeks)
