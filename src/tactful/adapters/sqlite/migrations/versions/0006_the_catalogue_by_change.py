"""
Items by when they changed: what another process put is read alone, not the catalogue again.

`place` is the order in which items first came, `changed` counts up with every change.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Number the items that are there in their order."""
    for name in ("place", "changed"):
        op.add_column("items", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE items SET place = rowid, changed = rowid")
    op.create_index("items_by_change", "items", ["changed"])
