"""When a home plays on this machine: no pause and no robots decision only where nothing real can be reached."""

import pytest

from schedules.config import ConfigError, load

LOCAL = "http://127.0.0.1:8765"
ONE_EACH = (
    "https://m.weibo.cn",
    "https://mp.weixin.qq.com",
    "https://api.bilibili.com",
    "https://www.douyin.com",
)


def config(home, origins, tables="", pace="", rehearsal=False):
    mapped = "".join(f'"{source}" = "{base}"\n' for source, base in origins.items())
    lines = [
        f"rehearsal = {str(rehearsal).lower()}",
        '[school]\nname = "云岭大学"',
        tables,
        f"[crawl]\n{pace}",
        f"[origins]\n{mapped}",
    ]
    (home / "school.toml").write_text("\n".join(lines), encoding="utf-8")
    return load(home)


def local(*sources):
    return {source: f"{LOCAL}/{source.partition('://')[2]}" for source in sources}


def decided(*names):
    return "".join(f'[platforms.{name}]\nrobots = "visit-and-search"\n' for name in names)


def test_a_home_whose_platforms_all_play_here_is_on_loopback(tmp_path):
    played = config(tmp_path, local(*ONE_EACH), decided("weibo", "douyin"), "pace_seconds = 0")
    assert played.on_loopback
    assert all(played.staged(name) for name in ("weibo", "wechat", "bilibili", "douyin"))


def test_one_mapped_platform_does_not_take_the_pause_from_a_live_one(tmp_path):
    mapped = local("https://m.weibo.cn")
    with pytest.raises(ConfigError, match="pace_seconds"):
        config(tmp_path, mapped, decided("weibo", "bilibili"), "pace_seconds = 0")
    paced = config(tmp_path, mapped, decided("weibo", "bilibili"))
    assert (paced.on_loopback, paced.staged("weibo"), paced.staged("bilibili")) == (False, True, False)


def test_a_platform_that_is_off_or_undecided_cannot_be_reached_and_needs_no_stage(tmp_path):
    off = '[platforms.bilibili]\nenabled = false\nrobots = "visit-and-search"\n'
    played = config(tmp_path, local("https://m.weibo.cn"), off, "pace_seconds = 0")
    assert played.on_loopback
    assert not played.staged("wechat")


@pytest.mark.parametrize(
    "origins",
    [
        {},
        {"https://elsewhere.example": LOCAL},
        {**local(*ONE_EACH), "https://m.weibo.cn": "http://192.168.1.5:8765"},
    ],
)
def test_nothing_mapped_or_mapped_elsewhere_is_live(tmp_path, origins):
    with pytest.raises(ConfigError, match="pace_seconds"):
        config(tmp_path, origins, pace="pace_seconds = 0")
    assert not config(tmp_path, origins).on_loopback


def test_a_rehearsal_reaches_nobody(tmp_path):
    assert config(tmp_path, {}, pace="pace_seconds = 0", rehearsal=True).on_loopback
