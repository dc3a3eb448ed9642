"""What the register as a whole says of one account or group; an empty column says nothing."""

from datetime import date

import ledgers
import pytest

from monitors import accounts
from monitors.calendar import Calendar
from monitors.ledger import Ledger
from monitors.nouns import Account
from monitors.register.acceptance import Applied
from monitors.register.changes import Version, changes
from monitors.register.contacts import Contact, Manager
from monitors.register.filing import filing, of_groups
from monitors.register.groups import ChatGroup
from monitors.rules import load
from monitors.verdicts import verdicts

RULES = load(["ncwu-2023", "sias-2020"])


def account(handle="1234567890", unit="团委", platform="weibo", **more):
    return Account(platform, handle, f"云岭大学{handle}", unit, **more)


def group(name, members, confirmed=None, purpose="通知", **more):
    return ChatGroup(
        "wechat_group", name, "团委", members=members, confirmed_on=confirmed, purpose=purpose, **more
    )


def found(subject, day, held, rules=RULES):
    """Give {rule: verdict} of the filing rules, without those that are clear or not known."""
    given = verdicts(subject, None, rules, day, Calendar(), filing=held)
    return {
        f"{one.policy} {one.rule}": one
        for one in given
        if one.kind == "filing" and one.verdict in ("Breach", "Suspected")
    }


def test_missing_leaders_and_managers_are_said_where_others_have_them():
    filed = [account("1"), account("2"), account("4")]
    contacts = {
        "weibo:1": Contact(leader="甲某", managers=(Manager("乙某"),)),
        "weibo:4": Contact(supervisor="甲某"),
    }
    of = filing(Version(tuple(filed), contacts), {})
    assert [(of(one).has_leader, of(one).has_manager) for one in filed] == [
        (True, True),
        (False, False),
        (True, False),
    ]
    empty = filing(Version(tuple(filed)), {})(filed[0])
    assert (empty.has_leader, empty.has_manager, empty.held, empty.outsourced) == (None,) * 4


def test_one_person_is_known_by_number_or_by_name_in_the_unit():
    filed = [account(str(n), unit="团委" if n < 4 else "学生处") for n in range(1, 8)]
    contacts = {
        "weibo:1": Contact(managers=(Manager("甲某", "13800138000"),)),
        "weibo:2": Contact(managers=(Manager("甲某某", "13800138000"),)),
        "weibo:5": Contact(managers=(Manager("乙某", "13800138000"),)),
        "weibo:3": Contact(managers=(Manager("丙某"),)),
        "weibo:4": Contact(managers=(Manager("丙某"),)),
        "weibo:6": Contact(managers=(Manager("丁某"),)),
    }
    cancelled = account("7", unit="学生处", state="注销")
    contacts["weibo:7"] = contacts["weibo:6"]
    of = filing(Version((*filed[:6], cancelled), contacts), {})
    assert [of(one).held for one in filed[:6]] == [3, 3, 1, 1, 3, 1]


def test_more_than_five_accounts_in_one_hand_are_a_finding_of_the_patrol():
    six = [account(str(n)) for n in range(6)]
    contacts = {one.key: Contact(managers=(Manager("甲某", "13800138000"),)) for one in six}
    assert "patrol many-in-one-hand" in found(
        six[0], date(2026, 11, 20), filing(Version(tuple(six), contacts), {})(six[0])
    )
    five = Version(tuple(six[:5]), contacts)
    assert "patrol many-in-one-hand" not in found(six[0], date(2026, 11, 20), filing(five, {})(six[0]))


def test_two_accounts_of_a_unit_on_one_platform_are_found_where_both_are_in_use():
    filed = [
        account("1"),
        account("2", unit=" 团 委"),
        account("3", unit="学生处"),
        account("4", unit="学生处", state="停用"),
        account("5", unit="学生处", platform="bilibili"),
        account("6", unit="学生处", platform="other"),
        account("7", unit="学生处", platform="other"),
        # A student body under the same unit.
        account("8", tier="三级"),
    ]
    of = filing(Version(tuple(filed)), {})
    assert [of(one).siblings for one in filed] == [
        ("云岭大学2",),
        ("云岭大学1",),
        (),
        ("云岭大学3",),
        (),
        (),
        (),
        (),
    ]
    said = ["patrol several-on-one-platform" in found(one, date(2026, 11, 20), of(one)) for one in filed]
    # An account out of use is not judged.
    assert said == [True, True, *[False] * 6]


