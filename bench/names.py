"""How many names a second the matcher judges, against one school and against sixty, beside rapidfuzz's WRatio.

`python bench/names.py [NAMES]`, by default 20,000. The list is generated: a fifth are imitations, the rest the other
schools, their bodies and ordinary names. All figures are of one core, in one run, on the same list.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from random import Random

from measures import Measure, numbers, peak, told
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


def measured(count: int) -> Iterator[Measure]:
    listed = names(count)
    few = listed[:TAKEN]
    for schools, bar in ((1, 20_000), (SCHOOLS, 2_000)):
        protected = watched(schools)
        texts = [one.text for one in protected]
        matcher = Matcher(protected)
        matcher.score(few[0])  # which builds it
        yield Measure(
            f"names against {schools} school(s), {len(texts)} protected names",
            rate(lambda some, matcher=matcher: list(matcher.matches(some)), listed), "names/s",
            "rapidfuzz WRatio",
            rate(lambda some, texts=texts: process.cdist(some, texts, scorer=fuzz.WRatio, workers=1), few),
            at_least=bar,
        )  # fmt: skip
    matcher, before = Matcher(watched(1)), peak()
    once = deque(matcher.matches(str(number) + name for number in range(20) for name in listed), maxlen=0)
    assert not once
    yield Measure(f"memory that {20 * count:,} names more take", peak() - before, "MB")


if __name__ == "__main__":
    told(measured(int(numbers((20_000,))[0])))
