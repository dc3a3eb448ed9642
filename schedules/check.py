"""Everything that would make tonight fail or lie, said at once and before the night."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crawlers import browser, children
from crawlers.platforms import platforms
from monitors import accounts, rules
from monitors.calendar import shanghai_day
from monitors.citations import findings
from monitors.hearing import Filing
from monitors.holidays import CalendarError
from monitors.ledger import Ledger
from monitors.memory import Memory
from monitors.notes import NoteFile
from monitors.register.acceptance import Applied, applied
from monitors.register.filing import of_groups
from monitors.register.problems import Place, Refused
from monitors.register.reading import Reading
from monitors.strict import RuleError, nearest
from monitors.trust import doubt, told
from monitors.verdicts import verdicts
from reports import switchboard
from schedules import law as laws
from schedules import register, stage, wayout
from schedules.config import Config, ConfigError
from schedules.home import Home
from schedules.machine import Row, entry, machine
from schedules.orders import Evening, canaries, looked_at, ordered, searched


def checked(
    home: Home, config: Config, ledger: Ledger, today: date, *, live: bool, accept_by: str | None
) -> Iterator[Row]:
    """Give one row per thing looked at: level, where, message, reason; the register's own rows last."""
    yield entry("ok", "school.toml", "设置读得通", "config")
    yield from _platforms(config)
    yield from machine(home, config)
    yield from _rules(home, config, today)
    yield from _channels(home, config)
    yield from wayout.rows(home.path, config)
    if live:
        yield from _live(home, config, ledger, today)
    yield from _words(config, ledger, today)
    yield from _register(home, config, ledger, today, accept_by)


def _of_register(level: str, message: str, reason: str, place: Place | None = None) -> Row:
    sheet, row = (place.sheet, place.row) if place else (None, None)
    return {**entry(level, "register", message, reason), "sheet": sheet, "row": row, "column": None}


def _platforms(config: Config) -> Iterator[Row]:
    for name, platform in platforms().items():
        settings = config.platform(name)
        where = f"platforms.{name}"
        if not settings.enabled:
            yield entry("warning", where, f"{platform.facts.title}已停用，不看也不判断", "disabled")
        elif settings.robots is None and not config.staged(name):
            message = (
                f"{platform.facts.title}还没有作 robots 决定，正式运行时不看它。这些平台的 robots.txt 在根目录拒绝"
                '一般的爬虫，而账号页面是公开的；请由主管部门决定一次，写 robots = "obey"（照 robots.txt）、'
                '"visit-registered"（看台账里的账号）或 "visit-and-search"（还搜索校名、看疑似账号）'
            )
            yield entry("warning", where, message, "robots_undecided")
        for what in ("canary_alive", "canary_absent"):
            handle = getattr(settings, what)
            if handle and "://" not in handle and not platform.handle.fullmatch(handle):
                yield entry("error", f"{where}.{what}", "对照账号不是这个平台的编号，请核对", "bad_canary")
    if config.on_loopback and not config.rehearsal:
        yield entry("warning", "origins", "所有 origins 都指向本机：看的不是真实平台", "loopback")


def _rules(home: Home, config: Config, today: date) -> Iterator[Row]:
    try:
        held = laws.law(config, home.path, {}, lambda account: Filing())
    except (RuleError, CalendarError) as error:
        yield entry("error", "rules", str(error), "rules")
        return
    yield entry("ok", "rules", f"{len(held.rules)} 条规则", "rules")
    warning = held.calendar.warning(today)
    if warning:
        yield entry("warning", "calendar", warning, "calendar_ends")


