"""How many requests of subjects are owed an answer, and how many are late, for Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tactful.assembly import Opened
from tactful.terms import TactfulError

COLOURS = ("late", "soon", "calm", "paused")


class RequestFigures(Collector):
    """The figures of the requests of *opened*, read when asked."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def describe(self) -> Iterator[Metric]:
        """Announce nothing: nothing is read before it is asked for."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now; none where the store cannot be asked."""
        try:
            due = self._opened.shop.requests.due()
        except TactfulError:
            return
        counts = Counter(clock.colour for _, clock in due)
        says = "Requests that are owed an answer, by their clock"
        family = GaugeMetricFamily("tactful_subject_requests_due", says, labels=["clock"])
        for colour in COLOURS:
            family.add_metric([colour], counts[colour])
        yield family
