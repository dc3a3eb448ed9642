"""A school through ten years: accounts that live and fall silent, an office that answers, strangers who come and go.

Nobody is asked over the network: each errand of the real orders is answered from the scenario. What the cases must be
is reckoned by the officer with pen and paper of `simulation.py`, who knows nothing of the judge.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

import simulation
import xlsxwriter
from simulation import DAY, FIRST, Officer, instant, world

from crawlers.children import ChildEnd
from monitors.notes import NoteFile, line
from monitors.nouns import SHANGHAI, Ambiguous, Blocked, Count, Found, Gone, Newest, Note, Profile, Sightings

LAST = date(2036, 11, 23)  # a Sunday
NIGHTS = (LAST - FIRST).days + 1
VACATIONS = tuple(
    pause
    for year in range(2027, 2037)
    for pause in ((date(year, 1, 20), date(year, 2, 26)), (date(year, 7, 10), date(year, 8, 30)))
)
ACCOUNTS = 24
UNITS = ("党委宣传部", "图书馆", "计算机学院", "农学院", "艺术学院", "校友会")
# Platforms in the order of the three kinds of worlds: two nights convict, one does, none ever can.
KINDS = ("weibo", "bilibili", "douyin")
# On these days the machine stood still: a week, a night before and the night of a leap day.
STILL = {date(2029, 5, 1) + n * DAY for n in range(7)} | {date(2028, 2, 28), date(2032, 2, 29)}
# Whom the register did not have yet on these days, or no longer: number of the account -> from, until.
FILED = {20: (date(2029, 3, 5), None), 21: (date(2031, 12, 30), None), 22: (None, date(2033, 2, 1))}
RENAMED = {19: date(2030, 9, 3)}


@dataclass
class Stranger:
    """Somebody who is met in searches within some spans of days; the office says `word` some days after the first."""

    handle: str
    name: str
    spans: tuple
    word: str
    after: int
    met_on: date | None = None
    said_on: date | None = None

    def there(self, day):
        return any(first <= day <= last for first, last in self.spans)


def strangers():
    """Six a year; some of the cleared ones come back years after they were forgotten."""
    tails = ("官方", "表白墙", "招生办", "万能墙", "树洞", "校友群", "考研", "自考")
    found = []
    for number in range(60):
        dice = random.Random(number)
        first = FIRST + timedelta(days=5 + number * 58 + dice.randint(0, 40))
        spans = [(first, first + timedelta(days=dice.randint(3, 60)))]
        if number % 3 == 0:
            back = spans[0][1] + timedelta(days=dice.randint(200, 1500))
            spans.append((back, back + timedelta(days=20)))
        word = ("fine", "fine", "imitation", "fine", "unsure")[number % 5]
        name = f"云玲大学{tails[number % 8]}{'甲乙丙丁戊己庚辛'[number // 8]}"
        found.append(Stranger(str(6200000001 + number), name, tuple(spans), word, dice.randint(1, 40)))
    return found


@dataclass
class School:
    """Everything that is true in these years; the program learns of it only what the nights show."""

    worlds: dict = field(default_factory=dict)
    strangers: list = field(default_factory=strangers)

    def __post_init__(self):
        dice = random.Random("platforms")
        bad = {name: self._bad(dice) for name in KINDS}
        for number in range(ACCOUNTS):
            made = world(number)
            nights = ["blocked" if kind == "doubted" else kind for kind in made.nights]
            since, until = FILED.get(number, (None, None))
            for place, night in enumerate(bad[KINDS[number % 3]]):
                day = FIRST + place * DAY
                if day in STILL or (since and day < since) or (until and day >= until):
                    nights[place] = "none"
                elif night:
                    nights[place] = "doubted"
            self.worlds[number] = replace(made, nights=tuple(nights))
        self.bad = bad
        self._posted = {n: sorted(w.posts, key=lambda p: p.at) for n, w in self.worlds.items()}
        self._seen = dict.fromkeys(self.worlds, (0, None))

    @staticmethod
    def _bad(dice):
        """The nights on which a platform is not to be believed."""
        nights, left = [], 0
        for _ in range(NIGHTS):
            left = left - 1 if left else dice.choice([1, 2, 6]) if dice.random() < 0.01 else 0
            nights.append(bool(left))
        return nights

    def filed(self, day):
        """The numbers of the accounts that the register has on this day."""
        spans = {number: FILED.get(number, (None, None)) for number in self.worlds}
        return [
            n
            for n, (since, until) in spans.items()
            if (not since or day >= since) and (not until or day < until)
        ]

    def name(self, number, day):
        new = number in RENAMED and day >= RENAMED[number]
        return f"云岭大学{UNITS[number % 6]}{'新' if new else ''}{number}号"

    def register(self, path, day):
        """Write the register as the office has it on this day."""
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet()
            sheet.write_row(
                0, 0, ["平台", "账号名称", "账号ID", "创建单位", "负责人", "联系电话", "邮箱", "状态"]
            )
            for place, number in enumerate(self.filed(day), 1):
                person = ["王某某", "+000-0000-0101", "office@yunling.example", "在用"]
                row = [KINDS[number % 3], self.name(number, day), handle(number), UNITS[number % 6]]
                sheet.write_row(place, 0, [*row, *person])
        return path

    # ── what a night shows ──────────────────────────────────────────────────────────────────────

    def crawl(self, orders, progress):
        """Answer every errand of the orders, in place of the crawl's child processes."""
        ends = {}
        for order in orders:
            day = date.fromisoformat(order.day)
            with NoteFile.of(order.notes, order.day, order.platform).open() as file:
                for errand in order.errands:
                    outcome = self._answer(order.platform, errand, day)
                    if outcome is not None:
                        at = instant(day)
                        note = Note(order.platform, errand.purpose, errand.subject, at, outcome, requests=1)
                        file.write(line(note))
            ends[order.platform] = ChildEnd(order.platform, "done", 0)
        return ends

    def _answer(self, platform, errand, day):
        believed = platform not in KINDS or not self.bad[platform][(day - FIRST).days]
        match errand.purpose:
            case "canary_alive" if believed:
                return Found("对照", newest=Newest(instant(day, 0), "exact"))
            case "canary_alive":
                return Blocked("captcha")
            case "canary_absent":
                return Gone("not_found", "不存在")
            case "canary_word":
                return Sightings((Profile("1", errand.subject),), False)
            case "search":
                return self._searched(platform, day, believed)
            case "sighting":
                return Ambiguous("没有说明")
            case "account":
                number = next((n for n in self.worlds if handle(n) == errand.subject), None)
                return None if number is None else self._account(number, day)
        return None

    def _searched(self, platform, day, believed):
        if platform != "weibo":
            return Sightings((), False)
        there = [one for one in self.strangers if one.there(day)]
        for one in there:
            one.met_on = one.met_on or (day if believed else None)
        profiles = [Profile(one.handle, one.name, False, None, Count(4711, True)) for one in there]
        passers = [Profile(str(8000000000 + day.toordinal()), "山间小店")]
        return Sightings((*profiles, *passers), False)

    def _account(self, number, day):
        kind = self.worlds[number].nights[(day - FIRST).days]
        if kind == "none":
            return None
        if kind == "blocked":
            return Blocked("captcha")
        if kind == "doubted":
            return Gone("not_found", "用户不存在")
        count, shown = self._posts(number, instant(day))
        name = self.name(number, day)
        if kind == "profile":
            return Found(name, posts_total=count)
        newest = Newest(shown, "exact" if self.worlds[number].exact else "at_least") if shown else None
        return Found(name, newest=newest, posts_total=count or None)

    def _posts(self, number, now):
        """How many posts there are by now and the newest that is shown; nights go forward, but for a restore."""
        posts = self._posted[number]
        count, shown = self._seen[number]
        if count and posts[count - 1].at > now:
            count, shown = 0, None
        while count < len(posts) and posts[count].at <= now:
            shown = shown if posts[count].hidden else posts[count].at
            count += 1
        self._seen[number] = count, shown
        return count, shown

    # ── what must come of it ────────────────────────────────────────────────────────────────────

    def reckoned(self, number, nights):
        """The cases of silence after so many nights, by pen and paper."""
        lived = replace(self.worlds[number], nights=self.worlds[number].nights[:nights])
        return Clerk(lived, months=2, or_more=False, escalates=True).work()


class Clerk(Officer):
    """The officer, who writes the words of the office on the case that they were said of."""

    def begin(self, today, says):
        # An exemption that is over is reviewed when the next case begins, not at every later one.
        leave, self.leave = self.leave, self.leave if self.how_closed == "exempt" else None
        super().begin(today, says)
        self.leave = leave


def handle(number):
    """An id as the account's platform has them."""
    kind = KINDS[number % 3]
    if kind == "weibo":
        return str(5900000000 + number)
    return str(300000000 + number) if kind == "bilibili" else f"MS4wLjABAAAA{number:043d}"


def key(number):
    return f"{KINDS[number % 3]}:{handle(number)}"


def at(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def on_stage(monkeypatch):
    """Make the simulation last ten years, with their vacations."""
    monkeypatch.setattr(simulation, "NIGHTS", NIGHTS)
    monkeypatch.setattr(simulation, "VACATIONS", VACATIONS)
    simulation.overdue_from.cache_clear()
