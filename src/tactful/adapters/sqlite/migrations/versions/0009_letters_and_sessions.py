"""
What the shop mails, and who is signed in.

`letters` holds each letter sealed until it is sent; `sessions` the hash of what a browser holds;
`sign_in_links` those that were mailed and not used yet; `askings` how often something was asked
for in an hour, by a name that only this shop can make.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "letters",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Integer),
        sa.Column("kind", sa.Text, nullable=False),
        *_numbers("queued_at", "until", "due_at", "tries", "claimed_until", "done_at"),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("letters_due", "letters", ["outcome", "due_at"])
    op.create_index("letters_subject", "letters", ["subject"])
    op.create_table(
        "sessions",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("subject", sa.Integer),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        *_numbers("began_at", "seen_at", "proved_at", "code_until", "code_tries"),
        sa.Column("code", sa.LargeBinary, nullable=False),
    )
    op.create_index("sessions_subject", "sessions", ["subject"])
    op.create_table(
        "sign_in_links",
        sa.Column("hash", sa.LargeBinary, primary_key=True),
        sa.Column("subject", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        *_numbers("until"),
    )
    op.create_index("sign_in_links_subject", "sign_in_links", ["subject"])
    op.create_table(
        "askings",
        sa.Column("bucket", sa.LargeBinary, primary_key=True),
        *_numbers("hour", "n"),
    )


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]
