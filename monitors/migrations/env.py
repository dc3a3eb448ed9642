"""Alembic's entry: runs the steps on the connection that `monitors.ledger` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from monitors.tables import Instant, Record, Words, metadata


def _plain(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """Write the stored type, not ours: a step of the past must not change with today's code."""
    if kind == "type" and isinstance(item, Record | Words):
        return "sa.Text()"
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    render_item=_plain,
)
with context.begin_transaction():
    context.run_migrations()
