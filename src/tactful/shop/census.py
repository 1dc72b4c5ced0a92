"""Count subjects by what the rules see of them; who they are never leaves the count."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np

from tactful.capabilities.policy import Census, Group
from tactful.gate import Standings
from tactful.gate.facts import decode
from tactful.terms import Policy, Said


def census(standings: Standings, *, policy: Policy, at: datetime) -> Census:
    """
    Return how many subjects are in each group at *at*.

    Args:
        standings: The digests, taken under *policy*.
        policy: The configuration that is running.
        at: The moment, which tells grants that have run out.  Timezone-aware.
    """
    columns = standings.columns()
    now = math.floor(at.timestamp())
    counted: dict[Group, int] = {}
    for codes, until, purpose in zip(
        columns.codes, columns.until, policy.purpose_order, strict=True
    ):
        keys = codes.astype(np.int64) * 2 + (until <= now)
        for key, count in zip(*np.unique(keys, return_counts=True), strict=True):
            group = _group(int(key), purpose, policy)
            counted[group] = counted.get(group, 0) + int(count)
    return counted


def _group(key: int, purpose: str, policy: Policy) -> Group:
    """Return what *key* stands for: a code, and whether a grant has run out."""
    code, late = divmod(key, 2)
    regime, said, _, restricted = decode(code)
    if said is Said.GRANTED and late:
        said = Said.EXPIRED
    return Group(purpose, policy.regimes[regime].id, said, restricted)
