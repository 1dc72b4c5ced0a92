"""How much the lake holds, and how far it is behind, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tactful.assembly import Opened
from tactful.terms import TactfulError


class LakeFigures(Collector):
    """The figures of the lake of *opened*, read when asked."""

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def describe(self) -> Iterator[Metric]:
        """Announce nothing: nothing is read before it is asked for."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now; none where the store cannot be asked."""
        try:
            yield from self._figures()
        except TactfulError:
            return

    def _figures(self) -> Iterator[Metric]:
        lake = self._opened.lake
        waiting, fed_at = lake.outflow.waiting()
        lag = (self._opened.shop.now() - fed_at).total_seconds() if waiting and fed_at else 0.0
        yield _gauge("waiting_rows", "Rows that the lake does not hold yet", waiting)
        yield _gauge("lag_seconds", "How long rows may have waited for the lake", max(lag, 0.0))
        yield _gauge("owed", "Removals that the lake has yet to do", len(lake.outflow.owed()))
        try:
            rows, damaged = lake.lake.table.rows() if lake.holds_any() else 0, 0
        except TactfulError:
            rows, damaged = 0, 1
        yield _gauge("rows", "Rows in the lake", rows)
        yield _gauge("damaged", "Whether the lake cannot be read", damaged)


def _gauge(name: str, says: str, value: float) -> Metric:
    family = GaugeMetricFamily(f"tactful_lake_{name}", says)
    family.add_metric([], value)
    return family
