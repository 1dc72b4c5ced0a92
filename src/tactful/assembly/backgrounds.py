"""What a shop does in the background: feed the lake, let go of what is past its term."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tactful.adapters.lake import LakeBehind
from tactful.adapters.settings import Settings
from tactful.adapters.sqlite import SqliteStore
from tactful.capabilities.profile import Profiles
from tactful.shop.background import Chore
from tactful.shop.retaining import Expiring, Retaining
from tactful.terms import Policy

Clock = Callable[[], datetime]

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
EVENTS_AT_A_TIME: Final = 5_000


def lake_behind(
    store: SqliteStore, policy: Policy, settings: Settings, *, folder: Path, clock: Clock
) -> LakeBehind:
    """Return the lake behind *store*, which is opened when it is first needed."""
    return LakeBehind(
        lake_folder(folder, settings),
        store.outflow,
        policy=policy,
        bits=store.bits,
        clock=clock,
        minutes=settings.lake.every_minutes,
        keep_recent_days=settings.lake.keep_recent_days,
    )


def lake_folder(folder: Path, settings: Settings) -> Path:
    """Return where the lake of the shop in *folder* lies."""
    return folder / (settings.lake.folder or f"{settings.store.data}/lake")


def chores_of(
    store: SqliteStore, lake: LakeBehind, retaining: Retaining, settings: Settings, *, clock: Clock
) -> tuple[Chore, ...]:
    """
    Return everything that is to be done every now and then, the most pressing first.

    Where the lake is turned off nothing more is brought into it; what it holds is still erased,
    and still goes at the end of its term.  The servers of a database have one only where a folder
    is named, for it must be one that all of them share.
    """
    always = (
        Chore(name="forget", every=MINUTE, do=lambda _: lake.owes() and lake.lake.forget()),
        Chore(name="retain", every=DAY, do=lambda _: retaining.expire(clock())),
        Chore(name="features", every=MINUTE, do=lambda stopping: _advance(store, stopping)),
    )
    if not settings.lake.enabled or (settings.store.url and not settings.lake.folder):
        return always
    return (
        *always,
        Chore(name="feed", every=MINUTE, do=lake.feed_when_due),
        Chore(name="compact", every=HOUR, do=lambda _: lake.holds_any() and lake.lake.compact()),
        Chore(name="retire", every=DAY, do=lake.retire),
    )


class _Traits:
    """Lets go of traits, each by its own time."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles

    def expire(
        self, cutoffs: Mapping[str, datetime], *, spared: Collection[int], now: datetime
    ) -> Mapping[str, int]:
        """Stop keeping traits for a purpose that are of before its cutoff."""
        return {"traits": self._profiles.drop_expired(cutoffs, spared=spared, now=now)}

    def overdue(
        self, cutoffs: Mapping[str, datetime], *, spared: Collection[int], now: datetime
    ) -> Mapping[str, int]:
        """Return what `expire` would, and drop nothing."""
        return {"traits": self._profiles.count_expired(cutoffs, spared=spared, now=now)}


def _advance(store: SqliteStore, stopping: Callable[[], bool]) -> int:
    """Take what happened into the snapshots of features, until all is or the server stops."""
    taken = 0
    while not stopping() and (step := store.features.advance(EVENTS_AT_A_TIME)):
        taken += step
    return taken


def retaining_of(store: SqliteStore, lake: LakeBehind, policy: Policy) -> Retaining:
    """Return what lets go of everything past its term, in the store and the lake."""
    places: tuple[Expiring, ...] = (store.expiring, lake, _Traits(store.profiles))
    return Retaining(policy, places, restricted=store.expiring.restricted, tallies=store.tallies)
