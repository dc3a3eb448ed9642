"""A floor under the accuracy, on names that the project's own generator makes for schools it never trained on."""

from random import Random

from monitors.names.competitors import universities
from monitors.names.imitations import HAN

BODIES = ("", "招生办", "表白墙", "2026级新生群", "校友会", "吐槽bot", "图书馆")
ORDINARY = [
    "摄影",
    "美食",
    "茶业",
    "律师",
    "健身房",
    "地铁",
    "旅行",
    "日记",
    "装修",
    "口腔",
    "酒店",
    "二手车",
    "音乐",
    "交警",
    "老乡会",
]
PLACES = [
    "昆明",
    "大理",
    "丽江",
    "青岛",
    "广州",
    "湛江",
    "西安",
    "贵阳",
    "南宁",
    "郑州",
    "成都",
    "武汉",
    "长沙",
    "云浮",
    "清远",
]


def test_nearly_all_imitations_are_found_and_nearly_no_innocent_name_is_flagged(matcher):
    rng = Random(20261121)
    made = [
        HAN[kind](name, rng) + rng.choice(BODIES)
        for kind in HAN
        for name in ("云岭大学", "青杉理工大学")
        for _ in range(10)
    ]
    others = [one.name + rng.choice(BODIES) for one in universities()[::9]]
    bent = [HAN[rng.choice(list(HAN))](one.name, rng) + rng.choice(BODIES) for one in universities()[::15]]
    plain = [place + word for place in PLACES for word in ORDINARY]
    found = [match.flag for match in matcher.matches(made)]
    assert sum(found) / len(found) > 0.93
    for innocent, most in ((others, 0.005), (bent, 0.02), (plain, 0.005)):
        wrong = [match.candidate for match in matcher.matches(innocent) if match.flag]
        assert len(wrong) <= most * len(innocent), wrong
