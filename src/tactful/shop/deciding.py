"""
Answer a page that wants a slot filled, at the highest level the gate permits.

The way of a decision (architecture.md): ask from the highest level down; the first permit opens
what that level may know; `none` always answers, from nobody's data.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from tactful.capabilities.recommend import ACTIVITIES, SLOTS, Known, Shelf, Slot, slate
from tactful.gate import Permit, Permitted, Visit
from tactful.shop.consenting import Consenting
from tactful.shop.models import ModelsInUse
from tactful.shop.parts import Parts
from tactful.shop.visitors import Who
from tactful.terms import Decision, Event, Level, Mistake, NotFound, RefusedLevel, SubjectId

T = TypeVar("T")

MAX_LIMIT = 100
MAX_SESSION = 200
HISTORY = 100
"""How many of a subject's newest events shape one decision; stores keep that many at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a page asks: which slot, for whom, on which page, at most how personal."""

    slot: str
    who: Who = field(default_factory=Who)
    session: Sequence[str] = ()
    page: str | None = None
    limit: int = 10
    ceiling: Level = Level.INDIVIDUAL


class _Ticket(msgspec.Struct, array_like=True, frozen=True):
    """What a decision id carries, sealed: enough to take feedback, so that nothing is stored."""

    slot: str
    level: str
    subject: int | None
    region: str | None
    at: int
    gpc: bool = False
    denied: tuple[str, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Ticket)


class Deciding:
    """Fills slots, and takes what became of them."""

    def __init__(self, parts: Parts, models: ModelsInUse, consenting: Consenting) -> None:
        self._parts = parts
        self._models = models
        self._consenting = consenting

    def decide(self, question: Question) -> Decision:
        """
        Fill a slot.

        Raises:
            Mistake: an unknown slot, or a limit or session out of bounds.
        """
        slot = _checked(question)
        at = self._parts.clock()
        visit = self._consenting.meet(question.who, at)
        ceiling = min(slot.ceiling, question.ceiling, key=lambda level: level.height)
        walk = _Walk(self._parts, visit, at, ceiling=ceiling)
        known = walk.known(question)
        level, permit = walk.highest
        self._parts.store.tallies.add("decisions", level.value)
        shelf = Shelf(models=self._models.current, catalogue=self._parts.store.catalogue)
        return Decision(
            id=self._ticket(slot, level, visit, at),
            slot=slot.name,
            level=level,
            purpose=permit.purpose if permit else "",
            basis=permit.basis if permit else "",
            items=slate(known, slot, shelf, limit=question.limit),
            refused=tuple(walk.refused),
        )

    def feedback(self, decision: str, kind: str, *, gpc: bool = False) -> bool:
        """
        Take that a slate was shown, clicked or bought from; tell whether it was counted.

        Raises:
            NotFound: *decision* is not an id that this shop gave.
            Mistake: *kind* is none of exposure, click, conversion.
        """
        if kind not in {"exposure", "click", "conversion"}:
            raise Mistake(f"unknown feedback {kind[:32]!r}: exposure, click or conversion")
        ticket = self._unsealed(decision)
        subject = None if ticket.subject is None else SubjectId(ticket.subject)
        visit = Visit(
            subject=subject,
            region=ticket.region,
            gpc=gpc or ticket.gpc,
            denied=frozenset(ticket.denied),
        )
        answer = self._parts.door.ask("measure-results", visit, self._parts.clock())
        if not isinstance(answer, Permit):
            return False
        self._parts.store.tallies.add(kind, f"{ticket.slot}:{ticket.level}")
        return True

    def _ticket(self, slot: Slot, level: Level, visit: Visit, at: datetime) -> str:
        ticket = _Ticket(
            slot=slot.name,
            level=level.value,
            subject=visit.subject,
            region=visit.region,
            at=int(at.timestamp()),
            gpc=visit.gpc,
            denied=tuple(sorted(visit.denied)),
        )
        return self._parts.seal.seal(_encoder.encode(ticket))

    def _unsealed(self, decision: str) -> _Ticket:
        value = self._parts.seal.unseal(decision)
        if value is None:
            raise NotFound("unknown decision: use the id that /v1/decide answered")
        return _decoder.decode(value)


class _Walk:
    """One walk down the levels: opens what is permitted, each with one question to the door."""

    def __init__(self, parts: Parts, visit: Visit, at: datetime, *, ceiling: Level) -> None:
        self._parts = parts
        self._visit = visit
        self._at = at
        self._ceiling = ceiling
        self.highest: tuple[Level, Permit | None] = (Level.NONE, None)
        self.refused: list[RefusedLevel] = []

    def known(self, question: Question) -> Known:
        """Open every level up to the ceiling, the highest first; a stranger has nothing stored."""
        session = tuple(question.session)
        history = self._open(Level.INDIVIDUAL, self._history)
        group = self._open(Level.SEGMENT, self._group)
        return Known(
            page=question.page,
            session=self._open(Level.SESSION, lambda _: session),
            group=group,
            history=history,
        )

    def _history(self, permit: Permit) -> tuple[Event, ...]:
        if permit.scope is None:
            return ()
        return self._parts.store.events.history(permit, limit=HISTORY)

    def _group(self, permit: Permit) -> str | None:
        return None if permit.scope is None else self._parts.store.profiles.group(permit)

    def _open(self, level: Level, what: Callable[[Permit], T]) -> Permitted[T] | None:
        """Open *level*; the first permit is the highest, and who refuses before it is noted."""
        if level.height > self._ceiling.height:
            return None
        answer = self._parts.door.open(ACTIVITIES[level], self._visit, self._at, what)
        if isinstance(answer, Permitted):
            if self.highest[1] is None:
                self.highest = (level, answer.permit)
            return answer
        if self.highest[1] is None:
            self.refused.append(RefusedLevel(level=level, rule=answer.rule, reason=answer.reason))
        return None


def _checked(question: Question) -> Slot:
    slot = SLOTS.get(question.slot)
    if slot is None:
        raise Mistake(f"unknown slot {question.slot[:64]!r}: it must be one of {', '.join(SLOTS)}")
    if not 1 <= question.limit <= MAX_LIMIT:
        raise Mistake(f"limit must be between 1 and {MAX_LIMIT}, got {question.limit}")
    if len(question.session) > MAX_SESSION:
        raise Mistake(f"a session holds at most {MAX_SESSION} items, got {len(question.session)}")
    return slot
