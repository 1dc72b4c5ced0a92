"""
Turn policy tables into terms, and refuse what cannot stand.

The keys of each table are the fields of the struct of its kind; docs/reference/policy.md explains
them.  Where the tables come from is the business of `policy_files`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import msgspec

from tactful.adapters.policy_tables import Entry, Overlay, Table, decode, entries_of, one_of
from tactful.terms import (
    Activity,
    LegalBasis,
    Mode,
    PlannedEvent,
    PlannedProperty,
    PolicyMistake,
    Purpose,
    Regime,
    RegimeRule,
    SignalRule,
    TrackingPlan,
)

PROPERTY_TYPES = ("string", "integer", "number", "boolean", "datetime", "products")

_PURPOSE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_REGION = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")

Days = Annotated[int, msgspec.Meta(ge=1, le=36_500)]
Text = Annotated[str, msgspec.Meta(min_length=1)]
Names = Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class _Purpose(msgspec.Struct, frozen=True):
    title: Text
    categories: Names
    uses: Names
    retention_days: Days | None = None


class _Activity(msgspec.Struct, frozen=True):
    purpose: str
    title: Text
    recipients: tuple[str, ...] = ()
    profiling: bool = False
    dpia: Text | None = None
    keeps: bool = False
    survives_restriction: bool = False


class _Regime(msgspec.Struct, frozen=True):
    id: Text
    law: Text
    regions: tuple[str, ...]
    rules: dict[str, object]
    signals: dict[str, object] = {}


class _Rule(msgspec.Struct, frozen=True):
    mode: str
    basis: str
    citation: Text
    confidence: str
    consent_lifetime_days: Days | None = None


class _Signal(msgspec.Struct, frozen=True):
    binding: tuple[str, ...]
    honoured: tuple[str, ...]
    citation: Text


class _Property(msgspec.Struct, frozen=True):
    type: str
    category: str
    purposes: Names


class _Event(msgspec.Struct, frozen=True):
    purposes: Names
    properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """
    The names that tables may use.

    A purpose in `removed` was one before the shop removed it: naming it is no mistake, and what
    names it does without.
    """

    purposes: tuple[str, ...]
    removed: frozenset[str]
    categories: tuple[str, ...]
    uses: tuple[str, ...]

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
    )


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


def regimes_of(layers: Iterable[Iterable[tuple[str, Table]]], words: Words) -> tuple[Regime, ...]:
    """
    Return the regimes of all *layers*, ordered by id; a later layer's replaces an earlier one's.

    Args:
        layers: Per layer its files: what messages call each, and its table.
        words: The names that may be used.

    Raises:
        PolicyMistake: one of them cannot stand, or two claim the same region.
    """
    found: dict[str, tuple[str, Regime]] = {}
    for layer in layers:
        found |= _by_id(layer, words)
    ordered = [found[id_] for id_ in sorted(found)]
    claims: dict[str, str] = {}
    for called, regime in ordered:
        for region in regime.regions:
            if claims.setdefault(region, called) != called:
                raise PolicyMistake(
                    f"{called}: region {region} is in {claims[region]} too: take it out of one"
                )
    return tuple(regime for _, regime in ordered)


def _by_id(layer: Iterable[tuple[str, Table]], words: Words) -> dict[str, tuple[str, Regime]]:
    found: dict[str, tuple[str, Regime]] = {}
    for called, table in layer:
        regime = _regime(Entry(name="", where=called, table=table), words)
        if regime.id in found:
            raise PolicyMistake(
                f"{called}: {found[regime.id][0]} has the id {regime.id!r} too: rename one of them"
            )
        found[regime.id] = (called, regime)
    return found


def _regime(entry: Entry, words: Words) -> Regime:
    told = decode(entry, _Regime)
    for region in told.regions:
        if not _REGION.fullmatch(region):
            raise PolicyMistake(
                f"{entry.where}: {region!r} is no region: write an ISO 3166 code, as DE or US-CA"
            )
    rules = entries_of(told.rules, entry.where, "rules.")
    signals = entries_of(told.signals, entry.where, "signals.")
    for signal in signals:
        one_of(signal.name, ["gpc"], signal.where, "signal")
    return Regime(
        id=told.id,
        law=told.law,
        regions=told.regions,
        rules={r.name: _rule(r) for r in rules if words.known([r.name], r.where)},
        gpc=_signal(signals[0], words) if signals else SignalRule(),
    )


def _rule(entry: Entry) -> RegimeRule:
    told = decode(entry, _Rule)
    one_of(told.confidence, ["read", "check"], entry.where, "confidence")
    return RegimeRule(
        purpose=entry.name,
        mode=Mode(one_of(told.mode, list(Mode), entry.where, "mode")),
        basis=LegalBasis(one_of(told.basis, list(LegalBasis), entry.where, "basis")),
        citation=told.citation,
        confidence=told.confidence,
        consent_lifetime=_days(told.consent_lifetime_days),
    )


def _signal(entry: Entry, words: Words) -> SignalRule:
    told = decode(entry, _Signal)
    return SignalRule(
        binding=frozenset(words.known(told.binding, entry.where)),
        honoured=frozenset(words.known(told.honoured, entry.where)),
        citation=told.citation,
    )


def plan_of(*, properties: Overlay, events: Overlay, traits: Overlay, words: Words) -> TrackingPlan:
    """Return the tracking plan; events do without the properties that the shop removed."""
    declared = {name: _property(entry, words) for name, entry in properties.entries.items()}
    gone = properties.removed - declared.keys()
    return TrackingPlan(
        events={n: _event(e, words, declared, gone) for n, e in events.entries.items()},
        traits={name: _property(entry, words) for name, entry in traits.entries.items()},
    )


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
    )


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
