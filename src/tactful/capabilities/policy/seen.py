"""
List what clients send and the tracking plan does not declare, with what to paste to declare it.

Counts and types only: what was in it was never kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from tactful.terms import TrackingPlan

_TYPES = {"string": "string", "number": "number", "boolean": "boolean"}
_BARE = re.compile(r"[A-Za-z_-]+")
_NO_NAME = "of no plain name"


@dataclass(slots=True, kw_only=True)
class Seen:
    """
    An event, a property or a trait that arrives and is not kept.

    `types` and `events` say how often it was of which type, and part of which declared event.
    """

    kind: str
    name: str
    count: int = 0
    types: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    first: date = date.max
    last: date = date.min
    declared: bool = False

    @property
    def snippet(self) -> str:
        """Return what to write into the tracking plan to keep it; empty where that cannot be."""
        if self.name == _NO_NAME:
            return ""
        if self.kind == "event":
            return f"[events.{_key(self.name)}]\npurposes = []  # choose\nproperties = []"
        carried = "".join(
            f'\n# add "{self.name}" to properties of [events.{_key(event)}]'
            for event in sorted(self.events)
        )
        if self.declared:
            return carried.strip()
        type_ = self._type()
        if not type_:
            return ""
        section = "traits" if self.kind == "trait" else "properties"
        return (
            f'[{section}.{_key(self.name)}]\ntype = "{type_}"\n'
            f'category = "user.behavior"  # choose\npurposes = []  # choose{carried}'
        )

    def _type(self) -> str:
        """Return the type that was seen most and can be declared."""
        if self.name == "products" and self.types["list"]:
            return "products"
        known = (_TYPES.get(type_) for type_, _ in self.types.most_common())
        return next((type_ for type_ in known if type_), "")


def seen_of(daily: Mapping[tuple[date, str], int], plan: TrackingPlan) -> tuple[Seen, ...]:
    """
    Return what was seen and is still not declared, the most frequent first.

    Args:
        daily: How often, by day and label (`kind|name|type|event`).
        plan: The tracking plan that is running.
    """
    found: dict[tuple[str, str], Seen] = {}
    properties = {name for event in plan.events.values() for name in event.properties}
    for (day, label), n in daily.items():
        kind, name, type_, event = label.split("|", 3)
        if _is_declared(kind, name, event, plan):
            continue
        seen = found.setdefault((kind, name), Seen(kind=kind, name=name))
        seen.count += n
        seen.types.update({type_: n} if type_ else {})
        seen.events.update({event: n} if event else {})
        seen.first, seen.last = min(seen.first, day), max(seen.last, day)
        seen.declared = kind == "property" and name in properties
    return tuple(sorted(found.values(), key=lambda seen: (-seen.count, seen.kind, seen.name)))


def _is_declared(kind: str, name: str, event: str, plan: TrackingPlan) -> bool:
    if kind == "event":
        return name in plan.events
    if kind == "trait":
        return name in plan.traits
    return event not in plan.events or name in plan.events[event].properties


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else f'"{name}"'
