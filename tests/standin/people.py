"""Who is in the register, who is not and should be met in a search, and who has nothing to do with the school."""

import csv
from datetime import timedelta
from pathlib import Path

from standin.world import START, Account, Phase, Post, at, pinned, whole

SCHOOL = "云岭大学"
TITLES = {"weibo": "新浪微博", "bilibili": "B站", "wechat": "微信公众号", "douyin": "抖音号"}
SEC = "MS4wLjABAAAA"


def sec(number: int) -> str:
    return f"{SEC}standin_yunling_{number:02d}_".ljust(55, "x")


def _account(platform: str, handle: str, name: str, *phases: Phase, **more: object) -> Account:
    names = ((-9999, name), *more.pop("renamed", ()))  # type: ignore[misc]
    return whole(Account(platform, handle, names, phases, **more))  # type: ignore[arg-type]


REGISTERED = (
    _account("weibo", "6104400101", SCHOOL, Phase(-60, 2), unit="党委宣传部", verified="云岭大学官方微博",
             followers=624318, base=18000, way=0, old=(pinned(-300),), traits=frozenset({"relative", "deletes"})),
    _account("weibo", "6104400102", "云岭大学图书馆", Phase(-120, 6), Phase(-55), Phase(48, 5), Phase(60),
             unit="图书馆", way=1, old=(pinned(-400),)),
    _account("weibo", "6104400103", "云岭大学招生办", Phase(-90, 7), unit="招生办公室", verified="云岭大学招生办公室官方微博",
             renamed=((6, "云岭大学本科招生网"), (21, "云岭大学招生办")), way=2, followers=1203344),
    _account("weibo", "6104400104", "云岭大学团委", Phase(-150, 9), Phase(-80, 1, hidden=True), Phase(30, 6),
             unit="共青团云岭大学委员会", way=3),
    _account("weibo", "6104400105", "云岭大学校友会", Phase(-60, 7), Phase(8, 0, "suspended"), Phase(22, 5),
             unit="校友工作办公室", way=4),
    _account("weibo", "6104400106", "云岭大学后勤服务", Phase(-60, 8), Phase(12, 0, "cancelled"), unit="后勤管理处", way=0),
    _account("weibo", "6104400109", "云岭大学研究生院", Phase(-60, 5), Phase(5, 4, hidden=True), unit="研究生院", way=4,
             traits=frozenset({"fixed"})),
    _account("weibo", "6104400110", "云岭大学保卫处", Phase(-150, 9), Phase(-58, 3, hidden=True), unit="保卫处", way=0,
             traits=frozenset({"fixed"})),
    _account("weibo", "6104400111", "云岭大学未来学院", Phase(-60), unit="未来学院", way=1, base=0, followers=2,
             created=START - timedelta(days=57), traits=frozenset({"fixed"})),
    _account("weibo", "6104400112", "云岭大学教务处", Phase(-60), unit="教务处", way=2, base=0,
             old=(pinned(-300), pinned(-90)), traits=frozenset({"fixed", "only-pinned"})),
    _account("weibo", "6104400113", "云岭大学文学院", Phase(-90, 6), Phase(5, 0, "held"), Phase(12, 4),
             Phase(18, 0, "frozen"), unit="文学院", way=3),
    _account("weibo", "6104400107", "云岭大学体育学院", Phase(-60, 9, kind="repost"), unit="体育学院", way=1,
             old=(pinned(-500),), traits=frozenset({"relative"})),
    _account("weibo", "6104400108", "云岭大学医学院", Phase(-400, 12), Phase(-170), unit="医学院", way=2,
             traits=frozenset({"half-year", "fixed"})),
    _account("bilibili", "497720101", SCHOOL, Phase(-200, 8, kind="video"), unit="党委宣传部", verified="云岭大学官方账号",
             followers=183456, way=0, old=(pinned(-300, "video"),)),
    _account("bilibili", "497720102", "云岭大学图书馆", Phase(-600, 40, kind="video"), Phase(-300, 10, kind="opus"),
             unit="图书馆", way=1),
    _account("bilibili", "3546497720103", "云岭大学团委", Phase(-200, 9, kind="video"), Phase(-58), Phase(45, 6, kind="opus"),
             unit="共青团云岭大学委员会", way=2, old=(pinned(-500, "opus"),)),
    _account("bilibili", "497720104", "云岭大学招生办", Phase(-90, 7, kind="video"), Phase(7, 0, "suspended"),
             Phase(26, 6, kind="video"), unit="招生办公室", way=3),
    _account("bilibili", "3546497720105", "云岭大学艺术学院", Phase(-90, 7, kind="video"), Phase(11, 0, "cancelled"),
             unit="艺术学院", way=0),
    _account("bilibili", "3546497720100106", "云岭大学计算机学院", Phase(-90, 10, kind="forward"), unit="计算机学院", way=1,
             renamed=((9, "云岭大学计算机与人工智能学院"),), old=(Post(at(-20), "video"), Post(at(-3), "opus")),
             traits=frozenset({"fixed"})),
    _account("bilibili", "497720107", "云岭大学校友会", Phase(-60), unit="校友工作办公室", way=2, base=0, followers=3,
             created=START - timedelta(days=50), traits=frozenset({"empty", "fixed"})),
    _account("bilibili", "497720108", "云岭大学农学院", Phase(-90, 8, kind="video"), Phase(5, 0, "noticed"),
             Phase(20, 6, kind="video"), unit="农学院", way=3),
    _account("bilibili", "497720109", "云岭大学广播台", Phase(-90, 8, kind="video"), Phase(6, 0, "cancelled"), unit="学生工作部",
             way=1, traits=frozenset({"626"})),
    _account("wechat", "gh_5d1e6a400101", SCHOOL, Phase(-60, 2), unit="党委宣传部", verified=SCHOOL,
             traits=frozenset({"album", "article"})),
    _account("wechat", "gh_5d1e6a400102", "云岭大学图书馆", Phase(-300, 6), Phase(-50), Phase(35, 5), unit="图书馆",
             traits=frozenset({"album", "oldest-first"})),
    _account("wechat", "gh_5d1e6a400103", "云岭大学团委", Phase(-200, 7), Phase(-56, 5, hidden=True),
             unit="共青团云岭大学委员会", traits=frozenset({"album", "article", "fixed"})),
    _account("wechat", "gh_5d1e6a400104", "云岭大学招生办", Phase(-90, 7), Phase(10, 0, "moved"), unit="招生办公室",
             traits=frozenset({"album", "article"})),
    _account("wechat", "gh_5d1e6a400105", "云岭大学就业", Phase(-90, 7), Phase(14, 0, "cancelled"), unit="就业指导中心",
             traits=frozenset({"album", "article"})),
    _account("wechat", "gh_5d1e6a400106", "云岭大学校友会", Phase(-60, 6), Phase(9, 0, "suspended"), Phase(24, 6),
             unit="校友工作办公室", traits=frozenset({"album", "article", "cgi"})),
    _account("wechat", "gh_5d1e6a400107", "云岭大学教务处", Phase(-90, 6), Phase(8, 0, "moving"), unit="教务处",
             traits=frozenset({"album", "article"})),
    _account("wechat", "gh_5d1e6a400108", "云岭大学文学院", Phase(-90, 6), Phase(6, 0, "infringed"), unit="文学院",
             traits=frozenset({"article"})),
    _account("douyin", sec(1), SCHOOL, Phase(-60, 2), unit="党委宣传部", verified="云岭大学官方账号", followers=356789, way=0,
             old=(pinned(-300),)),
    _account("douyin", sec(2), "云岭大学图书馆", Phase(-200, 8), Phase(-57), Phase(50, 6), unit="图书馆", way=1),
    _account("douyin", sec(3), "云岭大学团委", Phase(-200, 12), Phase(-70, 5, hidden=True), unit="共青团云岭大学委员会", way=2,
             traits=frozenset({"fixed"})),
    _account("douyin", sec(4), "云岭大学招生办", Phase(-90, 7), Phase(6, 7, "private"), Phase(25, 5), unit="招生办公室", way=3),
    _account("douyin", sec(5), "云岭大学后勤服务", Phase(-90, 7), Phase(10, 0, "suspended"), Phase(28, 5),
             unit="后勤管理处", way=0),
    _account("douyin", sec(6), "云岭大学艺术学院", Phase(-90, 7), Phase(13, 0, "cancelled"), unit="艺术学院", way=1),
    _account("douyin", sec(7), "云岭大学体育学院", Phase(-90, 6), unit="体育学院", way=2, traits=frozenset({"risky-name"})),
    _account("douyin", sec(8), "云岭大学农学院", Phase(-90, 5), unit="农学院", way=5, traits=frozenset({"fixed"})),
    _account("douyin", sec(9), "云岭大学未来学院", Phase(-60), unit="未来学院", way=0, base=0, followers=1,
             created=START - timedelta(days=57), traits=frozenset({"fixed"})),
)  # fmt: skip


