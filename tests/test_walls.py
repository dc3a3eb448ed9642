"""Bad nights: who is refused is not judged, the maintainer hears of it once, and no case moves."""

import json

import ledgers
import pytest
from conftest import started, xunjian

GOOD, WALLED, STILL, DOWN = "2026-03-02", "2026-03-03", "2026-03-04", "2026-05-20"


def disturbed(home, *walls):
    text = "\n".join(
        "\n".join(["[[wall]]", *(f"{k} = {json.dumps(v)}" for k, v in wall.items())]) for wall in walls
    )
    (home / "walls.toml").write_text(text + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """A good night, one behind Bilibili's wall, one whose wall comes after the canaries, and weeks later one
    without any network."""
    home = tmp_path_factory.mktemp("walls") / "home"
    started(home)
    nights, messages, cases = {}, {}, {}

    def walk(day, *only):
        nights[day] = xunjian(home, "night", "--day", day, *only, "--json")
        messages[day] = {path.name for path in (home / "messages").glob("*.txt")}
        cases[day] = xunjian(home, "cases", "--json").rows

    walk(GOOD, "--platform", "bilibili")
    disturbed(home, {"platform": "bilibili", "how": "-352"})
    walk(WALLED, "--platform", "bilibili")
    disturbed(home, {"platform": "bilibili", "how": "-352", "after": 3})
    walk(STILL, "--platform", "bilibili")
    disturbed(
        home, *({"platform": name, "how": "drop"} for name in ("weibo", "bilibili", "wechat", "douyin"))
    )
    walk(DOWN)
    return home, nights, messages, cases


def outages(home):
    """The alerts about platforms that were not believed: (day, platform, role)."""
    return ledgers.asked(home, "SELECT day, about, role FROM alert WHERE about NOT LIKE 'step:%' ORDER BY id")


@pytest.mark.timeout(900)
class TestBadNights:
    def test_a_walled_night_exits_3_and_says_why(self, walked):
        _, nights, _, _ = walked
        assert nights[GOOD].code == 0, nights[GOOD].err
        for day in (WALLED, STILL):
            assert nights[day].code == 3, nights[day].err
            [row] = nights[day].rows
            assert "对照账号" in row["doubt"] and "风险拦截" in row["doubt"]

    def test_a_walled_platform_is_asked_next_to_nothing_more(self, walked):
        _, nights, _, _ = walked
        [row] = nights[WALLED].rows
        assert (row["ended"], row["visited"], row["found"]) == ("wall", 0, 0)
        assert row["requests"] < 5

    def test_a_wall_behind_canaries_that_read_right_is_an_outage_too(self, walked):
        _, nights, _, _ = walked
        [row] = nights[STILL].rows
        assert "对照账号读得正常" in row["doubt"]
        assert (row["ended"], row["visited"], row["found"], row["blocked"]) == ("wall", 1, 0, 1)

    def test_nobody_behind_the_wall_is_judged(self, walked):
        home, _, _, cases = walked
        assert cases[WALLED] == cases[STILL] == cases[GOOD] != []
        # What was concluded of them before stands as it was; nothing new is concluded.
        begun = "SELECT key, rule, verdict FROM verdict WHERE key LIKE 'bilibili:%' AND from_day IN (:a, :b)"
        assert ledgers.asked(home, begun, a=WALLED, b=STILL) == []

    def test_the_maintainer_hears_of_an_outage_once(self, walked):
        home, _, messages, _ = walked
        early = [one for one in outages(home) if one[0] < DOWN]
        [(day, about, role)] = early
        assert (day, role) == (WALLED, "maintainer")
        assert "bilibili" in about
        assert len(messages[WALLED] - messages[GOOD]) == 1
        assert messages[STILL] == messages[WALLED]

    def test_a_night_without_any_network_moves_nothing(self, walked):
        _, nights, _, cases = walked
        assert nights[DOWN].code == 3, nights[DOWN].err
        assert len(nights[DOWN].rows) == 4
        assert all(row["doubt"] and row["found"] == row["gone"] == 0 for row in nights[DOWN].rows)
        # The next steps had long been due.
        assert any(row["deadline"] and row["deadline"] < DOWN for row in cases[DOWN])
        assert [row["trail"] for row in cases[DOWN]] == [row["trail"] for row in cases[STILL]]

    def test_an_outage_that_goes_on_is_the_same_outage(self, walked):
        home, _, _, _ = walked
        assert sorted(about.split(":")[1] for _, about, _ in outages(home)) == [
            "bilibili", "douyin", "wechat", "weibo",
        ]  # fmt: skip
