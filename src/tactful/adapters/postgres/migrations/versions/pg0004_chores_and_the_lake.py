"""Which chore is due, and what leaves for the lake, as in SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "pg0004"
down_revision = "pg0003"


def upgrade() -> None:
    """Make the tables, and give the days their marks."""
    op.create_table(
        "work",
        _text("name", key=True),
        _number("due_at"),
        _number("claimed_until"),
        _text("claimed_by"),
        _number("done_at"),
    )
    for name in ("fed", "first_batch"):
        op.add_column("days", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("days", sa.Column("retired_at", sa.BigInteger))
    op.create_table("lake", _text("name", key=True), _number("value"))
    op.create_table(
        "feeding",
        _number("batch", key=True),
        _text("day", key=True),
        _number("after"),
        _number("upto"),
    )
    op.create_table(
        "lake_owed", _number("subject", key=True), _number("batch", key=True), _number("purposes")
    )


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=False, autoincrement=False)
