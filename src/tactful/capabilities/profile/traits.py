"""
Which word on a trait stands: a correction before what is observed, else the newest.

The order in which observations arrive makes no difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import reduce

from tactful.terms import PlannedProperty, Trait


def standing_trait(kept: Trait | None, told: Trait) -> Trait:
    """
    Return which of *kept* and *told*, who comes after it, stands from now on.

    A correction replaces everything, and gives way to nothing but the next correction (Art. 16).
    """
    if kept is None or told.origin.corrects:
        return told
    return stronger(kept, told)


def stronger(one: Trait, other: Trait) -> Trait:
    """Return the trait that outranks the other; for two numbers of one person, in any order."""
    return max(one, other, key=_rank)


def known_of(all_of_them: tuple[Mapping[str, Trait], ...]) -> Mapping[str, Trait]:
    """Return the traits of a person from those of each number that they are known under."""
    return reduce(_joined, all_of_them, {})


def without(trait: Trait, purposes: frozenset[str]) -> Trait | None:
    """
    Return *trait* no longer kept for *purposes*, or None where nothing is left to keep.

    Of a correction the mark stays, without the value: what the subject said was wrong must not be
    observed again, whatever it was kept for.
    """
    left = trait.purposes - purposes
    if left:
        return replace(trait, purposes=left)
    return replace(trait, value=None, purposes=left) if trait.origin.corrects else None


def expired(trait: Trait, kept_since: Mapping[str, datetime]) -> frozenset[str]:
    """Return for which of its purposes the retention of *trait* has run out (Art. 5(1)(e))."""
    return frozenset(
        purpose
        for purpose in trait.purposes
        if purpose in kept_since and trait.at < kept_since[purpose]
    )


def outlived(trait: Trait, planned: PlannedProperty | None, now: datetime | None) -> bool:
    """Tell whether the retention that the plan gives *trait* itself has run out."""
    if now is None or planned is None or planned.retention is None:
        return False
    return trait.value is not None and trait.at < now - planned.retention


def _joined(one: Mapping[str, Trait], other: Mapping[str, Trait]) -> Mapping[str, Trait]:
    shared = {name: stronger(one[name], other[name]) for name in one.keys() & other.keys()}
    return {**one, **other, **shared}


def _rank(trait: Trait) -> tuple[bool, datetime, str, str, str, list[str]]:
    """Order words on a trait; below the time it decides nothing but that it is always the same."""
    value = json.dumps(trait.value, sort_keys=True, default=repr)
    by = trait.origin.value
    return trait.origin.corrects, trait.at, value, by, trait.source, sorted(trait.purposes)
