"""
Turn policy tables into terms, and refuse what cannot stand.

The keys of each table are the fields of the struct of its kind; docs/reference/policy.md explains
them.  Where the tables come from is the business of `policy_files`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Annotated

import msgspec

from tactful.adapters.policy_tables import Entry, Overlay, Table, decode, one_of
from tactful.terms import (
    Activity,
    PlannedEvent,
    PlannedProperty,
    PolicyMistake,
    Purpose,
    RelationshipKind,
    TrackingPlan,
)

PLANNED_IDENTIFIERS = ("email", "phone", "orderEmail", "external")
"""The kinds of identifiers that are only kept where the plan and the subject allow it."""

PROPERTY_TYPES = ("string", "integer", "number", "boolean", "datetime", "products")

_PURPOSE_NAME = re.compile(r"[a-z][a-z0-9_]*")

Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Names = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class _Purpose(msgspec.Struct, frozen=True):
    title: Text
    categories: Names
    uses: Names
    retention_days: Days | None = None
    review: date | None = None
    like: str | None = None


class _Activity(msgspec.Struct, frozen=True):
    purpose: str
    title: Text
    recipients: tuple[Text, ...] = ()
    transfers: tuple[Text, ...] = ()
    profiling: bool = False
    dpia: Text | None = None
    keeps: bool = False
    survives_restriction: bool = False
    review: date | None = None


class _Property(msgspec.Struct, frozen=True):
    type: str
    category: str
    purposes: Names


class _Event(msgspec.Struct, frozen=True):
    purposes: Names
    properties: tuple[str, ...] = ()
    relationship: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    The names that tables may use.

    A purpose in `removed` was one before the shop removed it: naming it is no mistake, and what
    names it does without.  `like` names, by purpose, another that laws treat alike.
    """

    purposes: tuple[str, ...]
    removed: frozenset[str]
    categories: tuple[str, ...]
    uses: tuple[str, ...]
    like: Mapping[str, str] = field(default_factory=dict)

    def known(self, purposes: Iterable[str], where: str) -> tuple[str, ...]:
        """Return *purposes* without the removed; an unknown one is a mistake."""
        allowed = [*self.purposes, *self.removed]
        named = [one_of(purpose, allowed, where, "purpose") for purpose in purposes]
        return tuple(purpose for purpose in named if purpose not in self.removed)


def words_of(purposes: Overlay, taxonomy: Table) -> Words:
    """Return the words that *purposes* and the Fideslang *taxonomy* make up."""
    lists = msgspec.convert(taxonomy, dict[str, tuple[str, ...]])
    return Words(
        purposes=tuple(purposes.entries),
        removed=purposes.removed - purposes.entries.keys(),
        categories=lists["categories"],
        uses=lists["uses"],
        like=_likeness(purposes),
    )


def _likeness(purposes: Overlay) -> Mapping[str, str]:
    named = {name: decode(entry, _Purpose).like for name, entry in purposes.entries.items()}
    models = [name for name, model in named.items() if model is None]
    return {
        name: one_of(model, models, purposes.entries[name].where, "purpose to be treated as")
        for name, model in named.items()
        if model is not None
    }


def purposes_of(found: Overlay, words: Words) -> Mapping[str, Purpose]:
    """Return the purposes, in the order in which they stand in the files."""
    return {name: _purpose(entry, words) for name, entry in found.entries.items()}


def _purpose(entry: Entry, words: Words) -> Purpose:
    if not _PURPOSE_NAME.fullmatch(entry.name):
        raise PolicyMistake(f"{entry.where}: name a purpose in lower case, as email_marketing")
    told = decode(entry, _Purpose)
    for category in told.categories:
        one_of(category, words.categories, entry.where, "Fideslang category")
    for use in told.uses:
        one_of(use, words.uses, entry.where, "Fideslang use")
    return Purpose(
        name=entry.name,
        title=told.title,
        categories=told.categories,
        uses=told.uses,
        retention=_days(told.retention_days),
        review=told.review,
    )


def activities_of(
    found: Overlay, words: Words, purposes: Mapping[str, Purpose]
) -> Mapping[str, Activity]:
    """
    Return the register of activities, without those whose purpose the shop removed.

    Raises:
        PolicyMistake: one of them cannot stand, or two keep data for the same purpose.
    """
    register: dict[str, Activity] = {}
    keepers: dict[str, str] = {}
    for name, entry in found.entries.items():
        told = decode(entry, _Activity)
        if not words.known([told.purpose], entry.where):
            continue
        register[name] = Activity(name=name, **msgspec.structs.asdict(told))
        _check_activity(register[name], entry.where, purposes)
        if told.keeps and keepers.setdefault(told.purpose, name) != name:
            raise PolicyMistake(
                f"{entry.where}: {keepers[told.purpose]} keeps data for {told.purpose} already: "
                f"take keeps = true from one of them"
            )
    return register


def _check_activity(activity: Activity, where: str, purposes: Mapping[str, Purpose]) -> None:
    """Refuse profiling without an assessment (Art. 35) and keeping without an end (5(1)(e))."""
    if activity.profiling and activity.dpia is None:
        raise PolicyMistake(f"{where}: profiling needs an impact assessment: name it as dpia")
    if activity.keeps and purposes[activity.purpose].retention is None:
        raise PolicyMistake(
            f"{where}: keeps data for {activity.purpose}, which has no retention_days: give it one"
        )


def plan_of(
    *, properties: Overlay, events: Overlay, traits: Overlay, identifiers: Overlay, words: Words
) -> TrackingPlan:
    """Return the tracking plan; events do without the properties that the shop removed."""
    declared = {name: _property(entry, words) for name, entry in properties.entries.items()}
    gone = properties.removed - declared.keys()
    return TrackingPlan(
        events={n: _event(e, words, declared, gone) for n, e in events.entries.items()},
        traits={name: _property(entry, words) for name, entry in traits.entries.items()},
        identifiers={n: _identifier(entry, words) for n, entry in identifiers.entries.items()},
    )


def _identifier(entry: Entry, words: Words) -> PlannedProperty:
    """Return a kind of identifier that may be kept; the browser's own need no entry."""
    one_of(entry.name, PLANNED_IDENTIFIERS, entry.where, "kind of identifier")
    return _property(entry, words)


def _property(entry: Entry, words: Words) -> PlannedProperty:
    told = decode(entry, _Property)
    return PlannedProperty(
        name=entry.name,
        type=one_of(told.type, PROPERTY_TYPES, entry.where, "type"),
        category=one_of(told.category, words.categories, entry.where, "Fideslang category"),
        purposes=words.known(told.purposes, entry.where),
    )


def _event(
    entry: Entry, words: Words, declared: Mapping[str, PlannedProperty], gone: frozenset[str]
) -> PlannedEvent:
    told = decode(entry, _Event)
    named = [one_of(p, [*declared, *gone], entry.where, "property") for p in told.properties]
    return PlannedEvent(
        name=entry.name,
        purposes=words.known(told.purposes, entry.where),
        properties={name: declared[name] for name in named if name not in gone},
        relationship=_relationship(told.relationship, entry.where),
    )


def _relationship(said: str | None, where: str) -> RelationshipKind | None:
    if said is None:
        return None
    return RelationshipKind(one_of(said, list(RelationshipKind), where, "relationship"))


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
