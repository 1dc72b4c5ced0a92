"""The append-only record of what subjects said."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import read_standing, write_statement
from tactful.adapters.sqlite.identities import require_subject
from tactful.adapters.sqlite.persons import read_person
from tactful.gate import Permit
from tactful.terms import Standing, Statement, SubjectId


class SqliteStatements:
    """Implements `tactful.capabilities.consent.ports.Statements`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def append(self, permit: Permit, statements: Sequence[Statement]) -> None:
        """Record *statements*, and the digest that follows from them, in one transaction."""
        subject = self._engine.covered(permit)

        def work(db: sqlite3.Connection) -> None:
            require_subject(db, subject)
            for statement in statements:
                write_statement(db, subject, statement)
            self._engine.digests.retake(db, subject, self._engine.clock())

        self._engine.change(work, Change(subject=subject, kind=ChangeKind.SAID))

    def standing(self, permit: Permit) -> Standing:
        """Return everything the permit's person has said, oldest first."""
        subject = self._engine.covered(permit)
        return read_person(self._engine.read(), subject, self._engine.policy)

    def by_number(self, permit: Permit) -> Mapping[SubjectId, Standing]:
        """Return what was said under each number of the permit's person, and nothing besides."""
        members = self._engine.members(self._engine.covered(permit))
        return {member: read_standing(self._engine.read(), member) for member in members}
