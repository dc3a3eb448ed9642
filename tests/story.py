"""Ten rehearsed weeks in a few minutes: `python tests/story.py DIR` makes a home with a past.

Everything is the real thing, the register, the judge, the cases, the papers, the alerts, the commands by which people
answer and the weekly reports. Only the visits are made on foot, without a browser, but for the last night's.
"""

import contextlib
import io
import shutil
import sys
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import time_machine
from onfoot import OnFoot

from crawlers import children
from crawlers.children import ChildEnd
from monitors.ledger import Ledger
from monitors.notes import NoteFile, line
from monitors.nouns import SHANGHAI, Note
from schedules import config, night
from schedules.cli import app
from schedules.home import Home
from schedules.starter import register as starter_register
from schedules.starter import written

FIRST = date(2026, 9, 14)  # a Monday
WEEKS = 10
LAST = FIRST + timedelta(weeks=WEEKS) - timedelta(days=1)
MARK = "a story, made by tests/story.py"

# The bad nights, as days of the story: a wall for most of a week, and single nights here and there.
WALLS = (
    ("weibo", "captcha", range(23, 27)),
    ("bilibili", "-352", [12, 40, 41]),
    ("douyin", "captcha", [33, 66, 67]),
    ("wechat", "captcha", [54]),
)


JUDGEMENTS = (
    ("fine", "学生社团自办，已说明并非官方"),
    ("imitation", "冒用校名招生，已请平台处理"),
    ("unsure", "主页内容不多，再看两周"),
    ("fine", "校友自办，与学校无关"),
)
# What somebody comes across in the last week.
FOUND_BY_HAND = (("douyin", "芸岭大学招生办"), ("wechat", "云玲大学成教报名处"))


@dataclass
class Street:
    """What a visitor on foot must know of the stage: where it stands and what time it is there."""

    port: int
    clock: datetime


def on_foot(orders, progress):
    """Make the visits of all orders without a browser, in place of the crawl's child processes."""
    ends = {}
    for order in orders:
        base = next(url for url in order.origins.values() if "127.0.0.1" in url)
        foot = OnFoot(Street(int(base.split(":")[2].split("/")[0]), order.clock))
        with NoteFile.of(order.notes, order.day, order.platform).open() as file:
            for errand in order.errands:
                if errand.purpose in ("search", "canary_word"):
                    visit, outcome = foot.search(order.platform, errand.subject)
                elif errand.purpose in ("feed", "link"):
                    continue
                else:
                    pages = tuple(w for w in errand.witnesses if w.kind != "feed")
                    visit, outcome = foot.account(order.platform, errand.subject, errand.name, pages)
                made = len(visit.pages)
                note = Note(
                    order.platform, errand.purpose, errand.subject, order.clock, outcome, requests=made
                )
                file.write(line(note))
        ends[order.platform] = ChildEnd(order.platform, "done", 0)
    return ends


