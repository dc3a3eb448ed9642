"""What the ledger says when it refuses something."""

import ledgers
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from monitors import tables
from monitors.ledger import Ledger
from monitors.register.contacts import Contact


def test_an_error_of_the_ledger_carries_no_value_of_a_row(tmp_path):
    ledger = Ledger(ledgers.address(tmp_path))
    row = {"key": "weibo:1", "record": Contact(phone="13900471105", email="marked@yunling.example")}
    with pytest.raises(IntegrityError) as refused, ledger.writing() as connection:
        connection.execute(sa.insert(tables.contact), [row, row])
    ledger.close()
    assert "contact" in str(refused.value)
    assert "13900471105" not in str(refused.value)
    assert "marked@" not in str(refused.value)
