"""
What every child is forked from: a process that has loaded the server once, and done nothing else.

A server takes seconds to load where many tests run at once, and is pulled out dozens of times.
"""

from __future__ import annotations

import gc
import tempfile
from pathlib import Path

import alembic.command
import alembic.config
import sqlalchemy

import tactful.adapters.lake.lake
import tactful.adapters.lake.reading
import tactful.web.server
from tactful.assembly import init_shop, open_shop
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Models
from tactful.web.app import create_app

LOADED = (
    alembic.command,
    alembic.config,
    sqlalchemy,
    tactful.adapters.lake.lake,
    tactful.adapters.lake.reading,
    tactful.web.server,
)


def _open_one() -> None:
    """Open a shop and close it: what is loaded at first use is loaded then."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / "shop"
        init_shop(folder)
        opened = open_shop(folder)
        create_app(opened).serving.close()
        opened.close()


Models.build(Interactions.of(())).warm()
_open_one()
gc.collect()
gc.freeze()  # children look through none of it again