def _stranger(platform: str, handle: str, name: str, born: int, **more: object) -> Account:
    kind = {"bilibili": "video"}.get(platform, "plain")
    phase = Phase(max(born, -60), 9, kind=kind)
    return _account(platform, handle, name, phase, registered=False, born=born, base=3, **more)


IMPOSTORS = (
    _stranger("bilibili", "3546999910001", "云岭大学招生咨询老师", -30),
    _stranger("bilibili", "3546999910002", "云岭大學官方", 4),
    _stranger("bilibili", "3546999910003", "云岭大学校园墙", 17),
    _stranger("weibo", "7788900011", "云岭大学招生报名处", -30),
    _stranger("weibo", "7788900012", "云岭大学表白墙", 10),
    _stranger("wechat", "云岭大学考研帮", "云岭大学考研帮", -30),
    _stranger("wechat", "云岭大学自考报名中心", "云岭大学自考报名中心", 12),
)
INNOCENTS = (
    _stranger("bilibili", "3546999920001", "云岭山货铺", -90),
    _stranger("bilibili", "3546999920002", "大学英语四级真题", -90),
    _stranger("bilibili", "3546999920003", "云岭高速路况", -90),
    _stranger("bilibili", "3546999920004", "山城大学", -90, verified="山城大学官方账号"),
    _stranger("weibo", "7788900021", "云岭茶马古道", -90),
    _stranger("weibo", "7788900022", "大学食堂观察", -90),
    _stranger("wechat", "云岭先锋", "云岭先锋", -90),
    _stranger("wechat", "西山大学", "西山大学", -90),
)
CANARIES = (
    _stranger("weibo", "2803301701", "人民日报", -90, verified="《人民日报》法人微博", way=3),
    _stranger("bilibili", "1131457022", "人民日报", -90, verified="人民日报官方账号", way=3),
    _stranger("wechat", "gh_363b924965e9", "人民日报", -90, traits=frozenset({"album", "article"})),
    _stranger("douyin", sec(90), "人民日报", -90, verified="《人民日报》官方账号", way=3),
)
EVERYBODY = REGISTERED + IMPOSTORS + INNOCENTS + CANARIES
ABSENT = {"weibo": "6104499999", "bilibili": "3546999999999999", "douyin": sec(99)}
BIZ = {one.handle: f"Mzk3Nj{n:02d}wMTIzNQ==" for n, one in enumerate(EVERYBODY) if one.platform == "wechat"}


