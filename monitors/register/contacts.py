"""The people behind an account, kept apart from it; nothing of them shows when a contact is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitors.register.text import CONTACT, clean, narrow

_NUMBER = re.compile(r"\+?\d[\d\-—. ()（）]{5,18}\d(?:\s*(?:转|-|ext\.?)\s*\d{1,6})?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0\d{2,3}-?)?[2-9]\d{6,7}(?:-\d{1,6})?|400-?\d{3}-?\d{4}|\d{4,6}")
_POST = re.compile(
    r".{0,8}(?:校长|院长|部长|处长|科长|室长|馆长|站长|所长|会长|社长|团长|主任|书记|主席|委员|秘书|干事|主管|辅导员|教师|老师"
    r"|教授|讲师|助教|馆员|科员|职员|工程师|编辑|管理员|负责人)"
)
_BETWEEN = re.compile(r"[\n;；、,，/]+|(?<=\d)\s+(?=[^\d\s\-转])")
_DECORATION = re.compile(
    r"^\s*(?:\d{1,2}[.、)）]|[（(]\d{1,2}[)）])\s*|[（(\[【)）\]】:：]|(?:手机|电话|联系方式|联系电话|tel)[号码]*\s*[:：]?",
    re.I,
)


@dataclass(frozen=True, slots=True, repr=False)
class Manager:
    """One of the people who run an account."""

    name: str
    phone: str | None = None

    def __repr__(self) -> str:
        return "Manager(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """Everybody whom the register names for one account or chat group.

    `post` is also the account's `officer`. `managers_status` is what the office wrote on who the managers
    are (在编, 外包). Printing a contact shows nothing.
    """

    supervisor: str | None = None
    leader: str | None = None
    post: str | None = None
    phone: str | None = None
    email: str | None = None
    qq: str | None = None
    managers: tuple[Manager, ...] = ()
    managers_status: str | None = None
    creator: str | None = None

    def __repr__(self) -> str:
        return "Contact(…)"

    @property
    def led(self) -> bool:
        """Tell whether a responsible leader is named."""
        return bool(self.supervisor or self.leader)


def phone(value: str | int | float) -> str:
    """Give a phone number as digits: 13800138000.0, `+86 138-0013-8000` and full width become the same.

    A leading zero that the spreadsheet dropped cannot be known and is not invented.
    """
    if isinstance(value, int | float):
        return str(int(value))
    text = narrow(value).replace("—", "-")
    mobile = re.sub(r"[\s\-.()（）]", "", text).removeprefix("+").removeprefix("0086")
    mobile = mobile.removeprefix("86") if len(mobile) == 13 else mobile
    return mobile if _MOBILE.fullmatch(mobile) else text


def dialable(number: str) -> bool:
    """Tell whether every number in the cell could be a Chinese phone number."""
    parts = [part for part in re.split(r"[\n;；、,，/]+|\s{2,}", number) if part.strip()]
    return bool(parts) and all(_is_phone(part) for part in parts)


def _is_phone(part: str) -> bool:
    number = re.sub(r"[\s()（）]+", "", phone(part)).replace("转", "-")
    return bool(_MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number)) or number.startswith("+")


def mail(text: str) -> bool:
    """Tell whether the cell holds mail addresses and nothing else."""
    parts = [part for part in re.split(r"[\s;；、,，/]+", narrow(text)) if part]
    return bool(parts) and all(
        re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", part, re.ASCII) for part in parts
    )


def people(text: str) -> tuple[Manager, ...]:
    """Give the people of one cell, each with the number that stands beside the name."""
    found: list[Manager] = []
    for piece in _BETWEEN.split(clean(text.replace("\n", "；").replace("\r", "；"))):
        number = _NUMBER.search(narrow(piece))
        name = clean(
            _DECORATION.sub(" ", _NUMBER.sub(" ", CONTACT.sub(" ", narrow(piece) if number else piece)))
        )
        if name:
            found.append(Manager(name, phone(number[0]) if number else None))
        elif number and found and found[-1].phone is None:
            found[-1] = Manager(found[-1].name, phone(number[0]))
    return tuple(found)


def told_from_posts(found: Iterable[Manager]) -> tuple[tuple[Manager, ...], str | None]:
    """Take the posts out of 甲某，部长，13800000001 and 甲某（部长）; gives the people and the first post."""
    kept: list[Manager] = []
    post: str | None = None
    for one in found:
        name, _, behind = one.name.rpartition(" ")
        if _POST.fullmatch(one.name) and kept:
            post = post or one.name
            if kept[-1].phone is None:
                kept[-1] = Manager(kept[-1].name, one.phone)
        elif name and _POST.fullmatch(behind):
            post = post or behind
            kept.append(Manager(name, one.phone))
        else:
            kept.append(one)
    return tuple(kept), post


def with_phones(managers: tuple[Manager, ...], phones: Iterable[str]) -> tuple[Manager, ...]:
    """Give the managers with the numbers of their own column, in order."""
    numbers = list(phones)
    return tuple(
        Manager(manager.name, manager.phone or (numbers[place] if place < len(numbers) else None))
        for place, manager in enumerate(managers)
    )
