"""
Take behaviour in: ask the gate for each sender, keep what it permits, count the rest.

The way of an event (architecture.md): find the sender's standing; ask, per purpose, whether it may
be kept; reduce it to declared and permitted properties; append it durably.  A refused event leaves
a count and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime

from tactful.capabilities.collect import (
    GROUP_PURPOSE,
    Call,
    Incoming,
    address_of,
    calls_from,
    dealing_of,
    happened_at,
    items_of,
    keep,
    keep_traits,
    region_of,
    signals_of,
)
from tactful.capabilities.profile import Linked
from tactful.gate import Permit, Visit
from tactful.shop.consenting import Consenting
from tactful.shop.parts import Parts
from tactful.shop.recognising import Recognising
from tactful.shop.relating import Relating
from tactful.shop.settling import note_address
from tactful.shop.unplanned import Unplanned
from tactful.terms import Event, Identifier

Whence = Callable[[Call], str | None]
"""Tells the region of a call's sender, or None where it is not known."""


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


@dataclass(slots=True, kw_only=True)
class _Request:
    """The circumstances that the calls of one request share."""

    received_at: datetime
    sent_at: datetime | None
    gpc: bool
    source: str
    whence: Whence
    by_shop: bool
    kept_since: Mapping[str, datetime]
    history: bool
    refused: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    gaps: list[tuple[str, tuple[Identifier, ...]]] = field(default_factory=list)
    permits: dict[tuple[object, ...], tuple[Permit, ...]] = field(default_factory=dict)

    def drop(self, reason: str) -> None:
        self.dropped[reason] += 1

    def said_at(self, call: Call) -> datetime | None:
        """Return when the signals of *call* were given, where it is of the past; else None: now."""
        if not self.history:
            return None
        return happened_at(call, sent_at=self.sent_at, received_at=self.received_at)

    def gap_of(self, who: tuple[Identifier, ...]) -> Callable[[str], None]:
        """Return where to note what the plan does not declare of what *who* sent."""
        return lambda missing: self.gaps.append((missing, who))