def album_link(account: Account) -> str:
    number = 2900000000000000000 + int(account.handle[-3:], 16)
    return f"https://mp.weixin.qq.com/mp/appmsgalbum?__biz={BIZ[account.handle]}&action=getalbum&album_id={number}"


def article_link(account: Account) -> str:
    return f"https://mp.weixin.qq.com/s/standin{account.handle[-6:]}yunlingABC"


def witnesses(account: Account) -> list[str]:
    links = {"album": album_link, "article": article_link}
    return [links[trait](account) for trait in ("album", "article") if trait in account.traits]


def link(account: Account) -> str:
    return {
        "weibo": f"https://weibo.com/u/{account.handle}",
        "bilibili": f"https://space.bilibili.com/{account.handle}",
        "douyin": f"https://www.douyin.com/user/{account.handle}",
        "wechat": "",
    }[account.platform]


HEADINGS = ("序号", "运营单位", "平台类型", "账号名称", "账号ID", "主页链接", "认证情况", "认证主体", "开通时间", "备案时间",
            "年审时间", "分管领导", "负责人", "联系电话", "状态", "信息源")  # fmt: skip


def register(path: Path) -> None:
    """The office's list, kept as a spreadsheet program saves it on a Chinese Windows."""
    with path.open("w", encoding="gb18030", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["云岭大学新媒体账号登记表"])
        sheet.writerow(HEADINGS)
        for number, one in enumerate(REGISTERED, 1):
            made = one.created
            row = [number, one.unit, TITLES[one.platform], one.name(START), one.handle, link(one),
                   "已认证" if one.verified else "未认证", one.verified, made, made + timedelta(days=2),
                   START - timedelta(days=20), "李某某", "张某某", "+000-0000-0100", "在用",
                   "\n".join(witnesses(one))]  # fmt: skip
            sheet.writerow(row)
        sheet.writerow(["合计", len(REGISTERED)])
