"""What recommendation needs of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from tactful.gate import Permit
from tactful.terms import Event, Item


class Histories(Protocol):
    """Where a subject's own actions are read."""

    def history(self, permit: Permit, *, limit: int | None = None) -> tuple[Event, ...]:
        """Return the newest *limit* events of the permit's subject, oldest first."""


class Catalogue(Protocol):
    """The goods."""

    def get(self, item: str) -> Item | None:
        """Return the item called *item*."""

    def all(self) -> Mapping[str, Item]:
        """Return every item by id.  The mapping must not be changed."""

    def put(self, items: Iterable[Item]) -> int:
        """Insert or replace *items*; return how many.  Visible to the next `get`."""

    def remove(self, items: Iterable[str]) -> int:
        """
        Make tombstones of the items of these ids, known or not; return how many were none before.

        A tombstone is never shown; it keeps what was known of the item, for those who bought it.
        """


class Taught(Protocol):
    """The models in use, as recommendation asks them.  Unknown items are ignored."""

    def nearest(
        self, session: Sequence[str], *, limit: int, exclude: frozenset[str] = frozenset()
    ) -> Sequence[Scored]:
        """Return items that followed similar visits, best first."""

    def beside(
        self, items: Sequence[str], *, limit: int, exclude: frozenset[str] = frozenset()
    ) -> Sequence[Scored]:
        """Return items found together with *items*, best first."""

    def fused(
        self, session: Sequence[str], *, limit: int, exclude: frozenset[str] = frozenset()
    ) -> Sequence[Scored]:
        """Return the best next items by both of the above."""

    def popular(self, *, limit: int, exclude: frozenset[str] = frozenset()) -> Sequence[Scored]:
        """Return what at least k subjects chose lately."""

    def popular_in(
        self, group: str, *, limit: int, exclude: frozenset[str] = frozenset()
    ) -> Sequence[Scored]:
        """Return what at least k members of *group* chose lately; nothing for a smaller group."""


class Scored(Protocol):
    """An item with its score and the part of it that each own action contributed."""

    @property
    def item(self) -> str:
        """The item's id."""

    @property
    def score(self) -> float:
        """Higher is better; comparable within one answer only."""

    @property
    def because(self) -> Sequence[tuple[str, float]]:
        """(own item, share) pairs that add up to the score; empty where no own action spoke."""
