"""Merges by the shop's own word, their record, and their undoing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.histories import microseconds
from tactful.adapters.sqlite.linking import MERGES, known_person
from tactful.adapters.sqlite.persons import (
    Person,
    merge_numbered,
    merges_of,
    person_in,
    places,
    write_merge,
    write_persons,
)
from tactful.adapters.sqlite.subject_keys import SubjectKeys, unseal_for
from tactful.capabilities.profile import Limits
from tactful.capabilities.profile.linking import over
from tactful.gate import Permit
from tactful.terms import (
    Identifier,
    IdentifierKind,
    Merge,
    Mistake,
    NotFound,
    SubjectId,
)

_Work = Callable[[sqlite3.Connection], tuple[Merge, Person]]
"""What changes a link: returns the merge, and everybody whom it concerns."""

WORD: Final = "word"
"""The evidence of a merge that somebody at the shop made."""

NO_MERGE: Final = "there is no such merge of this subject; `tactful subject merges ID` lists them"
ERASED: Final = "what this merge linked was erased: there is nothing left to take apart"


class Merging:
    """Makes and undoes merges."""

    def __init__(self, engine: Engine, keys: SubjectKeys, limits: Limits) -> None:
        self._engine = engine
        self._keys = keys
        self._limits = limits

    def merge(self, kept: Permit, absorbed: Permit, *, by: str) -> Merge:
        """Make one person of the subjects of two permits."""
        one, other = self._engine.covered(kept), self._engine.covered(absorbed)
        at = self._engine.clock()

        def work(db: sqlite3.Connection) -> tuple[Merge, Person]:
            members = self._together(db, one, other)
            number = write_merge(db, one, other, at=at, how=(WORD, by, b""))
            write_persons(db, members)
            merge = merge_numbered(db, number)
            assert merge is not None  # noqa: S101 - it was written two lines above
            return merge, members

        return self._changed(work)

    def unmerge(self, permit: Permit, number: int) -> Merge:
        """Take the merge of that *number* back."""
        subject = self._engine.covered(permit)
        at = self._engine.clock()

        def work(db: sqlite3.Connection) -> tuple[Merge, Person]:
            merge = _to_be_undone(db, subject, number)
            members = person_in(db, merge.kept)
            query = "UPDATE merges SET undone_at = ? WHERE id = ?"
            db.execute(query, (microseconds(at), number))
            for side in write_persons(db, members):
                _require_identifiers(db, side)
            return replace(merge, undone_at=at), members

        return self._changed(work)

    def merges(self, permit: Permit) -> tuple[Merge, ...]:
        """Return the merges of the permit's person, also those that were undone."""
        db = self._engine.read()
        members = self._engine.members(self._engine.covered(permit))
        return tuple(self._shown(db, merge) for merge in merges_of(db, members))

    def _together(self, db: sqlite3.Connection, one: SubjectId, other: SubjectId) -> Person:
        """Return the numbers of both, if they may become one person."""
        person, added = person_in(db, one), person_in(db, other)
        for subject in (one, other):
            if db.execute("SELECT 1 FROM subjects WHERE id = ?", (subject,)).fetchone() is None:
                raise NotFound("there is no such subject, or no longer")
        if other in person:
            raise Mistake("these are one person already: there is nothing to merge")
        counts, more = known_person(db, person).counts, known_person(db, added).counts
        if reason := over(counts, more, self._limits):
            raise Mistake(f"not merged, {reason}: raise the limit in [identity] if this is right")
        return (*person, *added)

    def _changed(self, work: _Work) -> Merge:
        """Run *work*, and let the digests and every cache follow."""
        told: list[Change] = []

        def whole(db: sqlite3.Connection) -> Merge:
            merge, members = work(db)
            for person in {person_in(db, member) for member in members}:
                self._engine.digests.follow(db, person[0], self._engine.clock())
            told.extend(Change(subject=member, kind=ChangeKind.MERGED) for member in members)
            self._engine.note(db, told)
            return merge

        return self._engine.writer.run(whole, kept=lambda: self._engine.tell(told))

    def _shown(self, db: sqlite3.Connection, merge: Merge) -> Merge:
        """Return *merge* with the identifier that was its evidence, unsealed."""
        row = db.execute("SELECT sealed FROM merges WHERE id = ?", (merge.id,)).fetchone()
        key = self._keys.of(db, merge.kept)
        if key is None or row is None or not row[0]:
            return merge
        plain = unseal_for(key, row[0], table=MERGES, subject=merge.kept)
        value = plain.decode(errors="surrogatepass")
        return replace(merge, shown=Identifier(IdentifierKind(merge.evidence), value))


def merge_in(db: sqlite3.Connection, number: int) -> Merge:
    """
    Return the merge of that *number*.

    Raises:
        NotFound: there is none, or what it linked was erased.
    """
    merge = merge_numbered(db, number)
    if merge is not None:
        return merge
    erased = db.execute("SELECT 1 FROM merges WHERE id = ?", (number,)).fetchone()
    raise NotFound(ERASED if erased else NO_MERGE)


def _to_be_undone(db: sqlite3.Connection, subject: SubjectId, number: int) -> Merge:
    merge = merge_in(db, number)
    if subject not in person_in(db, merge.kept) + person_in(db, merge.absorbed):
        raise NotFound(NO_MERGE)
    if merge.undone_at is not None:
        raise Mistake("this merge was undone before: the two are apart")
    return merge


def _require_identifiers(db: sqlite3.Connection, side: Person) -> None:
    """Raise where nobody could ask for *side* any more, nor have it erased."""
    query = f"SELECT 1 FROM identifiers WHERE subject IN ({places(side)}) LIMIT 1"
    if db.execute(query, side).fetchone() is None:
        raise Mistake(
            "not undone: one side has no identifier left (its device is somebody else's now), and "
            "nobody could ask for it any more"
        )
