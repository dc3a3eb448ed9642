"""What the patrol talks about; every record that crosses a room is declared here, once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

# ── what a visit found ──────────────────────────────────────────────────────────────────────────

Bound = Literal["exact", "at_least"]
Witness = Literal["page", "feed", "album", "article", "counter", "hand"]
GoneWhy = Literal["cancelled", "suspended", "moved", "not_found"]
BlockedBy = Literal["login", "captcha", "rate", "risk", "robots"]
# What an account may have posted: something of its own, another's post handed on, the record of a live room.
PostKind = Literal["post", "forward", "live"]
POST_KINDS: tuple[PostKind, ...] = get_args(PostKind)


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest post that a witness shows; `at` is aware, `at_least` means a newer one may be hidden."""

    at: datetime
    bound: Bound
    by: Witness = "page"


@dataclass(frozen=True, slots=True)
class Count:
    """A counter as the platform shows it; `exact` is false for rounded forms such as 62.4万 and 100万+."""

    value: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The page shows the account that was asked for; what it does not show is None.

    `newest` is of all kinds; `by_kind` splits it where more than posts of its own were shown, for the rules
    that do not count every kind.
    """

    name: str | None = None
    verified: bool | None = None
    verified_as: str | None = None
    followers: Count | None = None
    newest: Newest | None = None
    posts_total: int | None = None
    hidden: bool = False
    by_kind: tuple[tuple[PostKind, Newest], ...] = ()
    outcome: Literal["Found"] = "Found"


@dataclass(frozen=True, slots=True)
class Gone:
    """The platform itself states that the account is cancelled, suspended, moved or unknown."""

    why: GoneWhy
    says: str
    moved_to: str | None = None
    outcome: Literal["Gone"] = "Gone"


@dataclass(frozen=True, slots=True)
class Blocked:
    """We were refused; this says nothing about the account."""

    by: BlockedBy
    outcome: Literal["Blocked"] = "Blocked"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The answer has several possible causes; `says` quotes or names it."""

    says: str
    outcome: Literal["Ambiguous"] = "Ambiguous"


@dataclass(frozen=True, slots=True)
class ShapeChanged:
    """The answer is not of a known shape; `missing` is the path that was looked for."""

    missing: str
    outcome: Literal["ShapeChanged"] = "ShapeChanged"


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No answer, or the server could not answer now."""

    why: str
    outcome: Literal["Unreachable"] = "Unreachable"


@dataclass(frozen=True, slots=True)
class Profile:
    """One account as a search result shows it."""

    handle: str | None
    name: str
    verified: bool | None = None
    verified_as: str | None = None
    followers: Count | None = None
    newest: Newest | None = None


@dataclass(frozen=True, slots=True)
class Sightings:
    """What a search showed; `more` is None where it cannot be known whether there is more."""

    sightings: tuple[Profile, ...]
    more: bool | None
    outcome: Literal["Sightings"] = "Sightings"


AccountOutcome = Found | Gone | Blocked | Ambiguous | ShapeChanged | Unreachable
SearchOutcome = Sightings | Blocked | Ambiguous | ShapeChanged | Unreachable
Outcome = Found | Gone | Sightings | Blocked | Ambiguous | ShapeChanged | Unreachable

# ── the seam between looking and judging ────────────────────────────────────────────────────────

VisitKind = Literal["account", "search"]
Purpose = Literal[
    "canary_alive", "canary_absent", "canary_word", "account", "feed", "search", "sighting", "link"
]


@dataclass(frozen=True, slots=True)
class Body:
    """One response that a visit kept: `sha256` of the body, which lies in `notes/<day>/bodies/<sha256>`."""

    url: str
    status: int
    sha256: str | None
    final_url: str | None = None
    error: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Note:
    """One visit as the crawl leaves it: one JSON line in `notes/<day>/<platform>.jsonl`.

    `subject` is the handle of an account or the keyword of a search; `seen_at` is UTC.
    """

    platform: str
    purpose: Purpose
    subject: str
    seen_at: datetime
    outcome: Outcome
    bodies: tuple[Body, ...] = ()
    requests: int = 0
    screenshot: str | None = None
    # The name as filed, which some platforms' answers are read by.
    name: str | None = None

    @property
    def kind(self) -> VisitKind:
        return "search" if self.purpose in ("search", "canary_word") else "account"

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.subject}"


# ── the register ────────────────────────────────────────────────────────────────────────────────

State = Literal["在用", "停用", "注销"]

# Every platform that a register row may name; only some have a public page that a program can read.
PLATFORM_IDS = (
    *("weibo", "wechat", "bilibili", "douyin", "website", "channels", "miniprogram", "qzone", "qq_public"),
    *("zhihu", "xiaohongshu", "tieba", "toutiao", "kuaishou", "douyu", "rmh", "xhh", "app"),
    *("wechat_group", "qq_group", "weibo_group", "dingtalk_group", "other"),
)


@dataclass(frozen=True, slots=True)
class WitnessLink:
    """A further place where an account shows life, from the register's 信息源."""

    kind: Literal["feed", "album", "article"]
    url: str


