"""One home walked night after night with the real command, and what it said beside what was true."""

import json
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import ledgers

from standin.people import ABSENT, CANARIES, IMPOSTORS, INNOCENTS, REGISTERED, SCHOOL, album_link, register
from standin.server import Standin, origins
from standin.weather import weather
from standin.world import Account, day, silent_too_long

GONE = {
    "suspended": {"suspended", "held", "frozen", "noticed"},
    "gone": {"cancelled", "infringed"},
    "moved": {"moved", "moving"},
}
PLATFORMS = ("weibo", "bilibili", "wechat", "douyin")


def settings(standin: Standin) -> str:
    alive = {one.platform: album_link(one) if one.platform == "wechat" else one.handle for one in CANARIES}
    tables = "\n".join(
        f'[platforms.{name}]\nenabled = true\nrobots = "visit-and-search"\ncanary_alive = "{alive[name]}"\n'
        + 'canary_word = "人民日报"\n'
        + (f'canary_absent = "{ABSENT[name]}"\n' if name in ABSENT else "")
        for name in PLATFORMS
    )
    return f"""rehearsal = false
[school]
name = "{SCHOOL}"
short_names = ["云岭大"]
[register]
file = "register.csv"
[policy]
use = ["sias-2020"]
{tables}
[crawl]
pace_seconds = 0
jitter = 0
nightly_budget = 400
[search]
words_a_night = 6
[origins]
{origins(standin)}
"""


def home(at: Path, standin: Standin) -> Path:
    at.mkdir(parents=True, exist_ok=True)
    (at / "school.toml").write_text(settings(standin), encoding="utf-8")
    ledgers.placed(at)
    register(at / "register.csv")
    return at


@dataclass(frozen=True)
class Said:
    code: int
    rows: list[dict]
    err: str


def command(at: Path, *arguments: str, timeout: float = 1500) -> Said:
    """The program as a user starts it; it finds its source by PYTHONPATH or where it is installed."""
    start = [
        sys.executable,
        "-c",
        "import sys; from schedules.cli import main; sys.argv[0] = 'xunjian'; sys.exit(main())",
    ]
    done = subprocess.run([*start, "--home", str(at), *arguments, "--json"], capture_output=True, text=True, timeout=timeout,
                          env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}, check=False)  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return Said(done.returncode, rows, done.stderr)


