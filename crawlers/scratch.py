"""A child's place for what is not kept: its browser's profile; what a killed night left goes with the next."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TextIO

_PREFIX = "xunjian-"
_LOCK = "lock"
# Between its making and its locking a folder looks left behind.
_YOUNG_SECONDS = 3600.0


class Scratch:
    """One folder for temporary files, locked as long as the process lives that made it."""

    def __init__(self) -> None:
        _sweep()
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self._lock = (self.path / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def _sweep() -> None:
    """Delete the folders of this user that no living process holds."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            mine = folder.is_dir() and not folder.is_symlink() and folder.stat().st_uid == os.geteuid()
            if mine and _left(folder):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:
            continue  # another process has just deleted it


def _left(folder: Path) -> bool:
    try:
        file = (folder / _LOCK).open()
    except FileNotFoundError:
        return time.time() - folder.stat().st_mtime > _YOUNG_SECONDS
    with file:
        return _free(file)


def _free(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