def xunjian(home, *words):
    """One command, as a person or the clock gives it at the story's hour."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = app(["--home", str(home.path), *words], prog_name="xunjian", standalone_mode=False)
    if code:
        print(f"xunjian {' '.join(words)}: {said.getvalue().strip()}", file=sys.stderr)


class People:
    """What the school's people answer: some at once, some late, some never; nobody says a thing twice."""

    DELAYS = (None, 0, 2, 1)  # weeks, by the number of a case

    def __init__(self, home):
        self.home, self.told, self.first = home, set(), {}

    def answer(self, week):
        """Notices are received, circulars published, dates attested, names judged."""
        today = datetime.now(SHANGHAI).date()
        for case in self._waiting("kind <> 'sighting' AND stage = 'notice_issued'", week):
            self._say(case, "step", "--to", "notice_received", "--on", today.isoformat(), "--by", "王老师")
        for case in self._waiting("kind <> 'sighting' AND stage = 'circular'", week):
            self._say(case, "step", "--to", "circular", "--on", today.isoformat(), "--by", "宣传部")
        for case in self._waiting("kind = 'activity' AND stage = 'suspected'", week):
            last = (today - timedelta(days=4)).isoformat()
            self._say(case, "attest", "--last-post", last, "--by", "李老师", subject=case.key)
        for case in self._waiting("kind = 'sighting' AND stage = 'suspected'", week):
            number = int(case.id.rsplit("-", 1)[1])
            word, why = JUDGEMENTS[number % len(JUDGEMENTS)]
            self._say(case, "decide", "--as", word, "--by", "张老师", "--why", why)
        if week == WEEKS - 1:
            for platform, name in FOUND_BY_HAND:
                xunjian(self.home, "sight", platform, name, "--by", "陈老师")

    def _waiting(self, where, week):
        """The cases whose turn it is, by their number."""
        for case in self._cases(where):
            since = self.first.setdefault((case.id, where), week)
            delay = self.DELAYS[int(case.id.rsplit("-", 1)[1]) % len(self.DELAYS)]
            if delay is not None and week - since >= delay:
                yield case

    def _say(self, case, command, *words, subject=None):
        if (case.id, command, words[1]) not in self.told:
            self.told.add((case.id, command, words[1]))
            xunjian(self.home, command, subject or case.id, *words)

    def _cases(self, where):
        ledger = Ledger(self.home.database(None))
        with ledger.reading() as connection:
            rows = connection.exec_driver_sql(f'SELECT id, "key" FROM "case" WHERE {where} ORDER BY id').all()
        ledger.close()
        return rows


def prepared(path):
    """A fresh home of the story; only an older story is thrown away."""
    if path.exists():
        if not (path / ".story").exists():
            sys.exit(f"{path} exists and is no story; name another directory")
        shutil.rmtree(path)
    home = Home(path.resolve())
    written(home.path)
    (home.path / ".story").write_text(MARK)
    # Here people do answer, so nothing is assumed.
    settings = home.settings.read_text(encoding="utf-8")
    assert "# assume_done = false" in settings
    home.settings.write_text(settings.replace("# assume_done", "assume_done"), encoding="utf-8")
    starter_register.written(home.path / "台账.xlsx", FIRST)
    home.walls.write_text("\n".join(_wall(*wall) for wall in WALLS), encoding="utf-8")
    return home


def _wall(platform, how, offsets):
    nights = ", ".join((FIRST + timedelta(days=offset)).isoformat() for offset in offsets)
    return f'[[wall]]\nplatform = "{platform}"\nhow = "{how}"\nnights = [{nights}]\n'


def told(path, weeks=WEEKS, browsed=True):
    """Walk the story; gives the home. `browsed`: the last night is made with a real browser."""
    home = prepared(path)
    settings, ledger, people = config.load(home.path), Ledger(home.database(None)), People(home)
    last = FIRST + timedelta(weeks=weeks) - timedelta(days=1)
    crawl = children.run
    for offset in range(weeks * 7):
        day = FIRST + timedelta(days=offset)
        children.run = crawl if browsed and day == last else on_foot
        with time_machine.travel(datetime.combine(day, night.NIGHT_HOUR)):
            night.night(home, settings, ledger, day, given_day=True)
        if day.weekday() == 2:
            with time_machine.travel(datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)):
                people.answer(offset // 7)
        if day.weekday() == 6:
            monday = day + timedelta(days=1)
            with time_machine.travel(datetime(monday.year, monday.month, monday.day, 8, tzinfo=SHANGHAI)):
                year, number, _ = day.isocalendar()
                xunjian(home, "week", "--week", f"{year}-W{number:02d}")
            print(f"{year}-W{number:02d}", flush=True)
    children.run = crawl
    ledger.close()
    return home


if __name__ == "__main__":
    started = time.monotonic()
    made = told(Path(sys.argv[1] if len(sys.argv) > 1 else "home-story"))
    print(f"{WEEKS} weeks in {time.monotonic() - started:.0f} s: open {made.site / 'index.html'}")
