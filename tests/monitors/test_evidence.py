"""What a night keeps as evidence: whole, once, and found out when a byte of it changes."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import ledgers
import pytest
import sqlalchemy as sa
from conftest import started, xunjian
from warcio.archiveiterator import ArchiveIterator

from monitors import evidence, tables
from monitors.ledger import Ledger
from monitors.memory import store
from monitors.notes import NoteFile, without_bodies
from monitors.nouns import Blocked, Body, Found, Note

DAY = "2026-03-02"
BEFORE, TONIGHT = date(2026, 3, 1), date(2026, 3, 2)
SEEN = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The home after one night on one platform."""
    home = tmp_path_factory.mktemp("evidence") / "home"
    started(home)
    night = xunjian(home, "night", "--day", DAY, "--platform", "bilibili")
    assert night.code == 0, night.err
    return home


def manifest(home):
    return [json.loads(line) for line in (home / "evidence" / "manifest.jsonl").read_text().splitlines()]


def records(path):
    with path.open("rb") as file:
        return [
            (one.rec_type, one.rec_headers.get_header("WARC-Target-URI"), one.content_stream().read())
            for one in ArchiveIterator(file)
        ]


class TestOneNight:
    def test_every_step_of_a_case_rests_on_a_kept_file(self, walked):
        steps = [
            (row["case"], n, one["stage"])
            for row in xunjian(walked, "cases", "--json").rows
            for n, one in enumerate(row["trail"], 1)
            if not row["key"].startswith("bilibili:name=") and row["rule"] == "silence"
        ]
        told = " ".join(entry["why"] for entry in manifest(walked))
        assert steps
        assert [one for one in steps if f"step {one[0]} {one[1]} {one[2]}" not in told] == []

    def test_a_flagged_sighting_keeps_the_search_that_met_it(self, walked):
        met = [f["key"] for f in xunjian(walked, "findings", "--json").rows if f["kind"] == "sighting"]
        kept = {e["why"]: e["file"] for e in manifest(walked) if "sighting" in e["why"]}
        assert met
        for key in met:
            assert any(f"sighting {key}" in why for why in kept)

    def test_the_archive_holds_the_note_and_each_answer_under_its_original_address(self, walked):
        notes = NoteFile.of(walked / "notes", DAY, "bilibili")
        entry = next(e for e in manifest(walked) if e["file"].endswith(".warc.gz") and "step" in e["why"])
        note = next(n for n in notes.read() if n.key == entry["key"] and n.purpose == "account")
        kinds = records(walked / "evidence" / entry["file"])
        assert json.loads(kinds[0][2])["subject"] == note.subject
        answered = [(b.url, (notes.bodies / b.sha256).read_bytes()) for b in note.bodies if b.sha256]
        assert answered
        assert [(url, body) for kind, url, body in kinds if kind == "response" and body] == answered

    def test_the_head_of_a_browsed_profile_is_kept_as_a_picture(self, walked):
        pictures = [walked / "evidence" / e["file"] for e in manifest(walked) if e["file"].endswith(".jpeg")]
        assert pictures
        assert all(path.read_bytes().startswith(b"\xff\xd8\xff") for path in pictures)

    def test_a_second_judging_keeps_nothing_twice_and_old_bodies_go(self, walked):
        old = walked / "notes" / "2026-01-01"
        (old / "bodies").mkdir(parents=True)
        (old / "bilibili.jsonl").write_text("")
        before = (walked / "evidence" / "manifest.jsonl").read_bytes()
        files = sorted(walked.glob("evidence/*"))
        again = xunjian(walked, "judge", "--day", DAY)
        assert again.code == 0, again.err
        assert (walked / "evidence" / "manifest.jsonl").read_bytes() == before
        assert sorted(walked.glob("evidence/*")) == files
        assert (old / "bilibili.jsonl").exists()
        assert not (old / "bodies").exists()
        gone = xunjian(walked, "judge", "--day", "2026-01-01", "--reread")
        assert gone.code == 1
        assert "原始页面不在了" in gone.err

    def test_what_a_kill_kept_from_the_manifest_is_listed_by_the_next_run(self, walked):
        path = walked / "evidence" / "manifest.jsonl"
        before = path.read_bytes()
        path.write_bytes(before[: before[:-1].rfind(b"\n") + 20])
        assert xunjian(walked, "judge", "--day", DAY).code == 0
        assert path.read_bytes() == before

    def test_verify_names_each_changed_and_each_missing_file(self, walked):
        whole = xunjian(walked, "evidence", "verify", "--json")
        assert (whole.code, whole.rows) == (0, [])
        first, second = list(dict.fromkeys(e["file"] for e in manifest(walked)))[:2]
        changed, missing = walked / "evidence" / first, walked / "evidence" / second
        content, other = changed.read_bytes(), missing.read_bytes()
        changed.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        missing.unlink()
        said = xunjian(walked, "evidence", "verify", "--json")
        assert said.code == 1
        assert {(r["file"], r["problem"]) for r in said.rows} == {(first, "changed"), (second, "missing")}
        changed.write_bytes(content)
        missing.write_bytes(other)
        assert xunjian(walked, "evidence", "verify").code == 0

    def test_a_word_changed_in_the_manifest_itself_is_found(self, walked):
        path = walked / "evidence" / "manifest.jsonl"
        before = path.read_bytes()
        path.write_bytes(before.replace(b'"why": "step', b'"why": "slip', 1))
        said = xunjian(walked, "evidence", "verify", "--json")
        path.write_bytes(before)
        assert said.code == 1
        assert said.rows[0]["file"] == "manifest.jsonl:2"


