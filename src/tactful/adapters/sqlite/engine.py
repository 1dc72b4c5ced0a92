"""What the parts of one open store share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from tactful.adapters.sqlite.changes import Change, Changes
from tactful.adapters.sqlite.connections import Readers
from tactful.adapters.sqlite.digests import Digests
from tactful.adapters.sqlite.persons import Person, Persons, person_in
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
    persons: Persons = field(default_factory=Persons)

    def __post_init__(self) -> None:
        self.changes.heed(self.persons.heed)

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
        person = self.person(subject)
        if person[0] == subject:
            return person
        return (subject, *(member for member in person if member != subject))

    def person(self, subject: SubjectId) -> Person:
        """Return the same numbers, but first the one that the person goes by."""
        return self.persons.of(subject, self.read)

    def change(self, work: Callable[[sqlite3.Connection], T], change: Change) -> T:
        """
        Run *work* durably, write *change* down with it, and tell everybody here of it.

        What concerns a subject concerns every number of the person.
        """
        told: list[Change] = []

        def both(db: sqlite3.Connection) -> T:
            result = work(db)
            told.extend(self.of_person(db, change))
            self.note(db, told)
            return result

        return self.writer.run(both, kept=lambda: self.tell(told))

    def of_person(self, db: sqlite3.Connection, change: Change) -> tuple[Change, ...]:
        """Return *change* for every number of its person, as of the running transaction."""
        members = person_in(db, SubjectId(change.subject))
        return tuple(replace(change, subject=member) for member in members)

    def note(self, db: sqlite3.Connection, changes: Iterable[Change]) -> None:
        """Write *changes* down in the running transaction."""
        for change in changes:
            self.changes.note(db, change)

    def tell(self, changes: Iterable[Change]) -> None:
        """Tell everybody here of *changes*, after the commit."""
        for change in changes:
            self.changes.tell(change)
