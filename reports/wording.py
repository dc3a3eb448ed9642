"""Words that report and alerts share: stages, dates with their bounds, marks for unseen characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date

from monitors import records
from monitors.calendar import shanghai_day
from monitors.nouns import Count, FindingKind, NameKind, Newest, Result, Stage, VerdictKind, Witness

STAGES: Mapping[Stage, str] = records.STAGES
# The stages that people record, as what they say happened.
RECORDED: Mapping[Stage, str] = {"notice_received": "单位已收到整改通知", "circular": "公开通报已发出"}
NEXT: Mapping[Stage, str] = {
    "suspected": "请人工核实",
    "opened": "等待发出整改通知",
    "notice_issued": "等待登记单位收到通知的日期",
    "notice_received": "整改期内",
    "circular": "等待登记通报发出的日期",
    "closure_recommended": "等待有关部门决定",
    "closed": "",
}
RESULTS: Mapping[Result, str] = {
    "remedied": "已恢复更新或改正",
    "cancelled": "账号已注销",
    "mistaken": "核实无误，不是问题",
    "exempt": "已同意暂不要求",
}
KINDS: Mapping[FindingKind, str] = {
    "activity": "更新情况",
    "gone": "账号失效",
    "name": "名称与备案不符",
    "filing": "备案事项",
    "unseen": "连续未能查看",
    "sighting": "名称涉及校名",
}
NAME_KINDS: Mapping[NameKind, str] = {
    "exact": "原样使用",
    "exact_official": "原样加官方用语",
    "exact_unofficial": "原样加其他用语",
    "abbr_official": "简称加官方用语",
    "abbr_parody": "简称加其他用语",
    "homophone1": "谐音（一字）",
    "homophone_multi": "谐音（多字）",
    "near_homophone": "近音",
    "lookalike": "形近（一字）",
    "lookalike_multi": "形近（多字）",
    "split_chaizi": "拆字",
    "variant_trad": "繁体或异体",
    "compat_radical": "部首或兼容字符",
    "separators": "夹杂符号",
    "digit": "数字谐音",
    "emoji_sub": "表情代字",
    "pinyin_full": "全拼",
    "pinyin_mixed": "汉字夹拼音",
    "pinyin_initials": "拼音首字母",
    "latin_confusable": "仿冒字母",
    "english_variant": "英文名变体",
    "word_order": "颠倒次序",
    "suffix_swap": "换后缀",
    "drop_insert": "增减字",
    "combo": "多种手法",
    "nickname": "别称",
    "registered": "已登记",
    "allowed": "已允许",
    "other_school": "其他学校",
    "none": "无关",
}
VERDICTS: Mapping[VerdictKind, str] = {
    "Clear": "未发现问题",
    "Breach": "已认定",
    "Suspected": "待人工核实",
    "Unknown": "待再次确认",
}
BUCKETS: Mapping[str, str] = {
    "clear": "未发现问题",
    "breach": "已认定的问题",
    "suspected": "请人工核实",
    "unknown": "还不能判断",
    "exempt": "经同意暂不要求",
    "unseen": "本周没有看到",
    "manual": "需人工查看",
    "retired": "已停用或注销",
}
READINGS: Mapping[str, str] = {
    "passes_off": "冒充校方嫌疑",
    "plays_on": "借用校名",
    "": "尚未归类",
}
WITNESSES: Mapping[Witness, str] = {
    "page": "主页",
    "feed": "订阅源",
    "album": "合集",
    "article": "文章",
    "counter": "作品数增加",
    "hand": "人工登记",
}

NIGHTS: Mapping[str, str] = {"believed": "可信", "doubted": "存疑，不作判断", "none": "没有巡检"}
# The weeks of an account's strip.
CELLS: Mapping[str, str] = {
    "p": "有更新",
    "q": "没有更新",
    "s": "看过，说不准",
    "u": "没看到",
    "x": "不要求",
    "-": "还没有记录",
}
# The same in a cell of a spreadsheet.
CELL_MARKS: Mapping[str, str] = {"p": "■", "q": "□", "s": "△", "u": "·", "x": "○", "-": " "}
LINES: Mapping[str, str] = {
    "breach": "已认定的问题",
    "suspected": "待人工核实",
    "clear": "当周有更新的账号",
    "night": "可信的夜晚",
}
NOT_READ: Mapping[str, str] = {
    "no_night": "本周没有巡检这个平台",
    "not_visited": "本周没有轮到",
    "doubted": "看的那一晚平台结果不可信",
    "Blocked": "平台要求登录或验证，没能看到",
    "Ambiguous": "平台的答复说不清",
    "ShapeChanged": "平台的页面变了样，读不懂",
    "Unreachable": "连不上平台",
}
SEARCHES: Mapping[str, str] = {
    "never": "从外部无法搜索",
    "not_asked": "本周没有安排搜索",
    "unanswered": "都没有得到答复，本周等于没有搜索",
    "partly": "一部分得到答复",
    "answered": "都得到答复",
}
EDITS: Mapping[str, str] = {
    "added": "新增",
    "removed": "移出",
    "resolved": "补上账号ID",
    "renamed": "改名",
    "unit": "换了单位",
    "state": "改了状态",
    "verification": "改了认证",
    "leader": "换了负责人",
    "managers": "换了管理员",
    "group_added": "新增群组",
    "group_removed": "移出群组",
    "group_renamed": "群组改名",
    "group_unit": "群组换了单位",
}
WORDS: Mapping[str, str] = {"fine": "没有问题", "imitation": "认定仿冒", "unsure": "拿不准"}

_KNOWN_MARKS: Mapping[int, str] = {
    0x00AD: "软连字符",
    0x200B: "零宽空格",
    0x200C: "零宽断字",
    0x200D: "零宽连字",
    0x200E: "左至右符",
    0x200F: "右至左符",
    0x202A: "左至右嵌入",
    0x202B: "右至左嵌入",
    0x202C: "方向结束",
    0x202D: "强制左至右",
    0x202E: "强制右至左",
    0x2060: "零宽连接",
    0x2066: "左至右隔离",
    0x2067: "右至左隔离",
    0x2068: "方向隔离",
    0x2069: "隔离结束",
    0xFEFF: "零宽空格",
    0x0009: "制表符",
    0x000A: "换行",
    0x000D: "回车",
}
# Letters that draw nothing though Unicode does not count them among the format characters.
_BLANK_LETTERS = frozenset({0x115F, 0x1160, 0x3164, 0xFFA0, 0x2800})


def _plain(text: str) -> bool:
    """Nothing in it but what can be seen: most texts, told without looking letter by letter."""
    return text.isprintable() and _BLANK_LETTERS.isdisjoint(map(ord, text))


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Cut a text into runs: (run, False) as it stands, (mark, True) for what cannot be seen."""
    if _plain(text):
        yield text, False
        return
    run = ""
    for before, letter in zip(" " + text, text, strict=False):
        if not _unseen(letter, before):
            run += letter
            continue
        if run:
            yield run, False
        run = ""
        yield f"U+{ord(letter):04X} {_KNOWN_MARKS.get(ord(letter), '')}".strip(), True
    if run:
        yield run, False


