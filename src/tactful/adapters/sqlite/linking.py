"""
Look up what is known of the identifiers of a call, and do what `capabilities.profile` decides.

What is decided is decided again inside the writer's transaction, where nothing can come between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.persons import Person, person_in, places, write_merge, write_persons
from tactful.adapters.sqlite.subject_keys import SubjectKeys, seal_for
from tactful.capabilities.profile import Known, Limits, Linked, Linking, Named, linking
from tactful.terms import Identifier, IdentifierKind, SubjectId

Name = tuple[IdentifierKind, bytes]
"""What an identifier is found by: its kind, and its blind index."""

TABLE: Final = "identifiers"
CLAIMS: Final = "claims"
BY_CALL: Final = "call"


class Owner(NamedTuple):
    """Whom an identifier names, and whether it is shared and so links nobody."""

    subject: SubjectId
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of the identifiers of one call, and of whom they name."""

    named: tuple[Named, ...]
    persons: Mapping[SubjectId, Known]


def find_owner(db: sqlite3.Connection, name: Name) -> Owner | None:
    """Return whom *name* names."""
    kind, index = name
    query = "SELECT subject, shared FROM identifiers WHERE kind = ? AND blind_index = ?"
    row = db.execute(query, (kind.value, index)).fetchone()
    return None if row is None else Owner(SubjectId(row[0]), bool(row[1]))


def looked_up(db: sqlite3.Connection, names: Sequence[Name]) -> Seen:
    """Return what *db* knows of *names*."""
    owners = [find_owner(db, name) for name in names]
    subjects = {owner.subject for owner in owners if owner is not None}
    return Seen(
        named=tuple(_named(db, n, owner) for n, owner in zip(names, owners, strict=True)),
        persons={subject: known_person(db, person_in(db, subject)) for subject in subjects},
    )


def known_person(db: sqlite3.Connection, members: Person) -> Known:
    """Return what the rules look at of a person."""
    which = places(members)
    counts = db.execute(
        f"SELECT kind, count(*) FROM identifiers WHERE subject IN ({which}) GROUP BY kind", members
    ).fetchall()
    apart = db.execute(
        f"SELECT absorbed FROM merges WHERE undone_at IS NOT NULL AND kept IN ({which})"
        f" UNION SELECT kept FROM merges WHERE undone_at IS NOT NULL AND absorbed IN ({which})",
        (*members, *members),
    ).fetchall()
    return Known(
        members=frozenset(members),
        counts={IdentifierKind(kind): count for kind, count in counts},
        apart=frozenset(SubjectId(number) for (number,) in apart) - frozenset(members),
    )


def _named(db: sqlite3.Connection, name: Name, owner: Owner | None) -> Named:
    kind, index = name
    if owner is None:
        return Named(kind=kind)
    query = "SELECT subject FROM claims WHERE kind = ? AND blind_index = ?"
    claimants = db.execute(query, (kind.value, index)).fetchall()
    return Named(
        kind=kind,
        owner=owner.subject,
        shared=owner.shared,
        claimants=frozenset(SubjectId(number) for (number,) in claimants),
    )


class Linker:
    """Carries out what one call says about who is who."""

    def __init__(self, engine: Engine, keys: SubjectKeys, limits: Limits) -> None:
        self._engine = engine
        self._keys = keys
        self._limits = limits

    def link(
        self, calls: Sequence[Sequence[Identifier]], *, at: datetime, by_shop: bool
    ) -> Sequence[Linked]:
        """Link the identifiers of each of *calls*, in order, durably; return whom they name."""
        told = [Change(subject=ANYBODY, kind=ChangeKind.ADMITTED)]

        def work(db: sqlite3.Connection) -> Sequence[Linked]:
            linked = [self._link(db, call, told, at=at, by_shop=by_shop) for call in calls]
            self._engine.note(db, told[1:])
            return linked

        return self._engine.writer.run(work, kept=lambda: self._engine.tell(told))

    def _link(
        self,
        db: sqlite3.Connection,
        call: Sequence[Identifier],
        told: list[Change],
        *,
        at: datetime,
        by_shop: bool,
    ) -> Linked:
        """Link the identifiers of one call, in the running transaction; add to what is *told*."""
        names = [self._brought_up(db, each) for each in call]
        seen = looked_up(db, names)
        plan = linking(seen.named, seen.persons, limits=self._limits, by_shop=by_shop)
        writing = _Writing(db, self._keys, at=at, identifiers=call, names=names)
        merged = writing.carry_out(plan, seen.named)
        for member in merged[:1]:
            self._engine.digests.follow(db, member, at)
        told.extend(Change(subject=member, kind=ChangeKind.MERGED) for member in merged)
        if plan.handed_on:
            told.append(Change(subject=ANYBODY, kind=ChangeKind.HANDED_ON))
        return Linked(
            subject=writing.subject,
            merged=bool(merged),
            handed_on=bool(plan.handed_on),
            refused=plan.refused,
        )

    def _brought_up(self, db: sqlite3.Connection, identifier: Identifier) -> Name:
        """Return what *identifier* is found by; while all are indexed anew, it is now."""
        kind = identifier.kind
        *older, newest = self._keys.indexes_now(db, identifier)
        for index in older:
            for table in (TABLE, CLAIMS):
                query = f"UPDATE {table} SET blind_index = ? WHERE kind = ? AND blind_index = ?"
                db.execute(query, (newest, kind.value, index))
        return kind, newest


