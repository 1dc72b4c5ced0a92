"""Count subjects by what the rules see of them; who they are never leaves the count."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tactful.capabilities.policy import Census, Group
from tactful.gate import DigestColumns, Standings
from tactful.gate.facts import MINOR_STEP, RUN_OUT, decode
from tactful.terms import Policy


def census(standings: Standings, *, policy: Policy, at: datetime) -> Census:
    """
    Return how many subjects are in each group at *at*.

    Args:
        standings: The digests, taken under *policy*.
        policy: The configuration that is running.
        at: The moment, which tells what has run out and who is of age.  Timezone-aware.
    """
    columns = standings.columns()
    now = math.floor(at.timestamp())
    counted: dict[Group, int] = {}
    for place, purpose in enumerate(policy.purpose_order):
        for key, count in _keys(columns, place, now):
            group = _group(key, purpose, policy)
            counted[group] = counted.get(group, 0) + count
    return counted


def _keys(columns: DigestColumns, place: int, now: int) -> Iterator[tuple[int, int]]:
    """Yield each code of one purpose, with whether a yes has run out, and how many have it."""
    late = columns.until[place] <= now
    keys = _codes_by_age(columns, place, now) * 2 + late
    for key, count in zip(*np.unique(keys, return_counts=True), strict=True):
        yield int(key), int(count)


def _codes_by_age(columns: DigestColumns, place: int, now: int) -> NDArray[np.int64]:
    """Return the codes, raised by what age asks for: each level holds until its moment."""
    codes: NDArray[np.int64] = columns.codes[place].astype(np.int64)
    codes[columns.minors] += (columns.young[place] > now).sum(axis=0) * MINOR_STEP
    return codes


def _group(key: int, purpose: str, policy: Policy) -> Group:
    """Return what *key* stands for: a code, and whether a yes has run out."""
    code, late = divmod(key, 2)
    facts = decode(code)
    said = RUN_OUT.get(facts.said, facts.said) if late else facts.said
    regime = policy.regimes[facts.regime].id
    return Group(purpose, regime, said, facts.restricted, facts.minor)
