"""Accounts that bear exactly the name of a registered one: is it that one itself, perhaps, or another?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from monitors.gravity import is_own
from monitors.names.folds import folded
from monitors.nouns import Account, NameMatch, PlatformFacts, Profile, Reason


def judged(
    match: NameMatch,
    profile: Profile,
    accounts: Iterable[Account],
    facts: PlatformFacts,
    *,
    school: str,
    moved: Collection[str] = (),
) -> NameMatch:
    """Judge an account that is not in the register but bears the name of one that is; `match` says so.

    It is flagged where it certainly is another account: nobody can tell the two apart by name. `accounts` are
    all of the register, `facts` those of the platform on which it was met, `school` is the school's full
    name, `moved` the keys of accounts that have moved and the ids to which they did.
    """
    name = folded(profile.name)
    same = [one for one in accounts if one.state != "注销" and folded(one.name) == name]
    here = [one for one in same if one.platform == facts.name]
    ours = any(one.key in moved or _may_be(one, profile, facts) for one in here)
    if ours or profile.handle in moved or is_own(profile, school):
        return match
    why = (
        "与台账里的账号同名，账号ID却不同"
        if here
        else f"与台账里其他平台的账号同名，台账里没有它在{facts.title}的账号"
    )
    return replace(
        match,
        school=school,
        score=1.0,
        flag=True,
        reading="passes_off",
        kind="exact",
        protected=same[0].name if same else profile.name,
        reasons=(Reason(profile.name, same[0].name if same else profile.name, why),),
    )


def _may_be(account: Account, profile: Profile, facts: PlatformFacts) -> bool:
    """Is this the filed account, as far as can be told? Ids of two kinds cannot be compared."""
    known = [handle for handle in (account.handle, *account.aliases) if handle]
    if profile.handle is None or not known or profile.handle in known:
        return True
    return facts.id_form(profile.handle) not in {facts.id_form(handle) for handle in known}
