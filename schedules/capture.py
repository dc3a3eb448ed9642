"""A saved visit made from the platform: one errand, carried out as a night carries it out."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from crawlers import browser, children
from crawlers.lines import line
from crawlers.order import Errand
from crawlers.platforms import Platform
from crawlers.reading import read
from crawlers.visits import Visit, load, save
from monitors import accounts
from monitors.ledger import Ledger
from monitors.notes import NoteFile
from monitors.nouns import SHANGHAI
from schedules import stage
from schedules.config import Config
from schedules.home import Home
from schedules.lock import held
from schedules.orders import Evening, canaries, looked_at, ordered, searched
from schedules.state import visit_of


class NotCaptured(Exception):
    """The visit may not be made, or left nothing; the text says why, in Chinese."""


def permitted(config: Config, platform: Platform, *, search: bool) -> None:
    """Raise `NotCaptured` where the settings do not let the platform be visited, or searched."""
    where = f"[platforms.{platform.name}]"
    if not looked_at(config, platform.name):
        raise NotCaptured(f"{platform.facts.title}已停用，或还没有作 robots 决定；请先在 {where} 里写明。")
    if search and not platform.facts.searchable:
        raise NotCaptured(f"{platform.facts.title}不登录搜不到；请用 xunjian words 取词，在应用里人工搜索。")
    if search and not searched(config, platform):
        raise NotCaptured(f'{where} 的 robots 决定不含搜索；要搜索，须写 robots = "visit-and-search"。')


def account(config: Config, ledger: Ledger, platform: Platform, handle: str) -> Errand:
    """Give the errand for an account; one that the school has not filed is visited as a sighting is."""
    with ledger.reading() as connection:
        filed = accounts.accepted(connection).get(f"{platform.name}:{handle}")
    if filed is not None:
        pages = tuple(w for w in filed.witnesses if w.kind != "feed")
        return Errand("account", handle, filed.name, filed.aliases, pages)
    canary = any(one.subject == handle for one in canaries(config, platform, searching=False))
    return Errand("account" if canary else "sighting", handle)


def captured(
    home: Home, config: Config, ledger: Ledger, platform: Platform, errand: Errand, *, today: date
) -> Visit:
    """Make the one visit; raises `NotCaptured` when it left nothing, `Held` beside a running night."""
    with (
        held(home.lock, "存样"),
        TemporaryDirectory() as scratch,
        stage.origins(home, config, ledger, today) as origins,
    ):
        path, proxy = browser.found(config.browser.path), config.way_out(home.path)
        evening = Evening(today, Path(scratch), None, origins, path, proxy=proxy)
        order = ordered(config, platform, evening, (errand,))
        end = children.run([order])[platform.name]
        file = NoteFile.of(order.notes, order.day, order.platform)
        note = next(file.read(), None)
        if note is None:
            raise NotCaptured(f"没有看成（{end.how}）：{end.says or '访问没有留下任何结果'}")
        return visit_of(file, note)


def proposed(platform: Platform, visit: Visit, parent: Path) -> Path:
    """Save the visit in a folder of its own under `parent`, with the outcome for a person to confirm.

    As long as `unconfirmed` stands in `expected.json`, the test over all saved visits fails.
    """
    subject = re.sub(r"[^\w-]+", "-", (visit.handle or visit.keyword or "")).strip("-")[:60]
    folder = parent / f"{subject}-{visit.fetched_at.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
    save(visit, folder)
    said = line(folder, visit, read(platform, load(folder)))
    del said["visit"]
    text = json.dumps({"unconfirmed": True, **said}, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    return folder
