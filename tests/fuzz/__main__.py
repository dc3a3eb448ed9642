"""`make fuzz`: change inputs for XUNJIAN_FUZZ_MINUTES, keep each that breaks a promise, and end with 1 then."""

import os
import resource
import sys
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random, SystemRandom

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from fuzz import feeds_changed, names_changed, registers_changed, settings_changed, visits_changed  # noqa: E402
from fuzz.grave import Grave, Target  # noqa: E402

MEMORY = 4 * 2**30
SLOW = 30.0  # seconds that no single input may take
# How many rounds of each come in a row, so that each gets some seconds: a register costs fifty times what a page does.
TARGETS = {
    Target("visits", visits_changed.a_round): 2000,
    Target("feeds", feeds_changed.a_round): 30,
    Target("rules", settings_changed.rules_round): 100,
    Target("school", settings_changed.school_round): 50,
    Target("names", names_changed.a_round): 30,
    Target("registers", registers_changed.a_round): 30,
}


def one(target, seed):
    """Make one round; give what went wrong, and how to keep its input."""
    begin = time.process_time()
    try:
        target.round(Random(f"{target.name}:{seed}"))
    except Grave as grave:
        return str(grave), grave.keep
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "".join(traceback.format_exception(error)), None
    took = time.process_time() - begin
    return (f"took {took:.0f} seconds", None) if took > SLOW else None


def main(minutes, seed, found_in):
    """Go through the targets in turn until the time is up."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rounds, broken, until = Counter(), {}, time.monotonic() + 60 * minutes
    print(f"seed {seed}, {minutes} minutes; a round again: python tests/fuzz --again TARGET:SEED")
    while time.monotonic() < until:
        for target, row in TARGETS.items():
            for _ in range(row):
                number = seed + rounds[target.name]
                rounds[target.name] += 1
                wrong = one(target, number)
                if wrong is None:
                    continue
                told, keep = wrong
                what = f"{target.name}: {told.splitlines()[0] if keep else told.splitlines()[-1]}"
                if what not in broken:
                    broken[what] = 0
                    print(f"\n{target.name}:{number}\n{told}", flush=True)
                    if keep:
                        keep(found_in / f"{target.name}-{number}")
                broken[what] += 1
    print("\n" + ", ".join(f"{name} {count}" for name, count in rounds.items()))
    print("\n".join(f"{count:6} {what}" for what, count in broken.items()) or "no promise was broken")
    return 1 if broken else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--again"]:
        name, _, number = sys.argv[2].partition(":")
        wrong = one(next(target for target in TARGETS if target.name == name), int(number))
        print(wrong[0] if wrong else "no promise was broken")
        sys.exit(1 if wrong else 0)
    given = float(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("XUNJIAN_FUZZ_MINUTES", "480"))
    start = int(os.environ.get("XUNJIAN_FUZZ_SEED", SystemRandom().randrange(10**9)))
    sys.exit(main(given, start, Path("build/fuzz")))
