"""
Turn the tables of the tracking plan into terms, and refuse what cannot stand.

The keys of each table are the fields of the struct of its kind; docs/reference/policy.md explains
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

import msgspec

from tactful.adapters.policy_entries import Days, Names, Words, retention_of
from tactful.adapters.policy_tables import Entry, Overlay, decode, one_of
from tactful.terms import (
    Activity,
    PlannedEvent,
    PlannedProperty,
    PolicyMistake,
    Purpose,
    RelationshipKind,
    TrackingPlan,
)

PROPERTY_TYPES: Final = ("string", "integer", "number", "boolean", "datetime", "products")

PLANNED_IDENTIFIERS: Final = ("email", "phone", "orderEmail", "external")
"""The kinds of identifiers that are only kept where the plan and the subject allow it."""

TRAIT: Final = "traits."
"""What the name of a trait begins with where an activity says what it reads."""


class _Property(msgspec.Struct, frozen=True):
    type: str
    category: str
    purposes: Names
    required: bool = False
    retention_days: Days | None = None
    mask: bool = True


class _Event(msgspec.Struct, frozen=True):
    purposes: Names
    properties: tuple[str, ...] = ()
    relationship: str | None = None
    required: tuple[str, ...] = ()
    retention_days: Days | None = None


def plan_of(
    *,
    properties: Overlay,
    events: Overlay,
    traits: Overlay,
    identifiers: Overlay,
    words: Words,
    purposes: Mapping[str, Purpose],
) -> TrackingPlan:
    """Return the tracking plan; events do without the properties that the shop removed."""
    declared = {n: _property(entry, words, purposes) for n, entry in properties.entries.items()}
    needed = frozenset(n for n, e in properties.entries.items() if decode(e, _Property).required)
    gone = properties.removed - declared.keys()
    return TrackingPlan(
        events={
            name: _event(entry, words, purposes, declared, gone=gone, needed=needed)
            for name, entry in events.entries.items()
        },
        traits={name: _trait(entry, words, purposes) for name, entry in traits.entries.items()},
        identifiers={
            name: _identifier(entry, words, purposes) for name, entry in identifiers.entries.items()
        },
    )


def _identifier(entry: Entry, words: Words, purposes: Mapping[str, Purpose]) -> PlannedProperty:
    """Return a kind of identifier that may be kept; the browser's own need no entry."""
    one_of(entry.name, PLANNED_IDENTIFIERS, entry.where, "kind of identifier")
    return _property(entry, words, purposes)


def reads_checked(
    activities: Mapping[str, Activity],
    register: Overlay,
    *,
    properties: Overlay,
    traits: Overlay,
) -> Mapping[str, Activity]:
    """
    Return *activities* without what they read of properties and traits that the shop removed.

    Raises:
        PolicyMistake: one reads what the tracking plan never declared.
    """
    there = {*properties.entries, *(f"{TRAIT}{name}" for name in traits.entries)}
    gone = {*properties.removed, *(f"{TRAIT}{name}" for name in traits.removed)} - there
    checked = {}
    for name, activity in activities.items():
        where = register.entries[name].where
        for read in activity.reads or ():
            one_of(read, [*there, *gone], where, "property or trait")
        kept = None if activity.reads is None else tuple(r for r in activity.reads if r in there)
        checked[name] = replace(activity, reads=kept)
    return checked


def _trait(entry: Entry, words: Words, purposes: Mapping[str, Purpose]) -> PlannedProperty:
    if decode(entry, _Property).required:
        raise PolicyMistake(
            f"{entry.where}: a trait cannot be required: clients send those that have changed"
        )
    return _property(entry, words, purposes)


def _property(entry: Entry, words: Words, purposes: Mapping[str, Purpose]) -> PlannedProperty:
    told = decode(entry, _Property)
    known = words.known(told.purposes, entry.where)
    return PlannedProperty(
        name=entry.name,
        type=one_of(told.type, PROPERTY_TYPES, entry.where, "type"),
        category=one_of(told.category, words.categories, entry.where, "Fideslang category"),
        purposes=known,
        retention=_own_retention(told.retention_days, known, purposes, entry.where),
        mask=told.mask,
    )


def _event(
    entry: Entry,
    words: Words,
    purposes: Mapping[str, Purpose],
    declared: Mapping[str, PlannedProperty],
    *,
    gone: frozenset[str],
    needed: frozenset[str],
) -> PlannedEvent:
    told = decode(entry, _Event)
    named = [one_of(p, [*declared, *gone], entry.where, "property") for p in told.properties]
    for name in told.required:
        one_of(name, named, entry.where, "required property")
    known = words.known(told.purposes, entry.where)
    return PlannedEvent(
        name=entry.name,
        purposes=known,
        properties={name: declared[name] for name in named if name not in gone},
        relationship=_relationship(told.relationship, entry.where),
        required=(needed.intersection(named) | {*told.required}) - gone,
        retention=_own_retention(told.retention_days, known, purposes, entry.where),
    )


def _own_retention(
    days: int | None, named: tuple[str, ...], purposes: Mapping[str, Purpose], where: str
) -> timedelta | None:
    """Refuse a retention that ends nothing sooner: whoever wrote it meant something else."""
    own = retention_of(days)
    if own is None:
        return None
    longest = max((purposes[name].retention or timedelta(0) for name in named), default=own)
    if named and own >= longest:
        raise PolicyMistake(
            f"{where}: retention_days must be below {longest.days}, for which its purposes keep "
            f"it anyway: shorten it or leave it out"
        )
    return own


def _relationship(said: str | None, where: str) -> RelationshipKind | None:
    if said is None:
        return None
    return RelationshipKind(one_of(said, list(RelationshipKind), where, "relationship"))
