"""What is let go when its term is over: what stays of a forgotten sighting, and a row for each purge."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is forgotten yet; the next night lets go what the settings say."""
    op.create_table(
        "forgotten",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_forgotten")),
    )
    op.create_table(
        "purge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone", sa.JSON(), nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge")),
    )
    searches = sa.text("outcome = 'Sightings'")
    op.create_index(
        "ix_observation_searches", "observation", ["day"], sqlite_where=searches, postgresql_where=searches
    )


def downgrade() -> None:
    """Back to a ledger that lets nothing go."""
    op.drop_index("ix_observation_searches", "observation")
    op.drop_table("purge")
    op.drop_table("forgotten")
