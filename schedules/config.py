"""`school.toml`: every setting, typed; an unknown key is an error that names the nearest known one."""

from __future__ import annotations

import ipaddress
import os
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from rapidfuzz import process
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from crawlers.egress import staged
from crawlers.order import Robots
from crawlers.origins import Origins
from crawlers.platforms import platforms
from monitors.proxy import Proxy
from monitors.register.vocabulary import extended
from monitors.retention import Terms
from monitors.rules import Severity
from reports.people import BUILT_IN_CHANNEL, ChannelKind, ChannelSpec, Person, Role, Tls

PATTERN_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class ConfigError(Exception):
    """`school.toml` cannot be used; the text says where and what to do, in Chinese."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class School(_Section):
    """Whose names are protected.

    `nicknames` share no character with the name, so that no comparison finds them; `other_schools` are real
    schools that the shipped list of universities lacks.
    """

    name: str = Field(min_length=1)
    short_names: tuple[str, ...] = ()
    english_names: tuple[str, ...] = ()
    english_short: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    other_schools: tuple[str, ...] = ()
    allowed_words: tuple[str, ...] = ()


class RegisterFile(_Section):
    """Where the office's spreadsheet lies, relative to the home, and the school's own words in it.

    `synonyms`: a heading or a platform as the table of synonyms has it, and further words for it.
    """

    file: str = "台账.xlsx"
    synonyms: dict[str, tuple[str, ...]] = {}

    @field_validator("synonyms")
    @classmethod
    def _of_the_table(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        extended(value)
        return value


class Policy(_Section):
    """Which rule texts hold, and when the clocks pause."""

    use: tuple[str, ...] = ("sias-2020",)
    vacations: tuple[tuple[date, date], ...] = ()


class Cases(_Section):
    """How a case moves; `assume_done` defaults to the rehearsal switch."""

    assume_done: bool | None = None


class PlatformSettings(_Section):
    """One platform: on or off, the robots decision, replacements for the built-in canaries.

    `words_a_night` replaces the one of `[search]` for this platform.
    """

    enabled: bool = True
    robots: Robots | None = None
    canary_alive: str | None = None
    canary_absent: str | None = None
    canary_word: str | None = None
    words_a_night: int | None = Field(default=None, ge=1)


class Crawl(_Section):
    """Politeness; seconds, and requests per platform and night."""

    pace_seconds: float | None = Field(default=None, ge=0)
    jitter: float = Field(default=4.0, ge=0)
    nightly_budget: int = Field(default=150, ge=1)
    user_agent: str = "xunjian (school account patrol; contact: see school website)"


class Search(_Section):
    """Each word is asked again after so many days, at most so many words on a platform and night."""

    every_days: int = Field(default=7, ge=1)
    words_a_night: int = Field(default=12, ge=1)


class Browser(_Section):
    """Where the Chromium lies, when it is not found by itself."""

    path: str | None = None


class Database(_Section):
    """The ledger's address; None is `ledger.sqlite3` in the home."""

    url: str | None = None

    @field_validator("url")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        try:
            known = value is None or make_url(value).drivername in ("sqlite", "postgresql+psycopg")
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError('url 要写成 "postgresql+psycopg://用户@主机/库名" 这样')
        return value


class Times(_Section):
    """When the clock starts the night and the week, Shanghai time, and how late a missed night is still made."""

    night: str = Field(default="02:00", pattern=PATTERN_TIME)
    week: str = Field(default="mon 08:00", pattern=r"^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$")
    catch_up_hours: int = Field(default=6, ge=0, le=20)


class Reports(_Section):
    """Where the site is served, if it is."""

    url: str | None = None


class CampusProxy(_Section):
    """The one forward proxy of the campus; its login is named here and taken from the environment or a file.

    `direct`: hosts that are reached without it, `*.` for subdomains.
    """

    url: str
    user_env: str | None = None
    user_file: Path | None = None
    password_env: str | None = None
    password_file: Path | None = None
    direct: tuple[str, ...] = ()

    @field_validator("url")
    @classmethod
    def _one_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.username or parts.password or "@" in parts.netloc:
            raise ValueError("用户名和密码不要写在网址里，请写 user_env 和 password_env")
        whole = parts.scheme == "http" and parts.hostname and parts.port and value.isascii()
        if not whole or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("要像 http://proxy.example.edu.cn:3128 这样写：http、主机和端口，没有别的")
        return value

    @model_validator(mode="after")
    def _whole_login(self) -> Self:
        if bool(self.user_env or self.user_file) != bool(self.password_env or self.password_file):
            raise ValueError("用户名和密码要一起写：user_env 和 password_env，或 user_file 和 password_file")
        return self

    def opened(self, home: Path) -> Proxy:
        """Give the proxy with its login; one that lacks it leads nowhere, and nothing goes beside it."""
        parts = urlsplit(self.url)
        direct = tuple(one.lower() for one in self.direct)
        proxy = Proxy(parts.hostname or "", parts.port or 0, direct)
        try:
            user = _secret("proxy", self.user_env, home, self.user_file)
            password = _secret("proxy", self.password_env, home, self.password_file)
        except ConfigError as error:
            return replace(proxy, trouble=f"用不了：{error}")
        if ":" in user:
            return replace(proxy, trouble="用不了：用户名里不能有冒号")
        return replace(proxy, login=f"{user}:{password}" if user else "")


