"""
Requests of subjects, and their steps.

The words of a step are sealed, and blanked in place when the subject is erased: rows are not moved.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "requests",
        _text("id", key=True),
        *(_text(name) for name in ("kind", "regime", "channel", "speaker", "reference")),
        _number("subject"),
        sa.Column("about", sa.LargeBinary, nullable=False),
        _number("received_at"),
        _number("is_open"),
        sa.Column("code", sa.LargeBinary, nullable=False),
        _number("code_until"),
        _number("code_tries"),
        sa.UniqueConstraint("channel", "reference"),
    )
    op.create_index("requests_by_subject", "requests", ["subject"])
    op.create_index("requests_by_hash", "requests", ["about"])
    op.create_index("requests_by_state", "requests", ["is_open", "received_at"])
    op.create_table(
        "request_steps",
        _text("request", key=True),
        _number("number", key=True),
        _text("kind"),
        _number("at"),
        _text("actor"),
        _text("reason"),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )


def _text(name: str, *, key: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=False)


def _number(name: str, *, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=key, nullable=False, autoincrement=False)
