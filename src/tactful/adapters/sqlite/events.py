"""
The recent events of all subjects, as capabilities see them.

The newest events of a subject are read through a memory that every append, erasure and
withdrawal keeps right: an event accepted now changes the same subject's next decision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tactful.adapters.sqlite.audience import rows_of_audience
from tactful.adapters.sqlite.changes import ANYBODY, Change, ChangeKind
from tactful.adapters.sqlite.days import Day
from tactful.adapters.sqlite.engine import Engine
from tactful.adapters.sqlite.intake import Call, Intake
from tactful.adapters.sqlite.memory import Memory
from tactful.adapters.sqlite.rows import Row, View, to_row, view_of, view_of_everything
from tactful.adapters.sqlite.writer import Job
from tactful.gate import Permit
from tactful.terms import Event, PermitMisuse, SubjectId

ANSWER_REQUEST: Final = ("necessary", "answer-request")
"""The purpose and activity under which subjects read their own data (GDPR Art. 15)."""

RECENT: Final = 100
_REMEMBERED: Final = 400_000
"""How many events are remembered, of whomever: some 300 MB."""
_IMPORT: Final = "import"
_ALL: Final = 2**62
_EVERYTHING: Final = ""
_OF_ALL: Final = {ChangeKind.APPENDED, ChangeKind.MISSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """The newest events of one subject for one purpose, oldest first; `whole` if that is all."""

    events: tuple[Event, ...]
    whole: bool

    def newest(self, limit: int | None) -> tuple[Event, ...] | None:
        """Return the newest *limit*, or None where they are not all here."""
        if limit is not None and limit <= len(self.events):
            return self.events[len(self.events) - limit :]
        return self.events if self.whole else None


class SqliteEvents:
    """Implements `tactful.capabilities.collect.ports.Events`."""

    def __init__(self, engine: Engine, intake: Intake) -> None:
        self._engine = engine
        self._intake = intake
        self._memory: Memory[SubjectId, Mapping[str, Recent]] = Memory(
            most=_REMEMBERED, weigh=_weight
        )
        plan, bits = engine.policy.plan, engine.bits
        self._views = {name: view_of(name, plan, bits) for name in engine.policy.purposes}
        self._views[_EVERYTHING] = view_of_everything(bits)
        engine.changes.heed(self._heed)

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """Store *events* and resolve, once they are durable, to the messages that were new."""
        kept = [event for event in events if event.purposes]
        call = Call(
            rows=[to_row(event, self._engine.bits) for event in kept],
            imports=frozenset(e.message for e in kept if e.source.startswith(_IMPORT)),
            subjects=frozenset(event.subject for event in kept),
        )
        return self._engine.writer.submit(
            Job(
                work=lambda db: self._intake.receive(db, call),
                about=call,
                together=self._intake.receive_all,
                kept=lambda: self._appended(call),
                lost=lambda: self._intake.seen.take_out(call.taken),
            )
        )

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return the newest *limit* events of the permit's person, oldest first."""
        subject = self._engine.covered(permit)
        asked = (permit.purpose, permit.activity)
        view = _EVERYTHING if asked == ANSWER_REQUEST else permit.purpose
        stamp = self._memory.stamp
        known = self._memory.kept.get(subject, {})
        if (recent := known.get(view)) and (found := recent.newest(limit)) is not None:
            return found
        most = None if limit is None else max(limit, RECENT)
        events = self._read(self._engine.members(subject), self._views[view], most)
        recent = Recent(events=events, whole=most is None or len(events) < most)
        if len(events) <= RECENT:
            self._memory.keep(subject, {**known, view: recent}, stamp=stamp)
        return recent.newest(limit) or ()

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield the events of the permit's audience, by person and then by time."""
        members = permit.audience.members
        if self._engine.clock() >= permit.expires_at:
            raise PermitMisuse(f"the permit for {permit.activity} expired: ask the door again")
        view = self._views[permit.purpose]
        rows = rows_of_audience(
            self._engine.read, self._intake.days, members=members, mask=view.mask
        )
        return map(view.event, rows)

    def _read(
        self, members: Sequence[SubjectId], view: View, limit: int | None
    ) -> tuple[Event, ...]:
        found: list[_Found] = []
        days = ((day, member) for day in self._intake.days.all for member in members)
        for day, member in days:
            if len(found) == limit and (not limit or found[-1][0] >= day.newest):
                continue
            query = (
                f"SELECT at, rowid, name, purposes, message, body FROM {day.table}"
                " WHERE subject = ? AND purposes & ? <> 0 ORDER BY at DESC, rowid DESC LIMIT ?"
            )
            asked = (member, view.mask, _ALL if limit is None else limit)
            rows = self._engine.read().execute(query, asked).fetchall()
            found = sorted([*found, *_found(rows, day, member)], reverse=True)[:limit]
        return tuple(view.event(row) for *_, row in reversed(found))

    def _appended(self, call: Call) -> None:
        if call.new_day:
            self._intake.reload_days()
        for subject in call.subjects:
            for member in self._engine.members(SubjectId(subject)):
                self._memory.drop(member)

    def _heed(self, change: Change) -> None:
        if change.subject == ANYBODY and change.kind in _OF_ALL:
            self._memory.clear()
        elif change.kind in {ChangeKind.DROPPED, ChangeKind.ERASED, ChangeKind.MERGED}:
            self._memory.drop(SubjectId(change.subject))


def _weight(views: Mapping[str, Recent]) -> int:
    return 1 + sum(len(recent.events) for recent in views.values())


_Found = tuple[int, date, int, Row]
"""Time, day of receipt and place in that day's table: the order of a history; and the row."""


def _found(rows: Sequence[tuple[Any, ...]], day: Day, subject: SubjectId) -> Iterator[_Found]:
    for at, place, *rest in rows:
        yield at, day.day, place, Row(subject, at, *rest)
