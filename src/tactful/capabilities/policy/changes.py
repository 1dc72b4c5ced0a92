"""Compare the entries of two policies field by field, whatever follows from it."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from tactful.capabilities.policy.laws import written
from tactful.terms import (
    Activity,
    AgeRule,
    Deadline,
    Minor,
    Notice,
    PlannedEvent,
    PlannedProperty,
    Policy,
    Purpose,
    Regime,
    RegimeRule,
    SignalRule,
    SignalSources,
)

Entry = (
    Purpose
    | Activity
    | Regime
    | RegimeRule
    | AgeRule
    | Deadline
    | SignalRule
    | SignalSources
    | Notice
    | PlannedEvent
    | PlannedProperty
)

EDITED = "edited in place"
"""Told of a notice that changed under its old version: receipts no longer match what is shown."""


_APART = {"rules", "gpc", "ages", "deadlines"}
"""Fields of a regime that are compared one by one."""

ASKED_BY_AGE = {
    Minor.NO: "nothing",
    Minor.OWN_CONSENT: "their own consent",
    Minor.PARENTAL_CONSENT: "a parent's consent",
    Minor.CLOSED: "to be left alone",
}
"""What an age rule asks for, in words."""


class Kind(enum.StrEnum):
    """What an entry is."""

    PURPOSE = "purpose"
    ACTIVITY = "activity"
    REGIME = "regime"
    SIGNAL = "signal"
    NOTICE = "notice"
    EVENT = "event"
    PROPERTY = "property"
    TRAIT = "trait"
    IDENTIFIER = "identifier"


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
        Kind.SIGNAL: {"consent strings": policy.signals},
        Kind.NOTICE: {f"{n.name} ({n.locale})": n for n in policy.notices},
        Kind.EVENT: plan.events,
        Kind.PROPERTY: {
            n: p for event in plan.events.values() for n, p in event.properties.items()
        },
        Kind.TRAIT: plan.traits,
        Kind.IDENTIFIER: plan.identifiers,
    }
    return every[kind]


def _rules(policy: Policy) -> dict[str, Entry]:
    """Return each regime and all it says; not those that follow from others."""
    said: dict[str, Entry] = {}
    for regime in written(policy):
        said[regime.id] = regime
        said |= {f"{regime.id}: {name}": rule for name, rule in regime.rules.items()}
        said |= {f"{regime.id}: {name}": rule for name, rule in _ages(regime).items()}
        said |= {f"{regime.id}: {name}, deadline": d for name, d in regime.deadlines.items()}
        said[f"{regime.id}: Global Privacy Control"] = regime.gpc
    return said


def _ages(regime: Regime) -> dict[str, AgeRule]:
    """Name each age rule; several may ask the same for a purpose, at different ages."""
    named: dict[str, AgeRule] = {}
    for rule in regime.ages:
        name = f"{rule.purpose}, age for {ASKED_BY_AGE[rule.needs]}"
        again = sum(known == name or known.startswith(f"{name} (") for known in named)
        named[f"{name} ({again + 1})" if again else name] = rule
    return named


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
        return _weight(entry)
    if isinstance(entry, Regime):
        return entry.law
    if isinstance(entry, RegimeRule):
        return f"{entry.mode}, {entry.basis}"
    if isinstance(entry, AgeRule):
        return f"below {entry.below}"
    if isinstance(entry, Deadline):
        return entry.period
    return getattr(entry, "title", "") or "declared"


def _weight(notice: Notice) -> str:
    """Say what a version asks again."""
    if not notice.material:
        return "editorial: asks nobody again"
    if notice.material >= notice.texts.keys():
        return "material: asks again"
    return f"material for {_plain(notice.material)}: asks again"


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
    """Compare weight, review and words: the words are too long to be shown side by side."""
    for field in ("material", "review"):
        before, after = _plain(getattr(old, field)), _plain(getattr(new, field))
        if before != after:
            yield field, before, after
    if old.hash != new.hash:
        yield "text", old.hash[:12], f"{new.hash[:12]}, {EDITED}"


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, timedelta):
        return f"{value.days} days"
    if isinstance(value, Minor):
        return ASKED_BY_AGE[value]
    if isinstance(value, Collection) and not isinstance(value, str):
        return ", ".join(_each(value)) or "none"
    return str(value) if value not in {None, ""} else "none"


def _each(values: Collection[object]) -> list[str]:
    """Return what stands in a list, or under each name; a set is sorted."""
    if isinstance(values, Mapping):
        return [f"{name}: {_inside(inner)}" for name, inner in values.items()]
    return sorted(map(str, values)) if isinstance(values, frozenset) else list(map(str, values))


def _inside(value: object) -> str:
    """Return what a mapping holds; of an event's properties the name says enough."""
    if isinstance(value, PlannedProperty):
        return "declared"
    return "without end" if value is None else _plain(value)
