"""The rotation of search words on a real ledger: each within its term, what hits before what never does."""

import itertools
from collections import Counter
from datetime import date, timedelta

import ledgers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors import queries, tables
from monitors.ledger import Ledger
from monitors.searchwords import SearchWord

FIRST = date(2026, 11, 20)


def words(count, names=1):
    return [SearchWord(f"词{n}", "name" if n < names else "addition") for n in range(count)]


class Rota:
    """Nights on one platform; `hits` are the words that meet a suspect whenever they are asked."""

    def __init__(self, connection, listed, *, room, term, hits=()):
        self.connection, self.listed, self.hits = connection, listed, set(hits)
        self.room, self.term = room, term
        self.day, self.asked = FIRST, []

    def plan(self, platform="weibo"):
        return queries.planned(
            self.connection, platform, self.listed, self.day, every_days=self.term, room=self.room
        )

    def answered(self, some):
        for word in some:
            queries.asked(self.connection, "weibo", word, self.day, hit=word in self.hits)

    def night(self, lost=False):
        tonight = self.plan()
        if not lost:
            self.answered(tonight)
        self.asked.append([] if lost else tonight)
        self.day += timedelta(days=1)

    def gaps(self, word):
        """The days between two askings, the days until the first and those since the last among them."""
        days = [-1, *(n for n, tonight in enumerate(self.asked) if word in tonight), len(self.asked)]
        return [after - before for before, after in itertools.pairwise(days)]


@pytest.fixture
def connection(tmp_path):
    ledger = Ledger(ledgers.address(tmp_path))
    with ledger.writing() as connection:
        yield connection
    ledger.close()


def test_where_the_nights_suffice_each_word_is_asked_once_a_term(connection):
    rota = Rota(connection, words(21), room=3, term=7)
    for _ in range(30):
        rota.night()
    for one in rota.listed:
        assert max(rota.gaps(one.word)) <= 7
        assert min(rota.gaps(one.word)[1:-1]) == 7


def test_with_nothing_known_the_words_are_asked_in_their_rank(connection):
    rota = Rota(connection, words(9), room=4, term=7)
    for _ in range(3):
        rota.night()
    assert [word for night in rota.asked for word in night] == [one.word for one in rota.listed]


def test_a_lost_night_is_made_up_for(connection):
    rota = Rota(connection, words(12), room=3, term=7)
    rota.night()
    rota.night(lost=True)
    rota.night()
    assert rota.asked[2] == ["词3", "词4", "词5"]


def test_a_night_begun_again_asks_only_what_is_missing_of_its_share(connection):
    rota = Rota(connection, words(12), room=4, term=7)
    tonight = rota.plan()
    rota.answered(tonight[:3])
    assert rota.plan() == tonight[3:]
    rota.answered(tonight[3:])
    assert rota.plan() == []


def test_where_the_nights_do_not_suffice_the_names_keep_their_term_and_what_hits_comes_more_often(connection):
    rota = Rota(connection, words(60, names=2), room=4, term=7, hits=("词50", "词51"))
    for _ in range(120):
        rota.night()
    assert max(max(rota.gaps(name)) for name in ("词0", "词1")) <= 7
    times = Counter(word for night in rota.asked for word in night)
    dry = [times[one.word] for one in rota.listed if one.word not in ("词0", "词1", "词50", "词51")]
    assert min(times["词50"], times["词51"]) > max(dry)
    assert min(dry) >= 3


def test_where_room_is_left_what_hits_is_asked_after_half_its_term(connection):
    rota = Rota(connection, words(6), room=4, term=7, hits=("词5",))
    for _ in range(29):
        rota.night()
    # On the nights on which the other four are due there is no room left.
    assert set(rota.gaps("词5")[1:-1]) == {4, 5}
    assert set(rota.gaps("词4")[1:-1]) == {7}


def test_a_word_answered_on_one_platform_is_not_answered_on_another(connection):
    rota = Rota(connection, words(4), room=4, term=7)
    rota.night()
    assert rota.plan() == []
    assert len(rota.plan("bilibili")) == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(1, 40),
    room=st.integers(1, 6),
    term=st.integers(1, 10),
    hits=st.sets(st.integers(0, 39), max_size=5),
)
def test_no_word_is_ever_forgotten(connection, count, room, term, hits):
    connection.execute(tables.query.delete())
    rota = Rota(connection, words(count), room=room, term=term, hits={f"词{n}" for n in hits})
    suffice = count <= room * term
    for _ in range(3 * term if suffice else 3 * term + 6 * count // room + 6):
        rota.night()
    for one in rota.listed:
        assert max(rota.gaps(one.word)) <= term if suffice else sum(one.word in night for night in rota.asked)


# ── by hand ─────────────────────────────────────────────────────────────────────────────────────

MONDAY = date(2026, 11, 16)


def week(connection, listed, day, room=8):
    return [one.word for one in queries.by_hand(connection, listed, day, room=room)]


def test_the_words_by_hand_stay_the_same_all_week_and_change_on_monday(connection):
    listed = words(30, names=2)
    weeks = [week(connection, listed, MONDAY + timedelta(days=n)) for n in range(14)]
    assert len({tuple(one) for one in weeks[:7]}) == 1
    assert len({tuple(one) for one in weeks[7:]}) == 1
    assert weeks[0] != weeks[7]


def test_by_hand_the_names_come_every_week_and_all_others_in_turn(connection):
    listed = words(30, names=2)
    weeks = [week(connection, listed, MONDAY + timedelta(weeks=n)) for n in range(7)]
    assert all({"词0", "词1"} <= set(one) for one in weeks)
    assert {word for one in weeks for word in one} == {one.word for one in listed}
    assert all(len(one) <= 8 for one in weeks)


def test_by_hand_what_met_a_suspect_elsewhere_comes_every_week(connection):
    listed = words(30, names=2)
    queries.asked(connection, "weibo", "词20", MONDAY, hit=True)
    queries.asked(connection, "weibo", "词21", MONDAY, hit=False)
    weeks = [week(connection, listed, MONDAY + timedelta(weeks=n)) for n in range(7)]
    assert all("词20" in one for one in weeks)
    assert not all("词21" in one for one in weeks)
