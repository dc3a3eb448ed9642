"""How pressing a suspect is: its name, and what its profile shows; what is not known moves nothing."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, timedelta

from monitors.calendar import shanghai_day
from monitors.names.folds import folded
from monitors.nouns import NameKind, NameMatch, Profile
from monitors.rules import Severity

_CLAIM = re.compile(r"官方|官微|官博|官网|官号|唯一|权威发布|official")
# These carry the name as it stands: only the school's own verification makes their finding lighter.
_LITERAL: frozenset[NameKind] = frozenset(
    (
        "exact",
        "exact_official",
        "exact_unofficial",
        "abbr_official",
        "variant_trad",
        "compat_radical",
        "separators",
    )
)
_ASLEEP, _AWAKE = timedelta(days=365), timedelta(days=60)
_SEVERITIES: tuple[Severity, ...] = ("low", "normal", "high", "urgent")
# A claim makes a finding graver, but only a rule makes it one that wakes people at night.
_GRAVEST = _SEVERITIES.index("high")

_PASSING_OFF, _CLAIMING, _OTHER_BODY, _OWN_BODY, _LIVELY, _SLEEPING = 1.0, 0.5, -0.6, -0.3, 0.2, -0.4
_A_FOLLOWER = 0.04


@dataclass(frozen=True, slots=True)
class Gravity:
    """`points` order suspects, most pressing highest; `shift` is by how many grades the finding is graver.

    `signs` say in Chinese what the profile showed for and against.
    """

    points: float
    shift: int
    signs: tuple[str, ...]

    def on(self, severity: Severity) -> Severity:
        """Give the severity of the finding when its rule says `severity`."""
        grade = _SEVERITIES.index(severity)
        if self.shift > 0:
            return _SEVERITIES[max(grade, min(grade + self.shift, _GRAVEST))]
        return _SEVERITIES[max(0, grade + self.shift)]


def gravity(match: NameMatch, profile: Profile, day: date) -> Gravity:
    """Weigh a flagged name with what its profile showed, as of `day`.

    A post that may not be the newest proves an account awake, never asleep.
    """
    points = match.score + (_PASSING_OFF if match.reading == "passes_off" else 0.0)
    shift, signs = 0, []
    if profile.verified and profile.verified_as:
        own = is_own(profile, match.school)
        points += _OWN_BODY if own else _OTHER_BODY
        shift -= 1 if own or match.kind not in _LITERAL else 0
        said = "认证说明写有本校名称，可能是没有登记的自有账号" if own else "已认证为其他主体"
        signs.append(f"{said}（{profile.verified_as}）")
    elif profile.verified is False and _CLAIM.search(folded(profile.name)):
        points, shift = points + _CLAIMING, shift + 1
        signs.append("未认证而自称官方")
    age = day - shanghai_day(profile.newest.at) if profile.newest else None
    if age is not None and age > _ASLEEP and profile.newest and profile.newest.bound == "exact":
        points += _SLEEPING
        signs.append("一年以上没有更新")
    elif age is not None and age <= _AWAKE:
        points += _LIVELY
        signs.append("近两个月有更新")
    if profile.followers:
        points += _A_FOLLOWER * math.log10(1 + profile.followers.value)
    return Gravity(points, shift, tuple(signs))


def is_own(profile: Profile, school: str | None) -> bool:
    """Has the platform verified this account as the school, or as a body named after it?"""
    return bool(profile.verified and school and folded(school) in folded(profile.verified_as or ""))
