"""A name is letters, whatever else its signs might mean to a program."""

import pytest

from monitors.names import Matcher, of_school

SIGNS = (".*", ".+", "(?:)", "[^x]*", "\\w+", "|", "^", "%", "(", "_", "?", "*", "[", "{1}", "$", "\\")


@pytest.fixture(scope="module")
def held():
    """Every sign as a short name, an allowed word and a registered name of one school."""
    return Matcher(of_school("云岭大学", ["云岭大学"], short=SIGNS), allowed=SIGNS, registered=SIGNS)


def test_signs_of_a_regular_expression_among_the_schools_own_words_stand_for_themselves(held):
    # One that was taken for a pattern would clear, or flag, every name.
    assert held.score("云岭大学招生办").flag
    assert not held.score("山间小店").flag


@pytest.mark.parametrize("signs", SIGNS)
def test_signs_of_a_regular_expression_stand_for_themselves(matcher, signs):
    assert matcher.score(f"云岭大学{signs}").flag
    assert not matcher.score(f"山间小店{signs}").flag
