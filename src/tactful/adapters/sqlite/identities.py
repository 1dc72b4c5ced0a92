"""Who is known, by which identifiers: sealed, and found by a keyed blind index."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.linking import Linker, Name, Owner, Seen, find_owner, looked_up
from tactful.adapters.sqlite.memory import Memory
from tactful.adapters.sqlite.merging import Merging, merge_in
from tactful.adapters.sqlite.subject_keys import SubjectKeys
from tactful.capabilities.profile import Limits, Linked, linking, subject_of
from tactful.gate import Permit
from tactful.terms import Identifier, Merge, Mistake, NotFound, SubjectId

_REMEMBERED = 200_000

TABLE = "identifiers"


class SqliteIdentities:
    """Implements `tactful.capabilities.profile.ports.Identities`."""

    def __init__(self, engine: Engine, keys: SubjectKeys, limits: Limits) -> None:
        self._engine = engine
        self._keys = keys
        self._limits = limits
        self._linker = Linker(engine, keys, limits)
        self._merging = Merging(engine, keys, limits)
        self._memory: Memory[Name, Owner] = Memory(most=_REMEMBERED)
        engine.changes.heed(self._heed)

    def find(self, identifier: Identifier) -> SubjectId | None:
        """Return the subject that *identifier* names, if there is one."""
        owner = self._owner(identifier)
        return None if owner is None else owner.subject

    def sole(self, identifier: Identifier) -> SubjectId | None:
        """Return the subject that *identifier* names, if it names exactly one person."""
        db = self._engine.read()
        name = self._name(db, identifier)
        owner = find_owner(db, name)
        if owner is None or owner.shared:
            return None
        query = "SELECT subject FROM claims WHERE kind = ? AND blind_index = ?"
        rows = db.execute(query, (name[0].value, name[1])).fetchall()
        person = self._engine.members(owner.subject)
        return owner.subject if all(claimant in person for (claimant,) in rows) else None

    def recognise(self, identifiers: Sequence[Identifier]) -> SubjectId | None:
        """Return whom a call with *identifiers*, the strongest first, speaks of."""
        usable = self._limits.usable(identifiers)
        first = self._owner(usable[0]) if usable else None
        if first is not None:
            return first.subject
        if not any(self._owner(each) for each in usable[1:]):
            return None
        seen = self._looked_up(usable)
        return subject_of(seen.named, seen.persons)

    def admit(self, identifiers: Sequence[Identifier], *, at: datetime) -> SubjectId:
        """Return the subject that *identifiers* name, a new one where they name nobody."""
        return self.link(identifiers, at=at).subject

    def link(
        self, identifiers: Sequence[Identifier], *, at: datetime, by_shop: bool = False
    ) -> Linked:
        """Return whom *identifiers* name, having linked what they say is one person."""
        usable = self._limits.usable(identifiers)
        if not usable:
            raise Mistake("a subject needs an identifier: send userId or anonymousId")
        if (known := self._known(usable)) is not None:
            return Linked(subject=known)
        seen = self._looked_up(usable)
        plan = linking(seen.named, seen.persons, limits=self._limits, by_shop=by_shop)
        if plan.subject is not None and not plan.changes:
            return Linked(subject=plan.subject, refused=plan.refused)
        return self._linker.link([usable], at=at, by_shop=by_shop)[0]

    def link_all(
        self, senders: Sequence[Sequence[Identifier]], *, at: datetime, by_shop: bool = False
    ) -> Sequence[Linked]:
        """Do what `link` does for each of *senders*, in order, and wait for the disk once."""
        usable = [self._limits.usable(sender) for sender in senders]
        if not all(usable):
            raise Mistake("a subject needs an identifier: send userId or anonymousId")
        return self._linker.link(usable, at=at, by_shop=by_shop)

    def members(self, subject: SubjectId) -> tuple[SubjectId, ...]:
        """Return all numbers of the person behind *subject*, *subject* first."""
        return self._engine.members(subject)

    def merge(self, kept: Permit, absorbed: Permit, *, by: str) -> Merge:
        """Make one person of the subjects of two permits: by the shop's word."""
        return self._merging.merge(kept, absorbed, by=by)

    def linked_by(self, merge: int) -> SubjectId:
        """Return the subject that the merge of that number kept."""
        return merge_in(self._engine.read(), merge).kept

    def unmerge(self, permit: Permit, merge: int) -> Merge:
        """Take a merge of the permit's person back."""
        return self._merging.unmerge(permit, merge)

    def merges(self, permit: Permit) -> tuple[Merge, ...]:
        """Return the merges of the permit's person, also those that were undone, oldest first."""
        return self._merging.merges(permit)

    def _looked_up(self, identifiers: Sequence[Identifier]) -> Seen:
        """Return what is known of *identifiers*, as a reader sees it: a hint for the writer."""
        db = self._engine.read()
        return looked_up(db, [self._name(db, each) for each in identifiers])

    def _name(self, db: sqlite3.Connection, identifier: Identifier) -> Name:
        """Return what *identifier* is found by: another index while all are indexed anew."""

        def there(index: bytes) -> Name | None:
            name = (identifier.kind, index)
            return None if find_owner(db, name) is None else name

        found = self._keys.look_up(db, identifier, there)
        return found or (identifier.kind, self._keys.index(identifier))

    def _known(self, identifiers: Sequence[Identifier]) -> SubjectId | None:
        """Return the subject of a call that says nothing new: the ordinary case, from memory."""
        owners = [owner for each in identifiers if (owner := self._owner(each)) is not None]
        if len(owners) < len(identifiers):
            return None
        subject = owners[0].subject
        others = [owner.subject for owner in owners[1:] if not owner.shared]
        if any(other != subject for other in others):
            members = self._engine.members(subject)
            return subject if all(other in members for other in others) else None
        return subject

    def _owner(self, identifier: Identifier) -> Owner | None:
        name = (identifier.kind, self._keys.index(identifier))
        known = self._memory.kept.get(name)
        if known is not None:
            return known
        stamp, db = self._memory.stamp, self._engine.read()
        found = self._keys.look_up(
            db, identifier, lambda index: find_owner(db, (identifier.kind, index))
        )
        if found is not None:  # that a name is free is never remembered: it may be taken next
            self._memory.keep(name, found, stamp=stamp)
        return found

    def _heed(self, change: Change) -> None:
        if change.kind in {ChangeKind.ERASED, ChangeKind.HANDED_ON, ChangeKind.MISSED}:
            self._memory.clear()


def decode(value: bytes) -> str:
    """Return what was sealed of an identifier."""
    return value.decode(errors="surrogatepass")


def require_subject(db: sqlite3.Connection, subject: SubjectId) -> None:
    """
    Raise unless *subject* is still there.

    Raises:
        NotFound: erased since the permit was given.
    """
    if db.execute("SELECT 1 FROM subjects WHERE id = ?", (subject,)).fetchone() is None:
        raise NotFound("there is no such subject, or no longer")
