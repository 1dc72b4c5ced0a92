"""
The requests of subjects, and what happened to them: steps are added, never changed.

A request outlives the subject it is about, as evidence of how it was answered: then it holds a
keyed hash in place of the subject's number, and none of the words that were sealed.
"""

from __future__ import annotations

import hmac
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from tactful.adapters.sqlite.days import from_ms, to_ms
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.persons import places
from tactful.adapters.sqlite.subject_keys import SubjectKeys, seal_for, unseal_for
from tactful.capabilities.rights import CodeSent
from tactful.gate import Permit
from tactful.terms import (
    Mistake,
    Request,
    RequestKind,
    RequestState,
    Speaker,
    Step,
    StepKind,
    SubjectId,
)

STEPS: Final = "request_steps"
MOST_TRIES: Final = 5
"""How often a code may be tried."""

_COLUMNS: Final = "id, kind, regime, channel, speaker, reference, subject, about"
_AT_A_TIME: Final = 400


class SqliteRequests:
    """Implements `tactful.capabilities.rights.requests.Requests`."""

    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys

    def file(self, request: Request, *, words: str = "", code: CodeSent | None = None) -> Request:
        """Keep a new *request* durably, and *words* sealed under its subject's key; return it."""

        def work(db: sqlite3.Connection) -> Request:
            if not _enter(db, request, code):
                return _one(db, "channel = ? AND reference = ?", _reference(request)) or request
            for step in request.steps:
                self._write(db, request, step, words if step.number == 1 else "")
            return request

        return self._engine.writer.run(work)

    def find(self, number: str) -> Request | None:
        """Return the request of that id."""
        return _one(self._engine.read(), "id = ?", (number,))

    def referred(self, channel: str, reference: str) -> Request | None:
        """Return the request that came by *channel* under *reference*."""
        return _one(self._engine.read(), "channel = ? AND reference = ?", (channel, reference))

    def of(self, permit: Permit) -> tuple[Request, ...]:
        """Return the requests of the permit's person, the newest first."""
        members = self._engine.members(self._engine.covered(permit))
        where = f"subject IN ({places(members)}) ORDER BY received_at DESC, id"
        return _all(self._engine.read(), where, members)

    def about(self, about: str) -> tuple[Request, ...]:
        """Return the requests under a keyed hash, the newest first; also of who was erased."""
        where = "about = ? ORDER BY received_at DESC, id"
        return _all(self._engine.read(), where, (bytes.fromhex(about),))

    def waiting(self) -> tuple[Request, ...]:
        """Return every request to which an answer is owed, the oldest first."""
        return _all(self._engine.read(), "is_open = 1 ORDER BY received_at, id", ())

    def closed(self, *, most: int) -> tuple[Request, ...]:
        """Return the requests that were answered, refused or not confirmed, newest first."""
        where = "is_open = 0 ORDER BY received_at DESC, id LIMIT ?"
        return _all(self._engine.read(), where, (most,))

    def ended(self, kind: StepKind, before: datetime) -> tuple[Request, ...]:
        """Return the requests that are closed, and had a step of *kind* before then."""
        steps = f"SELECT request FROM {STEPS} WHERE kind = ? AND at < ?"
        where = f"is_open = 0 AND id IN ({steps}) ORDER BY received_at, id"
        return _all(self._engine.read(), where, (kind.value, to_ms(before)))

    def append(self, request: Request, step: Step, *, words: str = "") -> Request:
        """Add *step* durably, *words* sealed under the subject's key; return the request so."""

        def work(db: sqlite3.Connection) -> Request:
            now = _one(db, "id = ?", (request.id,))
            if now is None or len(now.steps) + 1 != step.number:
                raise Mistake("something else happened to this request meanwhile: look again")
            self._write(db, now, step, words)
            grown = replace(now, steps=(*now.steps, step))
            open_ = int(grown.state.is_open)
            waits = grown.state is RequestState.RECEIVED
            query = "UPDATE requests SET is_open = ?, code_until = code_until * ? WHERE id = ?"
            db.execute(query, (open_, int(waits), request.id))
            return grown

        return self._engine.writer.run(work)

    def words(self, permit: Permit, request: Request) -> Mapping[int, str]:
        """Return what was written in free words, by the number of the step."""
        members = self._engine.members(self._engine.covered(permit))
        subject, db = request.subject, self._engine.read()
        if subject is None or subject not in members:
            return {}
        key = self._keys.of(db, subject)
        query = f"SELECT number, sealed FROM {STEPS} WHERE request = ? ORDER BY number"
        rows = db.execute(query, (request.id,)).fetchall() if key else []
        return {
            number: unseal_for(key or b"", sealed, table=STEPS, subject=subject).decode()
            for number, sealed in rows
            if sealed and any(sealed)
        }

    def confirm(self, number: str, digest: bytes, at: datetime) -> bool:
        """Count an attempt at a code, and tell whether it is the right one, still counts, once."""

        def work(db: sqlite3.Connection) -> bool:
            tried = db.execute(
                "UPDATE requests SET code_tries = code_tries + 1"
                " WHERE id = ? AND is_open = 1 AND code_until > ? AND code_tries < ?"
                " RETURNING code",
                (number, to_ms(at), MOST_TRIES),
            ).fetchall()
            right = bool(tried) and hmac.compare_digest(bytes(tried[0][0]), digest)
            if right:
                db.execute("UPDATE requests SET code_until = 0 WHERE id = ?", (number,))
            return right

        return self._engine.writer.run(work)

    def unconfirmed(self, at: datetime) -> tuple[Request, ...]:
        """Return the requests whose code has run out at *at*."""
        where = "is_open = 1 AND code_until > 0 AND code_until <= ? ORDER BY received_at, id"
        return _all(self._engine.read(), where, (to_ms(at),))

    def codes_sent(self, about: str, since: datetime) -> int:
        """Return how many codes were sent for *about* since then; for whomever, where empty."""
        query = "SELECT count(*) FROM requests WHERE code <> ? AND received_at > ?"
        values: tuple[object, ...] = (b"", to_ms(since))
        if about:
            query, values = f"{query} AND about = ?", (*values, bytes.fromhex(about))
        return int(self._engine.read().execute(query, values).fetchone()[0])

    def drop(self, requests: Sequence[Request]) -> int:
        """Delete answered requests whose records need not be kept any more; return how many."""
        named = {request.id for request in requests}

        def work(db: sqlite3.Connection) -> int:
            closed = db.execute("SELECT id FROM requests WHERE is_open = 0").fetchall()
            gone = [(number,) for (number,) in closed if number in named]
            blank_words(db, [number for (number,) in gone])
            db.executemany(f"DELETE FROM {STEPS} WHERE request = ?", gone)
            db.executemany("DELETE FROM requests WHERE id = ?", gone)
            return len(gone)

        return self._engine.writer.run(work)

    def _write(self, db: sqlite3.Connection, request: Request, step: Step, words: str) -> None:
        key = self._keys.of(db, request.subject) if words and request.subject else None
        sealed = b""
        if key is not None and request.subject:
            sealed = seal_for(key, words.encode(), table=STEPS, subject=request.subject)
        db.execute(
            f"INSERT INTO {STEPS} (request, number, kind, at, actor, reason, sealed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (request.id, step.number, step.kind, to_ms(step.at), step.by, step.reason, sealed),
        )


