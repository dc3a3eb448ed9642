"""Each way of imitating a name is found, named, and laid to the protected name it plays on."""

import pytest

from monitors.names import Matcher, of_school

FOUND = [
    ("云岭大学", "exact", "云岭大学"),
    ("云岭大学招生办", "exact_official", "云岭大学"),
    ("云岭大学2026级新生群", "exact_official", "云岭大学"),
    ("云岭大学表白墙", "exact_unofficial", "云岭大学"),
    ("云岭师范学院校友会", "exact_official", "云岭师范学院"),
    ("云岭大教务处", "abbr_official", "云岭大"),
    ("云岭大捞人", "abbr_parody", "云岭大"),
    ("青理表白墙", "abbr_parody", "青理"),
    ("云玲大学", "homophone1", "云岭大学"),
    ("青衫理工大学招生网", "homophone1", "青杉理工大学"),
    ("芸玲达学", "homophone_multi", "云岭大学"),
    ("清杉里工大学", "homophone_multi", "青杉理工大学"),
    ("云宁大学", "near_homophone", "云岭大学"),
    ("青三理工大学官方", "near_homophone", "青杉理工大学"),
    ("云岭太学", "lookalike", "云岭大学"),
    ("云岭大字新生群", "lookalike", "云岭大学"),
    ("去岭太学", "lookalike_multi", "云岭大学"),
    ("云山令大学", "split_chaizi", "云岭大学"),
    ("青木彡理工大学", "split_chaizi", "青杉理工大学"),
    ("雲嶺大學", "variant_trad", "云岭大学"),
    ("云岭⼤学", "compat_radical", "云岭大学"),
    ("云岭㊅学".replace("㊅", "⼤"), "compat_radical", "云岭大学"),
    ("云·岭·大·学", "separators", "云岭大学"),
    ("云\u200b岭\u200d大\u2060学", "separators", "云岭大学"),
    ("【云丶岭丶大丶学】", "separators", "云岭大学"),
    ("云0大学", "digit", "云岭大学"),
    ("☁️岭大学", "emoji_sub", "云岭大学"),
    ("yunlingdaxue", "pinyin_full", "云岭大学"),
    ("YunLingDaXue_官方", "pinyin_full", "云岭大学"),
    ("yun2ling3da4xue2", "pinyin_full", "云岭大学"),
    ("云岭da学", "pinyin_mixed", "云岭大学"),
    ("青sl工大学".replace("sl", "shanli"), "pinyin_mixed", "青杉理工大学"),
    ("qslgdx表白墙", "pinyin_initials", "青杉理工大学"),
    ("ＹＬＵ表白墙", "latin_confusable", "YLU"),
    ("Уunling Unіversity", "latin_confusable", "Yunling University"),
    ("QINGSHAN UNlVERSITY OF TECHNOLOGY", "latin_confusable", "Qingshan University of Technology"),
    ("Qingshan Univeristy of Technology", "english_variant", "Qingshan University of Technology"),
    ("QSUT confession wall", "english_variant", "QSUT"),
    ("大学云岭", "word_order", "云岭大学"),
    ("理工青杉大学", "word_order", "青杉理工"),
    ("云岭大学学", "drop_insert", "云岭大学"),
    ("青杉小理工大学", "drop_insert", "青杉理工大学"),
    ("青杉理工养猪场", "suffix_swap", "青杉理工"),
    ("雲玲大学", "combo", "云岭大学"),
    ("青★衫理工太学", "combo", "青杉理工大学"),
    ("雾凇路职业技术学院校友", "nickname", "雾凇路职业技术学院"),
]


@pytest.mark.parametrize(("name", "kind", "protected"), FOUND)
def test_an_imitation_is_found_and_its_kind_named(matcher, name, kind, protected):
    found = matcher.score(name)
    assert (found.flag, found.kind, found.protected) == (True, kind, protected)


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("云岭大学招生办", "passes_off"),
        ("云玲大学招生网", "passes_off"),
        ("雲嶺大學", "passes_off"),
        ("云岭大学2026级新生群", "passes_off"),
        ("云岭大学表白墙", "plays_on"),
        ("芸玲达学", "plays_on"),
        ("雾凇路职业技术学院", "plays_on"),
        ("云岭大吐槽bot", "plays_on"),
    ],
)
def test_a_name_that_parents_would_believe_is_told_from_one_that_jokes(matcher, name, reading):
    assert matcher.score(name).reading == reading


@pytest.mark.parametrize("ending", ["学姐", "学长", "学妹", "学子", "学霸", "学生会", "墙", "捞人"])
@pytest.mark.parametrize("school", ["河南大学", "武汉大学", "郑州大学", "浙江大学", "青岛大学", "北京大学"])
def test_a_short_name_is_found_before_a_word_that_seems_to_go_on_as_university(short_names, school, ending):
    # 河大 + 学姐, and not 河大学 + 姐.
    found = short_names[school].score(f"{school[0]}大{ending}")
    assert (found.flag, found.protected) == (True, f"{school[0]}大")


@pytest.fixture(scope="module")
def short_names():
    schools = ("河南大学", "武汉大学", "郑州大学", "浙江大学", "青岛大学", "北京大学")
    return {name: Matcher(of_school(name, [name], short=[f"{name[0]}大"])) for name in schools}


def test_a_name_that_is_not_flagged_has_no_reading(matcher):
    assert matcher.score("山间小店").reading is None


@pytest.mark.parametrize(
    ("name", "protected"),
    [
        ("云岭大学心理健康中心", "云岭大学"),
        ("青杉理工大学附属医院", "青杉理工大学"),
        ("云岭大学墙", "云岭大学"),
    ],
)
def test_a_name_is_explained_by_the_protected_name_that_it_holds_most_of(matcher, name, protected):
    assert matcher.score(name).protected == protected
