"""The tables as SQLite has them after its migration 0006: persons, features, goods in order."""

import sqlalchemy as sa
from alembic import op

revision = "pg0002"
down_revision = "pg0001"


def upgrade() -> None:
    """Make what is new, and widen what was there."""
    _persons()
    _profiles()
    _goods()


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _bytes(name: str, *, key: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, primary_key=key, nullable=False)


def _persons() -> None:
    op.create_table("persons", _number("subject", key=True), _number("person"))
    op.create_index("persons_by_person", "persons", ["person"])
    op.create_table(
        "merges",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        _number("kept"),
        _number("absorbed"),
        _number("at"),
        _text("evidence"),
        _text("author"),
        _bytes("sealed"),
        _number("undone_at", null=True),
    )
    op.create_index("merges_by_kept", "merges", ["kept"])
    op.create_index("merges_by_absorbed", "merges", ["absorbed"])
    op.create_table(
        "claims",
        _text("kind", key=True),
        _bytes("blind_index", key=True),
        _number("subject", key=True),
    )
    op.create_index("claims_by_subject", "claims", ["subject"])
    op.add_column(
        "identifiers", sa.Column("shared", sa.BigInteger, nullable=False, server_default="0")
    )
    op.add_column("subjects", _number("settled_at", null=True))
    op.add_column("subjects", _number("group_at", null=True))


def _profiles() -> None:
    op.add_column("traits", sa.Column("oldest", sa.BigInteger, server_default="0"))
    op.create_index("traits_by_age", "traits", ["oldest"])
    op.create_table(
        "features",
        sa.Column("subject", sa.BigInteger, sa.ForeignKey("subjects.id"), primary_key=True),
        _text("purpose", key=True),
        _bytes("reached"),
        _bytes("sealed"),
    )


def _goods() -> None:
    for name in ("place", "changed"):
        op.add_column("items", sa.Column(name, sa.BigInteger, nullable=False, server_default="0"))
    op.execute("UPDATE items SET place = rowid, changed = rowid")
    op.create_index("items_by_change", "items", ["changed"])