def visible(text: str) -> str:
    """The text on one line, with control, bidi and zero-width characters as 〔U+202E 强制右至左〕."""
    if _plain(text):
        return text
    return "".join(f"〔{piece}〕" if mark else piece for piece, mark in pieces(text))


def _unseen(letter: str, before: str) -> bool:
    if letter == "\u200d" and unicodedata.category(before) in ("So", "Sk", "Mn"):
        return False  # it joins emoji
    category = unicodedata.category(letter)
    return category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or ord(letter) in _BLANK_LETTERS


def day_words(day: date | None, today: date | None = None) -> str:
    """A day as people write it; the year is left out only when it is `today`'s."""
    if day is None:
        return ""
    year = "" if today and today.year == day.year else f"{day.year} 年 "
    return f"{year}{day.month} 月 {day.day} 日"


def count_words(count: Count | None) -> str:
    """A counter as the platform shows it."""
    if count is None:
        return ""
    return str(count.value) if count.exact else f"约 {count.value}"


def newest_words(newest: Newest | None) -> str:
    """The newest post, honest about its bound: 不早于 where a newer one may be hidden from visitors."""
    if newest is None:
        return "看不到更新时间"
    bound = "不早于 " if newest.bound == "at_least" else ""
    return f"{bound}{shanghai_day(newest.at).isoformat()}"
