"""The rows of a register gathered sheet by sheet: those kept, those refused, and what is wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from monitors.register.cells import Cells
from monitors.register.duplicates import Kept, clashes
from monitors.register.entries import Table
from monitors.register.grid import Sheet
from monitors.register.groups import ChatGroup, grouped, told_apart
from monitors.register.handles import Patterns
from monitors.register.linkforms import forms
from monitors.register.problems import Place, Problem, refusing
from monitors.register.rows import Asks, Known, taken
from monitors.register.tables import tables
from monitors.register.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was set aside, and what it says of itself."""

    place: Place
    known: Known


@dataclass
class Gathering:
    """What has been read so far; `recognised` once a sheet has the heading of a register."""

    patterns: Patterns
    today: date
    asks: Asks
    vocabulary: Vocabulary
    recognised: bool = False
    problems: list[Problem] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def sheet(self, sheet: Sheet) -> None:
        """Read every table of a sheet."""
        for table in tables(sheet, self.vocabulary):
            if table.missing() and not table.entries:
                # A page of explanations may name the columns, too.
                continue
            self.recognised = True
            self._about(table)
            for entry in table.entries:
                self._row(Cells(table, entry, self.vocabulary))

    def doubles(self) -> dict[int, Problem]:
        """Give the accounts, by their number in `kept`, that another row claims too, once all is read."""
        groups = told_apart([row.subject for row in self.kept if isinstance(row.subject, ChatGroup)])
        marked = iter(groups)
        self.kept = [
            replace(row, subject=next(marked)) if isinstance(row.subject, ChatGroup) else row
            for row in self.kept
        ]
        return clashes(self.kept)

    def _about(self, table: Table) -> None:
        """Note what is to be said of the table as a whole."""
        head, context, missing = table.head, table.context, table.missing()
        at = Place(table.sheet.name, head.row)
        for title in missing:
            near = self.vocabulary.nearest_heading(title, table.unknown())
            guess = f"“{near}”是不是就是这一列？" if near else "请加上这一列。"
            of = f"“{forms()[head.platform.platform].title}”" if head.platform and title != "创建单位" else ""
            message = f"表头里没有{of}“{title}”一列，这张表的各行都不能用。{guess}"
            if head.lying:
                message = f"表里没有“{title}”一栏，这张表没有采用。请加上这一栏。"
            self._once(Problem("error", "missing_column", at, message))
        if (
            context.platform
            and table.entries
            and not head.has("platform")
            and not head.platform
            and not missing
        ):
            title = forms()[context.platform.platform].title
            message = f"没有“平台”一列，按{context.said_by}当作“{title}”。最好加上这一列。"
            self.problems.append(Problem("warning", "platform_assumed", at, message))
        if context.unit and not head.has("unit") and not missing:
            message = f"没有“创建单位”一列，按标题或工作表名里的“{context.unit}”填写。最好加上这一列。"
            self._once(Problem("warning", "unit_assumed", at, message))
        elif table.sectioned and not missing:
            message = "没有“创建单位”一列，按行与行之间的小标题填写单位。最好加上这一列。"
            self._once(Problem("warning", "unit_assumed", at, message))
        if table.sheet.hidden and table.entries:
            message = "这张工作表是隐藏的，里面的账号照常读入。不要的请删去。"
            self._once(Problem("warning", "hidden_sheet", at, message))
        for row in table.examples:
            message = "这一行是填写示例，没有读入。"
            self._once(Problem("warning", "example_row", Place(table.sheet.name, row), message))

    def _once(self, problem: Problem) -> None:
        """Note what is said of a table, which may be read once for each platform."""
        if problem not in self.problems:
            self.problems.append(problem)

    def _row(self, cells: Cells) -> None:
        subject: Kept | None = None
        if cells.table.kind == "groups":
            known, group = grouped(cells, self.today)
            if group:
                subject = Kept(cells.place, known, *group)
        else:
            known, row = taken(cells, self.patterns, self.today, self.asks)
            if row:
                subject = Kept(cells.place, known, row.account, row.contact, row.pending)
        key = subject.subject.key if subject else known.key
        self.problems += [replace(problem, key=key) for problem in cells.problems]
        if subject is None or refusing(cells.problems):
            self.refused.append(RefusedRow(cells.place, known))
        else:
            self.kept.append(subject)
