"""The starter home: a commented `school.toml` and a register, of the invented school of the rehearsal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawlers.platforms import platforms
from crawlers.rehearsal.cast import scenario
from schedules.starter import register


def written(home: Path) -> list[Path]:
    """Write what is not there yet and give the paths written; nothing is overwritten."""
    # Phones stand in the register, so the folder is its owner's only.
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    paths = []
    workbook = home / "台账.xlsx"
    settings = home / "school.toml"
    if not settings.exists():
        settings.write_text(_settings(workbook.name), encoding="utf-8")
        paths.append(settings)
        if not workbook.exists():
            register.written(workbook)
            paths.append(workbook)
    return paths


def _settings(workbook: str) -> str:
    # TOML's strings and arrays of strings are JSON's.
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=False,
        keep_trailing_newline=True,
    )
    environment.filters["toml"] = lambda value: json.dumps(value, ensure_ascii=False)
    values: dict[str, Any] = {
        "school": scenario().school,
        "register": workbook,
        "platforms": list(platforms()),
    }
    return environment.get_template("school.toml.j2").render(values)
