"""
The traits of a subject, sealed together under the subject's key.

Stored is, by name, `[mask of purposes, value, time, source, origin]`; before there were times, it
was `[mask, value]`.  Such a one is taken to be as old as the subject, by a client of no name.
Beside it in the clear stands the time of the oldest that has a value, for retention to find.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from tactful.adapters.sqlite.histories import microseconds, moment
from tactful.adapters.sqlite.purposes import PurposeBits
from tactful.adapters.sqlite.subject_keys import SubjectKeys, seal_for, unseal_for
from tactful.terms import Mistake, SubjectId, Trait, TraitOrigin

Kept = dict[str, Trait]

_PAGE: Final = 200
_BEFORE_TIMES: Final = 2


def read_traits(
    db: sqlite3.Connection, subject: SubjectId, *, keys: SubjectKeys, bits: PurposeBits
) -> Kept:
    """Return what is kept under the number *subject*, whatever for."""
    row = db.execute("SELECT sealed FROM traits WHERE subject = ?", (subject,)).fetchone()
    key = None if row is None else keys.of(db, subject)
    if row is None or key is None:
        return {}
    plain = unseal_for(key, row[0], table="traits", subject=subject)
    stored = msgspec.msgpack.decode(plain, type=dict[str, list[Any]])
    old = any(len(entry) == _BEFORE_TIMES for entry in stored.values())
    since = _first_seen(db, subject) if old else None
    return {name: _trait(entry, bits.names, since) for name, entry in stored.items()}


def write_traits(
    db: sqlite3.Connection,
    subject: SubjectId,
    kept: Mapping[str, Trait],
    *,
    keys: SubjectKeys,
    bits: PurposeBits,
) -> None:
    """Replace what is kept under the number *subject*, in the running transaction."""
    key = keys.of(db, subject)
    if key is None:
        return
    try:
        plain = msgspec.msgpack.encode({name: _entry(trait, bits) for name, trait in kept.items()})
    except (TypeError, ValueError, OverflowError) as error:
        raise Mistake("a trait is of a kind that cannot be kept: send text or numbers") from error
    sealed = seal_for(key, plain, table="traits", subject=subject)
    times = [microseconds(trait.at) for trait in kept.values() if trait.purposes]
    db.execute(
        "INSERT INTO traits (subject, sealed, oldest) VALUES (?, ?, ?)"
        " ON CONFLICT (subject) DO UPDATE SET sealed = excluded.sealed, oldest = excluded.oldest",
        (subject, sealed, min(times, default=None)),
    )


def written_before(db: sqlite3.Connection, at: datetime) -> Iterator[SubjectId]:
    """Yield the subjects with a trait of before *at*; any may be dropped meanwhile."""
    last = 0
    query = "SELECT subject FROM traits WHERE oldest < ? AND subject > ? ORDER BY subject LIMIT ?"
    while found := db.execute(query, (microseconds(at), last, _PAGE)).fetchall():
        yield from (SubjectId(subject) for (subject,) in found)
        last = found[-1][0]


def _entry(trait: Trait, bits: PurposeBits) -> tuple[int, object, int, str, str]:
    mask, at = bits.mask(trait.purposes), microseconds(trait.at)
    return mask, trait.value, at, trait.source, trait.origin.value


def _trait(
    entry: list[Any], names: Callable[[int], frozenset[str]], since: datetime | None
) -> Trait:
    if len(entry) == _BEFORE_TIMES:
        mask, value = entry
        return Trait(value=value, at=since or moment(0), purposes=names(mask))
    mask, value, at, source, origin = entry
    return Trait(
        value=value,
        at=moment(at),
        source=source,
        origin=TraitOrigin(origin),
        purposes=names(mask),
    )


def _first_seen(db: sqlite3.Connection, subject: SubjectId) -> datetime | None:
    query = "SELECT created_at FROM subjects WHERE id = ?"
    row = db.execute(query, (subject,)).fetchone()
    return None if row is None else datetime.fromtimestamp(row[0], tz=UTC)
