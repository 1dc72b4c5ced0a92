"""
Take behaviour in: ask the gate for each sender, keep what it permits, count the rest.

The way of an event (architecture.md): find the sender's standing; ask, per purpose, whether it may
be kept; reduce it to declared and permitted properties; append it durably.  A refused event leaves
a count and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime

from tactful.capabilities.collect import (
    GROUP_PURPOSE,
    Call,
    Incoming,
    calls_from,
    dealing_of,
    items_of,
    keep,
    keep_traits,
    region_of,
)
from tactful.gate import Visit
from tactful.shop.consenting import Consenting
from tactful.shop.delivery import Delivery, Whence
from tactful.shop.parts import Parts
from tactful.shop.recognising import Recognising
from tactful.shop.relating import Relating
from tactful.shop.senders import Sender, Senders
from tactful.shop.unplanned import RECEIVED, Unplanned
from tactful.terms import Event, Identifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """
    What became of the calls of one request.

    `refused` counts calls that nothing may be kept of, by reason; `kept` are those reduced to
    events, and `stored` resolves, once they are durable, to the messages that were new.
    """

    kept: int
    refused: Mapping[str, int]
    stored: Future[frozenset[bytes]]
    malformed: Sequence[tuple[int, str]] = ()


_NO_EVENTS = frozenset({"identify", "group", "alias"})
"""Calls that say who somebody is, not what they did."""


class Collecting:
    """Takes calls in and keeps what the gate permits."""

    def __init__(self, parts: Parts, consenting: Consenting, relating: Relating) -> None:
        self._parts = parts
        self._relating = relating
        self._recognising = Recognising(parts)
        self._senders = Senders(parts, consenting, self._recognising)
        purposes = parts.policy.purposes.values()
        self._retention = {each.name: each.retention for each in purposes if each.retention}
        self._unplanned = Unplanned(parts.store.tallies.totals)

    def collect(
        self,
        incoming: Incoming,
        *,
        gpc: bool = False,
        region: str | None = None,
        whence: Whence | None = None,
        source: str = "api",
        by_shop: bool = False,
        history: bool = False,
    ) -> Collected:
        """
        Keep what may be kept of *incoming*; `stored` resolves once that is durable.

        Args:
            incoming: The readable calls of one request, and those that could not be read.
            gpc: Whether the request carried `Sec-GPC: 1`.
            region: Where the request came from; a call's own region outranks it.
            whence: Where the sender of each call is, in place of what the call says and *region*.
            source: Where the calls come from, for the subject to see.
            by_shop: The shop itself tells of them, which has shown its secret key.
            history: The shop imports its own past: original times stay, however old.
        """
        whence = whence or (lambda call: region_of(call) or region)
        delivery = self._delivery(
            incoming, gpc=gpc, whence=whence, source=source, by_shop=by_shop, history=history
        )
        calls = zip(incoming.calls, self._senders.of(incoming.calls, delivery), strict=True)
        found = [self._event(call, sender, delivery) for call, sender in calls]
        events = [event for event in found if event is not None]
        stored = self._parts.store.events.append(events)
        stored.add_done_callback(lambda done: self._count_kept(events, done))
        self._count_refused(delivery)
        return Collected(
            kept=len(events),
            refused=delivery.refused,
            stored=stored,
            malformed=[(wrong.index, wrong.reason) for wrong in incoming.malformed],
        )

    def import_lines(self, lines: Iterable[Mapping[str, object]], *, source: str) -> Collected:
        """Keep what may be kept of *lines*, Segment-shaped calls of the shop's own past."""
        return self.collect(
            calls_from(lines), source=f"import:{source}", by_shop=True, history=True
        )

    def _delivery(
        self,
        incoming: Incoming,
        *,
        gpc: bool,
        whence: Whence,
        source: str,
        by_shop: bool,
        history: bool,
    ) -> Delivery:
        now = self._parts.clock()
        return Delivery(
            received_at=now,
            sent_at=incoming.sent_at,
            gpc=gpc,
            source=source,
            whence=whence,
            by_shop=by_shop,
            retention={} if history else self._retention,
            history=history,
        )

    def _event(self, call: Call, sender: Sender, delivery: Delivery) -> Event | None:
        at = delivery.happened_at(call)
        if delivery.by_shop:
            self._note_dealing(call, sender.who, at=at, now=delivery.received_at)
        if not sender.permits:
            delivery.refused[sender.refused] += 1
            return None
        items = items_of(call)
        self._follow(call, items, sender, delivery)
        if call.type in _NO_EVENTS:
            return None
        event = keep(
            sender.permits,
            call,
            items=items,
            plan=self._parts.policy.plan,
            at=at,
            kept_since=delivery.kept_since(at),
            source=delivery.source,
            telling=delivery.telling(sender.who),
            now=None if delivery.history else delivery.received_at,
        )
        if event is None:
            delivery.refused["nothing to keep"] += 1
        return event

    def _note_dealing(
        self, call: Call, who: tuple[Identifier, ...], *, at: datetime, now: datetime
    ) -> None:
        """
        Note that a known subject bought or enquired: whether or not the event may be kept.

        Only the shop's own word counts: a consent follows from it, and anybody has the write key.
        """
        dealing = dealing_of(call, self._parts.policy.plan, at)
        subject = self._recognising.find(who) if dealing else None
        if dealing and subject is not None:
            self._relating.note(Visit(subject=subject), dealing, now)

    def _follow(self, call: Call, items: Sequence[str], sender: Sender, delivery: Delivery) -> None:
        """Let the profile follow: traits of an `identify`, and the group the subject falls in."""
        profiles = self._parts.store.profiles
        if call.type == "identify":
            traits = keep_traits(
                sender.permits,
                call,
                plan=self._parts.policy.plan,
                telling=delivery.telling(sender.who),
            )
            if traits:
                before = profiles.set_traits(
                    tuple(sender.permits),
                    traits,
                    at=delivery.happened_at(call),
                    source=delivery.source,
                )
                for _ in before:
                    delivery.drop("corrected before")
            return
        if GROUP_PURPOSE in sender.permits.purposes and (group := self._group(items)):
            permit = next(p for p in sender.permits if p.purpose == GROUP_PURPOSE)
            profiles.join(permit, group)

    def _group(self, items: Sequence[str]) -> str | None:
        """Return the category of the first of *items*: the broad group it speaks for."""
        line = self._parts.store.catalogue.get(items[0]) if items else None
        return line.category if line and line.category else None

    def _count_kept(self, events: Sequence[Event], stored: Future[frozenset[bytes]]) -> None:
        """Count what was really stored: clients retry, and a duplicate is no event."""
        if stored.cancelled() or stored.exception():
            return
        tallies, new = self._parts.store.tallies, stored.result()
        kept: Collection[Event] = events
        if len(new) < len(events):
            kept = {event.message: event for event in events if event.message in new}.values()
        for purposes, times in Counter(event.purposes for event in kept).items():
            for purpose in purposes:
                tallies.add("kept", purpose, times)
        if kept:
            tallies.add("events", "kept", len(kept))
        if len(kept) < len(events):
            tallies.add("events", "duplicate", len(events) - len(kept))
        if events:
            tallies.add(RECEIVED, "event", len(events))
            tallies.add(RECEIVED, "property", sum(len(event.properties) for event in events))

    def _count_refused(self, delivery: Delivery) -> None:
        tallies = self._parts.store.tallies
        if delivery.refused:
            tallies.add("events", "refused", delivery.refused.total())
        for reason, n in delivery.refused.items():
            tallies.add("refused", reason, n)
        for reason, n in delivery.dropped.items():
            tallies.add("dropped", reason, n)
        for (counter, label), n in delivery.noted.items():
            tallies.add(counter, label, n)
        if delivery.gaps:
            for counter, label, n in self._unplanned.counts(delivery.gaps):
                tallies.add(counter, label, n)
