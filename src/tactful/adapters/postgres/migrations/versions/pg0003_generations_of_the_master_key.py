"""Generations of the master key, as in SQLite: each wrapped key says under which it is wrapped."""

import sqlalchemy as sa
from alembic import op

revision = "pg0003"
down_revision = "pg0002"


def upgrade() -> None:
    """Make the tables of generations and of the shop's own keys; give each key its generation."""
    op.create_table(
        "key_generations",
        sa.Column("generation", sa.Text(collation="C"), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    )
    op.execute(
        "INSERT INTO key_generations (generation, fingerprint)"
        " SELECT '0001', value FROM meta WHERE name = 'key_check'"
    )
    op.execute("DELETE FROM meta WHERE name = 'key_check'")
    op.create_table(
        "shop_keys",
        sa.Column("name", sa.Text(collation="C"), primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        _generation(),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.add_column("keys", _generation(default="0001"))
    op.alter_column("keys", "generation", server_default=None)


def _generation(*, default: str | None = None) -> sa.Column[str]:
    reference = sa.ForeignKey("key_generations.generation")
    kind = sa.Text(collation="C")
    return sa.Column("generation", kind, reference, nullable=False, server_default=default)
