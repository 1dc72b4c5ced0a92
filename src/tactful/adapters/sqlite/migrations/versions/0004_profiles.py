"""
Traits with their times, and snapshots of what features are computed from.

The traits that are there are sealed: they are rewritten in their new form when next written, and
until then `oldest` says that they may be as old as can be.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the time of the oldest trait, and the table of snapshots."""
    op.add_column("traits", sa.Column("oldest", sa.BigInteger, server_default="0"))
    op.create_index("traits_by_age", "traits", ["oldest"])
    op.create_table(
        "features",
        sa.Column("subject", sa.Integer, sa.ForeignKey("subjects.id"), primary_key=True),
        sa.Column("purpose", sa.Text, primary_key=True),
        sa.Column("reached", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
