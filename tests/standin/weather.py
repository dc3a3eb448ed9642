"""What hinders a visitor: drawn for every platform and day by a fixed seed, never by the clock."""

import random
from dataclasses import dataclass
from datetime import date

from standin.people import REGISTERED
from standin.world import SEED

WALLS = {
    "weibo": ("432", "418", "414", "403", "captcha", "login", "soft", "visitor", "bot", "loop", "sorry", "please-login"),
    "bilibili": ("412", "-412", "-352", "voucher", "-799", "-509", "429", "-403", "riskdata", "-503"),
    "wechat": ("environment", "captcha", "frequent", "busy", "system", "client"),
    "douyin": ("zero", "blocked", "bare", "argus", "verify", "not-login", "risk", "444", "429", "middle", "shell"),
}  # fmt: skip
FAULTS = ("500", "502", "503", "drop", "half", "drip", "delay", "empty", "html", "cut", "other")


@dataclass(frozen=True)
class Weather:
    """`kind` is calm, walled (from the `after`-th request on), own (one handle only), list (posts only) or patchy."""

    kind: str
    wall: str = ""
    after: int = 0
    handle: str = ""


def weather(platform: str, on: date) -> Weather:
    chance = random.Random(f"{SEED}weather{platform}{on}")
    kind = chance.choices(("calm", "walled", "midway", "own", "list", "patchy"), (62, 8, 5, 6, 6, 13))[0]
    wall = chance.choice(WALLS[platform])
    if kind == "midway":
        return Weather("walled", wall, chance.randint(6, 25))
    mine = [one.handle for one in REGISTERED if one.platform == platform]
    return Weather(kind, wall, 0, chance.choice(mine))


def fault(platform: str, on: date, path: str, nth: int) -> str:
    """On a patchy night every sixth request or so goes wrong; the same one whenever the night is walked again."""
    if weather(platform, on).kind != "patchy":
        return ""
    chance = random.Random(f"{SEED}fault{platform}{on}{path}{nth}")
    return chance.choice(FAULTS) if chance.random() < 0.17 else ""
