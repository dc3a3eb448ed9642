"""An invented school's week, written into a real ledger row by row."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import ledgers
import sqlalchemy as sa

from monitors import holidays, tables
from monitors import rules as rulebook
from monitors.calendar import monday
from monitors.hearing import Filing
from monitors.judge import Law
from monitors.ledger import Ledger
from monitors.nouns import (
    SHANGHAI,
    Account,
    Blocked,
    Found,
    Gone,
    NameMatch,
    Newest,
    Note,
    PlatformFacts,
    Profile,
    Reason,
)

MONDAY = date(2026, 11, 16)
SUNDAY = date(2026, 11, 22)
WEEK = "2026-W47"
MADE_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SCHOOL = "云岭大学"

FACTS = {
    "weibo": PlatformFacts("weibo", "微博", 2, False, lambda handle: f"https://weibo.com/u/{handle}"),
    "wechat": PlatformFacts("wechat", "微信公众号", 1, False),
    "bilibili": PlatformFacts("bilibili", "哔哩哔哩", 1, True, lambda h: f"https://space.bilibili.com/{h}"),
    "douyin": PlatformFacts("douyin", "抖音", 1, False, lambda h: f"https://www.douyin.com/user/{h}"),
}


def rules() -> tuple[rulebook.Rule, ...]:
    return rulebook.load(["sias-2020", "ncwu-2023"])


def law(assume_done: bool = False) -> Law:
    """What a report is made with: rules and calendar, no matcher."""
    return Law(rules(), holidays.loaded(None), FACTS, None, assume_done, {}, lambda account: Filing())


def opened(path: Path, url: str = "") -> Ledger:
    ledger = Ledger(url or ledgers.address(path))
    with ledger.writing() as connection:
        connection.execute(
            sa.insert(tables.register_version).values(
                sha256="0" * 64,
                day=MONDAY,
                at=MADE_AT,
                by="night",
                accounts=0,
                refused=0,
                changes=[],
            )
        )
    return ledger


def at(day: date, hour: int = 2) -> datetime:
    return datetime.combine(day, time(hour, 40), SHANGHAI)


class Writer:
    """Writes rows as the night would; one instance a transaction."""

    def __init__(self, connection):
        self.connection = connection
        self.lines = {}

    def put(self, table, **values):
        self.connection.execute(sa.insert(table).values(**values))

    def account(self, account: Account) -> Account:
        self.put(
            tables.account,
            key=account.key,
            platform=account.platform,
            handle=account.handle,
            name=account.name,
            unit=account.unit,
            tier=account.tier,
            state=account.state,
            record=account,
            version=1,
            filed=True,
        )
        return account

    def night(self, day, platform, *, doubt=None, asked=None, answered=None, **counts):
        sums = (
            dict.fromkeys(("planned", "found", "gone", "blocked", "other", "unseen", "requests"), 0) | counts
        )
        self.put(
            tables.platform_night,
            day=day,
            platform=platform,
            believed=doubt is None,
            doubt=doubt,
            asked=asked,
            answered=answered,
            ended="done",
            **sums,
        )

    def visit(self, key, day, outcome, witness="page"):
        platform, _, handle = key.partition(":")
        line = self.lines[(day, platform)] = self.lines.get((day, platform), 0) + 1
        self.put(
            tables.observation,
            day=day,
            platform=platform,
            line=line,
            key=key,
            seen_at=at(day),
            outcome=outcome.outcome,
            witness=witness,
            note=Note(platform, "account", handle, at(day), outcome),
        )

    def known(self, key, day, newest=None, seen_on=None, *, posted=(), quiet=True):
        """What the week of `day` learnt; an exact date proves silence after it, unless `quiet` is false."""
        last = newest.at.astimezone(SHANGHAI).date() if newest else None
        weeks = {monday(last), *map(monday, posted)} if last else set(map(monday, posted))
        week = tables.account_week
        self.connection.execute(week.delete().where(week.c.key == key, week.c.monday == monday(day)))
        self.put(
            tables.account_week,
            key=key,
            monday=monday(day),
            seen_on=seen_on or day,
            newest=newest,
            posted=sorted(week.isoformat() for week in weeks),
            quiet_since=last if newest and newest.bound == "exact" and quiet else None,
        )

    def verdict(self, key, policy, rule, kind, verdict, why="", since=None, newest=None, day=MONDAY, to=None):
        self.put(
            tables.verdict,
            key=key,
            policy=policy,
            rule=rule,
            kind=kind,
            verdict=verdict,
            why=why,
            since=since,
            newest=newest,
            from_day=day,
            to_day=to,
        )

    def case(
        self,
        case,
        key,
        policy,
        rule,
        kind,
        trail,
        *,
        deadline=None,
        provisional=False,
        episode=1,
        result=None,
    ):
        """`trail`: pairs of stage and day."""
        stage, on = trail[-1]
        self.put(
            tables.case,
            id=case,
            key=key,
            policy=policy,
            rule=rule,
            kind=kind,
            episode=episode,
            stage=stage,
            opened_on=trail[0][1],
            stage_on=on,
            deadline=deadline,
            provisional=provisional,
            closed_on=on if stage == "closed" else None,
            result=result if stage == "closed" else None,
        )
        for number, (stage, on) in enumerate(trail, 1):
            self.put(
                tables.step,
                case=case,
                number=number,
                stage=stage,
                on=on,
                by="night",
                why="夜间巡检",
                result=result if stage == "closed" else None,
                reverts=False,
                evidence=None,
                at=at(on),
            )

    def sighting(self, platform, handle, name, match, first, last=SUNDAY, link=None, by=None, **profile):
        self.put(
            tables.sighting,
            key=f"{platform}:{handle}",
            platform=platform,
            handle=handle,
            name=name,
            first_day=first,
            last_day=last,
            profile=Profile(handle, name, **profile),
            match=asdict(match),
            score=match.score,
            link=link,
            by=by,
        )

    def meeting(self, key, day, name, match):
        handle = key.partition(":")[2]
        self.put(tables.meeting, key=key, day=day, profile=Profile(handle, name), match=asdict(match))

    def decision(self, key, word, on, until=None, why="看过", moment=None):
        self.put(
            tables.decision,
            key=key,
            name=None,
            word=word,
            by="王老师",
            why=why,
            until=until,
            on=on,
            at=moment or at(on),
        )

    def run(self, day):
        """A night that began at half past two."""
        self.put(tables.run, kind="night", day=day, started_at=at(day), ended_at=at(day, 4), exit=0)


# fmt: off
UNITS = (
    "党委宣传部", "图书馆", "计算机学院", "外国语学院", "艺术学院", "体育部", "校团委", "学生会",
    "招生就业处", "校友工作办公室", "医学院", "经济管理学院", "机械工程学院", "马克思主义学院",
    "国际教育学院", "后勤保障部", "附属中学", "研究生院", "建筑与城市规划学院", "青年志愿者协会",
)
SUSPECTS = (
    ("云岭大学招生办官方咨询", "passes_off", 0.99, "exact_official",
     (("云岭大学", "云岭大学", "全名一字不差"), ("招生办官方", "招生办官方", "自称官方的招生机构"))),
    ("耘岭大学教务处", "passes_off", 0.94, "homophone1",
     (("耘", "云", "同音 yún"), ("岭大学", "岭大学", "相同"))),
    ("云岭大學2026新生\u200b群", "passes_off", 0.93, "variant_trad",
     (("學", "学", "繁体"), ("2026新生群", "", "校园用语"))),
    ("云玲大学表白墙", "plays_on", 0.9, "near_homophone",
     (("玲", "岭", "近音 líng / lǐng"), ("表白墙", "", "校园用语"))),
    ("芸岭大鞋", "plays_on", 0.86, "homophone_multi",
     (("芸", "云", "同音 yún"), ("鞋", "学", "近音 xié / xué"))),
)
# fmt: on
TITLES = {"weibo": "官方微博", "wechat": "", "bilibili": "视频台", "douyin": "官方抖音号"}


def a_full_week(writer: Writer) -> list[Account]:
    """About sixty accounts in twenty units, with what life brings."""
    accounts = []
    number = 0
    for index, unit in enumerate(UNITS):
        for platform in ("weibo", "wechat", "bilibili", "douyin")[: 2 + index % 3]:
            number += 1
            handle = f"gh_{number:012x}" if platform == "wechat" else str(1_000_000_000 + number * 7919)
            accounts.append(
                writer.account(Account(platform, handle, f"{SCHOOL}{unit}{TITLES[platform]}", unit))
            )
    extra = [
        Account("website", None, f"{SCHOOL}新闻网", "党委宣传部"),
        Account("weibo", "1999000001", "云大学生会宣传部\u202e（旧号）", "学生会", state="停用"),
        Account(
            "wechat",
            "gh_00000000abcd",
            "云岭大学建筑与城市规划学院研究生会学术交流与实践创新服务中心",
            "研究生院",
        ),
    ]
    accounts += [writer.account(account) for account in extra]
    _nights(writer, accounts)
    _fates(writer, accounts)
    _suspects(writer)
    return accounts


def _nights(writer, accounts):
    for offset in range(7):
        day = MONDAY + timedelta(days=offset)
        for platform in FACTS:
            planned = sum(account.platform == platform and account.state == "在用" for account in accounts)
            doubted = platform == "weibo" and offset in (2, 3)
            writer.night(
                day,
                platform,
                doubt="确知在更新的对照账号读成了需要登录的页面，可能是平台对访客收紧了" if doubted else None,
                planned=planned,
                found=0 if doubted else planned - 1,
                blocked=planned if doubted else 1,
                requests=planned * 3,
                asked=12 if platform == "bilibili" else None,
                answered=(11 if offset == 4 else 12) if platform == "bilibili" else None,
            )


def _fates(writer, accounts):
    silent = date(2026, 8, 30)
    for number, account in enumerate(accounts):
        if account.state != "在用" or account.handle is None:
            continue
        key, bound = account.key, "exact" if account.platform in ("weibo", "bilibili") else "at_least"
        fate = number % 13
        newest = Newest(at(SUNDAY - timedelta(days=1 + number % 20), 15), bound)
        if fate in (3, 5):
            newest = Newest(at(silent - timedelta(days=number), 15), bound)
        if fate == 8:
            newest = None
        if fate == 11:
            writer.visit(key, SUNDAY, Blocked("login"))
            writer.known(key, date(2026, 11, 9), Newest(at(date(2026, 11, 1), 15), bound))
            continue
        writer.visit(key, SUNDAY, Found(name=account.name, newest=newest))
        writer.known(key, SUNDAY, newest)
        if fate in (3, 5):
            _silent(writer, account, newest, number)
        else:
            writer.verdict(key, "sias-2020", "silence", "activity", "Clear", "最近有更新。", newest=newest)
        if fate == 9 and account.platform != "wechat":
            writer.verdict(key, "ncwu-2023", "no-leader", "filing", "Breach", "台账里没有写主管领导。")


def _silent(writer, account, newest, number):
    key, since = account.key, date(2026, 10, 31)
    if newest.bound == "at_least":
        why = f"访客能看到的最近更新不早于 {newest.at.date()}，已超过 2 个月，平台可能隐藏了新内容。"
        writer.verdict(key, "sias-2020", "silence", "activity", "Suspected", why, since, newest)
        trail = [("suspected", MONDAY + timedelta(days=number % 9 - 5))]
        writer.case(f"C-2026-{number:04d}", key, "sias-2020", "silence", "activity", trail)
        return
    why = f"最近一次更新是 {newest.at.date()}，已超过 2 个月没有更新。"
    trails = [
        [("opened", MONDAY + timedelta(days=1)), ("notice_issued", MONDAY + timedelta(days=1))],
        [
            ("opened", date(2026, 9, 20)),
            ("notice_issued", date(2026, 9, 20)),
            ("notice_received", date(2026, 10, 15)),
            ("circular", date(2026, 11, 17)),
        ],
        [
            ("opened", date(2026, 11, 2)),
            ("notice_issued", date(2026, 11, 2)),
            ("notice_received", date(2026, 11, 9)),
        ],
        [("opened", date(2026, 10, 2)), ("notice_issued", date(2026, 10, 2)), ("closed", date(2026, 11, 19))],
    ]
    trail = trails[number % 4]
    verdict = "Clear" if trail[-1][0] == "closed" else "Breach"
    writer.verdict(key, "sias-2020", "silence", "activity", verdict, why, since, newest)
    writer.case(
        f"C-2026-{number:04d}",
        key,
        "sias-2020",
        "silence",
        "activity",
        trail,
        deadline=date(2026, 12, 10) if trail[-1][0] == "notice_received" else None,
        provisional=number % 2 == 0,
        result="remedied",
    )


def match(name, protected, reading, score, kind, *reasons):
    return NameMatch(name, SCHOOL, score, True, reading, kind, protected, tuple(Reason(*r) for r in reasons))


def _suspects(writer):
    for number, (name, reading, score, kind, reasons) in enumerate(SUSPECTS):
        first = MONDAY + timedelta(days=number) if number != 3 else date(2026, 10, 30)
        writer.sighting(
            "bilibili",
            str(77_000_000 + number),
            name,
            match(name, SCHOOL, reading, score, kind, *reasons),
            first,
            verified=number == 0 or None,
            verified_as="某教育咨询有限公司" if number == 0 else None,
        )
    name = "云岭大学二手交易"
    writer.sighting(
        "douyin",
        "MS4wcase",
        name,
        match(name, "云岭大学", "plays_on", 0.8, "exact_unofficial"),
        SUNDAY,
        by="李",
    )
    gone = "weibo:1000007919"
    writer.verdict(
        gone,
        "sias-2020",
        "gone",
        "gone",
        "Unknown",
        "平台说账号已注销：该用户不存在；要再有一晚同样的答复才能认定。",
        SUNDAY,
    )
    writer.visit(gone, SUNDAY, Gone("cancelled", "该用户不存在"))


# ── weeks gone by ───────────────────────────────────────────────────────────────────────────────


def a_year_before(writer, accounts, weeks=51):
    """Rows of the weeks before: most accounts post, some fall silent, some are walled for a while."""
    for back in range(weeks, 0, -1):
        first = MONDAY - timedelta(weeks=back)
        walled = "douyin" if back % 17 == 5 else None
        for offset in (0, 2, 4, 6):
            for platform in FACTS:
                doubt = "对照账号读成了验证码页面" if platform == walled and offset else None
                writer.night(first + timedelta(days=offset), platform, doubt=doubt, planned=9, found=9)
        for number, account in enumerate(accounts):
            if account.handle is None or account.platform == walled or (number + back) % 29 == 0:
                continue
            silent = number % 13 in (3, 5) and back < 12
            last = (
                date(2026, 8, 30) - timedelta(days=number) if silent else first + timedelta(days=number % 6)
            )
            bound = "exact" if account.platform in ("weibo", "bilibili") else "at_least"
            if (number * 7 + back * 3) % 10 < 3 and not silent:
                last = first - timedelta(days=5)
            writer.known(account.key, first + timedelta(days=6), Newest(at(last, 15), bound))


def a_blockade(writer):
    """A week of walls after a good year: nothing is believed, and nothing may be said of anybody."""
    accounts = []
    for number, unit in enumerate(UNITS[:8]):
        for platform in FACTS:
            handle = str(2_000_000_000 + number * 104_729 + len(platform))
            accounts.append(writer.account(Account(platform, handle, f"{SCHOOL}{unit}", unit)))
    a_year_before(writer, accounts, 12)
    for offset in range(7):
        for platform, facts in FACTS.items():
            writer.night(
                MONDAY + timedelta(days=offset), platform, doubt="确知在更新的对照账号要求登录",
                planned=8, blocked=8, asked=5 if facts.searchable else None, answered=0,
            )  # fmt: skip
    for account in accounts:
        writer.visit(account.key, SUNDAY, Blocked("login"))
    key = accounts[0].key
    writer.case("C2026-000001", key, "sias-2020", "silence", "activity", [
        ("opened", date(2026, 9, 20)), ("notice_issued", date(2026, 9, 20)), ("circular", date(2026, 11, 2)),
    ])  # fmt: skip
    return accounts


def a_first_week(writer):
    """The very first night: a handful of accounts and nothing to compare with."""
    accounts = [
        writer.account(Account(platform, str(7_000_000 + number), f"{SCHOOL}{unit}", unit))
        for number, (unit, platform) in enumerate(zip(UNITS[:6], ["weibo", "bilibili"] * 3, strict=True))
    ]
    for platform in ("weibo", "bilibili"):
        writer.night(SUNDAY, platform, planned=3, found=3, asked=4, answered=4)
    for account in accounts:
        newest = Newest(at(SUNDAY - timedelta(days=2), 15), "exact")
        writer.visit(account.key, SUNDAY, Found(name=account.name, newest=newest))
        writer.known(account.key, SUNDAY, newest)
        writer.verdict(account.key, "sias-2020", "silence", "activity", "Clear")
    return accounts


def a_large_week(writer, count=1200):
    """Many accounts in many units, with a year behind them."""
    accounts = []
    for number in range(count):
        platform = tuple(FACTS)[number % 4]
        unit = f"{UNITS[number % len(UNITS)]}{number // len(UNITS) % 9 + 1}系"
        accounts.append(
            writer.account(Account(platform, str(5_000_000 + number), f"{SCHOOL}{unit}{number}", unit))
        )
    for platform in FACTS:
        writer.night(SUNDAY, platform, planned=count // 4, found=count // 4)
    _fates(writer, accounts)
    return accounts
