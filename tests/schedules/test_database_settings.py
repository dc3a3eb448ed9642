"""`[database] url`: what is refused, and that its password is kept."""

import pytest

from schedules import config, machine
from schedules.config import ConfigError
from schedules.home import Home


def at(folder, address):
    """A home with nothing but a name and this address."""
    words = f'[school]\nname = "云岭大学"\n[database]\nurl = "{address}"\n'
    (folder / "school.toml").write_text(words, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "address", ["postgres://u:geheim@h/x", "postgresql+psycopg://u:geheim@h:port/x", "x"]
)
def test_an_address_that_means_nothing_is_refused_without_its_password(tmp_path, address):
    with pytest.raises(ConfigError, match="postgresql\\+psycopg") as refused:
        config.load(at(tmp_path, address))
    assert "geheim" not in str(refused.value)


def test_a_password_in_settings_that_others_can_read_is_told(tmp_path):
    home = Home(at(tmp_path, "postgresql+psycopg://xunjian:geheim@localhost/xunjian"))
    home.path.chmod(0o755)
    for mode, told in ((0o644, True), (0o600, False)):
        home.settings.chmod(mode)
        rows = [
            row for row in machine._private(home, config.load(home.path)) if row["reason"] == "home_readable"
        ]
        assert any(str(home.settings) in row["message"] for row in rows) is told
        assert "geheim" not in str(rows)