# ── what counts as a change ─────────────────────────────────────────────────────────────────────


def note(outcome, **more):
    return Note("weibo", "account", "6123450987", SEEN, outcome, **more)


def asked(tmp_path, before, tonight):
    """Give the reasons to keep tonight's note of the same account."""
    ledger = Ledger(ledgers.address(tmp_path))
    with ledger.writing() as connection:
        store(connection, BEFORE, "weibo", before)
        store(connection, TONIGHT, "weibo", tonight)
        return [one.why for one in evidence.wanted(connection, TONIGHT, tonight)]


def test_an_outcome_of_another_kind_is_kept_and_one_of_the_same_kind_is_not(tmp_path):
    shown, walled = note(Found("云岭大学")), note(Blocked("captcha"))
    assert asked(tmp_path, [shown], [walled]) == [("outcome Found -> Blocked",)]


def test_the_same_kind_again_is_no_change(tmp_path):
    assert asked(tmp_path, [note(Found("云岭大学"))], [note(Found("云岭大学招生"))]) == []


def test_what_is_seen_for_the_first_time_has_not_changed(tmp_path):
    assert asked(tmp_path, [], [note(Blocked("captcha"))]) == []


def test_the_canary_and_the_feed_of_an_account_are_not_its_page(tmp_path):
    feed = replace(note(Found(None)), purpose="feed")
    assert asked(tmp_path, [feed], [note(Blocked("captcha"))]) == []


def test_a_body_that_is_not_what_its_name_says_is_no_evidence(tmp_path, caplog):
    file = NoteFile.of(tmp_path / "notes", DAY, "weibo")
    file.bodies.mkdir(parents=True)
    digest = file.keep(b"as it was answered")
    (file.bodies / digest).write_bytes(b"as somebody wants it")
    spoilt = note(Found("云岭大学"), bodies=(Body("https://m.weibo.cn/u/6123450987", 200, digest),))
    kept = evidence.keep(tmp_path / "evidence", file, TONIGHT, [evidence.Exhibit(spoilt, 0, ("step",))])
    assert kept == 0
    assert list((tmp_path / "evidence").glob("*.warc.gz")) == []
    assert "has changed" in caplog.text


def test_bodies_are_deleted_only_after_their_term(tmp_path):
    for day in ("2026-02-15", "2026-02-16", "2026-03-02", "not-a-day"):
        (tmp_path / day / "bodies").mkdir(parents=True)
    without_bodies(tmp_path, TONIGHT, 14)
    left = {path.parent.name for path in tmp_path.glob("*/bodies")}
    assert left == {"2026-02-16", "2026-03-02", "not-a-day"}


# ── when its term is over ───────────────────────────────────────────────────────────────────────


def old_evidence(tmp_path):
    """A ledger with one open case, and three files two years old: of that case, of its account, of nothing."""
    ledger = Ledger(ledgers.address(tmp_path))
    opened = {
        "id": "C2026-000001", "key": "weibo:1", "policy": "sias-2020", "rule": "silence", "kind": "activity",
        "episode": 1, "stage": "opened", "opened_on": BEFORE, "stage_on": BEFORE, "provisional": False,
    }  # fmt: skip
    with ledger.writing() as connection:
        connection.execute(sa.insert(tables.case).values(**opened))
    file = NoteFile.of(tmp_path / "notes", DAY, "weibo")
    file.bodies.mkdir(parents=True)
    long_ago = date(2024, 3, 1)
    for handle, why in (("9", "step C2026-000001 1 opened"), ("1", "outcome"), ("2", "outcome")):
        digest = file.keep(f"page of {handle}".encode())
        seen = replace(
            note(Found("云岭大学"), bodies=(Body(f"https://m.weibo.cn/u/{handle}", 200, digest),)),
            subject=handle,
        )
        assert evidence.keep(tmp_path / "evidence", file, long_ago, [evidence.Exhibit(seen, 0, (why,))]) == 1
    return ledger