class Alerts(_Section):
    """How and when alerts are sent; minutes, tries, working days."""

    retry_minutes: tuple[Annotated[int, Field(ge=0)], ...] = Field(default=(1, 5, 30, 120), min_length=1)
    dead_after: int = Field(default=8, ge=1)
    remind_working_days: int | None = Field(default=None, ge=1)
    ping: str | None = None
    quiet: (
        tuple[Annotated[str, Field(pattern=PATTERN_TIME)], Annotated[str, Field(pattern=PATTERN_TIME)]] | None
    ) = None

    @field_validator("ping")
    @classmethod
    def _safe(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("https://") and not _loopback(value):
            raise ValueError("ping 的网址要以 https:// 开头")
        return value


class ChannelSettings(_Section):
    """One way of telling; secrets are named here and taken from the environment (`_env`) or a file (`_file`)."""

    kind: ChannelKind
    path: Path | None = None
    host: str = ""
    port: int | None = Field(default=None, ge=1, le=65535)
    tls: Tls = "starttls"
    sender: str = ""
    user_env: str | None = None
    user_file: Path | None = None
    password_env: str | None = None
    password_file: Path | None = None
    ca_file: Path | None = None
    url: str = ""
    url_env: str | None = None
    url_file: Path | None = None
    secret_env: str | None = None
    secret_file: Path | None = None
    allow_plain: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "mail" and not (self.host and self.sender):
            raise ValueError("邮件渠道要写 host 和 sender")
        if self.kind in ("wecom", "dingtalk", "feishu", "webhook") and not (
            self.url or self.url_env or self.url_file
        ):
            raise ValueError(f"{self.kind} 渠道要写 url、url_env 或 url_file")
        return self

    def opened(self, name: str, home: Path, proxy: Proxy | None = None) -> ChannelSpec:
        """Give the channel with its secrets; a variable that is not set is an error."""
        return ChannelSpec(
            name=name,
            kind=self.kind,
            path=home / self.path if self.path else None,
            host=self.host,
            port=self.port or 0,
            tls=self.tls,
            sender=self.sender,
            user=_secret(f"channels.{name}", self.user_env, home, self.user_file),
            password=_secret(f"channels.{name}", self.password_env, home, self.password_file),
            ca_file=home / self.ca_file if self.ca_file else None,
            url=self.url or _secret(f"channels.{name}", self.url_env, home, self.url_file),
            secret=_secret(f"channels.{name}", self.secret_env, home, self.secret_file),
            allow_plain=self.allow_plain,
            proxy=proxy,
        )


class PersonSettings(_Section):
    """Somebody who is told things."""

    name: str = Field(min_length=1)
    role: Role
    units: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    severity: Severity = "low"
    channel: str
    address: str = ""
    urgent_only: bool = False


def _a_month_or_never(days: int) -> int:
    if days != 0 and days < 30:
        raise ValueError("至少要 30 天；0 表示一直保留")
    return days


class Keep(_Section):
    """Days after which bodies of visits are deleted, and how many nightly copies of the ledger stay.

    `evidence`: days after which evidence goes that no case needs any more; None keeps all of it. `strangers` and
    `contacts`: as in `monitors.retention`; 0 keeps them.
    """

    bodies: int = Field(default=14, ge=1)
    backups: int = Field(default=14, ge=1)
    evidence: int | None = Field(default=None, ge=30)
    strangers: Annotated[int, AfterValidator(_a_month_or_never)] = 365
    contacts: Annotated[int, AfterValidator(_a_month_or_never)] = 365

    @property
    def terms(self) -> Terms:
        """What the nights let go, and after how many days."""
        return Terms(self.strangers or None, self.contacts or None)


class Config(_Section):
    """The whole of `school.toml`."""

    rehearsal: bool = False
    school: School
    register_: RegisterFile = Field(default=RegisterFile(), alias="register")
    policy: Policy = Policy()
    cases: Cases = Cases()
    platforms: dict[str, PlatformSettings] = {}
    crawl: Crawl = Crawl()
    search: Search = Search()
    browser: Browser = Browser()
    database: Database = Database()
    schedule: Times = Times()
    reports: Reports = Reports()
    proxy: CampusProxy | None = None
    alerts: Alerts = Alerts()
    channels: dict[str, ChannelSettings] = {}
    people: tuple[PersonSettings, ...] = ()
    keep: Keep = Keep()
    origins: dict[str, str] = {}

    @field_validator("platforms")
    @classmethod
    def _known(cls, value: dict[str, PlatformSettings]) -> dict[str, PlatformSettings]:
        for name in value:
            if name not in platforms():
                raise ValueError(f"没有叫 {name} 的平台；{_nearest(name, platforms())}")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for person in self.people:
            channel = self.channels.get(person.channel)
            if channel is None and person.channel != BUILT_IN_CHANNEL:
                raise ValueError(
                    f"[[people]] {person.name} 的 channel “{person.channel}” 没有在 [channels] 里定义"
                )
            if channel is not None and channel.kind == "mail" and not person.address:
                raise ValueError(f"[[people]] {person.name} 用邮件渠道，要写 address")
        if self.crawl.pace_seconds == 0 and not self.on_loopback:
            raise ValueError("crawl.pace_seconds = 0 只允许在演练或全部 origins 都在本机时使用")
        return self

    def staged(self, name: str) -> bool:
        """True when no request to this platform can reach the real one."""
        return self.rehearsal or staged(platforms()[name].hosts, Origins(self.origins))

    @property
    def on_loopback(self) -> bool:
        """True when no request can reach a real platform: each plays on this machine, or is not looked at."""
        if self.rehearsal:
            return True
        looked_at = [name for name in platforms() if self.platform(name).enabled]
        live = [name for name in looked_at if self.platform(name).robots and not self.staged(name)]
        return not live and any(self.staged(name) for name in looked_at)

    @property
    def assume_done(self) -> bool:
        """Whether a step counts as received on the day it was taken."""
        return self.rehearsal if self.cases.assume_done is None else self.cases.assume_done

    @property
    def told(self) -> tuple[Person, ...]:
        """The people of `[[people]]`."""
        return tuple(Person(**person.model_dump()) for person in self.people)

    def channel_specs(self, home: Path) -> tuple[ChannelSpec, ...]:
        """The channels with their secrets; raises `ConfigError` where a secret is not set."""
        return tuple(self.channel_spec(name, home) for name in self.channels)

    def channel_spec(self, name: str, home: Path) -> ChannelSpec:
        """One channel with its secrets; raises `ConfigError` where one is not set."""
        return self.channels[name].opened(name, home, self.way_out(home))

    def way_out(self, home: Path) -> Proxy | None:
        """The campus's proxy with its login; None where everything goes directly."""
        return self.proxy.opened(home) if self.proxy else None

    def words_a_night(self, platform: str) -> int:
        """Give how many words may be searched for on a platform in one night."""
        return self.platform(platform).words_a_night or self.search.words_a_night

    def platform(self, name: str) -> PlatformSettings:
        """Give a platform's settings, the defaults where nothing is set."""
        return self.platforms.get(name, PlatformSettings())


def _secret(section: str, variable: str | None, home: Path, file: Path | None) -> str:
    """A secret from its variable, else from its file beside `school.toml`; "" where neither is named."""
    if variable is not None:
        if not os.environ.get(variable):
            raise ConfigError(f"{section} 要用环境变量 {variable}，但它没有设置")
        return os.environ[variable].strip()
    if file is None:
        return ""
    try:
        return (home / file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "不是文本"
        raise ConfigError(f"{section} 要用文件 {home / file}，但读不出来：{why}") from None


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _nearest(word: str, known: Any) -> str:
    match = process.extractOne(word, list(known))
    return f"是不是 “{match[0]}”？" if match else ""


def load(home: Path) -> Config:
    """Read `home/school.toml`; raise `ConfigError` with every fault at once."""
    path = home / "school.toml"
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError(f"找不到 {path}；先运行 xunjian init {home}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} 读不出来：{error}；请存为 UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} 不是合格的 TOML：{error}") from error
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError("\n".join(f"{path}：{_fault(one)}" for one in error.errors())) from None


def _fault(error: Any) -> str:
    place = [str(part) for part in error["loc"]]
    where = ".".join(place) or "整体"
    if error["type"] == "extra_forbidden":
        return f"{where} 不认识；{_nearest(place[-1], _keys(place[:-1]))}"
    if error["type"] == "missing":
        return f"{where} 没有填写"
    reason = error["msg"].removeprefix("Value error, ")
    # The offending value is left out: it may be a token or an address.
    return f"{where} 不对：{reason}"


def _keys(place: list[str]) -> list[str]:
    model: Any = Config
    for part in place:
        fields = getattr(model, "model_fields", None)
        if fields is None:
            return []
        by_alias = {f.alias or name: f for name, f in fields.items()}
        annotation = by_alias[part].annotation if part in by_alias else None
        inner = [
            a
            for a in (annotation, *getattr(annotation, "__args__", ()))
            if hasattr(a, "__dataclass_fields__") or hasattr(a, "model_fields")
        ]
        if inner:
            model = inner[0]
    fields = getattr(model, "model_fields", None)
    if fields is not None:
        return [f.alias or name for name, f in fields.items()]
    return list(getattr(model, "__dataclass_fields__", {}))
