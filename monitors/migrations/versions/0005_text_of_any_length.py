"""Text of any length on a server, which held names, keys and ids to lengths that a file never did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COLUMNS = {
    "account": ("key", "platform", "handle", "state"),
    "account_week": ("key",),
    "alert": ("number", "about", "role"),
    "attestation": ("key",),
    "case": ("id", "key", "policy", "rule", "kind", "stage", "result"),
    "chat_group": ("key",),
    "contact": ("key",),
    "decision": ("key", "word"),
    "forgotten": ("key", "platform", "name"),
    "meeting": ("key",),
    "message": ("channel", "status"),
    "observation": ("platform", "key", "outcome", "witness"),
    "platform_night": ("platform",),
    "query": ("platform", "word"),
    "query_hit": ("platform", "word", "key"),
    "register_version": ("sha256",),
    "run": ("kind",),
    "sighting": ("key", "platform", "handle"),
    "standing": ("key",),
    "step": ("case", "stage", "result"),
    "verdict": ("key", "policy", "rule", "kind", "verdict"),
}


def upgrade() -> None:
    """In a file the declared length has never meant anything, and the years in it need not be written anew."""
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, columns in _COLUMNS.items():
        for column in columns:
            op.alter_column(table, column, type_=sa.Text())


def downgrade() -> None:
    """What is longer than a column once was cannot be put back into it."""
