"""What the page on security says of sources and dependencies is so."""

import ast
import re
from pathlib import Path

import licences

ROOT = Path(__file__).parent.parent
ROOMS = ("crawlers", "monitors", "reports", "schedules")
MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
CALLS = {
    "eval",
    "exec",
    "os.system",
    "os.popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "__import__",
}


def dangers(source):
    """(line, what) of everything in a source that would run or unpack foreign bytes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = {one.name.split(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {(node.module or "").split(".")[0]}
        else:
            names = set()
        for name in names & MODULES:
            yield node.lineno, name
        if isinstance(node, ast.Call):
            if (called := ast.unparse(node.func)) in CALLS:
                yield node.lineno, called
            for keyword in node.keywords:
                if keyword.arg in ("shell", "allow_pickle") and ast.unparse(keyword.value) != "False":
                    yield node.lineno, keyword.arg


def test_no_source_unpickles_evaluates_or_starts_a_shell():
    sources = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert len(sources) > 100
    found = [
        (str(p.relative_to(ROOT)), *one) for p in sources for one in dangers(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_search_for_dangers_would_see_them():
    source = "import pickle\nfrom marshal import loads\neval('1')\nsubprocess.run('ls', shell=True)\nos.system('ls')\n"
    assert [what for _, what in dangers(source)] == ["pickle", "marshal", "eval", "shell", "os.system"]


def test_every_dependency_is_pinned_by_hash_and_its_licence_listed():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=[\w.-]+(?:\[[^]]*])?==)", lock)[1:]
    assert len(entries) >= len(licences.pinned()) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    listed = re.findall(
        r"^\| ([\w.-]+) \| ([\w.+!-]+) \| (?:runs|develops) \| (.+) \|$", licences.PAGE.read_text(), re.M
    )
    assert [(name, version) for name, version, _ in listed] == licences.pinned()
    assert [name for name, _, licence in listed if licence == "not stated"] == []
