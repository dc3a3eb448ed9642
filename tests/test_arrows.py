"""The arrows between the rooms: crawlers -> monitors <- reports, schedules opens all three."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "monitors": {"monitors"},
    "crawlers": {"crawlers", "monitors"},
    "reports": {"reports", "monitors"},
    "schedules": {"schedules", "crawlers", "monitors", "reports"},
}
NETWORK = {
    "scrapy",
    "twisted",
    "playwright",
    "scrapy_playwright",
    "socket",
    "ssl",
    "http",
    "urllib.request",
    "smtplib",
}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("room", ALLOWED)
def test_a_room_imports_only_the_rooms_its_arrows_point_to(room):
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / room).rglob("*.py")
        for name in imported(path)
        if name.split(".")[0] in ALLOWED and name.split(".")[0] not in ALLOWED[room]
    ]
    assert wrong == []


def test_the_judge_knows_no_network_and_no_scrapy():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "monitors").rglob("*.py")
        for name in imported(path)
        if name in NETWORK or name.split(".")[0] in NETWORK
    ]
    assert wrong == []


def test_a_platform_is_named_only_in_its_own_file_and_where_offices_ids_and_the_stage_are_known():
    platforms = [p.stem for p in (ROOT / "crawlers" / "platforms").glob("*.py") if p.stem != "__init__"]
    assert platforms
    may = ("crawlers/platforms/", "crawlers/rehearsal/", "schedules/starter/", "monitors/register/")
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for room in ALLOWED
        for path in (ROOT / room).rglob("*.py")
        if not str(path.relative_to(ROOT)).startswith(may)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for name in platforms
        if node.value == name
    ]
    # The ids that a register row may name are declared once.
    assert {line.split(":")[0] for line in wrong} <= {"monitors/nouns.py"}
    assert len(wrong) <= len(platforms)


def test_there_are_four_rooms_and_no_fifth_package():
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")}
    assert packages == set(ALLOWED)
