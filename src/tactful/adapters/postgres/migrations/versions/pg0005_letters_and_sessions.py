"""What the shop mails, and who is signed in, as in SQLite."""

import sqlalchemy as sa
from alembic import op

revision = "pg0005"
down_revision = "pg0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "letters",
        _text("id", key=True),
        sa.Column("subject", sa.BigInteger),
        _text("kind"),
        *_numbers("queued_at", "until", "due_at", "tries", "claimed_until", "done_at"),
        _text("outcome"),
        _bytes("sealed"),
    )
    op.create_index("letters_due", "letters", ["outcome", "due_at"])
    op.create_index("letters_subject", "letters", ["subject"])
    op.create_table(
        "sessions",
        _bytes("hash", key=True),
        sa.Column("subject", sa.BigInteger),
        _bytes("sealed"),
        *_numbers("began_at", "seen_at", "proved_at", "code_until", "code_tries"),
        _bytes("code"),
    )
    op.create_index("sessions_subject", "sessions", ["subject"])
    op.create_table(
        "sign_in_links",
        _bytes("hash", key=True),
        *_numbers("subject"),
        _bytes("sealed"),
        *_numbers("until"),
    )
    op.create_index("sign_in_links_subject", "sign_in_links", ["subject"])
    op.create_table("askings", _bytes("bucket", key=True), *_numbers("hour", "n"))


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(collation="C"), primary_key=key, nullable=False)


def _bytes(name: str, *, key: bool = False) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, primary_key=key, nullable=False)


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
