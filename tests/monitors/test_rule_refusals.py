"""What a refused rule file says: the file, the rule, the key, and what to write instead."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitors.nouns import POST_KINDS
from monitors.rules import POLICIES, RuleError, load

HEAD = 'policy = "ours"\ndocument = "本校办法"\nchecked_on = 2026-11-20\n'
RULE = '[[rule]]\nrule = "one"\nclause = "第八条"\nasks = "要求。"\n'


def refused(folder, text):
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError) as told:
        load(["ours"], folder)
    return str(told.value)


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        (HEAD, "rule", "没有写任何规则；每条规则以 [[rule]] 开头"),
        (HEAD + 'rule = "one"\n', "rule", "没有写任何规则；每条规则以 [[rule]] 开头"),
        (
            HEAD.replace("ours", "theirs") + RULE + 'measure = "gone"\n',
            "policy",
            "应当与文件名相同，写成“ours”",
        ),
        (HEAD + 2 * (RULE + 'measure = "gone"\n'), "rule", "“one”写了两次，每条规则的名字只能用一次"),
        (
            HEAD + RULE + 'measure = "gone"\nplays_on_severity = "low"\n',
            "plays_on_severity",
            "只用于 name_match",
        ),
        (
            HEAD + RULE + 'measure = "gone"\nplatforms = ["weibo", "bilibli"]\n',
            "platforms",
            "是不是“bilibili”",
        ),
        (
            HEAD + RULE + 'measure = "gone"\ncircular_after = "1 month"\n',
            "circular_after",
            "从整改通知签收之日起算，请同时写 notice = true",
        ),
        (
            HEAD + RULE + 'measure = "gone"\nnotice = true\nclosure_after = "1 month"\n',
            "closure_after",
            "从通报之日起算，请同时写 circular_after",
        ),
        (
            HEAD + RULE + 'measure = "silence"\n',
            "more_than",
            "要写期限：“超过”写 more_than，“满”写 or_more，两者只写一个",
        ),
        (
            HEAD + RULE + 'measure = "silence"\nmore_than = "1 month"\nor_more = "1 month"\n',
            "more_than",
            "要写期限：“超过”写 more_than，“满”写 or_more，两者只写一个",
        ),
        (HEAD + RULE + 'measure = "gone"\nmore_than = "1 month"\n', "more_than", "gone 没有期限，请删去"),
        (HEAD + RULE + 'measure = "gone"\nor_more = "1 month"\n', "or_more", "gone 没有期限，请删去"),
        (HEAD + RULE + 'measure = "unseen"\n', "count", "unseen 要写数目"),
        (HEAD + RULE + 'measure = "gone"\ncount = 2\n', "count", "gone 没有数目，请删去"),
        (HEAD + RULE + 'measure = "gone"\ncounts = ["post"]\n', "counts", "gone 不看发布的内容，请删去"),
        (
            HEAD + RULE + 'measure = "silence"\nmore_than = "1 month"\ncounts = ["forward"]\n',
            "counts",
            "自己发布的内容（post）总要算",
        ),
    ],
)
def test_a_refusal_names_file_and_key_and_says_what_to_write(tmp_path, text, key, says):
    told = refused(tmp_path, text)
    assert told.startswith("ours.toml")
    assert f" 的 {key}：" in told
    assert says in told


def test_a_rule_that_is_no_table_or_has_no_name_is_called_by_its_number(tmp_path):
    told = refused(tmp_path, HEAD + RULE + 'measure = "gone"\n[[rule]]\nclause = "第九条"\n')
    assert "规则“第 2 条”" in told
    assert "第 1 条" in refused(tmp_path, HEAD + 'rule = ["one"]\n')


def test_a_rule_with_no_word_on_it_makes_a_case_is_a_filing_and_counts_every_kind(tmp_path):
    (tmp_path / "ours.toml").write_text(
        HEAD + RULE.replace("第八条", "第八条") + 'measure = "no_leader"\nchecked_on = 2026-01-02\n',
        encoding="utf-8",
    )
    one = load(["ours"], tmp_path)[0]
    assert (one.case, one.kind, one.counts) == (True, "filing", POST_KINDS)
    assert one.checked_on.isoformat() == "2026-01-02"


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + (HEAD + RULE + 'measure = "gone"\n').encode(),
        (HEAD + RULE + 'measure = "gone"\n').replace("\n", "\r\n").encode(),
    ],
)
def test_a_rule_file_saved_by_a_windows_editor_is_read(tmp_path, body):
    (tmp_path / "ours.toml").write_bytes(body)
    assert load(["ours"], tmp_path)[0].rule == "one"


@pytest.mark.parametrize(
    "body",
    [
        HEAD.encode()[:-9],
        (HEAD + RULE).encode() + b"measure",
        b"a = " + b"[" * 20_000,
        b"a = " + b"1" * 5_000,
        HEAD.encode("gb18030"),
        HEAD.encode("utf-16"),
        b"",
    ],
    ids=["cut", "half a line", "deep", "a long number", "gb18030", "utf-16", "empty"],
)
def test_a_half_written_rule_file_is_refused_by_name(tmp_path, body):
    (tmp_path / "ours.toml").write_bytes(body)
    with pytest.raises(RuleError, match="ours"):
        load(["ours"], tmp_path)


PRESETS = {
    path.stem: path.read_text(encoding="utf-8").split("\n")
    for path in sorted(POLICIES.glob("*.toml"))
    if path.stem != "template"
}


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(sorted(PRESETS)), st.data())
def test_however_a_rule_file_is_edited_it_is_loaded_or_refused_and_never_without_a_limit(
    tmp_path, name, data
):
    lines = list(PRESETS[name])
    for _ in range(data.draw(st.integers(1, 3))):
        where = data.draw(st.integers(0, len(lines) - 1))
        lines[where] = data.draw(
            st.sampled_from(["", "[[rule]]", lines[where][:-1], f"{lines[where].split('=')[0]}= 0"])
            | st.text(max_size=20)
        )
    for other in tmp_path.iterdir():
        other.unlink()
    (tmp_path / f"{name}.toml").write_text("\n".join(lines), encoding="utf-8", errors="replace")
    try:
        rules = load([name], tmp_path)
    except RuleError as refusal:
        assert name in str(refusal)
        return
    for one in rules:
        assert one.clause and one.asks and one.document
        assert (one.limit is not None) == (
            one.measure
            in (
                "silence",
                "never_posted",
                "cancellation_unfiled",
                "filed_late",
                "review_overdue",
                "group_unconfirmed",
            )
        )
        assert one.limit is None or one.limit.count >= 1
