"""The lake of a shop, for who looks after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tactful.adapters.lake import LakeBehind, LakeStatus

if TYPE_CHECKING:
    from tactful.adapters.lake.verifying import Compared


def verify_lake(lake: LakeBehind) -> Iterator[Compared]:
    """
    Yield how each day compares that the store still holds, after what is owed is done.

    Raises:
        LakeTrouble: the lake cannot be read whole.
    """
    from tactful.adapters.lake.verifying import verify

    if lake.owes():
        lake.lake.forget()
    lake.lake.read_through()
    yield from verify(lake.lake.table, lake.outflow)


def lake_status(lake: LakeBehind) -> LakeStatus:
    """
    Return what the lake holds, and how far it is behind.

    Raises:
        LakeTrouble: it cannot be read.
    """
    return lake.lake.status()


__all__ = ["LakeStatus", "lake_status", "verify_lake"]
