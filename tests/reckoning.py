"""What the cases of silence must be, reckoned with pen and paper from the scenario's text and the rule's words.

Nothing here calls the judge: the walks compare its case histories with these.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from scenariotext import posting_days

from monitors.nouns import SHANGHAI, Found

ANCHOR = date(2026, 11, 20)
# A wall for a week in spring and one for the night on which much falls due; offsets from the anchor.
WALLED = {"weibo": {*range(20, 27), 61}, "bilibili": {33, 34, 70}}
HOW = {"weibo": "captcha", "bilibili": "-352"}


def day(offset):
    return ANCHOR + timedelta(days=offset)


def months_later(start, months):
    """The same day so many months later, or the month's last day where there is no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def overdue(last):
    """The first night that is more than two months after `last`; nothing pauses in the starter."""
    return (months_later(last, 2) - ANCHOR).days + 1


def waited(offset):
    """The first night that is more than one month after the night `offset`."""
    return (months_later(day(offset), 1) - ANCHOR).days + 1


@dataclass
class Officer:
    """Reckons one account's cases of silence; `agreeing` believed nights convict."""

    agreeing: int
    best: date | None = None
    rose_on: tuple | None = None
    last: tuple | None = None
    total: int | None = None
    total_on: int | None = None
    history: list = field(default_factory=list)
    stage: str | None = None
    stage_on: int = 0
    begun: int = 0

    def night(self, offset, newest, exact, total):
        """`newest` is a day or None; None for `total` where no counter is shown."""
        rose = total is not None and self.total is not None and total > self.total
        if rose:
            self.rose_on = (self.total_on, offset)
        if total is not None:
            self.total, self.total_on = total, offset
        if newest is not None:
            if self.best is None or newest > self.best:
                self.best = newest
            if exact:
                same = self.last is not None and self.last[0] == newest and not rose
                self.last = (newest, self.last[1] + 1 if same else 1)
        if self.rose_on and self.best and (self.best - ANCHOR).days >= self.rose_on[0]:
            self.rose_on = None
        life = self.best
        if self.rose_on:
            life = max(life or date.min, day(self.rose_on[1]))
        if life is None:
            return
        if newest is None and not rose:
            return
        if offset < overdue(life):
            self.recovered(offset)
            return
        proven = self.last is not None and self.last[1] >= self.agreeing and exact and not self.rose_on
        if proven and self.last[0] == life:
            self.breach(offset)
        elif self.stage is None:
            self.begin(offset)

    def recovered(self, offset):
        if self.stage is not None:
            self.history[-1].append(("closed", offset, "remedied"))
            self.stage = None

    def begin(self, offset):
        self.history.append([("suspected", offset, None)])
        self.stage, self.stage_on = "suspected", offset

    def breach(self, offset):
        if self.stage is None:
            self.begin(offset)
        if self.stage == "suspected":
            self.history[-1] += [("opened", offset, None), ("notice_issued", offset, None)]
            self.stage, self.stage_on = "notice_issued", offset
        elif self.stage == "notice_issued" and offset >= waited(self.stage_on):
            self.history[-1].append(("circular", offset, None))
            self.stage, self.stage_on = "circular", offset
        elif self.stage == "circular" and offset >= waited(self.stage_on):
            self.history[-1].append(("closure_recommended", offset, None))
            self.stage = "closure_recommended"


def by_text(row, offset):
    """What an exact platform must show on this night, from the scenario's words: (newest, exact, total) or None."""
    if row.get("cancelled", 9999) <= offset:
        return None
    if row.get("suspended", 9999) <= offset < row.get("restored", 9999):
        return None
    if row.get("private", 9999) <= offset:
        return None, False, None
    days = posting_days(row, offset, ANCHOR)
    listed = [one for one in days if one < row.get("unlisted", 9999)]
    if row.get("window"):
        listed = [one for one in listed if one > offset - 183]
    whole = not row.get("window") and set(listed) - set(row.get("pins", ()))
    return day(max(listed)) if listed else None, bool(whole), len(days)


def by_outcome(outcome):
    """What a platform that gives lower bounds showed: (newest, exact, total) or None."""
    if not isinstance(outcome, Found):
        return None
    newest = outcome.newest.at.astimezone(SHANGHAI).date() if outcome.newest else None
    return newest, bool(outcome.newest and outcome.newest.bound == "exact"), outcome.posts_total


def by_pen(platform, row, nights):
    """The histories that an exact platform's account must have after so many nights, from the scenario's words."""
    officer = Officer(agreeing=2 if platform == "weibo" else 1)
    # What the office has filed as out of use is not judged for silence.
    for offset in range(nights if row.get("filed_as", "在用") == "在用" else 0):
        view = None if offset in WALLED[platform] else by_text(row, offset)
        if view is not None:
            newest, exact, total = view
            officer.night(offset, newest, exact, total if platform == "weibo" else None)
    return officer.history


def by_what_was_shown(outcomes):
    """The histories of an account of which lower bounds were shown; `outcomes` by night."""
    officer = Officer(agreeing=1)
    for offset, outcome in sorted(outcomes.items()):
        view = by_outcome(outcome)
        if view is not None:
            officer.night(offset, *view)
    return officer.history