def test_outsourced_accounts_are_those_of_which_the_register_says_so():
    filed = [account(str(n)) for n in range(1, 6)]
    contacts = {
        "weibo:1": Contact(managers_status="外包"),
        "weibo:2": Contact(managers_status="非外包"),
        "weibo:3": Contact(managers=(Manager("云岭某某传媒有限公司"),)),
        "weibo:4": Contact(managers=(Manager("甲某"),), managers_status="在编"),
    }
    of = filing(Version(tuple(filed), contacts), {})
    assert [of(one).outsourced for one in filed] == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("listed", "late"),
    [(date(2026, 10, 9), False), (date(2026, 10, 10), False), (date(2026, 10, 12), True)],
)
def test_a_new_account_without_a_filing_date_is_judged_by_the_day_it_was_listed(listed, late):
    # Created on Sunday 27 September: 28, 29, 30, then 国庆 to 7 October; the fifth working day is the 9th.
    # 10 October is a make-up Saturday, 11 a Sunday.
    new = account(created_on=date(2026, 9, 27))
    held = filing(Version((new,)), {new.key: listed})(new)
    late_from = date(2026, 10, 10)
    assert ("sias-2020 filed-late" in found(new, date(2026, 11, 20), held)) == (listed >= late_from)
    assert late == (listed > late_from) or listed == late_from


def test_only_a_later_version_than_the_first_brings_a_new_account_in(tmp_path):
    ledger = Ledger(ledgers.address(tmp_path))
    first, second = account("1"), account("2")
    before = Version()
    for day, filed in ((date(2026, 3, 2), (first,)), (date(2026, 4, 1), (first, second))):
        after = Version(filed)
        with ledger.writing() as connection:
            outcome = Applied(after, (), (), tuple(changes(before, after)))
            accounts.accept(connection, outcome, sha256="0" * 64, day=day, by="甲", refused=0)
        before = after
    with ledger.reading() as connection:
        assert accounts.added(connection) == {second.key: date(2026, 4, 1)}


def test_groups_of_ten_that_lack_what_others_have_are_found():
    groups = [
        group("小", 9, purpose=None),
        group("齐", 10, date(2026, 11, 1)),
        group("缺", 10, date(2026, 11, 1), purpose=None),
        group("未知", None, purpose=None),
    ]
    contacts = {one.key: Contact(creator="甲某") for one in groups if one.name != "齐"}
    told = {
        subject.name: found(subject, date(2026, 11, 20), held)
        for subject, held in of_groups(groups, contacts, date(2026, 11, 1))
    }
    unlisted = {name: one["ncwu-2023 group-unlisted"].why for name, one in told.items() if one}
    assert unlisted == {
        "齐": "群成员 10 人，台账没有写创建人，请补填。",
        "缺": "群成员 10 人，台账没有写用途，请补填。",
    }


@pytest.mark.parametrize(
    ("members", "confirmed", "day", "verdict"),
    [
        (480, date(2026, 3, 4), date(2026, 9, 4), None),
        (480, date(2026, 3, 4), date(2026, 9, 5), "Suspected"),
        # A bare month may mean its last day.
        (480, date(2026, 5, 1), date(2026, 11, 30), None),
        (480, date(2026, 5, 1), date(2026, 12, 1), "Suspected"),
        (9, date(2020, 3, 4), date(2026, 9, 5), None),
        (None, date(2020, 3, 4), date(2026, 9, 5), "Suspected"),
        (480, None, date(2026, 7, 1), None),
        (480, None, date(2026, 7, 2), "Suspected"),
    ],
)
def test_a_group_that_nobody_confirmed_for_a_term_is_a_suspicion(members, confirmed, day, verdict):
    ((subject, held),) = of_groups([group("工作群", members, confirmed)], {}, date(2026, 1, 1))
    one = found(subject, day, held).get("ncwu-2023 group-unconfirmed")
    assert (one.verdict if one else None) == verdict


def test_groups_of_one_name_in_two_units_are_two_subjects_and_are_judged_by_nothing_else():
    groups = [group("工作群", 20, date(2020, 1, 1), shared_name=True)]
    ((subject, held),) = of_groups(groups, {}, date(2026, 1, 1))
    assert subject.key == groups[0].key == "wechat_group:name=工作群（团委）"
    given = verdicts(subject, None, RULES, date(2026, 11, 20), Calendar(), filing=held)
    assert {one.rule for one in given} == {"group-unlisted", "group-unconfirmed"}
    plain = verdicts(account(), None, RULES, date(2026, 11, 20), Calendar())
    assert not {one.rule for one in plain} & {"group-unlisted", "group-unconfirmed"}
