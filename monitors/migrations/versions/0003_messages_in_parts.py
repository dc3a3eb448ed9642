"""Messages know which part of a digest they are, where its full text lies, and whether their end was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Every message of before is a whole one; of dead ones among them the maintainer hears now."""
    # Added in place: making the table anew would drop what the alerts point to.
    op.add_column("message", sa.Column("part", sa.Integer, nullable=False, server_default="1"))
    op.add_column("message", sa.Column("parts", sa.Integer, nullable=False, server_default="1"))
    op.add_column("message", sa.Column("rest", sa.Text, nullable=False, server_default=""))
    op.add_column("message", sa.Column("mourned", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Back to messages without parts."""
    for name in ("mourned", "rest", "parts", "part"):
        op.drop_column("message", name)
