"""What the parts of one open store share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from tactful.adapters.sqlite.changes import Change, Changes
from tactful.adapters.sqlite.connections import Readers
from tactful.adapters.sqlite.digests import Digests
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.writer import Writer
from tactful.gate import Permit
from tactful.terms import Policy, SubjectId

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Connections, the writer, the policy, the clock and the feed of changes."""

    readers: Readers
    writer: Writer
    changes: Changes
    policy: Policy
    digests: Digests
    bits: PurposeBits
    clock: Callable[[], datetime]

    @cached_property
    def read(self) -> Callable[[], sqlite3.Connection]:
        """Return this thread's reading connection."""
        return self.readers.get

    def covered(self, permit: Permit) -> SubjectId:
        """
        Return the one subject that *permit* covers now.

        Raises:
            PermitMisuse: expired, or not for one stored subject.
        """
        subject = permit.subject
        permit.require(subject, self.clock())
        return subject

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return all numbers under which the person behind *subject* is known, *subject* first."""
        return (subject,)

    def change(self, work: Callable[[sqlite3.Connection], T], change: Change) -> T:
        """Run *work* durably, write *change* down with it, and tell everybody here of it."""

        def both(db: sqlite3.Connection) -> T:
            result = work(db)
            self.changes.note(db, change)
            return result

        return self.writer.run(both, kept=lambda: self.changes.tell(change))
