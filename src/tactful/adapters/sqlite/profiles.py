"""What is known of one subject besides events: identifiers, traits, residence and group."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec
import numpy as np

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import microseconds
from tactful.adapters.sqlite.identities import TABLE as IDENTIFIERS
from tactful.adapters.sqlite.identities import decode, require_subject
from tactful.adapters.sqlite.subject_keys import SubjectKeys, seal_for, unseal_for
from tactful.adapters.sqlite.writer import Job
from tactful.gate import Permit
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Mistake,
    PermitMisuse,
    Relationship,
    SubjectId,
)

NECESSARY: Final = "necessary"
GROUP_PURPOSE: Final = "segment_personalization"

Kept = dict[str, tuple[int, Any]]
"""By trait: the mask of purposes it is kept for, and its value."""


class SqliteProfiles:
    """Implements `tactful.capabilities.profile.ports.Profiles`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys
        self._joining: dict[SubjectId, str] = {}

    def identifiers(self, permit: Permit) -> tuple[Identifier, ...]:
        """Return the subject's identifiers, unsealed."""
        subject = self._engine.covered(permit)
        db = self._engine.read()
        key = self._keys.of(db, subject)
        if key is None:
            return ()
        query = "SELECT kind, sealed FROM identifiers WHERE subject = ? ORDER BY kind, blind_index"
        return tuple(
            Identifier(
                IdentifierKind(kind),
                decode(unseal_for(key, sealed, table=IDENTIFIERS, subject=subject)),
            )
            for kind, sealed in db.execute(query, (subject,)).fetchall()
        )

    def traits(self, permit: Permit) -> Mapping[str, object]:
        """Return the subject's traits that the plan allows for the permit's purpose."""
        subject = self._engine.covered(permit)
        kept = read_traits(self._engine.read(), subject, self._keys)
        if permit.purpose == NECESSARY:
            return {name: value for name, (_, value) in kept.items()}
        bit = self._engine.bits.bit(permit.purpose)
        return {
            name: value
            for name, (mask, value) in kept.items()
            if mask & bit and permit.purpose in self._planned(name)
        }

    def set_traits(self, permits: Sequence[Permit], traits: Mapping[str, object]) -> None:
        """Set *traits*, each for those of the permits' purposes that the plan allows it for."""
        subjects = {self._engine.covered(permit) for permit in permits}
        if len(subjects) != 1:
            raise PermitMisuse("the traits of one subject need permits for that one subject")
        subject = subjects.pop()
        purposes = frozenset(permit.purpose for permit in permits)
        masks = {name: self._mask(name, purposes) for name in traits}

        def work(db: sqlite3.Connection) -> None:
            require_subject(db, subject)
            kept = read_traits(db, subject, self._keys)
            for name, value in traits.items():
                kept.pop(name, None)
                if value is not None and masks[name]:
                    kept[name] = (masks[name], value)
            write_traits(db, subject, kept, keys=self._keys)

        self._engine.writer.run(work)

    def residence(self, permit: Permit) -> str | None:
        """Return the known residence."""
        return self._text("region", self._engine.covered(permit))

    def address(self, permit: Permit) -> str | None:
        """Return the address of the subject's account."""
        return self._text("address", self._engine.covered(permit))

    def settle(
        self, permit: Permit, *, residence: str | None = None, address: str | None = None
    ) -> None:
        """Record residence and address, each if given, and the digest that follows."""
        told = {"region": residence, "address": address}
        given = {column: region.upper() for column, region in told.items() if region}

        def work(db: sqlite3.Connection, subject: SubjectId) -> None:
            for column, region in given.items():
                db.execute(f"UPDATE subjects SET {column} = ? WHERE id = ?", (region, subject))

        self._learn(permit, work)

    def set_born(self, permit: Permit, born: date) -> None:
        """Record a birth date, and the digest that follows."""
        query = "UPDATE subjects SET born = ? WHERE id = ?"
        self._learn(permit, lambda db, subject: db.execute(query, (born.toordinal(), subject)))

    def dealt(self, permit: Permit, relationship: Relationship) -> None:
        """Record a dealing, the newest of its kind, and the digest that follows."""
        offered, at = relationship.opt_out_offered, microseconds(relationship.at)
        self._learn(
            permit,
            lambda db, subject: db.execute(
                "INSERT INTO relationships (subject, kind, opt_out_offered, at)"
                " VALUES (?, ?, ?, ?) ON CONFLICT (subject, kind, opt_out_offered)"
                " DO UPDATE SET at = excluded.at WHERE excluded.at > relationships.at",
                (subject, relationship.kind.value, int(offered), at),
            ),
        )

    def _learn(
        self, permit: Permit, what: Callable[[sqlite3.Connection, SubjectId], object]
    ) -> None:
        """Do *what* changes how the law sees the subject, with the digest that follows."""
        subject = self._engine.covered(permit)

        def work(db: sqlite3.Connection) -> None:
            require_subject(db, subject)
            what(db, subject)
            self._engine.digests.retake(db, subject, self._engine.clock())

        self._engine.change(work, Change(subject=subject, kind=ChangeKind.SETTLED))

    def group(self, permit: Permit) -> str | None:
        """Return the group the subject falls in."""
        subject = self._engine.covered(permit)
        joining = self._joining.get(subject)
        return self._text("group_name", subject) if joining is None else joining

    def join(self, permit: Permit, group: str) -> None:
        """Put the subject into *group*, in place of any other, without waiting for the disk."""
        subject = self._engine.covered(permit)
        if self.group(permit) == group:
            return
        self._joining[subject] = group

        def joined() -> None:
            if self._joining.get(subject) == group:
                del self._joining[subject]

        query = "UPDATE subjects SET group_name = ? WHERE id = ?"
        self._engine.writer.submit(
            Job(work=lambda db: db.execute(query, (group, subject)), kept=joined, lost=joined)
        )

    def groups_of(self, permit: Permit) -> Mapping[SubjectId, str]:
        """Return the group of each member of the permit's audience that has one."""
        members = permit.audience.members
        query = "SELECT id, group_name FROM subjects WHERE group_name IS NOT NULL ORDER BY id"
        groups: dict[SubjectId, str] = dict(self._engine.read().execute(query).fetchall())
        groups |= self._joining
        having = np.fromiter(groups, dtype=np.int64, count=len(groups))
        covered = having[np.isin(having, members)].tolist()
        return {SubjectId(subject): groups[SubjectId(subject)] for subject in covered}

    def _text(self, column: str, subject: SubjectId) -> str | None:
        query = f"SELECT {column} FROM subjects WHERE id = ?"
        row = self._engine.read().execute(query, (subject,)).fetchone()
        return None if row is None else row[0]

    def _planned(self, name: str) -> tuple[str, ...]:
        planned = self._engine.policy.plan.traits.get(name)
        return () if planned is None else planned.purposes

    def _mask(self, name: str, purposes: frozenset[str]) -> int:
        return self._engine.bits.mask(purposes.intersection(self._planned(name)))


def read_traits(db: sqlite3.Connection, subject: SubjectId, keys: SubjectKeys) -> Kept:
    """Return what is kept of *subject*, whatever for."""
    row = db.execute("SELECT sealed FROM traits WHERE subject = ?", (subject,)).fetchone()
    key = None if row is None else keys.of(db, subject)
    if row is None or key is None:
        return {}
    plain = unseal_for(key, row[0], table="traits", subject=subject)
    return msgspec.msgpack.decode(plain, type=Kept)


def write_traits(
    db: sqlite3.Connection, subject: SubjectId, kept: Kept, *, keys: SubjectKeys
) -> None:
    """Replace what is kept of *subject*, in the running transaction."""
    key = keys.of(db, subject)
    if key is None:
        return
    try:
        plain = msgspec.msgpack.encode(kept)
    except (TypeError, ValueError, OverflowError) as error:
        raise Mistake("a trait is of a kind that cannot be kept: send text or numbers") from error
    sealed = seal_for(key, plain, table="traits", subject=subject)
    db.execute(
        "INSERT INTO traits (subject, sealed) VALUES (?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET sealed = excluded.sealed",
        (subject, sealed),
    )
