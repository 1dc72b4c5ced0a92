"""
Background work, and what the store must know of the lake.

`work` says which chore is due and who does it.  For each day's table: up to which row it is in the
lake, since which batch, and whether readers find it there alone.  `feeding` holds the batch on its
way, `lake_owed` what the lake has yet to forget.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables, and give the days their marks."""
    op.create_table(
        "work",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("due_at", sa.Integer, nullable=False),
        sa.Column("claimed_until", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.Text, nullable=False),
        sa.Column("done_at", sa.Integer, nullable=False),
    )
    op.add_column("days", sa.Column("fed", sa.Integer, nullable=False, server_default="0"))
    op.add_column("days", sa.Column("first_batch", sa.Integer, nullable=False, server_default="0"))
    op.add_column("days", sa.Column("retired_at", sa.Integer))
    op.create_table(
        "lake",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.create_table(
        "feeding",
        sa.Column("batch", sa.Integer, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("upto", sa.Integer, nullable=False),
    )
    op.create_table(
        "lake_owed",
        sa.Column("subject", sa.Integer, primary_key=True),
        sa.Column("batch", sa.Integer, primary_key=True),
        sa.Column("purposes", sa.Integer, nullable=False),
    )
