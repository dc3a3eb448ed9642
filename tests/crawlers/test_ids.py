"""Dates out of post ids, checked against ids whose dates are published."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.ids import douyin_time, posted_at, weibo_mid


def utc(iso):
    return datetime.fromisoformat(iso).astimezone(UTC)


@pytest.mark.parametrize(
    "link",
    [
        "https://weibo.com/2803301701/5222785292174627",
        "https://weibo.com/detail/5222785292174627",
        "https://m.weibo.cn/detail/5222785292174627",
        "https://m.weibo.cn/status/5222785292174627?from=page",
        "http://m.weibo.cn/2803301701/5222785292174627/",
    ],
)
def test_a_weibo_number_tells_its_second(link):
    assert posted_at(link) == utc("2025-10-17T17:15:11+08:00")


@pytest.mark.parametrize(("bid", "mid"), [("z0JH2lOMb", 3501756485200075), ("z08AUBmUe", 3500330408906190)])
def test_weibos_short_form_is_its_number(bid, mid):
    assert weibo_mid(bid) == mid
    assert posted_at(f"https://weibo.com/1234567890/{bid}") == posted_at(
        f"https://weibo.com/1234567890/{mid}"
    )


def test_a_bilibili_opus_tells_its_day():
    for link in (
        "https://t.bilibili.com/1172711958019833880",
        "https://www.bilibili.com/opus/1172711958019833880",
        "https://m.bilibili.com/dynamic/1172711958019833880?share=1",
    ):
        when = posted_at(link)
        assert when is not None
        assert when.date().isoformat() == "2026-02-23"


@given(st.datetimes(datetime(2016, 9, 1), datetime(2040, 1, 1)), st.integers(0, 2**32 - 1))  # noqa: DTZ001
def test_a_douyin_id_carries_its_second_above_32_bits(when, rest):
    second = when.replace(microsecond=0, tzinfo=UTC)
    work = (int(second.timestamp()) << 32) | rest
    for link in (
        f"https://www.douyin.com/video/{work}",
        f"https://www.douyin.com/note/{work}?previous_page=app",
        f"https://www.iesdouyin.com/share/video/{work}/?region=CN",
        f"https://www.douyin.com/user/MS4wLjABAAAAx?modal_id={work}",
    ):
        assert posted_at(link) == second
    assert douyin_time(work) == douyin_time(str(work)) == second


@pytest.mark.parametrize(
    "link",
    [
        "",
        "5222785292174627",
        "javascript:5222785292174627",
        "https://weibo.com/u/2803301701",
        "https://weibo.com/2803301701",
        "https://weibo.com/2803301701/0000000000000001",
        "https://weibo.com/2803301701/000000001",
        "https://weibo.com.example/2803301701/5222785292174627",
        "https://evil.example/https://weibo.com/2803301701/5222785292174627",
        "https://mp.weixin.qq.com/s/mAdeUpT0kenOfTheLib01",
        "https://www.bilibili.com/video/BV1xx411c7mD",
        "https://www.bilibili.com/1172711958019833880",
        "https://space.bilibili.com/1172711958019833880",
        "https://www.douyin.com/video/123",
        "https://www.douyin.com/video/99999999999999999999",
        "https://www.douyin.com/user/MS4wLjABAAAAx",
        "https://[weibo.com/1/2",
        "https://weibo.com/2803301701/５２２２７８５２９２１７４６２７",
    ],
)
def test_what_carries_no_date_gives_none(link):
    assert posted_at(link) is None


@given(st.text(max_size=60))
def test_any_text_is_survived(text):
    for link in (
        text,
        f"https://weibo.com/{text}",
        f"https://t.bilibili.com/{text}",
        f"https://v.douyin.com/{text}",
    ):
        assert posted_at(link) is None or posted_at(link) < datetime(2100, 1, 1, tzinfo=UTC) + timedelta(
            days=1
        )