class Collecting:
    """Takes calls in and keeps what the gate permits."""

    def __init__(self, parts: Parts, consenting: Consenting, relating: Relating) -> None:
        self._parts = parts
        self._consenting = consenting
        self._relating = relating
        self._recognising = Recognising(parts)
        self._unplanned = Unplanned()
        self._keeping = tuple(a.name for a in parts.policy.activities.values() if a.keeps)

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
        request = self._request(
            incoming, gpc=gpc, whence=whence, source=source, by_shop=by_shop, history=history
        )
        found = (self._event(call, request) for call in incoming.calls)
        events = [event for event in found if event is not None]
        stored = self._parts.store.events.append(events)
        stored.add_done_callback(lambda done: self._count_kept(events, done))
        self._count_refused(request)
        return Collected(
            kept=len(events),
            refused=request.refused,
            stored=stored,
            malformed=[(wrong.index, wrong.reason) for wrong in incoming.malformed],
        )

    def import_lines(self, lines: Iterable[Mapping[str, object]], *, source: str) -> Collected:
        """Keep what may be kept of *lines*, Segment-shaped calls of the shop's own past."""
        return self.collect(
            calls_from(lines), source=f"import:{source}", by_shop=True, history=True
        )

    def _request(
        self,
        incoming: Incoming,
        *,
        gpc: bool,
        whence: Whence,
        source: str,
        by_shop: bool,
        history: bool,
    ) -> _Request:
        now = self._parts.clock()
        terms = self._parts.policy.purposes.values()
        kept_since = {p.name: now - p.retention for p in terms if p.retention and not history}
        return _Request(
            received_at=now,
            sent_at=incoming.sent_at,
            gpc=gpc,
            source=source,
            whence=whence,
            by_shop=by_shop,
            kept_since=kept_since,
            history=history,
        )

    def _event(self, call: Call, request: _Request) -> Event | None:
        who = self._recognising.who(
            call,
            by_shop=request.by_shop,
            region=lambda: address_of(call) or request.whence(call),
        )
        permits = self._permits(call, who, request)
        at = happened_at(call, sent_at=request.sent_at, received_at=request.received_at)
        if request.by_shop:
            self._note_dealing(call, who, at=at, now=request.received_at)
        if not permits:
            return None
        self._follow(call, permits, who, request)
        if call.type in {"identify", "group", "alias"}:
            return None
        event = keep(
            permits,
            call,
            plan=self._parts.policy.plan,
            at=at,
            kept_since=request.kept_since,
            source=request.source,
            drop=request.drop,
            gap=request.gap_of(who),
        )
        if event is None:
            request.refused["nothing to keep"] += 1
        return event

    def _permits(
        self, call: Call, who: tuple[Identifier, ...], request: _Request
    ) -> tuple[Permit, ...]:
        """Ask once per sender and request; the answers hold for the calls that follow."""
        region = address_of(call) or request.whence(call)
        sent = (call.context or {}).get("consent")
        key = (
            *who,
            region,
            call.type == "identify",
            signals_of(call).key if sent else None,
        )
        if not who:
            request.refused["no identifier names anybody"] += 1
            return ()
        if key not in request.permits:
            request.permits[key] = self._ask(call, who, region, request)
        if not request.permits[key]:
            request.refused["no purpose is allowed"] += 1
        return request.permits[key]

    def _ask(
        self, call: Call, who: tuple[Identifier, ...], region: str | None, request: _Request
    ) -> tuple[Permit, ...]:
        subject = self._recognising.find(who)
        visit = Visit(subject=subject, region=region, gpc=request.gpc)
        signals, heeding = signals_of(call), self._consenting.heeding
        said_at = request.said_at(call)
        visit = heeding.heed(visit, signals, request.received_at, sender=who, said_at=said_at)
        permits = self._asked(visit, request.received_at)
        address = address_of(call) or (region if request.history else None)
        if not address and (not permits or (subject is not None and len(who) == 1)):
            return permits
        # Only with a permit in hand is a new sender written down or an identifier linked.
        linked = self._admit(permits, who, request) if permits else None
        admitted = linked.subject if linked else subject
        if admitted is None:
            return ()
        visit = replace(visit, subject=admitted)
        if admitted != subject:
            heeding.meet_again(visit, signals, request.received_at, said_at=said_at)
        moved = note_address(self._parts, visit, address, request.received_at)
        merged = linked is not None and linked.merged
        if admitted == subject and not moved and not merged:
            return permits
        return self._asked(visit, request.received_at)

    def _admit(
        self, permits: tuple[Permit, ...], who: tuple[Identifier, ...], request: _Request
    ) -> Linked | None:
        at, by_shop = request.received_at, request.by_shop
        linked = self._recognising.admit(permits, who, at=at, by_shop=by_shop)
        if linked and (linked.merged or linked.handed_on):
            request.permits.clear()  # what was asked before may be of somebody else, or looser
        return linked

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

    def _asked(self, visit: Visit, at: datetime) -> tuple[Permit, ...]:
        answers = (self._parts.door.ask(activity, visit, at) for activity in self._keeping)
        return tuple(answer for answer in answers if isinstance(answer, Permit))

    def _follow(
        self,
        call: Call,
        permits: tuple[Permit, ...],
        who: tuple[Identifier, ...],
        request: _Request,
    ) -> None:
        """Let the profile follow: traits of an `identify`, and the group the subject falls in."""
        profiles = self._parts.store.profiles
        if call.type == "identify":
            traits = keep_traits(
                permits,
                call,
                plan=self._parts.policy.plan,
                drop=request.drop,
                gap=request.gap_of(who),
            )
            if traits:
                profiles.set_traits(permits, traits)
            return
        group_permit = next((p for p in permits if p.purpose == GROUP_PURPOSE), None)
        if group_permit and (group := self._group(call)):
            profiles.join(group_permit, group)

    def _group(self, call: Call) -> str | None:
        """Return the category of what the call is about: the broad group it speaks for."""
        for item in items_of(call)[:1]:
            line = self._parts.store.catalogue.get(item)
            return line.category if line and line.category else None
        return None

    def _count_kept(self, events: Sequence[Event], stored: Future[frozenset[bytes]]) -> None:
        """Count what was really stored: clients retry, and a duplicate is no event."""
        if stored.cancelled() or stored.exception():
            return
        tallies, new = self._parts.store.tallies, stored.result()
        kept = {event.message: event for event in events if event.message in new}.values()
        for purpose, n in Counter(p for event in kept for p in event.purposes).items():
            tallies.add("kept", purpose, n)
        tallies.add("events", "kept", len(kept))
        tallies.add("events", "duplicate", len(events) - len(kept))

    def _count_refused(self, request: _Request) -> None:
        tallies = self._parts.store.tallies
        tallies.add("events", "refused", request.refused.total())
        for reason, n in request.refused.items():
            tallies.add("refused", reason, n)
        for reason, n in request.dropped.items():
            tallies.add("dropped", reason, n)
        for label, n in Counter(self._unplanned.labels(request.gaps)).items():
            tallies.add("gap", label, n)
