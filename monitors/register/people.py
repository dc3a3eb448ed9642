"""The people of one row, and the warnings about them; none of their names or numbers is ever repeated."""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from monitors.register.cells import Cell, Cells
from monitors.register.columns import PEOPLE, Column
from monitors.register.contacts import (
    Contact,
    Manager,
    dialable,
    mail,
    people,
    phone,
    told_from_posts,
    with_phones,
)

_OF_PHONE = re.compile(r"(?:联系|移动|办公|固定)*(?:电话|手机|座机|联系方式)(?:号码|号)?.*$")


def contact(cells: Cells, asks: AbstractSet[str]) -> Contact:
    """Give the contact of a row, noting numbers that cannot be dialled and what a rule asks for in vain."""
    phones = _phones(cells)
    (leader, led_as), (supervisor, supervised_as) = _named(cells, "leader"), _named(cells, "supervisor")
    managers = _managers(cells, phones)
    email = cells.first("email")
    if email and not mail(email.text):
        message = f"“{email.column.heading}”不像邮箱地址，请核对。"
        cells.say("warning", "bad_mail", message, email.column)
    found = Contact(
        supervisor="、".join(person.name for person in supervisor) or None,
        leader="、".join(person.name for person in leader) or None,
        post=cells.free("post") or led_as or supervised_as,
        phone=phones.get("leader") or next((p.phone for p in (*leader, *supervisor) if p.phone), None),
        email=email.text if email else None,
        qq=cells.text("qq"),
        managers=managers,
        managers_status=_status(cells),
        creator=cells.text("creator"),
    )
    _asked(cells, found, asks)
    return found


def _named(cells: Cells, field: str) -> tuple[tuple[Manager, ...], str | None]:
    cell = cells.first(field)
    return told_from_posts(people(cell.lines) if cell else ())


def _phones(cells: Cells) -> dict[str, str]:
    """Give the numbers by whose they are: `leader`, or the index of the manager's column."""
    found: dict[str, str] = {}
    for cell in cells.all("phone"):
        number = _number(cell)
        if not dialable(number):
            why = "可能丢了开头的 0 或少了几位" if number.isdigit() else "不像电话号码"
            message = f"“{cell.column.heading}”里的号码{why}，请核对。"
            cells.say("warning", "bad_phone", message, cell.column)
        found.setdefault(_owner(cells, cell), number)
    return found


def _owner(cells: Cells, cell: Cell) -> str:
    """Tell whose number a column holds: the manager's by number, else of the person to its left."""
    columns = cells.table.head.columns
    if cell.column.number is not None:
        numbered = [c for c in columns if c.field == "manager" and c.number == cell.column.number]
        return str(numbered[0].index) if numbered else f"number {cell.column.number}"
    named = cells.vocabulary.heading(_OF_PHONE.sub("", cell.column.heading)).strong[:1]
    if named != ("manager",) and any(word in cell.column.heading for word in ("负责", "领导", "责任")):
        return "leader"
    theirs = PEOPLE if named != ("manager",) or not cells.table.head.has("manager") else {"manager"}
    left = [c for c in columns if c.index < cell.column.index and c.field in theirs]
    return str(left[-1].index) if left and left[-1].field == "manager" else "leader"


def _managers(cells: Cells, phones: dict[str, str]) -> tuple[Manager, ...]:
    found: list[Manager] = []
    for values in (cells.entry.values, *cells.entry.more):
        if values is not cells.entry.values:
            phones = {_owner(cells, cell): _number(cell) for cell in cells.within("phone", values)}
        for cell in cells.within("manager", values):
            own, _ = told_from_posts(people(cell.lines))
            number = phones.get(str(cell.column.index))
            found += with_phones(own, [number] if number else [])
    return tuple(dict.fromkeys(found))


def _number(cell: Cell) -> str:
    return phone(cell.value if isinstance(cell.value, int | float) else cell.text)


def _asked(cells: Cells, found: Contact, asks: AbstractSet[str]) -> None:
    head = cells.table.head
    if "leader" in asks and not found.led and head.has("leader", "supervisor"):
        field = "leader" if head.has("leader") else "supervisor"
        cells.say("warning", "no_leader", "没有填主管领导或负责人，请补上。", field)
    if "manager" in asks and not found.managers and head.has("manager"):
        cells.say("warning", "no_manager", "没有填管理员，请补上本校在职的管理员。", "manager")
    if "own_staff" in asks and (column := _outsourced(cells)):
        message = f"“{column.heading}”显示账号由外包人员或校外机构管理；办法要求由本校在职人员管理，请核对。"
        cells.say("warning", "outsourced", message, column)


def _outsourced(cells: Cells) -> Column | None:
    """Give the column that says that no member of the school's staff runs the account."""
    if cells.vocabulary.outsourced(_status(cells) or ""):
        return next(column for column in cells.table.head.columns if column.field == "manager_status")
    managers = cells.all("manager")
    return next((cell.column for cell in managers if cells.vocabulary.holds("outsourced", cell.text)), None)


def _status(cells: Cells) -> str | None:
    """Give what the row says of the managers; 是 in a column that asks for 外包 means 外包."""
    cell = cells.first("manager_status")
    if cell is None:
        return None
    asked = "外包" in cell.column.heading or "代运营" in cell.column.heading
    said = asked and cells.vocabulary.verified(cell.text)
    return "外包" if said else cell.text