def _channels(home: Home, config: Config) -> Iterator[Row]:
    for name in config.channels:
        where = f"channels.{name}"
        try:
            spec = config.channel_spec(name, home.path)
            switchboard.channel(spec, home.path)
        except (ConfigError, ValueError) as error:
            yield entry("error", where, str(error), "channels")
            continue
        yield entry("ok", where, "设置可用；是否收得到，用 xunjian tell --test 验证", "channels")
        if spec.kind in ("dingtalk", "feishu", "webhook") and not spec.secret:
            message = "没有写 secret_env 或 secret_file，消息不签名；请在机器人的安全设置里打开签名"
            yield entry("warning", where, message, "unsigned")
    if not config.channels:
        yield entry(
            "warning", "channels", f"没有配置渠道，提醒写成文件放在 {home.path / 'messages'}", "no_channel"
        )
    roles = {person.role for person in config.told}
    for role, who in (("officer", "宣传部（officer）"), ("maintainer", "维护人（maintainer）")):
        if config.told and role not in roles:
            message = f"[[people]] 里没有{who}，他们的提醒写成文件放在 {home.path / 'messages'}"
            yield entry("warning", "people", message, "nobody")


# ── the register ────────────────────────────────────────────────────────────────────────────────


def _register(
    home: Home, config: Config, ledger: Ledger, today: date, accept_by: str | None
) -> Iterator[Row]:
    path = home.path / config.register_.file
    try:
        fresh = register.reading(home, config, today)
    except Refused as error:
        yield _of_register("error", error.message, error.reason)
        yield {"where": "register", "accounts": 0, "refused": 0}
        return
    with ledger.reading() as connection:
        before, latest = accounts.version(connection), accounts.latest(connection)
    outcome = applied(fresh, before, accept=accept_by is not None)
    if not isinstance(outcome, Applied):
        message = f"{outcome.message}{register.ACCEPT}"
        yield _of_register("error", message, outcome.reason)
    elif accept_by is not None:
        register.accept(ledger, fresh, outcome, today, accept_by)
        yield _of_register("ok", f"已由 {accept_by} 接受", "accepted")
    if fresh.problems:
        yield _marked(path, fresh)
    yield from _scopes(home, config, fresh)
    yield from _readers(config, fresh)
    yield from _groups(home, config, fresh, latest.day if latest else today, today)
    yield from fresh.lines()


def _readers(config: Config, fresh: Reading) -> Iterator[Row]:
    """People who would never hear of anything: of a unit that the register does not name, or of none."""
    units = {account.unit for account in fresh.accounts}
    for person in config.told:
        for unit in person.units:
            if unit not in units:
                message = f"{person.name} 的单位“{unit}”不在台账里{nearest(unit, sorted(units))}，他收不到这个单位的提醒"
                yield entry("warning", "people", message, "unknown_unit")
        if person.role == "unit_head" and not person.units and person.address != "register":
            message = f'{person.name} 没有写 units，收不到任何提醒；写上单位，或写 address = "register"'
            yield entry("warning", "people", message, "no_unit")


def _marked(path: Path, fresh: Reading) -> Row:
    from monitors.register.marking import marked  # noqa: PLC0415 (slow to load, and no other command needs it)

    target = path.with_name(f"{path.stem}-问题.xlsx")
    try:
        marked(path, fresh, target)
    except (OSError, Refused) as error:
        message = f"没有写成标出问题的副本 {target}：{error}。如果它正在 Excel 里打开，请先关闭。"
        return _of_register("warning", message, "no_marked_copy")
    return _of_register("warning", f"有问题的单元格已在副本里标出：{target}", "marked_copy")


def _scopes(home: Home, config: Config, fresh: Reading) -> Iterator[Row]:
    """Rules that can judge nobody, since no account of the register fits their scope: 二级 against 二级学院."""
    try:
        held = rules.load(config.policy.use, home.path)
    except RuleError:
        return  # told already
    subjects = [*fresh.accounts, *(group.subject for group in fresh.groups)]
    for rule in held if subjects else ():
        for scope, written in rule.unmatched(subjects).items():
            message = (
                f"规则 {rule.policy} {rule.rule} 的适用范围 {scope} 写的是“{'、'.join(written)}”，"
                "台账里没有一个账号符合，这条规则等于没有用。请核对规则或台账。"
            )
            yield entry("warning", "rules", message, "scope_empty")


