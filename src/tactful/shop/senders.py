"""
Find out who sends the calls of a request: ask the gate about each once, and write down who is new.

Nobody is written down, and no identifier linked, without a permit in hand.  Strangers are written
down together: a wait for the disk costs the same for one and for a hundred.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from tactful.capabilities.collect import Call, address_of, signals_of
from tactful.gate import Permits, Visit
from tactful.shop.consenting import Consenting
from tactful.shop.delivery import Delivery
from tactful.shop.parts import Parts
from tactful.shop.recognising import Recognising
from tactful.shop.settling import note_address
from tactful.terms import Identifier, Signals, SubjectId


class _Key(NamedTuple):
    """What the calls of one sender share: who, where, and what they say on consent."""

    who: tuple[Identifier, ...]
    region: str | None
    identify: bool
    consent: Hashable


@dataclass(slots=True, kw_only=True)
class Sender:
    """
    Who sent some calls of a request, and for which purposes they may be kept.

    `address` is that of the sender's account, where a call states it; `signals` are None where
    neither the request nor the call carries any.  `settled` tells that identifiers are linked.
    """

    who: tuple[Identifier, ...]
    visit: Visit
    address: str | None
    signals: Signals | None
    said_at: datetime | None
    permits: Permits
    settled: bool = False

    @property
    def refused(self) -> str:
        """Return why nothing may be kept, where nothing may."""
        return "no purpose is allowed" if self.who else "no identifier names anybody"


class Senders:
    """Recognises senders; asks the gate about each once, and the answers hold for their calls."""

    def __init__(self, parts: Parts, consenting: Consenting, recognising: Recognising) -> None:
        self._parts = parts
        self._heeding = consenting.heeding
        self._recognising = recognising
        self._keeping = tuple(a.name for a in parts.policy.activities.values() if a.keeps)

    def of(self, calls: Sequence[Call], delivery: Delivery) -> Iterator[Sender]:
        """
        Yield the sender of each of *calls*, in their order, as of that call.

        A call that makes two persons one, or hands a device on, counts from the next call on.
        """
        keys = [self._key(call, delivery) if call.type != "alias" else None for call in calls]
        met = self._meet_all(calls, keys, delivery)
        for call, early in zip(calls, keys, strict=True):
            key = early or self._key(call, delivery)  # an alias speaks of what was there before it
            sender = met.get(key)
            if sender is None:
                sender = met[key] = self._meet(call, key, delivery)
            if key.who and not sender.settled and self._link(sender, delivery):
                met = {key: sender}  # what was asked before may be of somebody else, or looser
            yield sender

    def _meet_all(
        self, calls: Sequence[Call], keys: Sequence[_Key | None], delivery: Delivery
    ) -> dict[_Key, Sender]:
        met: dict[_Key, Sender] = {}
        for call, key in zip(calls, keys, strict=True):
            if key is not None and key not in met:
                met[key] = self._meet(call, key, delivery)
        self._admit_strangers(met.values(), delivery)
        return met

    def _key(self, call: Call, delivery: Delivery) -> _Key:
        region = address_of(call) or delivery.whence(call)
        return _Key(
            self._recognising.who(call, by_shop=delivery.by_shop, region=lambda: region),
            region,
            call.type == "identify",
            signals_of(call).key if _consent_in(call) else None,
        )

    def _meet(self, call: Call, key: _Key, delivery: Delivery) -> Sender:
        """Ask about somebody who may be new, and note what their signals say of who is known."""
        at = delivery.received_at
        subject = self._recognising.find(key.who) if key.who else None
        visit = Visit(subject=subject, region=key.region, gpc=delivery.gpc)
        said_at = delivery.said_at(call) if delivery.history else None
        signals = signals_of(call) if delivery.gpc or _consent_in(call) else None
        if signals is not None and key.who:
            visit = self._heeding.heed(visit, signals, at, sender=key.who, said_at=said_at)
        return Sender(
            who=key.who,
            visit=visit,
            address=address_of(call) or (key.region if delivery.history else None),
            signals=signals,
            said_at=said_at,
            permits=self._ask(visit, delivery) if key.who else self._nothing(delivery),
        )

    def _admit_strangers(self, met: Iterable[Sender], delivery: Delivery) -> None:
        """Write those down together who allow it and have nothing to do with each other."""
        taken: set[Identifier] = set()
        strangers: list[Sender] = []
        for sender in met:
            alone = taken.isdisjoint(sender.who)
            taken.update(sender.who)
            if alone and sender.permits and sender.visit.subject is None:
                strangers.append(sender)
        if len(strangers) > 1:
            self._recognising.admit_all(
                [(sender.permits, sender.who) for sender in strangers],
                at=delivery.received_at,
                by_shop=delivery.by_shop,
            )

    def _link(self, sender: Sender, delivery: Delivery) -> bool:
        """Link who is new, or says what is new; tell whether others may be somebody else now."""
        sender.settled = True
        if sender.visit.subject is None and (found := self._recognising.find(sender.who)):
            self._settle(sender, found, delivery)  # by an earlier call, or with other strangers
        known = sender.visit.subject
        if not sender.address and (not sender.permits or (known is not None and _alone(sender))):
            return False
        linked = None
        if sender.permits:
            linked = self._recognising.admit(
                sender.permits, sender.who, at=delivery.received_at, by_shop=delivery.by_shop
            )
        subject = linked.subject if linked else known
        if subject is None:
            sender.permits = self._nothing(delivery)
            return False
        changed = linked is not None and (linked.merged or linked.handed_on)
        self._settle(sender, subject, delivery, again=changed)
        return changed

    def _settle(
        self, sender: Sender, subject: SubjectId, delivery: Delivery, *, again: bool = False
    ) -> None:
        """Let *sender* be *subject*, and live where their address is; ask again if that is news."""
        at, news = delivery.received_at, subject != sender.visit.subject
        if news:
            sender.visit = replace(sender.visit, subject=subject)
            if sender.signals is not None:
                self._heeding.meet_again(sender.visit, sender.signals, at, said_at=sender.said_at)
        moved = note_address(self._parts, sender.visit, sender.address, at)
        if news or moved or again:
            sender.permits = self._ask(sender.visit, delivery)

    def _ask(self, visit: Visit, delivery: Delivery) -> Permits:
        return self._parts.door.ask_each(self._keeping, visit, delivery.received_at)

    def _nothing(self, delivery: Delivery) -> Permits:
        return self._parts.door.ask_each((), Visit(), delivery.received_at)


def _alone(sender: Sender) -> bool:
    return len(sender.who) == 1


def _consent_in(call: Call) -> bool:
    context = call.context
    return context is not None and bool(context.get("consent"))
