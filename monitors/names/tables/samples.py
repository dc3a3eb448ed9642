"""The recipe for training names: imitations and innocent names made from the project's own lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from monitors.names.competitors import Competitor, clipped
from monitors.names.data import lines
from monitors.names.folds import folded, is_han
from monitors.names.imitations import HAN, combined, common, homophones, lookalikes, pinyin
from monitors.names.lexicon import ordinary, places
from monitors.names.protected import Protected, of_school
from monitors.names.sounds import sounds

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
PLAIN_AFTER = """日记 摄影 美食 旅行 旅游 音乐 电影 律师 工作室 花艺 茶业 健身 健身房 舞蹈 英语 数学 画画 手工 宝宝 育儿 穿搭 美妆 美甲 家居
装修 建材 家具 汽车 二手车 房产 中介 金融 保险 基金 财经 科技 商贸 贸易 电子 机械 物流 快递 外卖 餐厅 饭店 火锅 烧烤 面馆 烩面馆 奶茶 咖啡 酒店 民宿 宾馆
医院 诊所 药房 口腔 眼科 宠物 钓鱼 户外 骑行 跑步 足球 篮球 游戏 电竞 动漫 漫画 小说 读书 书店 文化 传媒 广告 设计 影视 文化传媒 直播 主播 网红 博主 达人 观察 说 笔记
爱好者 俱乐部 协会 商会 论坛 资讯 新闻 天气 交警 公安 消防 法院 检察院 税务 人社 民政 婚姻登记 不动产 公积金 社保 地铁 公交 高铁 机场 车站 停车 加油站 租房 家政 招聘 婚庆 婚纱摄影
少儿编程 钢琴 培训 教育 家教 幼儿园 小学 中学 早教 托管 体育 游泳馆 动物园 植物园 公园 博物馆 图书馆 大剧院 电影院 超市 批发 水果 蔬菜 海鲜 茶叶 白酒 服装 鞋业 珠宝 眼镜 手机 数码
酱 君 姐 哥 叔 妹 宝 喵 小姐姐 小哥 大叔 老师 医生 姑娘 少年 同学 先生 女士 的猫 的狗 的店 小熊 玫瑰 西瓜 云朵 星星 月亮 official bot 2024 2025 123 666 888 520 01 99 _ ~ 🌸 ✨ ❤""".split()  # fmt: skip
PLAIN_BEFORE = """我是 小 老 阿 大 暴躁的 失眠的 快乐的 奔跑的 摸鱼的 爱吃的 爱笑的 佛系的 发呆的 迷路的 一只 一个 一颗 我爱 我的 不想 隔壁 城南 深夜 午后 夏日 北方 南方 人间 山野 海边 乡村 都市 @ 丶 *""".split()  # fmt: skip
SCHOOLISH = """第一中学 第二中学 实验中学 高级中学 外国语学校 实验小学 附属小学 中心小学 职业中专 技师学院 技工学校 卫生学校 体育运动学校 艺术学校 武术学校
特殊教育学校 老年大学 开放大学 开放大学 电视大学 广播电视大学 职工大学 业余大学 夜大学 中等专业学校 育才小学 育才中学 附属中学 附属幼儿园 师范附小 音乐学院考级 美术学院考级 社区大学 社会主义学院 党校 行政学院 干部学院 教育学院 进修学校 培训学校 自考助学中心 函授站 驾校 考研 艺考 专升本 高考 中考
考研辅导 美术培训 画室 音乐艺考 传媒艺考 编导培训 播音主持 体育特长生 留学 雅思 托福 四六级 公考 教师资格证 建造师 会计师 护士资格 大学生创业 大学生村官 大学城 学院路 招生办 教育局 教育考试院
大学生招聘 高校毕业生 研究生考试 本科批投档线 志愿填报 成人高考 成人教育 函授教育 四六级真题 英语角 校园广播 校园招聘 校园歌手 校园足球 同学会 校友会 交通大数据 师范生 医学生 美术生 体育生 工科生 水利工程师 信息技术应用 科技馆 学院派""".split()  # fmt: skip
EDU_CORE = """交通 水利 师范 工业 农业 科技 信息 电子 医学 医科 美术 音乐 体育 传媒 外语 外国语 财经 商贸 政法 航空 铁路 建筑 石油 化工 轻工 纺织 海洋 林业 民族 艺术 工程 理工 职业 卫生 旅游 软件""".split()  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A name with the school it imitates, None for an innocent one; `kind` says how it was made."""

    name: str
    school: str | None
    kind: str


@cache
def _by_class() -> dict[str, tuple[str, ...]]:
    rows = (line.split("\t") for line in lines("campus.tsv"))
    return {name: tuple(words.split()) for name, words in rows}


@cache
def _two() -> tuple[str, ...]:
    """Give the ordinary words and places of two or three characters."""
    return tuple(sorted(word for word in ordinary() if len(word) < 4))