def _groups(home: Home, config: Config, fresh: Reading, listed: date, today: date) -> Iterator[Row]:
    """What the rules in use say of the chat groups, row by row, as the night will find it."""
    try:
        held = laws.law(config, home.path, {}, lambda account: Filing())
    except (RuleError, CalendarError):
        return  # told already
    for group, filing in of_groups(fresh.groups, fresh.contacts, listed):
        given = verdicts(group, None, held.rules, today, held.calendar, filing=filing)
        for finding in findings(given, held.rules):
            if finding.lead.verdict != "Unknown":
                message = f"群“{group.name}”：{finding.lead.why}（{'；'.join(finding.cited)}）"
                row = _of_register("warning", message, finding.rule.measure, fresh.rows[group.key])
                yield {**row, "key": group.key}


# ── searching ───────────────────────────────────────────────────────────────────────────────────


def _words(config: Config, ledger: Ledger, today: date) -> Iterator[Row]:
    """Whether each word gets its turn within the term, at so many words a night."""
    with ledger.reading() as connection:
        filed, left = accounts.accepted(connection), accounts.left(connection)
    count = len(laws.words(config, filed, laws.matcher(config, filed, left), today, left))
    for name, platform in platforms().items():
        term, room = config.search.every_days, config.words_a_night(name)
        if looked_at(config, name) and searched(config, platform) and count > term * room:
            message = (
                f"要搜索的词有 {count} 个，{platform.facts.title}每晚 {room} 个，{term} 天只轮得到 {term * room} 个，"
                f"靠后的词会晚些；可以把 [search] words_a_night 改成 {-(-count // term)}，或把 every_days 改大"
            )
            yield entry("warning", "search", message, "words_over_budget")


# ── live ────────────────────────────────────────────────────────────────────────────────────────


def _live(home: Home, config: Config, ledger: Ledger, today: date) -> Iterator[Row]:
    """Read each platform's canaries once; nothing of it is kept or judged."""
    with TemporaryDirectory() as scratch, stage.origins(home, config, ledger, today) as origins:
        path, proxy = browser.found(config.browser.path), config.way_out(home.path)
        evening = Evening(today, Path(scratch), None, origins, path, proxy=proxy)
        orders = [
            ordered(config, one, evening, tuple(canaries(config, one, searching=searched(config, one))))
            for one in platforms().values()
            if looked_at(config, one.name)
        ]
        ends: Mapping[str, children.ChildEnd] = children.run(orders)
        for order in orders:
            notes = list(NoteFile.of(order.notes, order.day, order.platform).read())
            absent = any(errand.purpose == "canary_absent" for errand in order.errands)
            reason = doubt(notes, absent=absent)
            seen = (
                "；".join(f"{note.purpose}：{told(note.outcome)}" for note in notes)
                or ends[order.platform].says
            )
            level = "ok" if reason is None else "error"
            proposed = _posting(ledger, order.platform) if reason else ""
            yield entry(level, f"platforms.{order.platform}", f"{reason or '可信。'}{seen}{proposed}", "live")


def _posting(ledger: Ledger, platform: str) -> str:
    """Propose a registered account that was seen posting in the place of a canary that reads wrong."""
    with ledger.reading() as connection:
        memory = Memory(connection, date.max)
        filed = accounts.accepted(connection).values()
        held = [(one, memory.before(one.key)) for one in filed if one.platform == platform and one.handle]
    seen = [(standing.newest.at, one) for one, standing in held if standing and standing.newest]
    if not seen:
        return ""
    at, account = max(seen, key=lambda entry: entry[0])
    return (
        f"。对照账号本身有变化时，可以改用台账里的“{account.name}”（{shanghai_day(at)} 有更新）："
        f'[platforms.{platform}] canary_alive = "{account.handle}"'
    )
