"""The story that `make story` tells, its first two weeks."""

import pytest
import story
import time_machine

from monitors.nouns import SHANGHAI


@pytest.mark.long
def test_two_weeks_of_the_story_leave_reports_that_can_be_made_again_to_the_byte(tmp_path):
    home = story.told(tmp_path / "story", weeks=2, browsed=False)
    reports = sorted(home.site.glob("*/report.html"))
    assert [path.parent.name for path in reports] == ["2026-W38", "2026-W39"]
    first = reports[0].read_bytes()
    reports[0].unlink()
    with time_machine.travel(story.datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)):
        story.xunjian(home, "week", "--week", "2026-W38")
    assert reports[0].read_bytes() == first
    assert "需要决定的事" in first.decode()
