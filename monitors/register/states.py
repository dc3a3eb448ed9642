"""Whether an account is in use, from every column that says something of it, and from the remarks."""

from __future__ import annotations

import re

from monitors.nouns import State
from monitors.register.cells import Cell, Cells
from monitors.register.text import hidden
from monitors.register.vocabulary import Vocabulary

_GRAVITY: tuple[State, ...] = ("在用", "停用", "注销")
# 是否注销 and 是否停用 ask the other way round.
_ASKED = re.compile(r"(?:是否|有无).*(停用|注销)")


def state_of(cells: Cells) -> State:
    """Give the account's state: of several columns the gravest word counts; unknown words are told."""
    found: list[State] = []
    for cell in cells.all("state"):
        state = _asked(cell, cells.vocabulary) or cells.vocabulary.state(cell.text)
        found.append(state or _unknown(cells, cell))
    if found:
        return max(found, key=_GRAVITY.index)
    note = cells.first("note")
    if note and len(note.text) > 1 and (state := cells.vocabulary.state(note.text)) in ("停用", "注销"):
        message = f"“{note.column.heading}”写着“{hidden(note.text)}”，按“{state}”处理。请填到“状态”一列。"
        cells.say("warning", "state_in_note", message, note)
        return state
    return "在用"


def _asked(cell: Cell, vocabulary: Vocabulary) -> State | None:
    asked = _ASKED.search(cell.column.heading)
    said = vocabulary.verified(cell.text) if asked else None
    if asked is None or said is None:
        return None
    return next(state for state in _GRAVITY if state == asked[1]) if said else "在用"


def _unknown(cells: Cells, cell: Cell) -> State:
    """Say that a word is not known: an error, but in a column of remarks on the running a warning."""
    heading = cell.column.heading
    message = f"状态“{hidden(cell.text)}”不认识，请填 在用、停用 或 注销。"
    if "情况" in heading or "状况" in heading:
        message = (
            f"“{heading}”里的“{hidden(cell.text)}”看不出是否在用，先按在用处理；请填 在用、停用 或 注销。"
        )
        cells.say("warning", "unknown_state", message, cell)
    else:
        cells.say("error", "unknown_state", message, cell)
    return "在用"
