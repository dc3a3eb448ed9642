"""Folding: whatever is written in disguise comes out plain, once and for all, and every cell knows its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.names.folds import fold, folded

SIGNS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("云岭大学雲嶺學⼤⼭ＡＺ𝐀ⓐ㊫㍿ﬁ丶丨\u200b\u202e\ufe0f⛰☁Ⅻ½ǅİßΝАо①〇"),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("雲嶺大學", "云岭大学"),
        ("⼤⼭", "大山"),
        ("Ｙｌｕ", "ylu"),
        ("𝐘𝓁𝕌", "ylu"),
        ("云\u200b岭\u202e大\ufeff学", "云岭大学"),
        ("云 · 岭丨大丶学", "云岭大学"),
        ("СWU", "cwu"),
        ("云岭（大学）！", "云岭大学"),
        ("①②", "12"),
        ("㊫", "学"),
        ("\u2ec4亚", "西亚"),
    ],
)
def test_disguises_of_one_character_fold_away(written, plain):
    assert folded(written) == plain


@given(SIGNS)
def test_folding_what_is_folded_changes_nothing(text):
    assert folded(folded(text)) == folded(text)


@given(SIGNS)
def test_every_cell_points_to_the_characters_that_it_came_from(text):
    one = fold(text)
    assert len(one.text) == len(one.spans) == len(one.gaps)
    assert one.text == folded(text)
    assert [begin for begin, _ in one.spans] == sorted(begin for begin, _ in one.spans)
    for cell, (begin, end) in zip(one.text, one.spans, strict=True):
        assert 0 <= begin < end <= len(text)
        assert cell in folded(text[begin:end])
