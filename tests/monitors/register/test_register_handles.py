"""Handles are found in whatever people paste, and nothing is made up where none stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from offices import PATTERNS, SEC

from monitors.register.addresses import Hostile
from monitors.register.handles import Foreign, Handle, PostLink, Several, ShortLink, handle_of
from monitors.register.linkforms import forms

UID = "1234567890"


@pytest.mark.parametrize(
    "pasted",
    [
        UID,
        f" {UID} ",
        "１２３４５６７８９０",
        f"UID:{UID}",
        f"uid：{UID}",
        f"UID{UID}",
        f"微博ID {UID}",
        f"@{UID}",
        f"云岭大学（{UID}）",
        f"https://weibo.com/u/{UID}",
        f"http://www.weibo.com/u/{UID}?is_all=1",
        f"https://weibo.com/{UID}",
        f"weibo.com/{UID}/profile?rightmod=1",
        f"https://weibo.com/{UID}/NaBcD1234?pagetype=profilefeed",
        f"https://m.weibo.cn/u/{UID}?jumpfrom=weibocom",
        f"https://m.weibo.cn/profile/{UID}",
        f"https://m.weibo.cn/{UID}/4987654321098765",
        f"https://weibo.cn/u/{UID}",
        f"https://weibo.com/p/100505{UID}/home?from=page",
        f"https://weibo.com/p/100206{UID}",
        f"https://passport.weibo.com/visitor/visitor?entry=miniblog&a=enter&url=https%3A%2F%2Fweibo.com%2Fu%2F{UID}&_rand=1.2",
        f"【云岭大学的微博】https://weibo.com/u/{UID}，快来关注",
        f"https：／／weibo.com／u／{UID}",
    ],
)
def test_a_weibo_account_is_found(pasted):
    assert handle_of("weibo", pasted, PATTERNS) == Handle(UID)


@pytest.mark.parametrize(
    ("pasted", "alias"),
    [
        ("https://weibo.com/yunlinguniv", "yunlinguniv"),
        ("https://weibo.com/yunlinguniv?is_hot=1", "yunlinguniv"),
        ("https://weibo.com/n/%E4%BA%91%E5%B2%AD%E5%A4%A7%E5%AD%A6", "云岭大学"),
        ("http://t.cn/A6abcDEF", None),
    ],
)
def test_what_only_weibo_can_tell_is_kept_for_the_network(pasted, alias):
    found = handle_of("weibo", pasted, PATTERNS)
    assert isinstance(found, ShortLink)
    assert (found.url, found.alias) == (pasted, alias)


@pytest.mark.parametrize(
    "pasted",
    [
        "云岭大学",
        "yunling",
        "123",
        "12345678901",
        "13800138000",
        "https://weibo.com/",
        "https://weibo.com/ajax/x",
        "",
    ],
)
def test_what_is_no_weibo_account_gives_none(pasted):
    assert handle_of("weibo", pasted, PATTERNS) is None


@pytest.mark.parametrize(
    "pasted",
    [
        "123456",
        "UID:123456",
        "mid=123456",
        "https://space.bilibili.com/123456",
        "https://space.bilibili.com/123456?spm_id_from=333.1007.0.0",
        "https://space.bilibili.com/123456/dynamic",
        "space.bilibili.com/123456/",
        "http://space.bilibili.com/#!/123456",
        "https://m.bilibili.com/space/123456?from=search",
        "bilibili://space/123456",
    ],
)
def test_a_bilibili_account_is_found(pasted):
    assert handle_of("bilibili", pasted, PATTERNS) == Handle("123456")


def test_a_bilibili_share_is_kept_and_a_bare_path_is_no_account():
    share = "【云岭大学的个人空间-哔哩哔哩】 https://b23.tv/AbC123x"
    assert handle_of("bilibili", share, PATTERNS) == ShortLink("https://b23.tv/AbC123x")
    assert handle_of("bilibili", "https://www.bilibili.com/123456", PATTERNS) is None
    video = handle_of("bilibili", "https://www.bilibili.com/video/BV1xx411c7mD/", PATTERNS)
    assert isinstance(video, PostLink)
    assert video.link.kind == "article"


@pytest.mark.parametrize(
    "pasted",
    [
        SEC,
        f"https://www.douyin.com/user/{SEC}",
        f"https://www.douyin.com/user/{SEC}?from_tab_name=main&vid=7",
        f"https://www.iesdouyin.com/share/user/104255?sec_uid={SEC}&did=1&u_code=2",
        f"https://www.iesdouyin.com/share/user/{SEC}?from_ssr=1",
        f"https://www.douyin.com/share/user/1?sec_user_id={SEC}",
    ],
)
def test_a_douyin_account_is_found(pasted):
    assert handle_of("douyin", pasted, PATTERNS) == Handle(SEC)


def test_a_douyin_share_and_a_number_of_the_app_need_the_network():
    share = (
        "6- 长按复制此条消息，打开抖音搜索，查看TA的更多作品。 https://v.douyin.com/iRNBho6u/ 5@1.com :0pm"
    )
    assert handle_of("douyin", share, PATTERNS) == ShortLink("https://v.douyin.com/iRNBho6u/")
    assert handle_of("douyin", "抖音号：yunling.univ", PATTERNS) == ShortLink(None, "yunling.univ")
    assert handle_of("douyin", "https://www.douyin.com/user/self", PATTERNS) is None


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("yunling_edu", Handle("yunling_edu")),
        ("微信号：yunling-edu", Handle("yunling-edu")),
        ("gh_0123456789ab", Handle("gh_0123456789ab")),
        ("gh_0123456789ab（微信号：yunling_edu）", Handle("gh_0123456789ab", ("yunling_edu",))),
        ("yunling_edu / gh_0123456789ab", Handle("gh_0123456789ab", ("yunling_edu",))),
        ("https://open.weixin.qq.com/qr/code?username=gh_0123456789ab", Handle("gh_0123456789ab")),
        ("MzA1MDEyMzQ1Ng==", ShortLink(None, "MzA1MDEyMzQ1Ng==")),
        ("yunling_edu MzA1MDEyMzQ1Ng==", Handle("yunling_edu", ("MzA1MDEyMzQ1Ng==",))),
        ("yunling_one、yunling_two", Several(("yunling_one", "yunling_two"))),
        ("云岭大学", None),
        ("yunling@yunling.example", None),
        ("13800138000", None),
    ],
)
def test_a_wechat_account_is_found_by_original_id_before_the_number(pasted, expected):
    assert handle_of("wechat", pasted, PATTERNS) == expected


def test_a_wechat_page_by_biz_is_an_alias():
    link = (
        "https://mp.weixin.qq.com/mp/profile_ext?action=home&__biz=MzA1MDEyMzQ1Ng==&scene=124#wechat_redirect"
    )
    assert handle_of("wechat", link, PATTERNS) == ShortLink(link, "MzA1MDEyMzQ1Ng==")


@pytest.mark.parametrize(
    ("platform", "pasted", "handle"),
    [
        ("website", "https://News.Yunling.example/", "news.yunling.example"),
        ("website", "news.yunling.example", "news.yunling.example"),
        ("website", "http://www.yunling.example/xwzx/index.htm", "yunling.example/xwzx"),
        ("zhihu", "https://www.zhihu.com/org/yun-ling-da-xue/posts", "yun-ling-da-xue"),
        ("zhihu", "https://www.zhihu.com/people/yun-ling", "yun-ling"),
        ("toutiao", f"https://www.toutiao.com/c/user/token/{SEC}/?source=m", SEC),
        ("kuaishou", "https://www.kuaishou.com/profile/3xabcdefghijk12", "3xabcdefghijk12"),
        ("kuaishou", "https://live.kuaishou.com/u/3xabcdefghijk12", "3xabcdefghijk12"),
        (
            "xiaohongshu",
            "https://www.xiaohongshu.com/user/profile/5f0123456789abcdef012345?xsec_token=x",
            "5f0123456789abcdef012345",
        ),
        ("tieba", "https://tieba.baidu.com/f?kw=%E4%BA%91%E5%B2%AD%E5%A4%A7%E5%AD%A6&ie=utf-8", "云岭大学"),
        ("tieba", "https://tieba.baidu.com/f?ie=utf-8&kw=云岭大学&fr=search", "云岭大学"),
        ("douyu", "https://www.douyu.com/123456", "123456"),
        ("qzone", "https://user.qzone.qq.com/12345678/infocenter", "12345678"),
        ("other", "https://baijiahao.example/u?app_id=15", "baijiahao.example/u?app_id=15"),
    ],
)
def test_accounts_of_the_other_platforms_are_found(platform, pasted, handle):
    assert handle_of(platform, pasted, PATTERNS) == Handle(handle)


@pytest.mark.parametrize(
    ("platform", "pasted"),
    [
        ("xiaohongshu", "http://xhslink.com/m/AbCdEf"),
        ("kuaishou", "https://v.kuaishou.com/AbCdEf"),
        ("kuaishou", "https://www.kuaishou.com/f/X-abc123"),
        ("toutiao", "https://m.toutiao.com/is/iAbCdEf/"),
    ],
)
def test_short_links_of_the_other_platforms_are_kept(platform, pasted):
    assert handle_of(platform, pasted, PATTERNS) == ShortLink(pasted)


def test_a_link_of_another_platform_and_two_accounts_are_told():
    assert handle_of("weibo", "https://space.bilibili.com/123456", PATTERNS) == Foreign("bilibili")
    two = f"https://weibo.com/u/{UID};https://weibo.com/u/2345678901"
    assert handle_of("weibo", two, PATTERNS) == Several((UID, "2345678901"))


def test_an_id_and_the_platforms_own_link_lead_to_the_same_handle():
    samples = {
        "weibo": UID,
        "bilibili": "123456",
        "douyin": SEC,
        "tieba": "云岭大学",
        "kuaishou": "3xabcdefghijk12",
    }
    samples |= {"website": "news.yunling.example/xw", "qzone": "12345678", "douyu": "123456"}
    for platform, handle in samples.items():
        link = forms()[platform].address(handle)
        assert link is not None
        assert handle_of(platform, link, PATTERNS) == Handle(handle), platform


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(forms())), st.text(max_size=80))
def test_whatever_is_pasted_gives_a_handle_of_the_platform_or_none(platform, pasted):
    try:
        found = handle_of(platform, pasted, PATTERNS)
    except Hostile:
        return
    if isinstance(found, Handle) and platform in PATTERNS:
        assert PATTERNS[platform].fullmatch(found.handle)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="abc/?=&%#@:.\\-_1203云[] ,;", max_size=60))
def test_a_link_with_anything_after_the_account_stays_that_account_or_is_refused(tail):
    try:
        found = handle_of("weibo", f"https://weibo.com/u/{UID}?{tail}", PATTERNS)
    except Hostile:
        return
    assert found == Handle(UID) or isinstance(found, Several)
