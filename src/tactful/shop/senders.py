"""
Find out who sends the calls of a request, once for each: ask the gate, and write down who is new.

Nobody is written down, and no identifier linked, without a permit in hand; those who are new are
written down together, because each wait for the disk costs the same for one and for a hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tactful.capabilities.collect import Call, address_of, identifiers_of, signals_of
from tactful.gate import Permits, Visit
from tactful.shop.consenting import Consenting
from tactful.shop.delivery import Delivery
from tactful.shop.parts import Parts
from tactful.shop.settling import note_address
from tactful.shop.visitors import find
from tactful.terms import Identifier, Signals, SubjectId


@dataclass(slots=True, kw_only=True)
class Sender:
    """
    Who sent some calls of a request, and for which purposes they may be kept.

    `address` is that of the sender's account, where a call states it; `signals` are None where
    neither the request nor the call carries any.
    """

    who: tuple[Identifier, ...]
    visit: Visit
    address: str | None
    signals: Signals | None
    said_at: datetime | None
    permits: Permits


class Senders:
    """Recognises senders; asks the gate about each once, and the answers hold for their calls."""

    def __init__(self, parts: Parts, consenting: Consenting) -> None:
        self._parts = parts
        self._heeding = consenting.heeding
        self._keeping = tuple(a.name for a in parts.policy.activities.values() if a.keeps)

    def of(self, calls: Sequence[Call], delivery: Delivery) -> list[Sender]:
        """Return the sender of each of *calls*, in their order."""
        met: dict[tuple[object, ...], Sender] = {}
        senders: list[Sender] = []
        for call in calls:
            region = address_of(call) or delivery.whence(call)
            key = _key(call, region)
            sender = met.get(key)
            if sender is None:
                sender = met[key] = self._meet(call, region, delivery)
            senders.append(sender)
        self._write_down(list(met.values()), delivery.received_at)
        return senders

    def _meet(self, call: Call, region: str | None, delivery: Delivery) -> Sender:
        """Ask about somebody who may be new, and note what their signals say of who is known."""
        who, at = identifiers_of(call), delivery.received_at
        subject = find(self._parts.store.identities, who)
        visit = Visit(subject=subject, region=region, gpc=delivery.gpc)
        said_at = delivery.said_at(call) if delivery.history else None
        signals = signals_of(call) if delivery.gpc or _consent_in(call) else None
        if signals is not None:
            visit = self._heeding.heed(visit, signals, at, sender=who, said_at=said_at)
        return Sender(
            who=who,
            visit=visit,
            address=address_of(call) or (region if delivery.history else None),
            signals=signals,
            said_at=said_at,
            permits=self._ask(visit, at),
        )

    def _write_down(self, senders: Sequence[Sender], at: datetime) -> None:
        """Admit who is new, link what is new about the others, and ask about these again."""
        known = [(s, s.visit.subject) for s in senders if s.visit.subject is not None]
        self._admit_strangers([s for s in senders if s.visit.subject is None], at)
        for sender, subject in known:
            linked = len(sender.who) > 1 and bool(sender.permits)
            if linked or sender.address:
                self._settle(sender, self._admit(sender, at) if linked else subject, at)

    def _admit_strangers(self, strangers: Sequence[Sender], at: datetime) -> None:
        """Admit those who allow it; another sender may turn out to be one of them."""
        allowing = [sender for sender in strangers if sender.permits]
        if not allowing:
            return
        identities = self._parts.store.identities
        identities.admit_all([sender.who for sender in allowing], at=at)
        for sender in strangers:
            if (subject := find(identities, sender.who)) is not None:
                self._settle(sender, subject, at)

    def _settle(self, sender: Sender, subject: SubjectId, at: datetime) -> None:
        """Let *sender* be *subject*, and live where their address is; ask again if that is news."""
        news = subject != sender.visit.subject
        if news:
            sender.visit = replace(sender.visit, subject=subject)
            if sender.signals is not None:
                self._heeding.meet_again(sender.visit, sender.signals, at, said_at=sender.said_at)
        moved = note_address(self._parts, sender.visit, sender.address, at)
        if news or moved:
            sender.permits = self._ask(sender.visit, at)

    def _admit(self, sender: Sender, at: datetime) -> SubjectId:
        return self._parts.store.identities.admit(sender.who, at=at)

    def _ask(self, visit: Visit, at: datetime) -> Permits:
        return self._parts.door.ask_each(self._keeping, visit, at)


def _key(call: Call, region: str | None) -> tuple[object, ...]:
    """Return what the calls of one sender share: who, where, and what they say on consent."""
    return (
        call.user_id,
        call.anonymous_id,
        call.previous_id if call.type == "alias" else None,
        region,
        call.type == "identify",
        signals_of(call).key if _consent_in(call) else None,
    )


def _consent_in(call: Call) -> bool:
    return bool(call.context and call.context.get("consent"))
