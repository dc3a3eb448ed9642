"""The folder channel: every message a readable text and HTML file, for schools without a mail server."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from monitors.nouns import SHANGHAI
from reports.channels import Answer, Delivered, Entry, Letter, Refused
from reports.letters import html, plain
from reports.pages import put


class FolderChannel:
    """Writes `<day>-<message>.txt` and `.html` into one folder."""

    pace = None
    most = 1

    def __init__(self, path: Path) -> None:
        self.path = path

    def holds(self, entries: Sequence[Entry], rest: str = "") -> int:
        """A file holds any number."""
        return len(entries)

    def send(self, letter: Letter) -> Answer:
        """Write both files; a repeated message replaces its own files."""
        name = f"{letter.at.astimezone(SHANGHAI):%Y-%m-%d}-{letter.entries[0].number}"
        try:
            put(self.path / f"{name}.html", html(letter))
            put(self.path / f"{name}.txt", plain(letter))
        except OSError as error:
            return Refused(f"不能写入文件夹：{error.strerror}")
        return Delivered()
