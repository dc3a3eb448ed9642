"""The page of faults is whole: every number once, and every test that it names is there."""

import ast
import re
from pathlib import Path

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "faults.md").read_text(encoding="utf-8")


def names_in(path):
    """The names of all functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_number_has_one_row():
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)]
    assert numbers == list(range(1, 73))


def test_every_row_names_tests_and_each_of_them_exists():
    lost = []
    for row in re.findall(r"^\| \d+ \|.*$", PAGE, re.MULTILINE):
        proofs = re.findall(r"`([\w/]+\.py)::(test_\w+)`", row.split(" | ")[-1])
        assert proofs, row
        for file, name in proofs:
            path = TESTS / file
            if not path.is_file() or name not in names_in(path):
                lost.append(f"{file}::{name}")
    assert lost == []