def after(rng: Random) -> str:
    """Give something that stands after a school's name."""
    draw = rng.random()
    if draw < 0.2:
        return ""
    if draw < 0.3:
        year = rng.choice(("2023", "2024", "2025", "2026", "24", "25", "26"))
        return year + rng.choice(("", "", "级新生", "新生群", "级", "迎新"))
    word = rng.choice(_by_class()[rng.choice(("official", "unit", "service", "social", "social", "year"))])
    if draw < 0.38:  # a lake, a street or a campus of the school's own stands between
        word = rng.choice(_two()) + rng.choice(("", "", "校区", "校区")) + word
    elif draw < 0.41:
        return rng.choice(("_official", "official", "_wall", " bot", "bot", "_2026", "_news"))
    tail = rng.random()
    return word + (rng.choice(("01", "bot", "★", "2", "🎓", "_", "233", "📢")) if tail < 0.08 else "")


def before(rng: Random) -> str:
    return rng.choice((*_by_class()["before"], "@", "i", "★")) if rng.random() < 0.13 else ""


def dressed(text: str, rng: Random, weak: bool) -> str:
    """Give the name with what accounts put around it; a weak short name always gets a campus word."""
    tail = after(rng)
    while weak and not tail:
        tail = after(rng)
    return before(rng) + text + tail


def chosen(listed: tuple[Competitor, ...], rng: Random, many: int) -> tuple[Protected, ...]:
    """Give the protected names of some schools of the list, the better known ones more often."""
    known = [one for one in listed if one.short or one.english]
    schools = rng.sample(known, round(many * 0.8)) + rng.sample(listed, many - round(many * 0.8))
    found: list[Protected] = []
    for one in dict.fromkeys(schools):
        ways = [way for way in clipped(one.name) if 2 <= len(way) <= 5]
        short = list(one.short) or rng.sample(sorted(ways), min(2, len(ways)))
        short = [way for way in short if all(map(is_han, way))][:3]
        weak = {way for way in short if len(way) == 2 or (len(way) == 3 and rng.random() < 0.15)}
        found += of_school(one.name, (one.name,), former=one.former[:1], short=short, weak=weak)
    return tuple(found)


def imitations(protected: tuple[Protected, ...], rng: Random, each: int) -> Iterator[Sample]:
    """Give, for each kind, some imitations of every school's names."""
    by_school: dict[str, list[Protected]] = defaultdict(list)
    for one in protected:
        by_school[one.school].append(one)
    for school, names in by_school.items():
        full = [one for one in names if one.role in ("full", "former")]
        for kind in (*HAN, "exact", "exact", "abbr", "abbr", "combo", "combo"):
            for _ in range(each):
                short = kind == "abbr" or (kind != "suffix_swap" and rng.random() < 0.3)
                one = (
                    rng.choice([n for n in names if n.role == "short"] or full) if short else rng.choice(full)
                )
                made = (
                    one.text
                    if kind in ("exact", "abbr")
                    else combined(one.text, rng)
                    if kind == "combo"
                    else HAN[kind](one.text, rng)
                )
                if kind not in ("exact", "abbr") and made == one.text:
                    continue
                yield Sample(dressed(made, rng, one.weak), school, kind)


@cache
def _by_first() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in ordinary():
        found[word[0]].append(word)
    return {char: sorted(words) for char, words in found.items()}


@cache
def _by_last() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in ordinary():
        found[word[-1]].append(word)
    return {char: sorted(words) for char, words in found.items()}


@cache
def _by_sounds() -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for word in sorted(ordinary()):
        said = tuple((sounds(char) or ("",))[0] for char in word)
        for size in (2, 3, 4):
            for n in range(len(said) - size + 1):
                found[said[n : n + size]].append(word)
    return found


def _tail(rng: Random) -> str:
    """Give what stands after an innocent word, sometimes what stands after a school's name too."""
    return after(rng) if rng.random() < 0.35 else rng.choice(PLAIN_AFTER)


def plain(text: str, rng: Random) -> str:
    """Give an ordinary name round a word."""
    head = rng.choice(PLAIN_BEFORE) if rng.random() < 0.25 else ""
    return head + text + (_tail(rng) if rng.random() < 0.6 else "")


def _chance(protected: tuple[Protected, ...], rng: Random) -> str:
    """Give an ordinary name that sounds or looks like a piece of a protected one."""
    text = folded(rng.choice(protected).text)
    size = rng.choice((2, 2, 2, 3)) if len(text) > 2 else 2
    at = rng.randrange(max(1, len(text) - size + 1))
    said = tuple((sounds(char) or ("",))[0] for char in text[at : at + size])
    words = _by_sounds().get(said)
    if words:
        return plain(rng.choice(words), rng)
    altered = (
        homophones(text[at : at + size], rng, 1.0)
        if rng.random() < 0.7
        else lookalikes(text[at : at + size], rng, 2)
    )
    return plain(
        rng.choice(_by_last().get(altered[0], [altered[0]]))[:-1]
        + altered
        + rng.choice(_by_first().get(altered[-1], [altered[-1]]))[1:],
        rng,
    )


