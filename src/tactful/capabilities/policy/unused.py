"""
Say what is collected and read by nothing: data that need not be there (GDPR Art. 5(1)(c)).

Who reads what is told by the register of activities, not guessed at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tactful.terms import Activity, PlannedProperty, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """
    A property, trait or purpose of the plan, and who reads what is kept of it.

    `readers` are the activities that may, `running` those of them that this configuration asks
    for, and `uses` how often these were counted lately.
    """

    kind: str
    name: str
    purposes: tuple[str, ...]
    readers: tuple[str, ...]
    running: tuple[str, ...]
    uses: int

    @property
    def verdict(self) -> str:
        """Return `read`, `not used lately`, or `read by nothing`."""
        if not self.running:
            return "read by nothing"
        return "read" if self.uses else "not used lately"


def unused(
    policy: Policy, *, running: Collection[str], uses: Mapping[str, int]
) -> tuple[Collected, ...]:
    """
    Return everything that the plan keeps, what nothing reads first.

    Args:
        policy: The running configuration.
        running: The activities that something in it asks for.
        uses: How often each activity used somebody's data lately.
    """
    found = (
        Collected(
            kind=kind,
            name=name,
            purposes=purposes,
            readers=readers,
            running=(asked := tuple(r for r in readers if r in running)),
            uses=sum(uses.get(reader, 0) for reader in asked),
        )
        for kind, name, purposes, readers in _kept(policy)
    )
    order = ("read by nothing", "not used lately", "read")
    return tuple(sorted(found, key=lambda c: (order.index(c.verdict), c.kind, c.name)))


def _kept(policy: Policy) -> Iterator[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Yield kind, name, purposes and readers of everything that the plan keeps."""
    events = policy.plan.events.values()
    purposes = dict.fromkeys(p for e in events for p in e.purposes)
    for name, planned in _properties(policy).items():
        yield "property", name, planned.purposes, _readers(policy, name, planned)
        purposes |= dict.fromkeys(planned.purposes)
    for name, planned in policy.plan.traits.items():
        yield "trait", name, planned.purposes, _readers(policy, f"traits.{name}", planned)
        purposes |= dict.fromkeys(planned.purposes)
    for purpose in purposes:
        acting = (a.name for a in policy.activities.values() if a.purpose == purpose)
        readers = tuple(n for n in acting if not policy.activities[n].keeps)
        yield "purpose", purpose, (purpose,), readers


def _properties(policy: Policy) -> Mapping[str, PlannedProperty]:
    carried = (event.properties for event in policy.plan.events.values())
    return {name: planned for properties in carried for name, planned in properties.items()}


def _readers(policy: Policy, name: str, planned: PlannedProperty) -> tuple[str, ...]:
    return tuple(
        activity.name
        for activity in policy.activities.values()
        if activity.purpose in planned.purposes and _reads(activity, name)
    )


def _reads(activity: Activity, name: str) -> bool:
    """An activity that does not say reads all that is kept for its purpose; a keeper reads none."""
    if activity.reads is None:
        return not activity.keeps
    return name in activity.reads
