"""What is known of one subject besides events: identifiers, traits, residence and group."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Final

import numpy as np

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import microseconds
from tactful.adapters.sqlite.identities import TABLE as IDENTIFIERS
from tactful.adapters.sqlite.identities import decode, require_subject
from tactful.adapters.sqlite.persons import places, read_person
from tactful.adapters.sqlite.subject_keys import SubjectKeys, unseal_for
from tactful.adapters.sqlite.traits import read_traits, write_traits, written_before
from tactful.adapters.sqlite.writer import Job
from tactful.capabilities.profile.traits import (
    expired,
    known_of,
    outlived,
    standing_trait,
    without,
)
from tactful.gate import Permit
from tactful.terms import (
    Identifier,
    IdentifierKind,
    PermitMisuse,
    Relationship,
    Standing,
    SubjectId,
    Trait,
    TraitOrigin,
)

NECESSARY: Final = "necessary"
GROUP_PURPOSE: Final = "segment_personalization"


class SqliteProfiles:
    """Implements `tactful.capabilities.profile.ports.Profiles`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys
        self._joining: dict[SubjectId, str] = {}

    def identifiers(self, permit: Permit) -> tuple[Identifier, ...]:
        """Return the subject's identifiers, unsealed."""
        subject = self._engine.covered(permit)
        members = self._engine.members(subject)
        return tuple(chain.from_iterable(map(self._identifiers, members)))

    def _identifiers(self, subject: SubjectId) -> Iterator[Identifier]:
        """Yield what one number is found by."""
        db = self._engine.read()
        key = self._keys.of(db, subject)
        query = "SELECT kind, sealed FROM identifiers WHERE subject = ? ORDER BY kind, blind_index"
        if key is None:
            return
        for kind, sealed in db.execute(query, (subject,)).fetchall():
            plain = unseal_for(key, sealed, table=IDENTIFIERS, subject=subject)
            yield Identifier(IdentifierKind(kind), decode(plain))

    def traits(self, permit: Permit) -> Mapping[str, object]:
        """Return the subject's traits that the plan allows for the permit's purpose."""
        known = self.known_traits(permit).items()
        return {name: trait.value for name, trait in known if trait.value is not None}

    def known_traits(self, permit: Permit) -> Mapping[str, Trait]:
        """Return the same with where each comes from; those of all numbers of one person."""
        known = self._known(self._engine.read(), self._engine.covered(permit))
        if permit.purpose == NECESSARY:
            return known
        return {
            name: trait
            for name, trait in known.items()
            if permit.purpose in trait.purposes and permit.purpose in self._planned(name)
        }

    def set_traits(
        self,
        permits: Sequence[Permit],
        traits: Mapping[str, object],
        *,
        at: datetime | None = None,
        source: str = "",
        origin: TraitOrigin = TraitOrigin.OBSERVED,
    ) -> frozenset[str]:
        """Take *traits* in, each for those of the permits' purposes that the plan allows it for."""
        subjects = {self._engine.covered(permit) for permit in permits}
        if len(subjects) != 1:
            raise PermitMisuse("the traits of one subject need permits for that one subject")
        subject = subjects.pop()
        purposes = frozenset(permit.purpose for permit in permits)
        stated = at or self._engine.clock()
        told = {
            name: Trait(value=value, at=stated, source=source, origin=origin, purposes=kept_for)
            for name, value in traits.items()
            if (kept_for := self._kept_for(name, value, purposes)) or origin.corrects
        }

        def work(db: sqlite3.Connection) -> frozenset[str]:
            require_subject(db, subject)
            return self._take(db, subject, told)

        return self._engine.writer.run(work)

    def observe_again(self, permit: Permit, names: frozenset[str]) -> int:
        """Take back what was corrected of *names*; return how many."""
        subject = self._engine.covered(permit)

        def work(db: sqlite3.Connection) -> int:
            released: set[str] = set()
            for member in self._engine.members(subject):
                kept = self._read(db, member)
                left = {n: t for n, t in kept.items() if n not in names or not t.origin.corrects}
                if len(left) < len(kept):
                    self._write(db, member, left)
                    released |= kept.keys() - left.keys()
            return len(released)

        return self._engine.writer.run(work)

    def drop_expired(
        self,
        kept_since: Mapping[str, datetime],
        *,
        spared: Collection[int] = (),
        now: datetime | None = None,
    ) -> int:
        """Stop keeping traits of everybody for purposes whose retention has run out."""
        late = self._late(kept_since, spared, now)
        return sum(self._expire(subject, kept_since, now) for subject, _ in late)

    def count_expired(
        self,
        kept_since: Mapping[str, datetime],
        *,
        spared: Collection[int] = (),
        now: datetime | None = None,
    ) -> int:
        """Return how many traits `drop_expired` would touch now, and touch none."""
        return sum(found for _, found in self._late(kept_since, spared, now))

    def _late(
        self, kept_since: Mapping[str, datetime], spared: Collection[int], now: datetime | None
    ) -> Iterator[tuple[SubjectId, int]]:
        """Yield whose traits hold something past its term, and how many of theirs."""
        planned = self._engine.policy.plan.traits.values()
        own = [now - each.retention for each in planned if now and each.retention]
        if not (ends := [*kept_since.values(), *own]):
            return
        reader = self._engine.read()
        for subject in written_before(reader, max(ends)):
            if subject not in spared:
                found = self._left(reader, subject, kept_since, now)[1]
                if found:
                    yield subject, found

    def residence(self, permit: Permit) -> str | None:
        """Return the known residence."""
        return self._person(permit).residence

    def address(self, permit: Permit) -> str | None:
        """Return the address of the subject's account."""
        return self._person(permit).address

    def settle(
        self, permit: Permit, *, residence: str | None = None, address: str | None = None
    ) -> None:
        """Record residence and address, each if given, and the digest that follows."""
        told = {"region": residence, "address": address}
        given = {column: region.upper() for column, region in told.items() if region}

        def work(db: sqlite3.Connection, subject: SubjectId) -> None:
            for column, region in given.items():
                db.execute(f"UPDATE subjects SET {column} = ? WHERE id = ?", (region, subject))
            if residence:
                query = "UPDATE subjects SET settled_at = ? WHERE id = ?"
                db.execute(query, (microseconds(self._engine.clock()), subject))

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

    def known_since(self, permit: Permit) -> datetime:
        """Return when the subject was first known, under whichever number that was."""
        members = self._engine.members(self._engine.covered(permit))
        query = f"SELECT min(created_at) FROM subjects WHERE id IN ({places(members)})"
        seconds = self._engine.read().execute(query, members).fetchone()[0]
        return datetime.fromtimestamp(seconds, tz=UTC)

    def group(self, permit: Permit) -> str | None:
        """Return the group the subject falls in."""
        subject = self._engine.covered(permit)
        members = self._engine.members(subject)
        joining = next((self._joining[m] for m in members if m in self._joining), None)
        return self._newest_group(members) if joining is None else joining

    def _newest_group(self, members: Sequence[SubjectId]) -> str | None:
        query = (
            f"SELECT group_name FROM subjects WHERE id IN ({places(members)})"
            " AND group_name IS NOT NULL ORDER BY coalesce(group_at, 0) DESC, id LIMIT 1"
        )
        row = self._engine.read().execute(query, tuple(members)).fetchone()
        return None if row is None else row[0]

    def join(self, permit: Permit, group: str) -> None:
        """Put the subject into *group*, in place of any other, without waiting for the disk."""
        subject = self._engine.covered(permit)
        if self.group(permit) == group:
            return
        self._joining[subject] = group

        def joined() -> None:
            if self._joining.get(subject) == group:
                del self._joining[subject]

        query = "UPDATE subjects SET group_name = ?, group_at = ? WHERE id = ?"
        given = (group, microseconds(self._engine.clock()), subject)
        self._engine.writer.submit(
            Job(work=lambda db: db.execute(query, given), kept=joined, lost=joined)
        )

    def groups_of(self, permit: Permit) -> Mapping[SubjectId, str]:
        """Return the group of each member of the permit's audience that has one."""
        members = permit.audience.members
        query = (
            "SELECT coalesce(person, id), group_name FROM subjects"
            " LEFT JOIN persons ON id = subject"
            " WHERE group_name IS NOT NULL ORDER BY coalesce(group_at, 0), id"
        )
        groups: dict[SubjectId, str] = dict(self._engine.read().execute(query).fetchall())
        joining = tuple(self._joining.items())
        groups |= {self._engine.person(subject)[0]: group for subject, group in joining}
        having = np.fromiter(groups, dtype=np.int64, count=len(groups))
        covered = having[np.isin(having, members)].tolist()
        return {SubjectId(subject): groups[SubjectId(subject)] for subject in covered}

    def _person(self, permit: Permit) -> Standing:
        subject = self._engine.covered(permit)
        return read_person(self._engine.read(), subject, self._engine.policy)

    def _planned(self, name: str) -> frozenset[str]:
        planned = self._engine.policy.plan.traits.get(name)
        return frozenset(() if planned is None else planned.purposes)

    def _kept_for(self, name: str, value: object, purposes: frozenset[str]) -> frozenset[str]:
        """Return what a trait may be kept for; that there is none is kept for nothing."""
        return frozenset() if value is None else self._planned(name) & purposes

    def _take(
        self, db: sqlite3.Connection, subject: SubjectId, told: Mapping[str, Trait]
    ) -> frozenset[str]:
        """Let what is *told* stand where it does; return what of it was corrected before."""
        of_each = {each: self._read(db, each) for each in self._engine.members(subject)}
        known, own = known_of(tuple(of_each.values())), of_each[subject]
        after = dict(own)
        refused: set[str] = set()
        for name, trait in told.items():
            before = known.get(name)
            if before and before.origin.corrects and not trait.origin.corrects:
                refused.add(name)
                continue
            stands = standing_trait(own.get(name), trait)
            if stands.purposes or stands.origin.corrects:
                after[name] = stands
        if after != own:
            self._write(db, subject, after)
        return frozenset(refused)

    def _known(self, db: sqlite3.Connection, subject: SubjectId) -> Mapping[str, Trait]:
        """Return what is kept under all numbers of the person behind *subject*."""
        return known_of(tuple(self._read(db, each) for each in self._engine.members(subject)))

    def _expire(
        self, subject: SubjectId, kept_since: Mapping[str, datetime], now: datetime | None
    ) -> int:
        def work(db: sqlite3.Connection) -> int:
            left, dropped = self._left(db, subject, kept_since, now)
            if dropped:
                self._write(db, subject, left)
            return dropped

        return self._engine.writer.run(work)

    def _left(
        self,
        db: sqlite3.Connection,
        subject: SubjectId,
        kept_since: Mapping[str, datetime],
        now: datetime | None,
    ) -> tuple[Mapping[str, Trait], int]:
        """Return what retention leaves of the traits of *subject*, and how many it touches."""
        left: dict[str, Trait] = {}
        dropped = 0
        planned = self._engine.policy.plan.traits
        for name, trait in self._read(db, subject).items():
            over = outlived(trait, planned.get(name), now)
            gone = trait.purposes if over else expired(trait, kept_since)
            dropped += bool(gone)
            if (kept := without(trait, gone) if gone else trait) is not None:
                left[name] = kept
        return left, dropped

    def _read(self, db: sqlite3.Connection, subject: SubjectId) -> Mapping[str, Trait]:
        return read_traits(db, subject, keys=self._keys, bits=self._engine.bits)

    def _write(self, db: sqlite3.Connection, subject: SubjectId, kept: Mapping[str, Trait]) -> None:
        write_traits(db, subject, kept, keys=self._keys, bits=self._engine.bits)
