"""The reasons lay the name beside the protected one, character by character, in words for an officer."""

from monitors.names import Matcher, of_school
from monitors.nouns import Reason


def said(found):
    return {(reason.left, reason.right, reason.why) for reason in found.reasons}


def test_a_homophone_is_shown_with_both_readings():
    found = Matcher(of_school("浙江金华职业学院", ["浙江金华职业学院"])).score("浙江金花职业学院")
    assert ("花", "华", "同音 huā/huá") in said(found)
    assert ("浙江金", "浙江金", "相同") in said(found)


def test_a_lookalike_is_shown_as_one(matcher):
    assert ("太", "大", "形近") in said(matcher.score("云岭太学"))


def test_what_was_pulled_apart_or_spelled_is_shown_whole(matcher):
    assert ("山令", "岭", "拆字") in said(matcher.score("云山令大学"))
    assert ("da", "大", "拼音 dà") in said(matcher.score("云岭da学"))
    assert ("雲", "云", "繁体或异体") in said(matcher.score("雲岭大学"))
    assert ("⼤", "大", "兼容字符或部首") in said(matcher.score("云岭⼤学"))


def test_the_bits_matched_and_the_words_around_are_named(matcher):
    reasons = matcher.score("云玲大学招生办").reasons
    assert any(r.right == "云岭大学" and r.why.startswith("命中") and r.why.endswith("比特") for r in reasons)
    assert Reason("招生办", "招生办", "旁证：校园用语") in reasons


def test_another_school_that_a_name_is_like_too_speaks_against(matcher):
    found = matcher.score("云岭南大学")
    assert any(
        r.left == "岭南大学" and r.right.endswith("岭南大学") and "反证" in r.why for r in found.reasons
    )


def test_letters_are_explained(matcher):
    assert said(matcher.score("qslgdx表白墙")) == {("qslgdx", "青杉理工大学", "“青杉理工大学”的拼音首字母")}
    assert ("YLU", "YLU", "英文缩写") in said(matcher.score("YLU表白墙"))


def test_what_was_written_is_quoted_as_it_was_written(matcher):
    reasons = said(matcher.score("云★岭·大学招生"))
    assert ("云★岭·大学", "云岭大学", "中间夹有符号或看不见的字符") in reasons
