"""The list of words to search for: names first, then what impostors add, then what they would type instead."""

import pytest

from monitors.likeliest import imitations
from monitors.names import Matcher, of_school
from monitors.names.folds import folded
from monitors.searchwords import ranked

NAMES = of_school(
    "河畔理工大学",
    ["河畔理工大学"],
    former=["河畔工学院"],
    short=["河畔理工", "河理工"],
    english=["Riverside Polytechnic of Hepan"],
    initials=["HPUT"],
    units=["图书馆", "河畔理工大学招生办公室"],
)


@pytest.fixture(scope="module")
def matcher():
    return Matcher(NAMES)


@pytest.fixture(scope="module")
def words(matcher):
    return ranked(
        NAMES, matcher.matches, 2027, freed=["晨钟广播", "河畔理工青年"], units=["图书馆", "教务处"]
    )


def of(words, origin):
    return [one.word for one in words if one.origin == origin]


def test_the_names_come_first_then_freed_ones_then_additions_imitations_and_units(words):
    assert of(words, "name") == [
        *("河畔理工大学", "河畔工学院", "河畔理工", "河理工", "Riverside Polytechnic of Hepan", "HPUT")
    ]
    order = [one.origin for one in words]
    assert order[:7] == ["name"] * 6 + ["freed"]
    assert sorted(order[7:], key=["addition", "freed", "imitation", "unit"].index) == order[7:]


def test_a_freed_name_that_holds_the_schools_waits_until_the_school_has_been_asked_for(words):
    listed = [one.word for one in words]
    assert listed.index("晨钟广播") < listed.index("河畔理工大学招生办") < listed.index("河畔理工青年")


def test_each_word_stands_once(words):
    listed = [one.word for one in words]
    assert len(set(listed)) == len(listed)


def test_the_additions_are_those_of_impostors_and_name_the_year(words):
    added = of(words, "addition")
    assert {"河畔理工大学招生办", "河畔理工大学表白墙", "河畔理工大学官方", "河畔理工大学2027新生群"} <= set(
        added
    )
    assert "Riverside Polytechnic of Hepan Admissions" in added
    assert added[0] == "河畔理工大学招生办"


def test_units_are_asked_for_with_the_schools_name_and_do_not_flood_the_list(matcher):
    many = [f"第{n}研究所" for n in range(300)]
    words = ranked(NAMES, matcher.matches, 2027, units=many)
    assert of(words, "unit")[0] == "河畔理工大学第0研究所"
    assert len(of(words, "unit")) <= len(words) / 8


def test_every_imitation_is_one_that_the_matcher_flags_and_no_search_for_the_name_meets(words, matcher):
    imitated = of(words, "imitation")
    assert len(imitated) > 15
    for word in imitated:
        assert matcher.score(word).flag, word
        assert not any(one.text in word for one in NAMES if one.role in ("full", "former")), word


def test_the_likeliest_imitations_are_of_several_kinds(matcher):
    kinds = {matcher.score(word).kind for word in imitations("河畔理工大学", matcher.matches, 40)}
    assert {"homophone1", "pinyin_full", "pinyin_mixed", "lookalike"} <= kinds


def test_the_same_name_gives_the_same_list_every_time(matcher):
    first = imitations("河畔理工大学", matcher.matches, 20)
    assert imitations("河畔理工大学", matcher.matches, 20) == first
    assert len(set(map(folded, first))) > 15


def test_a_short_name_within_a_longer_one_is_imitated_with_it(words):
    spelled = [word for word in of(words, "imitation") if word.isascii()]
    assert "hepanligongdaxue" in spelled
    assert "hepanligong" not in spelled


@pytest.mark.parametrize("name", ["", "YLU", "河大", "河畔 理工", "𠀀𠀁𠀂𠀃"])
def test_what_is_no_chinese_name_of_three_characters_has_none_or_does_no_harm(name, matcher):
    assert imitations(name, matcher.matches, 20) == []
