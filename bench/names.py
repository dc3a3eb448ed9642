"""How many names a second the matcher judges, against one school and against sixty, beside rapidfuzz's WRatio.

`python bench/names.py [NAMES]`, by default 20,000. The list is generated: a fifth are imitations, the rest the other
schools, their bodies and ordinary names. All figures are of one core, in one run, on the same list.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from random import Random

from rapidfuzz import fuzz, process

from monitors.names import Matcher, Protected, of_school
from monitors.names.competitors import universities
from monitors.names.tables.samples import after, chosen, imitations, innocent

SCHOOLS, TAKEN = 60, 1_000  # WRatio is timed on so many names only


def watched(count: int) -> tuple[Protected, ...]:
    """Names of so many schools of the list, with their English names and initials."""
    rng, found = Random(count), []
    for one in rng.sample([u for u in universities() if u.short and u.english], count):
        letters = "".join(word[0] for word in one.english[0].split() if word[0].isupper())
        found += of_school(
            one.name,
            [one.name],
            former=one.former[:1],
            short=one.short[:2],
            english=one.english[:1],
            initials=[letters],
        )
    return tuple(found)


def names(count: int) -> list[str]:
    """The list: imitations of some schools, and names that imitate nobody."""
    rng = Random(7)
    protected = chosen(universities(), rng, SCHOOLS)
    own = {one.text for one in protected}
    rest = tuple(one for one in universities() if one.name not in own)
    made = [sample.name for sample in imitations(protected, rng, 4)]
    made = rng.sample(made, min(len(made), count // 5))
    made += [sample.name for sample in innocent(protected, rest, rng, count - len(made) - count // 50)]
    made += [rng.choice(rest).name + after(rng) for _ in range(count // 50)]
    rng.shuffle(made)
    return made


def rate(work: Callable[[Sequence[str]], object], listed: Sequence[str]) -> float:
    """Names a second of processor time."""
    begin = time.process_time()
    work(listed)
    return len(listed) / (time.process_time() - begin)


def main() -> None:
    listed = names(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
    few = listed[:TAKEN]
    print(f"{'schools':>8}{'references':>12}{'matcher':>12}{'WRatio':>12}{'ratio':>8}")
    for count in (1, SCHOOLS):
        protected = watched(count)
        texts = [one.text for one in protected]
        matcher = Matcher(protected)
        ours = rate(lambda some, matcher=matcher: list(matcher.matches(some)), listed)
        theirs = rate(
            lambda some, texts=texts: process.cdist(some, texts, scorer=fuzz.WRatio, workers=1), few
        )
        print(f"{count:8}{len(texts):12}{ours:10,.0f}/s{theirs:10,.0f}/s{ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
