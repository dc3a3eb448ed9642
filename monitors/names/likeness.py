"""How well each cell of a name can stand for each protected character, and by what likeness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from monitors.names.cells import JOINED, MUTE, SYLLABLE
from monitors.names.data import table
from monitors.names.folds import is_emoji
from monitors.names.shapes import alike, variants
from monitors.names.sounds import NEAR, SAME, nearness, sounds, syllables, wide_nearness

Floats = NDArray[np.float32]
Marks = NDArray[np.int8]


class By(IntEnum):
    """By what a cell stands for a character, the plainest first."""

    NOTHING = 0
    SAME = 1
    VARIANT = 2
    SOUND = 3
    OTHER_READING = 4
    NEAR_SOUND = 5
    GLYPH = 6
    DIGIT = 7
    EMOJI = 8
    PINYIN = 9
    LETTER = 10
    JOINED = 11


WORTH = {By.SAME: 1.0, By.VARIANT: 0.97, By.SOUND: 0.9, By.OTHER_READING: 0.8, By.JOINED: 0.92,
         By.PINYIN: 0.9, By.LETTER: 0.55, By.DIGIT: 0.85, By.EMOJI: 0.85}  # fmt: skip
WILD = 0.5  # any emoji may stand for any character


class Likeness:
    """Rows of worth (0 to 1) against a fixed set of protected characters, made when a cell is first met."""

    def __init__(self, chars: Sequence[str], spoken: dict[str, tuple[str, ...]], most: int = 30_000) -> None:
        self.chars = tuple(chars)
        self.column = {char: n for n, char in enumerate(self.chars)}
        self._spoken = [spoken.get(char) or sounds(char) for char in self.chars]
        self._most = most
        self._shapes: dict[str, list[tuple[int, float, By]]] = {}
        for n, char in enumerate(self.chars):
            for other, score in alike(char).items():
                worth = min(0.93, 0.52 + 0.9 * (score - 0.4))
                self._shapes.setdefault(other, []).append((n, worth, By.GLYPH))
            for other in variants(char):
                self._shapes.setdefault(other, []).append((n, WORTH[By.VARIANT], By.VARIANT))
        self._clear()

    def _clear(self) -> None:
        self._row: dict[int, int] = {}
        self.worth: Floats = np.zeros((256, len(self.chars)), np.float32)
        self.by: Marks = np.zeros((256, len(self.chars)), np.int8)
        self._heard: dict[tuple[str, bool], Floats] = {}

    def rows(self, codes: Iterable[int]) -> list[int]:
        """Give the row numbers of the cells; a chunk must not ask for more than fit at once."""
        row = self._row
        return [row[code] if code in row else self._add(code) for code in codes]

    def settle(self) -> None:
        """Forget all rows when there are too many; to be called between chunks."""
        if len(self._row) > self._most:
            self._clear()

    def _add(self, code: int) -> int:
        place = len(self._row)
        if place == len(self.worth):
            self.worth = np.concatenate([self.worth, np.zeros_like(self.worth)])
            self.by = np.concatenate([self.by, np.zeros_like(self.by)])
        self._row[code] = place
        self._fill(code, self.worth[place], self.by[place])
        return place

    def _fill(self, code: int, worth: Floats, by: Marks) -> None:
        if code >= MUTE:
            return
        if code >= JOINED:
            self._put(worth, by, chr(code - JOINED), WORTH[By.JOINED], By.JOINED)
        elif code >= SYLLABLE:
            self._hear(worth, by, (syllables()[code - SYLLABLE],), By.PINYIN)
        elif chr(code).isdigit():
            self._hear(worth, by, sounds(chr(code)), By.DIGIT)
        elif "a" <= chr(code) <= "z":
            for n, said in enumerate(self._spoken):
                if any(sound[0] == chr(code) for sound in said):
                    worth[n], by[n] = WORTH[By.LETTER], By.LETTER
        elif is_emoji(chr(code)):
            self._picture(worth, by, chr(code))
        else:
            self._character(worth, by, chr(code))

    def _put(self, worth: Floats, by: Marks, char: str, value: float, why: By) -> None:
        n = self.column.get(char)
        if n is not None and value > worth[n]:
            worth[n], by[n] = value, why

    def _character(self, worth: Floats, by: Marks, char: str) -> None:
        self._hear(worth, by, sounds(char), By.SOUND)
        for n, value, why in self._shapes.get(char, ()):
            if value > worth[n]:
                worth[n], by[n] = value, why
        self._put(worth, by, char, WORTH[By.SAME], By.SAME)

    def _picture(self, worth: Floats, by: Marks, sign: str) -> None:
        worth[:], by[:] = WILD, By.EMOJI
        words = table("emoji.tsv")[sign][0].split()
        for char in words[0] if words else "":
            self._hear(worth, by, sounds(char), By.EMOJI, 0.75)
        for char in dict.fromkeys("".join(words)):
            self._hear(worth, by, sounds(char)[:1], By.EMOJI, 0.6)
        for char in dict.fromkeys("".join(words)):
            self._put(worth, by, char, WORTH[By.EMOJI], By.EMOJI)

    def _hear(self, worth: Floats, by: Marks, said: Sequence[str], why: By, share: float = 0.0) -> None:
        """Raise the worth by sound; `why` names where the sound came from."""
        for place, sound in enumerate(said):
            near = self._ear(sound, why is By.DIGIT)
            full = share or (WORTH[why] if not place else WORTH[By.OTHER_READING])
            value = near * full
            better = value > worth
            worth[better] = value[better]
            if why is By.SOUND:
                by[better] = By.NEAR_SOUND
                by[better & (near >= SAME * 0.8)] = By.OTHER_READING
                if not place:
                    by[better & (near >= SAME)] = By.SOUND
                by[better & (near <= NEAR)] = By.NEAR_SOUND
            else:
                by[better] = why

    def _ear(self, sound: str, wide: bool) -> Floats:
        """Give the nearness of one syllable to every protected character; other readings count less."""
        key = (sound, wide)
        if key not in self._heard:
            judge = wide_nearness if wide else nearness
            self._heard[key] = np.array(
                [
                    max(
                        (judge(sound, own) * (0.88 if later else 1.0) for later, own in enumerate(said)),
                        default=0.0,
                    )
                    for said in self._spoken
                ],
                np.float32,
            )
        return self._heard[key]
