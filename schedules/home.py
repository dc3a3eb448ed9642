"""The home directory: where everything of one school lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, make_url


@dataclass(frozen=True)
class Home:
    """Paths inside the home; nothing here is ever in git."""

    path: Path

    @classmethod
    def chosen(cls, option: Path | None) -> Home:
        """`--home`, else `$XUNJIAN_HOME`, else `./home`."""
        return cls(Path(option or os.environ.get("XUNJIAN_HOME") or "home").resolve())

    @property
    def settings(self) -> Path:
        return self.path / "school.toml"

    @property
    def notes(self) -> Path:
        return self.path / "notes"

    @property
    def evidence(self) -> Path:
        return self.path / "evidence"

    @property
    def notices(self) -> Path:
        return self.path / "notices"

    @property
    def templates(self) -> Path:
        """The school's own forms of the notices."""
        return self.path / "templates"

    @property
    def messages(self) -> Path:
        """Alerts while no channel is configured, and digests too large for theirs."""
        return self.path / "messages"

    @property
    def site(self) -> Path:
        return self.path / "site"

    def served(self, *parts: str) -> Path:
        """A folder of the site that a web server, being another user, may enter."""
        folder = self.site
        for part in ("", *parts):
            folder /= part
            folder.mkdir(exist_ok=True)
            folder.chmod(0o755)
        return folder

    @property
    def backups(self) -> Path:
        return self.path / "backups"

    @property
    def walls(self) -> Path:
        """The bad nights of a rehearsal; most homes have none."""
        return self.path / "walls.toml"

    @property
    def lock(self) -> Path:
        return self.path / "night.lock"

    @property
    def sending(self) -> Path:
        """Held while messages go out: an attempt found begun then belongs to a dead process."""
        return self.path / "sending.lock"

    def database(self, url: str | None) -> URL:
        """The ledger's address."""
        return make_url(url) if url else URL.create("sqlite", database=str(self.path / "ledger.sqlite3"))
