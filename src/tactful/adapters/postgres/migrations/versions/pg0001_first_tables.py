"""
The tables as SQLite has them after its migration 0002, and the pulse of the servers.

Events are not among them: they live in one table per day of receipt, made on the day.  `rowid` is
what SQLite numbers rows by, where the store asks for it.  Text is compared byte by byte, as there.
"""

import sqlalchemy as sa
from alembic import op

revision = "pg0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    _people()
    _consent()
    _counts()
    _events()
    _store()


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), primary_key=key, nullable=null)


def _number(name: str, *, key: bool = False, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _numbered(name: str, *, key: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, sa.Identity(), primary_key=key, nullable=False)


def _bytes(name: str, *, key: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, primary_key=key, nullable=False)


def _subject(*, key: bool) -> sa.Column[int]:
    return sa.Column(
        "subject",
        sa.BigInteger,
        sa.ForeignKey("subjects.id"),
        primary_key=key,
        nullable=False,
        autoincrement=False,
    )


def _people() -> None:
    op.create_table(
        "subjects",
        _numbered("id"),
        _text("region", null=True),
        _text("group_name", null=True),
        _number("created_at"),
        _text("address", null=True),
        _number("born", null=True),
    )
    op.create_table("keys", _number("subject", key=True), _bytes("wrapped"))
    op.create_table(
        "identifiers",
        _text("kind", key=True),
        _bytes("blind_index", key=True),
        _subject(key=False),
        _bytes("sealed"),
    )
    op.create_index("identifiers_by_subject", "identifiers", ["subject"])
    op.create_table("traits", _subject(key=True), _bytes("sealed"))
    op.create_table(
        "relationships",
        _subject(key=True),
        _text("kind", key=True),
        _number("opt_out_offered", key=True),
        _number("at"),
    )


def _consent() -> None:
    words = ("notice", "notice_hash", "regime", "locale", "source", "ui", "speaker", "record")
    op.create_table(
        "statements",
        _numbered("id"),
        _number("subject"),
        _text("purpose"),
        _text("kind"),
        _number("at"),
        *map(_text, words),
    )
    op.create_index("statements_by_subject", "statements", ["subject", "at"])
    op.create_table("digests", _number("block", key=True), _bytes("facts"))
    op.create_table("young", _subject(key=True), _bytes("until"))
    op.create_table(
        "showings", _text("hash", key=True), _number("first_shown_at"), _bytes("notice")
    )


def _counts() -> None:
    op.create_table(
        "uses",
        _subject(key=True),
        _text("activity", key=True),
        _text("day", key=True),
        _number("n"),
    )
    op.create_table(
        "tallies",
        _text("day", key=True),
        _text("name", key=True),
        _text("label", key=True),
        _number("n"),
    )


def _events() -> None:
    op.create_table(
        "purposes", _text("name", key=True), sa.Column("bit", sa.BigInteger, unique=True)
    )
    op.create_table("days", _text("day", key=True), _number("newest"))
    op.create_table("imported", _bytes("message", key=True))


def _store() -> None:
    op.create_table("meta", _text("name", key=True), _bytes("value"))
    op.create_table("items", _text("id", key=True), _bytes("body"), _numbered("rowid", key=False))
    op.create_table(
        "changes", _numbered("seq"), _number("origin"), _number("subject"), _text("kind")
    )
    op.create_table("pulse", _number("n"))  # no index, so that its one row changes in place
    op.execute("INSERT INTO pulse (n) VALUES (0)")
