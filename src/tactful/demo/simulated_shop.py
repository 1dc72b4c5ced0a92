"""
A shop that does not exist: its catalogue, its shoppers and half a year of what they did.

The same seed and the same `now` give the same shop, to the last event.  Nothing is read or
written here, and nothing real stands behind it: what it shows about relevance holds for this
simulation only, and the choices follow assumed shares (`tactful.demo.choices`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import numpy as np
from numpy.typing import NDArray

from tactful.demo.assortment import Item, assortment
from tactful.demo.choices import Choice, simulate_choices
from tactful.demo.shoppers import Shopper, population
from tactful.demo.visits import Aisles
from tactful.demo.wire import Message, Visit, messages

_GOODS, _PEOPLE, _PANTRY, _ARRIVALS, _DAYS = range(5)  # each part draws from its own stream
_SIGNS_IN = 0.85
_ARRIVAL = (0.5, 1.8)  # beta: most shoppers come early in the past, some only lately
_HOURS = np.array([0] * 6 + [1, 2, 3, 4, 4, 4, 5, 5, 4, 4, 4, 5, 7, 9, 10, 9, 6] + [0])


class SimulatedShop:
    """
    A catalogue, its shoppers and their behaviour up to *now*, deterministic by seed.

    Args:
        seed: Another seed gives another shop.
        now: The moment at which the past ends; with a time zone.
        weeks: How much past there is.
        items: How many items the catalogue has.
        shoppers: How many people visit, each at least once.

    Raises:
        ValueError: *now* has no time zone, or *items* is more than the words can name or less
            than one for each department.
    """

    def __init__(
        self,
        *,
        seed: int,
        now: datetime,
        weeks: int = 26,
        items: int = 600,
        shoppers: int = 2500,
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("`now` needs a time zone, such as datetime.UTC")
        self._seed, self._now = seed, now.astimezone(UTC)
        midnight = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.start = midnight - timedelta(weeks=weeks)
        goods = assortment(items, self._stream(_GOODS))
        self._aisles = Aisles(goods)
        self.items: tuple[Item, ...] = goods.items
        self.shoppers: tuple[Shopper, ...] = population(shoppers, goods, self._stream(_PEOPLE))
        coming = self._stream(_ARRIVALS).beta(*_ARRIVAL, size=shoppers)
        self._arrival = np.floor(coming * 7 * weeks).astype(np.int64)

    def choices(self) -> Iterator[Choice]:
        """Yield what each shopper chose, before the first event: by assumed shares."""
        people = ((shopper.id, shopper.region) for shopper in self.shoppers)
        return simulate_choices(people, seed=self._seed, at=self.start)

    def events(self, *, endless: bool = False) -> Iterator[Message]:
        """
        Yield every event from `start` to `now` in the order of time, working out a day at once.

        Args:
            endless: Go on after `now` and never stop, as a load generator does.
        """
        for at, message in self._timed():
            if at > self._now and not endless:
                return
            yield message

    def _timed(self) -> Iterator[tuple[datetime, Message]]:
        """Yield events with their times; what runs past midnight waits for the next day."""
        waiting: list[tuple[datetime, Message]] = []
        for midnight, visits in self._days():
            for visit in visits:
                waiting += messages(visit, self.items, seed=self._seed)
            waiting.sort(key=lambda timed: timed[0])
            tomorrow = midnight + timedelta(days=1)
            yield from (timed for timed in waiting if timed[0] < tomorrow)
            waiting = [timed for timed in waiting if timed[0] >= tomorrow]

    def _days(self) -> Iterator[tuple[datetime, list[Visit]]]:
        """Yield each day with its visits: at most one of each shopper, so that none overlap."""
        pantry = _Pantry(self.shoppers, self._arrival, self._stream(_PANTRY))
        chances = np.array([shopper.visits_per_week / 7 for shopper in self.shoppers])
        for day in count():
            rng = self._stream(_DAYS, day)
            empty = pantry.empty_on(day, rng)
            comes = (self._arrival < day) & (rng.random(len(chances)) < chances)
            coming = np.flatnonzero(comes | (self._arrival == day)).tolist()
            visits = [
                self._visit(who, day=day, staples=empty.get(who, ()), rng=rng)
                for who in sorted({*empty, *coming})
            ]
            yield self.start + timedelta(days=day), visits

    def _visit(
        self, who: int, *, day: int, staples: Sequence[int], rng: np.random.Generator
    ) -> Visit:
        shopper, first = self.shoppers[who], bool(self._arrival[who] == day)
        hour = rng.choice(len(_HOURS), p=_HOURS / _HOURS.sum()) + rng.random()
        return Visit(
            shopper=shopper,
            start=self.start + timedelta(days=day, hours=float(hour)),
            steps=self._aisles.visit(shopper, staples=staples, rng=rng),
            first=first,
            signed_in=first or rng.random() < _SIGNS_IN,
        )

    def _stream(self, *part: int) -> np.random.Generator:
        """Return random numbers that hang on the seed and the part of the simulation only."""
        return np.random.default_rng((self._seed, *part))


class _Pantry:
    """When each household runs out of what it uses up."""

    def __init__(
        self,
        shoppers: Sequence[Shopper],
        arrival: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> None:
        rows = [(who, s.item, s.days) for who, p in enumerate(shoppers) for s in p.staples]
        self._who = [who for who, _, _ in rows]
        self._item = [item for _, item, _ in rows]
        self._days = np.array([days for _, _, days in rows])
        arrived = arrival[np.array(self._who, dtype=np.int64)]
        self._due = arrived + self._days * rng.random(len(rows))

    def empty_on(self, day: int, rng: np.random.Generator) -> dict[int, list[int]]:
        """Return what each shopper has run out of by the end of *day*, and fill it up again."""
        found: dict[int, list[int]] = {}
        for row in np.flatnonzero(self._due < day + 1).tolist():
            found.setdefault(self._who[row], []).append(self._item[row])
            self._due[row] = day + max(1.0, self._days[row] * rng.uniform(0.85, 1.15))
        return found