@dataclass
class Walk:
    """What is remembered between nights, and the deviations met so far."""

    at: Path
    standin: Standin
    deviations: list[tuple[str, str]] = field(default_factory=list)
    calm: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    met: dict[str, int] = field(default_factory=dict)
    codes: dict[date, int] = field(default_factory=dict)

    def night(self, offset: int) -> None:
        on = day(offset)
        self.standin.day = on
        night = command(self.at, "night", "--day", str(on))
        self.codes[on] = night.code
        self._exits(on, night)
        findings = command(self.at, "findings").rows
        cases = command(self.at, "cases").rows
        self._accused(on, findings, cases)
        self._missed(on, findings)
        self._searched(on, findings)
        for mistake in self.standin.mistakes:
            self._say(on, "standin", f"the stand-in itself failed: {mistake}")
        self.standin.mistakes.clear()

    def _say(self, on: date, matter: str, text: str) -> None:
        self.deviations.append((matter, f"{on} (+{(on - day(0)).days}): {text}"))

    def _exits(self, on: date, night: Said) -> None:
        kinds = {platform: weather(platform, on) for platform in PLATFORMS}
        if night.code not in (0, 3):
            self._say(on, "exit", f"exit {night.code}: {night.err[-800:]}")
        shut = {name for name, now in kinds.items() if now.kind == "walled" and not now.after}
        if shut and night.code != 3:
            self._say(on, "exit", f"{sorted(shut)} walled from the first request, yet exit {night.code}")
        if all(now.kind == "calm" for now in kinds.values()) and night.code != 0:
            self._say(on, "exit", f"all calm, yet exit {night.code}: {night.err[-800:]}")
        doubted = {row["platform"] for row in night.rows if row.get("doubt")}
        for name in shut - doubted:
            self._say(on, "exit", f"{name} walled ({kinds[name].wall}), and no doubt was told")
        for name in doubted:
            # A canary that is read from a list, or whose page says nothing before its list does, is walled with it.
            if kinds[name].kind in ("calm", "own") or (
                kinds[name].kind == "list" and name in ("bilibili", "douyin")
            ):
                self._say(
                    on,
                    "exit",
                    f"{name} doubted in {kinds[name]}: {[row for row in night.rows if row.get('platform') == name]}",
                )

    def _accused(self, on: date, findings: list[dict], cases: list[dict]) -> None:
        """Nobody stands beyond a suspicion who is not in breach as tonight's own evidence could show."""
        people = {one.key: one for one in REGISTERED}
        for row in findings:
            one = people.get(row["key"])
            fresh = row["verdict"] == "Breach" and one and weather(one.platform, on).kind == "calm"
            if fresh and (wrong := _untrue(row["rule"], one, on)):
                self._say(on, "accused", f"accused falsely, {wrong}: {row}")
        for case in cases:
            one = people.get(case["key"])
            grave = [
                step
                for step in case["trail"]
                if step["on"] == str(on) and step["stage"] not in ("suspected", "closed")
            ]
            if one and grave and (wrong := _untrue(case["rule"], one, on)):
                self._say(on, "accused", f"case advanced falsely, {wrong}: {case}")

    def _missed(self, on: date, findings: list[dict]) -> None:
        """A breach that is there to be seen is found by the third calm night, or suspected where that is all one can."""
        for one in REGISTERED:
            due = _due(one, on)
            for what in ("activity", "gone", "name"):
                if what not in due:
                    self.calm.pop((one.key, what), None)
            for what, verdicts in due.items():
                said = [
                    row
                    for row in findings
                    if row["key"] == one.key and row["kind"] == what and row["verdict"] in verdicts
                ]
                if said:
                    self.calm[one.key, what] = -9999
                elif weather(one.platform, on).kind == "calm":
                    self.calm[one.key, what] += 1
                    if self.calm[one.key, what] == 4:
                        self._say(
                            on,
                            "missed",
                            f"missed {what} of {one.key} {one.name(on)} ({one.state(on)}, last {one.last(on)})",
                        )

    def _searched(self, on: date, findings: list[dict]) -> None:
        found = {row["key"] for row in findings if row["kind"] == "sighting"}
        names = {row["name"] for row in findings if row["kind"] == "sighting"}
        for one in INNOCENTS + CANARIES:
            if one.key in found or one.name(on) in names:
                self._say(on, "innocent", f"innocent flagged: {one.key} {one.name(on)}")
        for one in REGISTERED:
            if one.key in found:
                self._say(on, "innocent", f"registered account taken for a stranger: {one.key}")
        for one in IMPOSTORS:
            if one.key in found or one.name(on) in names:
                self.met.setdefault(one.key, (on - day(0)).days)
            elif one.key not in self.met and (on - day(max(one.born, 0))) == timedelta(days=20):
                self._say(on, "look-alike", f"look-alike not met in twenty days: {one.key} {one.name(on)}")


def _untrue(rule: str, one: Account, on: date) -> str:
    """Why an accusation by that rule is not so, or nothing."""
    state, name = one.state(on), one.name(on)
    so = {
        "silence": state == "alive" and silent_too_long(one, on),
        "never-posted": state == "alive" and silent_too_long(one, on) and not one.made(on),
        "name-differs": name != one.names[0][1],
    }
    so |= {word: state in states for word, states in GONE.items()}
    return "" if so.get(rule, False) else f"in truth {state}, called {name}, last update {one.last(on)}"


def _due(one: Account, on: date) -> dict[str, set[str]]:
    """What a visitor could see to be wrong on that day, and how strongly it must be said."""
    due: dict[str, set[str]] = {}
    state = one.state(on)
    shut = one.platform == "wechat" and "article" not in one.traits
    if any(state in states for states in GONE.values()) and not shut:
        due["gone"] = {"Breach"}
    if state == "alive" and silent_too_long(one, on) and "half-year" not in one.traits:
        due["activity"] = (
            {"Breach", "Suspected"}
            if one.platform in ("wechat", "douyin") or "only-pinned" in one.traits
            else {"Breach"}
        )
    if state == "alive" and one.name(on) != one.names[0][1]:
        due["name"] = {"Breach"}
    return due
