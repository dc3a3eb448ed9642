"""What nights to come need, and who is told of it: nobody runs `check` for years."""

import os
from datetime import date, timedelta

import openpyxl
import pytest
import sqlalchemy as sa
from conftest import started
from ledgers import of_sqlite

from monitors import accounts, tables
from monitors.calendar import BUILT_IN_TO
from schedules import config, law, register, safekeeping, watch
from schedules.home import Home

DAY = date(2026, 3, 2)
PHONE = "000-0000-0101"


class Office:
    """A starter home whose register was taken in, and what its people are told night by night."""

    def __init__(self, path):
        started(path)
        self.home, self.settings = Home(path), config.load(path)
        self.file = path / "台账.xlsx"
        self.ledger = safekeeping.opened(self.home, self.settings)
        self.night(DAY)

    def night(self, day):
        """The register's part of a night, and the telling of what it needs."""
        needs = []
        register.taken_in(self.home, self.settings, self.ledger, day, needs=needs.append)
        return watch.needed(self.settings, self.ledger, day, needs)

    def calendar(self):
        return law.calendar(self.settings, self.home.path)

    def told(self):
        with self.ledger.reading() as connection:
            return connection.execute(sa.select(tables.alert).order_by(tables.alert.c.id)).all()

    def change(self, change):
        """Change the first sheet with a heading as the office would."""
        book = openpyxl.load_workbook(self.file)
        [sheet] = [one for one in book if one.max_row > 30]
        change(sheet, next(cell for row in sheet.iter_rows() for cell in row if cell.value == "平台"))
        book.save(self.file)


@pytest.fixture
def office(tmp_path):
    held = Office(tmp_path / "home")
    yield held
    held.ledger.close()


def test_a_register_in_order_needs_nobody(office):
    assert office.told() == []
    assert office.night(DAY + timedelta(days=1)) == 0


def test_a_register_that_waits_for_a_yes_is_told_to_those_who_can_give_it_and_again_each_month(office):
    office.change(lambda sheet, head: sheet.delete_rows(head.row + 1, 30))
    assert office.night(DAY) == 2
    assert office.night(DAY + timedelta(days=1)) == 0
    assert office.night(DAY + timedelta(days=40)) == 2
    told = office.told()
    assert {(row.role, row.urgent) for row in told} == {("officer", False), ("maintainer", False)}
    assert all("新的台账等待确认" in row.title and "check --accept --by" in row.text for row in told)
    office.change(lambda sheet, head: sheet.delete_rows(head.row + 1))
    assert office.night(DAY + timedelta(days=41)) == 2, "another file is another question"


def test_a_register_that_cannot_be_read_is_told_once(office):
    office.file.write_bytes(b"half saved")
    assert office.night(DAY) == 2
    assert office.night(DAY + timedelta(days=1)) == 0
    assert "台账读不了" in office.told()[0].title


def test_rows_that_were_not_taken_in_are_told_by_their_place_alone(office):
    def spoil(sheet, head):
        for row in (head.row + 1, head.row + 2):
            sheet.cell(row, head.column).value = f"不知道的平台 {PHONE}"

    office.change(spoil)
    assert office.night(DAY) == 2
    assert office.night(DAY + timedelta(days=40)) == 0, "the same file says nothing new"
    [title] = {row.title for row in office.told()}
    assert title == "台账里有 2 行没有采用"
    with office.ledger.reading() as connection:
        assert accounts.latest(connection).refused == 2
    assert all("第 " in row.text and PHONE not in row.text for row in office.told())


def test_from_november_on_the_maintainer_is_asked_for_the_next_years_holidays_until_they_are_there(office):
    november = date(BUILT_IN_TO, 11, 20)

    def lacking(day, text=""):
        own = office.home.path / "calendar.toml"
        own.write_text(text, encoding="utf-8")
        return [need.topic for need in watch.lacking(office.home, office.settings, office.calendar(), day)]

    assert lacking(date(BUILT_IN_TO, 10, 31)) == []
    assert lacking(november) == ["calendar"]
    days = ", ".join(f"{BUILT_IN_TO + 1}-{day}" for day in ("01-01", "05-01", "10-01"))
    typed = f'[{BUILT_IN_TO + 1}]\nnotice = "国办发明电"\nholidays = [{days}]\n'
    assert lacking(november, typed) == []
    (office.home.path / "calendar.toml").unlink()
    for day, alerts in ((november, 1), (november + timedelta(days=1), 0), (november + timedelta(days=20), 1)):
        needs = list(watch.lacking(office.home, office.settings, office.calendar(), day))
        assert watch.needed(office.settings, office.ledger, day, needs) == alerts
    assert {row.role for row in office.told()} == {"maintainer"}
    assert str(BUILT_IN_TO + 1) in office.told()[0].text


@of_sqlite
def test_a_disk_without_room_for_the_ledgers_copies_is_told_before_it_is_full(office):
    assert safekeeping.scarce(office.home, office.settings) is None
    large = os.statvfs(office.home.path)
    path = safekeeping.file_of(office.home, office.settings)
    size = path.stat().st_size
    # A file with a hole: as long as half of what is free, it takes none of it.
    os.truncate(path, large.f_bavail * large.f_frsize // 2)
    try:
        [need] = watch.lacking(office.home, office.settings, office.calendar(), DAY)
    finally:
        os.truncate(path, size)
    assert (need.topic, need.roles) == ("disk", {"maintainer"})
    assert "GB" in need.why and str(office.home.path) in need.why
