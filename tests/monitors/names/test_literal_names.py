"""A name is letters, whatever else its signs might mean to a program."""

import pytest

from monitors.names import Matcher, of_school


@pytest.mark.parametrize("signs", [".*", ".+", "(?:)", "[^x]*", "\\w+", "|", "^", "%", "("])
def test_signs_of_a_regular_expression_stand_for_themselves(matcher, signs):
    # As a short name, an allowed word and a registered name; then within a candidate.
    held = Matcher(of_school("云岭大学", ["云岭大学"], short=[signs]), allowed=[signs], registered=[signs])
    assert held.score("云岭大学招生办").flag
    assert not held.score("山间小店").flag
    assert matcher.score(f"云岭大学{signs}").flag
    assert not matcher.score(f"山间小店{signs}").flag
