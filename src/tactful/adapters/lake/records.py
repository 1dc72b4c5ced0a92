"""Everything about one subject, in the store and in the lake."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tactful.adapters.lake.behind import LakeBehind
from tactful.capabilities.rights import Records
from tactful.gate import Permit
from tactful.terms import Trouble


class LakeRecords:
    """
    Implements `tactful.capabilities.rights.ports.Records` on a store and the lake behind it.

    The store writes down what the lake owes to forget, with its own removal.  An erasure waits for
    the lake; a purpose that is dropped is out of sight at once, and out of the files within a
    minute.
    """

    def __init__(self, recent: Records, lake: LakeBehind) -> None:
        self._recent = recent
        self._lake = lake

    def uses(self, permit: Permit) -> Mapping[tuple[str, date], int]:
        """Return how often each activity used the subject's data, by (activity, day)."""
        return self._recent.uses(permit)

    def drop_purposes(self, permit: Permit, purposes: frozenset[str]) -> int:
        """Stop keeping the subject's events, traits and group for *purposes*."""
        return self._recent.drop_purposes(permit, purposes)

    def erase(self, permit: Permit) -> Mapping[str, int]:
        """
        Destroy the subject's key, then every row; return the rows removed by kind.

        Raises:
            Trouble: the store holds nothing any more, but the lake cannot be written: it forgets
                as soon as it can be again.
        """
        removed = self._recent.erase(permit)
        if not self._lake.owes():
            return removed
        try:
            return {**removed, "lake": self._lake.lake.forget(erasures_only=True)}
        except Trouble as error:
            raise Trouble(
                f"erased from the store; the lake forgets as soon as it can be written: {error}"
            ) from error
