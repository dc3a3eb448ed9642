"""Where the tests' ledgers lie: a file each in SQLite, or a database each on the server of a run on PostgreSQL."""

import hashlib
import json
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError

from monitors.tables import metadata
from schedules import starter

SERVER = os.environ.get("XUNJIAN_TEST_SERVER")
of_sqlite = pytest.mark.skipif(SERVER is not None, reason="about the file of SQLite; a server keeps its own")
_made: set[str] = set()


def written(home):
    """Write a starter home whose ledger lies where this run has them."""
    starter.written(home)
    placed(home)


def placed(home):
    """Add to the settings of a home where its ledger lies."""
    if SERVER:
        with (home / "school.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[database]\nurl = "{address(home)}"\n')


def address(place):
    """The address of the ledger of a folder; on a server its database is there from the first time on."""
    if SERVER is None:
        place.mkdir(exist_ok=True)
        return f"sqlite:///{place / 'ledger.sqlite3'}"
    name = _name(place)
    if name not in _made:
        _made.add(name)
        _on_server(f"CREATE DATABASE {name}")
    return f"{SERVER}/{name}"


def copied(source, target):
    """Give a folder a copy of another's ledger, where it has not come with it; who has that one open is thrown out."""
    if SERVER is None:
        if not (target / "ledger.sqlite3").exists():
            shutil.copy(source / "ledger.sqlite3", target)
        return
    _made.add(_name(target))
    _on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{_name(source)}'")
    _on_server(f"CREATE DATABASE {_name(target)} TEMPLATE {_name(source)}")
    if (settings := target / "school.toml").exists():
        text = settings.read_text(encoding="utf-8")
        settings.write_text(text.replace(_name(source), _name(target)), encoding="utf-8")


def asked(place, question, **values):
    """The rows that a question in SQL gives, as SQLite gives them: days as text, JSON as text."""
    if SERVER is None:
        with closing(sqlite3.connect(f"file:{place / 'ledger.sqlite3'}?mode=ro", uri=True)) as ledger:
            return ledger.execute(question, values).fetchall()
    return [tuple(map(_plain, row)) for row in _run(address(place), question, values)]


def asked_early(place, question):
    """The same of a ledger that may not be there yet: nothing."""
    try:
        return asked(place, question)
    except (sqlite3.OperationalError, ProgrammingError):
        return []


def whole(place):
    """All that a closed ledger holds, as one text: of a file every byte, of a server every row."""
    if SERVER is None:
        with closing(sqlite3.connect(place / "ledger.sqlite3")) as ledger:
            ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return (place / "ledger.sqlite3").read_bytes()
    return str([asked(place, f'SELECT * FROM "{name}"') for name in metadata.tables]).encode()


def changed(place, order, **values):
    """Change a ledger behind the program's back."""
    _run(address(place), order, values)


@pytest.fixture(autouse=SERVER is not None)
def databases():
    """Let the databases go that a test made; those of a module's walk stay until the server ends."""
    before = set(_made)
    yield
    for name in _made - before:
        _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        _made.discard(name)


def _name(place):
    return f"home_{hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:24]}"


def _run(url, words, values):
    engine = sa.create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(sa.text(words), values)
            return result.all() if result.returns_rows else []
    finally:
        engine.dispose()


def _on_server(order):
    engine = sa.create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(order)
    engine.dispose()


def _plain(value):
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
