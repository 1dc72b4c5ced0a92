"""
The first tables.

Events are not among them: they live in one table per day of receipt, made on the day.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _people()
    _consent()
    _counts()
    _events()
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "items",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.Integer, nullable=False),
        sa.Column("subject", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )


def _subject(*, key: bool) -> sa.Column[int]:
    reference = sa.ForeignKey("subjects.id")
    return sa.Column("subject", sa.Integer, reference, primary_key=key, nullable=False)


def _people() -> None:
    op.create_table(
        "subjects",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("region", sa.Text),
        sa.Column("group_name", sa.Text),
        sa.Column("created_at", sa.Integer, nullable=False),
        sqlite_autoincrement=True,  # or the number of an erased subject would be given again
    )
    op.create_table(  # rows are blanked, never deleted: see records.py
        "keys",
        sa.Column("subject", sa.Integer, primary_key=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "identifiers",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("blind_index", sa.LargeBinary, primary_key=True),
        _subject(key=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("identifiers_by_subject", "identifiers", ["subject"])
    op.create_table("traits", _subject(key=True), sa.Column("sealed", sa.LargeBinary))


def _consent() -> None:
    op.create_table(
        "statements",
        sa.Column("id", sa.Integer, primary_key=True),
        _subject(key=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("notice", sa.Text, nullable=False),
        sa.Column("regime", sa.Text, nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.create_index("statements_by_subject", "statements", ["subject"])
    op.create_table(
        "digests",
        _subject(key=True),
        sa.Column("facts", sa.LargeBinary, nullable=False),
    )


def _counts() -> None:
    op.create_table(
        "uses",
        _subject(key=True),
        sa.Column("activity", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "tallies",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("label", sa.Text, primary_key=True),
        sa.Column("n", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )


def _events() -> None:
    op.create_table(
        "purposes",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("bit", sa.Integer, nullable=False, unique=True),
    )
    op.create_table(
        "days",
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("newest", sa.Integer, nullable=False),
    )
    op.create_table(
        "imported",
        sa.Column("message", sa.LargeBinary, primary_key=True),
        sqlite_with_rowid=False,
    )
