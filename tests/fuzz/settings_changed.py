"""Rule files and `school.toml`, half written or badly edited: loaded or refused in words, without a secret."""

import tempfile
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

from fuzz.grave import Grave
from monitors import rules
from monitors.activity import fold
from monitors.calendar import Calendar
from monitors.nouns import SHANGHAI, Account, Found, Newest, Observation
from monitors.strict import RuleError
from monitors.verdicts import verdicts
from schedules import config, starter

DAY = date(2026, 11, 20)
ACCOUNT = Account("weibo", "6123450987", "云岭大学", "党委宣传部", created_on=date(2019, 1, 1))
SECRET = "XJ-MARK-7f3a9c"
CHANNEL = f'''
[channels.wecom-one]
kind = "wecom"
url = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={SECRET}"

[[people]]
name = "甲某"
role = "officer"
channel = "wecom-one"
address = "{SECRET}@example.cn"
'''
VALUES = (
    '""',
    '"x"',
    "0",
    "-1",
    "1e309",
    "true",
    "[]",
    "{}",
    "[[]]",
    "1" * 5000,
    "2026-02-30",
    "2026-11-20",
    '"2 months"',
)
WORDS = (
    '"9999 months"',
    '"9999 working days"',
    '"1 day"',
    '"0 days"',
    '"2 whole weeks"',
    '"suspended"',
    '"silence"',
    "nan",
)
LINES = (
    "[",
    "[[rule]]",
    "[policy]",
    '"',
    "'''",
    "a = " + "[" * 3000,
    "\x00",
    "=",
    "#",
    "[channels.x]",
    "\ufeff",
)


@cache
def _presets():
    return {
        path.stem: path.read_text(encoding="utf-8")
        for path in sorted(rules.POLICIES.glob("*.toml"))
        if path.stem != "template"
    }


@cache
def _starter():
    with tempfile.TemporaryDirectory() as folder:
        starter.written(Path(folder) / "home")
        return (Path(folder) / "home" / "school.toml").read_text(encoding="utf-8") + CHANNEL


def edited(text, rng):
    """Do to a file what an editor, a hasty hand or a full disk does."""
    lines = text.split("\n")
    for _ in range(rng.randint(1, 4)):
        where = rng.randrange(len(lines))
        line = lines[where]
        match rng.randrange(7):
            case 0:
                del lines[where]
            case 1:
                lines.insert(rng.randrange(len(lines) + 1), line)
            case 2 if "=" in line:
                lines[where] = f"{line.split('=')[0]}= {rng.choice((*VALUES, *WORDS))}"
            case 3:
                lines.insert(where, rng.choice(LINES))
            case 4 if line:
                at = rng.randrange(len(line))
                lines[where] = line[:at] + rng.choice(("", "。", "“", "\t", "=", '"')) + line[at + 1 :]
            case 5 if rng.random() < 0.3:
                lines = lines[: where + 1]
                lines[-1] = lines[-1][: rng.randrange(len(lines[-1]) + 1)]
            case _ if "=" in line:
                lines[where] = (
                    line.replace("=", rng.choice(("x =", "_ =", "s ="))) if rng.random() < 0.3 else line
                )
        lines = lines or [""]
    return "\n".join(lines)


def _written(text, path, rng):
    body = text.encode("utf-8", "replace")
    if rng.random() < 0.1:
        body = text.encode(rng.choice(("gb18030", "utf-16", "utf-8-sig")), "replace")
    path.write_bytes(body)
    return body


def rules_round(rng):
    """A rule file is loaded or refused; no loaded rule accuses who posted today or was never looked at."""
    name, text = rng.choice(sorted(_presets().items()))
    with tempfile.TemporaryDirectory() as folder:
        body = _written(edited(text, rng), Path(folder) / f"{name}.toml", rng)
        try:
            loaded = rules.load([name], Path(folder))
        except RuleError as refused:
            loaded, told = (), None if name in str(refused) else "a refusal does not name the file"
        else:
            told = _accused(loaded)
    if told:
        raise Grave(
            f"{told}: {name}", lambda to: (to.mkdir(parents=True), (to / f"{name}.toml").write_bytes(body))
        )


def _accused(loaded):
    shown = Found(
        ACCOUNT.name, True, "云岭大学", newest=Newest(datetime(2026, 11, 20, 1, tzinfo=SHANGHAI), "exact")
    )
    standing = None
    for back in (3, 2, 1, 0):
        day = DAY - timedelta(days=back)
        seen = replace_at(shown, day)
        standing = fold(standing, Observation(ACCOUNT.key, day, seen.newest.at, seen, "page", True))
    for held in (standing, None):
        for one in verdicts(ACCOUNT, held, loaded, DAY, Calendar()):
            accused = one.verdict in ("Breach", "Suspected") and one.kind in ("activity", "gone", "name")
            if accused:
                return f"{one.rule} accuses an account that {'posted today' if held else 'nobody looked at'}"
    return None


def replace_at(shown, day):
    """The account as it was seen on a day on which it had just posted."""
    return Found(
        shown.name,
        shown.verified,
        shown.verified_as,
        newest=Newest(datetime(day.year, day.month, day.day, 1, tzinfo=SHANGHAI), "exact"),
    )


def school_round(rng):
    """`school.toml` is loaded or refused in words that hold no secret."""
    with tempfile.TemporaryDirectory() as folder:
        body = _written(edited(_starter(), rng), Path(folder) / "school.toml", rng)
        told = None
        try:
            config.load(Path(folder))
        except config.ConfigError as refused:
            told = "a secret is told" if SECRET in str(refused) else None
    if told:
        raise Grave(told, lambda to: (to.mkdir(parents=True), (to / "school.toml").write_bytes(body)))
