"""
Figures for Prometheus: requests by route, and the shop's own counts.

Labels are route templates, statuses, and the fixed words of the policy: never an id, an address
or anything else that was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from tactful.shop import Shop

CONTENT_TYPE: Final = b"text/plain; version=0.0.4; charset=utf-8"

_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)

_FAMILIES: Final[Mapping[str, tuple[str, str, str]]] = {
    "events": ("tactful_calls", "outcome", "Calls taken in, by what became of them"),
    "kept": ("tactful_events_kept", "purpose", "Events kept, by purpose"),
    "refused": ("tactful_refused", "reason", "Refusals, by reason"),
    "dropped": ("tactful_properties_dropped", "reason", "Properties not kept, by reason"),
    "gap": ("tactful_gaps", "gap", "Questions that the policy has no answer to"),
    "decisions": ("tactful_decisions", "level", "Decisions, by level"),
    "statement": ("tactful_statements", "statement", "Statements recorded, by kind and purpose"),
    "notice": ("tactful_notices_shown", "notice", "Notices served for a choice"),
    "signal": ("tactful_signals_refused", "reason", "Consent strings that count for nothing"),
    "conflict": ("tactful_signal_conflicts", "signal", "Signals that contradict a statement"),
    "exposure": ("tactful_exposures", "slot", "Slates shown, by slot and level"),
    "click": ("tactful_clicks", "slot", "Slates clicked, by slot and level"),
    "conversion": ("tactful_conversions", "slot", "Slates bought from, by slot and level"),
    "work": ("tactful_chores", "chore", "Chores in the background, done and failed"),
    "expired": ("tactful_expired", "purpose", "Events past the term of a purpose, let go"),
    "erasure": ("tactful_erasures", "outcome", "Subjects erased"),
}


class Metrics:
    """Counts requests, and reads the shop's tallies when asked."""

    def __init__(self, shop: Shop) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "tactful_http_requests",
            "Requests, by route and status",
            ["route", "status"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "tactful_http_request_seconds",
            "How long requests took",
            ["route"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._known: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.waiting = Gauge(
            "tactful_calls_waiting", "Calls not yet durable", registry=self._registry
        )
        self._registry.register(_ShopFigures(shop))

    def watch(self, figures: Collector) -> None:
        """Show the figures of another part, too."""
        self._registry.register(figures)

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        known = self._known.get((route, status))
        if known is None:
            known = (self._requests.labels(route, str(status)), self._seconds.labels(route))
            self._known[route, status] = known
        known[0].inc()
        known[1].observe(seconds)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format."""
        return generate_latest(self._registry)


class _ShopFigures:
    """The shop's tallies as counters."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def describe(self) -> Iterator[Metric]:
        """Announce nothing: the names are known once there are counts."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the figures as they are now."""
        for name, counts in _by_name(self._shop.totals()).items():
            metric, label, help_text = _FAMILIES[name]
            family = CounterMetricFamily(metric, help_text, labels=[label])
            for value, n in counts.items():
                family.add_metric([value], n)
            yield family


def _by_name(totals: Mapping[tuple[str, str], int]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for (name, label), n in totals.items():
        if name in _FAMILIES:
            found[name][label] = n
    return found
