"""Names that hold the letters by chance, other schools, and what the school itself allows are left alone."""

import pytest

from monitors.names import Matcher, of_school

INNOCENT = {
    "other schools": [
        "云南大学",
        "岭南师范学院",
        "青岛理工大学",
        "陕西理工大学",
        "云南师范大学",
        "北京大学",
        "丽江师范高等专科学校",
        "贵州理工学院",
        "青海大学",
    ],
    "their bodies": [
        "云南大学招生办",
        "青岛理工大学校友会",
        "岭南师范学院图书馆",
        "云南大学滇池学院",
        "陕西理工大学新生群",
    ],
    "imitations of them": ["云楠大学", "青岛里工大学", "岭南师范学阮", "陕西理工太学", "雲南大學表白墙"],
    "places and roads": ["云岭山庄", "云岭大道", "云岭大街地铁站", "云岭东路小学", "彩云岭大道", "青杉路"],
    "shops and companies": [
        "云岭大酒店",
        "云岭茶业",
        "青杉家居",
        "云岭大药房",
        "青理发店",
        "云岭科技有限公司",
    ],
    "people": ["凌云", "林青杉", "岭上云", "李云岭", "青山依旧"],
    "words by chance": ["晕了大学生", "清理工作", "请理解", "英语四六级", "亲历者"],
    "letters by chance": ["ylu_0920", "Yun Ling", "qsutra", "Beijing University of Technology"],
    "units that every school has": ["信息工程学院", "校团委", "计算机信息工程学院"],
    "education in general": ["云南高考", "大学生就业", "理工科考研", "云南成人高考"],
    "nothing": ["", " ", "★", "山间小店", "今天吃什么"],
}


@pytest.mark.parametrize("name", [name for names in INNOCENT.values() for name in names])
def test_an_innocent_name_is_not_flagged(matcher, name):
    found = matcher.score(name)
    assert not found.flag, found


@pytest.mark.parametrize(
    "name",
    [
        "云岭大学融媒体中心",
        "雲嶺大學融媒體中心",
        "云 岭 大 学 融媒体中心",
        "云岭大学融媒体中心\u200b",
        "云小嶺",
    ],
)
def test_a_registered_name_is_not_flagged_in_any_fold(matcher, name):
    found = matcher.score(name)
    assert (found.flag, found.kind) == (False, "registered")


@pytest.mark.parametrize(
    "name",
    [
        "云岭\u200b大学融媒体中心",
        "云\u202e岭大学融媒体中心",
        "云岭⼤学融媒体中心",
        "云岭大学\u2060融媒体中心",
        "云\u200d岭大学融媒体中心",
        "云岭大学融媒\u00ad体中心",
        "ＹＬＵ\u034f图书馆",
        "ҮLU图书馆",
    ],
)
def test_a_registered_name_with_signs_that_nobody_sees_or_that_only_look_like_its_own_is_flagged(name):
    found = filed().score(name)
    assert found.flag
    assert found.reasons


def test_signs_that_stand_in_the_filed_name_itself_are_its_own():
    # As it happens when a cell is pasted out of a PDF.
    assert filed("云岭⼤学官微").score("云岭⼤学官微").kind == "registered"
    assert filed("云岭⼤学官微").score("云岭大学官微").kind == "registered"
    assert filed("云岭大学🎓").score("云岭大学🎓\ufe0f").kind == "registered"
    assert filed("云岭大学👨‍🎓").score("雲嶺大學👨\u200d🎓").kind == "registered"


def filed(*names):
    names = (*names, "云岭大学融媒体中心", "YLU图书馆")
    return Matcher(of_school("云岭大学", ["云岭大学"], initials=["YLU"]), registered=names)


def test_a_registered_name_with_something_added_is_flagged(matcher):
    assert matcher.score("云岭大学融媒体中心官方").flag


def test_an_allowed_word_clears_every_name_that_holds_it(matcher):
    assert matcher.score("云岭大酒店旗舰店").kind == "allowed"


def test_a_school_that_the_settings_add_is_a_competitor(matcher):
    protected = of_school("望川河职业学院", ["望川河职业学院"])
    assert Matcher(protected).score("望舒河职业学院").flag
    assert not Matcher(protected, competitors=["望舒河职业学院"]).score("望舒河职业学院").flag


def test_two_characters_need_a_second_sign(matcher):
    assert not matcher.score("青理").flag
    assert not matcher.score("请理").flag
    assert matcher.score("青理招生办").flag
    assert matcher.score("青·理").score > matcher.score("青理").score


def test_a_telling_unit_counts_word_for_word_and_not_beside_another_school(matcher):
    assert matcher.score("乌拉尔学院团委").flag
    assert not matcher.score("乌拉山学院").flag
    assert not matcher.score("郑州大学乌拉尔学院").flag


def test_the_nicknames_of_known_schools_are_watched_without_being_listed():
    matcher = Matcher(of_school("清华大学", ["清华大学"]))
    found = matcher.score("五道口职业技术学院校友")
    assert (found.flag, found.kind, found.protected) == (True, "nickname", "五道口职业技术学院")
    assert not matcher.score("五道口购物中心").flag
