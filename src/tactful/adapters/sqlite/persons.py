"""
Who is one person: read from the links, written when a link is made or taken away.

The links are the truth (`merges`); `persons` holds what follows from those that stand, for every
number that is linked.  Rows of `merges` are blanked where they stand when a side is erased.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from tactful.adapters.sqlite.changes import Change, ChangeKind
from tactful.adapters.sqlite.histories import microseconds, moment, read_standing
from tactful.adapters.sqlite.memory import Memory
from tactful.gate import person_standing, persons
from tactful.terms import Merge, Policy, Standing, SubjectId

Person = tuple[SubjectId, ...]
"""All numbers of one person, first the one that the person goes by."""

Evidence = tuple[str, str, bytes]
"""The kind of evidence, by whom, and the identifier, sealed under the key of the kept side."""

_REMEMBERED = 200_000
_COLUMNS = "id, kept, absorbed, at, evidence, author, undone_at"


class Persons:
    """Who is one person, remembered until that changes."""

    def __init__(self) -> None:
        self._memory: Memory[SubjectId, Person] = Memory(most=_REMEMBERED)

    def of(self, subject: SubjectId, read: Callable[[], sqlite3.Connection]) -> Person:
        """Return the person behind *subject*."""
        known = self._memory.kept.get(subject)
        return known or self._memory.fill(subject, lambda: person_in(read(), subject))

    def heed(self, change: Change) -> None:
        """Forget whom *change* concerns."""
        if change.kind in {ChangeKind.MERGED, ChangeKind.ERASED}:
            self._memory.drop(SubjectId(change.subject))
        elif change.kind is ChangeKind.MISSED:
            self._memory.clear()


def person_in(db: sqlite3.Connection, subject: SubjectId) -> Person:
    """Return the person behind *subject* as of *db*'s running transaction."""
    rows = db.execute(
        "SELECT subject, person FROM persons"
        " WHERE person = (SELECT person FROM persons WHERE subject = ?) ORDER BY subject",
        (subject,),
    ).fetchall()
    if not rows:
        return (subject,)
    root = SubjectId(rows[0][1])
    return (root, *(SubjectId(member) for member, _ in rows if member != root))


def read_person(db: sqlite3.Connection, subject: SubjectId, policy: Policy) -> Standing:
    """Return everything the person behind *subject* has said, and what the law looks at besides."""
    members = person_in(db, subject)
    if len(members) == 1:
        return read_standing(db, subject)
    merges = standing_merges(db, members)
    standings = {member: read_standing(db, member) for member in members}
    return _settled(db, members, person_standing(standings, merges, policy), since=merges[-1].at)


def _settled(
    db: sqlite3.Connection, members: Person, standing: Standing, *, since: datetime
) -> Standing:
    """Let a residence that was told since the last merge outrank those of before."""
    row = db.execute(
        f"SELECT region FROM subjects WHERE id IN ({places(members)}) AND region IS NOT NULL"
        " AND settled_at > ? ORDER BY settled_at DESC, id LIMIT 1",
        (*members, microseconds(since)),
    ).fetchone()
    return standing if row is None else replace(standing, residence=row[0])


def standing_merges(db: sqlite3.Connection, members: Sequence[SubjectId]) -> tuple[Merge, ...]:
    """Return the merges among *members* that stand, in the order they were made."""
    return tuple(merge for merge in merges_of(db, members) if merge.undone_at is None)


def merges_of(db: sqlite3.Connection, members: Sequence[SubjectId]) -> tuple[Merge, ...]:
    """Return every merge that ever concerned one of *members*, in the order they were made."""
    which = places(members)
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM merges WHERE kept IN ({which})"
        f" UNION SELECT {_COLUMNS} FROM merges WHERE absorbed IN ({which}) ORDER BY id",
        (*members, *members),
    ).fetchall()
    return tuple(map(to_merge, rows))


def merge_numbered(db: sqlite3.Connection, number: int) -> Merge | None:
    """Return the merge of that *number*; None where there is none, or a side was erased."""
    query = f"SELECT {_COLUMNS} FROM merges WHERE id = ? AND kept > 0"
    row = db.execute(query, (number,)).fetchone()
    return None if row is None else to_merge(row)


def to_merge(row: tuple[Any, ...]) -> Merge:
    """Return a row of `merges`, but for what is sealed of it."""
    number, kept, absorbed, at, evidence, author, undone_at = row
    return Merge(
        id=number,
        kept=SubjectId(kept),
        absorbed=SubjectId(absorbed),
        at=moment(at),
        evidence=evidence,
        by=author,
        undone_at=None if undone_at is None else moment(undone_at),
    )


def write_merge(
    db: sqlite3.Connection, kept: SubjectId, absorbed: SubjectId, *, at: datetime, how: Evidence
) -> int:
    """Link two numbers, in the running transaction; return the number of the merge."""
    row = db.execute(
        "INSERT INTO merges (kept, absorbed, at, evidence, author, sealed)"
        " VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
        (kept, absorbed, microseconds(at), *how),
    ).fetchone()
    return int(row[0])


def write_persons(db: sqlite3.Connection, members: Iterable[SubjectId]) -> tuple[Person, ...]:
    """
    Write down who of *members* is one person, in the running transaction.

    *members* are whole persons as they were before: nobody else is linked to any of them.
    """
    numbers = tuple(members)
    found = persons(numbers, standing_merges(db, numbers))
    db.execute(f"DELETE FROM persons WHERE subject IN ({places(numbers)})", numbers)
    rows = [(member, person[0]) for person in found if len(person) > 1 for member in person]
    db.executemany("INSERT INTO persons (subject, person) VALUES (?, ?)", rows)
    return found


def blank_person(db: sqlite3.Connection, members: Sequence[SubjectId]) -> int:
    """Blank every merge of *members*, who are being erased; return how many there were."""
    which = places(members)
    cursor = db.execute(
        "UPDATE merges SET kept = 0, absorbed = 0, at = 0, evidence = '', author = '',"
        f" sealed = ?, undone_at = NULL WHERE kept IN ({which}) OR absorbed IN ({which})",
        (b"", *members, *members),
    )
    db.execute(f"DELETE FROM persons WHERE subject IN ({which})", tuple(members))
    db.execute(f"DELETE FROM claims WHERE subject IN ({which})", tuple(members))
    return cursor.rowcount


def places(values: Sequence[object]) -> str:
    """Return as many question marks as there are *values*."""
    return ", ".join("?" * len(values))
