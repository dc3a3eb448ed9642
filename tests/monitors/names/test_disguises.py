"""Disguises cost little, evidence only adds, and every string gets an answer in bounded time."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC

BASES = [
    "云岭大学",
    "云岭大学招生办",
    "云玲大学",
    "青杉理工大学新生群",
    "青衫理工大学",
    "云岭大表白墙",
    "云岭师范学院",
]
INVISIBLE = st.sampled_from(["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u202e", "\u00ad", "\ufe0f"])
VISIBLE = st.sampled_from(["·", "-", "_", ".", "丶", "|", " ", "★", "~", "/"])
TRADITIONAL = OpenCC("s2t")
COST = 0.25  # what visible marks between all characters may take off a score


def between(text, mark):
    return mark.join(text)


@settings(max_examples=40)
@given(st.sampled_from(BASES), INVISIBLE)
def test_what_nobody_sees_between_the_characters_changes_no_score(matcher, base, mark):
    assert abs(matcher.score(between(base, mark)).score - matcher.score(base).score) < 1e-9


@settings(max_examples=40)
@given(st.sampled_from(BASES), VISIBLE)
def test_marks_between_the_characters_never_silence_a_flag(matcher, base, mark):
    plain, hidden = matcher.score(base), matcher.score(between(base, mark))
    assert plain.flag
    assert hidden.flag
    assert hidden.score > plain.score - COST


@settings(max_examples=30)
@given(st.sampled_from(BASES), st.data())
def test_traditional_characters_here_and_there_never_silence_a_flag(matcher, base, data):
    full = TRADITIONAL.convert(base)
    chosen = [data.draw(st.sampled_from(pair)) for pair in zip(base, full, strict=True)]
    hidden = matcher.score("".join(chosen))
    assert hidden.flag
    assert abs(hidden.score - matcher.score(base).score) < 1e-9


@settings(max_examples=60)
@given(st.text(st.characters(), max_size=60))
def test_any_string_gets_an_answer(matcher, name):
    found = matcher.score(name)
    assert found.candidate == name
    assert 0 <= found.score <= 1
    assert found.flag == (found.reading is not None) == bool(found.reasons)


def test_the_length_of_a_name_does_not_matter_to_the_clock(matcher):
    for piece in ("云", "a", "云岭大学", "1", "😀", "\u200b", "yunling"):
        begin = time.process_time()
        matcher.score(piece * (1_000_000 // len(piece)))
        assert time.process_time() - begin < 5


def test_a_name_hidden_in_a_long_text_is_still_found(matcher):
    assert matcher.score("山水" * 150 + "，云岭大学招生办，" + "花鸟" * 150).flag


def test_many_names_give_the_same_as_one_by_one_and_in_their_order(matcher):
    names = [*BASES, "山间小店", "", "😀" * 50]
    assert list(matcher.matches(names)) == [matcher.score(name) for name in names]


def test_more_evidence_for_the_school_never_lowers_a_score(matcher):
    for weaker, stronger in [
        ("芸玲达学", "云玲达学"),
        ("云玲达学", "云岭达学"),
        ("云岭养猪场", "云岭大养猪场"),
        ("青衫里工大学", "青衫理工大学"),
    ]:
        assert matcher.score(weaker).score <= matcher.score(stronger).score + 0.02, (weaker, stronger)
