"""Shops that leak, each in a way of its own: what the harness is there to find."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from tactful.capabilities.collect import Events
from tactful.gate import Audience, Door, Gap, Permit, Permitted, Refusal, Visit
from tactful.shop import Parts, Question, Shop, Trained, Who
from tactful.shop.training import Progress
from tactful.terms import Decision, Event, SubjectId


def forged(scope: SubjectId | Audience, at: datetime, *, purpose: str, activity: str) -> Permit:
    """Return a permit that no gate gave."""
    return Permit(
        scope=scope,
        activity=activity,
        purpose=purpose,
        basis="",
        regime="",
        decided_at=at,
        expires_at=at + timedelta(minutes=1),
    )


class Peeking(Shop):
    """Reads who asks without asking the door; the subclasses do something with it."""

    def peek(self, who: Who) -> Sequence[str]:
        """Return the items of the asker's history."""
        subject = self.visit(who).subject
        if subject is None:
            return ()
        permit = forged(subject, self.now(), purpose="necessary", activity="answer-request")
        events = self._parts.store.events.history(permit)
        return [item for event in events for item in event.items]


class Telling(Peeking):
    """Lets the answer depend on it."""

    def decide(self, question: Question) -> Decision:
        """Answer shorter to who bought something."""
        decision = super().decide(question)
        return replace(decision, items=decision.items[len(self.peek(question.who)) :])


class Logging(Peeking):
    """Logs it."""

    def decide(self, question: Question) -> Decision:
        """Answer, and log what was seen before."""
        logging.getLogger("leak").debug("seen %d", len(self.peek(question.who)))
        return super().decide(question)


class Structured(Peeking):
    """Logs it the other way."""

    def decide(self, question: Question) -> Decision:
        """Answer, and log what was seen before."""
        structlog.get_logger("leak").info("decided", seen=len(self.peek(question.who)))
        return super().decide(question)


class Printing(Peeking):
    """Prints it."""

    def decide(self, question: Question) -> Decision:
        """Answer, and print what was seen before."""
        sys.stdout.write(" ".join(self.peek(question.who)))
        return super().decide(question)


class Labelling(Peeking):
    """Counts it under a label of its own."""

    def decide(self, question: Question) -> Decision:
        """Answer, and count what was seen before."""
        for item in self.peek(question.who):
            self._parts.store.tallies.add("seen", item)
        return super().decide(question)


class Curious(Peeking):
    """Asks the door about some people more than about others."""

    def decide(self, question: Question) -> Decision:
        """Answer, and ask once more where there is a history."""
        if self.peek(question.who):
            self.door.ask("measure-results", self.visit(question.who), self.now())
        return super().decide(question)


class Gossiping(Peeking):
    """Writes it down elsewhere."""

    def decide(self, question: Question) -> Decision:
        """Answer, and put a bystander into the group of what was seen."""
        for item in self.peek(question.who)[:1]:
            other = self.subject("lit-0").number
            permit = forged(other, self.now(), purpose="segment_personalization", activity="")
            self._parts.store.profiles.join(permit, item)
        return super().decide(question)


class Pricing(Peeking):
    """Changes what everybody sees."""

    def decide(self, question: Question) -> Decision:
        """Answer, and take what was seen off the shelf."""
        for item in self.peek(question.who):
            self.put_items([replace(self.catalogue[item], availability="discontinued")])
        return super().decide(question)


class Nosy(Shop):
    """Reads, with a permit, of somebody else than who asks."""

    def decide(self, question: Question) -> Decision:
        """Answer shorter if the neighbour bought something."""
        decision = super().decide(question)
        neighbour = self.visit(Who(user_id="willing"))
        history = self._parts.store.events.history
        opened = self.door.open("recommend-individual", neighbour, self.now(), history)
        seen = opened.value if isinstance(opened, Permitted) else ()
        return replace(decision, items=decision.items[len(seen) :])


class Learning(Shop):
    """Trains on everybody."""

    def train(self, progress: Progress = lambda _step, _done: None) -> Trained:
        """Train on who allows it and who does not."""
        events = self._parts.store.events
        self._parts = replace(
            self._parts, store=replace(self._parts.store, events=_EventsOfAll(events, self._parts))
        )
        return Shop(self._parts).train(progress)


class _EventsOfAll:
    """Opens more than was asked for."""

    def __init__(self, inner: Events, parts: Parts) -> None:
        self._inner = inner
        self._parts = parts

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """Store *events*."""
        return self._inner.append(events)

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return what was asked for."""
        return self._inner.history(permit, limit=limit)

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield the events of everybody."""
        everybody = self._parts.door._standings.columns().subjects
        audience = Audience(members=everybody, refused={})
        yield from self._inner.of_audience(replace(permit, scope=audience))


class Forgiving(Door):
    """Takes every refusal for a permit, and counts the use as if nothing were wrong."""

    def ask(self, activity: str, visit: Visit, at: datetime) -> Permit | Refusal | Gap:
        """Answer yes."""
        answer = super().ask(activity, visit, at)
        if isinstance(answer, Permit) or visit.subject is None:
            return answer
        self._uses.count(visit.subject, (activity,), at.date())
        purpose = self._policy.activities[activity].purpose
        return forged(visit.subject, at, purpose=purpose, activity=activity)


class _Mixing:
    """Reads what was kept for any purpose, whatever for it is read now."""

    def __init__(self, inner: Events) -> None:
        self._inner = inner

    def append(self, events: Sequence[Event]) -> Future[frozenset[bytes]]:
        """Store *events*."""
        return self._inner.append(events)

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return everything."""
        wide = replace(permit, purpose="necessary", activity="answer-request")
        return self._inner.history(wide, limit=limit)

    def of_audience(self, permit: Permit) -> Iterator[Event]:
        """Yield what was asked for."""
        return self._inner.of_audience(permit)


def through_a_forgiving_door(parts: Parts) -> Shop:
    """Return a shop whose door says yes to everything."""
    door = Forgiving(parts.policy, standings=parts.door._standings, uses=parts.door._uses)
    return Shop(replace(parts, door=door))


def on_a_mixing_store(parts: Parts) -> Shop:
    """Return a shop whose store does not tell purposes apart."""
    return Shop(replace(parts, store=replace(parts.store, events=_Mixing(parts.store.events))))
