"""Takes from pypinyin's phrases the words, and the readings of those that are read otherwise than letter by letter.

python -m monitors.names.tables.phrases

pypinyin itself holds all readings of all 47,000 phrases in memory, forty megabytes; names need a fraction of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from pypinyin import Style, pinyin
from pypinyin.phrases_dict import phrases_dict
from pypinyin.style import convert

from monitors.names.tables.unicode_files import shipped


def phrases() -> Iterator[str]:
    """Give `word`, or `word, readings` with tone marks where a character is not read as it is alone."""
    for word, rows in sorted(phrases_dict.items()):
        readings = [row[0] for row in rows]
        heard = [convert(reading, Style.NORMAL, True) for reading in readings]
        alone = [pinyin(char, style=Style.NORMAL)[0][0] for char in word]
        yield word if heard == alone or len(heard) != len(word) else f"{word}\t{' '.join(readings)}"


if __name__ == "__main__":
    print(shipped("phrases.tsv.gz", phrases()))
