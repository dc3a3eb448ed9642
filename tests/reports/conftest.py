"""Ledgers for the reports' tests."""

import invented_ledger as invented
import pytest


@pytest.fixture
def ledger(tmp_path):
    held = invented.opened(tmp_path)
    yield held
    held.close()


@pytest.fixture
def full(ledger):
    with ledger.writing() as connection:
        invented.a_full_week(invented.Writer(connection))
    return ledger
