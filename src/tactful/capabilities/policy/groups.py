"""Groups of subjects that the rules cannot tell apart, and how many are in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tactful.terms import Minor, Policy, Said


class Group(NamedTuple):
    """Subjects of whom the rules see the same on one purpose; `regime` is that of the residence."""

    purpose: str
    regime: str
    said: Said
    restricted: bool = False
    minor: Minor = Minor.NO


Census = Mapping[Group, int]
"""How many subjects are in each group."""


def members(group: Group, census: Census, old: Policy) -> int:
    """
    Return how many are in *group*, which was counted under *old*.

    About a purpose that *old* does not know nobody has said anything, and no age was asked.
    """
    if group.purpose in old.purposes:
        return census.get(group, 0)
    if group.said is not Said.NOTHING or group.minor is not Minor.NO:
        return 0
    known = group._replace(purpose=old.purpose_order[0])
    return sum(
        census.get(known._replace(said=said, minor=minor), 0) for said in Said for minor in Minor
    )