@dataclass(frozen=True, slots=True)
class Account:
    """One row of the register; personal contacts live apart, in `Contact`.

    `officer` is the post of the responsible leader (党委书记), never a name or a number. `reviewed_on`: the
    last yearly review (年审). A date known only to the month or year stands as its first day.
    """

    platform: str
    handle: str | None
    name: str
    unit: str
    tier: str | None = None
    officer: str | None = None
    type: str | None = None
    state: State = "在用"
    verified: bool | None = None
    verified_as: str | None = None
    created_on: date | None = None
    filed_on: date | None = None
    aliases: tuple[str, ...] = ()
    witnesses: tuple[WitnessLink, ...] = ()
    note: str | None = None
    scope: str | None = None
    purpose: str | None = None
    reviewed_on: date | None = None

    @property
    def key(self) -> str:
        return f"{self.platform}:{self.handle}" if self.handle else f"{self.platform}:name={self.name}"


@dataclass(frozen=True, slots=True)
class PlatformFacts:
    """What judging and telling must know of a platform; stated in its file under `crawlers/platforms`.

    `agreeing_nights`: believed nights that must show the same newest post before an exact date convicts.
    `profile_url`: the public page for a handle, None where there is none. `id_form`: of which kind an id is,
    where the platform shows an account under several; ids of two kinds cannot be compared.
    """

    name: str
    title: str
    agreeing_nights: int = 1
    searchable: bool = True
    profile_url: Callable[[str], str | None] = field(default=lambda handle: None)
    id_form: Callable[[str], str] = field(default=lambda handle: "id")


# ── names ───────────────────────────────────────────────────────────────────────────────────────

Reading = Literal["passes_off", "plays_on"]
NameKind = Literal[
    "exact",
    "exact_official",
    "exact_unofficial",
    "abbr_official",
    "abbr_parody",
    "homophone1",
    "homophone_multi",
    "near_homophone",
    "lookalike",
    "lookalike_multi",
    "split_chaizi",
    "variant_trad",
    "compat_radical",
    "separators",
    "digit",
    "emoji_sub",
    "pinyin_full",
    "pinyin_mixed",
    "pinyin_initials",
    "latin_confusable",
    "english_variant",
    "word_order",
    "suffix_swap",
    "drop_insert",
    "combo",
    "nickname",
    "registered",
    "allowed",
    "other_school",
    "none",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One line of why: what stands in the candidate, what it stands for, and why (Chinese)."""

    left: str
    right: str
    why: str


@dataclass(frozen=True, slots=True)
class NameMatch:
    """What a name met on a platform has to do with a protected one; `score` is 0 to 1, the best school's.

    `flag` says that an officer should look; `reading` whether the name passes itself off as the school or
    plays on it (None without a flag); `protected` is the protected name it comes nearest to.
    """

    candidate: str
    school: str | None
    score: float
    flag: bool
    reading: Reading | None
    kind: NameKind
    protected: str | None
    reasons: tuple[Reason, ...] = ()


# ── judging ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Observation:
    """A note in the ledger: what the night `day` (Shanghai) learnt of the account `key`.

    `believed` is false when the platform's canaries read wrong that night. `broken`: a page of the visit gave
    no answer at all, so what it shows holds and what it does not show means nothing.
    """

    key: str
    day: date
    seen_at: datetime
    outcome: AccountOutcome
    witness: Witness
    believed: bool
    id: int | None = None
    broken: bool = False


VerdictKind = Literal["Clear", "Breach", "Suspected", "Unknown"]
FindingKind = Literal["activity", "gone", "name", "filing", "unseen", "sighting"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one rule on one account (or sighting) tonight.

    `since` is the Shanghai day from which the breach counts, `why` a Chinese sentence for the officer;
    `fresh` is true when tonight's believed evidence carries it (only then may a case move).
    """

    key: str
    policy: str
    rule: str
    kind: FindingKind
    verdict: VerdictKind
    why: str
    fresh: bool
    since: date | None = None
    newest: Newest | None = None


Stage = Literal[
    "suspected", "opened", "notice_issued", "notice_received", "circular", "closure_recommended", "closed"
]
Result = Literal["remedied", "cancelled", "mistaken", "exempt"]


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a case's trail: what stage was taken on which Shanghai day, by whom and why.

    `evidence` names the observation or decision that caused it. A step back (a person's `revert`) is a
    step too, with the stage returned to and `reverts` true. `result` is given when the stage is closed.
    """

    stage: Stage
    on: date
    by: str
    why: str
    result: Result | None = None
    reverts: bool = False
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One breach through time; everything but its identity is a replay of `trail`."""

    key: str
    policy: str
    rule: str
    kind: FindingKind
    episode: int
    trail: tuple[Step, ...]
    id: str = ""


Word = Literal["fine", "imitation", "unsure"]


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's word on a sighting or a case (`key`), remembered for good or until the end of a day."""

    key: str
    word: Word
    on: date
    by: str
    why: str
    until: date | None = None
