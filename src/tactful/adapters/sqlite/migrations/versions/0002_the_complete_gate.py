"""
What the complete gate looks at: ages, addresses, dealings, and what proves a statement.

Digests hold more from now on, many to a row: those that were taken are dropped, and taken anew
at opening.  Statements refer to no subject any more, so that they can be blanked where they stand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the tables, and make those of dealings and of notices that were shown."""
    op.add_column("subjects", sa.Column("address", sa.Text))
    op.add_column("subjects", sa.Column("born", sa.Integer))  # days, as `date.toordinal` counts
    _statements()
    _digests()
    op.create_table(
        "relationships",
        sa.Column("subject", sa.Integer, sa.ForeignKey("subjects.id"), primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("opt_out_offered", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "showings",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("first_shown_at", sa.Integer, nullable=False),
        sa.Column("notice", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def _statements() -> None:
    op.rename_table("statements", "statements_before")
    op.drop_index("statements_by_subject", "statements_before")
    op.create_table(  # rows are blanked, never deleted: see records.py
        "statements",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("subject", sa.Integer, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
        *(_text(name) for name in ("notice", "notice_hash", "regime", "locale", "source", "ui")),
        _text("speaker", default="subject"),
        _text("record"),
    )
    op.execute(
        "INSERT INTO statements (id, subject, purpose, kind, at, notice, regime, locale, source)"
        " SELECT id, subject, purpose, kind, at, notice, regime, locale, source"
        " FROM statements_before ORDER BY id"
    )
    op.drop_table("statements_before")
    op.create_index("statements_by_subject", "statements", ["subject", "at"])


def _digests() -> None:
    op.drop_table("digests")
    op.create_table(  # rows are blanked in part, never deleted: see digests.py
        "digests",
        sa.Column("block", sa.Integer, primary_key=True),
        sa.Column("facts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "young",
        sa.Column("subject", sa.Integer, sa.ForeignKey("subjects.id"), primary_key=True),
        sa.Column("until", sa.LargeBinary, nullable=False),
    )
    op.execute("UPDATE meta SET value = x'' WHERE name = 'policy_hash'")


def _text(name: str, *, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default=default)
