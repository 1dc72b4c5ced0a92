"""
A question to the models: the items at hand, the newest first, and what each of them weighs.

Does not answer it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tactful.mechanisms.arrays import Codes, Numbers


class Query(NamedTuple):
    """Different item codes, newest first; all weights and trusts are above 0."""

    items: Codes
    weights: Numbers
    """What each item weighs in the likeness of a session."""
    trust: Numbers
    """How far a session is believed whose newest shared item stands here."""
    banned: Codes
    """What may not be an answer."""


TRUST_LOST_PER_PLACE = 0.1
LEAST_TRUST = 0.1


def fading(items: Codes, banned: Codes) -> Query:
    """Return the query in which an item weighs less the longer ago it was chosen (V-SKNN)."""
    places = np.arange(len(items), dtype=np.float64)
    trust = np.maximum(1.0 - TRUST_LOST_PER_PLACE * places, LEAST_TRUST)
    return Query(items=items, weights=1.0 / (1.0 + places), trust=trust, banned=banned)


def even(items: Codes, banned: Codes) -> Query:
    """Return the query in which all items weigh the same."""
    ones = np.ones(len(items))
    return Query(items=items, weights=ones, trust=ones, banned=banned)