class _Writing:
    """The rows that one linking changes, in one running transaction."""

    def __init__(
        self,
        db: sqlite3.Connection,
        keys: SubjectKeys,
        *,
        at: datetime,
        identifiers: Sequence[Identifier],
        names: Sequence[Name],
    ) -> None:
        self._db = db
        self._keys = keys
        self._at = at
        self._identifiers = identifiers
        self._names = names
        self.subject = SubjectId(0)

    def carry_out(self, plan: Linking, named: Sequence[Named]) -> Person:
        """Do what *plan* says, and return the person that came of it, if persons became one."""
        self.subject = self._new() if plan.subject is None else plan.subject
        for place in plan.links:
            self._write(place, self.subject)
        for place in plan.handed_on:
            self._write(place, self._new(), shared=True)
        for place in plan.claims:
            self._claim(place)
        owners = [(place, owner) for place in plan.merges if (owner := named[place].owner)]
        for place, owner in owners:
            self._merge(place, owner)
        return self._person([owner for _, owner in owners])

    def _person(self, owners: Sequence[SubjectId]) -> Person:
        if not owners:
            return ()
        members = {m for each in (self.subject, *owners) for m in person_in(self._db, each)}
        (person,) = write_persons(self._db, sorted(members))
        return person

    def _new(self) -> SubjectId:
        subject = new_subject(self._db, self._at)
        self._keys.create(self._db, subject)
        return subject

    def _write(self, place: int, subject: SubjectId, *, shared: bool = False) -> None:
        kind, index = self._names[place]
        self._db.execute(
            "INSERT INTO identifiers (kind, blind_index, subject, sealed, shared)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, blind_index) DO UPDATE SET"
            " subject = excluded.subject, sealed = excluded.sealed, shared = excluded.shared",
            (kind.value, index, subject, self._sealed(place, subject, TABLE), int(shared)),
        )

    def _claim(self, place: int) -> None:
        kind, index = self._names[place]
        self._db.execute(
            "INSERT INTO claims (kind, blind_index, subject) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, blind_index, subject) DO NOTHING",
            (kind.value, index, self.subject),
        )

    def _merge(self, place: int, owner: SubjectId) -> None:
        kind, _ = self._names[place]
        evidence = (kind.value, BY_CALL, self._sealed(place, self.subject, MERGES))
        write_merge(self._db, self.subject, owner, at=self._at, how=evidence)

    def _sealed(self, place: int, subject: SubjectId, table: str) -> bytes:
        key = self._keys.of(self._db, subject)
        value = encode(self._identifiers[place].value)
        return seal_for(key, value, table=table, subject=subject) if key else b""


MERGES: Final = "merges"


def encode(value: str) -> bytes:
    """Return *value* as it is sealed: any text that Python can hold."""
    return value.encode(errors="surrogatepass")


def new_subject(db: sqlite3.Connection, at: datetime) -> SubjectId:
    """Write down a new subject, in the running transaction."""
    query = "INSERT INTO subjects (created_at) VALUES (?) RETURNING id"
    row = db.execute(query, (int(at.timestamp()),)).fetchone()
    return SubjectId(row[0])