def blank_requests(db: sqlite3.Connection, subject: SubjectId) -> int:
    """Take *subject* and all words out of their requests, in place; return how many requests."""
    query = "SELECT id FROM requests WHERE subject = ? ORDER BY id"
    ids = [number for (number,) in db.execute(query, (subject,)).fetchall()]
    blank_words(db, ids)
    db.execute("UPDATE requests SET subject = 0 WHERE subject = ?", (subject,))
    return len(ids)


def blank_words(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    """Overwrite what is sealed in the steps of the requests *ids*, where it stands."""
    for number in ids:
        query = f"SELECT number, length(sealed) FROM {STEPS} WHERE request = ?"
        for step, size in db.execute(query, (number,)).fetchall():
            change = f"UPDATE {STEPS} SET sealed = ? WHERE request = ? AND number = ?"
            db.execute(change, (bytes(size), number, step))


def _enter(db: sqlite3.Connection, request: Request, code: CodeSent | None) -> bool:
    """Enter the row of *request*; tell whether there was none of its reference yet."""
    entered = db.execute(
        f"INSERT INTO requests ({_COLUMNS}, received_at, is_open, code, code_until, code_tries)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)"
        " ON CONFLICT (channel, reference) DO NOTHING RETURNING id",
        (
            request.id,
            request.kind.value,
            request.regime,
            *_reference(request)[:1],
            request.by.value,
            _reference(request)[1],
            request.subject or 0,
            bytes.fromhex(request.about),
            to_ms(request.received_at),
            int(request.state.is_open),
            code.digest if code else b"",
            to_ms(code.until) if code else 0,
        ),
    )
    return bool(entered.fetchall())


def _reference(request: Request) -> tuple[str, str]:
    return request.channel, request.reference or request.id


def _one(db: sqlite3.Connection, where: str, values: Sequence[object]) -> Request | None:
    return next(iter(_all(db, where, values)), None)


def _all(db: sqlite3.Connection, where: str, values: Sequence[object]) -> tuple[Request, ...]:
    rows = db.execute(f"SELECT {_COLUMNS} FROM requests WHERE {where}", values).fetchall()
    steps = _steps(db, [row[0] for row in rows])
    return tuple(_read(row, steps[row[0]]) for row in rows)


def _steps(db: sqlite3.Connection, ids: Sequence[str]) -> Mapping[str, Sequence[Step]]:
    found: dict[str, list[Step]] = defaultdict(list)
    for begin in range(0, len(ids), _AT_A_TIME):
        some = ids[begin : begin + _AT_A_TIME]
        marks = ", ".join("?" * len(some))
        query = (
            f"SELECT request, number, kind, at, actor, reason FROM {STEPS}"
            f" WHERE request IN ({marks}) ORDER BY request, number"
        )
        for id_, number, kind, at, by, reason in db.execute(query, some).fetchall():
            step = Step(number=number, kind=StepKind(kind), at=from_ms(at), by=by, reason=reason)
            found[id_].append(step)
    return found


def _read(row: Sequence[Any], steps: Sequence[Step]) -> Request:
    id_, kind, regime, channel, speaker, reference, subject, about = row
    return Request(
        id=id_,
        kind=RequestKind(kind),
        regime=regime,
        channel=channel,
        by=Speaker(speaker),
        reference="" if reference == id_ else reference,
        subject=SubjectId(subject) if subject else None,
        about=bytes(about).hex(),
        steps=tuple(steps),
    )
