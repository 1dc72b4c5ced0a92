"""
Generations of the master key: each wrapped key says under which one it is wrapped.

A generation cannot go while anything refers to it.  Its number is text of one width, so that
wrapping a key anew never changes the size of its row: SQLite then overwrites it where it stands.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"


def upgrade() -> None:
    """Make the tables of generations and of the shop's own keys; give each key its generation."""
    op.create_table(
        "key_generations",
        sa.Column("generation", sa.Text, primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "shop_keys",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        _generation(),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO key_generations (generation, fingerprint)"
        " SELECT '0001', value FROM meta WHERE name = 'key_check'"
    )
    op.execute("DELETE FROM meta WHERE name = 'key_check'")
    _keys()


def _keys() -> None:
    op.rename_table("keys", "keys_before")
    op.create_table(  # rows are blanked, never deleted: see records.py
        "keys",
        sa.Column("subject", sa.Integer, primary_key=True),
        _generation(),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO keys (subject, generation, wrapped)"
        " SELECT subject, '0001', wrapped FROM keys_before ORDER BY subject"
    )
    op.drop_table("keys_before")


def _generation() -> sa.Column[str]:
    reference = sa.ForeignKey("key_generations.generation")
    return sa.Column("generation", sa.Text, reference, nullable=False)
