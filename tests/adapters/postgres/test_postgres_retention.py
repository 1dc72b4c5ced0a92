"""What is past its term goes from the database as from the file, and is counted beforehand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from postgres_shelf import PostgresShelf

from tactful.terms import Policy
from tactful.testing.conformance.policy import INDIVIDUAL, MEASUREMENT, shelf_policy

BOTH = frozenset({INDIVIDUAL, MEASUREMENT})


def test_terms_of_purposes_and_of_the_plan(shelf: PostgresShelf) -> None:
    """A dry run counts what a run removes: a purpose's part, a property, a whole event."""
    shelf.reopen(_with_terms())
    ann, bob = shelf.subject("ann"), shelf.subject("bob")
    for subject in (ann, bob):
        said = {"colour": "red", "position": "1"}
        shelf.see(subject, "lamp", name="Viewed", purposes=BOTH, properties=said)
        shelf.see(subject, "rug", name="Product Added", purposes=BOTH)
    now = shelf.clock.move(timedelta(days=4))
    expiring, cutoffs = shelf.postgres.expiring, {INDIVIDUAL: now - timedelta(days=30)}
    counts = {"properties": 1, "events": 1, INDIVIDUAL: 1}
    assert expiring.overdue(cutoffs, spared={bob}, now=now) == counts
    assert expiring.expire(cutoffs, spared={bob}, now=now) == counts
    assert _kept(shelf, "ann") == [("lamp", {"colour": "red"})]
    assert _kept(shelf, "bob") == [("lamp", {"colour": "red", "position": "1"}), ("rug", {})]
    later = {INDIVIDUAL: now}
    assert expiring.overdue(later, spared={bob}, now=now) == {INDIVIDUAL: 1}
    assert expiring.expire(later, spared={bob}, now=now) == {INDIVIDUAL: 1}
    assert expiring.overdue(later, spared={bob}, now=now) == {}
    assert _kept(shelf, "ann") == [("lamp", {})]


def _kept(shelf: PostgresShelf, name: str) -> list[tuple[str, dict[str, object]]]:
    """Return the items and properties of what is kept of *name*."""
    seen = shelf.store.events.history(shelf.permit(shelf.subject(name), "answer-request"))
    return [(event.items[0], dict(event.properties)) for event in seen]


def _with_terms() -> Policy:
    """Return the suites' policy where a position is kept for 3 days, an added product for 2."""
    policy = shelf_policy()
    events = dict(policy.plan.events)
    viewed, added = events["Viewed"], events["Product Added"]
    position = replace(viewed.properties["position"], retention=timedelta(days=3))
    events["Viewed"] = replace(viewed, properties={**viewed.properties, "position": position})
    events["Product Added"] = replace(added, retention=timedelta(days=2))
    return replace(policy, plan=replace(policy.plan, events=events))
