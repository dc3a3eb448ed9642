"""What the other side of a channel says, within a total time and size, however it drips or floods."""

from __future__ import annotations

import io
import socket
import time


class Listening(io.RawIOBase):
    """A socket's own words: `seconds` and `most` bytes for all of an answer, `again` begins the next one.

    Reading on raises `TimeoutError` or, past the size, `ConnectionAbortedError`. A socket's own timeout is not enough:
    it begins anew with every byte.
    """

    def __init__(self, sock: socket.socket, seconds: float, most: int) -> None:
        self._sock, self._file = sock, sock.makefile("rb", buffering=0)
        self._seconds, self._most = seconds, most
        self.again()

    def again(self) -> None:
        """Begin the next answer."""
        self._until, self._left = time.monotonic() + self._seconds, self._most

    def readable(self) -> bool:
        """As a file for reading has it."""
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        """Take what has come, waiting no longer than what is left of the time."""
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("timed out")
        if self._left <= 0:
            raise ConnectionAbortedError("too long an answer")
        self._sock.settimeout(seconds)
        count = self._file.readinto(buffer)
        self._left -= count or 0
        return count

    def close(self) -> None:
        """Let go of the socket."""
        self._file.close()
        super().close()
