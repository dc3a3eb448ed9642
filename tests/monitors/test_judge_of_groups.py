"""Chat groups of the accepted register before the judge: findings that cite a clause and make no case."""

from datetime import date

import ledgers
import sqlalchemy as sa

from crawlers.platforms import platforms
from monitors import accounts, holidays, rules, tables
from monitors.hearing import Filing
from monitors.judge import Law, judge
from monitors.ledger import Ledger
from monitors.names import Matcher, of_school
from monitors.register.acceptance import Applied
from monitors.register.changes import Version
from monitors.register.contacts import Contact
from monitors.register.groups import ChatGroup

LISTED = date(2026, 3, 2)
OLD = ChatGroup(
    "wechat_group", "教工群", "文学院", members=200, purpose="通知", confirmed_on=date(2026, 3, 4)
)
BARE = ChatGroup("qq_group", "新生群", "学生处", "700000001", members=480, confirmed_on=date(2026, 9, 1))
SMALL = ChatGroup("wechat_group", "三人群", "学生处", members=3)


def test_a_group_is_a_finding_until_it_is_confirmed_and_never_a_case(tmp_path):
    ledger = Ledger(ledgers.address(tmp_path))
    facts = {name: one.facts for name, one in platforms().items()}
    law = Law(
        rules.load(["ncwu-2023"]),
        holidays.loaded(None),
        facts,
        Matcher(of_school("云岭大学", ["云岭大学"]), allowed=[], registered=[]),
        assume_done=True,
        absent_canary=dict.fromkeys(facts, True),
        filing=lambda account: Filing(),
        school="云岭大学",
    )

    def accepted(*groups):
        people = {OLD.key: Contact(creator="甲某"), BARE.key: Contact(creator="乙某")}
        version = Version(contacts=people, groups=groups)
        with ledger.writing() as connection:
            applied = Applied(version, (), (), ())
            accounts.accept(connection, applied, sha256="0" * 64, day=LISTED, by="甲", refused=0)

    def told(day):
        with ledger.writing() as connection:
            judge(connection, law, day, [])
            assert connection.scalar(sa.select(sa.func.count()).select_from(tables.case)) == 0
            held = sa.select(tables.verdict).where(tables.verdict.c.to_day.is_(None))
            return {
                (row.key, row.policy, row.rule): (row.verdict, row.since)
                for row in connection.execute(held)
                if row.verdict not in ("Clear", "Unknown") and row.policy == "ncwu-2023"
            }

    accepted(OLD, BARE, SMALL)
    unlisted = {("qq_group:700000001", "ncwu-2023", "group-unlisted"): ("Breach", None)}
    assert told(date(2026, 9, 4)) == unlisted
    overdue = {
        ("wechat_group:name=教工群", "ncwu-2023", "group-unconfirmed"): ("Suspected", date(2026, 9, 5))
    }
    assert told(date(2026, 9, 5)) == unlisted | overdue
    confirmed = ChatGroup(
        "wechat_group", "教工群", "文学院", members=200, purpose="通知", confirmed_on=date(2026, 9, 5)
    )
    accepted(confirmed, SMALL)
    assert told(date(2026, 9, 6)) == {}
