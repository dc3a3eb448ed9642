"""A report of five thousand accounts: small enough for a mail, whole, and asking nobody for anything."""

import re

import invented_ledger as invented
import pytest
from invented_ledger import SCHOOL, Writer

from reports.weekly import week

pytestmark = pytest.mark.long
LARGEST = 3_000_000  # bytes


def test_a_report_of_five_thousand_accounts_is_below_three_megabytes_and_loads_nothing(ledger, tmp_path):
    with ledger.writing() as connection:
        accounts = invented.a_large_week(Writer(connection), 5_000)
    with ledger.reading() as connection:
        made = week(
            connection, invented.WEEK, invented.law(), school=SCHOOL, site=tmp_path / "site", browser=None
        )
    report = made.paths[0]
    whole = report.read_text(encoding="utf-8")
    assert report.stat().st_size < LARGEST
    assert len(accounts) == 5_000
    assert re.findall(r"<(?:script|link|iframe|img)[^>]+(?:src|href)=\"(?!data:)[^\"]*", whole) == []
    assert re.findall(r"url\((?!['\"]?data:)", whole) == []
    # Every account that needs somebody stands in it by name.
    assert whole.count(SCHOOL) > 100
