"""Compare the entries of two policies field by field, whatever follows from it."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from tactful.terms import (
    STRICTEST,
    Activity,
    Notice,
    PlannedEvent,
    PlannedProperty,
    Policy,
    Purpose,
    Regime,
    RegimeRule,
    SignalRule,
)

Entry = (
    Purpose | Activity | Regime | RegimeRule | SignalRule | Notice | PlannedEvent | PlannedProperty
)

EDITED = "edited in place"
"""Told of a notice that changed under its old version: receipts no longer match what is shown."""


_APART = {"rules", "gpc"}
"""Fields of a regime that are compared one by one."""


class Kind(enum.StrEnum):
    """What an entry is."""

    PURPOSE = "purpose"
    ACTIVITY = "activity"
    REGIME = "regime"
    NOTICE = "notice"
    EVENT = "event"
    PROPERTY = "property"
    TRAIT = "trait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    One field of one entry, before and after.

    Where the entry was added or removed `field` is empty, and None stands on the side where it is
    not.
    """

    kind: Kind
    name: str
    field: str = ""
    before: str | None
    after: str | None


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """Return every entry that was added, removed or changed, kind by kind."""
    return tuple(
        change
        for kind in Kind
        for change in _compared(kind, _entries(old, kind), _entries(new, kind))
    )


def _entries(policy: Policy, kind: Kind) -> Mapping[str, Entry]:
    plan = policy.plan
    every: Mapping[Kind, Mapping[str, Entry]] = {
        Kind.PURPOSE: policy.purposes,
        Kind.ACTIVITY: policy.activities,
        Kind.REGIME: _rules(policy),
        Kind.NOTICE: {f"{n.name} ({n.locale})": n for n in policy.notices},
        Kind.EVENT: plan.events,
        Kind.PROPERTY: {
            n: p for event in plan.events.values() for n, p in event.properties.items()
        },
        Kind.TRAIT: plan.traits,
    }
    return every[kind]


def _rules(policy: Policy) -> dict[str, Entry]:
    """Return each regime and all it says; not the strictest, which follows from the others."""
    said: dict[str, Entry] = {}
    for regime in policy.regimes:
        if regime.id != STRICTEST:
            said[regime.id] = regime
            said |= {f"{regime.id}: {name}": rule for name, rule in regime.rules.items()}
            said[f"{regime.id}: Global Privacy Control"] = regime.gpc
    return said


def _compared(kind: Kind, old: Mapping[str, Entry], new: Mapping[str, Entry]) -> Iterator[Change]:
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield Change(kind=kind, name=name, before=_gist(old[name]), after=None)
        elif name not in old:
            yield Change(kind=kind, name=name, before=None, after=_gist(new[name]))
        else:
            for field, before, after in _fields(old[name], new[name]):
                yield Change(kind=kind, name=name, field=field, before=before, after=after)


def _gist(entry: Entry) -> str:
    """Say in a few words what was added or removed."""
    if isinstance(entry, Notice):
        return "material: asks again" if entry.material else "editorial: asks nobody again"
    if isinstance(entry, Regime):
        return entry.law
    if isinstance(entry, RegimeRule):
        return f"{entry.mode}, {entry.basis}"
    return getattr(entry, "title", "") or "declared"


def _fields(old: Entry, new: Entry) -> Iterator[tuple[str, str, str]]:
    if isinstance(old, Notice) and isinstance(new, Notice):
        yield from _of_notice(old, new)
        return
    for field in fields(old):
        if field.name in _APART:
            continue
        before, after = _plain(getattr(old, field.name)), _plain(getattr(new, field.name))
        if before != after:
            yield field.name, before, after


def _of_notice(old: Notice, new: Notice) -> Iterator[tuple[str, str, str]]:
    """Compare the weight and the words: the words are too long to be shown side by side."""
    if old.material is not new.material:
        yield "material", _plain(old.material), _plain(new.material)
    if old.hash != new.hash:
        yield "text", old.hash[:12], f"{new.hash[:12]}, {EDITED}"


def _plain(value: object) -> str:
    if isinstance(value, timedelta):
        return f"{value.days} days"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, Collection) and not isinstance(value, str):  # of a mapping: the names
        return ", ".join(map(str, value)) or "none"
    return str(value) if value not in {None, ""} else "none"
