"""Names in every disguise: always an answer, the same one twice, and a disguise that nobody sees hides nothing."""

from functools import cache

import twoschools

from fuzz.grave import Grave

BASES = (
    "云岭大学",
    "云岭大学招生办",
    "云玲大学",
    "青杉理工大学新生群",
    "云岭大表白墙",
    "yunling daxue",
    "YLU官方",
    "云岭师范学院",
)
OWN = ("云岭大学融媒体中心", "云小岭")
UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u202e\u202a\u00ad\ufe0f"
STUFF = "的了官方墙吧君号 -_.·★😀🏫0123456789abcXYZ（）【】岭嶺玲学學⼤太\u0301\ud800\x00\n\t%*+?[](){}|\\^$"


@cache
def matcher():
    return twoschools.watching()


def between(name, rng):
    """The name with marks between some characters that nobody sees."""
    return "".join(letter + (rng.choice(UNSEEN) if rng.random() < 0.6 else "") for letter in name)


def a_round(rng):
    """Score one name; hold it to what every name is promised."""
    base = rng.choice((*BASES, *OWN))
    name = list(base)
    for _ in range(rng.randint(0, 8)):
        where = rng.randint(0, len(name))
        match rng.randrange(4):
            case 0:
                name.insert(where, rng.choice(STUFF))
            case 1:
                name[where : where + 1] = []
            case 2:
                name[where : where + 1] = [
                    chr(rng.choice((rng.randrange(0x4E00, 0x9FFF), rng.randrange(0x20, 0x110000))))
                ]
            case _:
                name = name * rng.choice((1, 1, 2, 40)) if len(name) < 50 else name
    told = _told(base, "".join(name), rng)
    if told:
        said = ascii("".join(name))
        raise Grave(
            f"{told}: {said}", lambda to: (to.mkdir(parents=True), (to / "name.txt").write_text(said))
        )


def _told(base, name, rng):
    found = matcher().score(name)
    if not 0 <= found.score <= 1 or found.candidate != name:
        return "no score, or of another name"
    if found.flag != (found.reading is not None) or found.flag != bool(found.reasons):
        return "a flag without a reading and a reason"
    if matcher().score(name) != found or list(matcher().matches(["山间小店", name]))[1] != found:
        return "the same name is answered in two ways"
    # Copied from a page it brings unseen marks at its ends; within it, nobody but a disguise has them.
    if base in OWN and matcher().score(f"{rng.choice(UNSEEN)}{base}{rng.choice(UNSEEN)}").flag:
        return "the school's own account is flagged"
    hidden = matcher().score(between(base, rng))
    return "an unseen mark hides a name" if matcher().score(base).flag and not hidden.flag else None
