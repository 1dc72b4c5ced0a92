"""
Who is one person: links between subjects, which can be taken away again.

Of an identifier it is kept whether it is shared, and who else claimed it; of a residence and a
group when they were told, so that of one person's several the newest counts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables of persons, merges and claims, and widen those of subjects."""
    op.create_table(  # who is not in it was never merged
        "persons",
        sa.Column("subject", sa.Integer, primary_key=True),
        sa.Column("person", sa.Integer, nullable=False),
    )
    op.create_index("persons_by_person", "persons", ["person"])
    op.create_table(  # rows are blanked, never deleted: see persons.py
        "merges",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kept", sa.Integer, nullable=False),
        sa.Column("absorbed", sa.Integer, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),  # microseconds, as in statements
        sa.Column("evidence", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("undone_at", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("merges_by_kept", "merges", ["kept"])
    op.create_index("merges_by_absorbed", "merges", ["absorbed"])
    op.create_table(
        "claims",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("blind_index", sa.LargeBinary, primary_key=True),
        sa.Column("subject", sa.Integer, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("claims_by_subject", "claims", ["subject"])
    op.add_column(
        "identifiers", sa.Column("shared", sa.Integer, nullable=False, server_default="0")
    )
    op.add_column("subjects", sa.Column("settled_at", sa.Integer))
    op.add_column("subjects", sa.Column("group_at", sa.Integer))
