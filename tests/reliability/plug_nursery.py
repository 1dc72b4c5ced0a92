"""
What every child is forked from: a process that has loaded the server once, and done nothing else.

A server takes seconds to load where many tests run at once, and is pulled out dozens of times.
"""

from __future__ import annotations

import alembic.command
import alembic.config
import sqlalchemy

import tactful.web.server
from tactful.mechanisms.interactions import Interactions
from tactful.mechanisms.models import Models

LOADED = (alembic.command, alembic.config, sqlalchemy, tactful.web.server)

Models.build(Interactions.of(())).warm()