def _embedded(protected: tuple[Protected, ...], rng: Random) -> str:
    """Give a name that holds a short name, or most of a full one, across words."""
    one = rng.choice(protected)
    text = folded(one.text)
    draw = rng.random()
    tail = rng.choice(_by_first().get(text[-1], [text[-1]]))
    if draw < 0.45:
        head = rng.choice(_by_last().get(text[0], [text[0]])) if rng.random() < 0.6 else text[0]
        return head + text[1:-1] + tail + (rng.choice(PLAIN_AFTER) if rng.random() < 0.5 else "")
    if draw < 0.7:
        return text[:-1] + tail + (rng.choice(PLAIN_AFTER) if rng.random() < 0.6 else "")
    if draw < 0.85 and len(text) > 3:
        big = rng.choice(_by_first().get(text[-2], [text[-2]]))
        return text[:-2] + big + (rng.choice(PLAIN_AFTER) if rng.random() < 0.6 else "")
    road = rng.choice(("路", "街", "桥", "巷", "大道", "站", "东路", "村", "路地铁站", "小区"))
    return (text if one.role == "short" else text[:-2]) + road + rng.choice(PLAIN_AFTER)


def _person(rng: Random) -> str:
    given = "".join(rng.choice(common()[:2500]) for _ in range(rng.choice((1, 2, 2))))
    return plain(rng.choice(SURNAMES) + given, rng)


def _place(protected: tuple[Protected, ...], rng: Random) -> str:
    """Give a place, often the one that a protected name begins with."""
    text = folded(rng.choice(protected).text)
    own = next((text[:n] for n in (4, 3, 2) if text[:n] in places()), "")
    return own if own and rng.random() < 0.5 else rng.choice(sorted(places()))


def _city(protected: tuple[Protected, ...], rng: Random) -> str:
    middle = rng.choice(("市", "市", "本地", "老", "同城", "人")) if rng.random() < 0.3 else ""
    return _place(protected, rng) + middle + _tail(rng)


def _edu(protected: tuple[Protected, ...], rng: Random) -> str:
    place = _place(protected, rng) + rng.choice(("", "", "市", "省")) if rng.random() < 0.75 else ""
    core = rng.choice(EDU_CORE) if rng.random() < 0.4 else ""
    return place + core + rng.choice(SCHOOLISH) + (_tail(rng) if rng.random() < 0.4 else "")


def _company(rng: Random) -> str:
    word = (
        rng.choice(sorted(ordinary())) if rng.random() < 0.5 else rng.choice(common()) + rng.choice(common())
    )
    return (rng.choice(sorted(places())) if rng.random() < 0.5 else "") + word[:3] + rng.choice(PLAIN_AFTER)


def innocent(
    protected: tuple[Protected, ...], rest: tuple[Competitor, ...], rng: Random, many: int
) -> Iterator[Sample]:
    """Give names that are nobody's imitation, in the mixture that accounts are met in."""
    own = {folded(one.text) for one in protected if len(folded(one.text)) > 2}
    words = sorted(ordinary())
    kinds = (
        "univ",
        "unit",
        "clip",
        "bent",
        "word",
        "chance",
        "embedded",
        "person",
        "city",
        "edu",
        "company",
        "spelled",
        "latin",
    )
    weights = (4, 20, 9, 13, 9, 16, 10, 5, 8, 11, 4, 3, 3)
    count = 0
    while count < many:
        kind = rng.choices(kinds, weights)[0]
        other = rng.choice(rest)
        name = {
            "univ": lambda: other.name,
            "unit": lambda: before(rng) + rng.choice((other.name, *other.short)) + after(rng),
            "clip": lambda: (
                rng.choice(sorted(clipped(other.name)) or [other.name]) + rng.choice(("", "", after(rng)))
            ),
            "bent": lambda: dressed(
                combined(other.name, rng)
                if rng.random() < 0.15
                else HAN[rng.choice(list(HAN))](other.name, rng),
                rng,
                False,
            ),
            "word": lambda: plain(rng.choice(words), rng),
            "chance": lambda: _chance(protected, rng),
            "embedded": lambda: _embedded(protected, rng),
            "person": lambda: _person(rng),
            "city": lambda: _city(protected, rng),
            "edu": lambda: _edu(protected, rng),
            "company": lambda: _company(rng),
            "spelled": lambda: pinyin(other.name, rng),
            "latin": lambda: pinyin(rng.choice(words), rng) + rng.choice(PLAIN_AFTER),
        }[kind]()
        spoiled = kind != "embedded" and any(text in folded(name) for text in own)
        if not spoiled:
            count += 1
            yield Sample(name, None, kind)
