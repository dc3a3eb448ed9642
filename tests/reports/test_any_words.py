"""Whatever anybody calls an account: every page parses, holds no script, and shows the words as they are."""

import re
from html.parser import HTMLParser

import invented_ledger as invented
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from invented_ledger import MONDAY, SUNDAY, Writer

from monitors import tables
from monitors.nouns import Account
from monitors.register.contacts import Contact, Manager
from reports.weekly import week

PRIVATE = ("13900001111", "hidden@yunling.example", "王大明")
PIECES = st.sampled_from(
    [
        *("<script>", "</script>", "<img src=x onerror=alert(1)>", "</td></tr></table>", "</style>", "<!--", "-->"),
        *("<svg onload=alert(1)>", "]]>", "&lt;", "&amp;", "&#60;", "\"'`", " onmouseover=alert(1) ", "<base href=//e>"),
        *("{{ 7*7 }}", "{% raw %}", "{#", "${x}", "=1+1", "@SUM(A1)", "+86", "-2", "\t", "%s{0}", "javascript:alert(1)"),
        *("云岭大学", "官方", "表白墙", "𠮷", "👨‍👩‍👧", "e\u0301", "<", ">", "http://evil.example/", "\\u003c", "\\"),
    ]
)  # fmt: skip
WORDS = st.lists(
    PIECES | st.text(st.characters(categories=("L", "N", "P", "S")), max_size=6), min_size=1, max_size=6
)


class Seen(HTMLParser):
    """What a page holds that could act, and its words."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.acting, self.words, self.open, self.policy = [], [], [], None

    def handle_starttag(self, tag, attributes):
        self.open.append(tag)
        given = dict(attributes)
        if tag in ("script", "iframe", "object", "embed", "base", "form", "input"):
            self.acting.append(tag)
        self.acting += [name for name in given if name.startswith("on") or name in ("srcdoc", "formaction")]
        for name in {"href", "src", "xlink:href"} & given.keys():
            to = (given[name] or "").strip()
            local = name == "href" and not re.match(r"[a-z][a-z0-9+.-]*:", to, re.IGNORECASE)
            if not (to.startswith(("https://", "data:image/")) or local):
                self.acting.append(f"{name}={to}")
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.policy = given["content"]

    def handle_data(self, data):
        if self.open[-1:] not in (["style"], ["script"]):
            self.words.append(data)

    def handle_endtag(self, tag):
        self.open.append("/")


def seen(path):
    page = Seen()
    page.feed(path.read_text(encoding="utf-8"))
    page.close()
    return page


def squeezed(text):
    return re.sub(r"\s+|\u2060|\u200b|\xad", "", text)


def filled(writer, names):
    writer.night(SUNDAY, "weibo", asked=1, answered=1, doubt=names[0])
    for number, name in enumerate(names):
        account = writer.account(Account("weibo", f"{number}{name}", name, f"{name}部", note=PRIVATE[2]))
        writer.case(f"C-{number}", account.key, "sias-2020", "silence", "activity", [("opened", MONDAY)])
        writer.verdict(account.key, "sias-2020", "silence", "activity", "Breach", name, MONDAY)
        writer.decision(account.key, "unsure", MONDAY, why=f"{name} {PRIVATE[0]}")
        found = invented.match(name, name[::-1] or "云", "passes_off", 0.9, "combo", (name, name, name))
        writer.sighting(
            *("wechat", f"h{number}", name, found, MONDAY),
            link=f"javascript:{name}",
            by=name,
            verified=True,
            verified_as=name,
        )
        contact = Contact(
            phone=PRIVATE[0], email=PRIVATE[1], leader=PRIVATE[2], managers=(Manager(PRIVATE[2], PRIVATE[0]),)
        )
        writer.put(tables.contact, key=account.key, record=contact)


# Not made smaller: each example is a whole report.
@settings(max_examples=6, phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.lists(WORDS.map("".join), min_size=6, max_size=6, unique=True))
def test_no_words_whatsoever_act_in_a_page_or_break_it_and_nothing_private_comes_along(
    tmp_path_factory, names
):
    names = [name for name in names if name.strip()] or ["云岭大学"]
    folder = tmp_path_factory.mktemp("words")
    ledger = invented.opened(folder)
    with ledger.writing() as connection:
        filled(Writer(connection), names)
    with ledger.reading() as connection:
        made = week(
            connection, invented.WEEK, invented.law(), school=names[0], site=folder / "site", browser=None
        )
    ledger.close()
    pages = list((folder / "site").rglob("*.html"))
    assert len(pages) >= 3
    for path in pages:
        page = seen(path)
        assert page.acting == [], path
        whole = path.read_text(encoding="utf-8")
        assert [mark for mark in PRIVATE if mark in whole] == []
        assert whole.rstrip().endswith("</html>")
        if path.name == "report.html":
            assert "script-src 'none'" in page.policy or "default-src 'none'" in page.policy
            # Of these words only the tab is a sign that nobody sees, and pages name it.
            shown = squeezed("".join(page.words)).replace(squeezed("U+0009 制表符"), "")
            assert [name for name in names if squeezed(name) not in shown] == []
    assert made.paths
