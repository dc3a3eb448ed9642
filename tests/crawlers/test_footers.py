"""What stands around a page's facts does not change them: years in its footer, and the encoding it came in."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from crawlers.platforms import platforms
from crawlers.reading import read
from crawlers.visits import load
from monitors.nouns import Found, Gone, Sightings

PAGES = Path(__file__).parent.parent / "pages"
FOLDERS = sorted(
    path.parent for path in PAGES.glob("*/*/visit.json") if path.parent.parent.name in platforms()
)
FOOTER = "<div class='footer'>© 2019-2026 云岭大学 版权所有 最后更新：2026-11-19 2019年1月1日 滇ICP备 20190101 号</div>"
FACTS = Found | Gone | Sightings


def outcome(visit):
    """What is read of a visit, without the platform's sentence in its full length."""
    said = read(platforms()[visit.platform], visit)
    return replace(said, says="") if isinstance(said, Gone) else said


def changed(visit, body):
    """The visit with every body put through `body`; None where nothing is changed by it."""
    pages = tuple(replace(page, body=body(page.body)) for page in visit.pages)
    return None if pages == visit.pages else replace(visit, pages=pages)


def with_footer(body):
    return body.replace(b"</body>", FOOTER.encode() + b"</body>")


def in_gb18030(body):
    try:
        text = body.decode()
        coded = text.encode("gb18030")
    except UnicodeError:
        return body
    # A few Chinese characters are bytes of UTF-8 too; such a body cannot be told apart by anybody.
    try:
        coded.decode()
    except UnicodeDecodeError:
        return coded
    return body


def with_mark(body):
    try:
        json.loads(body)
    except ValueError:
        return body
    return b"\xef\xbb\xbf" + body


def with_half_a_letter(body):
    """Cut one Chinese letter in the middle of the body, as a platform does that counts bytes."""
    try:
        text = body.decode()
    except UnicodeError:
        return body
    letters = [n for n, letter in enumerate(text) if "\u4e00" <= letter <= "\u9fff"]
    if len(letters) < 3:
        return body
    at = letters[len(letters) // 2]
    return text[:at].encode() + text[at].encode()[:2] + text[at + 1 :].encode()


def differing(body):
    """(folder, before, after) of every saved visit that states other facts then, and how many were put to the test."""
    tried, lost = 0, []
    for folder in FOLDERS:
        visit = load(folder)
        other = changed(visit, body)
        if other is not None:
            tried += 1
            before, after = outcome(visit), outcome(other)
            # A wall is known by its whole page; with a footer it may be an unknown one, and that accuses nobody.
            if before != after and isinstance(before, FACTS) | isinstance(after, FACTS):
                lost.append((folder.name, before, after))
    return tried, lost


def test_the_years_in_a_pages_footer_change_nothing_that_was_read():
    tried, lost = differing(with_footer)
    assert tried > 10
    assert lost == []


@pytest.mark.parametrize("body", [in_gb18030, with_mark])
def test_another_encoding_of_a_page_changes_nothing_that_was_read(body):
    tried, lost = differing(body)
    assert tried > 50
    assert lost == []


def test_one_broken_letter_makes_no_other_name_and_no_other_date():
    tried, lost = 0, []
    for folder in FOLDERS:
        visit = load(folder)
        before, cut = outcome(visit), changed(visit, with_half_a_letter)
        if cut is None or not isinstance(before, Found):
            continue
        tried += 1
        after = outcome(cut)
        # The broken letter itself may have stood in a name, a mark or a word that a reader looks for.
        if isinstance(after, Found) and (
            after.name not in (before.name, None) or after.verified_as not in (before.verified_as, None)
        ):
            lost.append((folder.name, before, after))
        elif isinstance(after, Found) and after.newest and after.newest.at != before.newest.at:
            lost.append((folder.name, before.newest, after.newest))
    assert tried > 100
    assert lost == []