def removed(ledger, tmp_path, days):
    with ledger.reading() as connection:
        return evidence.remove(connection, tmp_path / "evidence", TONIGHT, days)


def test_evidence_goes_after_its_term_but_not_what_a_case_rests_on(tmp_path):
    ledger = old_evidence(tmp_path)
    assert removed(ledger, tmp_path, 1000) == 0
    assert removed(ledger, tmp_path, 365) == 1
    assert {e["key"] for e in manifest(tmp_path) if (tmp_path / "evidence" / e["file"]).exists()} == {
        "weibo:9", "weibo:1",
    }  # fmt: skip
    assert (manifest(tmp_path)[-1]["key"], manifest(tmp_path)[-1]["why"]) == (
        "weibo:2",
        "removed after 365 days",
    )
    assert evidence.verify(tmp_path / "evidence") == (2, [])
    assert removed(ledger, tmp_path, 365) == 0
    with ledger.writing() as connection:
        connection.execute(tables.case.update().values(closed_on=date(2024, 6, 1)))
    assert removed(ledger, tmp_path, 365) == 2
    assert evidence.verify(tmp_path / "evidence") == (0, [])
    assert list((tmp_path / "evidence").glob("*.warc.gz")) == []


def test_a_kill_between_the_line_and_the_file_leaves_no_file_for_good(tmp_path):
    ledger = old_evidence(tmp_path)
    [left] = [tmp_path / "evidence" / e["file"] for e in manifest(tmp_path) if e["key"] == "weibo:2"]
    content = left.read_bytes()
    assert removed(ledger, tmp_path, 365) == 1
    left.write_bytes(content)
    assert removed(ledger, tmp_path, 365) == 0
    assert not left.exists()


def test_one_changed_byte_of_any_file_of_the_evidence_is_found(tmp_path):
    old_evidence(tmp_path)
    folder = tmp_path / "evidence"
    assert evidence.verify(folder) == (3, [])
    assert {"manifest.jsonl", "manifest.seal"} < {path.name for path in folder.iterdir()}
    for path in folder.iterdir():
        whole = path.read_bytes()
        for place in {*range(0, len(whole), 7), len(whole) - 2, len(whole) - 1}:
            if path.name == "manifest.seal" and place == len(whole) - 1:
                continue  # The end of its line says nothing.
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            _, flaws = evidence.verify(folder)
            named = "manifest.jsonl" if path.name.startswith("manifest") else path.name
            assert any(flaw.file.startswith(named) for flaw in flaws), (path.name, place)
        path.write_bytes(whole)
    assert evidence.verify(folder) == (3, [])


def test_lines_taken_from_the_end_of_the_manifest_are_missed_even_when_others_follow(tmp_path):
    ledger = old_evidence(tmp_path)
    path = tmp_path / "evidence" / "manifest.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    changed = [evidence.Flaw("manifest.jsonl", "changed")]
    assert evidence.verify(tmp_path / "evidence")[1] == changed
    assert removed(ledger, tmp_path, 365) == 0
    evidence._append(tmp_path / "evidence", [json.loads(lines[0]) | {"why": "step"}] * 2)
    assert evidence.verify(tmp_path / "evidence")[1] == changed


def test_what_a_kill_left_beyond_the_seal_is_no_change_and_is_sealed_by_the_next(tmp_path):
    ledger = old_evidence(tmp_path)
    seal = tmp_path / "evidence" / "manifest.seal"
    before = seal.read_bytes()
    assert removed(ledger, tmp_path, 365) == 1
    after = seal.read_bytes()
    seal.write_bytes(before)
    assert evidence.verify(tmp_path / "evidence") == (2, [])
    evidence._append(tmp_path / "evidence", [])
    assert seal.read_bytes() == after != before


def test_nothing_is_removed_by_a_manifest_that_somebody_has_changed(tmp_path, caplog):
    ledger = old_evidence(tmp_path)
    path = tmp_path / "evidence" / "manifest.jsonl"
    path.write_bytes(path.read_bytes().replace(b"weibo:1", b"weibo:7"))
    assert removed(ledger, tmp_path, 365) == 0
    assert len(list((tmp_path / "evidence").glob("*.warc.gz"))) == 3
    assert "not as it was written" in caplog.text
